"""Tables of the application database: users and their grants, sessions, the audit trail, notes of villages, decisions
of meetings, figures that were printed, other names of villages. No household data.

What is written here follows the revisions in migrations/, which make and change the tables.

SQLite by default, Postgres by URL. Times are UTC.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Date, DateTime, Dialect, ForeignKey, String, Text, TypeDecorator, UniqueConstraint, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

# The newest of warehouse/app_db/migrations/versions: what these tables are after it.
REVISION = "0002"


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
    """One row, for programs from before the revisions: they refuse a number they do not know."""

    __tablename__ = "schema_version"
    version: Mapped[int] = mapped_column(primary_key=True)


class User(Base):
    """One account. failures: wrong passwords in a row; retry_at: no try is looked at before it.

    must_change_password: it was set by somebody else; until the user sets one, nothing opens.
    """

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
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=false())
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


class Note(Base):
    """What a village, or the office, says about a figure of its own. Taken back, it stays, but is shown no more.

    metric: the figure spoken of; null for all of them. role: what the author was when it was written.
    """

    __tablename__ = "notes"
    note_id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(String(32), index=True)
    period: Mapped[str] = mapped_column(String(10))
    metric: Mapped[str | None] = mapped_column(String(64), default=None)
    text: Mapped[str] = mapped_column(String(500))
    author: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    written_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime, default=None)
    withdrawn_by: Mapped[str | None] = mapped_column(String(64), default=None)


class Meeting(Base):
    """One meeting that looked at a period. kind: as the list of action items names it."""

    __tablename__ = "meetings"
    __table_args__ = (UniqueConstraint("kind", "held_on", name="one_meeting_of_a_kind_a_day"),)
    meeting_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    held_on: Mapped[dt.date] = mapped_column(Date)
    period: Mapped[str] = mapped_column(String(10))
    opened_by: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Decision(Base):
    """What a meeting decided, never changed. matter_key: the same for the same matter in every meeting.
    households: how many the matter touched then."""

    __tablename__ = "decisions"
    decision_id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.meeting_id"), index=True)
    matter: Mapped[str] = mapped_column(String(500))
    matter_key: Mapped[str] = mapped_column(String(128), index=True)
    decision: Mapped[str] = mapped_column(String(500))
    owner: Mapped[str] = mapped_column(String(64))
    due_on: Mapped[dt.date] = mapped_column(Date)
    households: Mapped[int | None] = mapped_column(default=None)
    recorded_by: Mapped[str] = mapped_column(String(64))
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class DecisionEvent(Base):
    """What became of a decision: the newest event is its state. Append-only."""

    __tablename__ = "decision_events"
    event_id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.decision_id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(String(500))
    by: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class PrintedPassport(Base):
    """A figure that left on paper or in a file under its code, as it was first printed.

    figure: the same for the same figure in every snapshot. payload: JSON, what finds it again.
    """

    __tablename__ = "passports"
    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    figure: Mapped[str] = mapped_column(String(255), index=True)
    payload: Mapped[str] = mapped_column(Text)
    printed_value: Mapped[str] = mapped_column(String(255))
    snapshot_id: Mapped[str] = mapped_column(String(64))
    printed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    printed_in: Mapped[str] = mapped_column(String(255))


class ConfirmedAlias(Base):
    """Another name of a village, as a person confirmed it. form: how names are compared; one alias a form and place."""

    __tablename__ = "aliases"
    profile: Mapped[str] = mapped_column(String(64), primary_key=True)
    form: Mapped[str] = mapped_column(String(128), primary_key=True)
    text: Mapped[str] = mapped_column(String(128))
    area_code: Mapped[str] = mapped_column(String(32))
    village: Mapped[str] = mapped_column(String(64))
    confirmed_by: Mapped[str] = mapped_column(String(64))
    confirmed_at: Mapped[str] = mapped_column(String(32))
