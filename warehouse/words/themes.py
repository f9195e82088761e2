"""Under which heading each metric is read."""

from __future__ import annotations

from typing import Final

from warehouse.metrics import load_metrics

# Under which heading a metric is read, in reading order. What a catalogue adds later stands under `other`.
THEMES: Final[dict[str, tuple[str, ...]]] = {
    "coverage": (
        "coverage_rate", "missed_rate", "ineligible_rate", "monitored_rate", "single_cover_rate", "checked_first_rate",
    ),
    "warnings": ("warning_checked_in_time", "warning_yield"),
    "identification": ("identified_in_time", "publicity_met", "elimination_sound"),
    "measures": ("plan_in_time", "measures_done", "no_measure_one_month", "file_complete"),
    "inspection": (
        "survey_coverage", "inspection_coverage", "lookback_coverage", "rectified_in_time", "lookback_passed",
        "repeat_issue_rate",
    ),
    "data": ("push_on_time", "push_quality", "link_rate", "income_known"),
}  # fmt: skip


def themes() -> dict[str, tuple[str, ...]]:
    """The metrics of the catalogue by heading, in reading order."""
    known = load_metrics()
    found = {theme: tuple(metric for metric in metrics if metric in known) for theme, metrics in THEMES.items()}
    placed = {metric for metrics in THEMES.values() for metric in metrics}
    rest = tuple(metric for metric in known if metric not in placed)
    return {theme: metrics for theme, metrics in {**found, "other": rest}.items() if metrics}
