"""What a joint meeting is shown, on the page and on the screen: asked for once, told in many places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from warehouse import meetings
from warehouse.app_db import AppDb, app_db
from warehouse.app_db.decisions import decisions as recorded_until
from warehouse.app_db.decisions import meetings as meetings_held
from warehouse.app_db.notes import notes
from warehouse.i18n import fmt_date, fmt_period, t
from warehouse.periods import period_days
from warehouse.queries import about
from warehouse.queries import joint_meeting as asks
from warehouse.queries.joint_meeting import Meeting
from warehouse.queries.served import place
from warehouse.scope import Scope
from warehouse.session import Filters, snapshot
from warehouse.words import decided
from warehouse.words import joint_meeting as words
from warehouse.words import meeting_parts as parts
from warehouse.words.joint_meeting import Matter
from warehouse.words.standouts import Standouts, standouts


@dataclass(frozen=True)
class Shown:
    """What every part knows: who asks, the period, and what the head of the page has asked already.

    compared: words.judged(meeting). earlier: the period before in words. titles: names of the lists. owners: names of
    departments by code. recorded: every decision recorded here, as app_db.decisions. opened: the meeting about the
    period in which decisions are recorded, null before one is opened.
    """

    db: AppDb
    scope: Scope
    filters: Filters
    meeting: Meeting
    compared: pl.DataFrame
    place: str
    earlier: str
    titles: Mapping[str, str]
    owners: Mapping[str, str]
    today: dt.date
    recorded: pl.DataFrame
    opened: Mapping[str, Any] | None

    @cached_property
    def departments(self) -> pl.DataFrame:
        return asks.departments(self.scope, start=self.filters.start, end=self.filters.end)

    @cached_property
    def standouts(self) -> Standouts:
        return standouts(self.meeting, self.compared, self.departments, self.place, self.earlier)

    @cached_property
    def matters(self) -> list[Matter]:
        return words.matters(self.meeting, self.compared, parts.actions_matter(self.meeting.actions))

    @cached_property
    def made(self) -> pl.DataFrame:
        """What the meeting about the period decided, in order."""
        return meetings.made_in(self.recorded, self.opened["meeting_id"] if self.opened else None)

    @property
    def ledger_on(self) -> dt.date:
        """The day as of which the ledger of actions is read: the end of the period, or that of the data before it."""
        return min(self.filters.end, dt.date.fromisoformat(snapshot().as_of))

    @cached_property
    def decided(self) -> pl.DataFrame:
        """What earlier meetings decided, of the ledger and recorded here: words.decided.together."""
        here = meetings_held(self.db).select("kind", pl.col("held_on").alias("met_on"))
        before = meetings.made_before(
            self.recorded, self.filters.period, self.opened["meeting_id"] if self.opened else None
        )
        return decided.together(
            self.meeting.actions,
            before,
            pl.concat([asks.meetings(self.scope, end=self.filters.end), here]).unique(),
            self.owners,
            ledger_on=self.ledger_on,
            today=self.today,
        )

    def settled(self, matter: Matter) -> Mapping[str, Any] | None:
        """The newest decision on a matter, of this meeting or an earlier one; null if there is none."""
        found = self.recorded.filter(matter_key=matter.key).sort("held_on", "decision_id")
        return found.row(-1, named=True) if found.height else None

    def is_settled_now(self, matter: Matter) -> bool:
        """Whether this meeting has decided on it already."""
        return self.made.filter(matter_key=matter.key).height > 0

    @cached_property
    def decided_note(self) -> str:
        """As of which day each source stands."""
        return t("decided.note", ledger_on=fmt_date(self.ledger_on), today=fmt_date(self.today))

    @cached_property
    def _notes(self) -> pl.DataFrame:
        found = notes(self.db, self.scope.areas)
        start, end = self.filters.start, self.filters.end
        spans = [period_days(period) for period in found["period"]]
        within = [first <= end and last >= start for first, last in spans]
        return found.filter(pl.Series(within, dtype=pl.Boolean))

    def notes_of(self, area: str, metric: str) -> list[str]:
        """What the village itself says of its point in the period, newest first."""
        found = self._notes.filter(
            pl.col("area_code") == area, pl.col("metric").is_null() | (pl.col("metric") == metric)
        )
        return [
            t("joint_meeting.village_note", text=row["text"], day=fmt_date(row["written_at"].astimezone().date()))
            for row in found.iter_rows(named=True)
        ]


def gather(scope: Scope, filters: Filters) -> Shown:
    """Everything a period has on the table; parts that few ask for are asked for when they are."""
    meeting, db = asks.meeting(scope, filters), app_db()
    today = meetings.today(db)
    return Shown(
        db=db,
        scope=scope,
        filters=filters,
        meeting=meeting,
        compared=words.judged(meeting),
        place=place(scope),
        earlier=fmt_period(filters.before().period),
        titles=about.titles(scope),
        owners=asks.owners(scope),
        today=today,
        recorded=recorded_until(db, today),
        opened=meetings.in_session(db, filters.period),
    )
