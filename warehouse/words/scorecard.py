"""What is said of how each department answers for its lists: counts side by side, no score and no ranking."""

from __future__ import annotations

from typing import Final

import polars as pl

from warehouse.i18n import fmt_number, fmt_ratio, join_words, t
from warehouse.session import Column
from warehouse.words.warnings import with_department

_COUNTS: Final = (
    *("lists", "lists_on_time", "lists_late", "lists_part", "lists_missing", "zero_reports", "rows_read"),
    *("rows_accepted", "rows_repaired", "rows_quarantined"),
)
_FINDINGS: Final = ("open_findings", "new_findings", "cleared_findings", "came_back")


def told(card: pl.DataFrame) -> pl.DataFrame:
    """The scorecard with department and link_rate (null: nothing to link)."""
    rate = pl.when(pl.col("rows_linkable") > 0).then(pl.col("rows_linked") / pl.col("rows_linkable")).otherwise(None)
    return with_department(card).with_columns(rate.alias("link_rate"))


def columns() -> dict[str, Column]:
    """The columns of the scorecard."""
    names = {"department": Column(t("warnings.column.department"))}
    counts = {name: Column(t(f"scorecard.column.{name}"), "number") for name in _COUNTS}
    rate = {"link_rate": Column(t("scorecard.column.link_rate"), "share")}
    return {**names, **counts, **rate, **{name: Column(t(f"scorecard.column.{name}"), "number") for name in _FINDINGS}}


def summary(card: pl.DataFrame, month: str) -> list[str]:
    """How many lists came in time, where every row ended, and who has something to put right."""
    n = {name: int(card[name].sum() or 0) for name in card.columns if card.schema[name] == pl.Int64}
    owed = n["lists_on_time"] + n["lists_late"] + n["lists_part"] + n["lists_missing"]
    said = [
        t(
            "scorecard.say",
            month=month,
            on_time=fmt_ratio(n["lists_on_time"], owed),
            accepted=fmt_ratio(n["rows_accepted"], n["rows_read"]),
            linked=fmt_ratio(n["rows_linked"], n["rows_linkable"]),
            findings=fmt_number(n["open_findings"]),
        )
    ]
    lacking = with_department(card.filter(pl.col("lists_missing") > 0))["department"].to_list()
    if lacking:
        said.append(t("scorecard.missing", departments=join_words(lacking)))
    return said
