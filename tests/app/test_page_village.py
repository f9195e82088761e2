"""The village page: a cadre lands on the own village; the work list holds what is open, most urgent first."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, audit
from warehouse.i18n import set_language
from warehouse.scope import Role
from warehouse.words import village as words


def busiest(town: Town) -> str:
    """The village with most warnings not checked."""
    return str(
        ask(
            town,
            "select area_code from fct_warning where verified_on is null and state <> 'impossible' "
            "group by 1 order by count(*) desc, 1 limit 1",
        ).item()
    )


@pytest.mark.parametrize(("language", "word"), [("zh_CN", "户 "), ("en", "households")])
def test_a_cadre_lands_on_the_own_village(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    area = town.profile.villages[4]
    app = open_page(
        town.settings, tmp_path, monkeypatch, "village", Role.CADRE, areas=(area.area_code,), language=language
    )
    households, members = ask(
        town,
        "select count(*), sum(members)::bigint from fct_household_month where area_code = ? "
        "and month = date '2025-12-01'",
        area.area_code,
    ).row(0)
    text = said(app)
    assert area.name in text
    assert f"{households} {'户' if language == 'zh_CN' else 'households'}" in text
    assert f"{members:,} {'人' if language == 'zh_CN' else 'people'}" in text
    assert word in text


def test_a_link_to_another_village_shows_a_cadre_the_own(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, other = town.profile.villages[4], town.profile.villages[5]
    app = open_page(
        town.settings, tmp_path, monkeypatch, "village", Role.CADRE, areas=(own.area_code,), area=other.area_code
    )
    assert other.name not in said(app)
    for frame in frames(app):
        if "household_no" in frame.columns:
            numbers = ask(
                town, "select household_no from dim_household where area_code = ?", other.area_code
            ).to_series()
            assert set(frame["household_no"].drop_nulls()).isdisjoint(set(numbers))


def test_the_work_list_holds_what_is_open(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area = busiest(town)
    app = open_page(town.settings, tmp_path, monkeypatch, "village", Role.OFFICE, area=area)
    work = frames(app)[0]
    open_warnings = ask(
        town, "select count(*) from fct_warning where area_code = ? and verified_on is null", area
    ).item()
    assert open_warnings > 0
    assert work.filter(pl.col("task") == "核实预警").height == open_warnings
    for flag, task in (("suspected_missed", "核实疑似漏保"), ("disability_subsidy_gap", "核对残疾人补贴")):
        households = ask(
            town,
            f"select count(*) from fct_household_month where area_code = ? and month = date '2025-12-01' and {flag}",
            area,
        ).item()
        assert work.filter(pl.col("task") == task).height == households
    late = ask(
        town,
        "select count(*) from fct_issue where area_code = ? and state in ('open', 'overdue', 'failed')",
        area,
    ).item()
    assert work.filter(pl.col("task").str.contains("整改")).height == late
    assert work["clause"].null_count() == 0, "each thing to do names the clause that asks for it"


def test_the_figures_are_those_of_the_metrics_beside_the_whole(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = busiest(town)
    app = open_page(town.settings, tmp_path, monkeypatch, "village", Role.LEADER, area=area)
    figures = next(frame for frame in frames(app) if "verdict" in frame.columns)
    known = ask(
        town,
        "select count(*) filter (where income_known), count(*) from fct_household_month "
        "where area_code = ? and month = date '2025-12-01'",
        area,
    ).row(0)
    shown = figures.filter(pl.col("name") == "收入信息完整率").row(0, named=True)
    assert shown["ratio"] == f"{known[0]}/{known[1]}"
    whole = ask(
        town,
        "select avg(income_known::int) from fct_household_month where month = date '2025-12-01'",
    ).item()
    assert shown["whole"] == f"{whole:.1%}"


def test_leaders_see_numbers_and_no_household(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area = busiest(town)
    app = open_page(town.settings, tmp_path, monkeypatch, "village", Role.LEADER, area=area)
    assert all("household_no" not in frame.columns for frame in frames(app))
    assert "此身份不显示具体农户" in said(app)
    gaps = frames(app)[0]
    missed = ask(
        town,
        "select count(*) from fct_household_month where area_code = ? and month = date '2025-12-01' "
        "and suspected_missed",
        area,
    ).item()
    assert gaps.filter(pl.col("gap") == "疑似漏保")["found"].item() == missed


def test_filters_in_the_link_limit_the_households(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area = busiest(town)
    app = open_page(town.settings, tmp_path, monkeypatch, "village", Role.OFFICE, area=area, tier="dibao", risk="high")
    wanted = ask(
        town,
        "select household_no from fct_household_month where area_code = ? and month = date '2025-12-01' "
        "and tier_registered = 'dibao' and risk_level = 'high' order by 1",
        area,
    )
    shown = [frame for frame in frames(app) if "risk_causes" in frame.columns]
    assert [frame["household_no"].to_list() for frame in shown] == (
        [wanted["household_no"].to_list()] if wanted.height else []
    )


def test_no_household_fits(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused and on no register, yet on the tekun register: the two rule each other out."""
    area = busiest(town)
    app = open_page(
        town.settings, tmp_path, monkeypatch, "village", Role.OFFICE, area=area, tier="tekun", gap="potential_target"
    )
    assert "没有符合条件的记录" in said(app)


def items(*rows: tuple[str, int | None]) -> pl.DataFrame:
    """Things to do: kind and days over their limit (negative: still to go)."""
    today = dt.date(2026, 1, 10)
    return pl.DataFrame(
        {
            "kind": [kind for kind, _ in rows],
            "what": None,
            "title": "名单",
            "title_en": "List",
            "household_key": [str(place) for place in range(len(rows))],
            "household_no": [f"H{place}" for place in range(len(rows))],
            "due_on": [None if over is None else today - dt.timedelta(days=over) for _, over in rows],
            "days_over": [over for _, over in rows],
        },
        schema_overrides={"what": pl.String, "due_on": pl.Date, "days_over": pl.Int64},
    )


def test_the_most_urgent_comes_first() -> None:
    """Longest overdue, then due within 7 days (day 7 included), then what has no limit, then later, then data."""
    set_language("zh_CN")
    given = items(
        ("income_unknown", None),
        ("issue", -8),
        ("suspected_missed", None),
        ("measure", -7),
        ("dropped", None),
        ("warning", 0),
        ("plan", 3),
        ("warning", 40),
    )
    found = words.work(given)
    assert list(zip(found["kind"], found["band"], strict=True)) == [
        ("warning", 0),
        ("plan", 0),
        ("warning", 1),
        ("measure", 1),
        ("dropped", 2),
        ("suspected_missed", 2),
        ("issue", 3),
        ("income_unknown", 4),
    ]
    assert found["when"].to_list()[:4] == ["逾期 40 天", "逾期 3 天", "今天到期", "还剩 7 天"]


def test_every_kind_of_work_has_words_and_a_clause() -> None:
    set_language("en")
    found = words.work(items(*((kind, None) for kind in words.CLAUSES)))
    assert found["task"].n_unique() == len(words.CLAUSES)
    assert found["clause"].null_count() == 0


def test_the_work_list_is_exported_masked_and_typed(town: Town) -> None:
    set_language("zh_CN")
    place = ask(town, "select * from meta_snapshot").row(0, named=True)
    found = words.work(items(("warning", 40), ("dropped", None))).with_columns(
        pl.lit("王*勇").alias("head_name"), pl.lit(None, dtype=pl.Date).alias("since")
    )
    file = words.export_work(found, "杨柳村", place, "2025年第四季度")
    rows = CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(0).to_python()
    text = "\n".join(str(cell) for row in rows for cell in row)
    assert "杨柳村待办清单" in text
    assert "王*勇" in text
    first = next(row for row in rows if "核实预警" in row)
    assert dt.date(2025, 12, 1) in first, "a due day is a date, not a text"


def test_the_ledger_counts_what_fell_due_for_leaders_too(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST-2c: warnings, problems and referrals of the quarter, from their own ledgers; no word of what is none."""
    quarter = "between date '2025-10-01' and date '2025-12-31'"
    for ledger, day, head, unit in (
        ("fct_issue", "found_on", "本期发现", "个"),
        ("fct_referral", "accepted_on", "本期受理", "件"),
    ):
        counted = ask(
            town,
            f"select a.area_code, count(l.area_code) as n from dim_area a left join {ledger} l "
            f"on l.area_code = a.area_code and l.{day} {quarter} "
            "where a.level = 'village' group by 1 order by n desc, 1",
        ).rows()
        (most, n), (least, none) = counted[0], counted[-1]
        assert n > 0
        text = said(open_page(town.settings, tmp_path, monkeypatch, "village", Role.LEADER, area=most))
        assert f"{head} {n} {unit}" in text
        text = said(open_page(town.settings, tmp_path, monkeypatch, "village", Role.LEADER, area=least))
        assert (f"{head} {none} {unit}" in text) == (none > 0)


def test_the_work_list_holds_visits_referrals_and_look_backs(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything due in the village stands in one list: also what the newer ledgers ask for."""
    for task, question in {
        "上门探访": "fct_care_visit where month = '2025-12-01' and state in ('overdue', 'never') and area_code = ?",
        "跟进转办事项": "fct_referral where state in ('open', 'overdue', 'unknown') and area_code = ?",
        "组织回头看": "fct_issue where state = 'rectified' and area_code = ?",
    }.items():
        area = ask(
            town, f"select area_code from {question.replace('= ?', 'is not null')} group by 1 order by count(*) desc, 1"
        )["area_code"][0]
        work = frames(open_page(town.settings, tmp_path, monkeypatch, "village", Role.OFFICE, area=area))[0]
        wanted = ask(town, f"select count(*) from {question}", area).item()
        assert work.filter(pl.col("task") == task).height == wanted > 0


def test_the_visit_list_is_for_who_visits(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The office and the cadre are offered it with the matters of the work list; a leader is not."""
    area = busiest(town)
    app = open_page(town.settings, tmp_path, monkeypatch, "village", Role.OFFICE, area=area)
    work = frames(app)[0].filter(pl.col("household_no").is_not_null())
    assert f"打印入户清单（{work['household_no'].n_unique()} 户 {work.height} 件事）" in said(app)
    for form in ("pdf", "docx", "xlsx"):
        assert app.button(key=f"visit_list_{form}")
    app.selectbox(key="visit_reveal").set_value("site_check").run()
    assert audit.entries(app_db(town.settings), action=audit.Action.REVEALED).is_empty(), "nothing is printed yet"
    app.button(key="visit_list_xlsx").click().run()
    assert not app.exception
    entries = audit.entries(app_db(town.settings), action=audit.Action.REVEALED)
    assert entries["target"].to_list() == [area]
    assert "入户核查" in entries["detail"][0]
    leader = open_page(town.settings, tmp_path, monkeypatch, "village", Role.LEADER, area=area)
    assert "打印入户清单" not in said(leader)
    assert "visit_list_pdf" not in {button.key for button in leader.button}
