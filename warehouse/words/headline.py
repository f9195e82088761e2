"""Headline figures as a leader reads them: value, counts, a change only where it is a real one, target; the rest a
click away. What did not change is said once for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse.i18n import fmt_number, t
from warehouse.metrics import load_metrics
from warehouse.words import evaluation as told
from warehouse.words.metric import name_of, people, unit

# Of fewer than this many a percentage says more than is known.
FEW: Final = 10


@dataclass(frozen=True)
class Headline:
    """A figure at the head of a page. under: the lines below the value; more: what its popover adds; row: of
    metric_values, whence it is."""

    name: str
    value: str
    under: tuple[str, ...]
    more: tuple[str, ...]
    row: Mapping[str, Any]


def headlines(metrics: pl.DataFrame, chosen: Sequence[str], earlier: str, titles: Mapping[str, str]) -> list[Headline]:
    """The chosen metrics in their order; those that the snapshot does not hold are left out."""
    rows = {row["metric"]: row for row in metrics.iter_rows(named=True)}
    return [_headline(rows[metric], earlier, titles) for metric in chosen if metric in rows]


def _headline(row: Mapping[str, Any], earlier: str, titles: Mapping[str, str]) -> Headline:
    name, known = name_of(row["metric"]), row["state"] == "known"
    if not known:
        # As a figure the words would be cut off: they stand under it.
        return Headline(name, "—", (told.why_not(row, titles),), (), row)
    value, counts = told.value_text(row), f"{told.counts_text(row)} {unit(row['metric'])}"
    if load_metrics()[row["metric"]].unit == "villages":
        counts = ""
    elif row["low"] is not None and 0 < row["denominator"] < FEW:
        value, counts = told.counts_text(row), t("headline.few", item=unit(row["metric"]))
    under = [counts, _moved(row), told.target_text(row)]
    more = [t("card.interval", interval=told.interval_text(row))] if row["low"] is not None else []
    more += [told.change_text(row, earlier), people(row) or "", told.unknown_text(row) or ""]
    return Headline(name, value, tuple(filter(None, under)), tuple(filter(None, more)), row)


def _moved(row: Mapping[str, Any]) -> str:
    """The change in bold where it is a real one; nothing otherwise."""
    found = told.change_of(row)
    return f"**{told.change_short(row)}**" if found.kind in ("up", "down") else ""


def unchanged(shown: Sequence[Headline], earlier: str) -> str:
    """What the figures without a change have in common, said once: no real change, or nothing to compare with."""
    kinds = [told.change_of(one.row).kind for one in shown if one.row["state"] == "known"]
    none, unknown = kinds.count("none"), kinds.count("unknown")
    said = [t("headline.none", n=fmt_number(none), earlier=earlier)] if none else []
    said += [t("headline.unknown", n=fmt_number(unknown), earlier=earlier)] if unknown else []
    return t("headline.all", said=t("headline.separator").join(said)) if said else ""
