"""An empty workbook for a list: the canonical headings, and beside them what each column may hold."""

from __future__ import annotations

import io

import xlsxwriter

from warehouse.contracts import Column, load_contracts

TYPE_WORDS = {
    "text": "文字",
    "name": "姓名",
    "id": "18 位身份证号码（文本格式）",
    "household_no": "户编号（文本格式）",
    "village": "村的正式名称",
    "date": "日期，如 2024-10-01",
    "month": "月份，如 2024-10",
    "money": "金额，单位元",
    "number": "数字",
    "integer": "整数",
    "yes_no": "是 或 否",
    "code": "只能填下列之一",
    "grade": "只能填下列之一",
    "codes": "可填下列多项，用、隔开",
}
TEXT_TYPES = ("id", "household_no", "name", "text", "date", "month")
TEMPLATE_ROWS = 5_000


def template(extract: str) -> bytes:
    """An xlsx with two sheets: 名单 (one header row, ID columns as text) and 填写说明 (type, codes, required)."""
    contract = load_contracts()[extract]
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "bg_color": "#E8EEF4", "border": 1})
    text = book.add_format({"num_format": "@"})
    rows = book.add_worksheet("名单")
    rows.freeze_panes(1, 0)
    for place, column in enumerate(contract.columns):
        rows.write_string(0, place, column.title, head)
        rows.set_column(place, place, max(10, 2 * len(column.title) + 4), text if column.type in TEXT_TYPES else None)
        words = column.codes if column.type in ("code", "grade") else ("是", "否") if column.type == "yes_no" else ()
        if words and len(",".join(words)) <= 255:
            rows.data_validation(1, place, TEMPLATE_ROWS, place, {"validate": "list", "source": list(words)})
    notes = book.add_worksheet("填写说明")
    notes.set_column(0, 3, 24)
    for place, word in enumerate(("说明：列名", "必填与否", "怎么填", "可填内容")):
        notes.write_string(0, place, word, head)
    for line, column in enumerate(contract.columns, start=1):
        for place, word in enumerate(_note(column)):
            notes.write_string(line, place, word)
    book.close()
    return buffer.getvalue()


def _note(column: Column) -> tuple[str, str, str, str]:
    allowed = "、".join(column.codes)
    if column.range:
        allowed = f"{column.range[0]:g} 至 {column.range[1]:g}"
    return column.title, "必填" if column.required else "选填", TYPE_WORDS[column.type], allowed
