"""Who may write what a meeting decides and what became of it: the office writes, a department reports on its own items.

The role is asked here, whatever a page shows. Source: 05-pages item 10, YL-5a, YL-5b.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import polars as pl

from warehouse.app_db import AppDb
from warehouse.app_db import decisions as kept
from warehouse.app_db.decisions import State
from warehouse.app_db.notes import notes
from warehouse.contracts import load_contracts
from warehouse.errors import AccessDeniedError
from warehouse.periods import kind_of, period_days
from warehouse.scope import Role, Scope

MAY_DECIDE: Final = frozenset({Role.OFFICE})
# A decision is dropped by who made it, not by who has to carry it out.
_STATES_OF: Final[dict[Role, tuple[State, ...]]] = {
    Role.OFFICE: ("open", "done", "dropped"),
    Role.DEPARTMENT: ("open", "done"),
}


def kinds() -> tuple[str, ...]:
    """The kinds of meeting, as the ledger of actions calls them: the quarterly one, the monthly one."""
    return load_contracts()["meeting_actions"].column("kind").codes


def kind_for(period: str) -> str:
    """The kind of meeting that looks at a period: quarters have the joint meeting, months the work meeting."""
    quarterly, monthly = kinds()
    return monthly if kind_of(period) == "month" else quarterly


def today(db: AppDb) -> dt.date:
    """The day here, by the clock of the application database."""
    return db.now().astimezone().date()


def may_decide(scope: Scope) -> bool:
    """Whether the scope opens meetings and writes what they decide."""
    return scope.role in MAY_DECIDE


def states_for(scope: Scope, owner: str) -> tuple[State, ...]:
    """The states the scope may report of a decision of that department; none if it is not its to report."""
    if scope.role is Role.DEPARTMENT and owner not in scope.departments:
        return ()
    return _STATES_OF.get(scope.role, ()) if scope.role else ()


def open_meeting(db: AppDb, scope: Scope, *, held_on: dt.date, period: str) -> int:
    """The id of the meeting of that day about a period, made if it is new.

    Raises: AccessDeniedError unless the office asks; UsageError as app_db.decisions.open_meeting.
    """
    _only_the_office(scope)
    return kept.open_meeting(db, scope.user_name, kind_for(period), held_on, period)


def decide(
    db: AppDb,
    scope: Scope,
    meeting_id: int,
    *,
    matter: str,
    matter_key: str,
    decision: str,
    owner: str,
    due_on: dt.date,
    households: int | None = None,
) -> int:
    """Keep what a meeting decided and give its id. owner: code of the department that acts.

    Raises: AccessDeniedError unless the office asks; TextRefusedError, UsageError as app_db.decisions.record_decision.
    """
    _only_the_office(scope)
    if owner not in scope.departments:
        raise AccessDeniedError(f"department {owner!r}: got one unknown here, expected one of the place. Choose again.")
    return kept.record_decision(
        db,
        scope.user_name,
        meeting_id,
        matter=matter,
        matter_key=matter_key,
        decision=decision,
        owner=owner,
        due_on=due_on,
        households=households,
    )


def report(db: AppDb, scope: Scope, decision_id: int, state: State, text: str) -> None:
    """Add what became of a decision: the office of any, a department of its own.

    Raises: AccessDeniedError for anyone else; TextRefusedError, UsageError as app_db.decisions.report_progress.
    """
    found = kept.decisions(db, today(db)).filter(decision_id=decision_id)
    owner = found["owner"].item() if found.height else ""
    if state not in states_for(scope, owner):
        raise AccessDeniedError(
            f"decision {decision_id}: got role {scope.role}, expected the office, or the department that has to act. "
            "Ask the office."
        )
    kept.report_progress(db, scope.user_name, decision_id, state, text)


def of_department(db: AppDb, scope: Scope) -> pl.DataFrame:
    """The decisions the departments of the scope have to carry out, open ones first, as of app_db.decisions."""
    found = kept.decisions(db, today(db)).filter(pl.col("owner").is_in(list(scope.departments)))
    return found.sort(pl.col("state") != "open", "due_on", "decision_id")


def in_session(db: AppDb, period: str) -> dict[str, object] | None:
    """The newest meeting about a period, in which decisions are recorded: meeting_id, kind, held_on, period."""
    held = kept.meetings(db, kind_for(period)).filter(period=period)
    return held.row(0, named=True) if held.height else None


def made_in(found: pl.DataFrame, meeting_id: int | None) -> pl.DataFrame:
    """The decisions of one meeting, in the order in which they were made."""
    return found.filter(pl.col("meeting_id") == (meeting_id or 0)).sort("decision_id")


def made_before(found: pl.DataFrame, period: str, meeting_id: int | None) -> pl.DataFrame:
    """The decisions of earlier meetings that a meeting about `period` opens with: of periods that end no later, not
    closed before the period began, and not of the meeting itself."""
    start, end = period_days(period)
    of_then = [period_days(told)[1] <= end for told in found["period"]]
    still = (pl.col("state") == "open") | (pl.col("state_on") >= start)
    return found.filter(pl.Series(of_then, dtype=pl.Boolean), still, pl.col("meeting_id") != (meeting_id or 0))


@dataclass(frozen=True)
class Record:
    """What is kept here of the meeting about a period and of those before it, as it stands `today`.

    areas: those whose notes are read. recorded: every decision, as app_db.decisions. opened: the newest meeting about
    the period (meeting_id, kind, held_on, period), null before one is opened.
    """

    db: AppDb
    period: str
    areas: frozenset[str]
    today: dt.date
    recorded: pl.DataFrame
    opened: Mapping[str, Any] | None

    @cached_property
    def made(self) -> pl.DataFrame:
        """What the meeting about the period decided, in order."""
        return made_in(self.recorded, self.opened["meeting_id"] if self.opened else None)

    @cached_property
    def before(self) -> pl.DataFrame:
        """The decisions of earlier meetings that this one opens with."""
        return made_before(self.recorded, self.period, self.opened["meeting_id"] if self.opened else None)

    @cached_property
    def held(self) -> pl.DataFrame:
        """Every meeting kept here: kind, met_on."""
        return kept.meetings(self.db).select("kind", pl.col("held_on").alias("met_on"))

    @cached_property
    def _notes(self) -> pl.DataFrame:
        return notes(self.db, self.areas, self.period)

    def notes_of(self, area: str, metric: str) -> list[tuple[str, dt.date]]:
        """What the area itself says of its point in the period, newest first: the text and the day it was written."""
        found = self._notes.filter(
            pl.col("area_code") == area, pl.col("metric").is_null() | (pl.col("metric") == metric)
        )
        return [(row["text"], row["written_at"].astimezone().date()) for row in found.iter_rows(named=True)]


def record_of(db: AppDb, period: str, areas: Iterable[str]) -> Record:
    """The record of the meeting about a period, as it stands now."""
    day = today(db)
    return Record(db, period, frozenset(areas), day, kept.decisions(db, day), in_session(db, period))


def _only_the_office(scope: Scope) -> None:
    if not may_decide(scope):
        raise AccessDeniedError(f"meeting: got role {scope.role}, expected the office. Ask it to write this down.")
