"""What the coverage page asks: is everyone covered who should be, in every village? (ST-1, DJ-7)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Final

import polars as pl
import yaml

from warehouse import session
from warehouse.queries.village import LISTED
from warehouse.scope import Scope
from warehouse.settings import ROOT

# Gap -> column of `villages` that counts it. Single cover counts people, all others households.
GAPS: Final = {
    "suspected_missed": "missed",
    "suspected_ineligible": "ineligible",
    "dropped": "dropped",
    "single_cover_missed": "single_cover_missed",
    "household_missed": "household_missed",
    "suspected_unmonitored": "suspected_unmonitored",
    "dead_or_moved_active": "dead_or_moved_active",
    "double_registered": "double_registered",
    "disability_subsidy_gap": "disability_subsidy_gap",
    "no_check": "no_check",
    "gradual_exit": "gradual_exit",
    "potential_target": "potential_target",
    "income_unknown": "income_unknown",
}
# The metrics that tell how cover stands.
METRICS: Final = ("coverage_rate", "missed_rate", "ineligible_rate", "single_cover_rate", "income_known")
# What the map and the funnel can show: numerator and denominator of each share, as columns of `villages`.
SHARES: Final = {
    "missed": ("missed", "eligible"),
    "ineligible": ("ineligible", "registered_known"),
    "unknown": ("income_unknown", "households"),
    "survey": ("visited", "residents"),
}


def villages(scope: Scope, *, month: dt.date, until: dt.date, areas: Sequence[str] = ()) -> pl.DataFrame:
    """How does each of the areas (every village if none are given) stand at the end of `month`, and in the surveys and
    inspections of its year up to `until`?

    Returns: one row per area by code: area_code, name, tile_row, tile_col; counts of households: households,
    eligible, covered, missed, registered, registered_known, ineligible, income_unknown, eligible_unknown, every gap of
    GAPS, on_both, monitored_only, registered_only (registers); single_cover_candidates and single_cover_missed count
    people; residents_1, visited_1, residents_2, visited_2 (null: round not begun); inspected_on, looked_back_on,
    villages, villages_inspected, villages_looked_back (of a village itself: 1, and 0 or 1); inspected, looked_back:
    all of them.
    """
    chosen = ",".join(areas) or None
    return session.cached("coverage/villages", scope, month=month, year=month.year, until=until, areas=chosen)


def registers(scope: Scope, *, month: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """Where do the two registers differ at the end of `month`, why, and who must act? (ST-2a, DB-4)

    Returns: one row per area, kind and reason: area_code, name, kind, reason, office, office_en (null: nobody must
    act), is_to_resolve, households, members; an area without any has one row of nulls.
    """
    return session.cached("coverage/registers", scope, month=month, areas=_listed(areas))


def register_rows(
    scope: Scope, *, month: dt.date, area: str | None, kind: str | None, reason: str | None, limit: int = LISTED
) -> pl.DataFrame:
    """Of which households do the two registers speak differently? Null lets all pass.

    Returns: at most `limit` rows, those to act on first: household_key, household_no, head_name (masked), area_name,
    kind, reason, office, office_en, since_month, tiers and types by the data and on the registers, found.
    """
    asked = {"month": month, "area": area, "kind": kind, "reason": reason, "limit": limit}
    return session.cached("coverage/register_rows", scope, **asked)


def subsidies(scope: Scope, *, month: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """To how many people is each subsidy due, and how is it paid? (DJ-5)

    Returns: one row per area and kind (living, nursing, child): entitled, entitled_paid, entitled_short, entitled_over,
    entitled_unpaid, entitled_unknown, not_entitled_paid (people), paid (yuan a month).
    """
    return session.cached("coverage/subsidies", scope, month=month, areas=_listed(areas))


def subsidy_rows(
    scope: Scope, *, month: dt.date, area: str | None, kind: str | None, limit: int = LISTED
) -> pl.DataFrame:
    """Who is due a subsidy and not paid at the standard, or paid and not due? One row per person and kind."""
    return session.cached("coverage/subsidy_rows", scope, month=month, area=area, kind=kind, limit=limit)


def care(scope: Scope, *, month: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """Who is cared for, with what agreement, and visited in time? (DJ-3, DJ-5) One row per area: people."""
    return session.cached("coverage/care", scope, month=month, areas=_listed(areas))


def care_rows(scope: Scope, *, month: dt.date, area: str | None, limit: int = LISTED) -> pl.DataFrame:
    """Whom has nobody visited in time, and who is at home without an agreement? One row per person."""
    return session.cached("coverage/care_rows", scope, month=month, area=area, limit=limit)


def assistance(scope: Scope, *, start: dt.date, until: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """What followed the temporary assistance in the lists of the months from `start` to `until`? (DJ-4)

    Returns: one row per area: payments, and of these already_covered, admitted, monitored, waiting, nothing, unknown.
    """
    return session.cached("coverage/assistance", scope, start=start, until=until, areas=_listed(areas))


def assistance_rows(
    scope: Scope, *, start: dt.date, until: dt.date, area: str | None, state: str | None, limit: int = LISTED
) -> pl.DataFrame:
    """Who was paid temporary assistance, and what followed? One row per payment, the newest first."""
    asked = {"start": start, "until": until, "area": area, "state": state, "limit": limit}
    return session.cached("coverage/assistance_rows", scope, **asked)


def exits(scope: Scope, *, month: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """In how many households does cover run out gradually, or may dibao be paid on after a voluntary exit? (DJ-2b)

    Returns: one row per area: gradual_exit, voluntary_exit_bonus, dropped (households).
    """
    return session.cached("coverage/exits", scope, month=month, areas=_listed(areas))


def exit_rows(scope: Scope, *, month: dt.date, area: str | None, limit: int = LISTED) -> pl.DataFrame:
    """Whose cover runs out, when, or may be paid on, until when? One row per household, the first to end first."""
    return session.cached("coverage/exit_rows", scope, month=month, area=area, limit=limit)


def surveys(scope: Scope, *, year: int, until: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """How far did each round of the year's survey get by `until`? (ST-2a, DB-7)

    Returns: one row per area and round: starts_on, ends_on, resident_households, visited, forms_done, forms_missing,
    forms_unknown, with_findings, visited_more_than_once (households).
    """
    return session.cached("coverage/surveys", scope, year=year, until=until, areas=_listed(areas))


def survey_items(scope: Scope, *, year: int, number: int, areas: Sequence[str]) -> pl.DataFrame:
    """Which of the ten items did a round find, at how many households? (BX-7c) One row per item: visited, found."""
    return session.cached("coverage/survey_items", scope, year=year, round=number, areas=_listed(areas))


def survey_rows(
    scope: Scope, *, year: int, number: int, area: str | None, of: str, limit: int = LISTED
) -> pl.DataFrame:
    """Which households of a round are without a complete form, visited more than once, or with something found?

    of: form_missing, repeated, with_findings. Returns: one row per household.
    """
    return session.cached("coverage/survey_rows", scope, year=year, round=number, area=area, of=of, limit=limit)


def burden(scope: Scope, *, start: dt.date, until: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """How often did people come, and how much was written, in the months from `start` to `until`? (DB-7)

    Returns: one row per area: household_days (visits), by line survey, warning_check, identification, look_back, care;
    forms; households_visited, households_repeated (household months; null: no limit is set).
    """
    return session.cached("coverage/burden", scope, start=start, until=until, areas=_listed(areas))


def needs(scope: Scope, *, month: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """What do households under monitoring need, by cause, and is it answered? (ST-4a)

    Returns: one row per area and cause: needs, met, planned, without_measure (households).
    """
    return session.cached("coverage/needs", scope, month=month, areas=_listed(areas))


def need_rows(
    scope: Scope, *, month: dt.date, area: str | None, cause: str | None, limit: int = LISTED
) -> pl.DataFrame:
    """Which needs does no measure answer, or only a planned one? One row per household and cause."""
    return session.cached("coverage/need_rows", scope, month=month, area=area, cause=cause, limit=limit)


@cache
def answers() -> dict[str, list[str]]:
    """Which categories of help answer which cause of risk, as the warehouse counts it; none named: any."""
    project = yaml.safe_load((ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    return dict(project["vars"]["measures_of_causes"])


def populations(scope: Scope, *, month: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """How does each group whose cover is watched stand? (DJ-1a, DB-3)

    Returns: one row per area and population: households, people, eligible, covered, registered, ineligible,
    unmonitored, eligible_unknown.
    """
    return session.cached("coverage/populations", scope, month=month, areas=_listed(areas))


def focus(scope: Scope, *, month: dt.date, areas: Sequence[str]) -> pl.DataFrame:
    """How is each focus group covered? (ST-1d)

    Returns: one row per area and focus: households, eligible, covered, registered, monitored_only, eligible_unknown.
    """
    return session.cached("coverage/focus", scope, month=month, areas=_listed(areas))


def _listed(areas: Sequence[str]) -> str:
    return ",".join(areas)
