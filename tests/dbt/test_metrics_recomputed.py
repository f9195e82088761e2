"""Metrics recounted in polars from the facts: the whole, one village, one department; month, quarter and year."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import duckdb
import jinja2
import polars as pl
import pytest

from warehouse.inputs import DBT_PROJECT
from warehouse.periods import period_days
from warehouse.stats.intervals import count_interval


class Built(Protocol):
    """What these tests need of the town built in conftest.py."""

    database: Path


Facts = Callable[[str], pl.DataFrame]
FOUR = ["tekun", "dibao", "dibao_edge", "rigid_expense"]
PERIODS = ("2025-10", "2025Q4", "2025")


@pytest.fixture(scope="module")
def facts(town: Built) -> Facts:
    def read(mart: str) -> pl.DataFrame:
        with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as con:
            return con.sql(f"select * from {mart}").pl()

    return read


@pytest.fixture(scope="module")
def values(facts: Facts) -> pl.DataFrame:
    return facts("metric_values")


@pytest.fixture(scope="module")
def village(facts: Facts) -> str:
    """The village with most warnings: there is something to count."""
    counted = facts("fct_warning").group_by("area_code").len().sort("len", "area_code", descending=True)
    return str(counted["area_code"][0])


def of(values: pl.DataFrame, metric: str, scope: str, code: str | None, period: str) -> tuple[int, int]:
    rows = values.filter(
        pl.col("metric") == metric,
        pl.col("scope") == scope,
        pl.col("period") == period,
        pl.col("scope_code") == code if code else True,
    )
    return rows.select("numerator", "denominator").row(0)


def counts(frame: pl.DataFrame, done: pl.Expr) -> tuple[int, int]:
    return frame.filter(done).height, frame.height


def last_month(period: str) -> dt.date:
    return period_days(period)[1].replace(day=1)


# -- flows: by the day the limit fell, for each kind of period --------------------------------------------------------

FLOWS: dict[str, tuple[str, str, str, pl.Expr, pl.Expr]] = {
    "warning_checked_in_time": (
        "fct_warning", "due_on", "area_code",
        pl.col("state").is_in(["within", "over", "overdue"]), pl.col("verified_on") <= pl.col("due_on"),
    ),
    "warning_yield": (
        "fct_warning", "verified_on", "area_code",
        pl.col("result").is_not_null(), pl.col("result").is_in(["纳入监测", "落实救助"]),
    ),
    "identified_in_time": (
        "fct_identification", "identify_due_on", "area_code",
        pl.col("identify_state").is_in(["within", "over", "overdue", "skipped"]),
        (pl.col("approved_on") <= pl.col("identify_due_on")).fill_null(False),
    ),
    "measures_done": (
        "fct_measure", "due_on", "area_code", pl.lit(True), (pl.col("done_on") <= pl.col("due_on")).fill_null(False),
    ),
    "rectified_in_time": (
        "fct_issue", "due_on", "area_code", pl.lit(True), (pl.col("rectified_on") <= pl.col("due_on")).fill_null(False),
    ),
    "referral_done": (
        "fct_referral", "due_on", "area_code",
        pl.col("time_state").is_in(["within", "over", "overdue"]), pl.col("completed_on").is_not_null(),
    ),
    "unforeseen_admissions": (
        "fct_identification", "approved_on", "area_code", pl.col("is_foreseen").is_not_null(), ~pl.col("is_foreseen"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("metric", FLOWS)
@pytest.mark.parametrize("period", PERIODS)
def test_what_fell_due_in_a_period(facts: Facts, values: pl.DataFrame, village: str, metric: str, period: str) -> None:
    mart, day, area, counted, done = FLOWS[metric]
    start, end = period_days(period)
    as_of = facts("meta_snapshot")["as_of"][0]
    rows = facts(mart).filter(pl.col(day).is_between(start, min(end, as_of)), counted)
    assert of(values, metric, "profile", None, period) == counts(rows, done)
    assert of(values, metric, "area", village, period) == counts(rows.filter(pl.col(area) == village), done)


@pytest.mark.parametrize("period", PERIODS)
def test_departments_and_lists_have_their_own_share(facts: Facts, values: pl.DataFrame, period: str) -> None:
    start, end = period_days(period)
    checked = facts("fct_warning").filter(pl.col("verified_on").is_between(start, end), pl.col("result").is_not_null())
    hit = pl.col("result").is_in(["纳入监测", "落实救助"])
    for scope, column in (("department", "owner"), ("list", "extract")):
        for code in facts("fct_warning")[column].unique():
            mine = checked.filter(pl.col(column) == code)
            assert of(values, "lead_yield", scope, code, period) == counts(mine, hit), (scope, code)
    actions = facts("fct_meeting_action").filter(
        pl.col("due_on").is_between(start, end), pl.col("due_on") <= facts("meta_snapshot")["as_of"][0]
    )
    done = (pl.col("done_on") <= pl.col("due_on")).fill_null(False)
    assert of(values, "action_items_done", "profile", None, period) == counts(actions, done)
    assert actions.height > 0
    for code in actions["department_code"].drop_nulls().unique():
        mine = actions.filter(pl.col("department_code") == code)
        assert of(values, "action_items_done", "department", code, period) == counts(mine, done)


# -- stocks: the state in the period's last month ---------------------------------------------------------------------

COVERED = pl.col("tier_registered").is_in(FOUR)
ELIGIBLE = pl.col("tier_eligible").is_in(FOUR)
KNOWN = pl.col("tier_eligible") != "unknown"
MONITORED = pl.col("monitored_type_registered").is_not_null()
STOCKS: dict[str, tuple[pl.Expr, pl.Expr]] = {
    "coverage_rate": (ELIGIBLE, ~pl.col("suspected_missed")),
    "exclusion_error": (ELIGIBLE, ~COVERED),
    "inclusion_error": (COVERED & KNOWN, ~ELIGIBLE),
    "official_missed_rate": (~COVERED & KNOWN, ELIGIBLE),
    "five_numbers_all": (pl.lit(True), pl.lit(True)),
    "five_numbers_not_eliminated": (pl.lit(True), MONITORED),
}


@pytest.mark.parametrize("metric", STOCKS)
@pytest.mark.parametrize("period", PERIODS)
def test_states_at_the_end_of_a_period_in_households_and_people(
    facts: Facts, values: pl.DataFrame, village: str, metric: str, period: str
) -> None:
    counted, true = STOCKS[metric]
    rows = facts("fct_household_month").filter(pl.col("month") == last_month(period), counted)
    assert rows.height > 0
    for scope, code, mine in (
        ("profile", None, rows),
        ("area", village, rows.filter(pl.col("area_code") == village)),
    ):
        assert of(values, metric, scope, code, period) == counts(mine, true)
        told = values.filter(
            pl.col("metric") == metric, pl.col("scope") == scope, pl.col("period") == period,
            pl.col("scope_code") == code if code else True,
        )  # fmt: skip
        people = (mine.filter(true)["members"].sum(), mine["members"].sum())
        assert told.select("numerator_people", "denominator_people").row(0) == people


def test_exclusion_inclusion_and_the_official_rate_are_three_things(values: pl.DataFrame) -> None:
    """One set of missed households over three different wholes: the official one is by far the smallest share."""
    year = values.filter(pl.col("scope") == "profile", pl.col("period") == "2025")
    share = dict(year.select("metric", "value").iter_rows())
    count = dict(year.select("metric", "numerator").iter_rows())
    assert count["exclusion_error"] == count["official_missed_rate"] > 0
    assert share["official_missed_rate"] < share["exclusion_error"] / 5
    assert share["exclusion_error"] <= share["missed_rate"]


def test_people_merged_are_counted_as_people(facts: Facts, values: pl.DataFrame) -> None:
    rows = facts("fct_household_month").filter(pl.col("month") == dt.date(2025, 12, 1), MONITORED)
    judged = rows.filter(COVERED | KNOWN)
    merged = judged.filter(COVERED | ~ELIGIBLE)
    told = of(values, "merged_monitored", "profile", None, "2025")
    assert told == (merged["members"].sum(), judged["members"].sum())


def test_the_two_registers_agree_where_no_difference_is_kept(facts: Facts, values: pl.DataFrame) -> None:
    month = pl.col("month") == dt.date(2025, 12, 1)
    either = facts("fct_household_month").filter(month, MONITORED | COVERED)
    differing = facts("fct_register_difference").filter(month)["household_key"]
    agreeing = either.filter(~pl.col("household_key").is_in(differing.implode()))
    assert of(values, "register_agreement", "profile", None, "2025") == (agreeing.height, either.height)
    assert 0 < agreeing.height < either.height


def test_subsidies_and_care_by_person(facts: Facts, values: pl.DataFrame) -> None:
    month = pl.col("month") == dt.date(2025, 12, 1)
    due = facts("fct_subsidy").filter(
        month, pl.col("is_entitled"), pl.col("kind").is_in(["living", "nursing"]), pl.col("standard").is_not_null()
    )
    assert of(values, "subsidy_coverage", "profile", None, "2025") == counts(due, pl.col("state") == "paid")
    care = facts("fct_care_visit").filter(month)
    home = care.filter(pl.col("is_tekun"), pl.col("is_home_care"))
    assert of(values, "tekun_agreement", "profile", None, "2025") == counts(home, pl.col("has_agreement"))
    visits = care.filter(pl.col("state").is_in(["visited", "overdue", "never"]))
    assert of(values, "visit_recency", "profile", None, "2025") == counts(visits, pl.col("state") == "visited")


def test_due_cohorts_and_days_hold_every_case_of_a_step(facts: Facts) -> None:
    """What the aggregates of steps hold is what the facts hold, with open cases kept."""
    months = facts("agg_step_month").filter(pl.col("scope") == "profile")
    assert months.select((pl.col("due") == pl.col("in_time") + pl.col("late") + pl.col("never_done")).all()).item()
    days = facts("agg_step_days").filter(pl.col("scope") == "profile", pl.col("step") == "check_warning")
    warnings = facts("fct_warning").filter(pl.col("state").is_in(["within", "over", "open", "overdue"]))
    assert days["done"].sum() == warnings["verified_on"].count()
    assert days["still_open"].sum() == warnings["verified_on"].null_count()
    spent = warnings.filter(pl.col("verified_on").is_not_null())
    assert (days["days"] * days["done"]).sum() == (spent["verified_on"] - spent["pushed_on"]).dt.total_days().sum()


def test_gaps_found_and_gone_add_up_from_month_to_month(facts: Facts) -> None:
    """Held now = held before + new - gone, for every gap of the whole."""
    gaps = facts("agg_gap_month").filter(pl.col("scope") == "profile").sort("gap", "month")
    moved = gaps.with_columns(pl.col("households").shift(1).over("gap").alias("before")).filter(
        pl.col("before").is_not_null()
    )
    kept = moved.select((pl.col("households") == pl.col("before") + pl.col("found") - pl.col("cleared")).all()).item()
    assert kept
    assert moved["found"].sum() > 0


def test_limits_of_a_rate_in_sql_are_those_of_the_statistics_module() -> None:
    """Exact under 10, Byar's from 10 on: the macro holds the exact ones as numbers."""
    text = (DBT_PROJECT / "macros" / "limits.sql").read_text(encoding="utf-8")
    start = text.index("{% macro count_limit")
    macro = jinja2.Template(text[start : text.index("{%- endmacro %}", start) + len("{%- endmacro %}")]).module
    low, high = count_interval(list(range(40)))
    with contextlib.closing(duckdb.connect()) as con:
        sides = ", ".join(str(macro.count_limit("x", side)) for side in ("low", "high"))  # type: ignore[attr-defined]
        rows = con.execute(f"select {sides} from range(40) as counts(x) order by x").fetchall()
    assert [row[0] for row in rows] == pytest.approx(low.tolist(), abs=1e-6)
    assert [row[1] for row in rows] == pytest.approx(high.tolist(), abs=1e-6)
