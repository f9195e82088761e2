"""Who sees figures of which level: own villages, towns that are own as a whole, and the county."""

from __future__ import annotations

import duckdb
import pytest

from tests.areas.county import COUNTY, TOWNS, village_codes, write_county
from warehouse import gate
from warehouse.app_db.commands import area_codes
from warehouse.build import area_scopes, areas_frame
from warehouse.errors import UsageError
from warehouse.gate import Gate, checked_sql
from warehouse.profiles import Profile, load_profile
from warehouse.scope import ALL, Role, Scope, build_scope

EAST, WEST, SOUTH = TOWNS


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    return load_profile(str(write_county(tmp_path_factory.mktemp("profiles") / "county")))


@pytest.fixture(scope="module")
def door(county: Profile, tmp_path_factory: pytest.TempPathFactory) -> Gate:
    """A snapshot with one row of figures for each area."""
    path = tmp_path_factory.mktemp("snapshots") / "county.duckdb"
    with duckdb.connect(str(path)) as con:
        for name, frame in (("dim_area", areas_frame(county)), ("dim_area_scope", area_scopes(county))):
            con.register("frame", frame.to_arrow())
            con.execute(f"create table {name} as select * from frame")
            con.unregister("frame")
        con.execute(
            "create table agg_area_month as select distinct scope_code as area_code, scope, 1 as households "
            "from dim_area_scope"
        )
        con.execute(
            "create table metric_values as select distinct case scope when 'profile' then 'county' else scope_code end "
            "as scope_code, scope, 1 as value from dim_area_scope"
        )
    return gate.open_gate(path)


def scope_of(door: Gate, role: Role, *granted: str) -> Scope:
    return build_scope(
        user_id=1,
        user_name="test",
        role=role,
        granted_areas=granted,
        granted_departments=(),
        granted_households=False,
        villages=door.villages,
        departments=(),
        groups=door.groups,
    )


def seen(door: Gate, scope: Scope, text: str) -> set[str]:
    cursor = door.connection.cursor()
    for name, value in door.variables(scope).items():
        cursor.execute(f"set variable {name} = $value", {"value": value})
    return {code for (code,) in cursor.sql(checked_sql("test/text", text)).fetchall()}


FIGURES = "select area_code from agg_area_month"
METRICS = "select scope_code from metric_values"
NAMES = "select area_code from dim_area"


def test_a_grant_of_a_town_is_written_out_to_its_villages(door: Gate) -> None:
    assert scope_of(door, Role.CADRE, EAST).areas == tuple(village_codes(EAST))
    assert scope_of(door, Role.LEADER, COUNTY).areas == door.villages, "the top is everything"
    assert scope_of(door, Role.LEADER, ALL).areas == door.villages
    assert scope_of(door, Role.CADRE, EAST, village_codes(WEST)[0]).areas == (
        *village_codes(EAST),
        village_codes(WEST)[0],
    )
    assert scope_of(door, Role.CADRE, "990100999").areas == (), "a town that is not there"
    assert scope_of(door, Role.ADMINISTRATOR, EAST).areas == (), "an administrator sees no areas"


def test_the_figures_of_a_town_are_for_whoever_has_all_of_it(door: Gate) -> None:
    whole = scope_of(door, Role.CADRE, EAST)
    assert seen(door, whole, FIGURES) == {*village_codes(EAST), EAST, COUNTY}
    assert seen(door, whole, METRICS) == {*village_codes(EAST), EAST, "county"}
    part = scope_of(door, Role.CADRE, *village_codes(EAST)[:2])
    assert seen(door, part, FIGURES) == {*village_codes(EAST)[:2], COUNTY}, "the third village would be the difference"
    assert seen(door, part, METRICS) == {*village_codes(EAST)[:2], "county"}
    everyone = scope_of(door, Role.LEADER, ALL)
    assert seen(door, everyone, FIGURES) == {*door.villages, *TOWNS, COUNTY}


def test_names_are_told_of_own_areas_and_those_above_them(door: Gate) -> None:
    village = village_codes(WEST)[1]
    assert seen(door, scope_of(door, Role.CADRE, village), NAMES) == {village, WEST, COUNTY}
    assert seen(door, scope_of(door, Role.CADRE), NAMES) == set(), "nothing granted, not even the county's name"
    assert seen(door, scope_of(door, Role.CADRE, village), "select scope_code from dim_area_scope") == {
        village,
        WEST,
        COUNTY,
    }


def test_areas_are_granted_by_name_path_or_code(county: Profile) -> None:
    assert area_codes("东河镇、西岭镇/马营村", county) == [EAST, village_codes(WEST)[0]]
    assert area_codes(f"{SOUTH},柳树村", county) == [SOUTH, village_codes(EAST)[0]]
    assert area_codes("all", county) == [ALL]
    with pytest.raises(UsageError, match="无此村"):
        area_codes("无此村", county)


def test_every_village_counts_for_itself_its_town_and_the_county(county: Profile) -> None:
    scopes = area_scopes(county)
    assert scopes.height == 9 * 3
    assert scopes["scope"].value_counts().sort("scope").rows() == [("area", 18), ("profile", 9)]
    areas = {row["area_code"]: row for row in areas_frame(county).iter_rows(named=True)}
    assert (areas[COUNTY]["depth"], areas[EAST]["depth"], areas[village_codes(EAST)[0]]["depth"]) == (0, 1, 2)
    assert areas[village_codes(WEST)[2]]["path"] == "西岭镇/陈寨村"
    assert areas[village_codes(WEST)[2]]["part_code"] == WEST, "towns send rosters of their own"
    assert areas[COUNTY]["part_code"] == COUNTY
    assert (areas[EAST]["level_word"], areas[EAST]["level_words_en"]) == ("镇", "towns")
    town = areas_frame(load_profile("suntuan"))
    assert town["part_code"].unique().to_list() == ["340621109"], "in a town the whole sends one roster"
