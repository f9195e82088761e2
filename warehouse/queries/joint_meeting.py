"""What the joint meeting asks: how do we stand, what changed, what must be decided? (YL-2a, YL-5a)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from warehouse import session
from warehouse.i18n import in_language
from warehouse.queries import evaluation
from warehouse.queries.metrics import metrics as period_metrics
from warehouse.scope import Scope
from warehouse.session import Filters

# The headline figures, and those by which villages are compared: shares that only mirror another are left out.
HEADLINES: Final = (
    "coverage_rate", "missed_rate", "ineligible_rate", "monitored_rate", "warning_checked_in_time", "rectified_in_time",
    "lookback_coverage", "push_on_time", "income_known",
)  # fmt: skip
COMPARED: Final = (
    "missed_rate", "ineligible_rate", "monitored_rate", "warning_checked_in_time", "rectified_in_time", "measures_done",
    "survey_coverage", "income_known",
)  # fmt: skip


@dataclass(frozen=True)
class Meeting:
    """What is on the table in one period. Frames as the functions of this module and of evaluation return them."""

    metrics: pl.DataFrame
    villages: pl.DataFrame
    totals: pl.DataFrame
    hazards: pl.DataFrame
    lists: pl.DataFrame
    open_warnings: pl.DataFrame
    issues: pl.DataFrame
    actions: pl.DataFrame


def meeting(scope: Scope, filters: Filters) -> Meeting:
    """Everything the page tells of a period, each part remembered by itself."""
    before, areas = filters.before(), filters.compared
    return Meeting(
        metrics=period_metrics(scope, period=filters.period),
        villages=evaluation.villages(
            scope, metrics=(*COMPARED, "lookback_coverage"), period=filters.period, areas=areas
        ),
        totals=totals(scope, month=filters.month, earlier=before.month),
        hazards=hazards(scope, start=filters.start, end=filters.end, areas=areas),
        lists=lists(scope, start=filters.start, end=filters.end),
        open_warnings=open_warnings(scope, month=filters.month),
        issues=issues(scope, month=filters.month, areas=areas),
        actions=actions(scope, start=filters.start, end=filters.end),
    )


def default_period(scope: Scope) -> str | None:
    """The newest quarter that is over and whole; null where that is the newest of all, or there is none yet."""
    newest = session.periods("quarter", *(dt.date.fromisoformat(m) for m in _months()))[0]
    found: str | None = session.cached("joint_meeting/newest_full", scope, period_kind="quarter")["period"].item()
    return None if found == newest else found


def _months() -> tuple[str, str]:
    return session.snapshot().first_month, session.snapshot().last_month


def totals(scope: Scope, *, month: dt.date, earlier: dt.date) -> pl.DataFrame:
    """How many households and people does each matter touch at the end of two months?

    Returns: one row per month that has data: month, households, eligible, covered, missed, ineligible, unmonitored,
    monitored, ever_monitored, eligible_unknown, dropped, dead_or_moved_active (households), single_cover_missed
    (people), and missed_people, ineligible_people, unmonitored_people, monitored_people.
    """
    return session.cached("joint_meeting/totals", scope, month=month, earlier=earlier)


def hazards(scope: Scope, *, start: dt.date, end: dt.date, areas: Sequence[str] = ()) -> pl.DataFrame:
    """How many new warnings came, by area (every village if none are given) and by cause, and how many to be expected?

    Returns: one row per month and area, and per month and cause: kind (village: an area, cause), month, code, name
    (null for causes), new_warnings (households and lists), expected_warnings (null: no month before). Source: YL-2a.
    """
    return session.cached("joint_meeting/hazards", scope, start=start, end=end, areas=",".join(areas) or None)


def lists(scope: Scope, *, start: dt.date, end: dt.date) -> pl.DataFrame:
    """Which lists of a period, or due in it, came late or not at all?

    Returns: one row per list and month: extract, month, owner, kind, due_on, received_on (null: not), days_late, state
    (late, missing), is_due_in_period, is_of_period, title, title_en, department, department_en. Source: YL-3.
    """
    return session.cached("joint_meeting/lists", scope, start=start, end=end)


def open_warnings(scope: Scope, *, month: dt.date) -> pl.DataFrame:
    """How many warnings up to a month are still unchecked past their limit on the snapshot's day?

    Returns: one row per department with any: department_code, name, name_en, overdue (households and lists).
    """
    return session.cached("joint_meeting/open_warnings", scope, month=month)


def issues(scope: Scope, *, month: dt.date, areas: Sequence[str] = ()) -> pl.DataFrame:
    """How do the problems of each of the areas (every village if none are given) stand at the end of a month?

    Returns: one row per area by code: area_code, name, open (not put right), overdue (of these past their day),
    failed (look-back not passed, not put right since), awaiting (put right, not looked back on). Source: ST-6a.
    """
    return session.cached("joint_meeting/issues", scope, month=month, areas=",".join(areas) or None)


def monitored(scope: Scope, *, month: dt.date, earlier: dt.date, areas: Sequence[str] = ()) -> pl.DataFrame:
    """How many households does each area monitor, newly and in all, and how many are at risk and nowhere?

    Returns: one row per area by code: area_code, name, households, newly_monitored (null: no such month), monitored,
    monitored_people, unmonitored, unmonitored_people, at_risk_unknown. Source: YL-2a.
    """
    asked = {"month": month, "earlier": earlier, "areas": ",".join(areas) or None}
    return session.cached("joint_meeting/monitored_by_area", scope, **asked)


def needs(scope: Scope, *, month: dt.date) -> pl.DataFrame:
    """Which needs of monitored households are met? (ST-4a)

    Returns: one row per cause on the ledger: cause, needs, met, planned, without_measure (households).
    """
    return session.cached("joint_meeting/needs", scope, month=month)


def departments(scope: Scope, *, start: dt.date, end: dt.date) -> pl.DataFrame:
    """Did departments push in time, and are their rows good?

    Returns: one row per department by code: department_code, name, name_en, due, on_time, late, part (some towns
    only), missing (lists by the day they were due), rows_read, rows_quarantined, warnings, warnings_overdue.
    Source: YL-3, YL-6.
    """
    return session.cached("joint_meeting/departments", scope, start=start, end=end)


def actions(scope: Scope, *, start: dt.date, end: dt.date) -> pl.DataFrame:
    """What became of what meetings decided, at the end of a period?

    Returns: one row per action open in the period or decided in it, carried over first: met_on, kind, action,
    responsible_unit, department, department_en, due_on, done_on, state (within, over, open, overdue), days_late (null:
    not late), meetings_since, is_carried (null: no number is set), is_new. Source: YL-5a, YL-5b.
    """
    return session.cached("joint_meeting/actions", scope, start=start, end=end)


def meetings(scope: Scope, *, end: dt.date) -> pl.DataFrame:
    """When were meetings held, as far as the ledger of actions tells?

    Returns: one row per kind of meeting and day: kind, met_on.
    """
    return session.cached("joint_meeting/meetings", scope, end=end)


def owners(scope: Scope) -> dict[str, str]:
    """The departments that a decision can be given to, by code: code -> what it is called."""
    return owners_told(session.cached("joint_meeting/owners", scope))


def owners_told(frame: pl.DataFrame) -> dict[str, str]:
    """The same of the rows of joint_meeting/owners.

    A department is called by its office, as the ledger of actions names it, where no other has the same one.
    """
    offices = frame["unit"].to_list()
    return {
        row["department_code"]: in_language(
            row["unit"] if row["unit"] and offices.count(row["unit"]) == 1 else row["name"], row["name_en"]
        )
        for row in frame.iter_rows(named=True)
    }
