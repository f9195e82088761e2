"""A row of metric_values beside its earlier period as a headline figure: value, words under it, how it is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse.charts.cards import Tone, metric_card
from warehouse.i18n import fmt_period, fmt_ratio, in_language, join_words, label, t
from warehouse.metrics import Metric, load_metrics
from warehouse.stats.verdicts import better_of


@dataclass(frozen=True)
class Figure:
    """A headline figure. words: under it, in order; tone: of its change; row: of metric_values, whence it is."""

    metric: str
    name: str
    value: str
    words: tuple[str, ...]
    tone: Tone
    row: Mapping[str, Any]


def name_of(metric: str) -> str:
    """The metric's name in the reader's language."""
    entry = load_metrics()[metric]
    return in_language(entry.name_zh, entry.name_en)


def measure_of(metric: str) -> str:
    """The metric's name as it stands inside a sentence."""
    name = name_of(metric)
    return name[:1].lower() + name[1:]


def figure(row: Mapping[str, Any], titles: Mapping[str, str]) -> Figure:
    """The figure of a row of metric_values with its earlier_* columns; people beside households where they are told.

    titles: of the lists by their codes, to name those that are missing.
    """
    entry = load_metrics()[row["metric"]]
    earlier = None
    if row["earlier_period"]:
        earlier = {name: row[f"earlier_{name}"] for name in ("numerator", "denominator", "value")}
    card = metric_card(
        dict(row),
        earlier,
        name=in_language(entry.name_zh, entry.name_en),
        better=better_of(entry.direction),
        earlier_name=fmt_period(row["earlier_period"]) if row["earlier_period"] else t("metric.earlier"),
        missing=missing(row, titles),
    )
    words = (card.counts and f"{card.counts} {unit(row['metric'])}", people(row), card.interval, card.change)
    told = (*words, card.target, card.unknown, card.state)
    return Figure(
        entry.metric,
        card.name,
        card.value,
        tuple(line for line in told if line),
        card.change_tone,
        row,
    )


def unit(metric: str) -> str:
    """What a share counts: households, people, warnings, cases."""
    return label("item", load_metrics()[metric].item)


def missing(row: Mapping[str, Any], titles: Mapping[str, str]) -> str | None:
    """The lists without which the figure cannot be said, by their titles; null if none is missing."""
    codes = (row["lists_missing"] or "").split("、")
    return join_words([titles.get(code, code) for code in codes if code]) or None


def people(row: Mapping[str, Any]) -> str | None:
    """The people in the households of the ratio; null where people make no sense."""
    if row.get("denominator_people") is None or row["state"] != "known":
        return None
    return t("metric.people", ratio=fmt_ratio(row["numerator_people"], row["denominator_people"]))


def definition(metric: Metric, period: str) -> str:
    """How a metric is counted: question, numerator over denominator, clause, caveat, period, model."""
    return t(
        "metric.definition",
        question=in_language(metric.question_zh, metric.question_en),
        numerator=in_language(metric.numerator_zh, metric.numerator_en),
        denominator=in_language(metric.denominator_zh, metric.denominator_en),
        clause=metric.clause,
        caveat=in_language(metric.caveat_zh, metric.caveat_en),
        period=fmt_period(period),
        model=metric.model,
    )
