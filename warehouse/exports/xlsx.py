"""Real Excel tables: typed cells, frozen header, number formats, a block that says what the table is and whence."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

import polars as pl
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from warehouse.exports.cells import Column, Kind, cells, safe_text
from warehouse.i18n import fmt_instant, fmt_month, language, t

_FORMATS: Final[dict[Kind, str]] = {
    "text": "@",
    "integer": "#,##0",
    "number": "#,##0.0",
    "share": "0.0%",
    "money": "#,##0.00",
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
}
_FONT: Final = "宋体"
_NARROWEST, _WIDEST, _MEASURED_ROWS = 9, 46, 300
_LINE: Final = 16.5


@dataclass(frozen=True)
class Frozen:
    """The release that figures come from: its name, and when it was frozen (UTC)."""

    name: str
    frozen_at: datetime


@dataclass(frozen=True)
class Meta:
    """Where the figures of an export come from.

    unit: the office that answers for it. place: the whole (全镇). data_month: newest month of data. sample_data: made
    of sample data, said on every sheet. stand_ins: parameters for which another place's value stands in. frozen: the
    release, if the figures are those of one.
    """

    unit: str
    place: str
    snapshot_id: str
    built_at: datetime
    data_month: date
    rules_version: str
    sample_data: bool = False
    stand_ins: tuple[str, ...] = ()
    frozen: Frozen | None = None


@dataclass(frozen=True)
class Sheet:
    """One table: name of the tab, title over the table, its columns and frame, notes under it, a total row or none."""

    name: str
    title: str
    columns: list[Column]
    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    total: tuple[Any, ...] | None = None


def workbook(sheets: list[Sheet], meta: Meta, *, period: str | None = None) -> bytes:
    """The sheets as one .xlsx. Equal input gives equal bytes: the only date inside is the snapshot's.

    `period` is the period in the reader's language, printed in the block over each table.
    """
    out = BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    book.set_properties(
        {
            "title": safe_text(sheets[0].title),
            "author": safe_text(meta.unit),
            "created": meta.built_at.replace(tzinfo=None),
        }
    )
    styles = _Styles(book)
    for sheet in sheets:
        _write(book.add_worksheet(_tab_name(sheet.name)), sheet, meta, period, styles)
    book.close()
    return out.getvalue()


class _Styles:
    """The cell formats of a workbook, made once."""

    def __init__(self, book: Workbook) -> None:
        font = {"font_name": _FONT, "font_size": 11}
        self.title = book.add_format(font | {"font_size": 16, "bold": True})
        self.block = book.add_format(font | {"font_color": "#57636D"})
        self.sample = book.add_format(font | {"bold": True, "font_color": "#0B6670"})
        self.note = book.add_format(font | {"font_color": "#57636D"})
        edge = {"border": 1, "border_color": "#C7CFD5", "valign": "top"}
        self.header = book.add_format(
            font
            | edge
            | {"bold": True, "bg_color": "#EDF0F2", "text_wrap": True, "align": "center", "valign": "vcenter"}
        )
        self.kinds = {k: _kind_format(book, font | edge, k, bold=False) for k in _FORMATS}
        self.totals = {k: _kind_format(book, font | edge, k, bold=True) for k in _FORMATS}


def _kind_format(book: Workbook, look: dict[str, Any], kind: Kind, *, bold: bool) -> Format:
    wrap = {"text_wrap": True, "align": "left", "indent": 1} if kind == "text" else {}
    return book.add_format(look | wrap | {"num_format": _FORMATS[kind], "bold": bold})


def _write(page: Worksheet, sheet: Sheet, meta: Meta, period: str | None, styles: _Styles) -> None:
    header_at = _write_block(page, sheet, meta, period, styles)
    rows = cells(sheet.frame, sheet.columns)
    widths = [_width(c, [row[at] for row in rows[:_MEASURED_ROWS]]) for at, c in enumerate(sheet.columns)]
    for at, column in enumerate(sheet.columns):
        page.write_string(header_at, at, safe_text(column.title), styles.header)
        page.set_column(at, at, widths[at])
    page.set_row(header_at, _height([column.title for column in sheet.columns], widths))
    for down, row in enumerate(rows, start=header_at + 1):
        page.set_row(down, _height(row, widths))
        _write_row(page, down, row, sheet.columns, styles.kinds)
    end = header_at + len(rows)
    if rows:
        page.autofilter(header_at, 0, end, len(sheet.columns) - 1)
    else:
        end += 1
        page.write_string(end, 0, t("export.no_rows"), styles.note)
    if sheet.total is not None:
        end += 1
        _write_row(page, end, list(sheet.total), sheet.columns, styles.totals)
    for down, note in enumerate(sheet.notes, start=end + 2):
        page.write_string(down, 0, safe_text(note), styles.note)
    page.freeze_panes(header_at + 1, 1)
    page.repeat_rows(header_at)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer("&C&P / &N")


def _write_block(page: Worksheet, sheet: Sheet, meta: Meta, period: str | None, styles: _Styles) -> int:
    """Title, unit and period, data month and snapshot, and the warning on sample data. Returns: the header's row."""
    page.write_string(0, 0, safe_text(sheet.title), styles.title)
    page.set_row(0, 26)
    first = [t("export.unit", unit=meta.unit)]
    if period:
        first.append(t("export.period", period=period))
    first.append(t("export.data_month", month=fmt_month(meta.data_month)))
    whence = t("export.snapshot", snapshot=meta.snapshot_id, rules=meta.rules_version, built=fmt_instant(meta.built_at))
    lines = [("　" if language() == "zh_CN" else "   ").join(first), whence]
    if meta.frozen:
        lines.append(t("export.frozen", name=meta.frozen.name, at=fmt_instant(meta.frozen.frozen_at)))
    if meta.stand_ins:
        lines.append(t("export.stand_ins", names=t("format.list_separator").join(meta.stand_ins)))
    for down, line in enumerate(lines, start=1):
        page.write_string(down, 0, safe_text(line), styles.block)
    if meta.sample_data:
        page.write_string(len(lines) + 1, 0, t("export.sample_data"), styles.sample)
        return len(lines) + 3
    return len(lines) + 2


def _write_row(page: Worksheet, down: int, row: list[Any], columns: list[Column], styles: dict[Kind, Format]) -> None:
    for at, (value, column) in enumerate(zip(row, columns, strict=True)):
        style = styles[column.kind]
        if value is None:
            page.write_blank(down, at, None, style)
        elif isinstance(value, str):
            page.write_string(down, at, safe_text(value), styles["text"])
        elif isinstance(value, date):
            page.write_datetime(down, at, value, style)
        else:
            page.write_number(down, at, value, style)


def _width(column: Column, values: list[Any]) -> float:
    """Room for the widest cell, a Chinese character counted as two, wrapped over the widest allowed."""
    longest = max([_cells_wide(value, column.kind) for value in values], default=0)
    return min(_WIDEST, max(_NARROWEST, longest + 4, min(16, _cells_wide(column.title, "text") + 4)))


def _height(values: list[Any], widths: list[float]) -> float:
    """Room for the most lines that a text of the row wraps to; programs differ in fitting rows by themselves."""
    lines = 1
    for value, width in zip(values, widths, strict=True):
        if isinstance(value, str):
            lines = max(
                lines, sum(max(1, math.ceil((_cells_wide(part, "text") + 2) / width)) for part in value.split("\n"))
            )
    return lines * _LINE


def _cells_wide(value: Any, kind: Kind) -> int:
    if value is None:
        return 0
    if isinstance(value, str):
        return max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in part) for part in value.split("\n"))
    if kind in ("date", "month"):
        return 10
    return len(f"{value:,.2f}") if kind == "money" else len(f"{value:,.0f}") + (2 if kind == "number" else 0)


def _tab_name(name: str) -> str:
    """A tab's name without what Excel forbids, at most 31 characters."""
    return re.sub(r"[\[\]:*?/\\']", " ", name)[:31]
