"""What stands out in a period, and nothing else: off by more than chance, over a limit, past its day, not received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import polars as pl

from warehouse.i18n import fmt_number, fmt_share, join_words, t
from warehouse.queries.joint_meeting import Meeting
from warehouse.words import evaluation as words
from warehouse.words import joint_meeting as told
from warehouse.words import meeting_parts as parts
from warehouse.words.metric import name_of

Kind = Literal["off", "over", "overdue", "missing"]
# Of changes that are none, this share looks like one for the worse: the lower end of a 95% interval.
_ONE_SIDE: Final = 0.025


@dataclass(frozen=True)
class Standout:
    """One thing that stands out: of what kind, said in a sentence, and the page that shows it."""

    kind: Kind
    text: str
    page: str
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Standouts:
    """All of them, and the quiet line about the metrics that do not stand out. named: ids of the metrics that do."""

    found: tuple[Standout, ...]
    quiet: str
    named: frozenset[str]


def standouts(
    meeting: Meeting, compared: pl.DataFrame, departments: pl.DataFrame, place: str, earlier: str
) -> Standouts:
    """What stands out in the period, in the order off, over, overdue, missing.

    compared: words.joint_meeting.judged. departments: queries.joint_meeting.departments.
    """
    rows = [row for row in meeting.metrics.iter_rows(named=True) if not words.is_whole(row["metric"])]
    worse, below = [row for row in rows if _is_worse(row)], [row for row in rows if misses_target(row)]
    off = compared.filter(pl.col("tone").is_in(["check", "note"])) if compared.height else compared
    named = {row["metric"] for row in (*worse, *below)} | set(off["metric"])
    late = parts.departments_off(departments) if departments.height else []
    found = [
        _areas(compared, off, place),
        _worse(worse, rows, earlier),
        Standout("off", t("standouts.departments", names=join_words(late)), "joint_meeting", {"section": "departments"})
        if late
        else None,
        *(Standout("over", row["said"], "risk", {"section": "hazards"}) for row in told.hazards_found(meeting).found),
        _below(below),
        _overdue(meeting),
        _lists(meeting),
    ]
    known = [row for row in rows if row["state"] == "known"]
    quiet = t(
        "standouts.quiet" if named else "standouts.quiet_all",
        n=fmt_number(sum(row["metric"] not in named for row in known)),
    )
    if unknown := len(rows) - len(known):
        quiet += t("standouts.uncounted", n=fmt_number(unknown))
    return Standouts(tuple(one for one in found if one is not None), quiet, frozenset(named))


def misses_target(row: Mapping[str, Any]) -> bool:
    """Whether a share misses its target by more than chance: the whole 95% interval lies on the wrong side of it."""
    good = words.better(row["metric"])
    if row["state"] != "known" or row["target"] is None or row["low"] is None or good is None:
        return False
    return bool(row["high"] < row["target"] if good == "high" else row["low"] > row["target"])


def _is_worse(row: Mapping[str, Any]) -> bool:
    return words.tone_of(words.change_of(row), words.better(row["metric"])) == "worse"


def _areas(compared: pl.DataFrame, off: pl.DataFrame, place: str) -> Standout | None:
    if off.is_empty():
        return None
    return Standout("off", told.areas_say(compared, place) or "", "joint_meeting", {"section": "areas"})


def _worse(worse: list[dict[str, Any]], rows: list[dict[str, Any]], earlier: str) -> Standout | None:
    if not worse:
        return None
    judged = [row for row in rows if words.better(row["metric"]) is not None]
    tested = sum(words.change_of(row).kind != "unknown" for row in judged)
    names = [
        t("standouts.moved", name=name_of(row["metric"]), value=words.value_text(row), change=words.change_short(row))
        for row in worse
    ]
    chance = fmt_number(tested * _ONE_SIDE, 1)
    said = t("standouts.worse", names=join_words(names), earlier=earlier, tested=fmt_number(tested), chance=chance)
    return Standout("off", said, "evaluation")


def _below(below: list[dict[str, Any]]) -> Standout | None:
    if not below:
        return None
    names = [
        t(
            "standouts.below_one",
            name=name_of(row["metric"]),
            value=words.value_text(row),
            counts=words.counts_text(row),
            target=fmt_share(row["target"]),
        )
        for row in below
    ]
    return Standout("over", t("standouts.below", names=join_words(names)), "evaluation")


def _overdue(meeting: Meeting) -> Standout | None:
    warnings = int(meeting.open_warnings["overdue"].sum())
    late, failed = (int(meeting.issues[name].sum()) for name in ("overdue", "failed"))
    if not warnings + late + failed:
        return None
    counts = {"warnings": fmt_number(warnings), "late": fmt_number(late), "failed": fmt_number(failed)}
    return Standout("overdue", t("standouts.overdue", **counts), "look_back")


def _lists(meeting: Meeting) -> Standout | None:
    if meeting.lists.filter(pl.col("state").is_in(["missing", "part"]) | pl.col("is_due_in_period")).is_empty():
        return None
    said = told.lists_say(meeting, told.rows_of(meeting))
    return Standout("missing", said, "joint_meeting", {"section": "departments"})
