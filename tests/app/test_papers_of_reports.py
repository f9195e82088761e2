"""The reports as papers: numbers of the workbook, every village and metric, what a meeting needs on its slides."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdf
import pytest
from pptx import Presentation
from typer.testing import CliRunner

from tests.conftest import Town
from warehouse import i18n
from warehouse.cli import app as command
from warehouse.exports.forms import FormName
from warehouse.exports.meeting_report import meeting_pack
from warehouse.exports.periodic_report import Report, annual_report, monthly_report
from warehouse.exports.quarterly_report import office_ask, quarterly_report
from warehouse.gate import current_gate
from warehouse.i18n import fmt_number, fmt_share, with_units
from warehouse.metrics import load_metrics

REPORTS: dict[str, tuple[Report, str]] = {
    "quarterly": (quarterly_report, "2025Q4"),
    "monthly": (monthly_report, "2025-12"),
    "annual": (annual_report, "2025"),
    "pack": (meeting_pack, "2025Q4"),
}


def made(town: Town, name: str, form: FormName, language: str = "zh_CN") -> bytes:
    i18n.set_language(language)
    report, period = REPORTS[name]
    try:
        return report(office_ask(current_gate(town.settings)), period, form=form)
    finally:
        i18n.set_language("zh_CN")


def tables(paper: bytes) -> dict[str, list[list[str]]]:
    """The tables of a Word document by the first words of their heads; of a figure grid its cells."""
    found = docx.Document(BytesIO(paper)).tables
    rows = [[[cell.text for cell in row.cells] for row in drawn.rows] for drawn in found]
    return {"|".join(one[0][:3]): one for one in rows}


def sheet_rows(book: Any, tab: str, head: str) -> list[tuple[Any, ...]]:
    """The rows of a sheet under the head whose first cell is `head`."""
    rows = list(book[tab].iter_rows(values_only=True))
    start = next(n for n, row in enumerate(rows) if row[0] == head)
    return rows[start + 1 :]


def test_the_quarterly_summary_tells_every_metric_village_and_list(town: Town) -> None:
    found = tables(made(town, "quarterly", "docx"))
    book = openpyxl.load_workbook(BytesIO(made(town, "quarterly", "xlsx")))
    metrics = {row[0]: row for row in found["指标|数值|分子/分母"]}
    told = {with_units(entry.name_zh) for entry in load_metrics().values()}
    assert told <= metrics.keys()
    numerator, denominator = next(row for row in sheet_rows(book, "摘要", "指标") if row[0] == "应保尽保率")[1:3]
    assert metrics["应保尽保率"][1:3] == [
        fmt_share(numerator / denominator),
        f"{fmt_number(numerator)}/{fmt_number(denominator)}",
    ]
    villages = next(rows for head, rows in found.items() if head.startswith("村|应保尽保率"))
    assert [row[0] for row in villages[1:]] == [area.name for area in town.profile.villages]
    lists = next(rows for head, rows in found.items() if head.startswith("清单|部门"))
    listed = [row for row in sheet_rows(book, "数据质量", "清单") if row[0] and row[2] is not None]
    assert [(row[0], row[6]) for row in lists[1:]] == [(row[0], fmt_number(row[6])) for row in listed]
    definitions = next(rows for head, rows in found.items() if head.startswith("指标|分子|分母"))
    assert len(definitions) == 1 + len(load_metrics())


def test_the_monthly_report_has_the_numbers_of_the_workbook(town: Town) -> None:
    """DJ-8: who came and left, gaps, villages."""
    found = tables(made(town, "monthly", "docx"))
    book = openpyxl.load_workbook(BytesIO(made(town, "monthly", "xlsx")))
    for head, tab, first in (
        ("项目|本月|上月", "概况", "项目"),
        ("名册|户|人", "救助对象进出", "名册"),
        ("疑点|户|人", "疑点处置", "疑点"),
    ):
        told = [row[:3] for row in found[head][1:]]
        there = [row for row in sheet_rows(book, tab, first) if row[0] and row[1] is not None]
        assert told == [[str(row[0]), fmt_number(row[1]), fmt_number(row[2])] for row in there], tab
    registers = [row[:3] for row in found["名册|户|人"][1:]]
    people = sum(int(row[2]) for row in registers)
    sums = f"合计 {sum(int(row[1]) for row in registers)} 户次、{people} 人次"
    assert any(sums in line.text for line in docx.Document(BytesIO(made(town, "monthly", "docx"))).paragraphs), (
        "a sum over registers counts who is on two of them twice, and says so"
    )
    helped = next(rows for head, rows in found.items() if head.startswith("村|户|在册人口"))
    assert [row[0] for row in helped[1:]] == [*(area.name for area in town.profile.villages), "合计"]


def test_the_annual_evaluation_tells_the_year_by_quarter_and_village_by_village(town: Town) -> None:
    """ST-6b, ST-6a: 22 of 22."""
    found = tables(made(town, "annual", "docx"))
    quarters = next(rows for head, rows in found.items() if head.startswith("指标|2025年第一季度"))
    assert quarters[0][1:] == [f"2025年第{n}季度" for n in "一二三四"]
    assert len(quarters) == 1 + len(load_metrics())
    visits = next(rows for head, rows in found.items() if head.startswith("村|督查日期"))
    assert [row[0] for row in visits[1:]] == [area.name for area in town.profile.villages]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_slides_of_a_meeting_hold_exceptions_and_matters_to_decide(town: Town, language: str) -> None:
    deck = Presentation(BytesIO(made(town, "pack", "pptx", language)))
    book = openpyxl.load_workbook(BytesIO(made(town, "pack", "xlsx", language)))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert not [cell for cell in cells if re.search("点一行|Click a row", cell)], (
        "nothing opens by a click in a workbook"
    )
    matters = [row for row in sheet_rows(book, book.sheetnames[2], "序号" if language == "zh_CN" else "No.") if row[2]]
    shown: list[str] = []
    for slide in deck.slides:
        assert slide.shapes.title.text
        for shape in slide.shapes:
            assert shape.top + shape.height <= deck.slide_height, slide.shapes.title.text
            if shape.has_table and shape.table.cell(0, 0).text in ("序号", "No."):
                shown += [row.cells[2].text for row in list(shape.table.rows)[1:]]
    assert shown == [row[2] for row in matters]
    titles = [slide.shapes.title.text for slide in deck.slides]
    told = "处应当查，.* 处留意" if language == "zh_CN" else "to check, .* to note"
    assert any(re.search(told, one) for one in titles), "what may be chance is told apart from what is not"
    assert len(deck.slides) < 25, "a meeting does not page through a dump"


def test_a_full_count_has_no_interval_of_a_sample(town: Town) -> None:
    """Households a month without a measure are counted, all of them; shares beside them have their interval."""
    lines = [line.text for line in docx.Document(BytesIO(made(town, "pack", "docx"))).paragraphs]
    (counted,) = [line for line in lines if line.startswith("满月无措施户")]
    (share,) = [line for line in lines if line.startswith("一户一档一方案完整率")]
    assert "95%" not in counted
    assert "95% 区间" in share


@pytest.mark.parametrize(
    ("name", "language"),
    [("quarterly", "zh_CN"), ("quarterly", "en"), ("monthly", "en"), ("annual", "zh_CN"), ("pack", "en")],
)
def test_every_report_is_a_pdf_of_some_pages_without_marks_of_the_pages(town: Town, name: str, language: str) -> None:
    pages = [page.extract_text() for page in pypdf.PdfReader(BytesIO(made(town, name, "pdf", language))).pages]
    assert 4 <= len(pages) <= 30
    assert all(re.sub(r"[\s\u200b]", "", page) for page in pages)
    text = re.sub(r"[\s\u200b]", "", "".join(pages))
    assert "**" not in text
    assert "{" not in text
    assert not re.search(r"点一行|Clickarow", text), "a hint for a page is no word of a paper"
    assert not re.search(r"\d{17}[\dX]", text), "no ID"


def test_the_form_is_chosen_on_the_command_line(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    words = ["--data-dir", str(town.settings.data_dir), "export", "monthly", "--period", "2025-12", "--to"]
    for arguments, start in ((["m.docx"], b"PK"), (["m.pdf"], b"%PDF"), (["paper", "--as", "pptx"], b"PK")):
        to = tmp_path / arguments[0]
        outcome = CliRunner().invoke(command, [*words, str(to), *arguments[1:]])
        assert outcome.exit_code == 0, outcome.output
        assert to.read_bytes().startswith(start)
    outcome = CliRunner().invoke(command, [*words, str(tmp_path / "m.txt")])
    assert outcome.exit_code != 0
    assert not (tmp_path / "m.txt").exists()
