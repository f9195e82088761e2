"""The audit trail: append-only, each entry chained to the one before by an HMAC whose key lies outside the database.

Never a full ID number, never the text of a query. Source: 07-trust "Audit".
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import polars as pl
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session as OrmSession

from warehouse.app_db.database import AppDb
from warehouse.app_db.models import AuditEntry, AuditHead

_COLUMNS = (
    AuditEntry.entry_no,
    AuditEntry.at,
    AuditEntry.user_name,
    AuditEntry.action,
    AuditEntry.target,
    AuditEntry.detail,
)
_ID_NUMBER = re.compile(r"\d{14}(\d{3}[\dXx]|\d)")


class Action(StrEnum):
    """What is put into the audit trail; the words stand in the trail for good and are never changed."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    REFUSED = "refused"
    HOUSEHOLD_VIEWED = "household_viewed"
    SEARCHED = "searched"
    EXPORTED = "exported"
    UPLOADED = "uploaded"
    BUILT = "built"
    FROZEN = "frozen"
    ALIAS_CONFIRMED = "alias_confirmed"
    ALIAS_FORGOTTEN = "alias_forgotten"
    USER_CHANGED = "user_changed"
    NOTE_WRITTEN = "note_written"
    NOTE_WITHDRAWN = "note_withdrawn"
    MEETING_OPENED = "meeting_opened"
    DECISION_RECORDED = "decision_recorded"
    DECISION_PROGRESS = "decision_progress"
    FIGURES_PRINTED = "figures_printed"
    BACKED_UP = "backed_up"
    RESTORED = "restored"
    REVEALED = "revealed"


@dataclass(frozen=True)
class Verdict:
    """What a check of the trail found. broken_at: the first entry that is not as it was written; null if all are."""

    entries: int
    head: str
    broken_at: int | None
    reason: str | None

    @property
    def is_whole(self) -> bool:
        return self.broken_at is None


def record(db: AppDb, user_name: str, action: Action, target: str = "", **detail: object) -> None:
    """Append one entry in a transaction of its own."""
    with db.writing() as orm:
        append(db, orm, user_name, action, target, **detail)


def append(db: AppDb, orm: OrmSession, user_name: str, action: Action, target: str = "", **detail: object) -> None:
    """Append one entry within a transaction, so that what was done and its entry stand or fall together."""
    head = orm.scalars(select(AuditHead).with_for_update()).one()
    entry = AuditEntry(
        entry_no=head.entry_no + 1,
        at=db.now().isoformat(timespec="milliseconds"),
        user_name=_clean(user_name)[:64],
        action=str(action),
        target=_clean(target)[:128],
        detail=_clean(json.dumps(detail, ensure_ascii=False, sort_keys=True, default=str)) if detail else "",
    )
    entry.mac = _mac(db.audit_key, head.mac, entry)
    orm.add(entry)
    head.entry_no, head.mac = entry.entry_no, entry.mac


def _clean(text: str) -> str:
    """Digits as long as an ID number never reach the trail, wherever they came from."""
    return _ID_NUMBER.sub("[number]", text)


def _mac(key: bytes, before: str, entry: AuditEntry) -> str:
    content = [before, entry.entry_no, entry.at, entry.user_name, entry.action, entry.target, entry.detail]
    return hmac.new(key, json.dumps(content, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()


def verify(db: AppDb, anchor: tuple[int, str] | None = None) -> Verdict:
    """Whether every entry is as it was written, none is gone, and (entry_no, mac) of an older `anchor` still stands."""
    with db.reading() as orm:
        head = orm.scalars(select(AuditHead)).one()
        mac, expected = "", 0
        for entry in orm.scalars(select(AuditEntry).order_by(AuditEntry.entry_no)):
            expected += 1
            if entry.entry_no != expected:
                return Verdict(expected - 1, mac, expected, "an entry is gone")
            if not hmac.compare_digest(entry.mac, _mac(db.audit_key, mac, entry)):
                return Verdict(expected - 1, mac, expected, "an entry was changed")
            mac = entry.mac
            if anchor and anchor[0] == expected and anchor[1] != mac:
                return Verdict(expected, mac, expected, "the trail is not the one that was anchored")
        if (head.entry_no, head.mac) != (expected, mac) or (anchor and anchor[0] > expected):
            return Verdict(expected, mac, expected + 1, "entries at the end are gone")
    return Verdict(expected, mac, None, None)


@dataclass(frozen=True)
class Search:
    """What is looked for: entries of one user, one action, from one day to another (inclusive, days here), with a text
    in target or detail. Null: any."""

    user_name: str | None = None
    action: str | None = None
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    text: str | None = None


def search(db: AppDb, wanted: Search, *, page: int = 0, size: int = 100) -> tuple[pl.DataFrame, int]:
    """The entries found, the newest first, `size` a page, and how many there are. Returns rows as `entries` does."""
    limits = []
    if wanted.user_name:
        limits.append(AuditEntry.user_name == wanted.user_name)
    if wanted.action:
        limits.append(AuditEntry.action == wanted.action)
    if wanted.first_on:
        limits.append(AuditEntry.at >= _begin(wanted.first_on))
    if wanted.last_on:
        limits.append(AuditEntry.at < _begin(wanted.last_on + dt.timedelta(days=1)))
    if wanted.text:
        found_in = (column.icontains(wanted.text, autoescape=True) for column in (AuditEntry.target, AuditEntry.detail))
        limits.append(or_(*found_in))
    rows = select(*_COLUMNS).where(*limits).order_by(AuditEntry.entry_no.desc()).limit(size).offset(page * size)
    with db.reading() as orm:
        total = orm.scalar(select(func.count()).select_from(AuditEntry).where(*limits)) or 0
        return _frame(tuple(row) for row in orm.execute(rows)), total


def _begin(day: dt.date) -> str:
    """The first moment of a day here, as entries write moments: in UTC."""
    return dt.datetime.combine(day, dt.time()).astimezone().astimezone(dt.UTC).isoformat(timespec="milliseconds")


def names(db: AppDb) -> list[str]:
    """Every user that the trail names."""
    with db.reading() as orm:
        return list(orm.scalars(select(AuditEntry.user_name).distinct().order_by(AuditEntry.user_name)))


def entries(db: AppDb, *, action: Action | None = None, user_name: str | None = None, limit: int = 200) -> pl.DataFrame:
    """The newest entries. Returns one row an entry: entry_no, at (UTC, ISO), user_name, action, target, detail."""
    wanted = select(*_COLUMNS).order_by(AuditEntry.entry_no.desc()).limit(limit)
    if action:
        wanted = wanted.where(AuditEntry.action == str(action))
    if user_name:
        wanted = wanted.where(AuditEntry.user_name == user_name)
    with db.reading() as orm:
        return _frame(tuple(row) for row in orm.execute(wanted))


def _frame(rows: Iterable[tuple[object, ...]]) -> pl.DataFrame:
    text = dict.fromkeys(("at", "user_name", "action", "target", "detail"), pl.String)
    return pl.DataFrame(list(rows), schema={"entry_no": pl.Int64, **text}, orient="row")
