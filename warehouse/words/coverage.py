"""What the coverage page says: who is covered in every village, where that is more than chance, and who is missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.exports.cells import Kind
from warehouse.i18n import fmt_interval, fmt_number, fmt_period, fmt_ratio, fmt_share, join_words, label, t, t_n
from warehouse.queries.coverage import GAPS, SHARES
from warehouse.session import Column
from warehouse.stats.funnel import with_verdict
from warehouse.stats.verdicts import (
    Better,
    Change,
    Wording,
    change,
    change_sentence,
    state_sentence,
    verdict_words,
    villages_sentences,
)
from warehouse.words.exports import sheet_of
from warehouse.words.metric import Figure, figure, missing, unit

FIGURES: Final = ("coverage_rate", "missed_rate", "ineligible_rate", "single_cover_rate", "income_known")
_BETTER: Final[Mapping[str, Better]] = {"survey": "high"}


@dataclass(frozen=True)
class Judged:
    """Villages against the whole in one share. frame: area_code, name, tile_row, tile_col, numerator, denominator,
    value, text, verdict; p0: the whole's share (null: nothing to count)."""

    frame: pl.DataFrame
    p0: float | None
    better: Better
    sentences: list[str]

    @property
    def findings(self) -> list[str]:
        """The sentences without those on chance and on villages with nothing to count, which come last."""
        uncounted = (self.frame["denominator"] == 0).any()
        return self.sentences[: -2 if uncounted else -1] or self.sentences


def figures(metrics: pl.DataFrame, titles: Mapping[str, str]) -> list[Figure]:
    """The headline figures in their order; those the snapshot does not hold are left out."""
    rows = {row["metric"]: row for row in metrics.iter_rows(named=True)}
    return [_figure(rows[metric], titles) for metric in FIGURES if metric in rows]


def _figure(row: Mapping[str, Any], titles: Mapping[str, str]) -> Figure:
    """The figure in as few lines as tell its denominator, its people, its interval, what is unknown, and a change that
    is a real one; that there was none is told once for all of them by `unchanged`."""
    found = figure(row, titles)
    if row["state"] != "known":
        return found
    counts = f"{fmt_ratio(row['numerator'], row['denominator'])} {unit(row['metric'])}"
    if row.get("denominator_people") is not None:
        people = fmt_ratio(row["numerator_people"], row["denominator_people"])
        counts = t("coverage.figure.people", counts=counts, people=people)
    words = [counts, t("card.interval", interval=fmt_interval(row["low"], row["high"]))]
    if change_of(row).kind in ("up", "down"):
        words.append(f"**{change_sentence(change_of(row), fmt_period(row['earlier_period']))}**")
    if row.get("unknown"):
        words.append(t("coverage.figure.unknown", n=fmt_number(row["unknown"]), unit=unit(row["metric"])))
    return replace(found, words=tuple(words))


def change_of(row: Mapping[str, Any]) -> Change:
    """How the share moved against the period before."""
    return change(row["numerator"], row["denominator"], row["earlier_numerator"], row["earlier_denominator"])


def unchanged(shown: Sequence[Figure]) -> str | None:
    """Which of the figures did not change by more than chance, said once for all of them."""
    same = [one for one in shown if one.row["state"] == "known" and change_of(one.row).kind == "none"]
    if not same:
        return None
    names = join_words([one.name for one in same]) if len(same) < len(shown) else t("coverage.figure.all")
    return t("coverage.figure.same", names=names, earlier=fmt_period(same[0].row["earlier_period"]))


def cannot_say(metrics: pl.DataFrame, titles: Mapping[str, str]) -> str | None:
    """Why nothing can be said of cover: a list it needs did not come. Without it every count would mislead."""
    lost = metrics.filter((pl.col("metric") == "missed_rate") & (pl.col("state") == "list_missing"))
    return state_sentence("list_missing", missing(lost.row(0, named=True), titles)) if lost.height else None


def headline(villages: pl.DataFrame, place: str, period: str) -> str:
    """Everyone who should be: how many, covered, missed, ineligible, and how many cannot be judged."""
    names = ("eligible", "covered", "missed", "registered_known", "ineligible", "eligible_unknown", "households")
    counts = {name: fmt_number(int(villages[name].sum())) for name in names}
    return t("coverage.say.headline", place=place, period=period, **counts)


def unknown(villages: pl.DataFrame) -> str | None:
    """Two unknowns told apart: whose cover cannot be judged, and who has no income in force."""
    without, unjudged = (int(villages[name].sum()) for name in ("income_unknown", "eligible_unknown"))
    if not without and not unjudged:
        return None
    return t("coverage.say.two_unknowns", n=fmt_number(without), unjudged=fmt_number(unjudged))


def where(villages: pl.DataFrame, place: str) -> list[str]:
    """In which villages the missed and the ineligible are more than chance, measure by measure."""
    said = []
    for show in ("missed", "ineligible"):
        found = judged(villages, show, place)
        said.append(f"**{t(f'coverage.show.{show}')}**{t('gap.colon')}{' '.join(found.findings)}")
    return said


def judged(villages: pl.DataFrame, show: str, place: str) -> Judged:
    """Do villages differ in this share by more than chance? Exact verdicts, villages in the order of their codes."""
    counted = _survey_newest(villages) if show == "survey" else villages
    numerator, denominator = SHARES[show]
    frame = counted.select(
        "area_code",
        "name",
        "tile_row",
        "tile_col",
        pl.col(numerator).fill_null(0).alias("numerator"),
        pl.col(denominator).fill_null(0).alias("denominator"),
    ).with_columns(
        pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator")).alias("value"),
    )
    done, total = int(frame["numerator"].sum()), int(frame["denominator"].sum())
    p0 = done / total if total else None
    better = _BETTER.get(show, "low")
    frame = with_words(with_verdict(frame, p0), "text", _tile_text, "numerator", "denominator")
    said = Wording(t(f"coverage.measure.{show}"), place, t("coverage.unit"), better)
    return Judged(frame, p0, better, villages_sentences(frame, p0, said))


def _survey_newest(villages: pl.DataFrame) -> pl.DataFrame:
    """`visited` and `residents` of the newest round that has begun."""
    number = survey_round(villages)
    return villages.with_columns(
        pl.col(f"visited_{number}").alias("visited"), pl.col(f"residents_{number}").alias("residents")
    )


def survey_round(villages: pl.DataFrame) -> int:
    """The newest round of the year that has begun; 1 if none has."""
    return 2 if villages["residents_2"].is_not_null().any() else 1


def _tile_text(numerator: int, denominator: int) -> str:
    if not denominator:
        return t("coverage.tile_none")
    return f"{fmt_ratio(numerator, denominator)}\u00a0\u00a0{fmt_share(numerator / denominator, 0)}"


def inspections(villages: pl.DataFrame, year: int) -> str:
    """How many villages were inspected and looked back at in the year."""
    inspected, looked_back = (
        fmt_ratio(int(villages[name].sum()), int(villages["villages"].sum()))
        for name in ("villages_inspected", "villages_looked_back")
    )
    return t("coverage.say.inspections", year=str(year), inspected=inspected, looked_back=looked_back)


def visited(villages: pl.DataFrame, year: int) -> list[str]:
    """In how many villages each round of the survey has reached every household, and was inspected and looked back."""
    every = int(villages["villages"].sum())
    said = []
    for number in (1, 2):
        begun = villages.filter(pl.col(f"residents_{number}").is_not_null())
        name = t(f"coverage.round.{number}")
        if begun.is_empty():
            said.append(t("coverage.say.round_ahead", round=name))
            continue
        whole = begun.filter(pl.col(f"visited_{number}") >= pl.col(f"residents_{number}")).height
        share = int(begun[f"visited_{number}"].sum()), int(begun[f"residents_{number}"].sum())
        ratio, percent = fmt_ratio(*share), fmt_share(share[0] / share[1] if share[1] else None)
        counts = {"villages": fmt_ratio(begun.height, villages.height), "whole": fmt_number(whole)}
        said.append(t("coverage.say.round", round=name, ratio=ratio, share=percent, **counts))
    said.append(inspections(villages, year))
    left = villages.filter(pl.col("villages_inspected") < pl.col("villages"))["name"].to_list()
    if left and len(left) < every:
        said.append(t("coverage.say.not_inspected", names=join_words(left)))
    return said


def village_table(villages: pl.DataFrame, place: str) -> pl.DataFrame:
    """The villages as the tables show them: where the missed or the ineligible are beyond chance, in words."""
    frame = villages
    beyond: list[list[str]] = [[] for _ in range(villages.height)]
    for show in ("missed", "ineligible"):
        found = judged(villages, show, place)
        frame = frame.with_columns(
            pl.Series(
                f"{show}_verdict",
                [verdict_words(code, found.better) for code in found.frame["verdict"]],
                dtype=pl.String,
            )
        )
        for words, code in zip(beyond, found.frame["verdict"], strict=True):
            if code not in ("none", "none_to_count"):
                said = verdict_words(code, found.better)
                words.append(t("coverage.beyond", measure=t(f"coverage.short.{show}"), verdict=said))
    none = pl.Series([True] * villages.height, dtype=pl.Boolean)
    for show in ("missed", "ineligible"):
        none &= villages[SHARES[show][1]].fill_null(0) == 0
    said_of = [
        join_words(words) if words else t("coverage.none_to_count" if is_none else "coverage.within")
        for words, is_none in zip(beyond, none, strict=True)
    ]
    frame = frame.with_columns(pl.Series("verdict", said_of, dtype=pl.String))
    frame = with_words(frame, "single_cover", _of, "single_cover_missed", "single_cover_candidates")
    for number in (1, 2):
        frame = with_words(frame, f"survey_{number}", _of, f"visited_{number}", f"residents_{number}")
    return frame


def _of(part: int | None, whole: int | None) -> str:
    return fmt_ratio(part, whole) if whole else t("format.unknown") if whole is None else t("coverage.none_to_count")


_TABLE: Final[Mapping[str, Kind]] = {
    "name": "text",
    "households": "integer",
    "eligible": "integer",
    "covered": "integer",
    "missed": "integer",
    "missed_verdict": "text",
    "registered": "integer",
    "ineligible": "integer",
    "ineligible_verdict": "text",
    "eligible_unknown": "integer",
    "income_unknown": "integer",
    "single_cover": "text",
    "monitored_only": "integer",
    "registered_only": "integer",
    "survey_1": "text",
    "survey_2": "text",
    "inspected_on": "date",
    "looked_back_on": "date",
}


# What stands beside the map, in pixels, and what is still to be reached in each village.
_BESIDE: Final = {
    "name": 76, "eligible": 54, "covered": 54, "missed": 54, "registered": 54, "ineligible": 54,
    "eligible_unknown": 54, "verdict": 112,
}  # fmt: skip
_TRACKED: Final = (
    *("name", "households", "survey_1", "survey_2", "inspected_on", "looked_back_on"),
    *("income_unknown", "single_cover", "monitored_only", "registered_only"),
)


def table_columns() -> dict[str, Column]:
    """The columns of the table of villages beside the map."""
    return {
        name: _column(name, max(width, _head_width(t(f"coverage.column.{name}")))) for name, width in _BESIDE.items()
    }


def _head_width(words: str) -> int:
    """Pixels in which the words of a head are read whole."""
    return 17 + sum(14 if ord(sign) > 0x2E80 else 7 for sign in words)


def tracked_columns() -> dict[str, Column]:
    """The columns of what is still to be reached in each village."""
    return {name: _column(name, None) for name in _TRACKED}


def _column(name: str, width: int | None) -> Column:
    kinds: Mapping[Kind, Any] = {"integer": "number", "date": "date"}
    kind = kinds.get(_TABLE.get(name, "text"), "text")
    return Column(t(f"coverage.column.{name}"), kind, width=width)


def export(shown: pl.DataFrame, place: Mapping[str, Any], period: str) -> bytes:
    """The table of villages as .xlsx, as shown."""
    columns = {name: (t(f"coverage.column.{name}"), kind) for name, kind in _TABLE.items()}
    return sheet_of(t("coverage.section.villages"), shown, columns, place, period)


def gap_counts(villages: pl.DataFrame, area: str | None) -> dict[str, int]:
    """How many of each gap there are, in `area` or everywhere. Single cover counts people."""
    chosen = villages.filter(pl.col("area_code") == area) if area else villages
    return {gap: int(chosen[column].sum()) for gap, column in GAPS.items()}


def gap_name(gap: str, counts: Mapping[str, int]) -> str:
    """The gap with its number."""
    return f"{label('gap', gap)} {fmt_number(counts[gap])}"


def gap_by_village(villages: pl.DataFrame, gap: str) -> pl.DataFrame:
    """One gap in every village, by code. Returns: area_code, name, found."""
    return villages.select("area_code", "name", pl.col(GAPS[gap]).alias("found"))


def found_column(gap: str) -> Column:
    """The heading of a gap's count: people for single cover, households for the rest."""
    return Column(t("coverage.people" if gap == "single_cover_missed" else "coverage.households"), "number")


def found(frame: pl.DataFrame) -> str:
    """How many households a list holds and how many of them are shown."""
    total = int(frame["found"][0]) if frame.height else 0
    if total > frame.height:
        return t("coverage.rows_first", n=fmt_number(total), shown=fmt_number(frame.height))
    return t_n("coverage.rows", total)


_LISTED: Final = ("area_name", "household_no", "head_name", "members", "tier_eligible", "tier_registered", "why")


def listed_columns() -> dict[str, Column]:
    """The columns of a list of households."""
    return {
        name: Column(t(f"coverage.household.{name}"), "number" if name == "members" else "text", width=_wide(name))
        for name in _LISTED
    }


def _wide(name: str) -> Any:
    return "large" if name == "why" else None


def export_households(shown: pl.DataFrame, gap: str, place: Mapping[str, Any], period: str) -> bytes:
    """A list of households as .xlsx, masked as shown."""
    columns: dict[str, tuple[str, Kind]] = {
        name: (t(f"coverage.household.{name}"), "integer" if name == "members" else "text") for name in _LISTED
    }
    return sheet_of(label("gap", gap), shown, columns, place, period)
