"""The visit list of a village as a paper: an overview by deadline, then one sheet per household to take along.

It holds the least a visitor needs: no ID, no account, no name of an illness; the head's name only if it was revealed.
Source: DB-7 "one visit, one form, shared result", ST-2c, DJ-5.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse.exports.cells import Column
from warehouse.exports.document import (
    Block,
    Bullets,
    Choices,
    DataTable,
    Document,
    Form,
    Heading,
    PageBreak,
    Paragraph,
    Signatures,
)
from warehouse.exports.xlsx import Meta, Sheet, workbook
from warehouse.i18n import fmt_date, fmt_number, join_words, t
from warehouse.words import visit_list as words
from warehouse.words.visit_list import VisitList

# With more matters than this a sheet has one place to write for all of them, so that it stays one sheet.
_LINES_FOR_EACH = 3
_OVERVIEW_WIDTHS = (0.07, 0.15, 0.10, 0.07, 0.07, 0.15, 0.30, 0.09)


@dataclass(frozen=True)
class VisitPaper:
    """What stands over the list. name: of the village. period: in words. as_of: of the ledgers. month: of the data.
    contacts: queries.village.contacts."""

    name: str
    period: str
    as_of: dt.date
    month: dt.date
    contacts: pl.DataFrame


def visit_document(listed: VisitList, paper: VisitPaper, meta: Meta) -> Document:
    """The whole list: overview, matters of no single household, one sheet per household."""
    blocks: list[Block] = [
        Heading(t("visit.section.overview")),
        Bullets(_sentences(listed, paper)),
        _overview(listed, paper.name),
    ]
    if listed.of_village.height:
        blocks += [Heading(t("visit.section.village")), _of_village(listed.of_village)]
    blocks.append(PageBreak())
    blocks.append(Heading(t("visit.section.sheets")))
    for place, household in enumerate(listed.households.iter_rows(named=True)):
        if place:
            blocks.append(PageBreak())
        blocks += _sheet(listed, household)
    return Document(
        t("visit.title", name=paper.name),
        meta,
        tuple(blocks),
        period=paper.period,
        subtitle=t("visit.subtitle"),
        is_internal=True,
        is_card=True,
    )


def visit_sheet(listed: VisitList, paper: VisitPaper, meta: Meta) -> Document:
    """The sheet of one household alone. `listed` holds that household."""
    household = listed.households.row(0, named=True)
    blocks = (Paragraph(words.as_of(paper.as_of, paper.month), is_note=True), *_sheet(listed, household))
    title, place = t("visit.title_one"), f"{paper.name} {household['household_no'] or ''}".strip()
    return Document(title, meta, blocks, period=paper.period, subtitle=place, is_internal=True, is_card=True)


def visit_workbook(listed: VisitList, paper: VisitPaper, meta: Meta) -> bytes:
    """The same list as .xlsx for those who plan in Excel: an overview and one row per matter, with room for results."""
    notes = _sentences(listed, paper)
    empty = pl.lit(None, dtype=pl.String)
    chosen = [" / ".join(words.options(kind)) for kind in listed.matters["kind"]]
    matters = (
        listed.matters.drop("head_name")
        .join(listed.households.select("place", "head_name"), on="place", how="left", maintain_order="left")
        .with_columns(pl.Series("options", chosen, dtype=pl.String), empty.alias("result"), empty.alias("visited_on"))
    )
    title = t("visit.title", name=paper.name)
    kinds = {"place": "integer", "due_on": "date", "since": "date"}
    heads = {
        "place": "visit.overview.place",
        "household_no": "visit.overview.no",
        "head_name": "visit.overview.head",
        "when": "visit.overview.when",
        "due_on": "village.column.due_on",
        "task": "village.column.task",
        "about": "village.column.what",
        "ask": "visit.column.ask",
        "since": "village.column.since",
        "clause": "village.column.clause",
        "options": "visit.column.options",
        "result": "visit.column.result",
        "visited_on": "visit.column.visited_on",
    }
    columns = [Column(name, t(key), kinds.get(name, "text")) for name, key in heads.items()]  # type: ignore[arg-type]
    overview = _overview(listed, paper.name)
    return workbook(
        [
            Sheet(t("visit.sheet.overview_tab"), title, list(overview.columns), overview.frame, notes=notes),
            Sheet(t("visit.sheet.matters_tab"), title, columns, matters),
        ],
        meta,
        period=paper.period,
    )


def _sentences(listed: VisitList, paper: VisitPaper) -> tuple[str, ...]:
    said = [words.burden(listed), words.late(listed), words.as_of(paper.as_of, paper.month)]
    if contacts := words.contacts(paper.contacts):
        said.append(t("visit.say.contact", contacts=contacts))
    return tuple(said)


def _overview(listed: VisitList, name: str) -> DataTable:
    names = {
        "place": "integer",
        "household_no": "text",
        "head_name": "text",
        "members": "integer",
        "matters": "integer",
        "when": "text",
        "tasks": "text",
        "done": "text",
    }
    keys = {"household_no": "no", "head_name": "head"}
    columns = tuple(
        Column(column, t(f"visit.overview.{keys.get(column, column)}"), kind)  # type: ignore[arg-type]
        for column, kind in names.items()
    )
    households, matters = fmt_number(listed.households.height), fmt_number(listed.matters.height)
    soon = pl.when(pl.col("due_on").is_null()).then(pl.lit(t("visit.overview.soon"))).otherwise(pl.col("when"))
    frame = listed.households.with_columns(soon.alias("when"), pl.lit(t("visit.overview.box")).alias("done"))
    late = frozenset(i for i, overdue in enumerate(frame["overdue"]) if overdue)
    title = t("visit.overview.title", name=name, households=households, matters=matters)
    return DataTable(title, columns, frame, widths=_OVERVIEW_WIDTHS, strong=late)


def _of_village(items: pl.DataFrame) -> DataTable:
    columns = (
        Column("task", t("visit.village.task")),
        Column("what", t("visit.village.what")),
        Column("due_on", t("visit.village.due"), "date"),
        Column("when", t("visit.village.when")),
    )
    return DataTable(t("visit.village.title"), columns, items)


def _sheet(listed: VisitList, household: Mapping[str, Any]) -> Iterator[Block]:
    """One household: who, what to bring, each matter with its boxes, room to write, signatures."""
    matters = listed.matters.filter(pl.col("place") == household["place"])
    head, number = household["head_name"] or "—", household["household_no"] or "—"
    heading = t("visit.sheet.heading", place=fmt_number(household["place"]), head=head, no=number)
    yield Heading(heading, level=2, is_numbered=False)
    count = "visit.sheet.count_late" if household["overdue"] else "visit.sheet.count"
    last = household["last_visited_on"]
    due = fmt_date(household["due_on"]) if household["due_on"] else t("visit.sheet.no_due")
    said = t(count, n=fmt_number(household["matters"]), late=fmt_number(household["overdue"]))
    yield Form(
        (
            (t("visit.sheet.members"), fmt_number(household["members"])),
            (t("visit.sheet.matters"), said),
            (t("visit.sheet.due"), due),
            (t("visit.sheet.last"), fmt_date(last) if last else t("visit.sheet.last_none")),
            (t("visit.sheet.address"), None),
            (t("visit.sheet.met"), None),
        )
    )
    if things := words.bring(matters["kind"].to_list()):
        yield Paragraph(t("visit.sheet.bring", items=join_words(things)), is_note=True)
    with_lines = matters.height <= _LINES_FOR_EACH
    for place, matter in enumerate(matters.iter_rows(named=True), start=1):
        question = f"{words.matter_words(matter, place)}\n{matter['ask']}\n"
        yield Choices(question, words.options(matter["kind"]), with_line=with_lines)
    yield Form(((t("visit.sheet.seen"), None), (t("visit.sheet.next"), None)), across=1)
    yield Paragraph(t("visit.sheet.note"), is_note=True)
    yield Signatures((t("visit.sign.visitor"), t("visit.sign.household")))
