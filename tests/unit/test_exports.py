"""Exported tables: typed, dated by the snapshot only, and never a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import openpyxl
import polars as pl
import pytest

from warehouse.errors import UsageError
from warehouse.exports.cells import Column, safe_text
from warehouse.exports.csv_file import csv_file
from warehouse.exports.quarterly import QuarterlyFrames, quarterly_summary
from warehouse.exports.xlsx import Meta, Sheet, workbook
from warehouse.i18n import set_language

META = Meta(
    unit="工作专班办公室",
    place="全镇",
    snapshot_id="s-0001",
    built_at=datetime(2026, 1, 9, 8, 30, tzinfo=UTC),
    data_month=date(2025, 12, 1),
    rules_version="r-abc",
)
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
BODIES = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x","y")', "SUM(A1:A9)"]
PAYLOADS = [start + body for start in STARTS for body in BODIES]
PAYLOADS += [blank + "=1+1" for blank in (" ", "\u3000", "\u00a0", "\ufeff", "\u200b", "  \u3000")]
PAYLOADS += ["{=1+1}", "=1+1\n=2+2", "=DDE(1)", '-1+1+cmd|"x"', "+86 1", "@SUM(1)", "\t=1", "\r\n=1", "=", "--1"]


@pytest.fixture(autouse=True)
def _language_is_put_back() -> Iterator[None]:
    yield
    set_language("zh_CN")


def one_sheet(frame: pl.DataFrame, columns: list[Column], **more: object) -> Sheet:
    return Sheet("表", "标题", columns, frame, **more)  # type: ignore[arg-type]


def test_sixty_payloads_stay_text_in_xlsx() -> None:
    assert len(PAYLOADS) >= 60
    frame = pl.DataFrame({"说明": PAYLOADS})
    book = openpyxl.load_workbook(BytesIO(workbook([one_sheet(frame, [Column("说明", "=题")])], META)))
    found = [cell for row in book["表"].iter_rows() for cell in row if cell.value is not None]
    assert len(found) >= len(PAYLOADS)
    assert {cell.data_type for cell in found} == {"s"}  # openpyxl reads a formula as "f"
    for cell in found:
        assert cell.hyperlink is None
        assert not str(cell.value).lstrip(" \u3000\u00a0\ufeff\u200b").startswith(tuple("=+-@＝＋－＠\t"))


def test_sixty_payloads_stay_text_in_csv() -> None:
    text = csv_file(pl.DataFrame({"说明": PAYLOADS}), [Column("说明", "说明")]).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text, newline="")))[1:]
    assert len(rows) == len(PAYLOADS)
    for (value,) in rows:
        assert value.startswith("'") or value == "{=1+1}"


def test_harmless_text_is_left_alone() -> None:
    for text in ("杨柳村", "a=b", "1-2", "", "'=1", "（见附件）"):
        assert safe_text(text) == text
    assert safe_text("a\x00b\x07") == "a b "
    assert len(safe_text("长" * 40_000)) == 32_767


def test_cells_keep_their_types() -> None:
    frame = pl.DataFrame(
        {
            "户数": [1234, None],
            "比率": [0.934, float("nan")],
            "金额": [1234.5, None],
            "日期": [date(2025, 12, 3), None],
            "文字": ["012345", None],
        }
    )
    kinds = [Column("户数", "户数", "integer"), Column("比率", "比率", "share"), Column("金额", "金额", "money")]
    kinds += [Column("日期", "日期", "date"), Column("文字", "文字")]
    page = openpyxl.load_workbook(BytesIO(workbook([one_sheet(frame, kinds)], META)))["表"]
    header = next(row for row in page.iter_rows() if row[0].value == "户数")[0].row
    first, second = (list(page[header + n]) for n in (1, 2))
    assert [cell.value for cell in first] == [1234, 0.934, 1234.5, datetime(2025, 12, 3), "012345"]
    assert [cell.data_type for cell in first] == ["n", "n", "n", "d", "s"]
    assert first[1].number_format == "0.0%"
    assert [cell.value for cell in second] == [None] * 5  # null and nan are empty, never 0
    assert page.freeze_panes == f"B{header + 1}"
    assert page.auto_filter.ref == f"A{header}:E{header + 2}"


def test_a_sheet_says_what_it_is_and_whence() -> None:
    frame = pl.DataFrame({"a": [1]})
    sheet = one_sheet(frame, [Column("a", "户数", "integer")], notes=("注：零报告计为已到",))
    meta = replace(META, sample_data=True, stand_ins=("监测线",))
    page = openpyxl.load_workbook(BytesIO(workbook([sheet], meta, period="2025年第四季度")))["表"]
    said = [str(row[0].value) for row in page.iter_rows() if row[0].value is not None]
    assert said[:5] == [
        "标题",
        "填报单位：工作专班办公室　期间：2025年第四季度　数据月份：2025年12月",
        "快照 s-0001，规则版本 r-abc，生成于 2026年1月9日 08:30",
        "以下参数用他地公布值暂代：监测线",
        "样例数据，非真实人员，不得作为工作依据",
    ]
    assert said[-1] == "注：零报告计为已到"
    clean = openpyxl.load_workbook(BytesIO(workbook([sheet], META)))["表"]
    assert "样例" not in "".join(str(row[0].value) for row in clean.iter_rows())


def test_equal_input_gives_equal_bytes() -> None:
    sheet = one_sheet(pl.DataFrame({"a": [1, 2]}), [Column("a", "a", "integer")])
    assert workbook([sheet], META) == workbook([sheet], META)
    assert workbook([sheet], META) != workbook([sheet], replace(META, snapshot_id="s-0002"))


def test_a_lost_column_is_an_error() -> None:
    with pytest.raises(UsageError, match="got a frame without b"):
        csv_file(pl.DataFrame({"a": [1]}), [Column("a", "a"), Column("b", "b")])


def test_csv_opens_in_excel() -> None:
    frame = pl.DataFrame({"村": ["杨柳村"], "比率": [0.5], "日": [date(2025, 1, 2)], "空": [None]})
    columns = [Column("村", "村"), Column("比率", "比率", "share"), Column("日", "日期", "date"), Column("空", "空")]
    assert csv_file(frame, columns) == "\ufeff村,比率,日期,空\r\n杨柳村,0.5,2025-01-02,\r\n".encode()


def frames() -> QuarterlyFrames:
    metrics = pl.DataFrame(
        {
            "metric": ["coverage_rate", "missed_rate", "identified_in_time"],
            "name": ["应保尽保率", "疑似漏保率", "识别认定及时率"],
            "better": ["high", "low", "high"],
            "numerator": [934, 66, 0],
            "denominator": [1000, 1000, 0],
            "unknown": [37, 0, 0],
            "value": [0.934, 0.066, None],
            "low": [0.917, 0.052, None],
            "high": [0.948, 0.083, None],
            "target": [0.95, None, 0.9],
            "state": ["known", "known", "none_to_count"],
            "earlier_numerator": [880, 70, None],
            "earlier_denominator": [1000, 1000, None],
            "code": ["KH-0000-0000", "KH-1111-1111", "KH-2222-2222"],
        }
    )
    villages = pl.DataFrame(
        {
            # out of order on purpose: the sheet is in the order of the codes
            "area_code": ["02", "01", "03"],
            "name": ["大田村", "杨柳村", "陈楼村"],
            "metric": ["missed_rate"] * 3,
            "numerator": [3, 19, 0],
            "denominator": [60, 64, 0],
            "value": [0.05, 19 / 64, None],
            "low": [0.02, 0.2, None],
            "high": [0.14, 0.42, None],
            "code": ["KH-3333-3333", "KH-4444-4444", "KH-5555-5555"],
        }
    )
    counts = {name: [2, 3] for name in ("found", "open", "overdue", "rectified", "failed", "closed")}
    issues = pl.DataFrame({"name": ["杨柳村", "大田村"]} | counts)
    rows = {name: [12] for name in ("due", "on_time", "late", "missing")}
    rows |= {name: [500] for name in ("rows_read", "rows_accepted", "rows_quarantined", "rows_linked")}
    quality = pl.DataFrame({"name": ["新增大病人员名单"], "department": ["卫健"]} | rows)
    definitions = metrics.select("metric", "name").with_columns(
        *(pl.lit(words).alias(words) for words in ("question", "numerator", "denominator", "clause", "caveat", "model"))
    )
    parameters = pl.DataFrame(
        {
            "parameter": ["monitoring_line", "watch_multiple"],
            "value": ["7500", "1.5"],
            "unit": ["元", "倍"],
            "valid_from": [date(2020, 1, 1), date(2020, 1, 1)],
            "source": ["stand_in", "local"],
            "clause": ["BX-1", ""],
            "note": ["=危险", ""],
        }
    )
    return QuarterlyFrames(metrics, villages, issues, quality, definitions, parameters)


def table(page: object, first_title: str) -> list[list[object]]:
    rows = [[cell.value for cell in row] for row in page.iter_rows()]  # type: ignore[attr-defined]
    start = next(i for i, row in enumerate(rows) if row[0] == first_title)
    return rows[start:]


def test_quarterly_summary_in_chinese() -> None:
    book = openpyxl.load_workbook(BytesIO(quarterly_summary("2025Q4", "2025Q3", frames(), META)))
    assert book.sheetnames == ["摘要", "各村", "整改", "数据质量", "口径", "数字护照", "参数"]
    summary = table(book["摘要"], "指标")
    assert summary[1][:8] == ["应保尽保率", 934, 1000, 37, 0.934, 0.917, 0.948, 0.95]
    assert summary[1][8] == "比2025年第三季度上升（+5.4 个百分点，95% 区间 +2.9 至 +8.0）"
    assert summary[1][9] == "未达目标 95.0%（−1.6 个百分点）；另有 37 户情况未知，不计入比率。"
    assert summary[2][8] == "与2025年第三季度相比无明显变化（−0.4 个百分点，95% 区间 −2.6 至 +1.8）"
    assert summary[3][4] is None  # none to count is not 0%
    assert summary[3][9] == "本期无应计对象，不计算比率。"
    assert [row[10] for row in summary[:2]] == ["数字编号", "KH-0000-0000"]
    codes = table(book["数字护照"], "指标")
    assert codes[1] == ["应保尽保率", "全镇", 934, 1000, "KH-0000-0000"]
    assert codes[4] == ["疑似漏保率", "大田村", 3, 60, "KH-3333-3333"]
    villages = table(book["各村"], "代码")
    assert [row[1] for row in villages[1:4]] == ["杨柳村", "大田村", "陈楼村"]
    assert villages[1][2:4] == [19, 64]
    assert [row[7] for row in villages[1:4]] == ["应查（偏高）", "无明显差异", "无应计对象"]
    issues = table(book["整改"], "村")
    assert issues[3][:3] == ["合计", 5, 5]
    assert [row[0] for row in table(book["口径"], "编号")[1:4]] == [
        "coverage_rate",
        "missed_rate",
        "identified_in_time",
    ]
    parameters = table(book["参数"], "参数")
    assert [row[4] for row in parameters[1:3]] == ["暂代值（他地公布值）", "本地设定"]
    assert parameters[1][6] == "'=危险"


def test_quarterly_summary_in_english_and_equal_bytes() -> None:
    set_language("en")
    first = quarterly_summary("2025Q4", "2025Q3", frames(), replace(META, place="the town", unit="Taskforce office"))
    assert first == quarterly_summary(
        "2025Q4", "2025Q3", frames(), replace(META, place="the town", unit="Taskforce office")
    )
    book = openpyxl.load_workbook(BytesIO(first))
    tabs = ["Summary", "Villages", "Rectification", "Data quality", "Definitions", "Number passports", "Parameters"]
    assert book.sheetnames == tabs
    assert table(book["Summary"], "Metric")[1][8] == "up on Q3 2025 (+5.4 points, 95% interval +2.9 to +8.0)"
    assert "CJK" not in str(book["Summary"]["A1"].value)
    assert book["Summary"]["A1"].value == "Evaluation summary of the town"
