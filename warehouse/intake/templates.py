"""An empty workbook for a list: the canonical headings, drop-downs of what may stand there, and a sheet that explains.

Equal input, equal bytes. The example stands on the explaining sheet, so that nobody's list begins with a made-up row.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from warehouse.contracts import Column, Contract, load_contracts
from warehouse.i18n import LANGUAGES, Language, UnitWords, filled, unit_words
from warehouse.intake.messages import catalogue

TEXT_TYPES: Final = ("id", "household_no", "name", "text", "date", "month")
# These hold nothing of a real person: the ID's region belongs to no place, and its last place is wrong on purpose.
EXAMPLES: Final = {
    "text": "……",
    "name": "张某某",
    "id": "99010019700101****",
    "household_no": "HH00001",
    "village": "××村",
    "date": "2024-10-01",
    "month": "2024-10",
    "money": "1234.50",
    "number": "12.5",
    "integer": "3",
    "yes_no": "是",
}
TEMPLATE_ROWS: Final = 5_000
CREATED: Final = dt.datetime(2024, 1, 1)


def template(extract: str, units: UnitWords | None = None) -> bytes:
    """An xlsx with two sheets: 名单 (one header row, ID columns as text, drop-downs) and 填写说明, in both languages:
    required or not, how to fill it in, what may stand there, an example. units: what the place calls its villages."""
    contract = load_contracts()[extract]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": CREATED, "title": contract.title, "author": ""})
    font = {"font_name": "宋体", "font_size": 11}
    edge = font | {"border": 1, "border_color": "#C7CFD5", "text_wrap": True, "valign": "vcenter"}
    looks = {
        "required": book.add_format(edge | {"bold": True, "bg_color": "#0B6670", "font_color": "#FFFFFF"}),
        "optional": book.add_format(edge | {"bold": True, "bg_color": "#E8EEF4"}),
        "text": book.add_format(font | {"num_format": "@"}),
        "cell": book.add_format(edge | {"num_format": "@"}),
        "title": book.add_format(font | {"bold": True, "font_size": 14}),
        "note": book.add_format(font | {"text_wrap": True, "valign": "top"}),
    }
    rows = book.add_worksheet("名单")
    _rows(rows, contract, looks)
    _notes(book.add_worksheet("填写说明"), contract, looks, units or UnitWords())
    for page in book.worksheets():
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


def _rows(page: Worksheet, contract: Contract, looks: dict[str, Format]) -> None:
    page.freeze_panes(1, 0)
    page.set_row(0, 32)
    for place, column in enumerate(contract.columns):
        page.write_string(0, place, column.title, looks["required" if column.required else "optional"])
        width = 22 if column.type == "id" else max(12, 2 * len(column.title) + 4)
        page.set_column(place, place, width, looks["text"] if column.type in TEXT_TYPES else None)
        if rule := _rule(column):
            page.data_validation(1, place, TEMPLATE_ROWS, place, rule)


def _rule(column: Column) -> dict[str, Any] | None:
    """What a spreadsheet itself refuses while somebody types: words outside the set, numbers outside the range."""
    words = column.codes if column.type in ("code", "grade") else ("是", "否") if column.type == "yes_no" else ()
    if words:
        return {"validate": "list", "source": list(words)}
    if column.range and column.type in ("integer", "number", "money"):
        kind = "integer" if column.type == "integer" else "decimal"
        return {"validate": kind, "criteria": "between", "minimum": column.range[0], "maximum": column.range[1]}
    return None


HEADS: Final = ("column", "required", "how", "allowed", "example", "english", "how_en")
FIRST_LINE: Final = 7
WIDTHS: Final = (22, 16, 32, 40, 24, 34, 42)
LINE: Final = 17


def _notes(page: Worksheet, contract: Contract, looks: dict[str, Format], units: UnitWords) -> None:
    def say(key: str, language: Language = "zh_CN") -> str:
        return filled(catalogue(language)[f"template.{key}"], unit_words(language, units, units))

    for place, width in enumerate(WIDTHS):
        page.set_column(place, place, width)
    page.write_string(0, 0, f"{contract.title}　{contract.title_en}", looks["title"])
    for down, key in enumerate(("intro", "example_note"), start=1):
        for language in LANGUAGES:
            line = down * 2 - 1 + LANGUAGES.index(language)
            page.merge_range(line, 0, line, len(HEADS) - 1, say(key, language), looks["note"])
            page.set_row(line, LINE)
    for place, key in enumerate(HEADS):
        page.write_string(FIRST_LINE - 1, place, say(f"head.{key}"), looks["optional"])
    for line, column in enumerate(contract.columns, start=FIRST_LINE):
        one_of = any(column.name in group for group in contract.require_one_of)
        needed = "required" if column.required else "one_of" if one_of else "optional"
        cells = (
            column.title,
            say(f"needed.{needed}"),
            say(f"type.{column.type}"),
            _allowed(column),
            column.codes[0] if column.codes else EXAMPLES[column.type],
            f"{column.name.replace('_', ' ')} ({say(f'needed.{needed}', 'en')})",
            say(f"type.{column.type}", "en"),
        )
        # Programs differ in fitting rows by themselves.
        page.set_row(
            line,
            LINE * max(math.ceil(2 * len(word) / width) for word, width in zip(cells[:5], WIDTHS[:5], strict=True)),
        )
        for place, word in enumerate(cells):
            page.write_string(line, place, word, looks["required" if place == 0 and column.required else "cell"])


def _allowed(column: Column) -> str:
    if column.range:
        return f"{column.range[0]:g} – {column.range[1]:g}"
    return "、".join(column.codes)
