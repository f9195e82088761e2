"""A department drops a file that is another's list: it learns nothing of that list."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import said
from tests.conftest import Town
from warehouse.app_db import app_db, users
from warehouse.app_db.sessions import session_id_of, start_session
from warehouse.scope import Role
from warehouse.sections.uploads import Sent
from warehouse.settings import ROOT

# What a file would change against the list of the month before, and beside what came of this month.
COMPARED = ("完全相同", "清单已有", " 行，本次 ")


def dropped(town: Town, department: str, file: Path) -> AppTest:
    """The intake page of a department with the file waiting to be imported."""
    db = app_db(town.settings)
    user_id = users.add_demo_user(db, Role.DEPARTMENT, (), (department,))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.user = {"kanhu_session": session_id_of(start_session(db, user_id))}
    app.switch_page("pages/intake.py")
    app.query_params["part"] = "send"
    app.session_state["uploads_sent"] = {file.name: Sent(f"{file.stem}__试{file.suffix}", file.read_bytes())}
    app.run()
    assert not app.exception
    return app


def test_a_list_of_another_department_is_compared_with_nothing(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is new and who is gone would tell whether a person is on the register."""
    monkeypatch.setenv("KANHU_DATA_DIR", str(town.settings.data_dir))
    monkeypatch.setenv("KANHU_PROFILE", town.settings.profile)
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    file = next(path for path in (town.sample / "2025-12").glob("tekun_recipients*") if path.suffix != ".parquet")
    owner, other = (dropped(town, department, file) for department in ("civil_affairs", "health"))
    heads = ["\n".join(box.label for box in app.expander) for app in (owner, other)]
    assert any(words in said(owner) for words in COMPARED), "its owner is told what the file would change"
    assert "不归您的部门报送" in heads[1]
    assert not any(words in said(other) + heads[1] for words in COMPARED)
    assert not other.get("arrow_data_frame"), "no rows"
