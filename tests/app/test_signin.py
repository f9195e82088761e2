"""Accounts and sessions at a clock the test moves; the audit trail and what breaks it."""

from __future__ import annotations

import datetime as dt
import random
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.app.conftest import PASSWORD, VILLAGES
from tests.clock import START, Clock
from warehouse.app_db import AppDb, audit, open_app_db, sessions, users
from warehouse.app_db.audit import Action
from warehouse.app_db.commands import area_codes
from warehouse.errors import ConfigError, UsageError
from warehouse.profiles import Profile
from warehouse.scope import ALL, Role


@pytest.fixture
def cadre(accounts: AppDb) -> int:
    return users.add_user(accounts, "yangliu", Role.CADRE, PASSWORD, areas=[VILLAGES[0]])


def actions(db: AppDb) -> list[str]:
    return audit.entries(db)["action"].to_list()[::-1]


def test_a_password_is_kept_as_argon2id_only(accounts: AppDb, cadre: int) -> None:
    stored = users.list_users(accounts)[0].password_hash
    assert stored.startswith("$argon2id$")
    assert PASSWORD not in stored
    assert users.check_password(accounts, "yangliu", PASSWORD) == cadre
    assert users.check_password(accounts, "yangliu", PASSWORD + "x") is None


@pytest.mark.parametrize("name", ["nobody", "", "yangliu' or 1=1 --", "YANGLIU"])
def test_an_unknown_name_gives_nothing(accounts: AppDb, cadre: int, name: str) -> None:
    assert users.check_password(accounts, name, PASSWORD) is None


def test_wrong_passwords_make_the_next_try_wait_and_then_lock(accounts: AppDb, cadre: int, clock: Clock) -> None:
    for _ in range(2):
        assert users.check_password(accounts, "yangliu", "wrong password") is None
    assert users.check_password(accounts, "yangliu", PASSWORD) == cadre, "two slips cost nothing"
    for _ in range(3):
        users.check_password(accounts, "yangliu", "wrong password")
    assert users.check_password(accounts, "yangliu", PASSWORD) is None, (
        "the third failure waits 2 s: even the right one"
    )
    clock.advance(seconds=2)
    assert users.check_password(accounts, "yangliu", PASSWORD) == cadre, "and no try while waiting made it longer"


def test_ten_wrong_passwords_lock_for_a_quarter_of_an_hour(accounts: AppDb, cadre: int, clock: Clock) -> None:
    for _ in range(10):
        users.check_password(accounts, "yangliu", "wrong password")
        clock.advance(minutes=5)
    clock.advance(minutes=9, seconds=59)
    assert users.check_password(accounts, "yangliu", PASSWORD) is None, "15 min after the tenth, less a second"
    clock.advance(seconds=1)
    assert users.check_password(accounts, "yangliu", PASSWORD) == cadre


def test_an_administrator_unlocks(accounts: AppDb, cadre: int, clock: Clock) -> None:
    for _ in range(10):
        users.check_password(accounts, "yangliu", "wrong password")
        clock.advance(minutes=5)
    users.unlock(accounts, "yangliu")
    assert users.check_password(accounts, "yangliu", PASSWORD) == cadre


def test_delays_double() -> None:
    assert [users.delay_after(n).total_seconds() for n in (1, 2, 3, 4, 9, 10, 50)] == [0, 0, 2, 4, 128, 900, 900]


def test_a_session_idles_out_after_half_an_hour(accounts: AppDb, cadre: int, clock: Clock) -> None:
    session_id = sessions.session_id_of(sessions.start_session(accounts, cadre))
    clock.advance(minutes=29)
    assert sessions.signed_in(accounts, session_id), "29 minutes: still there, and this was use"
    clock.advance(minutes=29)
    assert sessions.signed_in(accounts, session_id), "29 minutes after the last use"
    clock.advance(minutes=30)
    assert sessions.signed_in(accounts, session_id) is None


def test_a_session_ends_after_twelve_hours_whatever_its_use(accounts: AppDb, cadre: int, clock: Clock) -> None:
    session_id = sessions.session_id_of(sessions.start_session(accounts, cadre))
    for _ in range(35):
        clock.advance(minutes=20)
        assert sessions.signed_in(accounts, session_id)
    clock.advance(minutes=20)
    assert clock.now - START == dt.timedelta(hours=12)
    assert sessions.signed_in(accounts, session_id) is None


def test_what_revokes_a_session(accounts: AppDb, cadre: int) -> None:
    def fresh() -> str:
        return sessions.session_id_of(sessions.start_session(accounts, cadre))

    one = fresh()
    sessions.end_session(accounts, one)
    assert sessions.signed_in(accounts, one) is None, "signed out"
    two = fresh()
    users.set_password(accounts, "yangliu", "another-field-43")
    assert sessions.signed_in(accounts, two) is None, "a new password signs out everywhere"
    three = fresh()
    users.disable(accounts, "yangliu")
    assert sessions.signed_in(accounts, three) is None, "the account was closed"
    users.enable(accounts, "yangliu")
    assert sessions.signed_in(accounts, three) is None, "opening it again does not bring the session back"


def test_the_database_does_not_hold_what_signs_in(accounts: AppDb, cadre: int) -> None:
    token = sessions.start_session(accounts, cadre)
    with accounts.reading() as orm:
        stored = [str(row) for row in orm.execute(text("select * from sessions"))]
    assert len(stored) == 1
    assert token not in stored[0]
    assert sessions.signed_in(accounts, token) is None, "the token is not the key: its hash is"


def test_grants_hold_from_the_next_look(accounts: AppDb, cadre: int) -> None:
    session_id = sessions.session_id_of(sessions.start_session(accounts, cadre))
    users.set_areas(accounts, "yangliu", VILLAGES[1:])
    found = sessions.signed_in(accounts, session_id)
    assert found is not None
    assert set(found.granted_areas) == set(VILLAGES[1:])


@pytest.mark.parametrize(
    ("name", "role", "password", "areas", "says"),
    [
        ("x", Role.OFFICE, PASSWORD, [ALL], "2 to 64"),
        ("two words", Role.OFFICE, PASSWORD, [ALL], "letters, digits"),
        ("short", Role.OFFICE, "123456789", [ALL], "9 characters"),
        ("dull", Role.OFFICE, "aaaaaaaaaaaa", [ALL], "different characters"),
        ("cadre", Role.CADRE, PASSWORD, [], "own villages"),
        ("cadre", Role.CADRE, PASSWORD, [ALL], "own villages"),
        ("admin", Role.ADMINISTRATOR, PASSWORD, [ALL], "sees no areas"),
        ("dept", Role.DEPARTMENT, PASSWORD, [], "at least one"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    accounts: AppDb, name: str, role: Role, password: str, areas: list[str], says: str
) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        users.add_user(accounts, name, role, password, areas=areas)
    assert password not in str(caught.value)
    assert users.list_users(accounts) == []


def test_a_name_is_given_once(accounts: AppDb, cadre: int) -> None:
    with pytest.raises(UsageError, match="exists"):
        users.add_user(accounts, "yangliu", Role.OFFICE, PASSWORD, areas=[ALL])


def test_nobody_signs_in_to_a_demo_account_by_password(accounts: AppDb) -> None:
    users.add_demo_user(accounts, Role.OFFICE, [ALL])
    for password in ("", "!", users.NO_PASSWORD):
        assert users.check_password(accounts, "demo-office", password) is None


def test_villages_are_named_as_people_name_them(profile: Profile) -> None:
    first, second = profile.villages[:2]
    assert area_codes(f"{first.name}、{second.area_code}", profile) == [first.area_code, second.area_code]
    assert area_codes("all", profile) == [ALL]
    with pytest.raises(UsageError, match="无此村"):
        area_codes(f"{first.name},无此村", profile)


def test_tables_of_another_version_are_refused(accounts: AppDb, tmp_path: Path) -> None:
    with accounts.writing() as orm:
        orm.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(ConfigError, match="revision 9999"):
        open_app_db(f"sqlite:///{tmp_path / 'app.db'}", b"k" * 32)


def test_the_file_is_for_its_owner_alone(accounts: AppDb, tmp_path: Path) -> None:
    """And the files that SQLite puts beside it: the newest changes stand there alone."""
    files = list(tmp_path.glob("app.db*"))
    assert {path.name for path in files} >= {"app.db", "app.db-wal"}
    assert [path.name for path in files if path.stat().st_mode & 0o077] == []


# -- audit


def test_what_was_done_is_in_the_trail(accounts: AppDb, cadre: int) -> None:
    session_id = sessions.session_id_of(sessions.start_session(accounts, cadre))
    users.check_password(accounts, "yangliu", "wrong password")
    users.check_password(accounts, "no-such-user", "wrong password")
    audit.record(accounts, "yangliu", Action.HOUSEHOLD_VIEWED, "HN1")
    sessions.end_session(accounts, session_id)
    assert actions(accounts) == [
        "user_changed",
        "signed_in",
        "sign_in_failed",
        "sign_in_failed",
        "household_viewed",
        "signed_out",
    ]
    assert audit.verify(accounts).is_whole
    assert "no-such-user" not in str(audit.entries(accounts).rows()), "it might be a password typed in the wrong box"


def test_an_id_number_never_reaches_the_trail(accounts: AppDb) -> None:
    audit.record(accounts, "office", Action.SEARCHED, "11010119900307123X", query="340621850101123 王")
    stored = str(audit.entries(accounts).rows())
    assert "19900307" not in stored
    assert "850101" not in stored
    assert stored.count("[number]") == 2


def test_the_trail_only_grows(accounts: AppDb, cadre: int) -> None:
    with pytest.raises(Exception, match="append-only"), accounts.writing() as orm:
        orm.execute(text("update audit set user_name = 'someone else'"))
    with pytest.raises(Exception, match="append-only"), accounts.writing() as orm:
        orm.execute(text("delete from audit"))


def tamper(path: Path, statements: list[str]) -> None:
    """Change the file as someone would who can write it but has no key: the triggers go first."""
    connection = sqlite3.connect(path)
    connection.executescript(
        "drop trigger if exists audit_no_update; drop trigger if exists audit_no_delete;" + ";".join(statements)
    )
    connection.close()


@pytest.mark.parametrize(
    ("statements", "broken_at"),
    [
        (["update audit set target = 'HN9' where entry_no = 3"], 3),
        (["update audit set at = '2020-01-01T00:00:00+00:00' where entry_no = 1"], 1),
        (["delete from audit where entry_no = 4"], 4),
        (["delete from audit where entry_no = 4", "update audit set entry_no = entry_no - 1 where entry_no > 4"], 4),
        (["update audit set entry_no = 99 where entry_no = 2", "update audit set entry_no = 2 where entry_no = 3"], 2),
        (["delete from audit where entry_no = 6"], 6),
        (["update audit_head set entry_no = 5"], 7),
        (["insert into audit select 7, at, user_name, action, target, detail, mac from audit where entry_no = 6"], 7),
    ],
)
def test_a_changed_trail_is_found(accounts: AppDb, tmp_path: Path, statements: list[str], broken_at: int) -> None:
    for n in range(6):
        audit.record(accounts, "office", Action.HOUSEHOLD_VIEWED, f"HN{n}")
    assert audit.verify(accounts).is_whole
    tamper(tmp_path / "app.db", statements)
    assert audit.verify(accounts).broken_at == broken_at


def test_random_changes_of_any_field_are_found(accounts: AppDb, tmp_path: Path) -> None:
    """100 changes of one character somewhere, each undone again: all found, and the trail is whole in between."""
    for n in range(12):
        audit.record(accounts, f"user{n}", Action.EXPORTED, f"file{n}.xlsx", bytes=n)
    chance, path = random.Random(7), tmp_path / "app.db"
    for _ in range(100):
        column = chance.choice(["at", "user_name", "action", "target", "detail", "mac"])
        number = chance.randint(1, 12)
        connection = sqlite3.connect(path)
        ((old,),) = connection.execute(f"select {column} from audit where entry_no = {number}").fetchall()
        connection.close()
        at = chance.randrange(len(old))
        new = old[:at] + chr(ord(old[at]) ^ 1) + old[at + 1 :]
        tamper(path, [f"update audit set {column} = '{new.replace(chr(39), chr(39) * 2)}' where entry_no = {number}"])
        assert audit.verify(accounts).broken_at == number, (column, number)
        tamper(path, [f"update audit set {column} = '{old}' where entry_no = {number}"])
    assert audit.verify(accounts).is_whole


def test_a_trail_rolled_back_whole_is_found_by_an_anchor(accounts: AppDb, tmp_path: Path) -> None:
    """Cutting the end and the head together leaves a whole, shorter trail: only a line kept elsewhere shows it."""
    for n in range(4):
        audit.record(accounts, "office", Action.EXPORTED, f"file{n}")
    anchor = (4, audit.verify(accounts).head)
    with accounts.reading() as orm:
        mac = orm.execute(text("select mac from audit where entry_no = 2")).scalar_one()
    cut = ["delete from audit where entry_no > 2", f"update audit_head set entry_no = 2, mac = '{mac}'"]
    tamper(tmp_path / "app.db", cut)
    assert audit.verify(accounts).is_whole
    assert not audit.verify(accounts, anchor).is_whole


def test_another_key_does_not_verify(accounts: AppDb, tmp_path: Path) -> None:
    audit.record(accounts, "office", Action.EXPORTED, "file")
    assert not audit.verify(open_app_db(f"sqlite:///{tmp_path / 'app.db'}", b"x" * 32)).is_whole


def test_passwords_are_costly_to_guess(tmp_path: Path) -> None:
    """The tests above hash cheaply; what a real database uses takes 64 MiB and three passes."""
    real = open_app_db(f"sqlite:///{tmp_path / 'real.db'}", b"k" * 32)
    assert real.passwords.hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=1$")
