"""What a joint meeting is shown, on the page and on the screen: asked for once, told in many places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from warehouse.app_db import AppDb, app_db
from warehouse.i18n import fmt_date, fmt_period, t
from warehouse.meetings import Record, record_of
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
    departments by code. record: what is kept here of the meeting and of those before it.
    """

    scope: Scope
    filters: Filters
    meeting: Meeting
    compared: pl.DataFrame
    place: str
    earlier: str
    titles: Mapping[str, str]
    owners: Mapping[str, str]
    record: Record

    @property
    def db(self) -> AppDb:
        return self.record.db

    @property
    def today(self) -> dt.date:
        return self.record.today

    @property
    def recorded(self) -> pl.DataFrame:
        """Every decision recorded here, as app_db.decisions."""
        return self.record.recorded

    @property
    def opened(self) -> Mapping[str, Any] | None:
        """The meeting about the period in which decisions are recorded, null before one is opened."""
        return self.record.opened

    @property
    def made(self) -> pl.DataFrame:
        """What the meeting about the period decided, in order."""
        return self.record.made

    @cached_property
    def departments(self) -> pl.DataFrame:
        return asks.departments(self.scope, start=self.filters.start, end=self.filters.end)

    @cached_property
    def standouts(self) -> Standouts:
        return standouts(self.meeting, self.compared, self.departments, self.place, self.earlier)

    @cached_property
    def matters(self) -> list[Matter]:
        return words.matters(self.meeting, self.compared, parts.actions_matter(self.meeting.actions))

    @property
    def ledger_on(self) -> dt.date:
        """The day as of which the ledger of actions is read: the end of the period, or that of the data before it."""
        return min(self.filters.end, dt.date.fromisoformat(snapshot().as_of))

    @cached_property
    def decided(self) -> pl.DataFrame:
        """What earlier meetings decided, of the ledger and recorded here: words.decided.together."""
        return decided.before(
            self.meeting.actions,
            asks.meetings(self.scope, end=self.filters.end),
            self.record,
            self.owners,
            ledger_on=self.ledger_on,
        )

    def settled(self, matter: Matter) -> Mapping[str, Any] | None:
        """The newest decision on a matter, of this meeting or an earlier one; null if there is none."""
        return decided.newest_on(self.recorded, matter.key)

    def is_settled_now(self, matter: Matter) -> bool:
        """Whether this meeting has decided on it already."""
        return self.made.filter(matter_key=matter.key).height > 0

    @cached_property
    def decided_note(self) -> str:
        """As of which day each source stands."""
        return t("decided.note", ledger_on=fmt_date(self.ledger_on), today=fmt_date(self.today))

    def notes_of(self, area: str, metric: str) -> list[str]:
        """What the village itself says of its point in the period, newest first."""
        return decided.village_notes(self.record, area, metric)


def gather(scope: Scope, filters: Filters) -> Shown:
    """Everything a period has on the table; parts that few ask for are asked for when they are."""
    meeting = asks.meeting(scope, filters)
    return Shown(
        scope=scope,
        filters=filters,
        meeting=meeting,
        compared=words.judged(meeting),
        place=place(scope),
        earlier=fmt_period(filters.before().period),
        titles=about.titles(scope),
        owners=asks.owners(scope),
        record=record_of(app_db(), filters.period, scope.areas),
    )
