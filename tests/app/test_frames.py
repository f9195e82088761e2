"""What really goes to the browser: every frame of every page, for roles that must not see other households.

The pages are asked as a browser asks them, over the websocket of a running server; nothing of Streamlit stands between.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import duckdb
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from tests.app.conftest import PASSWORD, Live, start_server
from tests.conftest import Town
from warehouse.app_db import app_db, sessions, users
from warehouse.scope import ALL, PAGES, Role
from warehouse.settings import Settings

ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dX](?!\d)")
KEY = re.compile(r"[0-9a-f]{32}")
NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{4,}")
ROLES = {"chief": Role.ADMINISTRATOR, "leader": Role.LEADER, "yangliu": Role.CADRE, "welfare": Role.DEPARTMENT}
QUIET_SECONDS = 0.4


@pytest.fixture(scope="module")
def served(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The sample town behind sign-in, in a data folder of its own."""
    folder = tmp_path_factory.mktemp("frames")
    settings = Settings(data_dir=folder / "data", sample_ids=True)
    for name in ("snapshots", "keys"):
        shutil.copytree(town.settings.data_dir / name, settings.data_dir / name)
    village = next(area.area_code for area in town.profile.villages if area.name == "杨柳村")
    areas = {"leader": [ALL], "yangliu": [village]}
    for name, role in ROLES.items():
        departments = ["civil_affairs"] if role is Role.DEPARTMENT else []
        users.add_user(app_db(settings), name, role, PASSWORD, areas=areas.get(name, []), departments=departments)
    server = start_server(settings, demo=False, cwd=folder)
    yield server
    server.process.terminate()
    server.process.wait(20)


def cookie_of(live: Live, name: str) -> str:
    db = app_db(live.settings)
    user = next(user for user in users.list_users(db) if user.name == name)
    return f"kanhu_session={sessions.start_session(db, user.user_id)}"


def frames_of(live: Live, cookie: str, page: str, query: str = "") -> str:
    """Every frame that the page sends until it is still, as text: Arrow keeps its strings in UTF-8 as well."""
    ask = BackMsg()
    ask.rerun_script.page_name = page
    ask.rerun_script.query_string = query
    found, is_done = [], False
    where = live.url.replace("http", "ws") + "/_stcore/stream"
    with connect(where, additional_headers={"Cookie": cookie, "Origin": live.url}, max_size=None) as stream:
        stream.send(ask.SerializeToString())
        while True:
            try:
                frame = stream.recv(timeout=QUIET_SECONDS if is_done else 60)
            except TimeoutError:
                assert is_done, f"{page}: no end within a minute"
                break
            message = ForwardMsg.FromString(frame)
            kind = message.WhichOneof("type")
            is_done = kind == "script_finished" or (is_done and kind != "new_session")
            if kind != "new_session":  # it repeats the address that was asked for
                found.append(bytes(frame))
    return b"\n".join(found).decode("utf-8", "ignore")


@pytest.mark.parametrize("name", ROLES)
def test_no_frame_holds_a_name_a_number_or_another_village(town: Town, served: Live, name: str) -> None:
    """Names of three letters and more: one of two may stand in any sentence. Tokens of the own village may be there."""
    with duckdb.connect(str(town.database), read_only=True) as con:
        names = {row[0] for row in con.execute("select distinct name from dim_person").fetchall() if len(row[0]) > 2}
        homes = con.execute("select household_no, household_key, area_code from dim_household").fetchall()
        villages = dict(con.execute("select name, area_code from dim_area where is_unit").fetchall())
    own = {villages["杨柳村"]} if name == "yangliu" else set()
    others = {text for number, key, area in homes for text in (number, key) if area not in own}
    theirs = next(key for _, key, area in homes if area == villages["代庙村"])
    cookie = cookie_of(served, name)
    asked = [(page.name, "") for page in PAGES] + [
        ("household", f"household={theirs}"),
        ("household", f"area={villages['代庙村']}"),
        ("village", f"area={villages['代庙村']}&period=2025-12"),
    ]
    seen = 0
    for page, query in asked:
        text = frames_of(served, cookie, page, query)
        seen += len(text)
        assert [found for found in names if found in text] == [], f"{page}?{query}"
        assert ID_NUMBER.search(text) is None, f"{page}?{query}"
        told = (set(KEY.findall(text)) | set(NUMBER.findall(text))) - {theirs if theirs in query else ""}
        assert told & others == set(), f"{page}?{query}"
        if name == "yangliu":
            foreign = [village for village in villages if village != "杨柳村" and village in text]
            assert foreign == [], f"{page}?{query}"
    assert seen > 40_000, "the pages were really sent"


def test_the_scan_sees_what_is_sent(town: Town, served: Live) -> None:
    """The cadre's own household: its number is there, so the scan above would see another's."""
    with duckdb.connect(str(town.database), read_only=True) as con:
        number, key = con.execute(
            "select household_no, household_key from dim_household join dim_area using (area_code) "
            "where name = '杨柳村' and is_current order by 1 limit 1"
        ).fetchone()  # type: ignore[misc]
    assert number in NUMBER.findall(frames_of(served, cookie_of(served, "yangliu"), "household", f"household={key}"))
