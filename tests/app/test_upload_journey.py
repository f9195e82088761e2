"""A messy workbook from the box to the figures: checked, sent back annotated, corrected, imported, built, seen."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from tests.app.town_pages import open_page, said
from tests.conftest import Town
from warehouse import build_progress
from warehouse.build import build
from warehouse.build_progress import STEPS, BuildProgress, model_counter, tell, told
from warehouse.intake import annotated, dry_run, import_files, quarantine_rows
from warehouse.scope import Role
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, read_marts, snapshot_path
from warehouse.words import uploads as words

DECEMBER = dt.date(2025, 12, 1)


@pytest.fixture
def own(hamlet: Town, tmp_path: Path) -> Settings:
    """The whole hamlet in a data folder of the test's own."""
    settings = replace(hamlet.settings, data_dir=tmp_path / "own")
    shutil.copytree(hamlet.settings.data_dir, settings.data_dir, ignore=shutil.ignore_patterns("sample", "target"))
    return settings


def inspections(settings: Settings) -> int:
    path = snapshot_path(settings, current_snapshot(settings).snapshot_id)
    asked = "select count(*) as n from fct_inspection where inspected_on = date '2025-12-29'"
    return int(read_marts(path, {"n": asked})["n"].item())


def test_a_messy_workbook_becomes_figures(
    own: Settings, hamlet: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three visits of one day: one as it should be, one with a village nobody knows, one on a day that is none."""
    book = openpyxl.Workbook()
    for row in (
        ["镇级督查记录"],
        ["年度", "村", "检查类型", "检查日期", "检查组"],
        [2025, "孙疃", "集中督查", "2025年12月29日", "甲组"],
        [2025, "查无此村", "集中督查", "2025-12-29", "乙组"],
        [2025, "燕头村", "回头看", "2025-12-49", "丙组"],
        ["合计", "", "", "", 3],
    ):
        book.active.append(row)
    saved = io.BytesIO()
    book.save(saved)
    before, served = inspections(own), current_snapshot(own).snapshot_id
    name = "village_inspections__补报.xlsx"
    found = dry_run(saved.getvalue(), name, DECEMBER, own, hamlet.profile)
    assert (found.record.rows_accepted, sorted(found.quarantined["row_no"])) == (1, [4, 5])
    copy = openpyxl.load_workbook(
        io.BytesIO(annotated(saved.getvalue(), name, DECEMBER, own, hamlet.profile, language="zh_CN"))
    )
    copy.worksheets[0]["B4"], copy.worksheets[0]["D5"] = "燕头村", "2025-12-29"
    corrected = tmp_path / name
    copy.save(corrected)
    assert dry_run(corrected, name, DECEMBER, own, hamlet.profile).quarantined.is_empty()
    (load,) = import_files([corrected], own, hamlet.profile, month=DECEMBER).loads
    assert (load.rows_accepted, load.rows_quarantined) == (3, 0)
    assert quarantine_rows(own, [load.load_id]).is_empty()
    assert inspections(own) == before, "what landed is in no figure before a build"

    build(own, hamlet.profile)
    assert inspections(own) == before + 3
    progress = told(own.builds)
    assert progress is not None
    assert (progress.step, progress.served, progress.share) == ("done", served, 1.0)
    assert progress.models > 100, "every model and check that ended was counted"
    app = open_page(own, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send")
    assert "新计入 1 个文件、3 行。" in said(app)
    assert "已入库的文件都已计入页面数字。" in said(app)


def test_how_far_a_build_is_only_grows(tmp_path: Path) -> None:
    """Each step begins where the one before ended; the models fill theirs one by one."""
    build_progress.begin(tmp_path, "earlier")
    shares = [told(tmp_path).share]  # type: ignore[union-attr]
    for step in list(STEPS)[1:]:
        for models in (0, 139, 278) if step == "models" else (278,):
            tell(tmp_path, step, models=models, all_models=278)
            shares.append(told(tmp_path).share)  # type: ignore[union-attr]
    tell(tmp_path, build_progress.DONE, snapshot="newer")
    shares.append(told(tmp_path).share)  # type: ignore[union-attr]
    assert shares == sorted(shares)
    assert shares[1] < shares[2] < shares[3], "the models fill their own part"
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert told(tmp_path).served == "earlier"  # type: ignore[union-attr]


def test_what_a_build_tells_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    """A page never fails for it: nothing told yet, half a file, a step that another version tells."""
    assert told(tmp_path) is None
    (tmp_path / build_progress.FILE).write_text('{"step": "mod', "utf-8")
    assert told(tmp_path) is None
    (tmp_path / build_progress.FILE).write_text('{"step": "dreaming"}', "utf-8")
    assert told(tmp_path) is None
    model_counter(tmp_path / "not there")


@pytest.mark.parametrize(
    ("progress", "sentence"),
    [
        (None, "0%　正在准备，已用 3 秒。"),
        (BuildProgress("done", snapshot="x"), "0%　正在准备，已用 3 秒。"),
        (BuildProgress("models", 139, 278), "49%　正在计算并检验（139／278 步），已用 3 秒。"),
        (BuildProgress("publish", 278, 278), "97%　正在切换到新数字，已用 3 秒。"),
    ],
)
def test_what_a_build_does_is_said_in_words(progress: BuildProgress | None, sentence: str) -> None:
    """A build that has just begun must not show how the one before it ended."""
    assert words.at_work(progress, 3).startswith(sentence)
