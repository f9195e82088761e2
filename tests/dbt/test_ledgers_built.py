"""Ledgers in the built town: nothing lost between loads and marts, every list and village there, states that add up."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import duckdb
import pytest

from warehouse.contracts import load_contracts


class Built(Protocol):
    """What these tests need of the town built in conftest.py."""

    database: Path


@pytest.fixture(scope="module")
def con(town: Built) -> Iterator[duckdb.DuckDBPyConnection]:
    with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as connection:
        yield connection


def one(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = con.execute(sql).fetchall()[0]
    return row


def test_every_extract_has_a_row_for_every_month(con: duckdb.DuckDBPyConnection) -> None:
    assert one(con, "select count(*), count(distinct extract), count(distinct month) from fct_push") == (
        len(load_contracts()) * 12,
        len(load_contracts()),
        12,
    )


def test_rows_of_lists_are_the_rows_of_the_loads_in_force(con: duckdb.DuckDBPyConnection) -> None:
    counts = "sum(rows_read), sum(rows_accepted), sum(rows_quarantined)"
    lists = one(con, f"select {counts} from fct_push")
    assert lists == one(con, f"select {counts} from meta_load where is_winning")
    assert lists[0] == lists[1] + lists[2]
    assert lists[2] == one(con, "select count(*) from quarantine")[0] > 0


def test_zero_reports_missing_and_late_lists_are_three_things(con: duckdb.DuckDBPyConnection) -> None:
    missing = one(con, "select count(*), count(received_on), sum(rows_read) from fct_push where state = 'missing'")
    assert missing[0] > 0
    assert missing[1:] == (0, 0)
    zero = one(con, "select count(*), count(received_on), sum(rows_read) from fct_push where is_zero_report")
    assert zero[0] > 0
    assert zero[1:] == (zero[0], 0)
    assert one(con, "select min(days_late) from fct_push where state = 'late'")[0] >= 1


def test_each_warning_is_in_one_state_and_belongs_to_a_village(con: duckdb.DuckDBPyConnection) -> None:
    warnings, stated, placed = one(con, "select count(*), count(state), count(area_code) from fct_warning")
    assert warnings == stated == placed > 0
    assert one(con, "select sum(new_warnings) from agg_area_month where scope = 'profile'")[0] == warnings
    assert one(con, "select sum(warnings) from agg_department_month")[0] == warnings
    assert one(con, "select sum(new_warnings) from agg_area_cause_month where scope = 'profile'")[0] == warnings


def test_unchecked_warnings_past_their_limit_are_overdue_not_forgotten(con: duckdb.DuckDBPyConnection) -> None:
    overdue = one(
        con,
        "select count(*), count(verified_on), min(as_of - due_on) from fct_warning cross join meta_snapshot "
        "where state = 'overdue'",
    )
    assert overdue[0] > 0
    assert overdue[1] == 0
    assert overdue[2] >= 1


def test_issues_of_the_last_month_end_as_the_ledger_says(con: duckdb.DuckDBPyConnection) -> None:
    issues, closed = one(con, "select count(*), count(case when state = 'closed' then 1 end) from fct_issue")
    assert issues > 0
    assert one(con, "select sum(found) from agg_area_issue_month where scope = 'profile'")[0] == issues
    assert one(
        con,
        "select closed_at_end, open_at_end + awaiting_lookback_at_end + failed_at_end + closed_at_end "
        "from agg_area_issue_month where scope = 'profile' order by month desc limit 1",
    ) == (closed, issues)


def test_income_bands_hold_every_household_once(con: duckdb.DuckDBPyConnection) -> None:
    bands = "select month, sum(households), sum(case when is_unknown then households end) from agg_income_band_month"
    held = con.sql(f"{bands} where scope = 'profile' group by month order by month").fetchall()
    drawn = "select month, households, income_unknown from agg_area_month where scope = 'profile' order by month"
    assert held == con.sql(drawn).fetchall()


def test_movements_of_a_quarter_are_of_all_its_households(con: duckdb.DuckDBPyConnection) -> None:
    moved = con.sql(
        "select kind, sum(households) from agg_transition_quarter where scope = 'profile' and quarter = '2025Q4' "
        "group by kind order by kind"
    ).fetchall()
    households = one(con, "select households from agg_area_month where scope = 'profile' order by month desc limit 1")[
        0
    ]
    assert moved == [("risk_level", households), ("tier_eligible", households), ("tier_registered", households)]
