"""What every form of a paper needs alike: its words, numbers of headings, widths of columns, what each page says."""

from __future__ import annotations

import math
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn
import vl_convert

from warehouse.errors import UsageError
from warehouse.exports.cells import Column, Kind
from warehouse.exports.document import Block, DataTable, Document, Heading, Picture
from warehouse.exports.xlsx import Meta
from warehouse.i18n import fmt_instant, fmt_month, fmt_number, fmt_share, join_words, language, t

MARGINS_MM: Final = {"top": 37, "bottom": 35, "left": 28, "right": 26}
CARD_MARGINS_MM: Final = {"top": 22, "bottom": 16, "left": 17, "right": 17}
A4_MM: Final = (210, 297)
# Text sizes of a table in points, the largest that fits is taken; a table that fits none is laid across.
TABLE_SIZES: Final = (10.5, 9.5, 8.5)
_LATIN_TABLE_SIZES: Final = (9.5, 8.5, 7.5)
CARD_TABLE_SIZES: Final = (8.5, 8.0)
_CELL_PADDING: Final = 8.0
_WIDEST_TEXT: Final = 26.0
_NARROWEST_TEXT: Final = 8.0
_LONGEST_WORD: Final = 18
# Numbers and days get some room to spare: typefaces differ from machine to machine.
_SPARE: Final = 1.08
_CHART_WIDTH, _CHART_HEIGHT = 560, 240
_PNG_SCALE: Final = 2.5
_DIGITS: Final = "〇一二三四五六七八九"
_POINTS_PER_MM: Final = 72 / 25.4
# What XML cannot hold, and what no printer shows: control characters, halves of pairs, non-characters.
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

Run = tuple[str, bool]


@dataclass(frozen=True)
class Cells:
    """A table as it is set: heads and rows as texts, which columns stand right, widths as shares of one, text size."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_right: tuple[bool, ...]
    widths: tuple[float, ...]
    size: float
    total: tuple[str, ...] | None


@dataclass(frozen=True)
class Part:
    """Blocks that stand on pages of one direction."""

    is_landscape: bool
    blocks: tuple[Block, ...]


def printable(text: str) -> str:
    """The text without what no paper can hold; tabs and ends of lines of other systems as blanks and ends of lines."""
    return _UNPRINTABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))


def runs(text: str) -> tuple[Run, ...]:
    """The text in pieces with whether each is strong: `**x**` is; a mark without its pair stays as it is."""
    parts = re.split(r"\*\*(.+?)\*\*", printable(text), flags=re.DOTALL)
    return tuple((part, at % 2 == 1) for at, part in enumerate(parts) if part)


def plain(text: str) -> str:
    """The text without the marks of what is strong."""
    return "".join(part for part, _ in runs(text))


def breakable(text: str) -> str:
    """The text with places to break where a word is longer than any column."""
    return re.sub(rf"[!-~]{{{_LONGEST_WORD}}}(?=[!-~])", lambda found: found[0] + "\u200b", text)


def cell_text(value: Any, kind: Kind) -> str:
    """A cell as it is printed: numbers as pages write them, days and months short; not known is a dash."""
    if kind == "text":
        return "" if value is None else printable(str(value))
    if value is None or (isinstance(value, float) and not -1e300 < value < 1e300):
        return fmt_number(None)
    if kind in ("date", "month"):
        if isinstance(value, date):
            return f"{value:%Y-%m-%d}" if kind == "date" else f"{value:%Y-%m}"
        return printable(str(value))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return printable(str(value))
    if kind == "share":
        return fmt_share(float(value))
    return fmt_number(value, {"integer": 0, "number": 1, "money": 2}.get(kind, 0))


def table_sizes() -> tuple[float, ...]:
    """Text sizes of tables in the reader's language: letters are set smaller than characters."""
    return TABLE_SIZES if language() == "zh_CN" else _LATIN_TABLE_SIZES


def cells_of(table: DataTable, width: float, sizes: Sequence[float] | None = None) -> Cells:
    """The table set in `width` points: every row, the largest of `sizes` that fits, widths by what the columns hold.

    sizes: those of the language if none are given.

    Raises: UsageError if a column is not in the frame.
    """
    lost = [column.name for column in table.columns if column.name not in table.frame.columns]
    if lost:
        raise UsageError(
            f"table: got a frame without {', '.join(lost)}, expected these columns. Add them to the query."
        )
    kinds = [column.kind for column in table.columns]
    picked = table.frame.select([column.name for column in table.columns])
    rows = tuple(tuple(cell_text(v, k) for v, k in zip(row, kinds, strict=True)) for row in picked.iter_rows())
    total = _total(table.total, kinds)
    heads = tuple(printable(column.title) for column in table.columns)
    told = [*rows, *([total] if total else [])]
    rooms = [_room(column, [row[at] for row in told]) for at, column in enumerate(table.columns)]
    sizes = (sizes or table_sizes())[1 if table.is_small else 0 :]
    size = next((size for size in sizes if _least(rooms, size) <= width), sizes[-1])
    widths = table.widths or _shares(rooms, width / size - len(rooms) * _CELL_PADDING / size)
    return Cells(heads, rows, tuple(kind not in ("text", "date", "month") for kind in kinds), widths, size, total)


def lines_of(cells: Cells, width: float) -> int:
    """About how many lines the rows of a table take in `width` points."""
    rooms = [max(share * width - _CELL_PADDING, cells.size) for share in cells.widths]
    return sum(
        max(
            sum(_lines(line, cells.size, room) for line in cell.split("\n"))
            for cell, room in zip(row, rooms, strict=True)
        )
        for row in cells.rows
    )


def _lines(text: str, size: float, room: float) -> int:
    return max(1, math.ceil(wide(text) * size / room))


def _total(total: tuple[Any, ...] | None, kinds: Sequence[Kind]) -> tuple[str, ...] | None:
    """The last row; what is not summed is left empty."""
    if total is None:
        return None
    return tuple("" if value is None else cell_text(value, kind) for value, kind in zip(total, kinds, strict=True))


def is_wide(table: DataTable) -> bool:
    """Whether the columns need a page laid across."""
    if table.widths is not None:
        return False
    kinds = [column.kind for column in table.columns]
    texts = [
        [cell_text(value, kind) for value in table.frame[column.name]]
        for column, kind in zip(table.columns, kinds, strict=True)
    ]
    rooms = [_room(column, cells) for column, cells in zip(table.columns, texts, strict=True)]
    return _least(rooms, table_sizes()[-1]) > text_width(is_landscape=False)


def text_width(*, is_landscape: bool, is_card: bool = False) -> float:
    """Points between the margins."""
    whole, margins = A4_MM[1] if is_landscape else A4_MM[0], CARD_MARGINS_MM if is_card else MARGINS_MM
    return (whole - margins["left"] - margins["right"]) * _POINTS_PER_MM


def wide(text: str) -> float:
    """The width of a text in its size, of the longest of its lines: a Chinese character is one."""
    return max(sum(_wide(c) for c in line) for line in text.split("\n"))


@cache
def _wide(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.7 if character.isupper() or character in "%&@mw" else 0.58


def _room(column: Column, cells: Sequence[str]) -> tuple[float, float]:
    """(least, wanted) width in sizes. Numbers and days do not break; text breaks between words or characters."""
    longest = max((wide(plain(cell)) for cell in cells), default=0.0)
    head = max(_word(printable(column.title)), min(4.0, wide(column.title)))
    if column.kind != "text":
        needed = max(longest * _SPARE, head)
        return needed, max(needed, min(6.0, wide(column.title)))
    word = max((_word(plain(cell)) for cell in cells), default=0.0)
    return max(head, word, min(longest, _NARROWEST_TEXT)), max(head, min(longest, _WIDEST_TEXT))


@cache
def _word(text: str) -> float:
    """The widest piece that does not break: a word of letters and digits, or a Chinese character."""
    words = re.findall(r"[!-~À-ɏ–−]+", text)
    return max((min(wide(word), _LONGEST_WORD * 0.55) for word in words), default=1.0)


def _least(rooms: Sequence[tuple[float, float]], size: float) -> float:
    return sum(least for least, _ in rooms) * size + len(rooms) * _CELL_PADDING


def _shares(rooms: Sequence[tuple[float, float]], width: float) -> tuple[float, ...]:
    """Each column gets what it needs, then towards what it wants; what is left over is spread evenly by width."""
    least = [least for least, _ in rooms]
    more = [max(0.0, wanted - need) for need, wanted in rooms]
    left = max(0.0, width - sum(least))
    part = min(1.0, left / sum(more)) if sum(more) else 0.0
    got = [need + part * wish + _CELL_PADDING / 10 for need, wish in zip(least, more, strict=True)]
    return tuple(one / sum(got) for one in got)


def parts(document: Document) -> list[Part]:
    """The blocks by the direction of their pages: a table too wide takes the headings before it along."""
    if document.is_landscape:
        return [Part(True, document.blocks)]
    found: list[Part] = []
    upright: list[Block] = []
    for block in document.blocks:
        if isinstance(block, DataTable) and is_wide(block):
            heads: list[Block] = []
            while upright and isinstance(upright[-1], Heading):
                heads.insert(0, upright.pop())
            if upright:
                found.append(Part(False, tuple(upright)))
                upright = []
            if found and found[-1].is_landscape:
                found[-1] = Part(True, (*found[-1].blocks, *heads, block))
            else:
                found.append(Part(True, (*heads, block)))
        else:
            upright.append(block)
    return [*found, Part(False, tuple(upright))] if upright or not found else found


class Numbers:
    """The numbers of headings as they come: 一、（一） in Chinese, 1. (1) in English."""

    def __init__(self) -> None:
        self._first = self._second = 0

    def next(self, heading: Heading) -> str:
        """The number of the next heading; none for one outside the count."""
        if not heading.is_numbered:
            return ""
        if heading.level == 1:
            self._first, self._second = self._first + 1, 0
            return f"{chinese_number(self._first)}、" if language() == "zh_CN" else f"{self._first}. "
        self._second += 1
        return f"（{chinese_number(self._second)}）" if language() == "zh_CN" else f"({self._second}) "


def chinese_number(number: int) -> str:
    """1 -> 一, 12 -> 十二, 20 -> 二十; below a hundred, which is more headings than a paper has."""
    tens, ones = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return f"{ten}{_DIGITS[ones] if ones or not tens else ''}"


def under_title(document: Document) -> tuple[str, ...]:
    """What stands under the title: a line each, on a card all in one."""
    lines = tuple(printable(words) for words in (document.subtitle, document.period) if words)
    return (_joined(*lines),) if document.is_card and lines else lines


def page_lines(document: Document) -> tuple[str, ...]:
    """What stands at the head of every page: office, data month, snapshot and rules, the release if it is one."""
    meta = document.meta
    lines = [
        _joined(t("export.unit", unit=meta.unit), t("export.data_month", month=fmt_month(meta.data_month))),
        t("export.snapshot", snapshot=meta.snapshot_id, rules=meta.rules_version, built=fmt_instant(meta.built_at)),
    ]
    if meta.frozen:
        lines.append(t("export.frozen", name=meta.frozen.name, at=fmt_instant(meta.frozen.frozen_at)))
    return tuple(printable(line) for line in lines)


def page_marks(document: Document) -> tuple[str, ...]:
    """What warns on every page, and the code by which the paper is looked up."""
    marks = []
    if document.is_internal:
        marks.append(t("paper.internal"))
    if document.meta.sample_data:
        marks.append(t("paper.sample"))
    if document.code:
        marks.append(t("paper.code", code=document.code))
    return tuple(printable(mark) for mark in marks)


def first_page_lines(document: Document) -> tuple[str, ...]:
    """What is said once, under the title: sample data, and values of other places that stand in."""
    meta = document.meta
    lines = [t("export.sample_data")] if meta.sample_data else []
    if meta.stand_ins:
        lines.append(t("export.stand_ins", names=join_words(list(meta.stand_ins))))
    return tuple(printable(line) for line in lines)


def source_line(meta: Meta) -> str:
    """The foot of a slide: office, data month, snapshot."""
    return printable(
        _joined(
            t("export.unit", unit=meta.unit),
            t("export.data_month", month=fmt_month(meta.data_month)),
            t("paper.snapshot", snapshot=meta.snapshot_id),
        )
    )


def _joined(*words: str) -> str:
    return ("　" if language() == "zh_CN" else "   ").join(words)


def fonts_folder() -> Path:
    """The folder of the two typefaces that papers carry with them: Noto Serif SC and Noto Sans SC."""
    folder: Path = pylopdf_fonts_zh_cn.sans_path().parent
    return folder


@cache
def _register() -> None:
    vl_convert.register_font_directory(str(fonts_folder()))


def svg(picture: Picture) -> str:
    """The chart as SVG with text as text."""
    _register()
    drawn: str = vl_convert.vegalite_to_svg(_spec(picture), **_locale())
    return drawn


def png(picture: Picture) -> bytes:
    """The chart as pixels, sharp enough for print."""
    _register()
    drawn: bytes = vl_convert.vegalite_to_png(_spec(picture), scale=_PNG_SCALE, **_locale())
    return drawn


def _spec(picture: Picture) -> dict[str, Any]:
    """The spec with a size of its own: on a page a chart takes that of its box."""
    found = dict(picture.spec)
    if found.get("width") in (None, "container"):
        found["width"] = _CHART_WIDTH
    found.setdefault("height", _CHART_HEIGHT)
    return found | {"background": "white"}


def _locale() -> dict[str, Any]:
    """No address is asked for data; numbers and times in the language of the reader."""
    name = "zh-CN" if language() == "zh_CN" else "en-US"
    return {"allowed_base_urls": [], "format_locale": name, "time_format_locale": name}


def fixed_zip(made: bytes, at: datetime) -> bytes:
    """The same archive with one date for all its files, so that equal papers are equal bytes."""
    stamp = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second // 2 * 2)
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(made)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            kept = zipfile.ZipInfo(entry.filename, stamp)
            kept.compress_type, kept.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(kept, old.read(entry))
    return out.getvalue()


def beside(rows: Sequence[tuple[str, str | None]], across: int) -> Iterator[list[tuple[str, str | None]]]:
    """Pairs of a form by row, the last row filled up with empty pairs."""
    for at in range(0, len(rows), across):
        row = list(rows[at : at + across])
        yield row + [("", "")] * (across - len(row))
