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
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, audit, users
from warehouse.app_db.sessions import session_id_of, start_session
from warehouse.build_child import build_state, start_build
from warehouse.contracts import load_contracts
from warehouse.errors import BusyError
from warehouse.i18n import fmt_number
from warehouse.intake import import_files, loads
from warehouse.profiles import load_profile
from warehouse.scope import Role
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
        ("zh_CN", "读入 {rows_read} 行 = 接收 {rows_accepted} 行 + 退回 {rows_quarantined} 行。"),
        ("en", "{rows_read} rows read = {rows_accepted} accepted + {rows_quarantined} sent back."),
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
    app = open_page(town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, part="held")
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


def drop(app: AppTest, *files: tuple[str, bytes], month: dt.date = dt.date(2025, 12, 1)) -> AppTest:
    """Files dropped into the box of the page, for the month."""
    app.selectbox(key="uploads_month").set_value(month)
    for name, content in files:
        app.file_uploader[0].upload(name, content, "text/csv")
    return app.run()


def department_page(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, department: str, **query: str
) -> AppTest:
    """The page as the contact of one department sees it."""
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.DEPARTMENT, **query)
    db = app_db(desk)
    user_id = users.add_user(db, department, Role.DEPARTMENT, "a long password of a test", departments=[department])
    app.user = {"kanhu_session": session_id_of(start_session(db, user_id))}
    app.run()
    assert not app.exception
    return app


def test_an_upload_is_checked_first_and_lands_when_confirmed(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three rows: one right, one with a village and a day written otherwise, one without its required day."""
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send")
    drop(app, ("village_inspections.csv", INSPECTIONS.encode()))
    assert not app.exception
    text = said(app)
    assert "共 1 个文件：1 个可以导入，0 个不导入。" in text
    assert "认作《镇级督查和“回头看”检查记录》，2025年12月（按文件名）；规定格式；表头在第 1 行。" in text
    assert "文件 4 行 = 表头 1 + 空行 0 + 注释与合计 0 + 读入 3；读入 = 接收 2 + 退回 1。" in text
    assert next(iter(app.expander)).label.endswith("可以导入，1 行将被退回。")
    held = next(frame for frame in frames(app) if "fix" in frame.columns and frame.height == 1)
    assert held["row_no"].to_list() == [4]
    assert held["reason"].to_list() == ["必填列“检查日期”为空"]
    assert loads(desk).is_empty(), "a dry run lands nothing"
    app.button(key="intake_import").click().run()
    assert not app.exception
    assert "读入 3 行 = 接收 2 + 退回 1。" in said(app)
    landed = loads(desk)
    assert landed.select("extract", "rows_accepted", "rows_quarantined").rows() == [("village_inspections", 2, 1)]
    assert (desk.raw / "2025-12" / "village_inspections.csv").read_bytes() == INSPECTIONS.encode()
    assert "本次更新之后又收到 1 个文件" in said(app), "the figures do not hold it yet, and the page says so"
    assert audit.entries(app_db(desk), action=audit.Action.UPLOADED)["target"].to_list() == landed["load_id"].to_list()


def test_several_files_each_get_a_verdict_and_only_the_chosen_land(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One good, one no list at all, one whose every row is wrong: it would take the place of nothing with nothing."""
    worthless = "年度,村,检查类型,检查日期,检查组\n2025,孙疃村,集中督查,,甲组\n"
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send", language="en")
    drop(
        app,
        ("village_inspections.csv", INSPECTIONS.encode()),
        ("holiday.csv", b"a,b\n1,2\n"),
        ("village_inspections__2.csv", worthless.encode()),
    )
    assert not app.exception
    assert "3 files: 1 can be imported, 2 cannot or need not." in said(app)
    labels = [one.label for one in app.expander]
    assert any("holiday.csv" in label and "Cannot be imported: " in label for label in labels)
    assert any("all 1 rows" in label or "its only row (1)" in label for label in labels)
    app.button(key="intake_import").click().run()
    assert loads(desk)["file_name"].to_list() == ["village_inspections.csv"]
    assert any("holiday.csv" in one.label for one in app.expander), "what was not imported still waits"


def test_a_list_that_shrank_to_a_few_rows_lands_only_when_confirmed(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty rows in November, two in December: a part of the list would make the others drop out of every figure."""
    head, november = INSPECTIONS.splitlines()[0], tmp_path / "2025-11" / "village_inspections.csv"
    november.parent.mkdir()
    rows = [f"2025,孙疃村,集中督查,2025-11-03,{number}组" for number in range(40)]
    november.write_text("\n".join([head, *rows]), "utf-8")
    import_files([november], desk, load_profile("suntuan"))
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send")
    drop(app, ("village_inspections.csv", INSPECTIONS.encode()))
    assert next(iter(app.expander)).label.endswith("2025年11月 40 行，本次 2 行：请确认是否为全量。")
    assert app.button(key="intake_import").disabled
    next(box for box in app.checkbox if box.label == "已核对无误，导入这个文件").check().run()
    app.button(key="intake_import").click().run()
    assert loads(desk)["rows_accepted"].to_list() == [40, 2]


def test_a_new_version_under_another_name_takes_the_place_of_the_old_one(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of one list and month with differing names count together: a second version would count everybody twice."""
    head = "户编号,村,轮次,年度"
    rows = [f"H{number},孙疃村,1,2025" for number in range(6)]
    first = tmp_path / "2025-12" / "survey_visits.csv"
    first.parent.mkdir()
    first.write_text("\n".join([head, *rows]), "utf-8")
    import_files([first], desk, load_profile("suntuan"))
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send")
    drop(app, ("survey_visits__更正.csv", "\n".join([head, *rows, "H9,孙疃村,1,2025"]).encode()))
    assert not app.exception
    assert "将替换" in said(app)
    place = next(box for box in app.selectbox if box.label == "与本月已有文件的关系")
    assert place.value == "survey_visits.csv"
    place.set_value("").run()
    assert "其中 6 个对象两份都有" in said(app)
    next(box for box in app.selectbox if box.label == "与本月已有文件的关系").set_value("survey_visits.csv").run()
    app.button(key="intake_import").click().run()
    assert loads(desk).filter("is_winning").select("file_name", "rows_accepted").rows() == [("survey_visits.csv", 7)]


def test_a_department_imports_its_own_lists_alone_and_builds_nothing(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inspections are the town's: civil affairs is told so, the town imports them, and neither can build."""
    file = ("village_inspections.csv", INSPECTIONS.encode())
    app = drop(department_page(desk, tmp_path, monkeypatch, "civil_affairs", part="send"), file)
    assert "不归您的部门报送" in next(iter(app.expander)).label
    assert app.button(key="intake_import").disabled
    assert loads(desk).is_empty()
    app = drop(department_page(desk, tmp_path, monkeypatch, "town", part="send"), file)
    app.button(key="intake_import").click().run()
    assert not app.exception
    assert loads(desk)["extract"].to_list() == ["village_inspections"]
    assert "页面数字由专班办公室更新" in said(app)
    assert "intake_build" not in [button.key for button in app.button]
    assert not any("确认并记住" in button.label for button in app.button)


def test_near_names_are_confirmed_where_they_are_seen(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = INSPECTIONS.replace("孙疃村", "杨树村").encode()
    app = drop(
        open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send"), ("village_inspections.csv", content)
    )
    assert next(iter(app.expander)).label.endswith("2 行将被退回。")
    next(box for box in app.selectbox if (box.key or "").startswith("aliases_village")).select("340621109204")
    next(button for button in app.button if button.label == "确认并记住").click().run()
    assert not app.exception
    assert next(iter(app.expander)).label.endswith("1 行将被退回。"), "the check was made again, with the name known"


def test_the_annotated_copy_is_handed_to_the_sender_once(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send")
    drop(app, ("village_inspections.csv", INSPECTIONS.encode()))
    next(button for button in app.button if button.label == "生成标注副本（发还核对）").click().run()
    assert not app.exception
    assert "village_inspections_核对结果.xlsx" in said(app)
    assert "/export/" in said(app)


def test_a_department_has_its_own_file_back_and_nobody_else(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy holds whole ID numbers: the department sent them; to the office they are masked."""
    app = department_page(town.settings, tmp_path, monkeypatch, "civil_affairs", part="held")
    held = loads(town.settings).filter(
        "is_winning", pl.col("month") == dt.date(2025, 12, 1), pl.col("rows_quarantined") > 0
    )
    own = {name for name, contract in load_contracts().items() if contract.owner == "civil_affairs"}
    box = app.selectbox(key="intake_copy_of")
    assert sorted(box.options) == sorted(held.filter(pl.col("extract").is_in(own))["file_name"])
    app.button(key="intake_copy").click().run()
    assert not app.exception
    assert "/export/" in said(app)
    office = open_page(town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, part="held")
    assert "intake_copy" not in [button.key for button in office.button]


def test_lists_without_a_day_are_counted_apart() -> None:
    """39 lists of which 33 have a day to be in time or late; the sum must not pass over the others in silence."""
    kinds = [("on_time", 3), ("missing", 1), ("no_day", 2), ("received", 1)]
    rows = [
        {
            "title": f"名单{state}{n}",
            "title_en": "list",
            "state": state,
            "due_on": dt.date(2026, 1, 10),
            "towns_missing": None,
        }
        | dict.fromkeys(("rows_read", "rows_accepted", "rows_quarantined", "rows_linkable", "rows_linked"), 0)
        for state, number in kinds
        for n in range(number)
    ]
    first, *rest = words.verdict(
        pl.DataFrame(rows, schema_overrides={"towns_missing": pl.String}), "一月", 0, is_sender=True
    )
    assert first.startswith("一月应报 4 份清单：按时 3")
    assert first.endswith("另有 3 份没有规定日期，其中已到 1。")
    assert rest[0].startswith("未到：名单missing0（应于 2026年1月10日 前）")
    assert rest[1].startswith("下一步：")


def test_the_words_of_the_box_are_ours_in_either_language(
    desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, words_shown in (("zh_CN", "选择文件"), ("en", "Choose files")):
        app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send", language=language)
        (style,) = [one.proto.body for one in app.get("html") if "stFileUploaderDropzone" in one.proto.body]
        assert f'button::after {{ content: "{words_shown}"; }}' in style
        assert app.file_uploader[0].label in ("上报文件", "Files to send")


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
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send")
    drop(app, ("village_inspections__[a](b).csv", content))
    assert not app.exception
    assert r"\[点此\](//EVIL.EXAMPLE)、\`X\`、\$Y\$、WWW\.EVIL.EXAMPLE" in said(app)
    assert r"village_inspections__\[a\](b).csv" in next(iter(app.expander)).label


def test_sheets_that_are_not_read_are_named(desk: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second village's sheet lost its header: its rows are in no count, so the page must say so."""
    book = openpyxl.Workbook()
    book.active.title = "孙疃村"
    for line in INSPECTIONS.splitlines()[:2]:
        book.active.append(line.split(","))
    book.create_sheet("燕头村").append(["2025", "燕头村", "集中督查", "2025-12-04", "乙组"])
    content = io.BytesIO()
    book.save(content)
    app = open_page(desk, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send")
    drop(app, ("village_inspections.xlsx", content.getvalue()))
    assert "没有读的工作表（隐藏，或没有这份名单的表头）：燕头村。" in said(app)
