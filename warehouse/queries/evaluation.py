"""What the evaluation page asks: how does the work do, metric by metric, against targets and the period before?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import polars as pl

from warehouse import session
from warehouse.periods import kind_of
from warehouse.scope import Scope


def series(scope: Scope, *, period: str, area: str | None = None) -> dict[str, list[float | None]]:
    """The values of every metric in the periods of that kind up to `period`, oldest first (null: not known)."""
    kind = kind_of(period)
    frame = session.cached("evaluation/series", scope, period_kind=kind, period=period, area=area)
    return {key[0]: part["value"].to_list() for key, part in frame.partition_by("metric", as_dict=True).items()}


def months(scope: Scope, *, metric: str, until: dt.date, area: str | None = None) -> pl.DataFrame:
    """How did a metric move, month by month up to a day?

    Returns: one row per month: period (2025-12), numerator, denominator, value (null: not known), state.
    """
    return session.cached("evaluation/months", scope, metric=metric, until=until, area=area)


def villages(scope: Scope, *, metrics: Iterable[str], period: str, areas: Sequence[str] = ()) -> pl.DataFrame:
    """How do these metrics stand in each of the areas (every village if none are given)?

    Returns: one row per metric and area, areas by code: metric, area_code, name, numerator, denominator, unknown
    (0 where nothing was counted), value, low, high (null: none to count), state. No row for a metric without villages.
    """
    asked = {"metrics": ",".join(sorted(metrics)), "areas": ",".join(areas) or None}
    return session.cached("evaluation/villages", scope, period_kind=kind_of(period), period=period, **asked)


def departments(scope: Scope, *, metric: str, period: str) -> pl.DataFrame:
    """How does a metric stand in every department?

    Returns: one row per department by code: department_code, name, name_en, numerator, denominator, value, low, high.
    """
    kind = kind_of(period)
    return session.cached("evaluation/departments", scope, metric=metric, period_kind=kind, period=period)


def lists(scope: Scope, *, metric: str, period: str) -> pl.DataFrame:
    """How does a metric stand in every list of which anything was counted?

    Returns: one row per list: extract, title, title_en, numerator, denominator, value, low, high.
    """
    return session.cached("evaluation/lists", scope, metric=metric, period_kind=kind_of(period), period=period)


def steps(scope: Scope, *, start: dt.date, end: dt.date, area: str | None = None) -> pl.DataFrame:
    """Of each step whose limit fell in a period, how much was done in time?

    Returns: one row per step: step, due, in_time, late, never_done (these three add up to due), not_due, not_counted.
    """
    return session.cached("evaluation/steps", scope, start=start, end=end, area=area)


def step_days(scope: Scope, *, year: int, area: str | None = None) -> pl.DataFrame:
    """After how many days was each step done, of the cases begun in a year?

    Returns: one row per step and days: step, days (calendar), done, still_open (counts; open ones are censored).
    """
    return session.cached("evaluation/step_days", scope, year=year, area=area)


def step_limits(scope: Scope, *, day: dt.date) -> pl.DataFrame:
    """Which limits are in force on a day? Returns: one row per parameter: parameter, value, unit (day, working_day)."""
    return session.cached("evaluation/step_limits", scope, day=day)


def channels(scope: Scope, *, start: dt.date, end: dt.date, area: str | None = None) -> pl.DataFrame:
    """Through which channel were the cases of a period discovered?

    Returns: one row per channel: channel, discovered, approved (counts).
    """
    return session.cached("evaluation/channels", scope, start=start, end=end, area=area)
