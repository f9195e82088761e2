"""The copy that goes back to a department: its own cells untouched, every refused row marked at its number, none else.

What was corrected in the copy is taken when the copy is sent again; the column that was added is never data.
"""

from __future__ import annotations

import datetime as dt
import io
import re

import openpyxl
import pytest

from warehouse.intake import annotated, dry_run
from warehouse.intake.messages import RefusedError
from warehouse.intake.result_column import NOTES, RESULT

MARCH = dt.date(2025, 3, 1)
HEAD = ["姓名", "身份证号码", "村", "救助原因", "救助金额", "受理日期", "发放日期"]


@pytest.fixture
def rows(make_id):
    """Under a title: one right row, one repaired, one of each sort of fault, a blank row, a total, a repeat."""
    good = ["王小明", make_id(1), "杨柳村", "因病", "1200", "2025-03-01", "2025-03-09"]
    wrong = make_id(7)
    wrong = wrong[:17] + ("1" if wrong[17] != "1" else "2")
    return [
        ["新增临时救助名单", "", "", "", "", "", ""],
        HEAD,
        good,
        ["李  四", make_id(2), "杨柳", "因病", "1,200.00", "2025年3月1日", "2025/3/9"],
        ["赵五", wrong, "杨柳村", "因病", "900", "2025-03-01", "2025-03-09"],
        ["", "", "", "", "", "", ""],
        ["钱六", make_id(3), "杨树村", "因灾", "八百", "2025-03-01", ""],
        ["孙七", make_id(4), "杨柳村", "因病", "-", "不详", "2025-03-09"],
        good,
        ["合计", "", "", "", "3300", "", ""],
    ]


@pytest.fixture
def copy(settings, profile):
    def made(content, name, language="zh_CN"):
        return annotated(content, name, MARCH, settings, profile, language=language)

    return made


def sheet_of(content):
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def results(sheet, heading="看户核对结果"):
    """Row number -> what the added column says."""
    (place,) = [cell.column for row in sheet.iter_rows() for cell in row if cell.value == heading]
    return {row: value for row in range(1, sheet.max_row + 1) if (value := sheet.cell(row, place).value)}


@pytest.mark.parametrize("form", ["xlsx", "xls", "csv", "gb18030"])
def test_every_refused_row_is_marked_at_its_number_and_no_other(form, rows, write, copy, settings, profile):
    content = {
        "xlsx": lambda: write.xlsx(rows),
        "xls": lambda: write.xls(rows),
        "csv": lambda: write.csv(rows),
        "gb18030": lambda: write.csv(rows, encoding="gb18030"),
    }[form]()
    name = f"temporary_assistance.{form if form in ('xlsx', 'xls') else 'csv'}"
    found = dry_run(content, name, MARCH, settings, profile)
    refused = sorted(found.quarantined["row_no"].to_list())
    assert refused == [5, 7, 8, 9]
    sheet = sheet_of(copy(content, name))
    said = results(sheet)
    assert sorted(row for row, text in said.items() if text.startswith("退回：")) == refused
    accepted = [row for row, text in said.items() if text.startswith("接收")]
    assert (len(accepted), found.record.rows_accepted) == (2, 2)
    repaired = next(text for text in said.values() if "已规整" in text)
    assert "“村”村名写法归一" in repaired
    assert "“姓名”去掉姓名中的空格" in repaired
    assert said[refused[-1]].startswith("退回：与前面的行完全相同")


def test_problem_cells_are_coloured_and_explained_where_they_stand(rows, write, copy):
    sheet = sheet_of(copy(write.xlsx(rows), "temporary_assistance.xlsx"))
    commented = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert "校验位不符" in commented["B5"]
    assert "不是本地的村名" in commented["C7"]
    assert "必填列“发放日期”为空" in commented["G7"]
    assert {"B5", "C7", "G7"} <= set(commented)
    assert not [place for place in commented if place.endswith(("3", "4"))], "rows that are accepted whole say nothing"
    fills = {place: sheet[place].fill.fgColor.rgb for place in ("B5", "C7", "A3", "C4")}
    assert fills["B5"] == "FFF4B8B0"
    assert fills["C7"] == "FFFBE3C0", "a village is optional here: said, but not what keeps the row out"
    assert fills["C4"] == "FFFFF7D1"
    assert fills["A3"] in ("00000000", None)


def test_own_cells_come_back_as_they_were(rows, write, copy, make_id):
    """IDs to the last digit, spaces and dates as written; an ID that was a number stays one: its digits are gone."""
    rows[3][1] = float(make_id(9)[:15] + "000")
    sheet = sheet_of(copy(write.xlsx(rows), "temporary_assistance.xlsx"))
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row, start=1):
            assert sheet.cell(line, place).value == (cell or None), (line, place)
    assert isinstance(sheet["B4"].value, float)


def test_texts_that_look_like_formulas_are_never_run(rows, write, copy):
    rows[2][3], rows[4][3], rows[6][3] = "@SUM(A1)", "＋cmd|' /C calc'!A0", "=1+1"
    content = copy(write.csv(rows), "temporary_assistance.csv")
    book = openpyxl.load_workbook(io.BytesIO(content))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    sheet = book.worksheets[0]
    assert [sheet.cell(line, 4).value for line in (3, 5, 7)] == ["'@SUM(A1)", "'＋cmd|' /C calc'!A0", "'=1+1"]
    assert sheet["E8"].value == "-", "a dash for nothing is no formula and is still read as nothing"


def test_a_corrected_copy_is_taken_and_the_added_column_is_no_data(rows, write, copy, take, make_id):
    book = openpyxl.load_workbook(io.BytesIO(copy(write.xlsx(rows), "temporary_assistance.xlsx")))
    sheet = book.worksheets[0]
    sheet["B5"], sheet["C7"], sheet["E7"], sheet["G7"], sheet["F8"] = make_id(7), "杨柳村", 800, "2025-03-09", None
    sheet["E8"] = 500
    sheet.delete_rows(9)
    saved = io.BytesIO()
    book.save(saved)
    taken = take(saved.getvalue(), "temporary_assistance.xlsx")
    assert taken.rules == []
    assert taken.column("row_no") == [3, 4, 5, 7, 8]
    assert taken.record.columns_unknown == ()


def test_copy_that_comes_back_unchanged_reads_as_the_file_did(rows, write, copy, settings, profile):
    """The very same rows end in the very same places; only that it is a copy is said."""
    content = write.xls(rows)
    before = dry_run(content, "temporary_assistance.xls", MARCH, settings, profile)
    after = dry_run(copy(content, "temporary_assistance.xls"), "temporary_assistance.xlsx", MARCH, settings, profile)
    names = ("rows_total", "rows_header", "rows_blank", "rows_note", "rows_accepted", "rows_quarantined", "repairs")
    assert [getattr(after.record, name) for name in names] == [getattr(before.record, name) for name in names]
    assert after.quarantined["row_no"].to_list() == before.quarantined["row_no"].to_list()
    assert (before.was_annotated, after.was_annotated) == (False, True)


def test_equal_files_give_equal_bytes_in_either_language(rows, write, copy):
    content = write.csv(rows)
    assert copy(content, "temporary_assistance.csv") == copy(content, "temporary_assistance.csv")
    english = sheet_of(copy(content, "temporary_assistance.csv", "en"))
    assert sum(text.startswith("Refused: ") for text in results(english, RESULT["en"]).values()) == 4


def test_last_sheet_lists_every_problem_with_its_place(rows, write, copy):
    book = openpyxl.load_workbook(io.BytesIO(copy(write.xlsx(rows), "temporary_assistance.xlsx")))
    notes = book[NOTES["zh_CN"]]
    text = "\n".join(str(row[0].value) for row in notes.iter_rows() if row[0].value)
    assert "读入 6 行 = 接收 2 行（其中自动规整 1 行）+ 退回 4 行。" in text
    lines = [[cell.value for cell in row] for row in notes.iter_rows() if re.fullmatch(r"\d+", str(row[1].value or ""))]
    assert {int(line[1]) for line in lines} == {5, 7, 8, 9}
    assert [line[2] for line in lines if line[1] == "7"] == ["救助金额", "发放日期"]


def test_merged_titles_and_villages_stay_merged(write, copy, make_id):
    content = write.xlsx(
        [
            ["集中排查入户台账", "", "", ""],
            ["户编号", "村", "轮次", "年度"],
            *[[f"H{n}", "杨柳村" if n == 1 else "", "1", "2025"] for n in (1, 2, 3)],
        ]
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.active.merge_cells("A1:D1")
    book.active.merge_cells("B3:B5")
    saved = io.BytesIO()
    book.save(saved)
    sheet = sheet_of(copy(saved.getvalue(), "survey_visits.xlsx"))
    assert {str(merge) for merge in sheet.merged_cells.ranges} == {"A1:D1", "B3:B5"}
    assert all(text.startswith("接收") for row, text in results(sheet).items() if row > 2)


def test_hidden_sheets_are_left_out_and_named(rows, write, copy):
    content = write.xlsx(rows, [["秘密"]], names=["名单", "旧表"], hidden=["旧表"])
    book = openpyxl.load_workbook(io.BytesIO(copy(content, "temporary_assistance.xlsx")))
    assert book.sheetnames == ["名单", NOTES["zh_CN"]]
    assert any("旧表" in str(row[0].value) for row in book[NOTES["zh_CN"]].iter_rows())


def test_file_that_is_refused_whole_has_no_copy(copy):
    with pytest.raises(RefusedError):
        copy(b"a,b\n1,2\n", "holiday.csv")
