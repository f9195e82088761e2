"""A county of three levels: figures of towns are those of their villages, pages compare what was chosen."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.app.town_pages import frames, open_page, said
from tests.areas.conftest import LAST, LATE, County
from tests.areas.county import COUNTY, TOWNS, VILLAGES, village_codes
from warehouse.areas import tree_of
from warehouse.scope import Role

EAST, WEST, SOUTH = TOWNS
NOT_SUMS = {"expected_warnings", "months_before"}


def ask(county: County, sql: str) -> pl.DataFrame:
    with duckdb.connect(str(county.database), read_only=True) as connection:
        return connection.sql(sql).pl()


def test_a_town_counts_what_its_villages_count(county_built: County) -> None:
    """Every count of every month, and the county the same of its towns."""
    rows = ask(county_built, "select * from agg_area_month")
    counts = [name for name, kind in rows.schema.items() if kind.is_numeric() and name not in NOT_SUMS]
    assert rows["households"].max() > 200  # type: ignore[operator]
    for code, below in ((EAST, village_codes(EAST)), (WEST, village_codes(WEST)), (COUNTY, list(TOWNS))):
        own = rows.filter(pl.col("area_code") == code).sort("month").select("month", *counts)
        parts = rows.filter(pl.col("area_code").is_in(below)).group_by("month").agg(pl.col(counts).sum()).sort("month")
        assert own.equals(parts), code
    assert set(rows.filter(pl.col("scope") == "profile")["area_code"]) == {COUNTY}


def test_warnings_to_expect_are_those_of_the_households_there(county_built: County) -> None:
    """The county's rate x the households of the town: not the sum of rates of villages."""
    rows = ask(
        county_built,
        f"""select area_code, households, expected_warnings from agg_area_month
        where month = date '{LAST}' and area_code in ('{COUNTY}', '{EAST}', '{WEST}') order by area_code""",
    )
    rates = (rows["expected_warnings"] / rows["households"]).to_list()
    assert rates[0] == pytest.approx(rates[1]) == pytest.approx(rates[2])
    assert rates[0] > 0


def test_metrics_of_a_town_are_those_of_its_villages(county_built: County) -> None:
    values = ask(
        county_built,
        """select m.scope_code, m.numerator, m.denominator, m.value, m.low, a.parent_code from metric_values m
        left join dim_area a on a.area_code = m.scope_code
        where m.metric = 'income_known' and m.period = '2025-12' and m.scope in ('area', 'profile')""",
    )
    town = values.filter(pl.col("scope_code") == WEST).row(0, named=True)
    villages = values.filter(pl.col("parent_code") == WEST)
    assert villages.height == 3
    assert (town["numerator"], town["denominator"]) == (villages["numerator"].sum(), villages["denominator"].sum())
    assert town["value"] == town["numerator"] / town["denominator"]
    assert town["low"] is not None
    assert town["low"] < town["value"], "an interval of the town's own, not one put together"
    whole = values.filter(pl.col("scope_code") == "county").row(0, named=True)
    assert whole["denominator"] == values.filter(pl.col("parent_code") == COUNTY)["denominator"].sum()


def test_a_town_without_a_roster_keeps_its_older_one(county_built: County) -> None:
    rows = ask(county_built, f"select * from agg_area_month where month >= date '{dt.date(2025, 11, 1)}'")
    months = {
        code: rows.filter((pl.col("area_code") == code) & (pl.col("month") == LAST)).row(0, named=True)
        for code in (*TOWNS, COUNTY, village_codes(LATE)[0])
    }
    assert months[EAST]["roster_month"] == LAST
    assert months[LATE]["roster_month"] == dt.date(2025, 11, 1)
    assert months[village_codes(LATE)[0]]["roster_month"] == dt.date(2025, 11, 1)
    assert months[COUNTY]["roster_month"] == dt.date(2025, 11, 1), "the oldest of its towns'"
    before = rows.filter((pl.col("area_code") == LATE) & (pl.col("month") < LAST))["households"].item()
    assert before > 40
    assert months[LATE]["households"] == before, "nobody is lost because a file is"
    twice = "select household_no from fct_household_month group by household_no, month having count(*) > 1"
    assert ask(county_built, twice).is_empty()


def test_a_list_that_one_town_did_not_send_is_there_in_part(
    county_built: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither whole nor missing: the town is named wherever the list is told of, with what holds instead."""
    roster = "select * from fct_push where extract = 'household_roster' order by month"
    rows = ask(county_built, roster).to_dicts()
    assert [row["towns_missing"] for row in rows] == [None, None, TOWNS[LATE]]
    assert [(row["parts_received"], row["parts_expected"]) for row in rows] == [(3, 3), (3, 3), (2, 3)]
    as_of = ask(county_built, "select as_of from meta_snapshot").item()
    assert rows[-1]["state"] == ("part" if as_of > rows[-1]["due_on"] else "not_due")
    for language, words in (("zh_CN", "部分地方未报"), ("en", "Some places did not send")):
        page = said(open_page(county_built.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, language=language))
        assert words in page
        assert TOWNS[LATE] in page
    page = said(open_page(county_built.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE))
    assert f"{TOWNS[LATE]} 未报，这些地方仍按上一次的名单计" in page


def test_the_county_compares_its_towns(county_built: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(county_built.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE)
    shown = next(frame for frame in frames(page) if {"eligible", "verdict"} <= set(frame.columns))
    assert shown["name"].to_list() == list(TOWNS.values())
    eligible = ask(
        county_built,
        f"select eligible from agg_area_month where month = date '{LAST}' and area_code in "
        f"{tuple(TOWNS)} order by area_code",
    )
    assert shown["eligible"].to_list() == eligible["eligible"].to_list()
    words = said(page)
    assert "问题在哪些镇" in words
    assert f"花名册仍用较早月份：{TOWNS[LATE]} 2025年11月" in words
    assert [box.label for box in page.selectbox][1:] == ["镇"]


@pytest.mark.parametrize(("language", "unit"), [("zh_CN", "村"), ("en", "village")])
def test_a_town_compares_its_villages(
    county_built: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, unit: str
) -> None:
    page = open_page(
        county_built.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, language=language, area=WEST
    )
    shown = next(frame for frame in frames(page) if {"eligible", "verdict"} <= set(frame.columns))
    assert shown["name"].to_list() == list(VILLAGES[WEST])
    words = said(page)
    assert unit in words
    assert TOWNS[WEST] in words, "the town is the whole they are compared with"
    assert page.selectbox(key="filter_area").value == WEST
    assert page.selectbox(key="filter_area_1").value == ""


def test_down_to_a_village_and_up_again(county_built: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes of two levels; the URL holds one code."""
    page = open_page(county_built.settings, tmp_path, monkeypatch, "risk", Role.OFFICE, area=WEST)
    village = village_codes(WEST)[1]
    page.selectbox(key="filter_area_1").set_value(village).run()
    assert page.query_params["area"] in (village, [village])
    assert VILLAGES[WEST][1] in said(page)
    page.selectbox(key="filter_area_1").set_value("").run()
    assert page.query_params["area"] in (WEST, [WEST])
    page.selectbox(key="filter_area").set_value("").run()
    assert "area" not in page.query_params
    assert not page.exception


@pytest.mark.parametrize("name", ["coverage", "risk", "look_back", "evaluation", "joint_meeting", "household"])
@pytest.mark.parametrize("area", [None, SOUTH])
def test_every_page_opens_for_a_county_and_a_town(
    county_built: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, area: str | None
) -> None:
    query = {"area": area} if area else {}
    page = open_page(county_built.settings, tmp_path, monkeypatch, name, Role.OFFICE, language="en", **query)
    assert not page.exception
    assert "{" not in said(page), "every word of the place is filled in"


def test_problems_are_counted_by_the_towns_of_a_county(county_built: County) -> None:
    """Each village's problems go to the area compared that it lies in: its town, or itself within its town."""
    tree = tree_of(ask(county_built, "select * from dim_area order by area_code"))
    assert tree.compared(None) == tuple(TOWNS)
    assert tree.part_of(None)[village_codes(WEST)[1]] == WEST
    assert tree.part_of(WEST) == {code: code for code in village_codes(WEST)}
    assert tree.part_of(village_codes(WEST)[0]) == tree.part_of(WEST), "a chosen village is compared with its siblings"
    part = tree_of(ask(county_built, "select * from dim_area order by area_code"), whole=[EAST])
    assert part.compared(None) == (EAST, *village_codes(WEST), *village_codes(SOUTH)), "towns held in part fall apart"


def test_a_village_page_leads_through_its_town(
    county_built: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = village_codes(EAST)[2]
    page = open_page(county_built.settings, tmp_path, monkeypatch, "village", Role.OFFICE, area=village)
    assert [box.value for box in page.selectbox][1:3] == [EAST, village]
    assert VILLAGES[EAST][2] in said(page)


def test_a_cadre_of_a_town_sees_its_villages(
    county_built: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(county_built.settings, tmp_path, monkeypatch, "village", Role.CADRE, areas=(EAST,))
    assert page.selectbox(key="filter_area").options == [TOWNS[EAST]]
    assert page.selectbox(key="filter_area_1").options == list(VILLAGES[EAST])
