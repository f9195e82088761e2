"""`kanhu users` and `kanhu audit` as a person types them: passwords by prompt or standard input, never an argument."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.app.conftest import PASSWORD
from warehouse.app_db import app_db, users
from warehouse.cli import app
from warehouse.errors import UsageError
from warehouse.settings import Settings


@pytest.fixture
def kanhu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.delenv("KANHU_APP_DB", raising=False)

    def call(*words: str, typed: str = "") -> str:
        result = CliRunner().invoke(app, ["--data-dir", str(tmp_path), *words], input=typed, catch_exceptions=True)
        if isinstance(result.exception, UsageError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return call


def test_a_cadre_from_nothing_to_locked_out(kanhu, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    kanhu("users", "add", "yangliu", "--role", "cadre", "--areas", "杨柳村", "--password-stdin", typed=PASSWORD + "\n")
    db = app_db(Settings(data_dir=tmp_path))
    assert users.check_password(db, "yangliu", PASSWORD)
    kanhu("users", "areas", "yangliu", "杨柳,代庙村")
    assert len(users.list_users(db)[0].areas) == 2
    kanhu("users", "password", "yangliu", typed="another-field-43\nanother-field-43\n")
    assert users.check_password(db, "yangliu", PASSWORD) is None
    kanhu("users", "unlock", "yangliu")
    assert users.check_password(db, "yangliu", "another-field-43")
    kanhu("users", "disable", "yangliu")
    assert users.check_password(db, "yangliu", "another-field-43") is None
    listed = kanhu("users", "list")
    assert "yangliu" in listed
    assert "disabled" in listed
    assert kanhu("audit", "verify").startswith("whole: ")


def test_two_different_passwords_make_no_account(kanhu, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError, match="two different"):
        kanhu("users", "add", "chief", "--role", "administrator", typed="wheat-field-42\nwheat-field-43\n")
    assert users.list_users(app_db(Settings(data_dir=tmp_path))) == []


def test_office_gets_all_villages_unless_told_otherwise(kanhu, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    kanhu("users", "add", "office", "--role", "office", "--password-stdin", typed=PASSWORD + "\n")
    assert [row.area_code for row in users.list_users(app_db(Settings(data_dir=tmp_path)))[0].areas] == ["*"]
