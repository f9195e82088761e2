"""When the last backup was made, as the audit trail tells it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from warehouse.app_db import AppDb, audit
from warehouse.app_db.audit import Action, Search

# A backup every day is advised; who has none of this week is told.
OLDEST_DAYS = 7


@dataclass(frozen=True)
class LastBackup:
    """The newest finished one. made_at: UTC."""

    made_at: dt.datetime
    by: str
    file_name: str

    def days_old(self, now: dt.datetime) -> int:
        return (now - self.made_at).days


def last_backup(db: AppDb) -> LastBackup | None:
    """Null if none was ever finished."""
    found, _ = audit.search(db, Search(action=str(Action.BACKED_UP), text='"state": "made"'), size=1)
    for row in found.iter_rows(named=True):
        return LastBackup(dt.datetime.fromisoformat(row["at"]), row["user_name"], row["target"])
    return None
