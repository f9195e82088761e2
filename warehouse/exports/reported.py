"""What a report says of figures that were last reported otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from warehouse.exports.report_frames import Ask
from warehouse.i18n import in_language
from warehouse.passports import Figure, counts, metric_figure
from warehouse.periods import kind_of
from warehouse.printed import compared_with


def reported_of(
    ask: Ask, metrics: pl.DataFrame, place: Mapping[str, Any], period: str
) -> tuple[pl.DataFrame | None, str]:
    """The rows of QuarterlyFrames.reported, and its words; null outside of a program that knows what was reported, and
    where nothing was.

    metrics: of the whole in the period. place: the row of shell/snapshot.
    """
    compared = compared_with()
    if compared is None:
        return None, ""
    # Releases make reports: at import it is the other way round.
    from warehouse.reported import differing
    from warehouse.words.reported import frame, overall

    found, reported = differing(*compared, figures_now(ask, metrics, place, period), place["snapshot_id"])
    if not reported:
        return None, ""
    extracts = ask("about/extracts")
    titles = {row["extract"]: in_language(row["title"], row["title_en"]) for row in extracts.iter_rows(named=True)}
    return frame(found, titles), overall(found, reported, period)


def figures_now(
    ask: Ask, metrics: pl.DataFrame, place: Mapping[str, Any], period: str
) -> dict[Figure, Mapping[str, Any]]:
    """What is reported of a period, as it is now: the metrics of the whole, in a month the counts of its overview."""
    now: dict[Figure, Mapping[str, Any]] = {
        metric_figure(row, place["profile"]): row for row in metrics.iter_rows(named=True)
    }
    if kind_of(period) == "month":
        plain = ",".join(what for what, by in counts().items() if by is None)
        rows = ask("passport/counts", counts=plain, period=period).filter(pl.col("scope") == "profile")
        for row in rows.iter_rows(named=True):
            figure = Figure(row["what"], "profile", place["profile"], period)
            now[figure] = {"state": "known", "numerator": row["counted"], "denominator": None, "value": None}
    return now
