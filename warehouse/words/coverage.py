"""What the coverage page says: who is covered in every village, where that is more than chance, and who is missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.exports.cells import Kind
from warehouse.i18n import fmt_number, fmt_ratio, fmt_share, label, t, t_n
from warehouse.queries.coverage import GAPS, SHARES
from warehouse.session import Column
from warehouse.stats.funnel import with_verdict
from warehouse.stats.verdicts import Better, Wording, state_sentence, villages_sentences
from warehouse.words.exports import sheet_of
from warehouse.words.metric import Figure, figure, missing

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
    return [figure(rows[metric], titles) for metric in FIGURES if metric in rows]


def cannot_say(metrics: pl.DataFrame, titles: Mapping[str, str]) -> str | None:
    """Why nothing can be said of cover: a list it needs did not come. Without it every count would mislead."""
    lost = metrics.filter((pl.col("metric") == "missed_rate") & (pl.col("state") == "list_missing"))
    return state_sentence("list_missing", missing(lost.row(0, named=True), titles)) if lost.height else None


def headline(villages: pl.DataFrame, place: str, period: str) -> str:
    """Everyone who should be: how many, covered, missed, ineligible, and how many cannot be judged."""
    names = ("eligible", "covered", "missed", "registered_known", "ineligible", "eligible_unknown", "households")
    counts = {name: fmt_number(int(villages[name].sum())) for name in names}
    return t("coverage.say.headline", place=place, period=period, **counts)


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
        return t("coverage.none_to_count")
    return f"{fmt_ratio(numerator, denominator)}\u00a0\u00a0{fmt_share(numerator / denominator, 0)}"


def inspections(villages: pl.DataFrame, year: int) -> str:
    """How many villages were inspected and looked back at in the year."""
    inspected, looked_back = (
        fmt_ratio(int(villages[name].sum()), int(villages["villages"].sum()))
        for name in ("villages_inspected", "villages_looked_back")
    )
    return t("coverage.say.inspections", year=str(year), inspected=inspected, looked_back=looked_back)


def village_table(villages: pl.DataFrame, place: str) -> pl.DataFrame:
    """The villages as the table shows them, with verdict words."""
    frame = villages
    for show in ("missed", "ineligible"):
        words = [label("verdict", verdict) for verdict in judged(villages, show, place).frame["verdict"]]
        frame = frame.with_columns(pl.Series(f"{show}_verdict", words, dtype=pl.String))
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
    "income_unknown": "integer",
    "single_cover": "text",
    "monitored_only": "integer",
    "registered_only": "integer",
    "survey_1": "text",
    "survey_2": "text",
    "inspected_on": "date",
    "looked_back_on": "date",
}


def table_columns() -> dict[str, Column]:
    """The columns of the table of villages."""
    kinds: Mapping[Kind, Any] = {"integer": "number", "date": "date"}
    return {
        name: Column(t(f"coverage.column.{name}"), kinds.get(kind, "text"), width="small" if name == "name" else None)
        for name, kind in _TABLE.items()
    }


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
