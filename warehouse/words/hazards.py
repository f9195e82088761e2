"""What is said of large-scale hazards: which areas, causes and both are beyond the exact limit; what chance does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl
from scipy.special import pdtrc

from warehouse.i18n import fmt_month, fmt_number, join_words, label, t
from warehouse.session import Column
from warehouse.stats.verdicts import hazard_sentence

ALL: Final = "all"
MONTHS_FOR_LIMITS: Final = 12


@dataclass(frozen=True)
class Hazards:
    """What is said, and the areas and the causes with their limits.

    areas: area_code, name, new, expected, limit, said, causes (those over the limit in the area, in words).
    causes: cause, name, new, expected, limit, said.
    """

    sentences: tuple[str, ...]
    areas: pl.DataFrame
    causes: pl.DataFrame

    def columns(self, first: str, *, causes: bool) -> dict[str, Column]:
        """The columns of the table of areas, or of that of causes."""
        told: dict[str, Column] = {
            # A cause has a longer name than a village.
            "name": Column(first, width=132 if causes else 84),
            "new": Column(t("risk.hazard.new"), "number"),
            "expected": Column(t("risk.hazard.expected"), "decimal"),
            "limit": Column(t("risk.hazard.limit"), "number"),
            "said": Column(t("risk.hazard.said")),
        }
        return told if causes else told | {"causes": Column(t("risk.hazard.causes"))}


def hazards(frame: pl.DataFrame, month: dt.date) -> Hazards:
    """The areas and causes of queries.risk.hazards. Nothing is compared where nothing was to be expected."""
    told = frame.with_columns(
        pl.when(pl.col("expected_warnings").fill_null(0) <= 0)
        .then(pl.lit("unknown"))
        .when("is_hazard")
        .then(pl.lit("over"))
        .otherwise(pl.lit("within"))
        .alias("verdict")
    )
    areas = told.filter(scope="area", cause=ALL)
    causes = told.filter(pl.col("scope") == "profile", pl.col("cause") != ALL)
    both = told.filter(pl.col("scope") == "area", pl.col("cause") != ALL)
    over = both.filter(verdict="over")
    named: Mapping[str, str] = {
        code: join_words([label("cause", cause) for cause in part["cause"]])
        for (code,), part in over.partition_by("area_code", as_dict=True).items()
    }
    shown = _told(areas, areas["name"].to_list()).with_columns(
        pl.Series("area_code", areas["area_code"], dtype=pl.String),
        pl.Series("causes", [named.get(code, "") for code in areas["area_code"]], dtype=pl.String),
    )
    names = [label("cause", cause) for cause in causes["cause"]]
    by_cause = _told(causes, names).with_columns(pl.Series("cause", causes["cause"], dtype=pl.String))
    return Hazards(tuple(_sentences(areas, causes, both, month)), shown, by_cause)


def _told(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    said = [t(f"risk.hazard.{verdict}") for verdict in frame["verdict"]]
    known = pl.col("verdict") != "unknown"
    return frame.select(
        pl.Series("name", names, dtype=pl.String),
        pl.col("new_warnings").alias("new"),
        pl.col("expected_warnings").alias("expected"),
        pl.when(known).then("limit_warnings").alias("limit"),
        pl.Series("said", said, dtype=pl.String),
    )


def _sentences(areas: pl.DataFrame, causes: pl.DataFrame, both: pl.DataFrame, month: dt.date) -> list[str]:
    tested = pl.concat([areas, causes, both]).filter(pl.col("verdict") != "unknown")
    if tested.is_empty():
        return [t("risk.say.no_rate", month=fmt_month(month))]
    over = tested.filter(verdict="over")
    words = [
        hazard_sentence(_name(row["scope"], row["name"], row["cause"]), row["new_warnings"], row["expected_warnings"])
        for row in over.iter_rows(named=True)
    ]
    counted = {"areas": fmt_number(areas.height), "causes": fmt_number(causes.height)}
    counted |= {"tested": fmt_number(tested.height), "chance": fmt_number(by_chance(tested), 2)}
    key = "some" if words else "none"
    words.insert(0, t(f"risk.hazard.say.{key}", month=fmt_month(month), n=fmt_number(over.height), **counted))
    unseen = causes.filter(pl.col("verdict") == "unknown", pl.col("new_warnings") > 0)
    for row in unseen.iter_rows(named=True):
        words.append(t("risk.say.first", name=label("cause", row["cause"]), n=fmt_number(row["new_warnings"])))
    rests_on = int(areas["months_before"].max() or 0)  # type: ignore[arg-type]
    if rests_on < MONTHS_FOR_LIMITS:
        words.append(t("risk.say.trial", n=fmt_number(rests_on), least=fmt_number(MONTHS_FOR_LIMITS)))
    return words


def _name(scope: str, area: str, cause: str) -> str:
    if scope == "profile":
        return label("cause", cause)
    return area if cause == ALL else t("risk.hazard.both", area=area, cause=label("cause", cause))


def by_chance(frame: pl.DataFrame) -> float:
    """How many of these comparisons chance alone puts at or over their limit, were all truly as expected."""
    tails = pdtrc(frame["limit_warnings"].to_numpy() - 1, frame["expected_warnings"].to_numpy())
    return float(tails.sum())
