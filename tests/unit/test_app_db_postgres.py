"""Postgres in place of the file: sign-in, sessions, and an audit chain that holds under many writers at once."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.clock import Clock
from warehouse.app_db import AppDb, audit, users
from warehouse.app_db.audit import Action
from warehouse.app_db.database import WRITE_LOCK
from warehouse.app_db.notes import add_note, notes
from warehouse.app_db.sessions import end_session, session_id_of, signed_in, start_session
from warehouse.scope import Role
from warehouse.settings import load_settings

PASSWORD = "wheat-field-42"
Opening = Callable[[str], AppDb]


def test_the_address_in_the_environment_is_taken(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, opened: Opening
) -> None:
    monkeypatch.setenv("KANHU_APP_DB", postgres_url)
    db = opened(load_settings().app_db_url)
    assert db.engine.dialect.name == "postgresql"
    assert db.engine.dialect.driver == "psycopg"


def test_sign_in_locks_and_ends_as_on_a_file(db: AppDb, clock: Clock) -> None:
    chief = users.add_user(db, "chief", Role.ADMINISTRATOR, PASSWORD)
    users.add_user(db, "yang", Role.CADRE, PASSWORD, areas=["340621109200"])
    assert users.check_password(db, "chief", PASSWORD) == chief
    assert users.check_password(db, "chief", "wrong-password") is None
    for _ in range(10):
        users.check_password(db, "yang", "wrong-password")
        clock.advance(minutes=6)
    assert users.check_password(db, "yang", PASSWORD) is None, "locked after the tenth"
    clock.advance(minutes=15)
    assert users.check_password(db, "yang", PASSWORD) is not None
    token = start_session(db, chief)
    found = signed_in(db, session_id_of(token))
    assert found is not None
    assert (found.user_name, found.role) == ("chief", Role.ADMINISTRATOR)
    clock.advance(minutes=31)
    assert signed_in(db, session_id_of(token)) is None
    token = start_session(db, chief)
    end_session(db, session_id_of(token))
    assert signed_in(db, session_id_of(token)) is None
    assert audit.verify(db).is_whole


def test_eight_writers_at_once_leave_one_whole_chain(url: str, opened: Opening) -> None:
    """Each writer has an engine of its own, as processes have."""
    users.add_user(opened(url), "office", Role.OFFICE, PASSWORD, areas=["*"])
    writers = [opened(url) for _ in range(8)]
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        for turn in range(15):
            if turn % 3 == 0:
                add_note(writers[number], "office", f"area-{number}", "2025Q4", f"说明 {turn}")
            else:
                audit.record(writers[number], "office", Action.SEARCHED, f"{number}-{turn}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    verdict = audit.verify(writers[0])
    assert (verdict.entries, verdict.is_whole) == (1 + 8 * 15, True)
    assert notes(writers[0], [f"area-{number}" for number in range(8)]).height == 8 * 5


def test_wrong_passwords_at_once_are_all_counted(url: str, opened: Opening) -> None:
    """Two tries may not read the same count and write it once: the lock-out would come late."""
    db = opened(url)
    users.add_user(db, "yang", Role.CADRE, PASSWORD, areas=["340621109200"])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: users.check_password(db, "yang", "wrong-password"), range(2)))
    assert users.list_users(db)[0].failures == 2


def test_a_writer_that_holds_the_lock_makes_others_wait_and_readers_not(postgres_url: str, opened: Opening) -> None:
    db, other = opened(postgres_url), opened(postgres_url)
    users.add_user(db, "office", Role.OFFICE, PASSWORD, areas=["*"])
    with db.writing() as orm:
        audit.append(db, orm, "office", Action.SEARCHED, "first")
        with other.engine.connect() as connection:
            connection.execute(text("set lock_timeout = '100ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                connection.execute(text("select pg_advisory_xact_lock(:one)"), {"one": WRITE_LOCK})
        assert [user.name for user in users.list_users(other)] == ["office"]
    assert audit.entries(other)["target"][0] == "first"


def test_a_writer_that_fails_leaves_nothing_and_frees_the_lock(db: AppDb) -> None:
    users.add_user(db, "office", Role.OFFICE, PASSWORD, areas=["*"])

    def failing() -> None:
        with db.writing() as orm:
            audit.append(db, orm, "office", Action.SEARCHED, "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    audit.record(db, "office", Action.SEARCHED, "after")
    assert audit.entries(db)["target"].to_list() == ["after", "office"]
    assert audit.verify(db).is_whole


@pytest.mark.parametrize("statement", ["update audit set target = 'x' where entry_no = 1", "delete from audit"])
def test_a_trail_changed_past_the_triggers_is_found(db: AppDb, statement: str) -> None:
    """Who owns the database can take the triggers away; the chain still tells."""
    users.add_user(db, "office", Role.OFFICE, PASSWORD, areas=["*"])
    assert audit.verify(db).is_whole
    with db.engine.begin() as connection:
        names = (
            ["audit_append_only"] if db.engine.dialect.name == "postgresql" else ["audit_no_update", "audit_no_delete"]
        )
        for name in names:
            connection.execute(text(f"drop trigger {name}" + (" on audit" if len(names) == 1 else "")))
        connection.execute(text(statement))
    assert not audit.verify(db).is_whole


def test_times_come_back_as_they_were(db: AppDb, clock: Clock) -> None:
    clock.now = dt.datetime(2026, 3, 1, 23, 59, 59, 123456, tzinfo=dt.UTC)
    users.add_user(db, "office", Role.OFFICE, PASSWORD, areas=["*"])
    assert users.list_users(db)[0].created_at == clock.now
