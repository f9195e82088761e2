"""The audit trail: append-only, each entry chained to the one before by an HMAC whose key lies outside the database.

Never a full ID number, never the text of a query. Source: 07-trust "Audit".
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from enum import StrEnum

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from warehouse.app_db.database import AppDb
from warehouse.app_db.models import AuditEntry, AuditHead

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


def entries(db: AppDb, *, action: Action | None = None, user_name: str | None = None, limit: int = 200) -> pl.DataFrame:
    """The newest entries. Returns one row an entry: entry_no, at (UTC, ISO), user_name, action, target, detail."""
    columns = (
        AuditEntry.entry_no,
        AuditEntry.at,
        AuditEntry.user_name,
        AuditEntry.action,
        AuditEntry.target,
        AuditEntry.detail,
    )
    wanted = select(*columns).order_by(AuditEntry.entry_no.desc()).limit(limit)
    if action:
        wanted = wanted.where(AuditEntry.action == str(action))
    if user_name:
        wanted = wanted.where(AuditEntry.user_name == user_name)
    with db.reading() as orm:
        rows = [tuple(row) for row in orm.execute(wanted)]
    text = dict.fromkeys(("at", "user_name", "action", "target", "detail"), pl.String)
    return pl.DataFrame(rows, schema={"entry_no": pl.Int64, **text}, orient="row")
