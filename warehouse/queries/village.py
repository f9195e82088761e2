"""What the village page asks: how does one village stand beside the whole, and what is to be done in it by when?"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Final

import polars as pl

from warehouse import session
from warehouse.periods import kind_of
from warehouse.scope import Scope

# Rows on a page, and in a file: the file holds all of them.
LISTED: Final = 200
EXPORTED: Final = 20_000


def metrics(scope: Scope, *, area: str, period: str) -> pl.DataFrame:
    """How does the village stand beside the whole in the period, and beside its own period before?

    Returns: one row per metric that is a share (0-1): numerator, denominator, unknown, value, low, high, target, state,
    lists_missing; earlier_* of the period before (null: none); whole_numerator, whole_denominator, whole_value.
    """
    kind = kind_of(period)
    return session.cached("village/metrics", scope, area=area, period_kind=kind, period=period)


def months(scope: Scope, *, area: str, month: dt.date) -> pl.DataFrame:
    """The village's counts at the end of each month up to `month`: households unless the name says otherwise.

    Returns: one row per month: households, registered, monitored, missed, ineligible, at_high_risk (urgent and high),
    new_warnings, income_unknown, each level of risk and each gap.
    """
    return session.cached("village/months", scope, area=area, month=month)


def work(scope: Scope, *, area: str, month: dt.date) -> pl.DataFrame:
    """What is to be done in the village, by the snapshot's day and the gaps of `month`?

    Returns: one row per household (or village issue) and thing: kind (of village.work), what (list, category, tier or
    type; null), title and title_en of the list, household_key and household_no (null: about the village), head_name
    (masked), since, due_on (null: no limit), days_over (negative: still to go). Empty but for issues of villages where
    the scope shows no households.
    """
    return session.cached("village/work", scope, area=area, month=month)


def visit_households(scope: Scope, *, area: str, month: dt.date, reason: str | None = None) -> pl.DataFrame:
    """Who is to be visited in the village? With a reason names are whole, the reason audited and nothing remembered.

    Returns: one row per household: household_key, household_no, head_name, members (null: not in the fact of the
    month), last_visited_on (of the surveys; null: never).
    """
    if reason is None:
        return session.cached("village/visit_households", scope, area=area, month=month)
    return session.revealed(
        "village/visit_households", scope, reason=reason, target=area, area=area, month=month
    )  # fmt: skip


def contacts(scope: Scope) -> pl.DataFrame:
    """Whom does a visitor ask? Returns: one row per department: department_code, name_en, unit, contact_post."""
    return session.cached("village/contacts", scope)


def ledger(scope: Scope, *, area: str, start: dt.date, until: dt.date) -> pl.DataFrame:
    """What fell due in the village in the months from `start` to `until`, and was it done in time? (ST-2c)

    Returns: one row per step (of label.step): due, in_time, late, never_done, not_due, not_counted.
    """
    return session.cached("village/ledger", scope, area=area, start=start, until=until)


def ledger_counts(scope: Scope, *, area: str, start: dt.date, until: dt.date) -> dict[str, int]:
    """What came in and went out of the village's ledgers in those months, and what was open at their end: new_warnings;
    issues found, rectified, issues_open, issues_overdue, awaiting_lookback; referrals accepted, completed,
    referrals_open, referrals_overdue; findings."""
    return session.cached("village/ledger_counts", scope, area=area, start=start, until=until).row(0, named=True)


@dataclass(frozen=True)
class Chosen:
    """Filters on households; a null one lets all pass. tier: on the registers. gap: of label.gap.
    population: of label.watched."""

    tier: str | None = None
    tier_by_data: str | None = None
    risk: str | None = None
    cause: str | None = None
    focus: str | None = None
    gap: str | None = None
    population: str | None = None

    @property
    def is_any(self) -> bool:
        return any(asdict(self).values())


def households(
    scope: Scope, *, month: dt.date, area: str | None = None, chosen: Chosen, limit: int = LISTED
) -> pl.DataFrame:
    """Which households fit all of the filters, and with what numbers?

    Returns: at most `limit` rows by village and number: household_key, household_no, area_name, head_name (masked),
    members, tiers, risk_level, risk_causes, income figures and lines (yuan a head and year), tests, asset_conflicts,
    gradual_exit_months_left, people (masked; whom the gap is about), found (households in all).
    """
    return session.cached("village/households", scope, month=month, area=area, limit=limit, **asdict(chosen))
