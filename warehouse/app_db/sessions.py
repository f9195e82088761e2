"""Sessions on the server: a random token in a cookie, of which only the hash is kept; they idle out, end and can be
revoked. Source: 07-trust "Sign-in".
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

import polars as pl
from sqlalchemy import bindparam, delete, func, select, update

from warehouse.app_db import audit
from warehouse.app_db.audit import Action
from warehouse.app_db.database import AppDb
from warehouse.app_db.models import Session, User, UserArea, UserDepartment
from warehouse.scope import Role

IDLE = dt.timedelta(minutes=30)
ABSOLUTE = dt.timedelta(hours=12)
SEEN_STEP = dt.timedelta(minutes=1)

_USER = (
    User.user_id,
    User.name,
    User.role,
    User.language,
    User.households,
    User.is_demo,
    User.is_disabled,
    User.must_change_password,
)
_WHO = (
    select(*_USER, Session.seen_at, Session.expires_at, Session.revoked_at)
    .join(Session, Session.user_id == User.user_id)
    .where(Session.session_id == bindparam("session_id"))
)
_AREAS = select(UserArea.area_code).where(UserArea.user_id == bindparam("user_id"))
_DEPARTMENTS = select(UserDepartment.department_code).where(UserDepartment.user_id == bindparam("user_id"))


@dataclass(frozen=True)
class SignedIn:
    """The user behind a session as of now. Grants are as stored: `*` is not written out yet. must_change_password:
    nothing opens until the user sets a password of their own."""

    session_id: str
    user_id: int
    user_name: str
    role: Role
    language: str | None
    granted_areas: tuple[str, ...]
    granted_departments: tuple[str, ...]
    granted_households: bool
    is_demo: bool
    must_change_password: bool = False


def session_id_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def start_session(db: AppDb, user_id: int) -> str:
    """Sign the user in and give the token for the cookie. Sessions that ended a day ago are forgotten."""
    token, now = secrets.token_urlsafe(32), db.now()
    with db.writing() as orm:
        user = orm.get_one(User, user_id)
        orm.execute(delete(Session).where(Session.expires_at < now - dt.timedelta(days=1)))
        orm.add(
            Session(
                session_id=session_id_of(token),
                user_id=user_id,
                created_at=now,
                seen_at=now,
                expires_at=now + ABSOLUTE,
            )
        )
        audit.append(db, orm, user.name, Action.SIGNED_IN, role=user.role)
    return token


def signed_in(db: AppDb, session_id: str | None) -> SignedIn | None:
    """Who is behind the session; null if there is none, it ended, idled out, was revoked, or the account is closed.

    Looking counts as use. It is written at most once a minute, so a click costs no write.
    """
    if not session_id:
        return None
    now = db.now()
    with db.engine.connect() as connection:
        row = connection.execute(_WHO, {"session_id": session_id}).one_or_none()
        if row is None or row.revoked_at or row.is_disabled or now >= row.expires_at or now - row.seen_at >= IDLE:
            return None
        granted = {"user_id": row.user_id}
        found = SignedIn(
            session_id=session_id,
            user_id=row.user_id,
            user_name=row.name,
            role=Role(row.role),
            language=row.language,
            granted_areas=tuple(connection.scalars(_AREAS, granted)),
            granted_departments=tuple(connection.scalars(_DEPARTMENTS, granted)),
            granted_households=row.households,
            is_demo=row.is_demo,
            must_change_password=row.must_change_password,
        )
        is_stale = now - row.seen_at >= SEEN_STEP
    if is_stale:
        with db.writing() as orm:
            orm.execute(update(Session).where(Session.session_id == session_id).values(seen_at=now))
    return found


def end_session(db: AppDb, session_id: str) -> None:
    """Sign out: the session is revoked at once, whoever still holds its cookie."""
    with db.writing() as orm:
        session = orm.get(Session, session_id)
        if session is None or session.revoked_at:
            return
        session.revoked_at = db.now()
        audit.append(db, orm, orm.get_one(User, session.user_id).name, Action.SIGNED_OUT)


def set_user_language(db: AppDb, user_id: int, language: str) -> None:
    """Remember the language a user chose."""
    with db.writing() as orm:
        orm.execute(update(User).where(User.user_id == user_id).values(language=language))


OPEN: dict[str, pl.DataType | type[pl.DataType]] = {
    "user_name": pl.String,
    "role": pl.String,
    "created_at": pl.Datetime("us", "UTC"),
    "seen_at": pl.Datetime("us", "UTC"),
    "expires_at": pl.Datetime("us", "UTC"),
}


def open_sessions(db: AppDb) -> pl.DataFrame:
    """Who is signed in now, the last seen first. Returns one row a session: user_name, role, created_at, seen_at,
    expires_at (UTC)."""
    now = db.now()
    wanted = (
        select(User.name, User.role, Session.created_at, Session.seen_at, Session.expires_at)
        .join(User, Session.user_id == User.user_id)
        .where(Session.revoked_at.is_(None), Session.expires_at > now, Session.seen_at > now - IDLE)
        .where(User.is_disabled.is_(False))
        .order_by(Session.seen_at.desc(), User.name)
    )
    with db.reading() as orm:
        rows = [tuple(row) for row in orm.execute(wanted)]
    return pl.DataFrame(rows, schema=OPEN, orient="row")


def last_use(db: AppDb) -> dict[int, dt.datetime]:
    """When each user was last seen, by user id."""
    with db.reading() as orm:
        newest = select(Session.user_id, func.max(Session.seen_at)).group_by(Session.user_id)
        return {row[0]: row[1] for row in orm.execute(newest)}
