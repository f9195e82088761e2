"""A copy of a department's file for the department: the same sheets and cells, and what became of each row beside it.

It holds what the file holds, whole ID numbers included, so it goes back to the sender only. Equal input, equal bytes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from warehouse.exports.cells import safe_text
from warehouse.i18n import Language, with_units
from warehouse.intake.headers import is_numbering
from warehouse.intake.marks import Marks
from warehouse.intake.messages import RefusedError, catalogue, row_texts
from warehouse.intake.reader import Sheet
from warehouse.intake.result_column import NOTES, RESULT
from warehouse.intake.runs import Marked, marked
from warehouse.profiles import Profile
from warehouse.settings import Settings

CELLS: Final = 1_500_000
COMMENTS: Final = 2_000
LISTED: Final = 5_000
MERGED_CELLS: Final = 2_000
_FONT: Final = {"font_name": "宋体", "font_size": 11}
# Colours differ in lightness too, and every coloured cell has a comment or its words in the last column.
_FILLS: Final = {"fault": "#F4B8B0", "emptied": "#FBE3C0", "repair": "#FFF7D1"}
_RANK: Final = {"fault": 0, "emptied": 1, "repair": 2}
# Texts that begin like a formula and are none: amounts, and the dashes for nothing.
_HARMLESS: Final = re.compile(r"[-+－＋]?[\d.,]*|[-－—]+")
_WIDEST: Final = 36
_MEASURED_ROWS: Final = 200


def annotated(
    content: bytes,
    file_name: str,
    month: dt.date,
    settings: Settings,
    profile: Profile,
    *,
    language: Language,
    received_on: dt.date | None = None,
) -> bytes:
    """The file as .xlsx, checked as an import would: problem cells coloured and explained, a last column with what
    becomes of each row, and a sheet that lists all of it. Read again, the column and that sheet are passed over.

    Raises: RefusedError if the file would be refused whole, or is too big to be copied.
    """
    found = marked(content, file_name, month, settings, profile, received_on=received_on)
    if sum(sheet.texts.height * sheet.texts.width for sheet in found.sheets) > CELLS:
        raise RefusedError("too_big_to_annotate", cells=f"{CELLS // 10_000}")
    return _Copy(found, found.checked.marks or _no_marks(), language).bytes()


def _no_marks() -> Marks:
    return Marks(pl.DataFrame(), pl.DataFrame(), {})


@dataclass(frozen=True)
class _Problem:
    """One line of the last sheet."""

    sheet: str
    row_no: int
    place: int | None
    column: str
    reason: str
    fix: str


class _Copy:
    """The workbook while it is written."""

    def __init__(self, found: Marked, marks: Marks, language: Language) -> None:
        self.found, self.marks, self.language = found, marks, language
        self.words = catalogue(language)
        self.out = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book: Workbook = xlsxwriter.Workbook(self.out, options)
        self.book.set_properties({"created": dt.datetime.fromisoformat(found.record.month), "author": ""})
        self.plain = self.book.add_format(_FONT | {"num_format": "@"})
        self.number = self.book.add_format(_FONT | {"num_format": "0.###############"})
        self.head = self.book.add_format(_FONT | {"bold": True, "bg_color": "#E8EEF4", "text_wrap": True, "border": 1})
        self.title = self.book.add_format(_FONT | {"bold": True, "font_size": 14})
        self.wrap = self.book.add_format(_FONT | {"text_wrap": True, "valign": "top"})
        self.link = self.book.add_format(_FONT | {"font_color": "#0B6670", "underline": 1, "valign": "top"})
        self.fills = {state: self._filled(state) for state in _FILLS}
        self.results = {
            "accepted": self.book.add_format(_FONT | {"font_color": "#57636D"}),
            "repair": self.book.add_format(_FONT | {"bg_color": _FILLS["repair"]}),
            "emptied": self.book.add_format(_FONT | {"bg_color": _FILLS["emptied"]}),
            "fault": self.book.add_format(_FONT | {"bg_color": _FILLS["fault"], "bold": True}),
        }
        self.problems: list[_Problem] = []
        self.is_cut = False

    def _filled(self, state: str) -> tuple[Format, Format]:
        look = _FONT | {
            "bg_color": _FILLS[state],
            "border": 1,
            "border_color": "#8A3A2E" if state == "fault" else "#B9A77A",
        }
        return self.book.add_format(look | {"num_format": "@"}), self.book.add_format(look | {"num_format": "0"})

    def say(self, key: str, **facts: object) -> str:
        return with_units(self.words[f"annotated.{key}"], self.language).format(**facts)

    def bytes(self) -> bytes:
        names: set[str] = set()
        for sheet in self.found.sheets:
            if sheet.visible:
                page = self.book.add_worksheet(_tab_name(sheet.name, names))
                self._copy(page, sheet)
        self._notes(self.book.add_worksheet(NOTES[self.language]))
        for page in self.book.worksheets():
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
        self.book.close()
        return self.out.getvalue()

    def _copy(self, page: Worksheet, sheet: Sheet) -> None:
        marks = self.marks.cells.filter(pl.col("sheet") == sheet.name) if self.marks.cells.width else self.marks.cells
        by_row: dict[int, list[dict[str, Any]]] = {}
        for mark in marks.iter_rows(named=True):
            by_row.setdefault(mark["row_no"], []).append(mark)
        header_row = self._heading_row(sheet)
        heads = range(max(0, header_row - 1), header_row)
        comments = 0
        for down, row in enumerate(sheet.texts.iter_rows()):
            told = by_row.get(down + 1, [])
            looks = _looks(told)
            for place, text in enumerate(row):
                state = looks.get(place)
                if not text and state is None:
                    continue
                is_number = place in sheet.numbers and bool(sheet.numbers[place][down])
                self._cell(page, down, place, text or "", is_number, state, is_head=down in heads)
            comments = self._comments(page, down, told, comments)
        self._result(page, sheet, by_row, header_row)
        self._merge(page, sheet)
        for place in range(sheet.texts.width):
            texts = sheet.texts[:, place].head(_MEASURED_ROWS).drop_nulls().to_list()[max(0, header_row - 1) :]
            page.set_column(place, place, min(_WIDEST, max([8, *(_wide(text) + 2 for text in texts)])))
        if header_row:
            page.freeze_panes(header_row, 0)

    def _cell(
        self, page: Worksheet, down: int, place: int, text: str, is_number: bool, state: str | None, *, is_head: bool
    ) -> None:
        text_look, number_look = self.fills[state] if state else (self.head if is_head else self.plain, self.number)
        if not text:
            page.write_blank(down, place, None, text_look)
        elif is_number and (value := _number(text)) is not None:
            page.write_number(down, place, value, number_look)
        else:
            page.write_string(down, place, _guarded(text), text_look)

    def _comments(self, page: Worksheet, down: int, told: list[dict[str, Any]], written: int) -> int:
        """One comment a cell with all that is said of it; over so many, colour and the last column must do."""
        said: dict[int, list[str]] = {}
        for mark in told:
            reason, fix = self._told(mark)
            if mark["state"] == "fault":
                place = mark["place"]
                self.problems.append(_Problem(mark["sheet"], down + 1, place, mark["column_title"], reason, fix))
            if mark["place"] is not None and mark["state"] != "repair":
                said.setdefault(mark["place"], []).append(f"{reason}\n{fix}" if fix else reason)
        for place, lines in said.items():
            if written >= COMMENTS:
                self.is_cut = True
                break
            page.write_comment(down, place, "\n".join(lines), {"author": "", "x_scale": 2, "font_size": 10})
            written += 1
        return written

    def _told(self, mark: Mapping[str, Any]) -> tuple[str, str]:
        if mark["state"] == "repair":
            return with_units(self.words[f"repair.{mark['rule']}"], self.language), ""
        if mark["state"] == "emptied":
            reason, _ = row_texts(mark["rule"], mark["column_title"], mark["hint"], self.language)
            return self.say("emptied", reason=reason), ""
        return row_texts(mark["rule"], mark["column_title"], mark["hint"], self.language)

    def _heading_row(self, sheet: Sheet) -> int:
        """The row that holds the headings, from 1; 0 where the sheet was not read. Under it columns may be numbered."""
        last = self.marks.headings.get(sheet.name, 0)
        rows = [tuple(cell or "" for cell in row) for row in sheet.texts.head(last).rows()]
        return last - 1 if last > 1 and is_numbering(rows, last - 1) else last

    def _result(self, page: Worksheet, sheet: Sheet, by_row: Mapping[int, list[dict[str, Any]]], head: int) -> None:
        """The last column: what becomes of each row of the list."""
        if not head:
            return
        at = sheet.texts.width
        page.write_string(head - 1, at, RESULT[self.language], self.head)
        widest = 20
        rows = self.marks.rows.filter(pl.col("sheet") == sheet.name, pl.col("kind").is_in(["accepted", "quarantined"]))
        for row_no, kind in rows.select("row_no", "kind").iter_rows():
            text, look = self._outcome(kind, by_row.get(row_no, []))
            page.write_string(row_no - 1, at, safe_text(text), self.results[look])
            widest = max(widest, min(70, _wide(text) + 2))
        page.set_column(at, at, widest)
        page.autofilter(head - 1, 0, max(head, sheet.texts.height - 1), at)

    def _outcome(self, kind: str, told: list[dict[str, Any]]) -> tuple[str, str]:
        words: dict[str, list[str]] = {"fault": [], "emptied": [], "repair": []}
        for mark in told:
            reason, fix = self._told(mark)
            column = mark["column_title"]
            if mark["state"] == "repair":
                words["repair"].append(self.say("in_column", column=column, what=reason) if column else reason)
            else:
                words[mark["state"]].append(self.say("reason_fix", reason=reason, fix=fix) if fix else reason)
        if kind == "quarantined":
            return self.say("refused", why=self.say("join").join(words["fault"])), "fault"
        parts = [*words["emptied"]]
        if words["repair"]:
            parts.append(self.say("repaired", what=self.say("join").join(dict.fromkeys(words["repair"]))))
        if not parts:
            return self.say("accepted"), "accepted"
        look = "emptied" if words["emptied"] else "repair"
        return self.say("accepted_with", what=self.say("join").join(parts)), look

    def _merge(self, page: Worksheet, sheet: Sheet) -> None:
        """The merges of the file, where they are of a size that a form has."""
        for top, left, bottom, right in sheet.spans:
            is_one = (top, left) == (bottom, right)
            if is_one or (bottom - top + 1) * (right - left + 1) > MERGED_CELLS or right >= sheet.texts.width:
                continue
            text = sheet.texts[top, left] or "" if top < sheet.texts.height else ""
            is_number = left in sheet.numbers and bool(sheet.numbers[left][top])
            with contextlib.suppress(OverlappingRange):
                page.merge_range(top, left, bottom, right, "", self.plain)
                self._cell(page, top, left, text, is_number, None, is_head=False)

    def _notes(self, page: Worksheet) -> None:
        """What the copy is, the counts, how to send it again, and every problem with where it stands."""
        record = self.found.record
        page.set_column(0, 0, 14)
        page.set_column(1, 1, 8)
        page.set_column(2, 2, 18)
        page.set_column(3, 4, 48)
        counts = {
            "read": record.rows_read,
            "accepted": record.rows_accepted,
            "repaired": record.rows_repaired,
            "quarantined": record.rows_quarantined,
        }
        hidden = [sheet.name for sheet in self.found.sheets if not sheet.visible]
        lines = [
            self.say("counts", **counts),
            self.say("colours"),
            self.say("again" if record.rows_quarantined else "nothing_to_do"),
            self.say("private"),
            *([self.say("hidden", sheets="、".join(hidden))] if hidden else []),
            *([self.say("cut", n=COMMENTS)] if self.is_cut else []),
            *([self.say("listed", n=LISTED)] if len(self.problems) > LISTED else []),
        ]
        page.write_string(0, 0, self.say("title", file=safe_text(record.file_name)), self.title)
        for down, line in enumerate(lines, start=1):
            page.write_string(down, 0, safe_text(line), self.book.add_format(_FONT))
        down = len(lines) + 2
        for place, name in enumerate(("sheet", "row", "column", "reason", "fix")):
            page.write_string(down, place, self.say(f"head_{name}"), self.head)
        for problem in self.problems[:LISTED]:
            down += 1
            page.write_string(down, 0, safe_text(problem.sheet), self.wrap)
            cell = xlsxwriter.utility.xl_rowcol_to_cell(problem.row_no - 1, problem.place or 0)
            target = f"internal:'{_tab_name(problem.sheet, set()).replace(chr(39), chr(39) * 2)}'!{cell}"
            page.write_url(down, 1, target, self.link, str(problem.row_no))
            for place, text in enumerate((problem.column, problem.reason, problem.fix), start=2):
                page.write_string(down, place, safe_text(text), self.wrap)


def _looks(told: list[dict[str, Any]]) -> dict[int, str]:
    """The state of each marked cell of a row: the worst that is said of it."""
    found: dict[int, str] = {}
    for mark in told:
        place, state = mark["place"], mark["state"]
        if place is not None and _RANK[state] <= _RANK[found.get(place, "repair")]:
            found[place] = state
    return found


def _guarded(text: str) -> str:
    """The text as it stands, unless a spreadsheet that opens it again could take it for a formula."""
    return text if _HARMLESS.fullmatch(text.strip()) and len(text) < 100 else safe_text(text)


def _number(text: str) -> float | None:
    """A number cell as a number: one that lost digits stays one, and never turns into a text that looks whole."""
    with contextlib.suppress(ValueError):
        value = float(text)
        return value if -1e300 < value < 1e300 else None
    return None


def _wide(text: str) -> int:
    return max(
        (sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line) for line in text.split("\n")), default=0
    )


def _tab_name(name: str, taken: set[str]) -> str:
    """A tab's name without what Excel forbids, at most 31 characters, each once; of a text file Sheet1."""
    clean = re.sub(r"[\[\]:*?/\\]", " ", name).strip("'")[:31] or "Sheet1"
    number = 2
    whole = clean
    while whole.casefold() in taken:
        whole, number = f"{clean[:27]} ({number})", number + 1
    taken.add(whole.casefold())
    return whole
