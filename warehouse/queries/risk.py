"""What the risk page asks: who is at risk, of what, where, and is it rising? (03-rules Risk, YL-2a, ST-1d)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from warehouse import session
from warehouse.scope import Scope


def villages(scope: Scope, *, month: dt.date, areas: Sequence[str] = ()) -> pl.DataFrame:
    """The levels of risk in each of the areas (every village if none are given), and new warnings against those to
    expect.

    Returns: one row per area by code: area_code, name, households, members, urgent, high, watch, none, unknown
    (households), new_warnings, expected_warnings (null: no month before), months_before (at most 12).
    """
    return session.cached("risk/villages", scope, month=month, areas=",".join(areas) or None)


def months(scope: Scope, *, month: dt.date, area: str | None = None) -> pl.DataFrame:
    """The levels of risk at the end of each month up to `month`. Returns: one row per month, households."""
    return session.cached("risk/months", scope, month=month, area=area)


def causes(scope: Scope, *, month: dt.date, earlier: dt.date | None, area: str | None = None) -> pl.DataFrame:
    """How many households does each cause touch, and how many did it at the end of `earlier`?

    Returns: one row per cause in its order: cause, households, members, earlier (null: no such month), new_warnings,
    expected_warnings (null: no month before).
    """
    return session.cached("risk/causes", scope, month=month, earlier=earlier, area=area)


def cause_months(scope: Scope, *, month: dt.date, area: str | None = None) -> pl.DataFrame:
    """The same from month to month. Returns: one row per cause and month: cause, month, households."""
    return session.cached("risk/cause_months", scope, month=month, area=area)


def pairs(scope: Scope, *, month: dt.date, area: str | None = None) -> pl.DataFrame:
    """Which causes come together? Returns: one row per pair: cause_a, cause_b, households; a cause with itself is all
    its households."""
    return session.cached("risk/pairs", scope, month=month, area=area)


def incomes(scope: Scope, *, month: dt.date, area: str | None = None) -> pl.DataFrame:
    """How do incomes lie against the monitoring line?

    Returns: one row per band, lowest first: band_from, band_to (yuan a head and year over the line; null: unknown),
    households, members. The lowest and the highest band are open.
    """
    return session.cached("risk/incomes", scope, month=month, area=area)


def lines(scope: Scope, *, month: dt.date) -> pl.DataFrame:
    """monitoring_line, watch_multiple, dibao_standard and warning_active_months in force at the month's end, if set.

    Returns: one row per parameter: number, source, is_local, is_stand_in, clause, note.
    """
    return session.cached("risk/lines", scope, month=month)


def focus(scope: Scope, *, month: dt.date, earlier: dt.date | None, area: str | None = None) -> pl.DataFrame:
    """How large is each focus group, and who of it is covered? (ST-1d)

    Returns: one row per group: focus, households, earlier, eligible, covered (of the eligible), registered,
    monitored_only, eligible_unknown.
    """
    return session.cached("risk/focus", scope, month=month, earlier=earlier, area=area)


def moves(scope: Scope, *, quarter: str, kind: str, area: str | None = None) -> pl.DataFrame:
    """Who moved since the end of the quarter before? kind: tier_eligible, tier_registered or risk_level.

    Returns: one row per pair: before (null: not there then), after, households, members.
    """
    return session.cached("risk/moves", scope, quarter=quarter, kind=kind, area=area)


def focus_villages(scope: Scope, *, month: dt.date, focus: str, areas: Sequence[str] = ()) -> pl.DataFrame:
    """How large is a focus group in each of the areas (every village if none are given), and who of it is covered?
    Returns: one row per area by code."""
    return session.cached("risk/focus_villages", scope, month=month, focus=focus, areas=",".join(areas) or None)


def classes(scope: Scope, *, month: dt.date, kind: str, area: str | None = None) -> pl.DataFrame:
    """How many households stand in each class by the data and on the registers? kind: tier (DB-1) or type (BX-2).

    Returns: one row per pair of classes that has any: by_data, on_register, households, members.
    """
    return session.cached("risk/classes", scope, month=month, kind=kind, area=area)


def watch(scope: Scope, *, month: dt.date, earlier: dt.date | None, area: str | None = None) -> pl.DataFrame:
    """Who is watched, by the four groups of the clause, at the end of two months? (DB-3)

    Returns: one row per month that has data: month, households, members, and watch_population, lifted, ever_monitored,
    watch_rejected, watch_left_dibao, each in households and, with `_people`, in people.
    """
    return session.cached("risk/watch", scope, month=month, earlier=earlier, area=area)


def hazards(scope: Scope, *, month: dt.date, areas: Sequence[str] = ()) -> pl.DataFrame:
    """Where are new warnings of the month beyond chance, by area (every village if none are given), cause and both?

    Returns: one row per area and cause, the whole place first: scope (profile, area), area_code, name, cause (`all`:
    all together), new_warnings, expected_warnings (null: no month before), limit_warnings, is_hazard, months_before.
    Source: YL-2a.
    """
    return session.cached("risk/hazards", scope, month=month, areas=",".join(areas) or None)
