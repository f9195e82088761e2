"""Each of the five places is built from its own extracts; every page opens in it and says what its document says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import PLACES, Town
from warehouse.i18n import LANGUAGES
from warehouse.scope import PAGES, Role
from warehouse.settings import ROOT

OPENED = [page for page in PAGES if (ROOT / page.file).is_file()]
Places = Callable[[str], Town]


def in_worker_of(place: str) -> pytest.MarkDecorator:
    """The tests of a place run in one worker, so that no two of them wait for it to be made."""
    return pytest.mark.xdist_group(f"place_{place}")


def of(*places: str) -> pytest.MarkDecorator:
    """One case a place."""
    return pytest.mark.parametrize("place", [pytest.param(name, marks=in_worker_of(name)) for name in places])


@of(*PLACES[1:])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADER])
def test_every_page_opens(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, language: str, role: Role
) -> None:
    """Suntuan's pages are opened by the tests of each page."""
    built = places(place)
    for page in OPENED:
        if role in page.roles and (role is Role.OFFICE or not page.needs_households):
            app = open_page(built.settings, tmp_path, monkeypatch, page.name, role, language=language)
            assert app.title[0].value, page.name


@of("yanling", "baixingtu", "dunji")
def test_the_areas_compared_are_called_as_the_place_calls_them(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """A county compares its towns, a sumu its gacha, a town its villages."""
    words = {"yanling": ("镇", "town"), "baixingtu": ("嘎查", "gacha"), "dunji": ("村", "village")}[place]
    for language, word in zip(LANGUAGES, words, strict=True):
        app = open_page(places(place).settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, language=language)
        assert word in said(app)


@in_worker_of("dunji")
def test_dunji_sets_no_line_and_no_day(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DJ states no income line, no limits and no push day: what hangs on them is unknown, the first tiers are not."""
    built = places("dunji")
    households = ask(
        built,
        "select count(*) as n, count(below_line) as judged, count(monitoring_line) as lines, "
        "count(*) filter (where tier_eligible <> 'unknown') as tiers, count(*) filter (where income_known) as known, "
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


@in_worker_of("yanling")
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


@in_worker_of("baixingtu")
def test_baixingtu_has_its_line_limits_and_stages(places: Places) -> None:
    """BX 二(一): 7,500 yuan in 2023; BX 二(四): 2, 3, 5, 15 days; BX 三(三): the survey from 15 May to 20 June."""
    built = places("baixingtu")
    assert ask(built, "select distinct monitoring_line::int from fct_household_month").rows() == [(7500,)]
    limits = ask(
        built,
        "select parameter, number from meta_parameter "
        "where not is_stand_in and not is_local and parameter like '%_days' and number > 0",
    )
    assert dict(limits.rows()) == {
        "check_days": 2,
        "review_days": 3,
        "publicity_days": 5,
        "identify_days": 15,
        "plan_days": 10,
        "exit_publicity_days": 5,
    }
    stages = ask(
        built, "select count(*), min(starts_on)::varchar, max(ends_on)::varchar from meta_calendar where kind = 'stage'"
    )
    assert stages.row(0) == (8, "2023-05-15", "2023-06-20")
    assert ask(built, "select count(*) from dim_area where is_unit and name like '%嘎查'").item() == 23


@in_worker_of("dabancheng")
def test_dabancheng_has_four_stages_and_duties_of_every_unit(places: Places) -> None:
    """DB 二: four stages of 2025; DB 附件2: duties of sixteen units and the towns; the lists of two bureaus in one."""
    built = places("dabancheng")
    stages = ask(built, "select name from meta_calendar where kind = 'stage' order by number")["name"].to_list()
    assert stages == ["制定方案阶段", "全面推进阶段", "巩固提升阶段", "总结经验阶段"]
    idle = "select count(*) from dim_department where department_code not in (select department_code from meta_duty)"
    assert ask(built, idle).item() == 0
    owner = ask(built, "select owner from dim_extract where extract = 'monitored_households'").item()
    assert owner == "agriculture", "the bureau of agriculture took over rural revitalisation"
    assert (
        ask(
            built, "select count(*) from fct_warning w anti join dim_department d on w.owner = d.department_code"
        ).item()
        == 0
    )
    towns = ask(built, "select name from dim_area where level = 'town' order by area_code")["name"].to_list()
    assert towns == ["达坂城镇", "东沟乡", "西沟乡", "阿克苏乡", "柴窝堡街道"]


@of("yanling", "dunji")
def test_a_place_says_which_lists_it_expects(places: Places, place: str) -> None:
    """A list that is never asked for is no missing one, and nobody is late with a list that has no day."""
    built = places(place)
    unasked = set(ask(built, "select extract from dim_extract where not is_expected")["extract"])
    assert unasked
    assert ask(built, "select count(*) from fct_push where not is_expected and received_on is null").item() == 0
    lists = ask(built, "select sum(lists_missing + lists_late + lists_on_time) from agg_department_month").item()
    assert lists == ask(built, "select count(*) from fct_push where due_on is not null and state <> 'not_due'").item()
