"""Notes of villages: a dated explanation beside a figure of their own. Who may write for which area is the page's to
ask of its scope; here it is kept, checked for what may not stand there, and audited. Source: 05-pages item 14.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from warehouse.app_db import audit
from warehouse.app_db.audit import Action
from warehouse.app_db.database import AppDb
from warehouse.app_db.free_text import MOST, checked
from warehouse.app_db.models import Note, User
from warehouse.errors import AccessDeniedError, UsageError
from warehouse.periods import is_period, period_days
from warehouse.scope import Role

NOTES: dict[str, pl.DataType | type[pl.DataType]] = {
    "note_id": pl.Int64,
    "area_code": pl.String,
    "period": pl.String,
    "metric": pl.String,
    "text": pl.String,
    "author": pl.String,
    "role": pl.String,
    "written_at": pl.Datetime("us", "UTC"),
}
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,64}")


def add_note(db: AppDb, author: str, area_code: str, period: str, text: str, metric: str | None = None) -> int:
    """Keep a note of the user `author` and give its id. The same note again, by a second click, is the one there.

    Raises: TextRefusedError for text that may not be kept; UsageError for an unknown author, area or period.
    """
    kept = checked("note", text, MOST)
    if not is_period(period):
        raise UsageError(f"period: got {period!r}, expected a month, a quarter or a year like 2025Q4.")
    if not re.fullmatch(r"[A-Za-z0-9_\-]{1,32}", area_code) or (metric is not None and not _NAME.fullmatch(metric)):
        raise UsageError("note: got no code of an area or a metric, expected one. Choose them on the page.")
    with db.writing() as orm:
        user = known_user(orm, author)
        said = {"area_code": area_code, "period": period, "metric": metric, "text": kept, "author": user.name}
        shown = select(Note).filter_by(**said).where(Note.withdrawn_at.is_(None))
        if (same := orm.scalars(shown).first()) is not None:
            return same.note_id
        row = Note(**said, role=user.role, written_at=db.now())
        orm.add(row)
        orm.flush()
        audit.append(db, orm, author, Action.NOTE_WRITTEN, f"note {row.note_id}", area=area_code, period=period)
        return row.note_id


def known_user(orm: OrmSession, name: str) -> User:
    """The account that writes. Raises: UsageError if there is none."""
    user = orm.scalars(select(User).where(User.name == name)).one_or_none()
    if user is None:
        raise UsageError("author: got a name without an account, expected one. Sign in first.")
    return user


def withdraw_note(db: AppDb, author: str, note_id: int) -> None:
    """Show a note no more. Its author may, and the office, which answers for what the meeting sees.

    Raises: UsageError if there is no such note; AccessDeniedError for anyone else.
    """
    with db.writing() as orm:
        user, row = known_user(orm, author), orm.get(Note, note_id)
        if row is None or row.withdrawn_at:
            raise UsageError(f"note {note_id}: got none that is shown, expected one. Look at the page anew.")
        if user.role != Role.OFFICE and row.author != user.name:
            raise AccessDeniedError(f"note {note_id}: got another author, expected its own. Ask the office.")
        row.withdrawn_at, row.withdrawn_by = db.now(), user.name
        audit.append(db, orm, author, Action.NOTE_WITHDRAWN, f"note {note_id}", area=row.area_code, period=row.period)


def notes(db: AppDb, areas: Iterable[str], period: str | None = None) -> pl.DataFrame:
    """The notes that are shown for these areas, of all periods or of those that share days with `period`: what was
    said of December stands beside the fourth quarter too.

    Returns one row a note, by area, the newest first: note_id, area_code, period, metric (null: not about one figure),
    text (plain, to be escaped), author (account), role (of the author, when written), written_at (UTC).
    """
    wanted = select(*(getattr(Note, name) for name in NOTES)).where(
        Note.area_code.in_(sorted(set(areas))), Note.withdrawn_at.is_(None)
    )
    with db.reading() as orm:
        rows = [tuple(row) for row in orm.execute(wanted.order_by(Note.area_code, Note.note_id.desc()))]
    found = pl.DataFrame(rows, schema=NOTES, orient="row")
    if period is None or found.is_empty():
        return found
    first, last = period_days(period)
    days = {told: period_days(told) for told in found["period"].unique()}
    return found.filter([days[told][0] <= last and days[told][1] >= first for told in found["period"]])
