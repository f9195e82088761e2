"""The joint-meeting page: findings of the households and ledgers, exact verdicts, no ranking of villages."""

from __future__ import annotations

import datetime as dt
import math
import re
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from scipy.stats import binom, poisson
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import ask, frames, open_page
from tests.app.town_pages import said as said_with_marks
from tests.conftest import Town
from warehouse.exports.meeting_report import meeting_pack
from warehouse.exports.quarterly_report import office_ask
from warehouse.gate import current_gate
from warehouse.i18n import catalogue, fmt_number, set_language
from warehouse.metrics import load_metrics
from warehouse.queries.joint_meeting import HEADLINES
from warehouse.scope import Role

TAGS = re.compile(r"<[^>]+>")
FIRST_FOUR = "('tekun', 'dibao', 'dibao_edge', 'rigid_expense')"
Z = 1.959964


def said(app: AppTest) -> str:
    """What the page says, without what makes it bold."""
    return TAGS.sub("", said_with_marks(app)).replace("**", "")


def cover(town: Town, month: str) -> dict[str, int]:
    """Cover at the end of a month, counted from the households."""
    return ask(
        town,
        f"select count(*) filter (where tier_eligible in {FIRST_FOUR}) as eligible, "
        f"count(*) filter (where tier_eligible in {FIRST_FOUR} and not suspected_missed) as covered, "
        "count(*) filter (where suspected_missed) as missed, "
        "coalesce(sum(members) filter (where suspected_missed), 0)::bigint as people, "
        "count(*) filter (where is_cover_unknown) as unknown "
        f"from fct_household_month where month = date '{month}'",
    ).row(0, named=True)


def newcombe(x1: int, n1: int, x0: int, n0: int) -> tuple[float, float]:
    """95% interval of a difference of two shares, by the published formula."""

    def wilson(x: int, n: int) -> tuple[float, float]:
        centre, half = 2 * x + Z * Z, Z * math.sqrt(Z * Z + 4 * x * (1 - x / n))
        return (centre - half) / (2 * (n + Z * Z)), (centre + half) / (2 * (n + Z * Z))

    (low1, high1), (low0, high0), gap = wilson(x1, n1), wilson(x0, n0), x1 / n1 - x0 / n0
    low = gap - math.sqrt((x1 / n1 - low1) ** 2 + (high0 - x0 / n0) ** 2)
    return low, gap + math.sqrt((high1 - x1 / n1) ** 2 + (x0 / n0 - low0) ** 2)


@pytest.mark.parametrize(
    ("language", "role", "sentence"),
    [
        (
            "zh_CN",
            Role.LEADER,
            "按数据应保 {eligible} 户，已保 {covered} 户（{share}）；疑似漏保 {missed} 户、{people} 人",
        ),
        (
            "en",
            Role.OFFICE,
            "{eligible} households should be covered and {covered} are ({share}); {missed} households",
        ),
    ],
)
def test_the_first_finding_counts_households_and_says_whether_it_changed(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, role: Role, sentence: str
) -> None:
    now, before = cover(town, "2025-12-01"), cover(town, "2025-09-01")
    assert now["missed"] > 0
    text = said(open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", role, language=language))
    assert sentence.format(share=f"{now['covered'] / now['eligible']:.1%}", **now) in text
    low, high = newcombe(now["missed"], now["eligible"], before["missed"], before["eligible"])
    kind = "up" if low > 0 else "down" if high < 0 else "none"
    words = {"up": "上升", "down": "下降", "none": "无明显变化"} if language == "zh_CN" else {"none": "no real change"}
    finding = next(line for line in text.splitlines() if f"{now['covered'] / now['eligible']:.1%}" in line)
    assert words.get(kind, kind) in finding
    assert str(now["unknown"]) in finding, "what is unknown stands beside"


def test_every_headline_shows_its_counts_and_how_it_is_counted(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, section="overview")
    counted = {"missed_rate": "疑似漏保", "ineligible_rate": "疑似错保"}  # shown as households, so not called a rate
    names = [counted.get(metric, load_metrics()[metric].name_zh.format(lowest="村")) for metric in HEADLINES]
    assert [card.label for card in app.metric] == names
    values = dict(zip(HEADLINES, (card.value for card in app.metric), strict=True))
    now = cover(town, "2025-12-01")
    assert values["missed_rate"] == f"{now['missed']} 户"
    on_time, due = ask(
        town,
        "select count(*) filter (where state = 'on_time'), count(*) from fct_push "
        "where due_on between date '2025-10-01' and date '2025-12-31' and state <> 'not_due'",
    ).row(0)
    assert values["push_on_time"] == f"{on_time / due:.1%}"
    looked = ask(
        town,
        "select count(distinct area_code) from fct_inspection where kind = '回头看' and inspected_on <= '2025-12-31'",
    ).item()
    assert values["lookback_coverage"] == f"{looked}/22"
    text = said(app)
    assert f"{on_time}/{due}" in text
    assert all(load_metrics()[metric].denominator_zh.format(lowest="村") in text for metric in HEADLINES)


def test_villages_stand_out_only_by_exact_tails_and_in_the_order_of_codes(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recounted with another library from the households: who is worse than the town beyond one in forty."""
    per_village = ask(
        town,
        "select a.name, "
        f"count(*) filter (where tier_eligible in {FIRST_FOUR}) as n_missed, "
        "count(*) filter (where suspected_missed) as x_missed, "
        "count(*) as n_income, count(*) filter (where not income_known) as x_income "
        "from fct_household_month h join dim_area a using (area_code) where month = date '2025-12-01' group by 1",
    ).to_dicts()
    wanted = set()
    for metric, name in (("missed", "疑似漏保率"), ("income", "收入信息完整率")):
        p0 = sum(row[f"x_{metric}"] for row in per_village) / sum(row[f"n_{metric}"] for row in per_village)
        for row in per_village:
            x, n = row[f"x_{metric}"], row[f"n_{metric}"]
            if n and binom.sf(x - 1, n, p0) <= 0.025:
                wanted.add((row["name"], name))
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, section="areas")
    shown = next((frame for frame in frames(app) if "verdict" in frame.columns), None)
    pairs = [] if shown is None else list(shown.select("name", "metric").iter_rows())
    assert {pair for pair in pairs if pair[1] in ("疑似漏保率", "收入信息完整率")} == wanted
    order = [area.name for area in town.profile.villages]
    places = [order.index(name) for name, _ in pairs]
    assert places == sorted(places), "by code, never by value"
    assert "仅凭偶然" in said(app)


def test_matters_for_decision_are_ranked_by_how_many_they_touch(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = ask(
        town,
        "select count(*) from fct_issue where found_on <= '2025-12-31' and ("
        "(lookback_result = '未通过' and lookback_on <= '2025-12-31') or "
        "(coalesce(rectified_on, '2099-01-01') > '2025-12-31' and due_on < '2025-12-31'))",
    ).item()
    unchecked = ask(town, "select count(*) from fct_warning where state = 'overdue' and month <= '2025-12-01'").item()
    assert late > 0
    assert unchecked > 0
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER)
    amounts = [TAGS.sub("", box.proto.body) for box in app.get("html") if "kanhu-amount" in box.proto.body]
    numbers = [int(text.split(" ")[0].replace(",", "")) for text in amounts]
    assert numbers == sorted(numbers, reverse=True)
    assert f"{late} 件" in amounts
    assert f"{unchecked} 条" in amounts
    assert 0 not in numbers, "what touches nobody is left out"


def test_hazards_are_villages_beyond_the_poisson_limit(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ask(
        town,
        "with counted as (select month, area_code, count(*) as n from fct_warning group by 1, 2) "
        "select a.name, g.month, coalesce(c.n, 0) as n, g.expected_warnings as expected from agg_area_month g "
        "join dim_area a using (area_code) left join counted c using (month, area_code) where g.scope = 'area'",
    ).to_dicts()
    found = [row for row in rows if row["expected"] and poisson.sf(row["n"] - 1, row["expected"]) <= 0.001]
    quarters = {f"{row['month'].year}Q{(row['month'].month + 2) // 3}" for row in rows}
    for quarter in sorted(quarters)[1:]:
        text = said(open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.OFFICE, period=quarter))
        for row in rows:
            if f"{row['month'].year}Q{(row['month'].month + 2) // 3}" == quarter:
                sentence = f"{row['month'].year}年{row['month'].month}月：{row['name']}本月新增预警"
                assert (sentence in text) == (row in found), sentence


def test_a_list_that_did_not_come_is_named_with_what_it_leaves_unknown(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = ask(
        town,
        "select p.month, e.title, p.kind, count(*) over (partition by year(p.month), quarter(p.month)) as n "
        "from fct_push p join dim_extract e using (extract) where p.state = 'missing' order by n, p.month",
    ).to_dicts()
    assert missing, "the sample forgets a list now and then, or this shows nothing"
    row = missing[0]
    quarter = f"{row['month'].year}Q{(row['month'].month + 2) // 3}"
    text = said(open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, period=quarter))
    line = next(line for line in text.splitlines() if "未收到的清单" in line)
    assert row["title"] in line
    assert catalogue("zh_CN")[f"joint_meeting.find.unknown_{row['kind']}"] in line


def test_the_first_quarter_has_nothing_to_compare_with(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, period="2025Q1"))
    assert "2024年第四季度无可比数据" in text
    assert not any(claim in text for claim in ("明显变好", "明显变差")), "no change is claimed without a period before"


def test_a_month_counts_at_its_own_end(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = cover(town, "2025-05-01")
    text = said(open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, period="2025-05"))
    assert f"应保 {fmt_number(numbers['eligible'])} 户" in text
    assert "2025年4月" in text


def test_actions_stand_as_they_did_at_the_end_of_the_period(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """YL-5a: what was not done when the quarter began, or was decided in it, by the days of the ledger."""
    end, start = dt.date(2025, 9, 30), dt.date(2025, 7, 1)
    ledger = ask(town, "select kind, met_on, due_on, done_on from fct_meeting_action where met_on <= ?", end)
    meetings = ledger.select("kind", "met_on").unique()
    counts = dict.fromkeys(("within", "over", "open", "overdue", "carried"), 0)
    for kind, met_on, due_on, done_on in ledger.rows():
        if done_on is not None and done_on < start:
            continue
        is_done = done_on is not None and done_on <= end
        late = (done_on if is_done else end) > due_on
        counts[("over" if late else "within") if is_done else ("overdue" if late else "open")] += 1
        later = meetings.filter(pl.col("kind") == kind, pl.col("met_on") > met_on).height
        counts["carried"] += not is_done and later >= 2
    assert counts["carried"] > 0
    assert counts["within"] > 0
    app = open_page(
        town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, period="2025Q3", section="actions"
    )
    total = sum(counts[state] for state in ("within", "over", "open", "overdue"))
    named = {"within": "按期办结", "over": "逾期办结", "open": "在办未到期", "overdue": "逾期未办"}
    states = "、".join(f"{named[key]} {counts[key]} 项" for key in named if counts[key] or key == "overdue")
    sentence = f"往次议定 {total} 项（会议台账 {total} 项）：{states}。其中三次上会未决 {counts['carried']} 项"
    assert sentence in said(app), "no clause of what is none, save that none is overdue"
    shown = frames(app)[0]
    assert shown.height == sum(counts[state] for state in ("within", "over", "open", "overdue"))
    assert shown["state"][: counts["carried"]].to_list() == ["三次上会未决"] * counts["carried"]


@pytest.mark.parametrize("kind", ["联席会议", "工作例会"])
def test_actions_of_one_kind_of_meeting(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """YL-5b: the monthly work meeting has its own."""
    asked = {"period": "2025-12", "section": "actions", "meeting": kind}
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.OFFICE, **asked)
    wanted = ask(
        town,
        "select count(*) from fct_meeting_action where kind = ? and met_on <= date '2025-12-31' "
        "and coalesce(done_on >= date '2025-12-01', true)",
        kind,
    ).item()
    assert wanted > 0
    assert frames(app)[0].height == wanted
    assert set(frames(app)[0]["kind"]) == {kind}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_department_stands_with_its_lists_of_the_quarter(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """YL-3: lists by the day they were due; a department that owed none is there too, and owes nothing."""
    asked = {"period": "2025Q4", "section": "departments"}
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, language=language, **asked)
    shown = frames(app)[0]
    wanted = ask(
        town,
        "select department_code, count(*) filter (where state in ('on_time', 'late', 'part', 'missing'))::int, "
        "count(*) filter (where state = 'on_time')::int, count(*) filter (where state = 'missing')::int "
        "from dim_department left join fct_push on owner = department_code "
        "and due_on between date '2025-10-01' and date '2025-12-31' group by 1 order by 1",
    )
    assert shown.select("due", "on_time", "missing").rows() == [row[1:] for row in wanted.rows()]
    off_time = sum(due - on_time for _, due, on_time, _ in wanted.rows())
    assert off_time > 0
    assert frames(app)[1].height >= off_time, "each list that was late, in part or missing is named"


def test_newly_monitored_by_village_add_up(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, period="2025Q4", section="new")
    shown = frames(app)[0]
    assert shown.height == 22
    monitored, nowhere = ask(
        town,
        "select count(*) filter (where is_monitored), count(*) filter (where suspected_unmonitored) "
        "from fct_household_month where month = date '2025-12-01'",
    ).row(0)
    assert (shown["monitored"].sum(), shown["unmonitored"].sum()) == (monitored, nowhere)
    assert f"未监测也未保障的 {nowhere} 户" in said(app)


def test_measures_by_need_department_and_village(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(
        town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER, period="2025Q4", section="measures"
    )
    needs, departments, areas = frames(app)
    assert (
        needs["without_measure"].sum()
        == ask(town, "select count(*) from fct_need_month where month = date '2025-12-01' and state = 'none'").item()
    )
    due = ask(
        town,
        "select count(*) from fct_measure where due_on between date '2025-10-01' and date '2025-12-31' "
        "and responsible_unit in (select unit from dim_department union select name from dim_department)",
    ).item()
    assert due > 0
    assert sum(int(text.split("/")[1].replace(",", "")) for text in departments["counts"]) == due
    assert areas.height == 22


@pytest.mark.parametrize(("period", "language"), [("2025Q4", "zh_CN"), ("2025-11", "en")])
def test_the_pack_says_what_the_page_says(town: Town, period: str, language: str) -> None:
    """Every part of the page is a sheet; one without rows says so; masks and ids of households are in none."""
    set_language(language)
    book = openpyxl.load_workbook(BytesIO(meeting_pack(office_ask(current_gate(town.settings)), period)))
    assert len(book.sheetnames) == 16
    for sheet in book:
        texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        header = next(
            at for at, row in enumerate(sheet.iter_rows(values_only=True)) if sum(v is not None for v in row) > 1
        )
        below = [value for value in list(sheet.iter_rows(values_only=True))[header + 1] if value is not None]
        assert below or catalogue(language)["export.no_rows"] in texts, sheet.title
        assert not any("**" in text for text in texts), sheet.title
    if period == "2025Q4":
        missed = cover(town, "2025-12-01")["missed"]
        assert any(f"疑似漏保 {missed} 户" in str(cell.value) for row in book["会议要点"].iter_rows() for cell in row)


def test_only_what_stands_out_is_said_and_the_rest_is_counted(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share whose whole interval misses its target is named; the quiet line counts every other known metric."""
    rows = ask(
        town,
        "select metric, value, low, high, target, state from metric_values "
        "where scope = 'profile' and period = '2025Q4'",
    ).to_dicts()
    catalogued = load_metrics()
    aimed = [row for row in rows if row["state"] == "known" and None not in (row["target"], row["low"])]
    short = [
        row["metric"]
        for row in aimed
        if (catalogued[row["metric"]].direction == "up" and row["high"] < row["target"])
        or (catalogued[row["metric"]].direction == "down" and row["low"] > row["target"])
    ]
    text = said(open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", Role.LEADER))
    named = next((line for line in text.splitlines() if line.startswith("未达到目标")), "")
    for metric in short:
        assert catalogued[metric].name_zh.format(lowest="村") in named
    assert bool(named) == bool(short)
    quiet = re.search(r"其余 (\d+) 项指标无异常", text)
    whole = {name for name, one in catalogued.items() if one.unit == "count" and one.direction == "none"}
    judged = [row for row in rows if row["metric"] not in whole]
    known = sum(row["state"] == "known" for row in judged)
    assert quiet
    assert 0 < int(quiet[1]) <= known - len(short)
    if known < len(judged):
        assert f"另有 {len(judged) - known} 项没有可计的或无法计算" in text


@pytest.mark.parametrize("role", [Role.LEADER, Role.OFFICE])
def test_no_household_is_on_the_page(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", role)
    shown = {name for frame in frames(app) for name in frame.columns}
    assert shown.isdisjoint({"household_key", "household_no", "head_name", "person_key"})


@pytest.mark.parametrize("query", [{}, {"present": "1", "screen": "3"}])
@pytest.mark.parametrize("role", [Role.CADRE, Role.DEPARTMENT, Role.ADMINISTRATOR])
def test_others_are_refused(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role, query: dict[str, str]
) -> None:
    area = town.profile.villages[0].area_code
    text = said(open_page(town.settings, tmp_path, monkeypatch, "joint_meeting", role, areas=(area,), **query))
    assert catalogue("zh_CN")["shell.empty.refused"] in text
    assert "疑似漏保" not in text
