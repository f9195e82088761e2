"""The pack of a joint meeting as a paper for the table, and as slides for the projector, which hold exceptions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from warehouse.exports.document import (
    Block,
    Bullets,
    DataTable,
    Document,
    Heading,
    KeyFigures,
    PageBreak,
    Paragraph,
)
from warehouse.exports.quarterly import QuarterlyFrames
from warehouse.exports.report_paper import as_table, definitions_table, key_figures, signed
from warehouse.exports.xlsx import Meta, Sheet
from warehouse.i18n import fmt_number, fmt_period, t
from warehouse.queries.joint_meeting import COMPARED, HEADLINES, Meeting
from warehouse.words import joint_meeting as words
from warehouse.words import meeting_parts as parts

_ACTIONS: Final = ("state", "action", "responsible_unit", "due_on", "days_late", "met_on", "meetings_since")
_ACTIONS_SHOWN: Final = ("state", "action", "responsible_unit", "due_on", "days_late")
_MATTERS: Final = (0.07, 0.16, 0.45, 0.32)


@dataclass(frozen=True)
class Pack:
    """What is on the table: the meeting's frames, what is said of them, the workbook's tables by name, definitions.

    compared: of words.judged. titles: of the lists by code.
    """

    period: str
    earlier: str
    meeting: Meeting
    compared: pl.DataFrame
    titles: Mapping[str, str]
    sheets: Mapping[str, Sheet]
    evaluation: QuarterlyFrames
    meta: Meta


def pack_paper(pack: Pack) -> Document:
    """The paper for the table: how we stand, earlier decisions, matters for decision, the three tasks, what is off.

    Source: YL-2a, YL-5a, YL-5b.
    """
    told = {*HEADLINES, *COMPARED}
    blocks: tuple[Block, ...] = (
        Heading(t("report.standing")),
        Bullets(_findings(pack)),
        _figures(pack),
        Heading(t("joint_meeting.tab.actions")),
        *_actions(pack),
        Heading(t("joint_meeting.section.decide")),
        _matters(pack),
        Heading(t("pack.task.1")),
        *_said(words.identified(pack.meeting, fmt_period(pack.earlier))),
        _table(pack, "new"),
        Heading(t("pack.task.2")),
        *_said(words.measures(pack.meeting, fmt_period(pack.earlier))),
        *(_table(pack, name) for name in ("needs", "measures_departments", "measures_areas")),
        Heading(t("pack.task.3")),
        *_said(words.hazards(pack.meeting)),
        *(_table(pack, name) for name in ("hazards", "causes")),
        Heading(t("pack.off")),
        Heading(t("pack.off.areas"), 2),
        _table(pack, "areas", notes=()),
        Heading(t("pack.off.lists"), 2),
        Paragraph(parts_sentence(pack)),
        _table(pack, "departments", notes=()),
        _table(pack, "lists", notes=()),
        Heading(t("pack.off.issues"), 2),
        _table(pack, "issues", notes=()),
        PageBreak(),
        Heading(t("report.annex", n=1, title=t("export.definitions.title")), is_numbered=False),
        definitions_table(pack.evaluation.definitions.filter(pl.col("metric").is_in(told))),
    )
    return _document(pack, blocks)


def pack_slides(pack: Pack) -> Document:
    """The slides: each has its conclusion as title, and holds only what stands out or must be decided."""
    meeting, earlier = pack.meeting, fmt_period(pack.earlier)
    blocks: list[Block] = [
        Heading(_standing_title(pack)),
        Bullets(_findings(pack)),
        Heading(t("pack.slide.figures")),
        _figures(pack),
        Heading(t("pack.slide.decide", n=_n(pack.sheets["decide"].frame.height))),
        replace(_matters(pack), notes=()),
    ]
    blocks += [
        Heading(_new_title(pack)),
        *_said(words.identified(meeting, earlier)),
        *_only(pack, "new", pl.col("unmonitored") > 0),
        Heading(_measures_title(pack)),
        *_said(words.measures(meeting, earlier)),
        *_only(pack, "needs", pl.col("without_measure") > 0),
        Heading(_hazards_title(meeting)),
        *_said(words.hazards(meeting)),
    ]
    blocks += [Heading(t("pack.slide.areas", n=_n(pack.sheets["areas"].frame.height))), *_shown(pack, "areas")]
    late = pack.sheets["lists"].frame.height
    blocks += [Heading(t("pack.slide.lists", n=_n(late))), *_shown(pack, "lists")]
    off = int((meeting.issues["overdue"] + meeting.issues["failed"]).sum())
    blocks += [Heading(t("pack.slide.issues", n=_n(off))), *_shown(pack, "issues")]
    blocks += [Heading(_actions_title(meeting)), *_only(pack, "actions", _unsettled(), _ACTIONS_SHOWN)]
    return _document(pack, tuple(blocks))


def _document(pack: Pack, blocks: tuple[Block, ...]) -> Document:
    kind = "quarter" if "Q" in pack.period else "month"
    title = t(f"pack.title.{kind}", place=pack.meta.place, period=fmt_period(pack.period))
    return Document(title, pack.meta, blocks, subtitle=signed(pack.meta))


def _findings(pack: Pack) -> tuple[str, ...]:
    earlier = fmt_period(pack.earlier)
    return tuple(words.findings(pack.meeting, pack.compared, pack.meta.place, earlier, pack.titles))


def _figures(pack: Pack) -> KeyFigures:
    return key_figures(pack.meeting.metrics, pack.evaluation, HEADLINES)


def _said(sentences: list[str]) -> list[Block]:
    return [Bullets(tuple(sentences))] if sentences else []


def _table(pack: Pack, name: str, names: Sequence[str] = (), *, notes: tuple[str, ...] | None = None) -> DataTable:
    """A part of the workbook as a table, with its title in words; `notes` in place of those under the sheet."""
    table = as_table(pack.sheets[name], names, title=t(f"pack.table.{name}", place=pack.meta.place))
    return table if notes is None else replace(table, notes=notes)


def _matters(pack: Pack) -> DataTable:
    return replace(_table(pack, "decide"), widths=_MATTERS)


def _actions(pack: Pack) -> list[Block]:
    sentence = (
        parts.actions_say(pack.meeting.actions) if pack.meeting.actions.height else t("joint_meeting.actions.none")
    )
    return [
        Paragraph(sentence),
        *([_table(pack, "actions", _ACTIONS, notes=())] if pack.meeting.actions.height else []),
    ]


def parts_sentence(pack: Pack) -> str:
    """How the departments sent their lists."""
    return pack.sheets["departments"].notes[0]


def _shown(pack: Pack, name: str) -> list[Block]:
    """The table, where it has rows."""
    return [_table(pack, name, notes=())] if pack.sheets[name].frame.height else [Paragraph(t("pack.slide.none"))]


def _only(pack: Pack, name: str, rows: pl.Expr, names: Sequence[str] = ()) -> list[Block]:
    """The rows of a table that stand out; no table where none does."""
    table = _table(pack, name, names, notes=())
    kept = table.frame.filter(rows)
    return [replace(table, frame=kept, total=None)] if kept.height else []


def _unsettled() -> pl.Expr:
    return pl.col("days_late").is_not_null() & pl.col("done_on").is_null()


# -- titles of slides: what is to be seen on them ---------------------------------------------------------------------


def _standing_title(pack: Pack) -> str:
    rows = words.rows_of(pack.meeting)
    cover, missed = rows.get("coverage_rate"), rows.get("missed_rate")
    if cover is None or missed is None or cover["state"] != "known":
        return t("report.standing")
    said = {"eligible": _n(cover["denominator"]), "covered": _n(cover["numerator"]), "missed": _n(missed["numerator"])}
    return t("pack.slide.standing", **said)


def _new_title(pack: Pack) -> str:
    totals = pack.meeting.totals
    if totals.is_empty():
        return t("pack.task.1")
    now = totals.row(-1, named=True)
    return t("pack.slide.new", monitored=_n(now["monitored"]), unmonitored=_n(now["unmonitored"]))


def _measures_title(pack: Pack) -> str:
    row = words.rows_of(pack.meeting).get("measures_done")
    if row is None or row["state"] != "known":
        return t("pack.task.2")
    return t("pack.slide.measures", due=_n(row["denominator"]), done=_n(row["numerator"]))


def _hazards_title(meeting: Meeting) -> str:
    found = words.hazards_found(meeting)
    return t("pack.slide.hazards", n=_n(len(found.found))) if found.found else t("pack.slide.hazards_none")


def _actions_title(meeting: Meeting) -> str:
    late = meeting.actions.filter(pl.col("state") == "overdue")
    carried = late.filter(pl.col("is_carried").fill_null(False)).height
    return t("pack.slide.actions", n=_n(late.height), carried=_n(carried))


def _n(number: int) -> str:
    return fmt_number(number)
