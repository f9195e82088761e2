"""A messy workbook: checked, taken back annotated, imported, the build watched to its end, and the figures new."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.app.conftest import Live, start_server
from tests.app.town_pages import ask
from tests.browser.conftest import Arrive
from tests.conftest import Town
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, read_marts, snapshot_path

NOT_LOOKED_BACK = """
select name from dim_area where is_unit and area_code not in (
    select area_code from fct_inspection where kind = '回头看' and year = 2025
) order by area_code
"""
LOOKED_BACK = "select count(distinct area_code) as n from fct_inspection where kind = '回头看' and year = 2025"
BUILD_MS = 300_000


@pytest.fixture
def own_server(town: Town, tmp_path: Path) -> Iterator[Live]:
    """The whole town, lists and all, in a data folder that may be written to."""
    folder = tmp_path / "own"
    shutil.copytree(town.settings.data_dir, folder, ignore=shutil.ignore_patterns("sample", "target"))
    live = start_server(Settings(data_dir=folder, sample_ids=True), demo=True, cwd=tmp_path)
    yield live
    live.process.terminate()
    live.process.wait(20)


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    heads = ["年度", "村", "检查类型", "检查日期", "检查组"]
    for row in (["镇级督查记录"], heads, *rows, ["合计", "", "", "", len(rows)]):
        book.active.append(row)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def looked_back(live: Live) -> int:
    path = snapshot_path(live.settings, current_snapshot(live.settings).snapshot_id)
    return int(read_marts(path, {"n": LOOKED_BACK})["n"].item())


def test_a_messy_workbook_becomes_figures_without_leaving_the_page(
    arrive: Arrive, own_server: Live, town: Town
) -> None:
    """Of three visits one is sound, one is in a village nobody knows, one is on a day that is none."""
    village, second, *_ = ask(town, NOT_LOOKED_BACK)["name"]
    before = looked_back(own_server)
    content = workbook(
        [2025, village, "回头看", "2025年12月29日", "甲组"],
        [2025, "查无此村", "回头看", "2025-12-29", "乙组"],
        [2025, second, "回头看", "2025-12-49", "丙组"],
    )
    office = arrive("office", url=own_server.url)
    office.open("joint_meeting", period="2025Q4")
    assert f"{before}/22" in office.text()

    office.open("intake", part="send")
    with office.rerun():
        office.page.locator("input[type=file]").set_input_files(
            {"name": "village_inspections__补报.xlsx", "mimeType": "application/octet-stream", "buffer": content}
        )
    office.page.get_by_text("共 1 个文件：1 个可以导入").wait_for()
    office.settle()
    held = office.rows(office.page.get_by_test_id("stExpander").get_by_test_id("stDataFrame").first)
    assert [row[0] for row in held[1:]] == ["4", "5"], "the rows that will not be taken, by their numbers"

    with office.rerun():
        office.page.locator("[class*=st-key-uploads_copy_]").get_by_role("button").click()
    name, copy, _ = office.take()
    assert name == "village_inspections__补报_核对结果.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(copy)).worksheets[0]
    assert sheet["B4"].value == "查无此村"
    assert sheet["B4"].fill.fgColor.rgb != sheet["B3"].fill.fgColor.rgb, "the cell that is wrong is coloured"

    with office.rerun():
        office.page.get_by_text("已核对无误，导入这个文件").click()
    office.push("intake_import")
    assert looked_back(own_server) == before, "what landed is in no figure before a build"
    office.push("intake_build")
    office.page.get_by_test_id("stProgress").first.wait_for()
    office.page.get_by_text(re.compile("更新完成：页面数字截至2025年12月")).wait_for(timeout=BUILD_MS)
    office.settle()
    assert "新计入 1 个文件、1 行。" in office.text()
    assert looked_back(own_server) == before + 1
    office.open("joint_meeting", period="2025Q4")
    assert f"{before + 1}/22" in office.text()
