"""Meetings, what they decided, and what became of it: rows are added, never changed. Source: 05-pages item 10."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal, get_args

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from warehouse.app_db import audit
from warehouse.app_db.audit import Action
from warehouse.app_db.database import AppDb
from warehouse.app_db.free_text import checked
from warehouse.app_db.models import Decision, DecisionEvent, Meeting
from warehouse.app_db.notes import known_user
from warehouse.errors import UsageError
from warehouse.periods import is_period

State = Literal["open", "done", "dropped"]
STATES: tuple[State, ...] = get_args(State)
# From this many later meetings on, an open decision was carried.
CARRIED = 2
# Keys and numbers of households, and anything longer than the code of an area.
_LIKE_A_HOUSEHOLD = re.compile(r"[0-9a-f]{16,}|\d{13,}|(?<![A-Za-z])[A-Za-z]{1,4}[-_]?\d{6,}")

MEETINGS: dict[str, pl.DataType | type[pl.DataType]] = {
    "meeting_id": pl.Int64,
    "kind": pl.String,
    "held_on": pl.Date,
    "period": pl.String,
}
DECISIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "decision_id": pl.Int64,
    **MEETINGS,
    "matter": pl.String,
    "matter_key": pl.String,
    "decision": pl.String,
    "owner": pl.String,
    "due_on": pl.Date,
    "households": pl.Int64,
    "state": pl.String,
    "state_on": pl.Date,
    "state_text": pl.String,
    "meetings_since": pl.Int64,
    "is_overdue": pl.Boolean,
    "is_carried": pl.Boolean,
}
EVENTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "decision_id": pl.Int64,
    "state": pl.String,
    "text": pl.String,
    "by": pl.String,
    "at": pl.Datetime("us", "UTC"),
}


def open_meeting(db: AppDb, author: str, kind: str, held_on: dt.date, period: str) -> int:
    """The id of the meeting of that kind and day, made if it is new.

    Raises: UsageError for an unknown author or period, or a meeting of that day that looked at another period.
    """
    if not is_period(period):
        raise UsageError(f"period: got {period!r}, expected a month, a quarter or a year like 2025Q4.")
    kind = checked("kind of meeting", kind, 32)
    with db.writing() as orm:
        user = known_user(orm, author)
        row = orm.scalars(select(Meeting).where(Meeting.kind == kind, Meeting.held_on == held_on)).one_or_none()
        if row is not None:
            if row.period != period:
                raise UsageError(
                    f"meeting of {held_on}: got period {period}, expected {row.period}, for which it was opened. "
                    "Choose that period, or another day."
                )
            return row.meeting_id
        row = Meeting(kind=kind, held_on=held_on, period=period, opened_by=user.name, opened_at=db.now())
        orm.add(row)
        orm.flush()
        target = f"meeting {row.meeting_id}"
        audit.append(db, orm, author, Action.MEETING_OPENED, target, kind=kind, held_on=held_on, period=period)
        return row.meeting_id


def record_decision(
    db: AppDb,
    author: str,
    meeting_id: int,
    *,
    matter: str,
    matter_key: str,
    decision: str,
    owner: str,
    due_on: dt.date,
    households: int | None = None,
) -> int:
    """Keep what a meeting decided, open from then on, and give its id. The same decision again while it is open, by a
    second click or a second officer, is the one that is there.

    matter_key: letters, digits and `_.:/-`, e.g. `coverage_rate:340621109200`; never the key of a household.
    Raises: TextRefusedError for text that may not be kept; UsageError for an unknown author or meeting, a key of other
    characters, or a due day before the meeting.
    """
    matter, decision = checked("matter", matter), checked("decision", decision)
    owner = checked("owner", owner, 64)
    if not re.fullmatch(r"[A-Za-z0-9_.:/\-]{1,128}", matter_key) or _LIKE_A_HOUSEHOLD.search(matter_key):
        raise UsageError("matter: got a key that could be a household’s, expected metric, rule and area codes alone.")
    if households is not None and households < 0:
        raise UsageError(f"households: got {households}, expected none or more.")
    with db.writing() as orm:
        user, meeting = known_user(orm, author), orm.get(Meeting, meeting_id)
        if meeting is None:
            raise UsageError(f"meeting {meeting_id}: got none, expected one. Open the meeting first.")
        if due_on < meeting.held_on:
            raise UsageError(f"due day: got {due_on}, expected the day of the meeting, {meeting.held_on}, or later.")
        said = {"meeting_id": meeting_id, "matter": matter, "matter_key": matter_key, "decision": decision}
        said |= {"owner": owner, "due_on": due_on}
        same = orm.scalars(select(Decision).filter_by(**said).order_by(Decision.decision_id.desc())).first()
        if same is not None and _state(orm, same.decision_id) == "open":
            return same.decision_id
        now = db.now()
        row = Decision(**said, households=households, recorded_by=user.name, recorded_at=now)
        orm.add(row)
        orm.flush()
        orm.add(DecisionEvent(decision_id=row.decision_id, state="open", text="", by=user.name, at=now))
        target = f"decision {row.decision_id}"
        audit.append(db, orm, author, Action.DECISION_RECORDED, target, meeting=meeting_id, matter=matter_key)
        return row.decision_id


def _state(orm: OrmSession, decision_id: int) -> str:
    events = select(DecisionEvent.state).where(DecisionEvent.decision_id == decision_id)
    return orm.scalars(events.order_by(DecisionEvent.event_id.desc())).first() or "open"


def report_progress(db: AppDb, author: str, decision_id: int, state: State, text: str) -> None:
    """Add what became of a decision: still open, done or dropped, and why.

    Raises: TextRefusedError for text that may not be kept; UsageError for an unknown author, decision or state.
    """
    if state not in STATES:
        raise UsageError(f"state: got {state!r}, expected {', '.join(STATES)}.")
    kept = checked("progress", text)
    with db.writing() as orm:
        user = known_user(orm, author)
        if orm.get(Decision, decision_id) is None:
            raise UsageError(f"decision {decision_id}: got none, expected one. Look at the page anew.")
        orm.add(DecisionEvent(decision_id=decision_id, state=state, text=kept, by=user.name, at=db.now()))
        audit.append(db, orm, author, Action.DECISION_PROGRESS, f"decision {decision_id}", state=state)


def meetings(db: AppDb, kind: str | None = None) -> pl.DataFrame:
    """The meetings held, the newest first. Returns one row a meeting: meeting_id, kind, held_on, period."""
    wanted = select(*(getattr(Meeting, name) for name in MEETINGS))
    if kind is not None:
        wanted = wanted.where(Meeting.kind == kind)
    with db.reading() as orm:
        rows = [tuple(row) for row in orm.execute(wanted.order_by(Meeting.held_on.desc(), Meeting.kind))]
    return pl.DataFrame(rows, schema=MEETINGS, orient="row")


def decisions(db: AppDb, on: dt.date) -> pl.DataFrame:
    """Every decision of meetings held by `on`, as it stood at the end of that day here.

    Returns one row a decision, by due day: decision_id; meeting_id, kind, held_on, period of its meeting; matter,
    matter_key, decision, owner, due_on; households (touched when decided; null: not counted); state (open, done,
    dropped), state_on and state_text of the newest report; meetings_since (later meetings of that kind, up to the day
    it was closed); is_overdue (open after its due day); is_carried (open over at least two later meetings).
    """
    with db.reading() as orm:
        found = orm.execute(select(Decision, Meeting).join(Meeting).where(Meeting.held_on <= on)).all()
        held = orm.execute(select(Meeting.kind, Meeting.held_on).where(Meeting.held_on <= on)).all()
        newest: dict[int, DecisionEvent] = {}
        for event in orm.scalars(select(DecisionEvent).order_by(DecisionEvent.event_id)):
            if event.at.astimezone().date() <= on:
                newest[event.decision_id] = event
        rows = []
        for decision, meeting in found:
            event_now = newest.get(decision.decision_id)
            state = event_now.state if event_now else "open"
            state_on = event_now.at.astimezone().date() if event_now else meeting.held_on
            until = on if state == "open" else state_on
            since = sum(kind == meeting.kind and meeting.held_on < day <= until for kind, day in held)
            rows.append(
                (
                    decision.decision_id,
                    meeting.meeting_id,
                    meeting.kind,
                    meeting.held_on,
                    meeting.period,
                    decision.matter,
                    decision.matter_key,
                    decision.decision,
                    decision.owner,
                    decision.due_on,
                    decision.households,
                    state,
                    state_on,
                    event_now.text if event_now else "",
                    since,
                    state == "open" and decision.due_on < on,
                    state == "open" and since >= CARRIED,
                )
            )
    return pl.DataFrame(rows, schema=DECISIONS, orient="row").sort("due_on", "decision_id")


def progress(db: AppDb, decision_id: int) -> pl.DataFrame:
    """What was reported of a decision, in order. Returns one row a report: decision_id, state, text, by, at (UTC)."""
    wanted = select(*(getattr(DecisionEvent, name) for name in EVENTS))
    wanted = wanted.where(DecisionEvent.decision_id == decision_id).order_by(DecisionEvent.event_id)
    with db.reading() as orm:
        rows = [tuple(row) for row in orm.execute(wanted)]
    return pl.DataFrame(rows, schema=EVENTS, orient="row")
