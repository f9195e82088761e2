"""The tables of the application database: made by revisions on both engines, from every older state, by one process."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from warehouse.app_db import AppDb, audit, users
from warehouse.app_db.migrate import FOLDER
from warehouse.app_db.models import REVISION, Base
from warehouse.app_db.sessions import session_id_of, signed_in
from warehouse.errors import ConfigError
from warehouse.scope import Role
from warehouse.settings import ROOT

# A database as the program wrote it before there were revisions: five accounts, one session, nine audit entries.
FIRST_VERSION = {
    "sqlite": ROOT / "tests" / "data" / "app_db_v1.sql",
    "postgres": ROOT / "tests" / "data" / "app_db_v1_postgres.sql",
}
TOKEN = "token-of-the-first-version"
Opening = Callable[[str], AppDb]


def first_version(url: str) -> None:
    """Write the database of the first version at the address."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.executescript(FIRST_VERSION["sqlite"].read_text(encoding="utf-8"))
        return
    with psycopg.connect(url) as connection:
        connection.execute(FIRST_VERSION["postgres"].read_bytes())


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_the_newest_revision_is_the_one_the_program_expects() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_the_revisions_make_the_tables_of_the_models(db: AppDb) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_column_left_out_of_the_revisions_is_found(db: AppDb) -> None:
    """The comparison above can fail."""
    with db.engine.begin() as connection:
        connection.execute(text("alter table notes drop column withdrawn_by"))
    with db.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert [(step[0], step[2], step[3].name) for step in found] == [("add_column", "notes", "withdrawn_by")]


def test_the_first_version_comes_up_without_loss(url: str, opened: Opening) -> None:
    first_version(url)
    db = opened(url)
    everyone = {user.name: user for user in users.list_users(db)}
    assert list(everyone) == ["chief", "health", "lead", "office", "yangliu"]
    assert everyone["office"].language == "en"
    assert everyone["health"].is_disabled
    assert everyone["lead"].households
    assert [row.area_code for row in everyone["yangliu"].areas] == ["340621109200"]
    assert everyone["yangliu"].failures == 1
    assert not any(user.must_change_password for user in everyone.values())
    session = signed_in(db, session_id_of(TOKEN))
    assert session is not None
    assert session.user_name == "office"
    assert users.check_password(db, "chief", "wheat-field-42") == everyone["chief"].user_id
    verdict = audit.verify(db)
    assert (verdict.entries, verdict.is_whole) == (9, True)
    with db.engine.connect() as connection:
        compared = MigrationContext.configure(connection)
        assert compare_metadata(compared, Base.metadata) == []
    users.add_user(db, "new", Role.LEADER, "wheat-field-42", areas=["*"])
    assert audit.verify(db).entries == 10


def test_opening_again_changes_nothing(url: str, opened: Opening) -> None:
    users.add_user(opened(url), "chief", Role.ADMINISTRATOR, "wheat-field-42")
    assert [user.name for user in users.list_users(opened(url))] == ["chief"]


def test_tables_of_a_later_program_are_refused_with_the_way_out(url: str, opened: Opening) -> None:
    with opened(url).engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(ConfigError, match=r"revision 9999, expected at most 0002\. Use the program version") as refused:
        opened(url)
    assert refused.value.exit_code == 3


def test_a_first_version_with_an_unknown_number_is_refused_untouched(tmp_path: Path, opened: Opening) -> None:
    address = f"sqlite:///{tmp_path / 'app.db'}"
    first_version(address)
    with sqlite3.connect(tmp_path / "app.db") as connection:
        connection.execute("update schema_version set version = 7")
    with pytest.raises(ConfigError, match="revision 7"):
        opened(address)
    assert "alembic_version" not in tables(address)


def test_a_program_from_before_the_revisions_refuses_these_tables(db: AppDb) -> None:
    """It looks at schema_version alone, and knows only 1."""
    with db.engine.connect() as connection:
        assert connection.scalar(text("select version from schema_version")) == 2


@pytest.mark.parametrize("table", ["audit", "decisions", "decision_events"])
@pytest.mark.parametrize("change", ["update {0} set {1} = {1}", "delete from {0}"])
def test_what_is_append_only_is_so_in_the_database(db: AppDb, table: str, change: str) -> None:
    users.add_user(db, "chief", Role.ADMINISTRATOR, "wheat-field-42")
    columns = {"audit": "target", "decisions": "matter", "decision_events": "text"}
    with db.engine.begin() as connection:
        for statement in (
            "insert into meetings values (1, '联席会议', '2026-01-12', '2025Q4', 'chief', '2026-01-12 08:00:00')",
            "insert into decisions values (1, 1, 'm', 'k', 'd', 'o', '2026-02-12', null, 'c', '2026-01-12 08:00:00')",
            "insert into decision_events values (1, 1, 'open', '', 'chief', '2026-01-12 08:00:00')",
        ):
            connection.execute(text(statement))
    with pytest.raises(DatabaseError, match=r"append-only|never changed"), db.engine.begin() as connection:
        connection.execute(text(change.format(table, columns[table])))
    with db.engine.connect() as connection:
        assert connection.scalar(text(f"select count(*) from {table}")) == 1


def test_a_postgres_trail_cannot_be_emptied(postgres_url: str, opened: Opening) -> None:
    db = opened(postgres_url)
    users.add_user(db, "chief", Role.ADMINISTRATOR, "wheat-field-42")
    with pytest.raises(DatabaseError, match="never changed"), db.engine.begin() as connection:
        connection.execute(text("truncate audit"))
    assert audit.verify(db).is_whole


OPENER = """
import sys, time
from pathlib import Path
from argon2 import PasswordHasher
from sqlalchemy import Connection, event
from warehouse.app_db import open_app_db
from warehouse.app_db import migrate
ran = []
@event.listens_for(Connection, "before_cursor_execute")
def seen(connection, cursor, statement, *rest):
    if statement.lstrip().upper().startswith("CREATE TABLE NOTES"):
        ran.append(statement)
        time.sleep(0.3)
while not Path(sys.argv[2]).exists():
    time.sleep(0.002)
open_app_db(sys.argv[1], b"k" * 32, passwords=PasswordHasher(time_cost=1, memory_cost=8))
print(len(ran))
"""


@pytest.mark.parametrize("start", ["empty", "first version"])
def test_of_processes_that_open_at_once_one_migrates(url: str, start: str, tmp_path: Path, opened: Opening) -> None:
    if start == "first version":
        first_version(url)
    gun = tmp_path / "start"
    command = [sys.executable, "-c", OPENER, url, str(gun)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    gun.touch()
    said = [process.communicate(timeout=60)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert sorted(said) == ["0", "0", "1"]
    assert len(users.list_users(opened(url))) == (5 if start == "first version" else 0)


def test_an_address_of_no_database_is_refused(opened: Opening) -> None:
    for address in ("", "nonsense", "oracle+nothing://x/y"):
        with pytest.raises(ConfigError, match="KANHU_APP_DB: got an address"):
            opened(address)


def test_a_server_that_does_not_answer_is_refused_without_its_password(opened: Opening) -> None:
    with pytest.raises(ConfigError, match="See that its server runs") as refused:
        opened("postgresql://kanhu:s3cret-word@127.0.0.1:1/kanhu?connect_timeout=2")
    assert "s3cret-word" not in str(refused.value)
