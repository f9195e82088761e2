"""What a page gets from its session: a scope or nothing, its language, filters in the URL, one frame around all."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import streamlit as st
from streamlit.proto.LabelVisibility_pb2 import LabelVisibility
from streamlit.testing.v1 import AppTest

from tests.app.conftest import VILLAGES, Tiny, write_snapshot
from tests.app.town_pages import open_page
from tests.conftest import Town
from warehouse.app_db import app_db, audit, sessions, users
from warehouse.app_db.sessions import session_id_of
from warehouse.charts.theme import PALETTES
from warehouse.periods import kind_of, period_before, period_days
from warehouse.scope import PAGES, Role, Scope, may_open, pages_for
from warehouse.server.downloads import KEPT_BYTES, KEPT_SECONDS, Downloads, Missing
from warehouse.server.guard import LOOK_COOKIE
from warehouse.session import Filters, periods
from warehouse.settings import ROOT, Settings

SignIn = Callable[..., str]
COLLAPSED = LabelVisibility.LabelVisibilityOptions.COLLAPSED
PAGE = """
import streamlit as st
from warehouse.session import areas, cached, filters_bar, freshness_line, header, language, link, require_scope

scope = require_scope()
header("Title", "Question?")
filters = filters_bar(scope, population=True)
freshness_line(scope, filters)
st.text(f"role={scope.role} areas={','.join(areas(scope))} language={language()}")
st.text(f"period={filters.period} month={filters.month} area={filters.area} population={filters.population}")
link("coverage", "go", area="340621109200")
"""


def run(tmp_path: Path, page: str, session_id: str | None, *, body: str = PAGE, **query: str) -> AppTest:
    """Run a page of that name as Streamlit would when it finds it before app.py."""
    file = tmp_path / f"{page}.py"
    file.write_text(body, encoding="utf-8")
    app = AppTest.from_file(str(file), default_timeout=30)
    app.user = {"kanhu_session": session_id} if session_id else {}
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def texts(app: AppTest) -> str:
    return "\n".join([*(e.value for e in app.text), *(e.value for e in app.markdown), *(e.value for e in app.caption)])


@pytest.mark.parametrize("session_id", [None, "made-up", "0" * 64])
def test_without_a_session_a_page_shows_nothing_of_its_own(
    tiny: Tiny, page_session: SignIn, tmp_path: Path, session_id: str | None
) -> None:
    app = run(tmp_path, "coverage", session_id)
    assert not app.exception
    assert not app.title
    assert not app.selectbox
    assert "role=" not in texts(app)
    assert "请先登录" in texts(app)


def test_a_snapshot_of_an_older_version_is_told_with_the_way_out(
    tiny: Tiny, page_session: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its marts lack columns that pages ask for: the page ends with what to do, before it asks anything."""
    session_id = page_session(Role.OFFICE)
    folder = tmp_path / "older"
    shutil.copytree(tiny.settings.snapshots, folder / "snapshots")
    record = folder / "snapshots" / "tiny.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"format_version": 1}))
    monkeypatch.setenv("KANHU_APP_DB", tiny.settings.app_db_url)
    monkeypatch.setenv("KANHU_DATA_DIR", str(folder))
    shutil.copytree(tiny.settings.keys, folder / "keys")
    app = run(tmp_path, "coverage", session_id)
    assert not app.exception
    assert "请管理员运行一次 kanhu build" in texts(app)
    assert not app.title


def test_a_page_of_a_session_that_ended_stops_too(tiny: Tiny, page_session: SignIn, tmp_path: Path) -> None:
    """The websocket stays open after signing out in another tab: the next click finds nothing."""
    session_id = page_session(Role.OFFICE)
    app = run(tmp_path, "coverage", session_id)
    assert app.title[0].value == "Question?"
    sessions.end_session(tiny.db, session_id)
    assert not app.run().title


def test_a_page_that_is_not_for_the_role_is_refused_and_noted(tiny: Tiny, page_session: SignIn, tmp_path: Path) -> None:
    app = run(tmp_path, "coverage", page_session(Role.ADMINISTRATOR))
    assert not app.title
    assert "您的身份不能打开此页" in texts(app)
    newest = audit.entries(tiny.db).row(0, named=True)
    assert (newest["user_name"], newest["action"], newest["target"]) == ("demo-administrator", "refused", "coverage")


@pytest.mark.parametrize(
    ("role", "opens"),
    [
        (Role.LEADER, "joint_meeting risk coverage village warnings look_back evaluation policy_lab duties about"),
        (
            Role.OFFICE,
            "joint_meeting risk coverage village household warnings look_back evaluation policy_lab intake duties "
            "about",
        ),
        (Role.CADRE, "village household warnings duties about"),
        (Role.DEPARTMENT, "warnings intake duties about"),
        (Role.ADMINISTRATOR, "intake duties about admin"),
    ],
)
def test_which_pages_open_for_whom(tiny: Tiny, role: Role, opens: str) -> None:
    assert [page.name for page in pages_for(tiny.scope(role))] == opens.split()
    assert not may_open(tiny.scope(role), "no_such_page")


def test_a_leader_opens_the_household_page_only_when_granted(tiny: Tiny) -> None:
    assert may_open(tiny.scope(Role.LEADER, households=True), "household")
    assert pages_for(Scope(0, "nobody", None)) == ()


def test_the_url_chooses_but_never_grants(tiny: Tiny, page_session: SignIn, tmp_path: Path) -> None:
    """A cadre who opens a link to another village gets his own."""
    own, other = VILLAGES[0], VILLAGES[1]
    session_id = page_session(Role.CADRE, (own,))
    app = run(tmp_path, "village", session_id, period="2025-11", area=other, population="monitored")
    assert f"areas={own} " in texts(app)
    assert "period=2025-11 month=2025-11-01 area=None population=monitored" in texts(app)
    assert "area=None" in texts(run(tmp_path, "village", session_id, area="' or 1=1 --"))
    assert f"area={own}" in texts(run(tmp_path, "village", session_id, area=own))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2025Q4", "period=2025Q4 month=2025-12-01"),
        ("2025-11", "period=2025-11 month=2025-11-01"),
        ("2019-01", "period=2025-12 month=2025-12-01"),
        ("2025-13", "period=2025-12 month=2025-12-01"),
        ("nonsense", "period=2025-12 month=2025-12-01"),
    ],
)
def test_a_period_that_is_not_there_gives_the_newest(
    tiny: Tiny, page_session: SignIn, tmp_path: Path, asked: str, expected: str
) -> None:
    assert expected in texts(run(tmp_path, "coverage", page_session(Role.OFFICE), period=asked))


def test_a_choice_goes_into_the_url(tiny: Tiny, page_session: SignIn, tmp_path: Path) -> None:
    app = run(tmp_path, "coverage", page_session(Role.OFFICE))
    app.selectbox(key="filter_area").set_value(VILLAGES[2]).run()
    assert app.query_params["area"] == VILLAGES[2]
    assert f"area={VILLAGES[2]}" in texts(app)
    app.selectbox(key="filter_period").set_value("2025-11").run()
    assert app.query_params["period"] == "2025-11"
    app.button_group(key="filter_kind").set_value("quarter").run()
    assert app.query_params["period"] == "2025Q4"
    assert "period=2025Q4 month=2025-12-01" in texts(app)


def test_the_freshness_line_names_the_list_that_is_missing(tiny: Tiny, page_session: SignIn, tmp_path: Path) -> None:
    """The tiny snapshot lacks the health list of December; November is complete."""
    december = texts(run(tmp_path, "coverage", page_session(Role.OFFICE)))
    assert "数据月份 2025年12月" in december
    assert "**新增大病人员名单**：应于 2026年1月10日 前报送，最近一份为 2025年11月" in december
    assert "清单已收齐" in texts(run(tmp_path, "coverage", page_session(Role.OFFICE), period="2025-11"))


def test_language_is_the_users_choice(tiny: Tiny, page_session: SignIn, tmp_path: Path) -> None:
    session_id = page_session(Role.LEADER)
    assert "language=zh_CN" in texts(run(tmp_path, "coverage", session_id))
    user = sessions.signed_in(tiny.db, session_id)
    assert user is not None
    sessions.set_user_language(tiny.db, user.user_id, "en")
    english = texts(run(tmp_path, "coverage", session_id))
    assert "language=en" in english
    assert "Data of Dec 2025" in english
    sessions.set_user_language(tiny.db, user.user_id, "zh_CN")


def test_before_the_first_build_pages_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page_session: SignIn, tiny: Tiny
) -> None:
    session_id = page_session(Role.OFFICE)
    monkeypatch.setenv("KANHU_APP_DB", tiny.settings.app_db_url)
    monkeypatch.setenv("KANHU_DATA_DIR", str(tmp_path / "empty"))
    assert "还没有数据" in texts(run(tmp_path, "coverage", session_id))


def test_a_demo_session_never_sees_real_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page_session: SignIn, tiny: Tiny
) -> None:
    session_id = page_session(Role.OFFICE)
    monkeypatch.setenv("KANHU_APP_DB", tiny.settings.app_db_url)
    write_snapshot(tmp_path / "real", "real", sample_data=False)
    monkeypatch.setenv("KANHU_DATA_DIR", str(tmp_path / "real"))
    assert not run(tmp_path, "coverage", session_id).title


def test_a_new_snapshot_is_seen_at_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page_session: SignIn
) -> None:
    """The cache is keyed by snapshot: what was remembered of the old one is not shown for the new one."""
    body = PAGE + "st.text('rules=' + cached('shell/snapshot', scope)['rules_version'][0])\n"
    folder = tmp_path / "data"
    write_snapshot(folder, "one")
    monkeypatch.setenv("KANHU_DATA_DIR", str(folder))
    db = app_db(Settings(data_dir=folder, sample_ids=True))
    session_id = session_id_of(sessions.start_session(db, users.add_demo_user(db, Role.OFFICE, ["*"])))
    assert "rules=rules-1" in texts(run(tmp_path, "coverage", session_id, body=body))
    path = write_snapshot(folder, "two")
    import duckdb

    with duckdb.connect(str(path)) as connection:
        connection.execute("update meta_snapshot set rules_version = 'rules-2'")
    assert "rules=rules-2" in texts(run(tmp_path, "coverage", session_id, body=body))


def test_the_frame_shows_the_roles_pages_and_says_sample_data(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cadre lands on his village: the start page leads there by itself."""
    monkeypatch.setenv("KANHU_DATA_DIR", str(town.settings.data_dir))
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    village, other = town.profile.villages[:2]
    db = app_db(town.settings)
    user_id = users.add_demo_user(db, Role.CADRE, [village.area_code])
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.user = {"kanhu_session": session_id_of(sessions.start_session(db, user_id))}
    app.run()
    assert not app.exception
    html = "\n".join(element.proto.body for element in app.get("html"))
    assert "样例数据" in html
    assert f"村干部 · {village.name}" in html
    assert other.name not in html
    assert [link.proto.label for link in app.sidebar.get("page_link")] == [
        "村情",
        "一户一档",
        "预警处置",
        "职责与流程",
        "口径",
    ]
    heads = [body for body in html.splitlines() if "kanhu-group" in body]
    assert [re.sub("<.*?>", "", head) for head in heads] == ["抓落实", "数据与口径"], "no head without a page below it"
    assert app.title[0].value
    for key in ("filter_period", "filter_area"):
        box = app.selectbox(key=key)
        assert box.label, "heard, not shown"
        assert box.proto.label_visibility.value == COLLAPSED


@pytest.mark.parametrize(("cookie", "mode"), [("dark", "dark"), ("light", "light"), ("loud", "light"), (None, "light")])
def test_the_first_run_knows_the_look_that_was_chosen(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cookie: str | None, mode: str
) -> None:
    """The browser tells its theme late; the choice is in its cookies from the first."""
    cookies = {LOOK_COOKIE: cookie} if cookie else {}
    monkeypatch.setattr(type(st.context), "cookies", property(lambda _: cookies))
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.LEADER)
    drawn = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    assert drawn["config"]["axis"]["labelColor"] == PALETTES[mode].muted  # type: ignore[index]


# -- periods


@pytest.mark.parametrize(
    ("period", "first", "last", "before"),
    [
        ("2025-12", dt.date(2025, 12, 1), dt.date(2025, 12, 31), "2025-11"),
        ("2026-01", dt.date(2026, 1, 1), dt.date(2026, 1, 31), "2025-12"),
        ("2024-02", dt.date(2024, 2, 1), dt.date(2024, 2, 29), "2024-01"),
        ("2025Q4", dt.date(2025, 10, 1), dt.date(2025, 12, 31), "2025Q3"),
        ("2025Q1", dt.date(2025, 1, 1), dt.date(2025, 3, 31), "2024Q4"),
        ("2025", dt.date(2025, 1, 1), dt.date(2025, 12, 31), "2024"),
    ],
)
def test_periods_know_their_days_and_the_one_before(period: str, first: dt.date, last: dt.date, before: str) -> None:
    assert period_days(period) == (first, last)
    assert period_before(period) == before
    assert kind_of(period) == kind_of(before)


def test_periods_cover_every_month_with_data() -> None:
    first, last = dt.date(2024, 12, 1), dt.date(2025, 4, 1)
    assert periods("month", first, last) == ["2025-04", "2025-03", "2025-02", "2025-01", "2024-12"]
    assert periods("quarter", first, last) == ["2025Q2", "2025Q1", "2024Q4"]
    assert periods("year", first, last) == ["2025", "2024"]


def test_the_period_before_keeps_the_other_filters() -> None:
    now = Filters("2025Q4", "quarter", dt.date(2025, 10, 1), dt.date(2025, 12, 31), dt.date(2025, 12, 1), "a", "watch")
    before = now.before()
    assert (before.period, before.month, before.area, before.population) == (
        "2025Q3",
        dt.date(2025, 9, 1),
        "a",
        "watch",
    )


# -- downloads


def test_a_download_is_given_once_to_its_own_user() -> None:
    store = Downloads()
    token = store.offer(7, b"rows", "a.xlsx", "text/plain")
    assert store.take(token, 8) is Missing.UNKNOWN, "another user's link, and it stays good for its own"
    found = store.take(token, 7)
    assert not isinstance(found, Missing)
    assert found.data == b"rows"
    assert store.take(token, 7) is Missing.GONE
    assert store.take(token, 8) is Missing.UNKNOWN
    assert store.take("made-up", 7) is Missing.UNKNOWN


def test_a_download_does_not_wait_for_ever() -> None:
    now = [0.0]
    store = Downloads(lambda: now[0])
    token = store.offer(7, b"rows", "a.xlsx", "text/plain")
    now[0] = KEPT_SECONDS + 1
    assert store.take(token, 7) is Missing.GONE


def test_too_many_downloads_push_out_the_oldest() -> None:
    store = Downloads()
    half = bytes(KEPT_BYTES // 2 + 1)
    first, second = (store.offer(7, half, "a", "b") for _ in range(2))
    assert store.take(first, 7) is Missing.GONE
    assert not isinstance(store.take(second, 7), Missing)


# -- the pages as files


def first_statement(path: Path) -> str:
    """The first statement of a page after its docstring and imports."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not (is_text or isinstance(node, ast.Import | ast.ImportFrom)):
            return ast.unparse(node)
    return ""


def test_every_page_begins_with_its_scope(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text('"""x"""\nimport streamlit as st\nst.title("x")\nscope = require_scope()\n', encoding="utf-8")
    assert first_statement(planted) == "st.title('x')"
    first = {page.stem: first_statement(page) for page in (ROOT / "pages").glob("*.py")}
    right = {name: ("scope = require_scope()", f"scope = require_scope('{name}')") for name in first}
    assert {name: text for name, text in first.items() if text not in right[name]} == {}


def test_every_page_file_is_listed() -> None:
    """A file that no line of PAGES names would open for nobody, and its words would never be missed."""
    assert {path.stem for path in (ROOT / "pages").glob("*.py")} <= {page.name for page in PAGES}


def test_frames_from_the_cache_are_frames(tiny: Tiny, page_session: SignIn, tmp_path: Path) -> None:
    body = PAGE + "import polars as pl\nst.text(str(type(cached('shell/areas', scope)) is pl.DataFrame))\n"
    assert "True" in texts(run(tmp_path, "coverage", page_session(Role.OFFICE), body=body))
    assert pl.DataFrame is not None
