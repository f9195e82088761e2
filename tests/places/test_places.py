"""Dunji and Yanling are each built from their own extracts; every page opens in it and says what its document says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.places.every_paper import assert_every_paper
from tests.places.every_place import Places, assert_areas_are_called_so, assert_every_page_opens, of
from warehouse import i18n
from warehouse.i18n import LANGUAGES
from warehouse.scope import Role


@of("dunji", "yanling")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADER])
def test_every_page_opens(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, language: str, role: Role
) -> None:
    """Suntuan's pages are opened by the tests of each page."""
    assert_every_page_opens(places(place), tmp_path, monkeypatch, language, role)


@of("suntuan", "dunji", "yanling")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_paper_is_made(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, language: i18n.Language
) -> None:
    assert_every_paper(places(place), tmp_path, monkeypatch, language)


@of("yanling", "dunji")
def test_the_areas_compared_are_called_as_the_place_calls_them(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    assert_areas_are_called_so(places(place), tmp_path, monkeypatch)


def test_dunji_sets_no_line_and_no_day(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DJ states no income line, no limits and no push day: what hangs on them is unknown, the first tiers are not."""
    built = places("dunji")
    households = ask(
        built,
        "select count(*) as n, count(below_line) as judged, count(monitoring_line) as lines, "
        "count(*) filter (where not is_cover_unknown) as tiers, count(*) filter (where income_known) as known, "
        "count(*) filter (where risk_level = 'none') as safe from fct_household_month",
    ).row(0, named=True)
    assert (households["judged"], households["lines"], households["safe"]) == (0, 0, 0)
    assert households["tiers"] > 0.9 * households["known"] > 0
    assert ask(built, "select count(*) from fct_push where due_on is not null").item() == 0
    assert ask(built, "select count(*) from fct_push where extract = 'petitions'").item() == 0, "never asked for"
    stages = ask(built, "select starts_on::varchar, ends_on::varchar from meta_calendar where kind = 'stage'").rows()
    assert stages == [
        ("2020-04-06", "2020-04-20"),
        ("2020-04-21", "2020-06-30"),
        ("2020-07-01", "2020-09-30"),
        ("2020-10-01", "2020-12-31"),
    ]
    app = open_page(built.settings, tmp_path, monkeypatch, "about", Role.OFFICE, language="zh_CN", section="parameters")
    assert "本地未设的参数" in said(app)
    assert "监测线" in said(app)
    key = ask(built, "select household_key from fct_household_month where income_known order by 1 limit 1").item()
    app = open_page(built.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=key)
    assert "未设定" in said(app)


def test_yanling_has_twelve_towns_and_sixteen_departments(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """YL 一: 16 departments and the towns; YL 四: lists by the 10th; YL 五: four joint and twelve work meetings."""
    built = places("yanling")
    assert ask(built, "select count(*) from dim_area where level = 'town'").item() == 12
    assert ask(built, "select count(*) from dim_department where department_code <> 'town'").item() == 16
    assert ask(built, "select distinct day(due_on) from fct_push where due_on is not null").rows() == [(10,)]
    meetings = ask(built, "select kind, count(*) from meta_calendar group by kind order by kind").rows()
    assert [row for row in meetings if row[0] != "survey"] == [("meeting", 4), ("work_meeting", 12)]
    app = open_page(built.settings, tmp_path, monkeypatch, "coverage", Role.LEADER)
    names = ask(built, "select name from dim_area where level = 'town'")["name"].to_list()
    assert any(set(names) <= set(table[column].to_list()) for table in frames(app) for column in table.columns)


@of("yanling", "dunji")
def test_a_place_says_which_lists_it_expects(places: Places, place: str) -> None:
    """A list that is never asked for is no missing one, and nobody is late with a list that has no day."""
    built = places(place)
    unasked = set(ask(built, "select extract from dim_extract where not is_expected")["extract"])
    assert unasked
    assert ask(built, "select count(*) from fct_push where not is_expected and received_on is null").item() == 0
    counted = "lists_missing + lists_late + lists_part + lists_on_time"
    lists = ask(built, f"select sum({counted}) from agg_department_month").item()
    assert lists == ask(built, "select count(*) from fct_push where due_on is not null and state <> 'not_due'").item()
