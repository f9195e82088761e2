"""Accounts: who exists, with which role and grants, and whether a password is theirs.

Passwords are kept as Argon2id. Wrong ones in a row make the next try wait longer, then lock the account for a while.
Source: 07-trust "Sign-in".
"""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Mapping
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session as OrmSession

from warehouse.app_db import audit
from warehouse.app_db.audit import Action
from warehouse.app_db.database import AppDb
from warehouse.app_db.models import Session, User, UserArea, UserDepartment
from warehouse.errors import UsageError
from warehouse.scope import SEES_AREAS, Role

MIN_PASSWORD = 10
MAX_PASSWORD = 256
FREE_FAILURES = 2
LOCK_FAILURES = 10
LOCK = dt.timedelta(minutes=15)
DEMO_NAME = "demo-"
NO_PASSWORD = "!"  # noqa: S105  no hash begins so: nobody signs in with it


class AccountRefusedError(UsageError):
    """An account or password that will not do. faults: why, by words that pages translate."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(faults.values()))


@cache
def _nobodys_hash(passwords: PasswordHasher) -> str:
    return passwords.hash("the password of no account")


def add_user(
    db: AppDb,
    name: str,
    role: Role,
    password: str,
    *,
    areas: Iterable[str] = (),
    departments: Iterable[str] = (),
    households: bool = False,
    must_change: bool = False,
    by: str = "command line",
) -> int:
    """Make an account and give its id. `*` in areas grants all. must_change: nothing opens until it has a new password.

    Raises: AccountRefusedError with every reason the account cannot be made so.
    """
    areas, departments = sorted(set(areas)), sorted(set(departments))
    faults = _faults(name, role, areas, departments) | password_faults(password)
    if faults:
        raise AccountRefusedError(faults)
    password_hash = db.passwords.hash(password)
    with db.writing() as orm:
        if _find(orm, name) is not None:
            taken = f"user: got name {name!r} that exists, expected a new one. Choose another name."
            raise AccountRefusedError({"taken": taken})
        user = _make(db, orm, name, role, password_hash, areas, departments, households)
        user.must_change_password = must_change
        audit.append(db, orm, by, Action.USER_CHANGED, name, change="added", role=str(role))
        return user.user_id


def add_demo_user(db: AppDb, role: Role, areas: Iterable[str], departments: Iterable[str] = ("*",)) -> int:
    """The account that a demo signs in as; made on first use. It has no password, so nobody can sign in to it.

    departments: of a department contact; other roles are granted none by name.
    """
    areas, lists = sorted(areas), sorted(departments) if role is Role.DEPARTMENT else []
    name = f"{DEMO_NAME}{role}" + "".join(f"-{own[0]}" for own in (areas, lists) if own not in ([], ["*"]))
    with db.writing() as orm:
        user = _find(orm, name)
        if user is None:
            user = _make(db, orm, name, role, NO_PASSWORD, areas, lists, False)
            user.is_demo = True
        return user.user_id


def _make(
    db: AppDb,
    orm: OrmSession,
    name: str,
    role: Role,
    password_hash: str,
    areas: list[str],
    departments: list[str],
    households: bool,
) -> User:
    user = User(
        name=name,
        role=str(role),
        password_hash=password_hash,
        households=households,
        created_at=db.now(),
        areas=[UserArea(area_code=code) for code in areas],
        departments=[UserDepartment(department_code=code) for code in departments],
    )
    orm.add(user)
    orm.flush()
    return user


def _faults(name: str, role: Role, areas: list[str], departments: list[str]) -> dict[str, str]:
    faults = {}
    if not re.fullmatch(r"[\w.\-]{2,64}", name):
        faults["name"] = "user: got a name of other characters, expected 2 to 64 letters, digits, dots, dashes."
    if role is Role.CADRE and (not areas or "*" in areas):
        faults["cadre_areas"] = "areas: got none or all, expected the cadre's own villages. Name them with --areas."
    if role not in SEES_AREAS and areas:
        faults["areas_of_role"] = f"areas: got some, expected none: the role {role} sees no areas. Leave --areas out."
    if role is Role.DEPARTMENT and not departments:
        faults["no_departments"] = "departments: got none, expected at least one. Name it with --departments."
    if role is not Role.DEPARTMENT and departments:
        faults["departments_of_role"] = (
            f"departments: got some, expected none for the role {role}. Leave --departments out."
        )
    return faults


def password_faults(password: str) -> dict[str, str]:
    """What is wrong with a new password, by a word for it; empty if nothing."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        said = f"password: got {len(password)} characters, expected {MIN_PASSWORD} to {MAX_PASSWORD}."
        return {"password_length": said}
    if len(set(password)) < 4:
        return {"password_simple": "password: got fewer than 4 different characters, expected more. Choose another."}
    return {}


def _find(orm: OrmSession, name: str) -> User | None:
    return orm.scalars(select(User).where(User.name == name)).one_or_none()


def _known(orm: OrmSession, name: str) -> User:
    user = _find(orm, name)
    if user is None:
        raise UsageError(f"user: got {name!r}, expected a user that exists. `kanhu users list` shows them.")
    return user


def list_users(db: AppDb) -> list[User]:
    """Every account, by name, detached from the database."""
    with db.reading() as orm:
        users = list(orm.scalars(select(User).order_by(User.name)))
        orm.expunge_all()
        return users


def has_administrator(db: AppDb) -> bool:
    """Whether anyone could sign in and make further users."""
    return any(user.role == Role.ADMINISTRATOR and not user.is_disabled for user in list_users(db))


def set_password(db: AppDb, name: str, password: str, *, by: str = "command line") -> None:
    """Give a user a new password; signs them out everywhere. Raises: UsageError."""
    _set_password(db, name, password, must_change=False, by=by)


def _set_password(db: AppDb, name: str, password: str, *, must_change: bool, by: str) -> None:
    if faults := password_faults(password):
        raise AccountRefusedError(faults)
    password_hash = db.passwords.hash(password)
    with db.writing() as orm:
        user = _known(orm, name)
        user.password_hash, user.failures, user.retry_at = password_hash, 0, None
        user.must_change_password = must_change
        _sign_out_everywhere(db, orm, user)
        audit.append(db, orm, by, Action.USER_CHANGED, name, change="temporary password" if must_change else "password")


def temporary_password() -> str:
    """A password for one sign-in that can be read out and typed: no letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def set_temporary_password(db: AppDb, name: str, *, by: str) -> str:
    """Give a user a password that opens nothing but its change, and tell it: it is kept nowhere. Raises: UsageError."""
    password = temporary_password()
    _set_password(db, name, password, must_change=True, by=by)
    return password


def change_password(db: AppDb, name: str, old: str, new: str) -> None:
    """A user's own change of password; every session of theirs ends.

    Raises: AccountRefusedError if the old one is not theirs (which counts as a wrong try), or the new one will not do.
    """
    if faults := password_faults(new):
        raise AccountRefusedError(faults)
    if check_password(db, name, old) is None:
        raise AccountRefusedError({"password_wrong": "password: got another than the present one. Try again."})
    if old == new:
        raise AccountRefusedError({"password_same": "password: got the present one, expected a new one."})
    _set_password(db, name, new, must_change=False, by=name)


def disable(db: AppDb, name: str, *, by: str = "command line") -> None:
    """Close an account and sign it out everywhere. Raises: UsageError, also for the last administrator."""
    with db.writing() as orm:
        user = _known(orm, name)
        user.is_disabled = True
        if user.role == Role.ADMINISTRATOR:
            _keep_an_administrator(orm)
        _sign_out_everywhere(db, orm, user)
        audit.append(db, orm, by, Action.USER_CHANGED, name, change="disabled")


def enable(db: AppDb, name: str, *, by: str = "command line") -> None:
    """Open a closed account again. Raises: UsageError."""
    with db.writing() as orm:
        _known(orm, name).is_disabled = False
        audit.append(db, orm, by, Action.USER_CHANGED, name, change="enabled")


def unlock(db: AppDb, name: str, *, by: str = "command line") -> None:
    """Forget an account's wrong passwords. Raises: UsageError."""
    with db.writing() as orm:
        user = _known(orm, name)
        user.failures, user.retry_at = 0, None
        audit.append(db, orm, by, Action.USER_CHANGED, name, change="unlocked")


def set_areas(db: AppDb, name: str, areas: Iterable[str], *, by: str = "command line") -> None:
    """Grant exactly these areas. It holds from the user's next click. Raises: UsageError."""
    wanted = sorted(set(areas))
    with db.writing() as orm:
        user = _known(orm, name)
        if faults := _faults(name, Role(user.role), wanted, [row.department_code for row in user.departments]):
            raise AccountRefusedError(faults)
        held = {row.area_code: row for row in user.areas}
        user.areas = [held.get(code) or UserArea(area_code=code) for code in wanted]
        audit.append(db, orm, by, Action.USER_CHANGED, name, change="areas", areas=wanted)


def set_access(
    db: AppDb,
    name: str,
    role: Role,
    *,
    areas: Iterable[str] = (),
    departments: Iterable[str] = (),
    households: bool = False,
    by: str,
) -> None:
    """Give a user exactly this role and these grants. It holds from the user's next click.

    Raises: UsageError for an unknown user; AccountRefusedError for grants that do not fit the role, or if nobody could
    administer any more.
    """
    codes, lists = sorted(set(areas)), sorted(set(departments))
    if faults := _faults(name, role, codes, lists):
        raise AccountRefusedError(faults)
    with db.writing() as orm:
        user = _known(orm, name)
        held = {row.area_code: row for row in user.areas}
        kept = {row.department_code: row for row in user.departments}
        was_administrator = user.role == Role.ADMINISTRATOR
        user.role, user.households = str(role), households
        user.areas = [held.get(code) or UserArea(area_code=code) for code in codes]
        user.departments = [kept.get(code) or UserDepartment(department_code=code) for code in lists]
        if was_administrator and role is not Role.ADMINISTRATOR:
            _keep_an_administrator(orm)
        told = {"role": str(role), "areas": codes, "departments": lists, "households": households}
        audit.append(db, orm, by, Action.USER_CHANGED, name, change="access", **told)


def sign_out(db: AppDb, name: str, *, by: str) -> None:
    """End every session of a user. Raises: UsageError."""
    with db.writing() as orm:
        _sign_out_everywhere(db, orm, _known(orm, name))
        audit.append(db, orm, by, Action.USER_CHANGED, name, change="signed out")


def _keep_an_administrator(orm: OrmSession) -> None:
    orm.flush()
    left = select(User.user_id).where(User.role == str(Role.ADMINISTRATOR), User.is_disabled.is_(False))
    if orm.scalars(left.limit(1)).one_or_none() is None:
        said = "user: got the last administrator, expected another to stay. Make another administrator first."
        raise AccountRefusedError({"last_administrator": said})


def _sign_out_everywhere(db: AppDb, orm: OrmSession, user: User) -> None:
    open_sessions = update(Session).where(Session.user_id == user.user_id, Session.revoked_at.is_(None))
    orm.execute(open_sessions.values(revoked_at=db.now()))


def check_password(db: AppDb, name: str, password: str) -> int | None:
    """The user's id if the password is theirs and the account may sign in now; else null, and nothing says why.

    An unknown name takes as long as a known one. While an account waits, no password is looked at, right or wrong.
    """
    now = db.now()
    with db.reading() as orm:
        user = _find(orm, name)
        usable = user is not None and not user.is_disabled and not (user.retry_at and user.retry_at > now)
        known_hash = user.password_hash if user is not None and usable else _nobodys_hash(db.passwords)
    is_right = _matches(db.passwords, known_hash, password[:MAX_PASSWORD])
    if user is None or not usable:
        audit.record(db, name if user else "unknown", Action.SIGN_IN_FAILED, reason="waiting" if user else "unknown")
        return None
    with db.writing() as orm:
        user = _known(orm, name)
        # The account may have been closed or locked by another try while the password was being checked.
        if user.is_disabled or (user.retry_at and user.retry_at > now):
            return None
        if is_right:
            user.failures, user.retry_at = 0, None
            return user.user_id
        user.failures += 1
        user.retry_at = now + delay_after(user.failures)
        audit.append(db, orm, name, Action.SIGN_IN_FAILED, reason="password", failures=user.failures)
    return None


def _matches(passwords: PasswordHasher, password_hash: str, password: str) -> bool:
    try:
        return passwords.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def delay_after(failures: int) -> dt.timedelta:
    """How long the next try must wait: none for the first, then doubling from 2 s, 15 min from the tenth on."""
    if failures <= FREE_FAILURES:
        return dt.timedelta(0)
    if failures >= LOCK_FAILURES:
        return LOCK
    return dt.timedelta(seconds=2 ** (failures - FREE_FAILURES))
