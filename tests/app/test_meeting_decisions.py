"""The meeting's loop: decided, reported on, opened with at the next meeting, carried; and who may write any of it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import frames, open_page
from tests.app.town_pages import said as said_with_marks
from tests.conftest import Town
from warehouse import meetings
from warehouse.app_db import AppDb, app_db, audit, users
from warehouse.app_db import decisions as kept
from warehouse.app_db.free_text import TextRefusedError
from warehouse.app_db.notes import add_note
from warehouse.errors import AccessDeniedError
from warehouse.scope import ALL, Role, Scope
from warehouse.words import decided

TAGS = re.compile(r"<[^>]+>")
OFFICE = Scope(1, "office", Role.OFFICE, ("a",), True, ("civil_affairs", "health"))
HEALTH = Scope(2, "health", Role.DEPARTMENT, departments=("health",))
OTHERS = (
    replace(OFFICE, role=Role.LEADER, user_name="leader"),
    replace(OFFICE, role=Role.CADRE, user_name="cadre"),
    replace(OFFICE, role=Role.ADMINISTRATOR, user_name="chief"),
    HEALTH,
)
OWNERS = {"civil_affairs": "民政", "health": "卫健"}


def said(app: AppTest) -> str:
    return TAGS.sub("", said_with_marks(app)).replace("**", "")


@pytest.fixture
def db(accounts: AppDb) -> AppDb:
    granted = {Role.OFFICE: [ALL], Role.LEADER: [ALL], Role.CADRE: ["a"]}
    for scope in (OFFICE, *OTHERS):
        assert scope.role
        lists = ["health"] if scope.role is Role.DEPARTMENT else []
        areas = granted.get(scope.role, [])
        users.add_user(accounts, scope.user_name, scope.role, "wheat-field-42", areas=areas, departments=lists)
    return accounts


def decide(db: AppDb, scope: Scope, meeting_id: int, owner: str = "health", text: str = "逐户核实") -> int:
    return meetings.decide(
        db,
        scope,
        meeting_id,
        matter="疑似漏保",
        matter_key="missed",
        decision=text,
        owner=owner,
        due_on=meetings.today(db) + dt.timedelta(days=7),
    )


def opened(db: AppDb, period: str) -> int:
    return meetings.open_meeting(db, OFFICE, held_on=meetings.today(db), period=period)


@pytest.mark.parametrize("scope", OTHERS, ids=lambda scope: str(scope.role))
def test_only_the_office_opens_meetings_and_decides(db: AppDb, scope: Scope) -> None:
    """Whatever a page shows: the functions themselves ask for the role."""
    meeting = opened(db, "2025Q4")
    with pytest.raises(AccessDeniedError):
        meetings.open_meeting(db, scope, held_on=meetings.today(db), period="2025Q3")
    with pytest.raises(AccessDeniedError):
        decide(db, scope, meeting)
    assert kept.decisions(db, meetings.today(db)).is_empty()
    assert kept.meetings(db).height == 1


def test_a_department_reports_on_its_own_and_cannot_drop(db: AppDb) -> None:
    meeting = opened(db, "2025Q4")
    own, other = decide(db, OFFICE, meeting), decide(db, OFFICE, meeting, owner="civil_affairs")
    meetings.report(db, HEALTH, own, "done", "已核实")
    with pytest.raises(AccessDeniedError):
        meetings.report(db, HEALTH, other, "done", "已核实")
    with pytest.raises(AccessDeniedError):
        meetings.report(db, HEALTH, own, "dropped", "不办了")
    leader = replace(OFFICE, role=Role.LEADER, user_name="leader")
    with pytest.raises(AccessDeniedError):
        meetings.report(db, leader, own, "open", "再看看")
    states = dict(kept.decisions(db, meetings.today(db)).select("decision_id", "state").iter_rows())
    assert states == {own: "done", other: "open"}
    assert meetings.of_department(db, HEALTH)["decision_id"].to_list() == [own]
    assert audit.entries(db, action=audit.Action.DECISION_PROGRESS).height == 1


def test_a_number_of_a_person_is_not_kept(db: AppDb) -> None:
    meeting = opened(db, "2025Q4")
    with pytest.raises(TextRefusedError):
        decide(db, OFFICE, meeting, text="核实 340621199001011234")
    assert kept.decisions(db, meetings.today(db)).is_empty()


def test_an_owner_that_the_place_does_not_have_is_refused(db: AppDb) -> None:
    with pytest.raises(AccessDeniedError):
        decide(db, OFFICE, opened(db, "2025Q4"), owner="navy")


def ledger(*rows: dict[str, object]) -> pl.DataFrame:
    schema = {
        **dict.fromkeys(("kind", "action", "responsible_unit", "state"), pl.String),
        **dict.fromkeys(("met_on", "due_on", "done_on"), pl.Date),
        **dict.fromkeys(("days_late", "meetings_since"), pl.Int64),
        "is_carried": pl.Boolean,
    }
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def test_the_next_meetings_open_with_it_until_it_is_carried_and_closed(db: AppDb, clock: object) -> None:
    """Decided in the first quarter, open in the second, carried in the third, done before the fourth."""
    kind = meetings.kind_for("2025Q1")
    first = opened(db, "2025Q1")
    decide(db, OFFICE, first)
    seen = []
    for quarter in ("2025Q2", "2025Q3", "2025Q4"):
        clock.advance(days=90)  # type: ignore[attr-defined]
        meeting, today = opened(db, quarter), meetings.today(db)
        if quarter == "2025Q4":
            number = kept.decisions(db, today)["decision_id"].item()
            meetings.report(db, OFFICE, number, "done", "已办结")
        before = meetings.made_before(kept.decisions(db, today), quarter, meeting)
        held = kept.meetings(db).select("kind", pl.col("held_on").alias("met_on"))
        frame = decided.together(ledger(), before, held, OWNERS, ledger_on=today, today=today)
        seen.append(frame.select("source", "state", "meetings_since", "is_carried", "owner").row(0))
    assert seen == [
        ("recorded", "overdue", 1, False, "卫健"),
        ("recorded", "overdue", 2, True, "卫健"),
        ("recorded", "over", 3, False, "卫健"),
    ]
    assert meetings.in_session(db, "2025Q4")["kind"] == kind  # type: ignore[index]
    assert meetings.made_before(kept.decisions(db, meetings.today(db)), "2024Q4", None).is_empty(), "it came after"


def test_a_meeting_known_from_either_source_counts_for_both() -> None:
    """Of the ledger, with two meetings held since of which only this system knows: carried, and so it stands first."""
    days = [dt.date(2025, month, 10) for month in (4, 7, 10)]
    rows = [
        {"kind": "联席会议", "action": "甲", "responsible_unit": "民政办", "state": "open", "met_on": days[2],
         "due_on": dt.date(2026, 3, 1), "meetings_since": 0, "is_carried": False},
        {"kind": "联席会议", "action": "乙", "responsible_unit": "民政办", "state": "open", "met_on": days[0],
         "due_on": dt.date(2026, 3, 1), "meetings_since": 0, "is_carried": False},
    ]  # fmt: skip
    held = pl.DataFrame({"kind": ["联席会议"] * 3, "met_on": days})
    nothing = pl.DataFrame(schema=kept.DECISIONS)
    on = dt.date(2025, 12, 31)
    frame = decided.together(ledger(*rows), nothing, held, OWNERS, ledger_on=on, today=on)
    assert frame.select("text", "meetings_since", "is_carried").rows() == [("乙", 2, True), ("甲", 0, False)]
    assert decided.say(frame) == (
        "往次议定 2 项（会议台账 2 项）：在办未到期 2 项、**逾期未办 0 项**。其中**三次上会未决 1 项**，列在最前。"
    )


def test_of_a_closed_one_the_meetings_count_that_it_was_open_at() -> None:
    """Done between the first and the second later meeting: what was held since does not carry it."""
    days = [dt.date(2025, month, 10) for month in (1, 4, 7, 10)]
    row = {"kind": "联席会议", "action": "甲", "responsible_unit": "民政办", "state": "over", "met_on": days[0],
           "due_on": dt.date(2025, 3, 1), "done_on": dt.date(2025, 5, 1), "meetings_since": 3,
           "is_carried": False}  # fmt: skip
    held = pl.DataFrame({"kind": ["联席会议"] * 4, "met_on": days})
    frame = decided.of_ledger(ledger(row), held, dt.date(2025, 12, 31))
    assert frame.select("state", "meetings_since", "is_carried").row(0) == ("over", 1, False)


def test_what_was_done_late_is_not_said_to_be_done_in_time() -> None:
    row = {"held_on": dt.date(2025, 4, 10), "decision": "逐户核实。", "owner": "health", "due_on": dt.date(2025, 5, 1)}
    said = [
        decided.standing(row | {"state": "done", "state_on": done}, OWNERS, dt.date(2025, 12, 31))
        for done in (dt.date(2025, 5, 1), dt.date(2025, 5, 2))
    ]
    assert said[0].endswith("按期办结。")
    assert said[1].endswith("逾期办结。")


# -- on the pages -----------------------------------------------------------------------------------------------------


def database(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppDb:
    """The application database that open_page will use, with the accounts of the demo."""
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    return app_db(town.settings)


def record(db: AppDb, held_on: dt.date, period: str, decision: str | None, owner: str = "civil_affairs") -> None:
    users.add_demo_user(db, Role.OFFICE, (ALL,))
    office = replace(OFFICE, user_name=f"{users.DEMO_NAME}{Role.OFFICE}", departments=("civil_affairs",))
    meeting = meetings.open_meeting(db, office, held_on=held_on, period=period)
    if decision:
        meetings.decide(
            db,
            office,
            meeting,
            matter="疑似漏保",
            matter_key="missed",
            decision=decision,
            owner=owner,
            due_on=held_on + dt.timedelta(days=30),
            households=5,
        )


def test_the_page_opens_with_what_became_of_it(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recorded in July, two joint meetings since: carried, beside the ledger's and told apart from it."""
    db = database(town, tmp_path, monkeypatch)
    record(db, dt.date(2025, 7, 10), "2025Q2", "对疑似漏保户逐户入户核实")
    record(db, dt.date(2025, 10, 12), "2025Q3", None)
    record(db, dt.date(2026, 1, 14), "2025Q4", None)
    asked = {"period": "2025Q4", "section": "actions"}
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, **asked)
    shown = frames(app)[0]
    own = shown.filter(pl.col("source") == "会上记录").row(0, named=True)
    assert (own["text"], own["state"]) == ("对疑似漏保户逐户入户核实", "三次上会未决")
    assert own["meetings_since"] >= 2
    assert shown.filter(pl.col("source") == "会议台账").height > 0
    assert "本系统记录 1 项" in said(app)
    assert not app.text_area, "a leader reads"


def test_a_matter_decided_before_says_so(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = database(town, tmp_path, monkeypatch)
    record(db, dt.date(2025, 10, 12), "2025Q3", "对疑似漏保户逐户入户核实")
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, language="en", period="2025Q4")
    assert "Decided on 12 Oct 2025: 对疑似漏保户逐户入户核实." in said(app)


def test_the_office_records_and_reports_on_the_page(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.OFFICE, period="2025Q4")
    app.button(key="decided_open_missed").click().run()
    app.text_area(key="decision_missed").set_value("身份证 340621199001011234 的户先办")
    save(app)
    assert any("没有保存" in error.value for error in app.error)
    assert kept.decisions(app_db(town.settings), dt.date.max).is_empty()
    app.text_area(key="decision_missed").set_value("逐户入户核实，下月例会报结果")
    save(app)
    made = kept.decisions(app_db(town.settings), dt.date.max).row(0, named=True)
    assert (made["decision"], made["matter_key"], made["owner"]) == (
        "逐户入户核实，下月例会报结果",
        "missed",
        "civil_affairs",
    )
    assert made["households"] > 0
    assert "已议定 1 项" in said(app)
    app.text_area(key="report_text_made").set_value("已全部核实")
    app.selectbox(key="report_state_made").set_value("done")
    next(button for button in app.button if button.label == "登记进展").click().run()
    assert not app.exception
    assert kept.decisions(app_db(town.settings), dt.date.max)["state"].item() == "done"


def save(app: AppTest) -> None:
    next(button for button in app.button if "记入" in button.label).click().run()
    assert not app.exception


def test_a_department_sees_its_own_on_the_duties_page(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = database(town, tmp_path, monkeypatch)
    record(db, dt.date(2025, 10, 12), "2025Q3", "对疑似漏保户逐户入户核实")
    app = open_page(town.settings, tmp_path, monkeypatch, "duties", Role.DEPARTMENT)
    assert "在办 1 项（逾期 1 项" in said(app)
    app.text_area(key="report_text_mine").set_value("已入户 3 户，余下本月完成")
    next(button for button in app.button if button.label == "登记进展").click().run()
    assert not app.exception
    assert kept.decisions(db, dt.date.max)["state_text"].item() == "已入户 3 户，余下本月完成"
    leader = open_page(town.settings, tmp_path, monkeypatch, "duties", Role.LEADER)
    assert "由本部门承办" not in said(leader)


def test_what_a_village_says_stands_beside_its_point(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the page and on the screen of that metric; a note about another quarter is not shown."""
    db = database(town, tmp_path, monkeypatch)
    asked = {"period": "2025Q4", "section": "areas"}
    off = frames(open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, **asked))[0]
    assert "note" not in off.columns, "no column without notes"
    village = next(area for area in town.profile.villages if area.name == off["name"][0])
    users.add_demo_user(db, Role.OFFICE, (ALL,))
    author = f"{users.DEMO_NAME}{Role.OFFICE}"
    add_note(db, author, village.area_code, "2025-11", "修路封村两周，十二月底前补完")
    add_note(db, author, village.area_code, "2025Q2", "上半年的事")
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, **asked)
    assert "修路封村两周" in frames(app)[0]["note"][0]
    assert "上半年" not in frames(app)[0]["note"][0]
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, present="1", screen="1")
    while "修路封村两周" not in said(app) and not app.button(key="present_next").disabled:
        app.button(key="present_next").click().run()
    assert f"{village.name} “修路封村两周，十二月底前补完”" in said(app)
