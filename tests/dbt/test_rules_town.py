"""A town of 18 households, from its extracts to the household fact: why each is there stands in expected.csv."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from warehouse.build import build
from warehouse.intake import import_files
from warehouse.profiles import load_profile
from warehouse.settings import Settings
from warehouse.snapshots import snapshot_path

TOWN = Path(__file__).parent / "rules_town"
EXPECTED = list(csv.DictReader((TOWN / "expected.csv").open(encoding="utf-8")))


@pytest.fixture(scope="module")
def fact(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, object]]:
    """The household fact of the town by month and household number."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("rules_town"), sample_ids=True)
    profile = load_profile("suntuan", policy=TOWN / "policy.csv")
    import_files([TOWN / "raw"], settings, profile)
    snapshot = build(settings, profile)
    with duckdb.connect(str(snapshot_path(settings, snapshot.snapshot_id)), read_only=True) as con:
        rows = con.cursor().sql("select * from fct_household_month").pl().to_dicts()
    return {(str(row["month"]), row["household_no"]): row for row in rows}


def as_text(value: object) -> str:
    """A value as expected.csv writes it: null is empty, flags are lower case, whole amounts have no point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text.removesuffix(".00").removesuffix(".0") if text.replace(".", "").isdigit() else text


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: f"{case['household_no']}-{case['month'][:7]}")
def test_a_household_is_what_the_rules_make_it(
    case: dict[str, str], fact: dict[tuple[str, str], dict[str, object]]
) -> None:
    row = fact[(case["month"], case["household_no"])]
    columns = [column for column in case if column not in ("month", "household_no", "why")]
    got = {column: as_text(row[column]) for column in columns if column != "income_per_head" or case[column]}
    assert got == {column: case[column] for column in got}, case["why"]


def test_no_household_is_in_the_fact_that_the_roster_does_not_hold(
    fact: dict[tuple[str, str], dict[str, object]],
) -> None:
    # T13 is on the roster of October only: a household that left is not carried on.
    assert set(fact) == {(case["month"], case["household_no"]) for case in EXPECTED}


def test_an_income_leads_back_to_its_cell(fact: dict[tuple[str, str], dict[str, object]]) -> None:
    # T02 is the third line of the newest income file that copies its record.
    row = fact[("2024-10-01", "T02")]
    assert row["income_row_no"] == 3
    assert row["income_load_id"] is not None
