"""An administrator makes a backup on the page: a passphrase typed twice, watched, fetched once, audited."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, audit
from warehouse.app_db.audit import Action
from warehouse.backup import sealing
from warehouse.backup.child import offered, page_backup
from warehouse.health import health
from warehouse.i18n import LANGUAGES
from warehouse.scope import Role
from warehouse.server.downloads import Downloads, Missing, downloads
from warehouse.settings import Settings

PASSPHRASE = "rape flower tractor 9"


@pytest.fixture
def served(town: Town, tmp_path: Path) -> Settings:
    """The served snapshot of the town in a data folder of the test's own."""
    settings = replace(town.settings, data_dir=tmp_path / "data")
    shutil.copytree(town.settings.snapshots, settings.snapshots)
    return settings


def typed(app: AppTest, turn: int, first: str, again: str) -> AppTest:
    app.text_input(key=f"backup_one_{turn}").set_value(first)
    app.text_input(key=f"backup_two_{turn}").set_value(again)
    app.button(key="admin_backup_make").click().run()
    assert not app.exception
    return app


def wait_until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not done():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_section_says_what_there_is_and_how_to_restore(
    served: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    app = open_page(
        served, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR, language=language, section="backup"
    )  # fmt: skip
    words = said(app)
    assert ("还没有做过备份" if language == "zh_CN" else "No backup was ever made") in words
    assert any("restore FILE.kanhu" in code.value for code in app.code)
    if language == "en":
        assert not re.search("[一-鿿]", "".join(element.value for element in app.main.markdown))


def test_a_backup_is_made_watched_fetched_once_and_told(
    served: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(served, tmp_path, monkeypatch, "admin", Role.ADMINISTRATOR, section="backup")
    assert "至少 12 个字符" in said(typed(app, 0, "wheat", "wheat"))
    assert "两次输入不一致" in said(typed(app, 0, PASSPHRASE, PASSPHRASE + "x"))
    assert not offered(served).exists()
    typed(app, 0, PASSPHRASE, PASSPHRASE)
    assert [box.key for box in app.text_input] == [], "while it runs it is watched"
    wait_until(lambda: not page_backup(served).is_running)
    assert page_backup(served).is_made, page_backup(served)
    app.run()
    (token,) = re.findall(r'href="/export/([^"]+)"', said(app))
    (file,) = offered(served).iterdir()
    assert file.stat().st_mode & 0o077 == 0
    user_id = next(offer.user_id for offer in downloads()._offers.values() if offer.path == file)
    assert downloads().take(token, user_id + 1) is Missing.UNKNOWN, "another user's link"
    found = downloads().take(token, user_id)
    assert not isinstance(found, Missing)
    assert (found.path, found.bytes) == (file, file.stat().st_size)
    assert downloads().take(token, user_id) is Missing.GONE
    with file.open("rb") as source:
        sealed = sealing.read_header(source)
    assert sealed.opened_by == "passphrase"
    assert sealing.key_of(sealed, sealing.Key(passphrase=PASSPHRASE)) is not None
    told = audit.entries(app_db(served), action=Action.BACKED_UP)
    assert told["user_name"].n_unique() == 1
    assert ['"state": "made"' in detail for detail in told["detail"]] == [True, False]
    everywhere = "".join(str(row) for row in audit.entries(app_db(served)).iter_rows())
    logs = "".join(path.read_text() for path in served.builds.glob("*.log"))
    assert PASSPHRASE not in everywhere + logs + said(app)
    app.run()
    assert "最近一次备份" in said(app)
    assert [(one.state, one.key) for one in health(served) if one.what == "backup"] == [("ok", "backup")]


def test_sample_data_without_a_backup_is_told_and_real_data_must_be_backed_up(served: Settings) -> None:
    """Sample data can be made again; `kanhu check` ends with an error only where something would be lost."""
    states = {}
    for is_sample in (True, False):
        settings = replace(served, sample_ids=is_sample)
        states[is_sample] = [(one.state, one.key) for one in health(settings) if one.what == "backup"]
    assert states == {True: [("note", "backup_none")], False: [("wrong", "backup_none")]}


def test_a_file_that_nobody_fetched_falls_with_its_link(tmp_path: Path) -> None:
    now = [0.0]
    store, file = Downloads(lambda: now[0]), tmp_path / "a.kanhu"
    file.write_bytes(os.urandom(10))
    token = store.offer_file(1, file, "a.kanhu", "application/octet-stream")
    now[0] = 599.0
    assert store.take("other", 1) is Missing.UNKNOWN
    assert file.exists()
    now[0] = 601.0
    assert store.take(token, 1) is Missing.GONE
    assert not file.exists()
