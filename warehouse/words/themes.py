"""Under which heading each metric is read."""

from __future__ import annotations

from typing import Final

from warehouse.metrics import load_metrics

# Under which heading a metric is read, in reading order. What a catalogue adds later stands under `other`.
THEMES: Final[dict[str, tuple[str, ...]]] = {
    "coverage": (
        "coverage_rate", "missed_rate", "exclusion_error", "official_missed_rate", "ineligible_rate", "inclusion_error",
        "single_cover_rate", "checked_first_rate", "monitored_rate", "register_agreement", "merged_monitored",
        "survey_coverage",
    ),
    "data": (
        "push_on_time", "push_quality", "link_rate", "income_known",
        "finding_rate", "finding_days", "finding_recurrence",
    ),
    "warnings": (
        "warning_checked_in_time", "warning_yield", "lead_yield", "duplicate_leads", "repeat_visits",
        "identified_in_time", "publicity_met", "unforeseen_admissions",
    ),
    "help": (
        "plan_in_time", "measures_done", "measured_households", "cause_matched_measures", "no_measure_one_month",
        "file_complete",
    ),
    "elimination": ("elimination_sound", "relapse_rate", "no_labour_held"),
    "look_back": (
        "inspection_coverage", "lookback_coverage", "rectified_in_time", "lookback_passed", "repeat_issue_rate",
    ),
    "services": ("referral_done", "tekun_agreement", "tekun_centralised", "visit_recency", "subsidy_coverage"),
    "meetings": ("action_items_done", "carried_actions", "training_held"),
    "five_numbers": (
        "five_numbers_all", "five_numbers_lifted", "five_numbers_monitored", "five_numbers_not_eliminated",
        "five_numbers_not_held",
    ),
}  # fmt: skip
# One figure of each heading that a leader reads first.
HEADLINES: Final[tuple[str, ...]] = (
    "coverage_rate", "push_on_time", "warning_checked_in_time", "measures_done",
    "elimination_sound", "rectified_in_time", "referral_done", "action_items_done",
)  # fmt: skip
# Of them those that fit in one row at the head of a page.
FIRST: Final[tuple[str, ...]] = HEADLINES[:6]


def themes() -> dict[str, tuple[str, ...]]:
    """The metrics of the catalogue by heading, in reading order."""
    known = load_metrics()
    found = {theme: tuple(metric for metric in metrics if metric in known) for theme, metrics in THEMES.items()}
    placed = {metric for metrics in THEMES.values() for metric in metrics}
    rest = tuple(metric for metric in known if metric not in placed)
    return {theme: metrics for theme, metrics in {**found, "other": rest}.items() if metrics}
