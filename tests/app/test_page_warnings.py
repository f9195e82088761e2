"""The page on warnings: lists by month, how far warnings get, what is late, yield, discovery; by role and language."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.i18n import fmt_number, label
from warehouse.scope import Role
from warehouse.words import warnings as words

YEAR = "where month between date '2025-01-01' and date '2025-12-01'"
AREAS = (Role.OFFICE, Role.LEADER, Role.CADRE)


def open_part(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, role: Role = Role.OFFICE, **query: str
) -> tuple[str, list[pl.DataFrame]]:
    page = open_page(town.settings, tmp_path, monkeypatch, "warnings", role, part=part, period="2025", **query)
    return said(page), frames(page)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh_CN", "数据月份在2025年的名单，已到期的按时收到 **{on_time}/{due}**。"),
        ("en", "Of the lists whose data month lies in 2025 and that are due, **{on_time}/{due}** came in time."),
    ],
)
def test_lists_in_time(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    """Zero reports came; they count as in time, and the sentence tells them apart."""
    text, _ = open_part(town, tmp_path, monkeypatch, "push", language=language)
    n = ask(
        town,
        "select count(*) filter (where received_on <= due_on) as on_time, count(*) as due, "
        f"count(*) filter (where is_zero_report) as zero from fct_push {YEAR} and due_on is not null "
        "and state in ('on_time', 'late', 'missing')",
    ).row(0, named=True)
    assert 0 < n["on_time"] < n["due"]
    assert sentence.format(**{name: fmt_number(count) for name, count in n.items()}) in text
    late = ask(town, f"select count(*) as n from fct_push {YEAR} and is_zero_report and state = 'late'")["n"][0]
    assert f"{label('push_state', 'zero_report')} {n['zero'] - late}" in text


def test_missing_lists_are_named_with_their_department(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, _ = open_part(town, tmp_path, monkeypatch, "push")
    missing = ask(
        town,
        "select name, title from fct_push join dim_extract using (extract) "
        f"join dim_department on department_code = fct_push.owner {YEAR} and state = 'missing'",
    )
    [line] = [line for line in text.splitlines() if line.startswith("- **未到**")]
    assert missing.height > 0
    for department, title in missing.iter_rows():
        assert department in line
        assert title in line


def test_lists_that_were_never_late_are_left_out_and_counted(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A leader looks for what was late; how many lists are not shown is said."""
    every, off = ask(
        town,
        "select count(distinct extract), count(distinct case when received_on > due_on or state = 'missing' or "
        f"towns_missing <> '' then extract end) from fct_push {YEAR}",
    ).row(0)
    assert 0 < off < every
    text, _ = open_part(town, tmp_path, monkeypatch, "push")
    assert f"近 12 个月 {every} 份名单中，**{off} 份**有过迟到、缺报或部分未报；其余 {every - off} 份每月按时" in text
    text, _ = open_part(town, tmp_path, monkeypatch, "push", rows="all")
    assert "每月按时" not in text


def test_figures_of_the_head_are_recounted_and_dated(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Timeliness by the day due, yield by the day checked: two ways of dating, and the page says so."""
    page = open_page(town.settings, tmp_path, monkeypatch, "warnings", Role.LEADER, period="2025")
    shown = {metric.label: metric.value for metric in page.metric}
    checked, due = ask(
        town,
        "select count(*) filter (where state = 'within'), count(*) from fct_warning "
        "where year(due_on) = 2025 and state in ('within', 'over', 'overdue')",
    ).row(0)
    hits, known = ask(
        town,
        "select count(*) filter (where result in ('纳入监测', '落实救助')), count(*) from fct_warning "
        "where year(verified_on) = 2025 and result is not null",
    ).row(0)
    assert shown["预警按时核实率"] == f"{checked / due:.1%}"
    assert shown["预警命中率"] == f"{hits / known:.1%}"
    assert "线索命中率" not in shown, "for all lists together it is the same figure"
    assert "按**到期日**、命中率按**核实日**" in said(page)


def test_a_late_zero_report_is_late_and_no_missing_list() -> None:
    row = {"owner_name": "甲", "owner_name_en": "a", "title": "名单", "title_en": "list", "extract": "x", "month": None}
    shown = words.matrix(
        pl.DataFrame(
            [
                row | {"state": "zero_report", "push_state": "late"},
                row | {"state": "zero_report", "push_state": "on_time"},
                row | {"state": "missing", "push_state": "missing"},
            ]
        )
    )
    assert shown["state"].to_list() == ["zero_late", "zero_report", "missing"]


def test_the_calendar_holds_every_department_and_month(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST-3: received, in time, accepted, refused, linked, new warnings; the rows add up to the marts."""
    _, tables = open_part(town, tmp_path, monkeypatch, "push")
    [calendar] = [frame for frame in tables if "lists_on_time" in frame.columns]
    n = ask(
        town,
        "select sum(rows_read) as rows_read, sum(rows_accepted) as rows_accepted, "
        f"sum(rows_quarantined) as rows_quarantined, count(*) as lists from fct_push {YEAR}",
    ).row(0, named=True)
    assert {name: calendar[name].sum() for name in n} == n
    assert calendar["warnings"].sum() == ask(town, f"select count(*) as n from fct_warning {YEAR}")["n"][0]
    departments = ask(town, f"select count(distinct (owner, month)) as n from fct_push {YEAR}")["n"][0]
    assert calendar.height == departments


@pytest.mark.parametrize("role", AREAS)
def test_the_funnel_is_counted_from_the_warnings(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    text, tables = open_part(town, tmp_path, monkeypatch, "work", role)
    n = ask(
        town,
        "select count(*) as warnings, count(verified_on) as checked, "
        f"count(*) filter (where state = 'overdue') as overdue from fct_warning {YEAR}",
    ).row(0, named=True)
    assert f"形成预警 **{n['warnings']}** 条（一户在一份名单一个月算一条），已核实 {n['checked']} 条" in text
    assert f"尚未核实 {n['warnings'] - n['checked']} 条，其中 **{n['overdue']}** 条已超时限" in text
    [steps] = [frame for frame in tables if "never_done" in frame.columns]
    expected = ask(
        town,
        "select sum(due)::bigint as due from agg_step_month where step = 'check_warning' and scope = 'profile' "
        "and month between date '2025-01-01' and date '2025-12-01'",
    )["due"][0]
    assert steps.filter(pl.col("step") == "预警核实")["due"][0] == expected


def test_steps_of_the_funnel() -> None:
    """A share is of the step before, what waits is told, and where nothing could go on nothing is said."""
    counts = dict.fromkeys(
        ("helped", "already_monitored", "no_risk", "not_found", "result_unknown", "overdue", "duplicates"), 0
    )
    row = counts | {"rows_accepted": 10, "rows_linked": 9, "warnings": 8, "checked": 6, "admitted": 3, "helped": 1}
    steps = words.funnel_steps(pl.DataFrame([row | {"approved": 2, "planned": 0, "plan_helped": 0}]))
    told = dict(steps.select("step", "words").iter_rows())
    assert told["pushed"] == ""
    assert told["linked"] == "前一步的 90.0%，1 行未关联"
    assert told["warnings"] == "", "households and lists are counted anew"
    assert told["checked"] == "前一步的 75.0%，2 条尚未核实"
    assert told["admitted"] == "前一步的 50.0%，另有 1 条落实救助"
    assert told["approved"] == "前一步的 66.7%，1 条尚未审定"
    assert told["planned"] == "前一步的 0.0%，2 条尚无计划"
    assert told["plan_helped"] == ""


def test_late_cases_are_those_past_a_limit(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, tables = open_part(town, tmp_path, monkeypatch, "late")
    [areas] = [frame for frame in tables if "overdue" in frame.columns]
    overdue = ask(town, "select count(*) as n from fct_warning where state = 'overdue'")["n"][0]
    assert areas["overdue"].sum() == overdue > 0
    assert areas.height == 22
    assert f"共有 **{overdue}** 条预警超过时限" in text
    [cases] = [frame for frame in tables if "days_late" in frame.columns]
    assert cases.filter(pl.col("step_words") == "预警核实").height == overdue
    assert cases["days_late"].min() > 0
    assert cases["days_late"].is_sorted(descending=True)
    assert cases["head_name"].str.contains(r"\*").all()


def test_leaders_see_counts_and_no_household(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for part in ("late", "found"):
        _, tables = open_part(town, tmp_path, monkeypatch, part, Role.LEADER)
        assert not [frame for frame in tables if "head_name" in frame.columns]


def test_a_cadre_sees_the_cases_of_the_own_village(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area, n = ask(
        town,
        "select area_code, count(*) from fct_warning where state = 'overdue' group by 1 order by 2 desc, 1 limit 1",
    ).row(0)
    page = open_page(
        town.settings, tmp_path, monkeypatch, "warnings", Role.CADRE, areas=(area,), part="late", period="2025"
    )
    name = ask(town, "select name from dim_area where area_code = ?", area)["name"][0]
    [cases] = [frame for frame in frames(page) if "days_late" in frame.columns]
    assert set(cases["area_name"]) == {name}
    assert cases.filter(pl.col("step_words") == "预警核实").height == n


def test_a_department_sees_its_lists_and_no_area(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that count by area are not offered, and asking for one in the URL gives the first part."""
    text, tables = open_part(town, tmp_path, monkeypatch, "late", Role.DEPARTMENT)
    assert "哪个部门的哪份名单，哪个月到了？" in text
    assert not [frame for frame in tables if "overdue" in frame.columns and "name" in frame.columns]
    _, tables = open_part(town, tmp_path, monkeypatch, "yield", Role.DEPARTMENT)
    [lists] = [frame for frame in tables if "duplicates" in frame.columns]
    assert lists["warnings"].sum() == ask(town, f"select count(*) as n from fct_warning {YEAR}")["n"][0]


def test_the_yield_of_each_list(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, tables = open_part(town, tmp_path, monkeypatch, "yield")
    [lists] = [frame for frame in tables if "duplicates" in frame.columns]
    n = ask(
        town,
        "select title, count(verified_on) as checked, "
        "count(*) filter (where result in ('纳入监测', '落实救助')) as hits, "
        "count(*) filter (where result in ('无风险', '查无此人')) as false_alarms "
        f"from fct_warning join dim_extract using (extract) {YEAR} group by title",
    )
    for title, checked, hits, false_alarms in n.iter_rows():
        row = lists.filter(pl.col("list") == title).row(0, named=True)
        assert (row["checked"], row["admitted"] + row["helped"], row["false_alarms"]) == (checked, hits, false_alarms)
        assert row["value"] == pytest.approx(hits / checked) if checked else row["value"] is None
    assert f"已核实的预警命中 **{n['hits'].sum()}/{n['checked'].sum()}**" in text


def test_channels_of_discovery(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, tables = open_part(town, tmp_path, monkeypatch, "found", language="en")
    n = ask(
        town,
        "select count(*) as n from fct_identification where year(discovered_on) = 2025 and channel is not null",
    )["n"][0]
    [channels] = [frame for frame in tables if "discovered" in frame.columns]
    assert channels["discovered"].sum() == n > 0
    assert channels["share"].sum() == pytest.approx(1)
    metric = ask(
        town,
        "select numerator, denominator from metric_values where metric = 'unforeseen_admissions' "
        "and scope = 'profile' and period = '2025'",
    ).row(0)
    assert f"({metric[0]}/{metric[1]} cases)" in text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_scorecard_of_each_department(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """YL-6 on the intake page: lists, rows, links and findings of the month, zero reports beside missing lists."""
    page = open_page(
        town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, language=language, period="2025-12", part="card"
    )
    [card] = [frame for frame in frames(page) if "zero_reports" in frame.columns]
    month = "where month = date '2025-12-01'"
    n = ask(
        town,
        "select count(*) as lists, count(*) filter (where is_zero_report) as zero_reports, "
        "sum(rows_read) as rows_read, sum(rows_accepted) as rows_accepted, sum(rows_quarantined) as rows_quarantined, "
        f"count(*) filter (where state = 'missing') as lists_missing from fct_push {month}",
    ).row(0, named=True)
    assert {name: card[name].sum() for name in n} == n
    for name, sql in {"open_findings": "true", "new_findings": "is_new"}.items():
        found = ask(town, f"select count(*) as n from fct_finding {month} and owner is not null and {sql}")["n"][0]
        assert card[name].sum() == found
    assert card["rows_read"].to_list() == (card["rows_accepted"] + card["rows_quarantined"]).to_list()


def test_the_office_makes_the_file_of_a_department(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, period="2025-12", part="card")
    page.selectbox(key="scorecard_department").set_value("town").run()
    page.button(key="scorecard_returns_xlsx").click().run()
    assert not page.exception
    assert "需更正数据_乡镇_2025-12.xlsx" in said(page)


def test_an_administrator_makes_no_such_file(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(town.settings, tmp_path, monkeypatch, "intake", Role.ADMINISTRATOR, period="2025-12", part="card")
    assert not [button for button in page.button if str(button.key).startswith("scorecard_returns")]
