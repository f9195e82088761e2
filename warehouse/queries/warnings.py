"""What the page on warnings asks: do lists come, and are warnings handled, in time? (YL-3, YL-4, ST-3, BX-3, BX-4)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from warehouse import session
from warehouse.scope import Scope

LISTED: Final = 200
# The headline figures of the page; those of a department, which sees no area.
METRICS: Final = (
    "push_on_time",
    "warning_checked_in_time",
    "warning_yield",
    "duplicate_leads",
    "unforeseen_admissions",
)
OWN_METRICS: Final = ("push_on_time", "push_quality", "warning_checked_in_time", "warning_yield", "duplicate_leads")


def not_expected(scope: Scope) -> pl.DataFrame:
    """Which lists of the departments in scope does the place never ask for?

    Returns: one row per list: extract, title, title_en, owner.
    """
    frame = session.cached("warnings/not_expected", scope)
    return frame.filter(pl.col("owner").is_in(scope.departments))


def calendar(scope: Scope, *, start: dt.date, end: dt.date) -> pl.DataFrame:
    """What did each department in scope send in each month, and what came of it?

    Returns: one row per department and month: department_code, owner_name, owner_name_en, month; counts of lists
    (lists, lists_on_time, lists_late, lists_part, lists_missing, lists_not_due, zero_reports), of rows (read, accepted,
    quarantined, repaired, linkable, linked) and of warnings (all, checked, within, over, open, overdue,
    hit). Source: ST-3.
    """
    return session.cached("warnings/calendar", scope, start=start, end=end)


def lists(scope: Scope, *, start: dt.date, end: dt.date, area: str | None = None) -> pl.DataFrame:
    """What became of the warnings of each list? For who sees no areas: of own departments' lists in the whole place.

    Returns: one row per warning list: extract, title, title_en, owner, owner_name, owner_name_en, counts of rows
    (rows_accepted, rows_linked) and of warnings, one per household, list and month (warnings, checked, admitted,
    helped, already_monitored, no_risk, not_found, result_unknown, overdue, duplicates); of those admitted:
    approved, planned, plan_helped. Source: YL-4.
    """
    if not scope.areas:
        return session.cached("warnings/own_lists", scope, start=start, end=end)
    return session.cached("warnings/lists", scope, start=start, end=end, area=area)


def late_by_area(scope: Scope, *, month: dt.date, areas: Sequence[str] = ()) -> pl.DataFrame:
    """In which of the areas (every village if none are given) are warnings unchecked past their limit?

    Returns: one row per area by code: area_code, name, warnings, checked, overdue (pushed up to the month).
    """
    return session.cached("warnings/late_by_area", scope, month=month, areas=",".join(areas) or None)


def late_cases(
    scope: Scope, *, month: dt.date, area: str | None = None, step: str | None = None, limit: int = LISTED
) -> pl.DataFrame:
    """Which cases are past a limit and not done on the snapshot's day?

    Returns: the first `limit`, longest first: step (of label.step), area_code, area_name, household_key, household_no,
    head_name (masked), list (extract of the warning; null: a case of identification), since, due_on, days_late, total.
    """
    return session.cached("warnings/late_cases", scope, month=month, area=area, step=step, limit=limit)


def unforeseen(scope: Scope, *, start: dt.date, end: dt.date, area: str | None = None) -> pl.DataFrame:
    """Which admissions had no department's warning before them?

    Returns: the first LISTED, newest first: area_name, area_code, household_key, household_no, head_name (masked),
    channel, causes, approved_on, total. Source: BX-3.
    """
    return session.cached("warnings/unforeseen", scope, start=start, end=end, area=area, limit=LISTED)


def own_metric(scope: Scope, metric: str, *, period: str) -> pl.DataFrame:
    """How does a metric stand in the departments of the scope? Returns: as queries.evaluation.departments."""
    from warehouse.queries.evaluation import departments

    return departments(scope, metric=metric, period=period)
