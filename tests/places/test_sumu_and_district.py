"""Baixingtu (a sumu) and Dabancheng (a district), each built from its own extracts, say what their documents say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.town_pages import ask
from tests.places.every_paper import assert_every_paper
from tests.places.every_place import Places, assert_areas_are_called_so, assert_every_page_opens, of
from warehouse import i18n
from warehouse.i18n import LANGUAGES
from warehouse.scope import Role


@of("dabancheng", "baixingtu")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADER])
def test_every_page_opens(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, language: str, role: Role
) -> None:
    """Suntuan's pages are opened by the tests of each page."""
    assert_every_page_opens(places(place), tmp_path, monkeypatch, language, role)


@of("dabancheng", "baixingtu")
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_paper_is_made(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, language: i18n.Language
) -> None:
    assert_every_paper(places(place), tmp_path, monkeypatch, language)


@of("baixingtu")
def test_the_areas_compared_are_called_as_the_place_calls_them(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    assert_areas_are_called_so(places(place), tmp_path, monkeypatch)


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
