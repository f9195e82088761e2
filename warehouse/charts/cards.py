"""A headline metric as words ready to show: value, interval, counts, change, target, verdict, unknowns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from warehouse.i18n import fmt_interval, fmt_number, fmt_ratio, fmt_share, t
from warehouse.stats.verdicts import (
    Better,
    change,
    change_sentence,
    state_sentence,
    target_sentence,
    unknown_sentence,
)

Tone = Literal["better", "worse", "plain", "unknown"]


@dataclass(frozen=True)
class MetricCard:
    """What one card says; empty words are None and are not shown.

    value: 93.4%, or why there is none. counts: 934/1,000. interval: 95% 区间 91.7%–94.8%. change_tone says whether a
    real change is for the better; "plain" is no real change. series: earlier values for a small line, oldest first.
    """

    metric: str
    name: str
    value: str
    counts: str | None
    interval: str | None
    change: str | None
    change_tone: Tone
    target: str | None
    unknown: str | None
    state: str | None
    series: tuple[float | None, ...] = ()


def metric_card(
    row: dict[str, Any],
    earlier: dict[str, Any] | None,
    *,
    name: str,
    better: Better,
    earlier_name: str,
    share: bool = True,
    missing: str | None = None,
    series: tuple[float | None, ...] = (),
) -> MetricCard:
    """The card of a row of metric_values against that of an earlier period (None: none there).

    `missing` names the lists that have not come. `share` False shows the numerator as a count.
    """
    known = row["state"] == "known" and row["value"] is not None
    found = change(
        row["numerator"] if known else None,
        row["denominator"],
        earlier["numerator"] if earlier else None,
        earlier["denominator"] if earlier else None,
    )
    return MetricCard(
        metric=row["metric"],
        name=name,
        value=_value(row, share) if known else _nothing(row["state"]),
        counts=fmt_ratio(row["numerator"], row["denominator"]) if known and share else None,
        interval=t("card.interval", interval=fmt_interval(row["low"], row["high"])) if known and share else None,
        change=change_sentence(found, earlier_name) if known and share else None,
        change_tone=_change_tone(found.kind, better),
        target=target_sentence(row["numerator"], row["denominator"], row["target"], better) if known else None,
        unknown=unknown_sentence(row.get("unknown")),
        state=state_sentence(row["state"], missing),
        series=series,
    )


def _value(row: dict[str, Any], share: bool) -> str:
    return fmt_share(row["value"]) if share else fmt_number(row["numerator"])


def _nothing(state: str) -> str:
    """Why there is no value, short enough for a headline. Nothing to count is a dash here: `state` says it in full."""
    return t("format.unknown" if state == "known" else f"format.{state}") if state != "none_to_count" else "—"


def _change_tone(kind: str, better: Better) -> Tone:
    if kind == "unknown":
        return "unknown"
    if kind == "none" or better is None:
        return "plain"
    return "better" if (kind == "up") == (better == "high") else "worse"
