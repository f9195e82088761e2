"""Tables of the application database: users and their grants, sessions, the audit trail. No household data.

SQLite by default, Postgres by URL. Times are UTC.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DDL, DateTime, Dialect, ForeignKey, String, Text, TypeDecorator, event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

SCHEMA_VERSION = 1


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An instant. SQLite keeps no time zone, so it is written as UTC and given back as UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return value.astimezone(dt.UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return value.replace(tzinfo=dt.UTC) if value else None


class Base(DeclarativeBase):
    pass


class SchemaVersion(Base):
    """One row: the version of these tables, so that an older or newer file is refused, not misread."""

    __tablename__ = "schema_version"
    version: Mapped[int] = mapped_column(primary_key=True)


class User(Base):
    """One account. failures: wrong passwords in a row; retry_at: no try is looked at before it."""

    __tablename__ = "users"
    user_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(32))
    password_hash: Mapped[str] = mapped_column(String(256))
    households: Mapped[bool] = mapped_column(default=False)
    is_disabled: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(8), default=None)
    failures: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, default=None)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    areas: Mapped[list[UserArea]] = relationship(cascade="all, delete-orphan", lazy="selectin")
    departments: Mapped[list[UserDepartment]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class UserArea(Base):
    """An area granted to a user; `*` grants all."""

    __tablename__ = "user_areas"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    area_code: Mapped[str] = mapped_column(String(32), primary_key=True)


class UserDepartment(Base):
    """A department whose lists a user of the role department answers for."""

    __tablename__ = "user_departments"
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    department_code: Mapped[str] = mapped_column(String(64), primary_key=True)


class Session(Base):
    """One sign-in. session_id is the SHA-256 of the token: who reads this table cannot sign in with it."""

    __tablename__ = "sessions"
    session_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, default=None)


class AuditEntry(Base):
    """One thing that was done. mac chains it to the entry before: HMAC(key, mac before + this entry)."""

    __tablename__ = "audit"
    entry_no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    user_name: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32), index=True)
    target: Mapped[str] = mapped_column(String(128))
    detail: Mapped[str] = mapped_column(Text)
    mac: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """One row: the newest audit entry, so that entries cut off the end are missed."""

    __tablename__ = "audit_head"
    one: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_no: Mapped[int]
    mac: Mapped[str] = mapped_column(String(64))


for _change in ("update", "delete"):
    event.listen(
        AuditEntry.__table__,
        "after_create",
        DDL(  # type: ignore[no-untyped-call]
            f"create trigger audit_no_{_change} before {_change} on audit "
            "begin select raise(abort, 'the audit trail is append-only'); end"
        ).execute_if(dialect="sqlite"),
    )
