"""One household, one file, one plan: the household page on paper, from the same questions and in the same words.

Source: ST-5c, BX-5, BX-6, BX-7b.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import polars as pl

from warehouse.exports.cells import Column
from warehouse.exports.document import (
    Block,
    Bullets,
    DataTable,
    Document,
    Form,
    Heading,
    Paragraph,
    Signatures,
)
from warehouse.exports.xlsx import Meta
from warehouse.i18n import fmt_date, fmt_month, fmt_number, join_words, label, t
from warehouse.queries.household import WholeFile
from warehouse.words import household as words
from warehouse.words import household_ledgers as ledger_words
from warehouse.words import household_tables as tables
from warehouse.words.tables import Grid
from warehouse.words.village import work as worded_work

# The newest events that a file of two pages has room for; all of them stand on the page.
EVENTS_SHOWN = 6
# Given, so that no language lays the page across.
_MEMBER_WIDTHS = (0.09, 0.1, 0.07, 0.06, 0.1, 0.08, 0.13, 0.1, 0.1, 0.09, 0.08)
_DUE_WIDTHS = (0.5, 0.35, 0.15)
_FINDING_WIDTHS = (0.18, 0.31, 0.1, 0.27, 0.14)
_LEDGER_WIDTHS = (0.09, 0.24, 0.08, 0.145, 0.145, 0.2, 0.1)
_INCOME_WIDTHS = (0.04, 0.31, 0.15, 0.04, 0.31, 0.15)


def household_file(whole: WholeFile, meta: Meta, *, period: str, reason: str | None = None) -> Document:
    """The file of one household. reason: why names are whole; null: they are masked."""
    file = whole.file
    names = t("household.paper.revealed", reason=reason) if reason else t("household.paper.masked")
    return Document(
        t("household.paper.title"),
        meta,
        (
            *_standing(whole),
            *_members(whole),
            *_income(whole),
            *_tests(whole),
            *_plan(whole),
            *_monitoring(whole),
            *_open(whole),
            Paragraph(names, is_note=True),
            Signatures(tuple(t(f"household.sign.{role}") for role in ("contact", "head", "leader"))),
        ),
        period=period,
        subtitle=words.heading(file),
        is_internal=True,
        is_card=True,
    )


def _standing(whole: WholeFile) -> Iterator[Block]:
    """Tiers and risk, why, the gaps, what would change it."""
    file = whole.file
    yield Form(
        (
            (t("household.tile.data"), label("tier", file["tier_eligible"])),
            (t("household.tile.register"), label("tier", file["tier_registered"])),
            (t("household.tile.risk"), label("risk_level", file["risk_level"])),
            (t("household.source_month"), fmt_month(whole.month)),
        )
    )
    yield Heading(t("household.paper.verdict"))
    first, *gaps = words.verdict(file)
    yield Paragraph(f"**{first}** {words.why(file)}")
    known = file["tier_eligible"] != "unknown"
    none = t("household.no_gap" if known else "household.no_gap_unknown")
    registers = (*ledger_words.ways_out(file), ledger_words.difference(whole.difference), ledger_words.watched(file))
    said = (*(gaps or [none]), words.risk(file), *registers)
    yield Paragraph("".join(t("household.paper.sentence", text=text.rstrip("。. ")) for text in said if text))
    yield Bullets(tuple(words.changes(file)) or (t("household.no_change"),))
    yield Paragraph(t("household.changes_note"), is_note=True)


def _members(whole: WholeFile) -> Iterator[Block]:
    yield Heading(t("household.paper.members"))
    yield _table("", tables.members_table(whole.members), widths=_MEMBER_WIDTHS)


def _income(whole: WholeFile) -> Iterator[Block]:
    """Income a head on the left, dibao income and rigid spending on the right; that there is none, where unknown."""
    file = whole.file
    if not file["income_known"]:
        yield Heading(t("household.paper.income"))
        yield Paragraph(words.income_unknown(whole.parameters))
        return
    start, end = fmt_date(file["income_period_start"]), fmt_date(file["income_period_end"])
    income, dibao, rigid = tables.ledger_tables(file)
    beside = zip_longest(_ledger([income]), _ledger([dibao, rigid]), fillvalue=("", "", ""))
    rows = tuple((*left, *right) for left, right in beside)
    yield Heading(t("household.paper.income_of", start=start, end=end))
    yield _table("", Grid((*income[1].head, *dibao[1].head), rows, right=(2, 5)), widths=_INCOME_WIDTHS)


def _ledger(ledgers: list[tuple[str, Grid]]) -> list[tuple[str, ...]]:
    """Ledgers under one another, each under its title; the note of a line behind its words."""
    rows: list[tuple[str, ...]] = []
    for title, ledger in ledgers:
        rows.append(("", title, ""))
        rows += _in_lines(ledger).rows
    return rows


def _in_lines(grid: Grid) -> Grid:
    """The table with what stands under the words of a cell set behind them: paper breaks lines by itself."""
    rows = tuple(tuple(cell.replace("\n", t("household.separator")) for cell in row) for row in grid.rows)
    return replace(grid, rows=rows)


def _tests(whole: WholeFile) -> Iterator[Block]:
    yield Heading(t("household.paper.tests"))
    found = words.tests(whole.file, whole.parameters, whole.members)
    apart = t("household.separator")
    sources = apart.join(dict.fromkeys(part for test in found for part in test.source.split(apart)))
    notes = (t("household.paper.sources", sources=sources),)
    yield _table("", tables.tests_table(found).without(t("household.test.source")), notes=notes)
    yield _table("", tables.tiers_table(whole.file), widths=(0.2, 0.6, 0.2))
    yield from _assets(whole)


def _assets(whole: WholeFile) -> Iterator[Block]:
    """What was found, with who answers for it; the kinds of which nothing was found in one line."""
    whole_table, nothing = tables.assets_table(whole.file, whole.checked), t("household.assets.not_found")
    none = t("household.paper.assets_none", parts=join_words([row[0] for row in whole_table.rows if row[1] == nothing]))
    found = tuple(row for row in whole_table.rows if row[1] != nothing)
    notes = (none,) if len(found) < len(whole_table.rows) else ()
    if found:
        yield _table(t("household.assets.title"), replace(whole_table, rows=found), notes=notes)
    else:
        yield Paragraph(f"**{t('household.assets.title')}**{t('household.paper.colon')}{none}")


def _plan(whole: WholeFile) -> Iterator[Block]:
    """Needs and what answers them, measures, and room for the next step."""
    yield Heading(t("household.paper.plan"))
    if whole.ledgers.height:
        yield _table(
            t("household.paper.ledgers"), _in_lines(tables.ledgers_table(whole.ledgers)), widths=_LEDGER_WIDTHS
        )
    else:
        yield Paragraph(t("household.ledgers_none"))
    if whole.measures.height:
        yield _table(t("household.paper.measures"), tables.measures_table(whole.measures))
    else:
        yield Paragraph(t("household.measures_none"))
    yield Form(((t("household.paper.plan_line"), None),), across=1)


def _monitoring(whole: WholeFile) -> Iterator[Block]:
    """Each spell with its steps, and for the newest whether it may end."""
    if whole.steps.is_empty():
        return
    newest: Mapping[str, Any] = whole.steps.row(0, named=True)
    is_only = whole.steps.height == 1
    spells = t("household.paper.spells")
    yield Heading(t("household.paper.spell", heading=spells, spell=words.spell_words(newest)) if is_only else spells)
    publicity = whole.parameters.get("publicity_days", {}).get("number")
    for spell in whole.steps.iter_rows(named=True):
        yield _table("" if is_only else words.spell_words(spell), tables.steps_table(spell, publicity))
    terms = [f"{t(f'household.mark.{result}')} {term}" for term, _, result in ledger_words.readiness(newest)]
    yield Paragraph(f"**{t('household.paper.ready')}**{t('household.paper.colon')}{ledger_words.ready_words(newest)}")
    yield Paragraph(t("household.separator").join(terms), is_note=True)


def _open(whole: WholeFile) -> Iterator[Block]:
    """What is to be done, what happened last, what contradicts, what is missing."""
    yield Heading(t("household.paper.due"))
    # What contradicts stands in a table of its own, with who must correct it.
    contradicts = (pl.col("kind") == "finding") & pl.col("what").is_in(whole.findings["rule"].to_list())
    due = whole.due.filter(~contradicts.fill_null(False))
    if due.height:
        yield _table("", _in_lines(tables.due_table(worded_work(due))), widths=_DUE_WIDTHS)
    if whole.findings.height:
        title = t("household.paper.findings")
        yield _table(title, tables.findings_table(whole.findings), widths=_FINDING_WIDTHS)
    elif due.is_empty():
        yield Paragraph(t("household.due_none"))
    yield Heading(t("household.paper.visits"))
    if whole.events.is_empty():
        yield Paragraph(t("household.timeline_none"))
    else:
        shown = whole.events.head(EVENTS_SHOWN)
        more = whole.events.height - shown.height
        notes = (t("household.paper.more_events", n=fmt_number(more)),) if more else ()
        yield _table("", tables.events_table(words.told(shown)), notes=notes)
    yield Heading(t("household.paper.missing"))
    done = whole.measures.filter(pl.col("done_on").is_not_null()).height
    lost = words.missing(whole.file, whole.steps, whole.measures.height)
    yield Paragraph(ledger_words.completeness(whole.file, whole.steps, done))
    yield Bullets(tuple(lost) or (t("household.missing_none"),))


def _table(
    title: str, grid: Grid, *, widths: tuple[float, ...] | None = None, notes: tuple[str, ...] = ()
) -> DataTable:
    """A table of the page as a table of the paper. title: empty where the heading above says it."""
    names = [f"column_{place}" for place in range(len(grid.head))]
    frame = pl.DataFrame(grid.rows, schema=dict.fromkeys(names, pl.String), orient="row")
    columns = tuple(
        Column(name, head, "number" if at in grid.right else "text")
        for at, (name, head) in enumerate(zip(names, grid.head, strict=True))
    )
    return DataTable(title, columns, frame, notes=notes, widths=widths, strong=frozenset(grid.strong))
