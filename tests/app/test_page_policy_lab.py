"""The policy lab as each role sees it, against numbers counted apart from the product's own queries."""

from __future__ import annotations

import contextlib
import re
import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx
import duckdb
import openpyxl
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, users
from warehouse.i18n import t
from warehouse.queries.policy_lab import Setting, scenario_in
from warehouse.scope import Role
from warehouse.server.downloads import Download, downloads
from warehouse.settings import Settings, load_settings

STANDARD = 773
# Who passes for dibao or tekun by income and assets, at a monthly standard: from the columns of the mart alone.
PASSING = """
    select count(*) as households, sum(members) as people from fct_household_month
    where month = (select max(month) from fct_household_month)
        and assets_ok and income_known and dibao_income_per_head < 12 * {standard}
        and not (dibao_income_per_head < dibao_standard_year)
"""


@pytest.fixture
def opened(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def page(role: Role = Role.OFFICE, language: str = "zh_CN", **query: str) -> AppTest:
        return open_page(town.settings, tmp_path, monkeypatch, "policy_lab", role, language=language, **query)

    return page


def test_a_higher_standard_tells_who_comes_in(opened, town: Town) -> None:  # type: ignore[no-untyped-def]
    text = said(opened(dibao_standard=str(STANDARD)))
    more = ask(town, PASSING.format(standard=STANDARD)).row(0, named=True)
    assert more["households"] > 0
    assert "低保标准：716 元/人·月（8,592 元/人·年） → 773 元/人·月（9,276 元/人·年），+8.0%" in text
    assert f"新增 {more['households']} 户 {more['people']} 人，其中" in text
    assert "应纳入监测" in text
    assert "无人进出" in text


def test_the_same_in_english(opened, town: Town) -> None:  # type: ignore[no-untyped-def]
    text = said(opened(language="en", dibao_standard=str(STANDARD)))
    more = ask(town, PASSING.format(standard=STANDARD)).row(0, named=True)
    assert "What if the standard or the line changed?" in text
    assert f"{more['households']} households ({more['people']} people) come in" in text


def test_the_line_moves_whom_to_monitor(opened, town: Town) -> None:  # type: ignore[no-untyped-def]
    text = said(opened(monitoring_line="9000"))
    under = ask(
        town,
        "select count(*) as n from fct_household_month where month = (select max(month) from fct_household_month) "
        "and income_per_head < 9000 and monitored_type_eligible is null and income_known",
    )["n"].item()
    assert under > 0
    assert f"新增 {under} 户" in text


def test_nothing_changed_shows_what_holds_now(opened, town: Town) -> None:  # type: ignore[no-untyped-def]
    app = opened()
    text = said(app)
    now = ask(
        town,
        "select count(*) as n from fct_household_month where month = (select max(month) from fct_household_month) "
        "and tier_eligible in ('tekun', 'dibao')",
    )["n"].item()
    assert "尚未改动参数" in text
    assert f"符合低保（含特困）：{now} 户，无人进出；另有" in text
    tiers = frames(app)[0]
    counted = ask(
        town,
        "select count(*) as n from fct_household_month where month = (select max(month) from fct_household_month) "
        "and tier_eligible = 'dibao_edge'",
    )["n"].item()
    assert tiers.filter(pl.col("name") == "最低生活保障边缘")["households_before"].item() == counted


def test_the_office_sees_the_households_masked_and_the_leader_none(opened, town: Town) -> None:  # type: ignore[no-untyped-def]
    office = frames(opened(dibao_standard=str(STANDARD), section="households"))
    assert office[0].height > 0
    assert all("*" in name for name in office[0]["head_name"])
    leader = opened(Role.LEADER, dibao_standard=str(STANDARD), section="households")
    assert frames(leader) == []
    assert "本角色只看汇总" in said(leader)


def test_other_roles_are_refused(opened) -> None:  # type: ignore[no-untyped-def]
    for role in (Role.CADRE, Role.ADMINISTRATOR):
        text = said(opened(role))
        assert t("shell.empty.refused") in text
        assert "常用方案" not in text


def test_a_village_alone(opened, town: Town) -> None:  # type: ignore[no-untyped-def]
    village = ask(
        town,
        "select area_code, count(*) as n from fct_household_month "
        "where month = (select max(month) from fct_household_month) and tier_eligible = 'dibao_edge' "
        "group by area_code order by n desc, area_code limit 1",
    ).row(0, named=True)
    tiers = frames(opened(area=village["area_code"], edge_multiple="1.6"))[0]
    assert tiers.filter(pl.col("name") == "最低生活保障边缘")["households_before"].item() == village["n"]


@pytest.mark.parametrize("section", ["money", "lines", "limits"])
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_each_part_opens(opened, section: str, language: str) -> None:  # type: ignore[no-untyped-def]
    app = opened(language=language, dibao_standard=str(STANDARD), section=section)
    assert frames(app)[0].height > 0


def test_a_preset_writes_the_scenario_into_the_address(opened) -> None:  # type: ignore[no-untyped-def]
    app = opened()
    app.button(key="lab_preset_standard_0.08").click().run()
    assert app.query_params["dibao_standard"] == "773"
    assert "+8.0%" in said(app)
    app.button(key="lab_preset_reset").click().run()
    assert "dibao_standard" not in app.query_params
    app.number_input(key="lab_box_monitoring_line").set_value(8000.0).run()
    assert app.query_params["monitoring_line"] == "8000"


def made(app: AppTest, key: str) -> bytes:
    """The file behind the link that a button gives."""
    app.button(key=key).click().run()
    assert not app.exception
    found = re.search(r"/export/([\w-]+)", said(app))
    assert found
    (user,) = users.list_users(app_db(load_settings()))
    file = downloads().take(found[1], user.user_id)
    assert isinstance(file, Download)
    return file.data


def test_papers_say_the_scenario_and_by_which_rules_and_name_nobody(opened, town: Town) -> None:  # type: ignore[no-untyped-def]
    info = ask(town, "select snapshot_id, rules_version from meta_snapshot").row(0, named=True)
    said_so = f"规则版本 {info['rules_version']}，数据快照 {info['snapshot_id']}，数据月份 2025年12月"
    app = opened(dibao_standard=str(STANDARD))
    book = openpyxl.load_workbook(BytesIO(made(app, "lab_paper_xlsx")))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(said_so in cell for cell in cells)
    assert any("716 元/人·月" in cell and "773 元/人·月" in cell for cell in cells)
    paper = docx.Document(BytesIO(made(app, "lab_paper_docx")))
    text = "\n".join([p.text for p in paper.paragraphs])
    assert said_so in text
    assert "低保标准：716 元/人·月（8,592 元/人·年） → 773 元/人·月（9,276 元/人·年），+8.0%" in text
    numbers = set(ask(town, "select household_no from dim_household")["household_no"])
    assert numbers.isdisjoint(cells)


def test_where_the_models_do_not_tell_the_warehouse_nothing_is_shown(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted fault in the kept inputs: the page says so, and no figure stands on it."""
    folder = tmp_path / "data" / "snapshots"
    folder.mkdir(parents=True)
    for name in (town.database.name, town.database.with_suffix(".json").name, "current"):
        shutil.copy(town.database.parent / name, folder / name)
    damaged = folder / town.database.name
    damaged.chmod(0o600)
    with contextlib.closing(duckdb.connect(str(damaged))) as con:
        con.execute("update lab_household_registers_by_month set tier_of_registers = 'tekun' where on_dibao")
    settings: Settings = replace(town.settings, data_dir=tmp_path / "data")
    app = open_page(settings, tmp_path, monkeypatch, "policy_lab", Role.OFFICE, dibao_standard="773")
    assert "测算的起点与当前数据不一致" in said(app)
    assert not app.metric
    assert not app.dataframe


def test_what_a_link_may_ask_for() -> None:
    """Values outside what the policy file may hold, and the present one, are no scenario."""
    line = {"unit": "x", "clause": "", "is_local": True, "is_stand_in": False}
    settings = [
        Setting("edge_multiple", "number", 1, 5, "1.5", line),
        Setting("commercial_homes_allowed", "whole", 0, 20, "1", line),
        Setting("vehicle_kinds", "kinds", 0, 0, "小型轿车", line),
    ]
    for asked in ("0.9", "5.1", "nan", "inf", "1e99", "abc", "", "1.5", "1.50"):
        assert scenario_in({"edge_multiple": asked}, settings) == ()
    assert scenario_in({"edge_multiple": "1.60"}, settings) == (("edge_multiple", "1.6"),)
    assert scenario_in({"commercial_homes_allowed": "1.5"}, settings) == ()
    assert scenario_in({"commercial_homes_allowed": "2"}, settings) == (("commercial_homes_allowed", "2"),)
    assert scenario_in({"vehicle_kinds": "小型轿车、摩托车"}, settings) == (("vehicle_kinds", "小型轿车、摩托车"),)
    assert scenario_in({"monitoring_line": "8000"}, settings) == ()
