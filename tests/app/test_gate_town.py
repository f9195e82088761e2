"""Every query file x every role on the sample town: asked for another village's rows, a query gives none of them."""

from __future__ import annotations

import datetime as dt
import re

import duckdb
import polars as pl
import pytest

from tests.conftest import Town
from warehouse import gate
from warehouse.gate import MARTS, SQL, Gate, sql_text
from warehouse.lab_inputs import KEPT, table_of
from warehouse.scope import ALL, Role, Scope, build_scope

# What changed since a release stands in a file of its own: those questions are asked in test_releases_on_pages.
QUERIES = sorted(
    path.relative_to(SQL).with_suffix("").as_posix() for path in SQL.rglob("*.sql") if path.parent.name != "releases"
)
MONTH = dt.date(2025, 12, 1)
ASKED = {
    "month": MONTH,
    "earlier": dt.date(2025, 9, 1),
    "start": dt.date(2025, 1, 1),
    "end": dt.date(2025, 12, 31),
    "until": dt.date(2025, 12, 31),
    "year": 2025,
    "period": "2025-12",
    "period_kind": "month",
    "quarter": "2025Q4",
    "extract": "dibao_recipients",
    "kind": "tier_registered",
    "limit": 500,
    "metric": "coverage_rate",
    "metrics": "coverage_rate,missed_rate",
    "model": "fct_household_month",
    "scope": "area",
    "search": "",
    "areas": None,
}


# Where a query means something else by a name, or its rows need another value to be there.
ASKED_OF = {"metric/in_period": {"earlier": "2025-11"}}


@pytest.fixture(scope="module")
def door(town: Town) -> Gate:
    return gate.open_gate(town.database)


@pytest.fixture(scope="module")
def homes(town: Town) -> pl.DataFrame:
    """household_key, household_no, area_code of every household, read past the gate."""
    with duckdb.connect(str(town.database), read_only=True) as connection:
        return connection.sql("select household_key, household_no, area_code from dim_household").pl()


def scope_of(door: Gate, role: Role, areas: tuple[str, ...] = (ALL,)) -> Scope:
    return build_scope(
        user_id=1,
        user_name="test",
        role=role,
        granted_areas=areas,
        granted_departments=("health",),
        granted_households=False,
        villages=door.villages,
        departments=door.departments,
        groups=door.groups,
    )


def ask(door: Gate, scope: Scope, name: str, area: str, household: str) -> set[object]:
    """Every cell of what the query gives when it is asked for that village and household."""
    named = set(re.findall(r"\$(\w+)", sql_text(name)))
    asked = ASKED | ASKED_OF.get(name, {})
    params = {key: asked.get(key) for key in named} | {
        key: value for key, value in (("area", area), ("scope_code", area), ("household", household)) if key in named
    }
    frame = door.query(name, scope, params)
    return {cell for row in frame.iter_rows() for cell in row if isinstance(cell, str)}


@pytest.mark.parametrize("name", QUERIES)
def test_no_query_gives_a_row_outside_the_scope(door: Gate, homes: pl.DataFrame, name: str) -> None:
    own, other = door.villages[0], door.villages[1]
    household = homes.filter(pl.col("area_code") == other)["household_key"][0]
    keys = homes.select("household_key", "household_no", "area_code")
    foreign = keys.filter(pl.col("area_code") != own)
    every_household = set(keys["household_key"]) | set(keys["household_no"])
    villages = set(door.villages)
    hidden = {
        Role.CADRE: set(foreign["household_key"]) | set(foreign["household_no"]) | villages - {own},
        Role.LEADER: every_household,
        Role.ADMINISTRATOR: every_household | villages,
        Role.DEPARTMENT: every_household | villages,
    }
    for role, forbidden in hidden.items():
        scope = scope_of(door, role, (own,) if role is Role.CADRE else (ALL,))
        for area in (other, own):
            assert ask(door, scope, name, area, household) & forbidden == set(), (role, area)
    nobody = Scope(0, "nobody", None)
    assert ask(door, nobody, name, other, household) & (every_household | villages | set(door.departments)) == set()


def test_the_check_would_see_a_leak(door: Gate, homes: pl.DataFrame) -> None:
    """The same questions asked by the office do give the other village's households."""
    other = door.villages[1]
    there = homes.filter(pl.col("area_code") == other)
    wanted = set(there["household_key"]) | set(there["household_no"]) | {other}
    scope = scope_of(door, Role.OFFICE)
    seen = [name for name in QUERIES if ask(door, scope, name, other, there["household_key"][0]) & wanted]
    assert {"household/file", "village/households", "coverage/villages"} <= set(seen)


def test_the_town_has_no_mart_without_a_line(door: Gate, town: Town) -> None:
    """But for what made the snapshot, which is for releases and for no page."""
    with duckdb.connect(str(town.database), read_only=True) as connection:
        tables = {row[0] for row in connection.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables - set(MARTS) == {"meta_input", *map(table_of, KEPT)}


def test_no_view_gives_a_name_or_a_birth_date_in_the_clear(door: Gate, town: Town) -> None:
    """Every text column of every mart against every name of the roster, as the office sees it."""
    with duckdb.connect(str(town.database), read_only=True) as connection:
        names = {row[0] for row in connection.execute("select distinct name from dim_person").fetchall()}
    names = {name for name in names if len(name) >= 3}
    scope = scope_of(door, Role.OFFICE)
    for mart in sorted(MARTS):
        cursor = door.connection.cursor()
        for variable, value in door.variables(scope).items():
            cursor.execute(f"set variable {variable} = $value", {"value": value})
        try:
            frame = cursor.sql(f'select * from "{mart}"').pl()
        except duckdb.CatalogException:
            continue
        assert not {column for column in frame.columns if "birth" in column or column.startswith("id_no")}, mart
        for column, kind in frame.schema.items():
            if kind == pl.String:
                assert set(frame[column].drop_nulls().unique()) & names == set(), (mart, column)
