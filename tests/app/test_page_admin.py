"""The administrator's page: accounts made and changed, the trail searched and exported, nothing of any household."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, audit, sessions, users
from warehouse.app_db.audit import Action, Search
from warehouse.i18n import LANGUAGES, catalogue
from warehouse.scope import Role
from warehouse.words import admin as words

SECTIONS = ("accounts", "sessions", "audit", "health")
PASSWORD = "wheat-field-42"


def click(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def user(name: str) -> users.User:
    return next(one for one in users.list_users(app_db()) if one.name == name)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_the_page_is_refused_to_every_other_role(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    """The URL is typed by hand; the refusal is in the trail and nothing of an account is shown."""
    area = town.profile.villages[4].area_code
    areas = (area,) if role is Role.CADRE else ("*",)
    app = open_page(town.settings, tmp_path, monkeypatch, "admin", role, areas=areas, section="accounts")
    assert "您的身份不能打开此页" in said(app)
    assert not app.dataframe
    assert [one.key for one in app.button if str(one.key).startswith("admin_")] == []
    entry = audit.entries(app_db()).row(0, named=True)
    assert (entry["action"], entry["target"]) == ("refused", "admin")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_opens_in_each_language_without_a_household(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, language: str
) -> None:
    app = open_page(
        town.settings, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR, language=language, section=section
    )
    assert app.dataframe
    shown = said(app) + "".join(frame.write_json() for frame in frames(app))
    for (name,) in ask(town, "select distinct head_name from dim_household where length(head_name) > 1").iter_rows():
        assert name not in shown
    for (number,) in ask(town, "select household_no from dim_household limit 200").iter_rows():
        assert number not in shown
    if language == "en":
        words_of_page = "".join(app.main.markdown[n].value for n in range(len(app.main.markdown)))
        assert not re.search("[一-鿿]", words_of_page)


def test_an_account_is_made_with_a_password_told_once(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = town.profile.villages[4]
    app = open_page(town.settings, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR, section="accounts")
    app.text_input(key="admin_new_name_0").set_value("张庄 干部")
    assert "用户名须为 2 至 64 个" in said(click(app, "admin_add"))
    assert "必须指定本人负责的村" in said(app)
    app.text_input(key="admin_new_name_0").set_value("cadre1")
    app.multiselect(key="admin_new_0_areas_cadre").set_value([area.area_code])
    app = click(app, "admin_add")
    (password,) = re.findall(r'data-testid="kanhu-secret"[^>]*>([^<]+)</code>', said(app))
    made = user("cadre1")
    assert (made.role, [row.area_code for row in made.areas]) == ("cadre", [area.area_code])
    assert made.must_change_password
    assert users.check_password(app_db(), "cadre1", password) == made.user_id
    app.run()
    assert password not in said(app), "shown once"
    trail = "".join(str(row) for row in audit.entries(app_db()).iter_rows())
    assert password not in trail
    assert '"change": "added"' in trail
    app.text_input(key="admin_new_name_1").set_value("cadre1")
    app.multiselect(key="admin_new_1_areas_cadre").set_value([area.area_code])
    assert "已有同名账号" in said(click(app, "admin_add"))


def test_an_account_is_changed_locked_out_and_let_in(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR, section="accounts")
    db = app_db()
    number = users.add_user(db, "leader1", Role.LEADER, PASSWORD, areas=["*"])
    session = sessions.session_id_of(sessions.start_session(db, number))
    users.check_password(db, "leader1", "wrong-password")
    app.run()
    app.selectbox(key="admin_name").select("leader1").run()
    key = f"admin_{number}"
    app.checkbox(key=f"{key}_households").check()
    click(app, f"{key}_save")
    assert user("leader1").households
    click(app, f"{key}_unlock")
    assert user("leader1").failures == 0
    assert [one.key for one in app.button if one.key == f"{key}_unlock"] == [], "nothing left to unlock"
    assert sessions.signed_in(db, session) is not None
    click(app, f"{key}_sign_out")
    assert sessions.signed_in(db, session) is None
    click(app, f"{key}_disable")
    assert user("leader1").is_disabled
    assert "停用 1 个" in said(app)
    click(app, f"{key}_enable")
    app = click(app, f"{key}_temporary")
    assert user("leader1").must_change_password
    assert users.check_password(db, "leader1", PASSWORD) is None
    app.selectbox(key=f"{key}_role").select(Role.DEPARTMENT).run()
    app.multiselect(key=f"{key}_departments").set_value(["health"])
    click(app, f"{key}_save")
    changed = user("leader1")
    assert (changed.role, changed.households, changed.areas) == ("department", False, [])
    assert [row.department_code for row in changed.departments] == ["health"]
    told = [json.loads(row)["change"] for row in audit.entries(db, action=Action.USER_CHANGED)["detail"]]
    assert told[::-1][1:] == ["access", "unlocked", "signed out", "disabled", "enabled", "temporary password", "access"]
    by = audit.entries(db, action=Action.USER_CHANGED)["user_name"].unique().to_list()
    assert set(by) == {"command line", "demo-administrator"}
    assert audit.verify(db).is_whole


def test_the_last_administrator_cannot_be_shut_out(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR, section="accounts")
    (only,) = users.list_users(app_db())
    assert "这是最后一个管理员" in said(click(app, f"admin_{only.user_id}_disable"))
    assert not user(only.name).is_disabled


def test_the_trail_is_searched_by_user_action_day_and_words(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR, section="audit")
    db = app_db()
    for number in range(230):
        audit.record(db, "office1", Action.EXPORTED, f"季度小结_{number}.xlsx", bytes=number)
    audit.record(db, "cadre1", Action.SEARCHED, "50%_off", text="x")
    app.run()
    total = audit.verify(db).entries
    assert f"第 1 至 100 条，共 {total} 条" in said(app)
    assert f"审计日志完整：{total} 条" in said(app)
    app.selectbox(key="admin_page_3").select(2).run()
    assert f"第 201 至 {total} 条" in said(app)
    assert frames(app)[0].height == total - 200
    app.selectbox(key="admin_user").select("office1").run()
    app.text_input(key="admin_text").set_value("小结_22").run()
    assert frames(app)[0]["target"].to_list() == [f"季度小结_{n}.xlsx" for n in (*range(229, 219, -1), 22)]
    app.selectbox(key="admin_user").select("").run()
    app.text_input(key="admin_text").set_value("%_").run()
    assert frames(app)[0]["target"].to_list() == ["50%_off"], "what is typed is no pattern"
    app.text_input(key="admin_text").set_value("").run()
    app.selectbox(key="admin_action").select("searched").run()
    assert frames(app)[0]["action"].to_list() == ["搜索"]
    app.text_input(key="admin_from").set_value("2099-01-01").run()
    assert "没有符合条件的记录" in said(app)
    app.text_input(key="admin_from").set_value("昨天").run()
    assert "日期请写成" in said(app)


def test_days_of_the_search_are_days_here(tmp_path: Path, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    open_page(town.settings, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR)
    db = app_db()
    audit.record(db, "office1", Action.SEARCHED, "now")
    today = dt.datetime.fromisoformat(audit.entries(db)["at"][0]).astimezone().date()
    day = dt.timedelta(days=1)
    assert audit.search(db, Search(user_name="office1", first_on=today, last_on=today))[1] == 1
    assert audit.search(db, Search(user_name="office1", last_on=today - day))[1] == 0
    assert audit.search(db, Search(user_name="office1", first_on=today + day))[1] == 0


def test_a_changed_trail_is_told_in_red(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import text

    app = open_page(town.settings, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR, section="audit")
    with app_db().engine.begin() as connection:
        connection.execute(text("drop trigger audit_no_update"))
        connection.execute(text("update audit set target = 'x' where entry_no = 1"))
    app.run()
    assert [one.value for one in app.error] == ["审计日志被改动：第 1 条起与写入时不符。请立即保全数据并报告。"]


def test_an_exported_trail_runs_no_formula(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_page(town.settings, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR)
    audit.record(app_db(), "office1", Action.SEARCHED, "=cmd|' /C calc'!A0")
    lines = words.trail_csv(audit.entries(app_db())).decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[0] == "序号"
    assert "'=cmd" in lines[1]


def test_every_action_and_every_check_has_words() -> None:
    """An action that another part adds has none until somebody writes them."""
    for language in LANGUAGES:
        texts = catalogue(language)
        assert [action for action in Action if f"admin.action.{action}" not in texts] == []
    found = set(
        re.findall(
            r'Finding\((?:"\w+"|state), "([\w -]+)"', Path(words.__file__).parents[1].joinpath("health.py").read_text()
        )
    )
    assert len(found) > 15
    assert [what for what in found if f"admin.what.{what.replace(' ', '_')}" not in catalogue("zh_CN")] == []
