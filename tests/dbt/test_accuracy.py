"""How right the warehouse is against the truth that the sample planted: links by method, tiers, gaps, quarantine.

The floors are what was measured on this town, less a little: a change that links or judges worse fails here.
`pytest -s tests/dbt/test_accuracy.py` prints the report.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
from collections.abc import Iterator

import duckdb
import polars as pl
import pytest

from tests.conftest import Town

GAPS = {
    # flag: (precision, recall) that must be reached
    "suspected_missed": (0.95, 0.98),
    "suspected_unmonitored": (0.80, 0.80),
    "suspected_ineligible": (0.97, 0.98),
    "gradual_exit": (0.98, 0.95),
    "single_cover_missed": (0.95, 0.98),
    "household_missed": (0.98, 0.98),
    "dead_or_moved_active": (0.90, 0.90),
    "double_registered": (0.90, 0.90),
    "potential_target": (0.98, 0.95),
    "no_check": (0.95, 0.98),
}
RECALL_BY_ID_FORM = {"valid": 0.995, "15 digits": 0.99, "lossy": 0.95, "no ID number": 0.9}
LINK_METHODS = {"id": 0.999, "id15": 0.999, "lossy_name": 0.99, "name_village": 0.90}


@pytest.fixture(scope="module")
def marts(town: Town) -> Iterator[duckdb.DuckDBPyConnection]:
    with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as con:
        yield con


def person_key(town: Town, id_no: str) -> str:
    return hmac.new(town.settings.secret("person"), id_no.encode(), hashlib.sha256).hexdigest()[:32]


@pytest.fixture(scope="module")
def judged(town: Town, marts: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Truth and warehouse side by side: one row per household and month of the truth."""
    fact = marts.sql("select * from fct_household_month").pl()
    return town.truth().join(fact, on=["month", "household_no"], how="left", suffix="_found")


def test_gaps_are_found_and_not_invented(judged: pl.DataFrame) -> None:
    lines, faults = [], []
    for flag, (least_precision, least_recall) in GAPS.items():
        truth, found = pl.col(flag).fill_null(False), pl.col(f"{flag}_found").fill_null(False)
        hits, claimed, real = judged.select(hits=(truth & found).sum(), claimed=found.sum(), real=truth.sum()).row(0)
        assert real > 0, f"{flag}: the sample plants none, so nothing is tested"
        precision, recall = hits / claimed, hits / real
        lines.append(f"{flag:24} precision {precision:.3f} recall {recall:.3f} of {real}")
        if precision < least_precision or recall < least_recall:
            faults.append(lines[-1])
    print("\n" + "\n".join(lines))
    assert not faults


@pytest.mark.parametrize("column", ["tier_eligible", "tier_registered", "monitored_type_eligible"])
def test_standing_is_right(judged: pl.DataFrame, column: str) -> None:
    same = judged[column].eq_missing(judged[f"{column}_found"]).mean()
    print(f"\n{column}: {same:.4f}")
    assert same > 0.995


def test_income_is_to_the_cent(judged: pl.DataFrame) -> None:
    """Every household whose income both know: 万元, commas, blanks and dashes lose no cent that decides."""
    both = judged.filter(pl.col("net_income").is_not_null(), pl.col("net_income_found").is_not_null())
    apart = both.filter((pl.col("net_income") - pl.col("net_income_found").cast(float)).abs() > 0.01)
    assert len(both) > 15_000
    assert len(apart) / len(both) < 0.002


@pytest.fixture(scope="module")
def links(town: Town, marts: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Each accepted row of a list whose true person the sample tells, with what it was linked to (null: nothing)."""
    rows = marts.sql(
        """
        select source_rows.*, loads.file_name, households.household_no as household_found
        from fct_source_row as source_rows
        inner join meta_load as loads on source_rows.load_id = loads.load_id
        left join dim_household as households on source_rows.household_key = households.household_key
        """
    ).pl()
    truth = town.truth("truth_links").filter(pl.col("expected") == "accepted", pl.col("extract") != "household_roster")
    # A file that was sent again replaces the first: its rows are the ones in force.
    again = truth.filter(pl.col("folder") == "_resent").select("month", "extract", "file").unique()
    first = truth.filter(pl.col("folder") == "").join(again, on=["month", "extract", "file"], how="anti")
    truth = pl.concat([first, truth.filter(pl.col("folder") == "_resent")])
    # A person whose ID the roster itself lacks has a key made of name, village, birth and household: told by those.
    people = marts.sql(
        "select p.person_key, p.name, h.household_no, p.birth_on "
        "from dim_person as p inner join dim_household as h on p.household_key = h.household_key"
    ).pl()
    rows = rows.join(people.select("person_key", "name", "birth_on"), on="person_key", how="left")
    named = town.truth("truth_persons").select("person_id", name_true="name", birth_true="birth_on")
    keys = {id_no: person_key(town, id_no) for id_no in truth["person_id"].drop_nulls().unique()}
    return (
        truth.with_columns(person_true=pl.col("person_id").replace_strict(keys, default=None))
        .join(rows.rename({"list_month": "month", "file_name": "file"}), on=["month", "extract", "file", "row_no"])
        .join(named, on="person_id", how="left")
    )


def test_links_by_each_method_are_right(links: pl.DataFrame) -> None:
    faults = []
    for method, floor in LINK_METHODS.items():
        rows = links.filter(pl.col("link_method") == method, pl.col("person_true").is_not_null())
        assert len(rows) > 0, f"no row was linked by {method}: the sample plants such rows"
        same_person = (pl.col("name") == pl.col("name_true")) & (pl.col("household_no") == pl.col("household_found"))
        right = (pl.col("person_key") == pl.col("person_true")) | same_person.fill_null(False)
        precision = rows.select(right.mean()).item()
        print(f"{method:20} {len(rows):7} rows, precision {precision:.4f}")
        if precision < floor:
            faults.append((method, precision))
    assert not faults


def test_rows_of_each_id_form_find_their_person(links: pl.DataFrame) -> None:
    """Recall by what the row's own ID allows: a row that can be linked is linked, to the right household."""
    people = links.filter(pl.col("person_true").is_not_null(), pl.col("household_no").is_not_null())
    defects = pl.col("defects").fill_null("")
    forms = {
        "valid": ~defects.str.contains("lossy_id|id15|id_none"),
        "15 digits": defects.str.contains("id15"),
        "lossy": defects.str.contains("lossy_id"),
        "no ID number": defects.str.contains("id_none"),
    }
    for form, rows in ((form, people.filter(condition)) for form, condition in forms.items()):
        assert len(rows) > 0, f"the sample plants no row of the form {form}"
        recall = (rows["household_no"] == rows["household_found"]).fill_null(False).mean()
        print(f"{form:14} {len(rows):7} rows, recall {recall:.4f}")
        assert recall >= RECALL_BY_ID_FORM[form], form


def test_nearly_every_person_row_reaches_its_household(links: pl.DataFrame) -> None:
    people = links.filter(pl.col("person_true").is_not_null(), pl.col("household_no").is_not_null())
    right = (people["household_no"] == people["household_found"]).mean()
    print(f"\nhousehold reached: {right:.4f} of {len(people)}")
    assert right > 0.995


def test_quarantine_holds_what_it_should_and_nothing_else(town: Town, marts: duckdb.DuckDBPyConnection) -> None:
    held = marts.sql("select month, extract, file_name as file, cast(row_no as bigint) as row_no from quarantine").pl()
    truth = town.truth("truth_links").filter(pl.col("expected") == "quarantined")
    again = town.truth("truth_links").filter(pl.col("folder") == "_resent").select("month", "extract", "file").unique()
    first = truth.filter(pl.col("folder") == "").join(again, on=["month", "extract", "file"], how="anti")
    wanted = pl.concat([first, truth.filter(pl.col("folder") == "_resent")]).select(
        "month", "extract", "file", pl.col("row_no").cast(pl.Int64)
    )
    key = ["month", "extract", "file", "row_no"]
    assert len(wanted) > 300
    assert wanted.join(held, on=key, how="anti").is_empty(), "rows that should have been held were accepted"
    assert held.join(wanted, on=key, how="anti").is_empty(), "rows were held that are right"
