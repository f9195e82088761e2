"""The template of every list: what is filled in by its own words and drop-downs is taken, to the last row."""

from __future__ import annotations

import io

import openpyxl
import pytest

from warehouse.contracts import load_contracts
from warehouse.i18n import UnitWords
from warehouse.intake import template

CONTRACTS = load_contracts()


@pytest.mark.parametrize("extract", CONTRACTS)
def test_filled_template_is_taken_whole(extract, take, make_rows):
    """Typed in under its headings, saved by a spreadsheet program, sent under any name."""
    book = openpyxl.load_workbook(io.BytesIO(template(extract)))
    assert book.sheetnames == ["名单", "填写说明"]
    sheet = book["名单"]
    head, *rows = make_rows(CONTRACTS[extract])
    assert [cell.value for cell in sheet[1]] == head
    for line, row in enumerate(rows, start=2):
        for place, value in enumerate(row, start=1):
            sheet.cell(line, place, value)
    saved = io.BytesIO()
    book.save(saved)
    taken = take(saved.getvalue(), f"{CONTRACTS[extract].title}.xlsx")
    assert taken.record.extract == extract
    assert (taken.record.rows_accepted, taken.rules) == (len(rows), [])


@pytest.mark.parametrize("extract", CONTRACTS)
def test_drop_downs_hold_the_codes_and_required_headings_stand_out(extract):
    contract = CONTRACTS[extract]
    book = openpyxl.load_workbook(io.BytesIO(template(extract)))
    sheet = book["名单"]
    lists = {
        str(rule.sqref).split(":")[0].rstrip("0123456789"): rule.formula1.strip('"').split(",")
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    for cell, column in zip(sheet[1], contract.columns, strict=True):
        expected = {"code": list(column.codes), "grade": list(column.codes), "yes_no": ["是", "否"]}.get(column.type)
        assert lists.get(cell.column_letter) == expected, column.title
        assert (cell.fill.fgColor.rgb == "FF0B6670") == column.required, column.title
    notes = [[cell.value for cell in row] for row in book["填写说明"].iter_rows(min_row=8)]
    assert [line[0] for line in notes] == [column.title for column in contract.columns]
    assert [line[1] == "必填" for line in notes] == [column.required for column in contract.columns]
    assert all(all(line[place] for place in (2, 4, 5, 6)) for line in notes), "how, example and English for each"


def test_template_speaks_of_the_areas_of_the_place_and_is_the_same_each_time():
    assert template("petitions") == template("petitions")
    gacha = UnitWords("嘎查", "gacha", "gachas")
    cells = [
        str(cell.value)
        for row in openpyxl.load_workbook(io.BytesIO(template("petitions", gacha)))["填写说明"].iter_rows()
        for cell in row
    ]
    assert "嘎查的正式名称" in cells
    assert "official name of the gacha" in cells


def test_the_list_itself_begins_empty():
    """An example row would be sent as a person sooner or later."""
    for extract in CONTRACTS:
        assert openpyxl.load_workbook(io.BytesIO(template(extract)))["名单"].max_row == 1
