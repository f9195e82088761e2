"""Duties and stages: what the calendar, the duties and the ledgers of needs say, against the marts themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, users
from warehouse.app_db.decisions import open_meeting, record_decision
from warehouse.i18n import LANGUAGES
from warehouse.meetings import kinds
from warehouse.scope import Role
from warehouse.settings import load_settings

Places = Callable[[str], Town]


@pytest.fixture
def district(places: Places) -> Town:
    return places("dabancheng")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_stage_stands_with_what_was_done_in_it(
    district: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    app = open_page(district.settings, tmp_path, monkeypatch, "duties", Role.LEADER, language=language)
    words = said(app)
    stages = ask(district, "select name, name_en from meta_calendar where kind = 'stage' order by number")
    assert stages.height == 4
    for name in stages["name" if language == "zh_CN" else "name_en"]:
        assert name in words
    # Counted here from the ledger itself, by the days of the fourth stage.
    done = ask(
        district,
        "select count(distinct measure_key) from fct_measure where done_on between '2025-12-01' and '2025-12-31'",
    ).item()
    told = ask(
        district,
        "select counted from agg_stage_progress where kind = 'stage' and number = 4 and measure = 'measures_done'",
    ).item()
    assert told == done
    round_ = ask(district, "select visited, resident_households from agg_area_survey_round where scope = 'profile'")
    visited, residents = round_.row(0)
    assert f"{visited:,}/{residents:,}" in words


def test_a_survey_is_told_once(district: Town) -> None:
    """The calendar and the section on surveys speak of the same households."""
    told = ask(district, "select counted, counted_of from agg_stage_progress where kind = 'survey'").row(0)
    counted = ask(district, "select visited, resident_households from agg_area_survey_round where scope = 'profile'")
    assert told == counted.row(0)


def test_duties_stand_with_live_counts(district: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DB-10: every unit of annex 2, the metrics of the period and the lists that came beside its duties."""
    app = open_page(district.settings, tmp_path, monkeypatch, "duties", Role.OFFICE, part="duties")
    words = said(app)
    for unit in ask(district, "select distinct unit from meta_duty")["unit"]:
        assert unit in words
    value, numerator, denominator = ask(
        district,
        "select value, numerator, denominator from metric_values where metric = 'coverage_rate' and scope = 'profile' "
        "and period = '2025Q4'",
    ).row(0)
    assert f"应保尽保率 {value:.1%}（{numerator}/{denominator}）" in words
    rows = ask(
        district,
        "select sum(rows_accepted) from fct_push where extract = 'major_disease' and month >= '2025-10-01'",
    ).item()
    assert f"收 {rows:.0f} 行" in words


def test_one_unit_can_be_chosen_by_the_address(district: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(district.settings, tmp_path, monkeypatch, "duties", Role.OFFICE, department="justice")
    duties = next(element.proto.body for element in app.get("html") if "区司法局" in element.proto.body)
    assert "区教育局" not in duties


def test_referrals_by_unit_and_needs(district: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ST-5a, DB-5, DB-6: what was accepted in the year, counted from the ledgers."""
    app = open_page(district.settings, tmp_path, monkeypatch, "duties", Role.LEADER, period="2025", part="passed_on")
    accepted = ask(
        district,
        "select count(*) from fct_referral where state <> 'impossible' and accepted_on >= (select first_month from "
        "meta_snapshot) and accepted_on <= '2025-12-31'",
    ).item()
    shown = next(frame for frame in frames(app) if "overdue_at_end" in frame.columns)
    assert shown["accepted"].sum() == accepted
    needs = next(frame for frame in frames(app) if "without_provider" in frame.columns)
    registered = ask(
        district,
        "select count(*) from fct_service_need where state <> 'impossible' and registered_on >= (select first_month "
        "from meta_snapshot) and registered_on <= '2025-12-31'",
    ).item()
    assert needs.filter(needs["kind"] == "服务")["registered"].sum() == registered


@pytest.mark.parametrize("role", [Role.CADRE, Role.DEPARTMENT, Role.ADMINISTRATOR])
def test_the_page_opens_for_every_role(
    district: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    """The calendar and the duties are everybody's; figures of areas are not a department's."""
    app = open_page(district.settings, tmp_path, monkeypatch, "duties", role)
    assert "总结经验阶段" in said(app)
    words = said(open_page(district.settings, tmp_path, monkeypatch, "duties", role, part="duties"))
    assert ("应保尽保率" in words) == (role is Role.CADRE)


@pytest.mark.xdist_group("place_yanling")
def test_meetings_stand_beside_stages(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """YL 五: four joint and twelve work meetings, with the decisions the ledger knows of."""
    county = places("yanling")
    app = open_page(county.settings, tmp_path, monkeypatch, "duties", Role.OFFICE, show="meetings")
    words = said(app)
    assert "第四季度联席会议" in words
    assert "12月工作例会" in words
    decided = ask(
        county,
        "select count(distinct action_key) from fct_meeting_action where kind = '联席会议' and met_on between "
        "'2022-10-01' and '2022-12-31'",
    ).item()
    assert f"议定事项 {decided} 项" in words


def test_villages_are_counted_and_not_rounded(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """19 of 22 villages is no 1."""
    numerator, denominator = ask(
        town,
        "select numerator, denominator from metric_values where metric = 'inspection_coverage' and scope = 'profile' "
        "and period = '2025Q4'",
    ).row(0)
    words = said(open_page(town.settings, tmp_path, monkeypatch, "duties", Role.OFFICE, part="duties"))
    assert f"督查覆盖村数：{numerator}/{denominator}" in words


@pytest.mark.xdist_group("place_yanling")
def test_who_follows_up_decisions_is_told_those_of_all(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """YL 五: the office that follows up answers for every department's items, and for what meetings recorded here."""
    county = places("yanling")
    done, due = ask(
        county,
        "select numerator, denominator from metric_values where metric = 'action_items_done' and scope = 'profile' "
        "and period = '2022Q4'",
    ).row(0)
    own = ask(
        county,
        "select denominator from metric_values where metric = 'action_items_done' and scope = 'department' "
        "and scope_code = 'rural_revitalisation' and period = '2022Q4'",
    )
    assert own.is_empty() or own.item() != due, "its own items are others, or this shows nothing"
    query = {"part": "duties", "department": "rural_revitalisation"}
    words = said(open_page(county.settings, tmp_path, monkeypatch, "duties", Role.OFFICE, **query))
    assert f"（{done}/{due}）" in words
    assert "会议还没有在本系统记录议定事项" in words
    db = app_db(load_settings())
    (office,) = users.list_users(db)
    meeting = open_meeting(db, office.name, kinds()[0], dt.date(2023, 1, 10), "2022Q4")
    record_decision(
        db,
        office.name,
        meeting,
        matter="疑似漏保",
        matter_key="missed_rate",
        decision="逐户核实",
        owner="civil_affairs",
        due_on=dt.date(2023, 1, 20),
    )
    words = said(open_page(county.settings, tmp_path, monkeypatch, "duties", Role.OFFICE, **query))
    assert "会议记录的议定事项 1 项：办结 0，未办结 1（超期 1，三次上会未决 0）" in words
