"""What the household page asks: why does this household stand where it stands? (ST-5c, BX-7b, DB-2)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse import session
from warehouse.queries import village
from warehouse.scope import Scope

LISTED: Final = 200


@dataclass(frozen=True)
class WholeFile:
    """Everything the file of one household holds in a month, each part as its question below gives it."""

    file: Mapping[str, Any]
    month: dt.date
    members: pl.DataFrame
    parameters: dict[str, dict[str, Any]]
    steps: pl.DataFrame
    events: pl.DataFrame
    due: pl.DataFrame
    measures: pl.DataFrame
    ledgers: pl.DataFrame
    difference: dict[str, Any] | None
    checked: pl.DataFrame
    findings: pl.DataFrame


def choices(scope: Scope, *, month: dt.date, area: str | None, search: str | None) -> pl.DataFrame:
    """Which households can be opened, in `area` (null: all), whose number or masked head begins so?

    Returns: at most LISTED rows, those with gaps first: household_key, household_no, area_name, head_name (masked),
    members, tier_eligible, tier_registered, risk_level, gaps (flags set), found (households in all).
    """
    return session.cached("household/choices", scope, month=month, area=area, search=search, limit=LISTED)


def _rows(name: str, scope: Scope, reason: str | None, household: str, month: dt.date) -> pl.DataFrame:
    """The rows of a question about the household; with a reason names whole, audited and not remembered."""
    if reason is None:
        return session.cached(name, scope, household=household, month=month)
    return session.revealed(name, scope, reason=reason, target=household, household=household, month=month)


def file(scope: Scope, *, household: str, month: dt.date, reason: str | None = None) -> dict[str, Any] | None:
    """The household's figures of a month (every column of fct_household_month), area_name, head_name (masked without a
    reason), warnings (those of the last twelve months), has_warning; null: not in the scope or not in that month."""
    found = _rows("household/file", scope, reason, household, month)
    return found.row(0, named=True) if found.height else None


def months(scope: Scope, *, household: str) -> pl.DataFrame:
    """Tier, risk and income of the household. Returns: one row per month."""
    return session.cached("household/months", scope, household=household)


def members(scope: Scope, *, household: str, month: dt.date, reason: str | None = None) -> pl.DataFrame:
    """Who lives there, by the newest roster. Returns: one row per person, the head first; names masked without a
    reason."""
    return _rows("household/members", scope, reason, household, month)


def parameters(scope: Scope, *, month: dt.date) -> dict[str, dict[str, Any]]:
    """The parameters that decided in the month, by name: value, number, unit, valid_from, source, is_local,
    is_stand_in, clause, note."""
    frame = session.cached("household/parameters", scope, month=month)
    return {row["parameter"]: row for row in frame.iter_rows(named=True)}


def steps(scope: Scope, *, household: str) -> pl.DataFrame:
    """Identification against its limits. Returns: one row per monitored spell, newest first."""
    return session.cached("household/steps", scope, household=household)


def due(scope: Scope, *, household: str, area: str, month: dt.date) -> pl.DataFrame:
    """What is still to be done for the household, by when? The rows of its village's work list that are about it."""
    return village.work(scope, area=area, month=month).filter(pl.col("household_key") == household)


def measures(scope: Scope, *, household: str) -> pl.DataFrame:
    """Which measures help the household? Returns: one row per measure by due day: category, content, responsible_unit,
    due_on, done_on, state."""
    return session.cached("household/measures", scope, household=household)


def ledgers(scope: Scope, *, household: str, month: dt.date, reason: str | None = None) -> pl.DataFrame:
    """What do the other ledgers say of the household, as of `month`? (ST-4a, ST-5a, DB-6, DJ-3 to DJ-5)

    Returns: one row per item: kind (referral, service_need, care_visit, subsidy, assistance, need), person_name
    (masked without a reason), what, more, since, due_on, done_on, amount, standard (yuan; of a need: measures, and
    those done), state.
    """
    return _rows("household/ledgers", scope, reason, household, month)


def difference(scope: Scope, *, household: str, month: dt.date) -> dict[str, Any] | None:
    """What do the two registers say differently of the household in the month? Null: nothing. (ST-2a, DB-4)"""
    found = session.cached("household/difference", scope, household=household, month=month)
    return found.row(0, named=True) if found.height else None


def events(scope: Scope, *, household: str) -> pl.DataFrame:
    """Everything that happened, and every move of its tier or risk.

    Returns: one row per event, newest first: happened_on, until (null: a day), kind (of label.event), what, more.
    """
    dated = session.cached("household/timeline", scope, household=household)
    moves = [
        _moves(months(scope, household=household), *pair)
        for pair in (("tier_eligible", "tier"), ("risk_level", "risk"))
    ]
    return pl.concat([dated, *moves]).sort("happened_on", "kind", "what", descending=[True, False, False])


def _moves(frame: pl.DataFrame, column: str, kind: str) -> pl.DataFrame:
    """The months in which `column` differs from the month before, as events on the month's last day."""
    moved = frame.with_columns(pl.col(column).shift().alias("before")).filter(pl.col("before") != pl.col(column))
    return moved.select(
        pl.col("month").dt.month_end().alias("happened_on"),
        pl.lit(None, dtype=pl.Date).alias("until"),
        pl.lit(kind).alias("kind"),
        pl.col("before").alias("what"),
        pl.col(column).alias("more"),
    )


def checked(scope: Scope, *, household: str, month: dt.date) -> pl.DataFrame:
    """Who was asked what the household owns or is paid (YL-3x).

    Returns: one row per list of assets: extract, title, title_en, unit, unit_en, is_expected, list_month (null: never
    came), found (rows that speak of the household; null where the list never came).
    """
    return session.cached("household/checked", scope, household=household, month=month)


def findings(scope: Scope, *, household: str, month: dt.date, reason: str | None = None) -> pl.DataFrame:
    """What do the household's data contradict in the month?

    Returns: one row per finding about it or one of its people: rule, severity, subject, person_name (masked without a
    reason; null: about the household), extract, owner_name, owner_name_en, first_fact, second_fact, limit_value,
    first_seen_month, is_older (it stood in the first month of the data already), came_back, times_seen.
    """
    return _rows("findings/of_household", scope, reason, household, month)


def sources(scope: Scope, *, household: str, month: dt.date, reason: str | None = None) -> pl.DataFrame:
    """In which cells the figures stand.

    Returns: one row per row of a list in force, roster and income first: extract, title, title_en, kind, list_month,
    name (masked without a reason; null: the row names a household), file_name, sheet, row_no, method, received_on,
    load_id.
    """
    return _rows("household/sources", scope, reason, household, month)


def whole(scope: Scope, found: Mapping[str, Any], *, month: dt.date, reason: str | None = None) -> WholeFile:
    """The whole file at once, for paper. found: its figures of the month, as `file` gives them."""
    household = found["household_key"]
    return WholeFile(
        file=found,
        month=month,
        members=members(scope, household=household, month=month, reason=reason),
        parameters=parameters(scope, month=month),
        steps=steps(scope, household=household),
        events=events(scope, household=household),
        due=due(scope, household=household, area=found["area_code"], month=month),
        measures=measures(scope, household=household),
        ledgers=ledgers(scope, household=household, month=month, reason=reason),
        difference=difference(scope, household=household, month=month),
        checked=checked(scope, household=household, month=month),
        findings=findings(scope, household=household, month=month, reason=reason),
    )
