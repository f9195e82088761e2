"""Notes, meetings and decisions, printed figures: what is kept, what is refused, what is told, on both engines."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.clock import Clock
from warehouse.app_db import AppDb, audit, users
from warehouse.app_db.decisions import decisions, meetings, open_meeting, progress, record_decision, report_progress
from warehouse.app_db.free_text import TextRefusedError, fault_of
from warehouse.app_db.notes import add_note, notes, withdraw_note
from warehouse.app_db.passports import Printed, find, printings, store
from warehouse.errors import AccessDeniedError, UsageError
from warehouse.scope import Role

VILLAGE, OTHER = "340621109200", "340621109201"
PASSWORD = "wheat-field-42"


@pytest.fixture
def people(db: AppDb) -> AppDb:
    users.add_user(db, "office", Role.OFFICE, PASSWORD, areas=["*"])
    users.add_user(db, "cadre", Role.CADRE, PASSWORD, areas=[VILLAGE])
    users.add_user(db, "neighbour", Role.CADRE, PASSWORD, areas=[OTHER])
    return db


def actions(db: AppDb) -> list[str]:
    return audit.entries(db)["action"].to_list()[::-1]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("汛期道路中断，12月入户核查推迟到次月上旬，涉及 6 户。", None),
        ("2025-11-01 至 2025-12-31 集中排查；2025年12月31日前完成。", None),
        ("共发放 1200000元，人均 12345.67 元，合计 1,200,000 元", None),
        ("3 groups, 120 households, 97.5% visited by 2025/12/31", None),
        ("x" * 500, None),
        ("x" * 501, "long"),
        ("  \n ", "empty"),
        ("零\u200b宽", "controls"),
        ("\u202e反向", "controls"),
        ("请联系 13812345678", "number"),
        ("请联系 138 1234 5678", "number"),
        ("请联系 138-1234-5678", "number"),
        ("请联系 １３８１２３４５６７８", "number"),
        ("办公室 0561-6012345", "number"),
        ("办公室 6012345", "number"),
        ("请联系 一三八一二三四五六七八", "number"),
        ("请联系 138、1234、5678", "number"),
        ("请联系 138—1234+5678", "number"),
        ("请联系 138,123,456,78", "number"),
        ("请联系 1,3,8,1,2,3,4,5,6,7,8", "number"),
        ("身份证 340,621,198,012,312,345", "number"),
        ("身份证 340621 1980-12-31 123X", "number"),
        ("身份证 340621 1980年12月31日 1234", "number"),
        ("身份证 34062119800101123X", "number"),
        ("身份证 340621198001011", "number"),
        ("身份证 340621 19800101 123x", "number"),
        ("卡号 6228 4800 1234 5678 912", "number"),
        ("户号 H00100011 已整改", "number"),
        ("户 121f2ecd7bf296697175e9ba066ec409", "number"),
    ],
)
def test_what_may_stand_in_free_text(text: str, fault: str | None) -> None:
    assert fault_of(text) == fault


def test_a_note_is_kept_as_written_and_audited_without_its_text(people: AppDb, clock: Clock) -> None:
    first = add_note(people, "cadre", VILLAGE, "2025Q4", "  汛期道路中断 <b>&  ", "coverage_rate")
    clock.advance(hours=1)
    second = add_note(people, "office", VILLAGE, "2025-12", "已核实")
    add_note(people, "neighbour", OTHER, "2025Q4", "无")
    found = notes(people, [VILLAGE])
    assert found.select("note_id", "text", "metric", "author", "role", "period").rows() == [
        (second, "已核实", None, "office", "office", "2025-12"),
        (first, "汛期道路中断 <b>&", "coverage_rate", "cadre", "cadre", "2025Q4"),
    ]
    assert found["written_at"][1] == dt.datetime(2026, 1, 12, 8, 0, tzinfo=dt.UTC)
    assert notes(people, [VILLAGE, OTHER], "2025Q4")["area_code"].to_list() == [VILLAGE, VILLAGE, OTHER]
    assert notes(people, [VILLAGE], "2025-12")["note_id"].to_list() == [second, first]
    assert notes(people, [VILLAGE], "2025-11")["note_id"].to_list() == [first], "the other speaks of December alone"
    assert notes(people, [VILLAGE], "2026Q1").is_empty()
    assert notes(people, []).is_empty()
    assert actions(people)[-3:] == ["note_written"] * 3
    assert not any("汛期" in detail for detail in audit.entries(people)["detail"])
    assert audit.verify(people).is_whole


def test_a_note_is_withdrawn_by_its_author_or_the_office_alone(people: AppDb) -> None:
    note_id = add_note(people, "cadre", VILLAGE, "2025Q4", "说明")
    with pytest.raises(AccessDeniedError, match="got another author"):
        withdraw_note(people, "neighbour", note_id)
    assert notes(people, [VILLAGE]).height == 1
    withdraw_note(people, "cadre", note_id)
    assert notes(people, [VILLAGE]).is_empty()
    with pytest.raises(UsageError, match="got none that is shown"):
        withdraw_note(people, "office", note_id)
    again = add_note(people, "cadre", VILLAGE, "2025Q4", "说明")
    withdraw_note(people, "office", again)
    assert actions(people)[-2:] == ["note_written", "note_withdrawn"]


@pytest.mark.parametrize(
    ("author", "area", "period", "text", "said"),
    [
        ("nobody", VILLAGE, "2025Q4", "说明", "without an account"),
        ("cadre", "340621; drop", "2025Q4", "说明", "no code of an area"),
        ("cadre", VILLAGE, "2025-13", "说明", "expected a month, a quarter or a year"),
        ("cadre", VILLAGE, "2025Q4", "电话13812345678", "a number like that of a person"),
    ],
)
def test_a_refused_note_leaves_nothing(
    people: AppDb, author: str, area: str, period: str, text: str, said: str
) -> None:
    before = audit.verify(people).entries
    with pytest.raises(UsageError, match=said):
        add_note(people, author, area, period, text)
    assert notes(people, [VILLAGE]).is_empty()
    assert audit.verify(people).entries == before


def test_the_refusal_of_a_text_does_not_repeat_it(people: AppDb) -> None:
    with pytest.raises(TextRefusedError) as refused:
        add_note(people, "cadre", VILLAGE, "2025Q4", "电话13812345678")
    assert refused.value.fault == "number"
    assert "138" not in str(refused.value)


def decided(db: AppDb, meeting: int, *, due_on: dt.date = dt.date(2026, 2, 10), key: str = "gap:suspected") -> int:
    return record_decision(
        db,
        "office",
        meeting,
        matter="疑似漏保 12 户",
        matter_key=key,
        decision="逐户核查",
        owner="民政局",
        due_on=due_on,
        households=12,
    )


def test_a_decision_lives_through_meetings(people: AppDb, clock: Clock) -> None:
    """Held on 12 January; later meetings on 12 April and 12 July; done on 20 July."""
    first = open_meeting(people, "office", "联席会议", dt.date(2026, 1, 12), "2025Q4")
    assert open_meeting(people, "office", "联席会议", dt.date(2026, 1, 12), "2025Q4") == first
    decision = decided(people, first)
    clock.now = dt.datetime(2026, 4, 12, 4, tzinfo=dt.UTC)
    open_meeting(people, "office", "工作例会", dt.date(2026, 3, 1), "2026-02")
    open_meeting(people, "office", "联席会议", dt.date(2026, 4, 12), "2026Q1")
    report_progress(people, "office", decision, "open", "已核查 8 户")
    clock.now = dt.datetime(2026, 7, 20, 4, tzinfo=dt.UTC)
    open_meeting(people, "office", "联席会议", dt.date(2026, 7, 12), "2026Q2")
    report_progress(people, "office", decision, "done", "全部核查完毕")
    open_meeting(people, "office", "联席会议", dt.date(2026, 10, 12), "2026Q3")

    def on(day: dt.date) -> tuple[object, ...]:
        frame = decisions(people, day)
        return frame.select("state", "state_on", "meetings_since", "is_overdue", "is_carried").row(0)

    assert decisions(people, dt.date(2026, 1, 11)).is_empty()
    held = dt.date(2026, 1, 12)
    assert on(held) == ("open", held, 0, False, False)
    assert on(dt.date(2026, 2, 10)) == ("open", held, 0, False, False), "the due day itself is not late"
    assert on(dt.date(2026, 2, 11)) == ("open", held, 0, True, False)
    assert on(dt.date(2026, 4, 12)) == ("open", dt.date(2026, 4, 12), 1, True, False), "the weekly meeting is another"
    assert on(dt.date(2026, 7, 12)) == ("open", dt.date(2026, 4, 12), 2, True, True)
    assert on(dt.date(2026, 12, 31)) == ("done", dt.date(2026, 7, 20), 2, False, False), "counted until it was done"
    row = decisions(people, dt.date(2026, 12, 31)).row(0, named=True)
    assert (row["matter"], row["owner"], row["households"], row["state_text"]) == (
        "疑似漏保 12 户",
        "民政局",
        12,
        "全部核查完毕",
    )
    assert progress(people, decision).select("state", "text").rows() == [
        ("open", ""),
        ("open", "已核查 8 户"),
        ("done", "全部核查完毕"),
    ]
    assert meetings(people, "联席会议")["held_on"].to_list()[0] == dt.date(2026, 10, 12)
    assert meetings(people).height == 5
    assert audit.verify(people).is_whole


def test_a_decision_dropped_then_taken_up_again_is_open(people: AppDb) -> None:
    meeting = open_meeting(people, "office", "联席会议", dt.date(2026, 1, 12), "2025Q4")
    decision = decided(people, meeting)
    report_progress(people, "office", decision, "dropped", "并入另一事项")
    report_progress(people, "office", decision, "open", "重新办理")
    assert decisions(people, dt.date(2026, 1, 13))["state"].to_list() == ["open"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"matter": "户号 H00100011"}, "a number like that of a person"),
        ({"decision": ""}, "got nothing"),
        ({"matter_key": "121f2ecd7bf296697175e9ba066ec409"}, "could be a household"),
        ({"matter_key": "gap:H00100011"}, "could be a household"),
        ({"due_on": dt.date(2026, 1, 11)}, "expected the day of the meeting"),
        ({"households": -1}, "expected none or more"),
        ({"meeting_id": 99}, "meeting 99: got none"),
    ],
)
def test_a_refused_decision_leaves_nothing(people: AppDb, changes: dict[str, object], said: str) -> None:
    meeting = open_meeting(people, "office", "联席会议", dt.date(2026, 1, 12), "2025Q4")
    wanted: dict[str, object] = {
        "meeting_id": meeting,
        "matter": "事项",
        "matter_key": f"coverage_rate:{VILLAGE}",
        "decision": "核查",
        "owner": "民政局",
        "due_on": dt.date(2026, 2, 1),
    }
    with pytest.raises(UsageError, match=said):
        record_decision(people, "office", **(wanted | changes))  # type: ignore[arg-type]
    assert decisions(people, dt.date(2026, 12, 31)).is_empty()
    record_decision(people, "office", **wanted)  # type: ignore[arg-type]
    assert decisions(people, dt.date(2026, 12, 31)).height == 1


def test_two_offices_and_second_clicks_keep_one_decision_and_one_note(people: AppDb) -> None:
    """At once: one meeting, one decision, one note, one entry of each. Another wording, or the same after it was
    dropped, is another decision."""

    def write(_: int) -> tuple[int, int, int]:
        meeting = open_meeting(people, "office", "联席会议", dt.date(2026, 1, 12), "2025Q4")
        return meeting, decided(people, meeting), add_note(people, "office", VILLAGE, "2025Q4", "已核实")

    with ThreadPoolExecutor(6) as many:
        ((meeting, decision, note),) = set(many.map(write, range(12)))
    assert [actions(people).count(name) for name in ("meeting_opened", "decision_recorded", "note_written")] == [
        1,
        1,
        1,
    ]
    assert decided(people, meeting, due_on=dt.date(2026, 3, 1)) != decision
    report_progress(people, "office", decision, "dropped", "不再需要")
    assert decided(people, meeting) != decision
    withdraw_note(people, "office", note)
    assert add_note(people, "office", VILLAGE, "2025Q4", "已核实") != note
    assert audit.verify(people).is_whole


def test_a_day_has_one_meeting_of_a_kind(people: AppDb) -> None:
    open_meeting(people, "office", "联席会议", dt.date(2026, 1, 12), "2025Q4")
    with pytest.raises(UsageError, match="got period 2025-12, expected 2025Q4"):
        open_meeting(people, "office", "联席会议", dt.date(2026, 1, 12), "2025-12")


def test_printed_figures_are_found_by_their_code(people: AppDb, clock: Clock) -> None:
    old = Printed("KH-4T7M-9QXD", "coverage_rate:area:1", {"metric": "coverage_rate"}, "97.5%", "s1")
    new = Printed("KH-2222-3333", "coverage_rate:area:1", {"metric": "coverage_rate"}, "98.0%", "s2")
    assert store(people, "office", "季度小结.docx", [old]) == 1
    clock.advance(days=90)
    assert store(people, "office", "季度小结.pdf", [old, new]) == 1
    found = find(people, "KH-4T7M-9QXD")
    assert found is not None
    assert (found.printed_value, found.printed_in, found.payload) == ("97.5%", "季度小结.docx", old.payload)
    assert [one.snapshot_id for one in printings(people, "coverage_rate:area:1")] == ["s2", "s1"]
    assert find(people, "KH-0000-0000") is None
    with pytest.raises(UsageError, match="got another figure"):
        store(people, "office", "x", [Printed("KH-4T7M-9QXD", "other", {}, "1", "s1")])
    assert store(people, "office", "nothing.pdf", []) == 0
    assert actions(people)[-2:] == ["figures_printed"] * 2
