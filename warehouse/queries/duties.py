"""What the page on duties asks: who answers for what, and which stage are we in?

Source: DJ-6, BX-7a, DB-9 (stages), DB-10 (duties), ST-2a, DB-8, DB-5, DB-6.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from warehouse import session
from warehouse.periods import kind_of
from warehouse.scope import Scope
from warehouse.session import Filters


def calendar(scope: Scope) -> pl.DataFrame:
    """What does the calendar of the place hold?

    Returns: one row per entry by its first day: kind, name, name_en, year, number, starts_on, ends_on, state (ahead,
    running, ended on the snapshot's day), source, clause, note.
    """
    return session.cached("duties/calendar", scope)


def progress(scope: Scope) -> pl.DataFrame:
    """What do the ledgers tell of each entry, by the day it happened?

    Returns: one row per entry and thing counted, in the order to tell: kind, year, number, measure, counted,
    counted_of (null: there is no whole).
    """
    return session.cached("duties/progress", scope)


def duties(scope: Scope) -> pl.DataFrame:
    """Who has which duty?

    Returns: one row per duty in the order of the document: duty_no, department_code, unit, duty_zh, duty_en, source,
    clause, counts (metrics and extracts parted by 、).
    """
    return session.cached("duties/duties", scope)


def units(scope: Scope, filters: Filters) -> pl.DataFrame:
    """Which units are there, and how do their lists stand in the period?

    Returns: one row per department, those with duties first: department_code, name, name_en, unit, contact_post,
    duties, lists (that the place asks of it), lists_on_time, lists_late, lists_missing, warnings, warnings_overdue
    (null: not the reader's to see).
    """
    return session.cached("duties/units", scope, start=filters.start, end=filters.end)


def pushes(scope: Scope, filters: Filters) -> pl.DataFrame:
    """How did each list come in the period?

    Returns: one row per list of the reader's departments: extract, due, on_time, late, missing, came (months),
    rows_accepted.
    """
    return session.cached("duties/pushes", scope, start=filters.start, end=filters.end)


def metrics(scope: Scope, filters: Filters) -> pl.DataFrame:
    """How do the metrics stand in the period for the whole place and for each department?

    Returns: one row per metric and scope: metric, scope, scope_code, numerator, denominator, value, state.
    """
    return session.cached("duties/metrics", scope, period_kind=kind_of(filters.period), period=filters.period)


def surveys(scope: Scope, until: dt.date) -> pl.DataFrame:
    """How far did each survey round get?

    Returns: one row per round, newest first: year, round, starts_on, ends_on, resident_households, visited,
    forms_missing, with_findings, visited_more_than_once. Source: ST-2a, DB-7.
    """
    return session.cached("duties/surveys", scope, end=until)


def trainings(scope: Scope, year: int) -> pl.DataFrame:
    """Which trainings were held in the year? One row per event: held_on, half_year, topic, attendees. Source: DB-8."""
    return session.cached("duties/trainings", scope, year=year)


def referrals(scope: Scope, filters: Filters) -> pl.DataFrame:
    """What became of the referrals of the period?

    Returns: one row per department, unknown ones last: department_code (none: passed to nobody known), name, name_en,
    accepted, forwarded, completed, due (limit fell in the period), due_completed, open_at_end, overdue_at_end (null: no
    rows in the newest month). Source: ST-5a, DB-5.
    """
    return session.cached("duties/referrals", scope, start=filters.start, end=filters.end, month=filters.month)


def needs(scope: Scope, filters: Filters) -> pl.DataFrame:
    """What was needed in the period, and was it met?

    Returns: one row per kind (referral, service) and need: kind, need, registered, met, open_at_end, without_provider
    (null for referrals). Source: DB-6.
    """
    return session.cached("duties/needs", scope, start=filters.start, end=filters.end, month=filters.month)
