"""The letter that goes back to a department with what it must correct: the same rows as the workbook, on paper.

Source: YL-6, BX-8.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Final

import polars as pl

from warehouse.exports import returns as tables
from warehouse.exports.cells import Column
from warehouse.exports.document import Block, Bullets, DataTable, Document, Form, Heading, Paragraph
from warehouse.exports.forms import FORMS, FormName
from warehouse.i18n import fmt_date, fmt_month, fmt_number, in_language, language, t
from warehouse.intake import explained
from warehouse.queries.returns import Returns
from warehouse.words.exports import meta

RETURN_FORMS: Final[tuple[FormName, ...]] = ("xlsx", "docx", "pdf")
_REASONS_TOLD: Final = 5


def write(found: Returns, form: FormName) -> bytes:
    """What a department must correct in one of RETURN_FORMS."""
    return tables.returns_workbook(found) if form == "xlsx" else FORMS[form].write(letter(found))


def letter(found: Returns) -> Document:
    """To whom, what came, what was refused and why, what to do and by when; then the rows themselves."""
    department, month = in_language(found.department["name"], found.department["name_en"]), fmt_month(found.month)
    findings, unread = tables.told_findings(found.findings), tables.unread_values(found.files)
    summary = tables.summary(found, findings, unread)
    to_do = summary.filter(pl.col("fix").is_not_null(), pl.col("n") > 0)
    refused = explained(tables.listed(found.rejected), language())
    blocks: list[Block] = [
        Paragraph(t("letter.to", department=department)),
        Paragraph(t("letter.opening", month=month)),
        Heading(t("letter.part.came")),
        *_table("files", _files(found), ("list", "files", "rows_read", "rows_accepted", "rows_quarantined")),
        *_table(
            "pushes", tables.pushes(found.pushes), ("month", "list", "due_on", "received_on", "days_late", "state")
        ),
        Heading(t("letter.part.refused")),
        *_why(refused),
        Heading(t("letter.part.correct")),
        *_table("summary", to_do, ("item", "n", "fix")),
        Paragraph(_by_when(found)),
        Form(
            ((t("letter.form.unit"), None), (t("letter.form.contact"), None), (t("letter.form.date"), None)), across=1
        ),
    ]
    annexes = (
        ("rejected", refused, ("list", "file_name", "row_no", "column_title", "shown", "reason", "fix")),
        ("unread", unread, ("list", "file_name", "column_title", "cells", "fix")),
        ("findings", findings, ("list", "row_no", "household_no", "area_name", "rule_name", "said", "fix")),
        ("unlinked", tables.unlinked(found.unlinked), ("list", "file_name", "row_no", "area_name", "reason", "fix")),
    )
    for name, frame, columns in annexes:
        if frame.height:
            blocks += [Heading(t("letter.annex", what=t(f"returns.{name}.tab"))), *_table(name, frame, columns)]
    return Document(
        title=t("letter.title"),
        subtitle=department,
        period=month,
        meta=meta(found.place),
        blocks=tuple(blocks),
        is_internal=True,
    )


def _table(name: str, frame: pl.DataFrame, columns: tuple[str, ...]) -> list[Block]:
    if frame.is_empty():
        return [Paragraph(t("returns.nothing"))]
    heads = tuple(Column(column, t(f"returns.column.{column}"), tables.KINDS.get(column, "text")) for column in columns)
    note = (t(f"returns.{name}.note"),) if name not in ("summary", "files") else ()
    return [DataTable(t(f"returns.{name}.tab"), heads, frame, notes=note)]


def _files(found: Returns) -> pl.DataFrame:
    """What came, list by list. Returns: one row per list: list, files, rows_read, rows_accepted, rows_quarantined."""
    counts = ("rows_read", "rows_accepted", "rows_quarantined")
    return tables.listed(found.files).group_by("list", maintain_order=True).agg(
        pl.len().alias("files"), *(pl.col(name).sum() for name in counts)
    )  # fmt: skip


def _why(refused: pl.DataFrame) -> list[Block]:
    """Why rows were refused, the commonest reasons first."""
    if refused.is_empty():
        return [Paragraph(t("letter.none_refused"))]
    reasons = Counter(refused["reason"].to_list()).most_common()
    told = [t("letter.reason", reason=reason, n=fmt_number(n)) for reason, n in reasons[:_REASONS_TOLD]]
    if rest := sum(n for _, n in reasons[_REASONS_TOLD:]):
        told.append(t("letter.reason.rest", n=fmt_number(rest)))
    return [Paragraph(t("letter.refused", n=fmt_number(refused.height))), Bullets(tuple(told))]


def _by_when(found: Returns) -> str:
    """With the lists of the next month: a month after the latest day on which those of this one were due."""
    due: list[dt.date] = found.pushes.filter(pl.col("month") == found.month)["due_on"].drop_nulls().to_list()
    if not due:
        return t("letter.by_when.no_day")
    last = max(due)
    after = last.year * 12 + last.month
    return t("letter.by_when", day=fmt_date(dt.date(after // 12, after % 12 + 1, min(last.day, 28))))
