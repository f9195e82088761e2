"""The intake page: every row of every file is somewhere, reasons are said, and an upload lands only when confirmed."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import time
from dataclasses import replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, audit
from warehouse.build_child import build_state, start_build
from warehouse.errors import BusyError
from warehouse.i18n import fmt_number
from warehouse.intake import loads
from warehouse.scope import Role
from warehouse.session import XLSX
from warehouse.settings import Settings
from warehouse.words import intake as words

INSPECTIONS = (
    "年度,村,检查类型,检查日期,检查组\n2025,孙疃村,集中督查,2025-12-03,甲组\n"
    "2025,炮楼,回头看,2025年12月20日,乙组\n2025,燕头村,集中督查,,丙组\n"
)


def totals(town: Town, month: str) -> dict[str, int]:
    """Rows of the files in force of a month, from the registry of loads, not from the marts."""
    winning = loads(town.settings).filter("is_winning", pl.col("month") == dt.date.fromisoformat(month))
    return {name: int(winning[name].sum()) for name in ("rows_read", "rows_accepted", "rows_quarantined")}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh_CN", "读入 {rows_read} 行 = 接收 {rows_accepted} 行 + 隔离 {rows_quarantined} 行。"),
        ("en", "{rows_read} rows read = {rows_accepted} accepted + {rows_quarantined} quarantined."),
    ],
)
def test_the_rows_of_the_month(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    rows = totals(town, "2025-12-01")
    assert rows["rows_quarantined"] > 0
    app = open_page(town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, language=language)
    assert sentence.format(**{name: fmt_number(n) for name, n in rows.items()}) in said(app)


def test_every_file_adds_up(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, period="2025-11")
    files = next(frame for frame in frames(app) if "adds_up_words" in frame.columns)
    winning = loads(town.settings).filter("is_winning", pl.col("month") == dt.date(2025, 11, 1))
    assert files["file_name"].sort().to_list() == winning["file_name"].sort().to_list()
    assert set(files["adds_up_words"]) == {"是"}
    assert f"本月 {winning.height} 个文件的行数全部对得上" in said(app)


def test_a_file_that_does_not_add_up_is_said() -> None:
    """A planted fault: one row of the file is nowhere."""
    file = {"title": "甲", "title_en": "a", "rows_total": 10, "rows_header": 1, "rows_blank": 0, "rows_note": 0}
    file |= {"rows_read": 9, "rows_accepted": 8, "rows_quarantined": 0}
    assert words.reconciled(pl.DataFrame([file]))["adds_up"].to_list() == [False]
    assert words.reconciled(pl.DataFrame([file | {"rows_quarantined": 1}]))["adds_up"].to_list() == [True]


def test_every_refused_row_has_a_reason_and_a_fix(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE)
    rejected = next(frame for frame in frames(app) if {"fix", "row_no"} <= set(frame.columns))
    count = ask(town, "select count(*) from quarantine where month = date '2025-12-01'").item()
    assert rejected.height == count
    assert rejected["reason"].str.len_chars().min() > 3
    assert rejected["fix"].str.len_chars().min() > 3
    reasons = next(frame for frame in frames(app) if "rows_rejected" in frame.columns)
    assert reasons["rows_rejected"].sum() == count


def test_one_list_only(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, list="dibao_recipients")
    lists = frames(app)[0]
    assert lists["list"].to_list() == ["最低生活保障对象名册"]
    expected = ask(
        town,
        "select rows_read, rows_accepted, rows_quarantined, rows_linked::double / rows_linkable from fct_push "
        "where extract = 'dibao_recipients' and month = date '2025-12-01'",
    ).row(0)
    shown = lists.select("rows_read", "rows_accepted", "rows_quarantined", "link_rate").row(0)
    assert shown == pytest.approx(expected)


def test_a_missing_list_is_named(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that did not come and one that came empty never look alike."""
    month, title = ask(
        town,
        "select strftime(month, '%Y-%m'), title from fct_push join dim_extract using (extract) "
        "where state = 'missing' order by month, extract limit 1",
    ).row(0)
    text = said(open_page(town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, period=month))
    missing = next(line for line in text.splitlines() if "未到：" in line)
    assert title in missing
    empty = ask(
        town,
        "select title from fct_push join dim_extract using (extract) where is_zero_report and month = ?::date",
        f"{month}-01",
    )["title"].to_list()
    assert empty
    assert not any(name in missing for name in empty)


@pytest.mark.parametrize("role", [Role.LEADER, Role.CADRE])
def test_the_page_is_not_for_leaders_and_cadres(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "intake", role)
    assert "您的身份不能打开此页" in said(app)
    assert not app.dataframe


@pytest.fixture
def desk(town: Town, tmp_path: Path) -> Settings:
    """The town's snapshot and key in a data folder of its own, into which nothing has landed."""
    settings = replace(town.settings, data_dir=tmp_path / "desk")
    for name in ("snapshots", "keys"):
        shutil.copytree(town.settings.data_dir / name, settings.data_dir / name)
    return settings


def test_an_upload_is_checked_first_and_lands_when_confirmed(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three rows: one right, one with a village and a day written otherwise, one without its required day."""
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE)
    app.file_uploader(key="intake_file").upload("village_inspections.csv", INSPECTIONS.encode(), "text/csv")
    app.selectbox(key="intake_month").set_value(dt.date(2025, 12, 1))
    next(button for button in app.button if button.label == "预检（不入库）").click().run()
    assert not app.exception
    text = said(app)
    assert "文件 4 行 = 表头 1 + 空行 0 + 注释与合计 0 + 读入 3；读入 = 接收 2 + 隔离 1。" in text
    held = next(frame for frame in frames(app) if "fix" in frame.columns and frame.height == 1)
    assert held["row_no"].to_list() == [4]
    assert held["reason"].to_list() == ["必填列“检查日期”为空"]
    assert loads(desk).is_empty(), "a dry run lands nothing"
    app.button(key="intake_import").click().run()
    assert not app.exception
    assert "已入库：village_inspections.csv，读入 3 行 = 接收 2 + 隔离 1。" in said(app)
    landed = loads(desk)
    assert landed.select("extract", "rows_accepted", "rows_quarantined").rows() == [("village_inspections", 2, 1)]
    assert "本次更新之后又收到 1 个文件" in said(app), "the figures do not hold it yet, and the page says so"
    assert audit.entries(app_db(desk), action=audit.Action.UPLOADED)["target"].to_list() == landed["load_id"].to_list()


def test_a_file_that_is_no_list_is_refused_with_one_sentence(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, language="en")
    app.file_uploader(key="intake_file").upload("holiday.csv", b"a,b\n1,2\n", "text/csv")
    next(button for button in app.button if button.label == "Check (nothing lands)").click().run()
    assert not app.exception
    assert next(iter(app.error)).value.startswith("Refused whole: ")
    assert not [button for button in app.button if button.key == "intake_import"]
    assert loads(desk).is_empty()


def test_a_build_runs_beside_the_page_and_tells_how_it_ended(tmp_path: Path) -> None:
    """Nothing was imported, so the build fails at once; while it runs a second one is refused, and the lock falls."""
    settings = Settings(data_dir=tmp_path / "data")
    assert build_state(settings).started_at is None
    start_build(settings)
    assert build_state(settings).is_running
    with pytest.raises(BusyError):
        start_build(settings)
    deadline = time.monotonic() + 60
    while build_state(settings).is_running and time.monotonic() < deadline:
        time.sleep(0.2)
    state = build_state(settings)
    assert not state.is_running
    assert state.started_at is not None
    assert "household_roster" in " ".join(state.lines), "the reason is in the log"


def test_words_of_a_file_are_shown_and_never_run(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A heading or a file name that is Markdown would put a link of the sender's before the office."""
    head, *rows = INSPECTIONS.splitlines()
    content = "\n".join([f"{head},[点此](//evil.example),`x`,$y$,www.evil.example", *rows]).encode()
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE)
    shown = {
        "village_inspections__[a](b).csv": [
            r"\[a\](b).csv",
            r"\[点此\](//EVIL.EXAMPLE)、\`X\`、\$Y\$、WWW\.EVIL.EXAMPLE",
        ],
        "[a](b).csv": [r"文件 \[a\](b).csv"],
    }
    for name, words_shown in shown.items():
        app.file_uploader(key="intake_file").upload(name, content, "text/csv")
        app.selectbox(key="intake_month").set_value(dt.date(2025, 12, 1))
        next(button for button in app.button if button.label == "预检（不入库）").click().run()
        assert not app.exception
        assert [text for text in words_shown if text not in said(app)] == []


def test_sheets_that_are_not_read_are_named(desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second village's sheet lost its header: its rows are in no count, so the page must say so."""
    book = openpyxl.Workbook()
    book.active.title = "孙疃村"
    for line in INSPECTIONS.splitlines()[:2]:
        book.active.append(line.split(","))
    book.create_sheet("燕头村").append(["2025", "燕头村", "集中督查", "2025-12-04", "乙组"])
    content = io.BytesIO()
    book.save(content)
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE)
    app.file_uploader(key="intake_file").upload("village_inspections.xlsx", content.getvalue(), XLSX)
    app.selectbox(key="intake_month").set_value(dt.date(2025, 12, 1))
    next(button for button in app.button if button.label == "预检（不入库）").click().run()
    assert "没有读的工作表（隐藏，或没有这份名单的表头）：燕头村。" in said(app)
