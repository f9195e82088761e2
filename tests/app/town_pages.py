"""Opening a page of the sample town as a role sees it, through app.py, and reading what it says."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import Town
from warehouse.app_db import app_db, users
from warehouse.app_db.sessions import session_id_of, set_user_language, start_session
from warehouse.i18n import set_language
from warehouse.scope import ALL, Role
from warehouse.settings import ROOT, Settings


def open_page(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    role: Role,
    *,
    areas: tuple[str, ...] = (ALL,),
    language: str = "zh_CN",
    **query: str,
) -> AppTest:
    """The page after its first run. Accounts lie in a database of the test's own."""
    monkeypatch.setenv("KANHU_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("KANHU_PROFILE", settings.profile)
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    db = app_db(settings)
    user_id = users.add_demo_user(db, role, areas if role in (Role.OFFICE, Role.LEADER, Role.CADRE) else ())
    set_user_language(db, user_id, language)
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.user = {"kanhu_session": session_id_of(start_session(db, user_id))}
    app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    # AppTest formats the options of select boxes in this thread, whose language is its own.
    set_language(language)
    app.run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """Everything the page says in words: headings, sentences, captions, tables of HTML."""
    parts = [element.value for kind in ("title", "subheader", "markdown", "caption") for element in getattr(app, kind)]
    parts += [element.value for kind in ("info", "warning", "error", "success") for element in getattr(app, kind)]
    parts += [element.proto.body for element in app.get("html")]
    parts += [f"{metric.label} {metric.value}" for metric in app.metric]
    return "\n".join(parts)


def frames(app: AppTest) -> list[pl.DataFrame]:
    """The tables of the page, in order, their columns by the names of the queries."""
    return [pl.from_pandas(element.value) for element in app.dataframe]


def ask(town: Town, sql: str, *parameters: object) -> pl.DataFrame:
    """The rows of a question to the marts, asked without the product's own queries."""
    with duckdb.connect(str(town.database), read_only=True) as connection:
        return connection.sql(sql, params=list(parameters)).pl()
