"""What came of it, in the built town: referrals, visits, subsidies, eliminations; parts add up to their whole."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from tests.conftest import Town


@pytest.fixture(scope="module")
def con(town: Town) -> Iterator[duckdb.DuckDBPyConnection]:
    with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as connection:
        yield connection


def one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = con.execute(sql).fetchall()[0]
    return row


def test_the_gap_of_a_person_is_that_of_the_subsidies(con: duckdb.DuckDBPyConnection) -> None:
    """One source: fct_person_month names exactly those whom fct_subsidy shows unpaid or off the standard."""
    by_person = "select month, person_key from fct_person_month where disability_subsidy_gap"
    by_subsidy = "select distinct month, person_key from fct_subsidy where is_gap and kind in ('living', 'nursing')"
    assert one(con, f"select count(*) from ({by_person})")[0] > 0
    assert con.sql(f"({by_person} except {by_subsidy}) union all ({by_subsidy} except {by_person})").fetchall() == []


@pytest.mark.parametrize(
    ("fact", "rows", "aggregate", "count"),
    [
        ("fct_subsidy", "is_entitled", "agg_subsidy_month", "entitled"),
        ("fct_care_visit", "true", "agg_care_month", "people"),
        ("fct_register_difference", "true", "agg_register_difference_month", "households"),
        ("fct_need_month", "true", "agg_area_need_month", "needs"),
        ("fct_temporary_assistance", "true", "agg_assistance_followed_month", "payments"),
        ("fct_warning", "true", "agg_list_month", "warnings"),
        ("fct_identification", "is_active", "agg_elimination_candidate", "active"),
        ("fct_referral", "state <> 'impossible'", "agg_referral_month", "accepted"),
    ],
)
def test_the_whole_place_counts_each_row_once(
    con: duckdb.DuckDBPyConnection, fact: str, rows: str, aggregate: str, count: str
) -> None:
    """Events before the first month belong to none of the months."""
    since = "and accepted_on >= (select min(month) from fct_household_month)" if fact == "fct_referral" else ""
    counted = one(con, f"select sum({count}) from {aggregate} where scope = 'profile'")[0]
    assert counted == one(con, f"select count(*) from {fact} where {rows} {since}")[0] > 0


def test_the_villages_are_the_whole_place(con: duckdb.DuckDBPyConnection) -> None:
    villages = "scope = 'area' and area_code in (select area_code from dim_area where is_unit)"
    for column in ("household_days", "survey", "warning_check", "survey_forms", "households_repeated"):
        parts = one(con, f"select sum({column}) from agg_burden_month where {villages}")[0]
        assert parts == one(con, f"select sum({column}) from agg_burden_month where scope = 'profile'")[0] > 0, column


def test_ready_is_what_nothing_stands_in_the_way_of(con: duckdb.DuckDBPyConnection) -> None:
    odd = (
        "select count(*) from fct_identification where is_active and ready_to_eliminate is distinct from "
        "case when not_ready_reasons <> '' then false when not_ready_unknowns = '' then true end"
    )
    assert one(con, odd) == (0,)
    assert one(con, "select count(*) from fct_identification where is_active and not ready_to_eliminate")[0] > 0


def test_hazards_are_few_and_at_their_limit(con: duckdb.DuckDBPyConnection) -> None:
    hazards, judged = one(con, "select count(*) filter (where is_hazard), count(is_hazard) from agg_hazard_month")
    assert 0 < hazards < judged / 20
    assert one(con, "select count(*) from agg_hazard_month where is_hazard and new_warnings < limit_warnings") == (0,)


def test_actions_are_carried_by_later_meetings_alone(con: duckdb.DuckDBPyConnection) -> None:
    actions, carried = one(con, "select count(*), count(*) filter (where is_carried) from fct_meeting_action")
    assert actions > carried > 0
    assert one(con, "select min(later_meetings) from fct_meeting_action where is_carried")[0] >= 2
