"""A written list as a file: title, header, data, totals and notes laid out on a sheet, then CSV, XLSX or XLS.

Equal input gives equal CSV bytes and equal cells.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import xlsxwriter
import xlwt

from warehouse.contracts import Contract
from warehouse.sample.clerk import TOWN_COLUMN, Draft
from warehouse.sample.habits import Habit

CREATED = dt.datetime(2020, 1, 1)
Cell = str | float | int | dt.date | None


@dataclass(frozen=True)
class Sheet:
    """A list laid out. above: rows over the data, the last one or two of them the header.

    between: place of a data row -> rows that stand before it. merged: (row, column, row, column), all from 0.
    """

    title: str
    columns: tuple[str | None, ...]
    above: list[list[Cell]]
    header_rows: int
    between: dict[int, list[list[Cell]]]
    below: list[list[Cell]]
    merged: list[tuple[int, int, int, int]]
    rows: int

    def row_numbers(self) -> np.ndarray:
        """Row of each data row as a spreadsheet shows it, from 1."""
        extra = np.zeros(self.rows, dtype=np.int64)
        for place, lines in self.between.items():
            if place < self.rows:
                extra[place] += len(lines)
        return np.arange(self.rows) + len(self.above) + 1 + np.cumsum(extra)

    @property
    def header_row(self) -> int:
        """The row of the headings as a spreadsheet shows it, from 1: the lower one of two."""
        return len(self.above)


def lay_out(
    draft: Draft, contract: Contract, habit: Habit, place: str, month: dt.date, rng: np.random.Generator
) -> Sheet:
    """Where everything stands on the sheet; `place` is the profile's title, for the title row."""
    names: list[str | None] = [column.name for column in contract.columns]
    if habit.shuffled:
        names = [names[at] for at in rng.permutation(len(names))]
    if habit.number_column:
        names.insert(0, "#序号")
    if TOWN_COLUMN in draft.texts.columns:
        names.insert(names.index("village"), TOWN_COLUMN)
    names += [f"#{name}" for name in habit.extra_columns]
    if habit.blank_column:
        names.insert(0, None)
    columns = tuple(names)
    rows = draft.texts.height
    above, merged = _above(columns, contract, habit, place, month)
    return Sheet(
        title=contract.title,
        columns=columns,
        above=above,
        header_rows=2 if habit.two_row_header else 1,
        between=_between(draft, columns, contract, habit, rows, rng),
        below=_below(draft, columns, contract, habit, month),
        merged=merged,
        rows=rows,
    )


def _above(
    columns: tuple[str | None, ...], contract: Contract, habit: Habit, place: str, month: dt.date
) -> tuple[list[list[Cell]], list[tuple[int, int, int, int]]]:
    width = len(columns)
    above: list[list[Cell]] = []
    merged = []
    if habit.title_row:
        above.append([f"{place}{contract.title}（{month.year}年{month.month}月）", *[None] * (width - 1)])
        merged.append((0, 0, 0, width - 1))
    if habit.unit_row:
        line: list[Cell] = [None] * width
        line[0] = "填报单位："
        line[-1] = "单位：元" if width > 1 else line[-1]
        above.append(line)
    if habit.title_row and habit.blank_rows:
        above.append([None] * width)
    headings: list[Cell] = [_heading(name, habit) for name in columns]
    if not habit.two_row_header:
        return [*above, headings], merged
    first, last, word = _group(columns, contract)
    upper: list[Cell] = [None if first <= at <= last else heading for at, heading in enumerate(headings)]
    lower: list[Cell] = [heading if first <= at <= last else None for at, heading in enumerate(headings)]
    upper[first] = word
    row = len(above)
    merged += [(row, at, row + 1, at) for at in range(width) if not first <= at <= last and columns[at] is not None]
    merged.append((row, first, row, last))
    return [*above, upper, lower], merged


def _heading(name: str | None, habit: Habit) -> str | None:
    """The heading as typed: a stray space, or a line break where a workbook can hold one."""
    if name is None or name.startswith("#"):
        return None if name is None else name[1:]
    heading = habit.headings.get(name, name)
    if not habit.messy_headings:
        return heading
    kind = sum(map(ord, name)) % 4
    if kind == 0 and habit.kind != "csv" and len(heading) > 3:
        return f"{heading[: len(heading) // 2]}\n{heading[len(heading) // 2 :]}"
    return {1: f" {heading}", 2: f"{heading} ", 3: f"{heading[0]} {heading[1:]}"}.get(kind, heading)


def _group(columns: tuple[str | None, ...], contract: Contract) -> tuple[int, int, str]:
    """The longest run of neighbouring days or amounts, which the clerk puts under one heading."""
    kinds = {column.name: column.type for column in contract.columns}
    best = (0, -1, "")
    for kind, word in (("date", "时间"), ("money", "金额（元）"), ("code", "基本情况"), ("id", "基本情况")):
        start = None
        for at in range(len(columns) + 1):
            name = columns[at] if at < len(columns) else None
            if name is not None and kinds.get(name) == kind:
                start = at if start is None else start
            elif start is not None:
                if at - 1 - start > best[1] - best[0]:
                    best = (start, at - 1, word)
                start = None
    if best[1] < 0:
        named = [at for at, name in enumerate(columns) if name in kinds]
        return named[0], named[min(1, len(named) - 1)], "基本情况"
    return best


def _between(
    draft: Draft,
    columns: tuple[str | None, ...],
    contract: Contract,
    habit: Habit,
    rows: int,
    rng: np.random.Generator,
) -> dict[int, list[list[Cell]]]:
    """Blank rows in the middle, and 小计 rows after each village where the list is in the order of villages."""
    between: dict[int, list[list[Cell]]] = {}
    if habit.subtotals and is_subtotalled(contract, rows):
        villages = draft.values["village"].to_list()
        ends = [at for at in range(1, rows) if villages[at] != villages[at - 1]]
        for first, last in zip([0, *ends], [*ends, rows], strict=True):
            if last < rows:
                between[last] = [_sum_row("小计", draft, columns, contract, slice(first, last))]
    elif habit.blank_rows and rows > 5:
        between[int(rng.integers(2, rows - 1))] = [[None] * len(columns)]
    return between


def is_subtotalled(contract: Contract, rows: int) -> bool:
    kinds = {column.name: column.type for column in contract.columns}
    return 8 < rows < 800 and "money" in kinds.values() and "village" in kinds


def _below(
    draft: Draft, columns: tuple[str | None, ...], contract: Contract, habit: Habit, month: dt.date
) -> list[list[Cell]]:
    below: list[list[Cell]] = []
    width = len(columns)
    if habit.total_row and draft.texts.height:
        below.append(_sum_row("合计" if width % 2 else "总计", draft, columns, contract, slice(0, draft.texts.height)))
    if habit.notes:
        note: list[Cell] = [None] * width
        note[0] = f"注：以上数据统计截至{month.year}年{month.month}月底。"
        signed: list[Cell] = [None] * width
        signed[0] = "填表人：        审核人：        负责人（签章）："
        below += [[None] * width, note, signed]
    return below


def _sum_row(word: str, draft: Draft, columns: tuple[str | None, ...], contract: Contract, rows: slice) -> list[Cell]:
    """True sums of the amounts; a list without amounts counts its rows."""
    kinds = {column.name: column.type for column in contract.columns}
    line: list[Cell] = [None] * len(columns)
    first = next(at for at, name in enumerate(columns) if name is not None)
    summed = False
    for at, name in enumerate(columns):
        if name is not None and kinds.get(name) == "money" and at != first:
            total = draft.values[name][rows].sum()
            line[at] = f"{float(total or 0):.2f}"
            summed = True
    line[first] = word
    if not summed and len(columns) > first + 1:
        line[first + 1] = f"共{rows.stop - rows.start}条"
    return line


def write_file(path: Path, sheet: Sheet, draft: Draft, habit: Habit, extras: dict[str, str]) -> None:
    """The file in the clerk's kind. extras: text of the unknown extra columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if habit.kind == "csv":
        path.write_bytes(_csv_bytes(sheet, draft, habit, extras))
    elif habit.kind == "xlsx":
        _write_xlsx(path, sheet, draft, habit, extras)
    else:
        _write_xls(path, sheet, draft, habit, extras)


def _csv_bytes(sheet: Sheet, draft: Draft, habit: Habit, extras: dict[str, str]) -> bytes:
    """Data is written by polars in the stretches between the rows that stand between."""
    frame = draft.texts.select(
        [
            pl.lit(None, dtype=pl.String).alias(f"blank{at}")
            if name is None
            else (pl.int_range(1, pl.len() + 1).cast(pl.String).alias(f"extra{at}"))
            if name == "#序号"
            else pl.lit(extras.get(name[1:], "")).alias(f"extra{at}")
            if name.startswith("#")
            else pl.col(name)
            for at, name in enumerate(sheet.columns)
        ]
    )
    parts = [_csv_lines(sheet.above, habit.delimiter)]
    cuts = sorted(place for place in sheet.between if 0 < place < sheet.rows)
    for first, last in zip([0, *cuts], [*cuts, sheet.rows], strict=True):
        parts.append(_csv_lines(sheet.between.get(first, []), habit.delimiter))
        stretch = frame[first:last]
        if stretch.height:
            parts.append(stretch.write_csv(separator=habit.delimiter, include_header=False, line_terminator="\r\n"))
    parts.append(_csv_lines(sheet.below, habit.delimiter))
    return "".join(parts).encode(habit.encoding)


def _csv_lines(lines: list[list[Cell]], delimiter: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(
        [["" if cell is None else cell for cell in line] for line in lines]
    )
    return text.getvalue()


def _lines(sheet: Sheet, draft: Draft, extras: dict[str, str]) -> Iterator[list[Cell]]:
    """Every line of the sheet in order, data cells as text or as true numbers and days."""
    yield from sheet.above
    columns = [_cells(name, draft, sheet.rows, extras) for name in sheet.columns]
    for place, line in enumerate(zip(*columns, strict=True)):
        yield from sheet.between.get(place, [])
        yield list(line)
    yield from sheet.below


def _cells(name: str | None, draft: Draft, rows: int, extras: dict[str, str]) -> list[Cell]:
    if name is None:
        return [None] * rows
    if name.startswith("#"):
        return list(range(1, rows + 1)) if name == "#序号" else [extras.get(name[1:], "")] * rows
    cells: list[Cell] = draft.texts[name].to_list()
    if name in draft.real:
        values, real = draft.values[name].to_list(), draft.real[name]
        cells = [value if is_real else text for text, value, is_real in zip(cells, values, real, strict=True)]
    for (column, row), number in draft.numbers.items():
        if column == name:
            cells[row] = number
    return cells


def _side_sheets(sheet: Sheet, draft: Draft) -> dict[str, list[list[Cell]]]:
    """A sheet of instructions, and last month's first rows that somebody hid instead of deleting."""
    names = [name for name in sheet.columns if name is not None and not name.startswith("#")]
    old = [list(line) for line in draft.texts.select(names)[:3].rows()]
    return {
        "说明": [["填表说明"], ["1. 本表由部门按月填报。"], ["2. 日期按实际填写。"]],
        "上月": [*sheet.above[-1:], *old],
    }


def _write_xlsx(path: Path, sheet: Sheet, draft: Draft, habit: Habit, extras: dict[str, str]) -> None:
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": CREATED, "author": "填报人"})
    day_format = book.add_format({"num_format": "yyyy-mm-dd"})
    side = _side_sheets(sheet, draft)
    if habit.note_sheet == "before":
        _fill_xlsx(book.add_worksheet("说明"), side["说明"], day_format)
    main = book.add_worksheet("Sheet1" if habit.note_sheet == "" else "名单")
    serial = habit.date_style == "serial"
    _fill_xlsx(main, _lines(sheet, draft, extras), None if serial else day_format)
    for area in sheet.merged:
        if area[:2] != area[2:]:
            # The cells are written already: only the merging is added, as constant_memory cannot go back.
            main.merge.append(list(area))
    if habit.note_sheet == "after":
        _fill_xlsx(book.add_worksheet("说明"), side["说明"], day_format)
    if habit.hidden_sheet:
        hidden = book.add_worksheet("上月")
        _fill_xlsx(hidden, side["上月"], day_format)
        hidden.hide()
    main.activate()
    book.close()


def _fill_xlsx(worksheet: Any, lines: Any, day_format: Any) -> None:
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str):
                worksheet.write_string(row, column, cell)
            elif isinstance(cell, dt.date):
                worksheet.write_number(row, column, _serial(cell), day_format)
            else:
                worksheet.write_number(row, column, cell)


def _serial(day: dt.date) -> int:
    """The number that Excel keeps for a day."""
    return (day - dt.date(1899, 12, 30)).days


def _write_xls(path: Path, sheet: Sheet, draft: Draft, habit: Habit, extras: dict[str, str]) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    plain = xlwt.easyxf("")
    day_style = plain if habit.date_style == "serial" else xlwt.easyxf(num_format_str="yyyy-mm-dd")
    side = _side_sheets(sheet, draft)
    if habit.note_sheet == "before":
        _fill_xls(book.add_sheet("说明"), side["说明"], plain, day_style)
    main = book.add_sheet("Sheet1" if habit.note_sheet == "" else "名单")
    _fill_xls(main, _lines(sheet, draft, extras), plain, day_style)
    for first_row, first_column, last_row, last_column in sheet.merged:
        main.merge(first_row, last_row, first_column, last_column)
    if habit.note_sheet == "after":
        _fill_xls(book.add_sheet("说明"), side["说明"], plain, day_style)
    if habit.hidden_sheet:
        hidden = book.add_sheet("上月")
        _fill_xls(hidden, side["上月"], plain, day_style)
        hidden.visibility = 1
    if habit.note_sheet == "before":
        book.set_active_sheet(1)
    book.save(str(path))


def _fill_xls(worksheet: Any, lines: Any, plain: Any, day_style: Any) -> None:
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            if cell is None or cell == "":
                continue
            if isinstance(cell, dt.date):
                worksheet.write(row, column, _serial(cell), day_style)
            else:
                worksheet.write(row, column, cell, plain)
