"""How many of the planted contradictions are found, and whether what is found was planted.

The sample plants each in a low share; the same kinds also come about by themselves (a member whose row was refused
makes a size differ), so precision is asked only of those that nothing else makes.
`pytest -s tests/dbt/test_findings_accuracy.py` prints the report.
"""

from __future__ import annotations

import contextlib

import duckdb
import polars as pl
import pytest

from tests.conftest import Town

# Nothing but a planted slip makes these.
ONLY_PLANTED = (
    "admitted_before_birth",
    "date_in_future",
    "exit_before_admission",
    "id_shared",
    "public_post_under_age",
    "ledger_date_in_future",
    "wage_implausible",
    "two_households",
)
# What no list in hand can show: a record from before the first month, an illness from before the first list.
NOT_SHOWN = ("income_jump", "illness_no_patient")
# Known by their row, not by a household.
ROWS = ("monitored_no_cause", "monitored_no_discovery", "id_length", "id_check_digit")
LEAST_RECALL = 0.95


@pytest.fixture(scope="module")
def compared(town: Town) -> pl.DataFrame:
    """One row per rule: kinds of household that were planted, found, and both, over all months.

    A person in two households is found in either of them: the rule is compared by month.
    """
    with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as con:
        months = con.sql("select distinct month from fct_household_month").pl()
        found = con.sql(
            "select distinct finding.rule, fact.household_no, finding.month from fct_finding as finding "
            "inner join fct_household_month as fact using (month, household_key)"
        ).pl()
    planted = (
        town.truth("truth_findings")
        .join_where(months, pl.col("month") >= pl.col("first_month"), pl.col("month") <= pl.col("last_month"))
        .filter(~pl.col("rule").is_in(ROWS))
    )
    either = pl.when(pl.col("rule") == "two_households").then(pl.lit("")).otherwise(pl.col("household_no"))
    planted, found = (frame.select("rule", "month", household_no=either).unique() for frame in (planted, found))
    hits = planted.join(found, on=["rule", "month", "household_no"]).group_by("rule").agg(hits=pl.len())
    counts = (
        planted.group_by("rule")
        .agg(planted=pl.len())
        .join(found.group_by("rule").agg(found=pl.len()), on="rule", how="full", coalesce=True)
    )
    return counts.join(hits, on="rule", how="left").fill_null(0).sort("rule")


def test_planted_contradictions_are_found(compared: pl.DataFrame) -> None:
    with pl.Config(tbl_rows=60):
        print(compared)
    shown = compared.filter(~pl.col("rule").is_in(NOT_SHOWN), pl.col("planted") > 0)
    assert shown.height >= 12
    assert shown["hits"].sum() / shown["planted"].sum() >= LEAST_RECALL
    assert shown.filter(pl.col("hits") == 0).height <= 1  # a single case that intake refused or could not link


def test_what_only_a_slip_can_make_is_not_invented(compared: pl.DataFrame) -> None:
    pure = compared.filter(pl.col("rule").is_in(ONLY_PLANTED))
    assert pure["planted"].sum() > 0
    assert pure["hits"].sum() / pure["found"].sum() >= 0.98


def test_refused_rows_without_a_cause_or_a_day_are_findings(town: Town) -> None:
    planted = set(town.truth("truth_findings")["rule"]) & {"monitored_no_cause", "monitored_no_discovery"}
    with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as con:
        found = {rule for (rule,) in con.sql("select distinct rule from fct_finding where subject = 'row'").fetchall()}
    assert planted <= found
