"""What the papers of a period ask for beside the tables: the sentences of the pages and the course of the months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import polars as pl

from warehouse.i18n import in_language
from warehouse.periods import kind_of, period_before, period_days
from warehouse.queries.joint_meeting import COMPARED, Meeting
from warehouse.words.evaluation import with_unasked

# The metric whose course and whose areas a paper draws.
DRAWN: Final = "coverage_rate"


class Ask(Protocol):
    """Runs `sql/<name>.sql` within a scope."""

    def __call__(self, name: str, /, **params: object) -> pl.DataFrame: ...


@dataclass(frozen=True)
class Told:
    """What the papers of a period say beside their tables.

    period, earlier: as metric_values names them. meeting: what the joint meeting is told of the period. titles: of the
    lists by code. months: evaluation/months of DRAWN up to the period's end. areas: evaluation/villages of DRAWN.
    departments: joint_meeting/departments.
    """

    period: str
    earlier: str
    meeting: Meeting
    titles: Mapping[str, str]
    months: pl.DataFrame
    areas: pl.DataFrame
    departments: pl.DataFrame


def told_of(ask: Ask, period: str, areas: str | None) -> Told:
    """The same, asked."""
    (start, end), kind = period_days(period), kind_of(period)
    extracts = ask("about/extracts").iter_rows(named=True)
    asked = {"metrics": DRAWN, "period_kind": kind, "period": period, "areas": areas}
    return Told(
        period=period,
        earlier=period_before(period),
        meeting=meeting_of(ask, period, areas),
        titles={row["extract"]: in_language(row["title"], row["title_en"]) for row in extracts},
        months=ask("evaluation/months", metric=DRAWN, until=end, area=None),
        areas=ask("evaluation/villages", **asked),
        departments=ask("joint_meeting/departments", start=start, end=end),
    )


def meeting_of(ask: Ask, period: str, areas: str | None) -> Meeting:
    """The frames of queries.joint_meeting.meeting, asked without a session."""
    (start, end), kind = period_days(period), kind_of(period)
    month, earlier = newest_month(ask, end), period_days(period_before(period))[1].replace(day=1)
    compared = ",".join(sorted((*COMPARED, "lookback_coverage")))
    metrics = ask("metric/in_period", period_kind=kind, period=period, earlier=period_before(period), area=None)
    return Meeting(
        metrics=with_unasked(metrics, unasked(ask)),
        villages=ask("evaluation/villages", metrics=compared, period_kind=kind, period=period, areas=areas),
        totals=ask("joint_meeting/totals", month=month, earlier=earlier),
        hazards=ask("joint_meeting/hazards", start=start, end=end, areas=areas),
        lists=ask("joint_meeting/lists", start=start, end=end),
        open_warnings=ask("joint_meeting/open_warnings", month=month),
        issues=ask("joint_meeting/issues", month=month, areas=areas),
        actions=ask("joint_meeting/actions", start=start, end=end),
    )


def unasked(ask: Ask) -> frozenset[str]:
    """The lists that the place never asks for."""
    return frozenset(ask("warnings/not_expected")["extract"])


def newest_month(ask: Ask, end: dt.date) -> dt.date:
    """The newest month of the period that has data."""
    last: dt.date = ask("shell/snapshot").row(0, named=True)["last_month"]
    return min(end.replace(day=1), last)
