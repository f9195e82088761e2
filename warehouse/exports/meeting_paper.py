"""The pack of a joint meeting as a paper for the table, and as slides for the projector, which hold exceptions only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from warehouse.app_db.decisions import DECISIONS
from warehouse.exports.document import (
    Block,
    Bullets,
    DataTable,
    Document,
    Form,
    Heading,
    KeyFigures,
    PageBreak,
    Paragraph,
    Signatures,
)
from warehouse.exports.quarterly import QuarterlyFrames
from warehouse.exports.report_paper import as_table, definitions_table, key_figures, signed
from warehouse.exports.xlsx import Meta, Sheet
from warehouse.i18n import code_text, fmt_date, fmt_number, fmt_period, t
from warehouse.meetings import Record
from warehouse.queries.joint_meeting import COMPARED, HEADLINES, Meeting
from warehouse.words import decided
from warehouse.words import joint_meeting as words
from warehouse.words.joint_meeting import Matter

_ACTIONS: Final = ("state", "text", "owner", "due_on", "days_late", "source")
_ACTION_WIDTHS: Final = (0.16, 0.3, 0.14, 0.175, 0.11, 0.115)
_MATTERS_SHOWN: Final = ("no", "touched", "matter", "where", "owner")
_MATTER_SLIDE_WIDTHS: Final = (0.06, 0.14, 0.34, 0.3, 0.16)
_MATTER_WIDTHS: Final = (0.07, 0.14, 0.28, 0.32, 0.19)
_MADE: Final = ("text", "owner", "due_on", "state")
_MADE_WIDTHS: Final = (0.5, 0.2, 0.16, 0.14)


@dataclass(frozen=True)
class Pack:
    """What is on the table: the meeting's frames, what is said of them, the workbook's tables by name, definitions.

    compared: of words.judged. titles: of the lists by code. before: words.decided.together, and as of which day.
    matters: for decision. owners: names of departments by code. record: what is kept here of meetings, null where the
    pack tells of a snapshot alone.
    """

    period: str
    earlier: str
    meeting: Meeting
    compared: pl.DataFrame
    titles: Mapping[str, str]
    before: pl.DataFrame
    before_note: str
    matters: tuple[Matter, ...]
    owners: Mapping[str, str]
    record: Record | None
    sheets: Mapping[str, Sheet]
    evaluation: QuarterlyFrames
    meta: Meta


def pack_paper(pack: Pack) -> Document:
    """The paper for the table: earlier decisions, how we stand, matters for decision, the three tasks, what is off.

    Source: YL-2a, YL-5a, YL-5b.
    """
    told = {*HEADLINES, *COMPARED}
    blocks: tuple[Block, ...] = (
        Heading(t("joint_meeting.tab.actions")),
        *_earlier(pack, t("pack.earlier_in_annex", n=_n(pack.before.height))),
        Heading(t("report.standing")),
        Bullets(_findings(pack)),
        _figures(pack),
        Heading(t("joint_meeting.section.decide")),
        _matters(pack),
        *_made(pack),
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
        _table(pack, "areas", notes=_chance(pack)),
        Heading(t("pack.off.lists"), 2),
        Paragraph(parts_sentence(pack)),
        _table(pack, "departments", notes=()),
        _table(pack, "lists", notes=()),
        Heading(t("pack.off.issues"), 2),
        _table(pack, "issues", notes=()),
        PageBreak(),
        Heading(t("report.annex", n=1, title=t("joint_meeting.tab.actions")), is_numbered=False),
        replace(_actions(pack), notes=(pack.before_note,)),
        Heading(t("report.annex", n=2, title=t("export.definitions.title")), is_numbered=False),
        definitions_table(pack.evaluation.definitions.filter(pl.col("metric").is_in(told))),
    )
    return _document(pack, blocks)


def pack_slides(pack: Pack) -> Document:
    """The slides: each has its conclusion as title, and holds only what stands out or must be decided."""
    meeting, earlier = pack.meeting, fmt_period(pack.earlier)
    blocks: list[Block] = [
        Heading(decided.headline(pack.before) if pack.before.height else t("decided.none")),
        *_late(pack),
        Heading(_standing_title(pack)),
        Bullets(_findings(pack)),
        Heading(t("pack.slide.figures")),
        _figures(pack),
        Heading(t("pack.slide.decide", n=_n(len(pack.matters)))),
        replace(_table(pack, "decide", _MATTERS_SHOWN, notes=()), widths=_MATTER_SLIDE_WIDTHS),
        *_made(pack),
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
    blocks += [Heading(words.off_title(pack.compared)), *_shown(pack, "areas"), *_said(list(_chance(pack)))]
    late = pack.sheets["lists"].frame.height
    blocks += [Heading(t("pack.slide.lists", n=_n(late))), *_shown(pack, "lists")]
    off = int((meeting.issues["overdue"] + meeting.issues["failed"]).sum())
    blocks += [Heading(t("pack.slide.issues", n=_n(off))), *_shown(pack, "issues")]
    return _document(pack, tuple(blocks))


def minutes_paper(pack: Pack, meeting: Mapping[str, Any]) -> Document:
    """A draft of the minutes: what was heard, what became of earlier decisions, what was decided and what was not.

    meeting: the one held, of meetings.Record. Who presided and who came is not known here: room is left to write it.
    Source: YL-5a, YL-5b.
    """
    made = pack.record.made if pack.record else pl.DataFrame(schema=DECISIONS)
    period, kind, held = fmt_period(pack.period), code_text(meeting["kind"]), fmt_date(meeting["held_on"])
    open_ones = [matter for matter in pack.matters if made.filter(matter_key=matter.key).is_empty()]
    blocks: list[Block] = [
        Form(
            (
                (t("minutes.held_on"), held),
                (t("minutes.at"), None),
                (t("minutes.chair"), None),
                (t("minutes.recorder"), None),
            )
        ),
        Form(((t("minutes.present"), None), (t("minutes.absent"), None)), across=1),
        Paragraph(t("minutes.opening", held=held, unit=pack.meta.unit, period=period, kind=kind)),
        Heading(t("report.standing")),
        Bullets(_findings(pack)),
        Heading(t("joint_meeting.tab.actions")),
        *_earlier(pack),
        Heading(t("decided.session.made")),
        Paragraph(t("minutes.decided", n=_n(made.height)) if made.height else t("minutes.decided_none")),
    ]
    for row in made.iter_rows(named=True):
        owner, due = pack.owners.get(row["owner"], row["owner"]), fmt_date(row["due_on"])
        decision = row["decision"].rstrip("。.")
        blocks += [
            Heading(row["matter"].rstrip("。."), 2),
            Paragraph(t("minutes.item", decision=decision, owner=owner, due=due)),
        ]
    if open_ones:
        blocks += [Heading(t("minutes.undecided")), Bullets(tuple(_undecided(matter) for matter in open_ones))]
    blocks += [Paragraph(t("minutes.draft"), is_note=True), Signatures((t("minutes.signed"),))]
    title = t("minutes.title", place=pack.meta.place, period=period, kind=kind)
    return Document(title, pack.meta, tuple(blocks), subtitle=t("minutes.under", unit=pack.meta.unit, day=held))


def _undecided(matter: Matter) -> str:
    return t("minutes.open_matter", matter=matter.matter, amount=matter.amount)


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
    """Matters with where they are, the wording that may be decided, and the office that acts."""
    table = _table(pack, "decide", ("no", "touched", "matter", "proposal", "owner"))
    rows = table.frame.iter_rows(named=True)
    matters = ["\n".join(part for part in (row["matter"], row["where"], row["settled"]) if part) for row in rows]
    frame = table.frame.with_columns(pl.Series("matter", matters, dtype=pl.String))
    return replace(table, frame=frame, widths=_MATTER_WIDTHS)


def _earlier(pack: Pack, where: str = "") -> list[Block]:
    """How earlier decisions stand, and those carried or past their day; `where` the others are."""
    late = _late(pack)
    return [Paragraph(decided.say(pack.before) + (where if pack.before.height else "")), *late]


def _actions(pack: Pack, rows: Sequence[int] | None = None) -> DataTable:
    """What became of earlier decisions, carried ones first; each tells its newest report and its source."""
    table = _table(pack, "actions", _ACTIONS, notes=())
    texts = [
        f"{row['text']}\n{t('pack.told', told=row['told'])}" if row["told"] else row["text"]
        for row in table.frame.iter_rows(named=True)
    ]
    frame = table.frame.with_columns(pl.Series("text", texts, dtype=pl.String))
    return replace(table, frame=frame if rows is None else frame[list(rows)], widths=_ACTION_WIDTHS)


def _late(pack: Pack) -> list[Block]:
    """Earlier decisions past their day, those carried first."""
    late = (pl.col("state") == "overdue") | pl.col("is_carried").fill_null(False)
    rows = pack.before.with_row_index("at").filter(late)["at"].to_list()
    return [replace(_actions(pack, rows), title=t("pack.table.late", place=pack.meta.place))] if rows else []


def _made(pack: Pack) -> list[Block]:
    """What the meeting decided, once one was held and has decided something."""
    record = pack.record
    if record is None or record.opened is None or record.made.is_empty():
        return []
    said = {"held": fmt_date(record.opened["held_on"]), "kind": code_text(record.opened["kind"])}
    title = t("pack.made", n=_n(record.made.height), **said)
    return [Heading(title), replace(_table(pack, "made", _MADE, notes=()), widths=_MADE_WIDTHS)]


def _chance(pack: Pack) -> tuple[str, ...]:
    """How many of the areas that are off chance alone would set apart."""
    said = words.off_chance(pack.compared)
    return (said,) if said else ()


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


def _n(number: int) -> str:
    return fmt_number(number)
