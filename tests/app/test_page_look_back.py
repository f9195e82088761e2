"""The look-back page: its counts are those of the ledger, villages keep their order, leaders see no household."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.queries import look_back as asks
from warehouse.scope import Role


def open_look_back(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role = Role.LEADER, **query: str
) -> str:
    return said(open_page(town.settings, tmp_path, monkeypatch, "look_back", role, **query))


def covered(town: Town, kind: str, until: str = "2025-12-31") -> int:
    """Villages visited in 2025, from the ledger's rows."""
    sql = "select count(distinct area_code) from fct_inspection where year = 2025 and kind = ? and inspected_on <= ?"
    return int(ask(town, sql, kind, until).item())


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh_CN", "2025年（截至2025年12月31日）督查 {seen}/22 村，回头看 {back}/22 村。"),
        ("en", "2025 up to 31 Dec 2025: inspected {seen}/22 villages, looked back at {back}/22 villages."),
    ],
)
def test_coverage_of_the_villages(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    text = open_look_back(town, tmp_path, monkeypatch, language=language, period="2025")
    seen, back = covered(town, "集中督查"), covered(town, "回头看")
    assert sentence.format(seen=seen, back=back) in text
    assert f"{seen}/22" in text, "and the metric says the same"


def test_coverage_of_an_earlier_quarter_counts_only_what_was_done_by_then(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = open_look_back(town, tmp_path, monkeypatch, period="2025Q1")
    seen = covered(town, "集中督查", "2025-03-31")
    assert f"2025年（截至2025年3月31日）督查 {seen}/22 村" in text
    assert seen < covered(town, "集中督查"), "villages were inspected after March, or this shows nothing"


def test_problems_by_state(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = dict(ask(town, "select state, count(*) from fct_issue group by state").iter_rows())
    text = open_look_back(town, tmp_path, monkeypatch)
    named = {
        "closed": "已销号",
        "rectified": "待回头看",
        "open": "整改中",
        "overdue": "逾期未整改",
        "failed": "回头看未通过",
    }
    states = "、".join(f"{words} {counts[state]}" for state, words in named.items() if counts.get(state))
    assert f"共发现 {sum(counts.values())} 个问题：{states}。" in text, "no word of a state without any"


def test_the_overdue_list_is_the_ledgers_longest_first(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "look_back", Role.OFFICE, section="lists")
    late = ask(
        town,
        "select issue_no, (select as_of from meta_snapshot) - due_on as days from fct_issue "
        "where rectified_on is null and coalesce(lookback_result, '') = '' "
        "and due_on < (select as_of from meta_snapshot) order by days desc, issue_no",
    )
    shown = frames(app)[0]
    assert late.height > 5
    assert shown["days_overdue"].to_list() == late["days"].to_list()[:200]
    assert shown["issue_no"].to_list() == late["issue_no"].to_list()[:200]


def test_one_village_shows_its_own_problems_only(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area, total = ask(town, "select area_code, count(*) n from fct_issue group by 1 order by n desc, 1 limit 1").row(0)
    name = ask(town, "select name from dim_area where area_code = ?", area).item()
    for section in ("lists", "returned"):
        app = open_page(town.settings, tmp_path, monkeypatch, "look_back", Role.OFFICE, area=area, section=section)
        assert f"共发现 {total} 个问题" in said(app)
        listed = [frame for frame in frames(app) if "area_name" in frame.columns]
        assert all(set(frame["area_name"]) <= {name} for frame in listed)


def test_a_village_without_problems_is_said_not_to_be_proved_clean(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = ask(
        town,
        "select area_code from dim_area where is_unit and area_code not in (select area_code from fct_issue) limit 1",
    )
    assert clean.height, "the sample has a village without a problem"
    text = open_look_back(town, tmp_path, monkeypatch, area=clean.item(), section="states")
    assert "没有发现不等于没有问题" in text
    assert "没有符合条件的记录" in text


def test_leaders_get_no_description_and_the_office_does(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a description says may point to a household."""
    for role, expected in ((Role.LEADER, False), (Role.OFFICE, True)):
        app = open_page(town.settings, tmp_path, monkeypatch, "look_back", role, section="lists")
        assert ("description" in frames(app)[0].columns) is expected


def test_the_page_is_not_for_cadres(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(
        town.settings, tmp_path, monkeypatch, "look_back", Role.CADRE, areas=(town.profile.villages[0].area_code,)
    )
    assert "您的身份不能打开此页" in said(app)
    assert not app.dataframe


@pytest.mark.parametrize(("by", "column"), [("category", "category"), ("village", "area_code")])
def test_problems_that_came_back_are_counted_of_the_closed_ones(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str, column: str
) -> None:
    """ST-6a: within twelve months after closing, the same category in the same village; told anew from the days."""
    wanted = ask(
        town,
        f"select a.{column}, count(*)::int, count(*) filter (where exists (select 1 from fct_issue b "
        "where b.area_code = a.area_code and b.category = a.category and b.issue_key <> a.issue_key "
        "and b.found_on > a.closed_on and b.found_on <= a.closed_on + interval 12 month))::int "
        f"from fct_issue a where closed_on is not null group by 1 order by 1",
    )
    assert wanted.to_series(2).sum() > 0
    app = open_page(town.settings, tmp_path, monkeypatch, "look_back", Role.LEADER, section="returned", by=by)
    shown = frames(app)[0]
    assert shown.select("denominator", "numerator").rows() == [row[1:] for row in wanted.rows()]
    closed, back = wanted.to_series(1).sum(), wanted.to_series(2).sum()
    assert f"已销号 {closed} 个问题，规定期内同村同类又出现 {back} 个" in said(app)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_eliminations_are_checked_before_they_are_marked(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """BX-6: who is ready and who is not, with the reasons; those marked against a rule; leaders see counts only."""
    counts = ask(
        town,
        "select count(*) filter (where is_active and ready_to_eliminate) as ready, "
        "count(*) filter (where is_active and not ready_to_eliminate) as not_ready, "
        "count(*) filter (where is_active and ready_to_eliminate is null) as unknown, "
        "count(*) filter (where is_proposed) as proposed, "
        "count(*) filter (where year(eliminated_on) = 2025 and elimination_faults <> '') as faulty, "
        "count(*) filter (where year(eliminated_on) = 2025 and relapsed_on is not null) as relapsed "
        "from fct_identification",
    ).row(0, named=True)
    assert counts["not_ready"] > 0
    assert counts["faulty"] > 0
    asked = {"period": "2025", "section": "eliminations", "language": language}
    for part in ("not_ready", "faulty", "ready", "proposed", "relapsed"):
        app = open_page(town.settings, tmp_path, monkeypatch, "look_back", Role.OFFICE, **asked, list=part)
        listed = [frame for frame in frames(app) if "household_no" in frame.columns]
        assert (listed[0].height if listed else 0) == counts[part], part
        if part == "not_ready":
            assert all(listed[0]["reasons"]), "what stands in the way is said"
    leader = open_page(town.settings, tmp_path, monkeypatch, "look_back", Role.LEADER, **asked)
    areas, rules = frames(leader)
    assert areas.height == 22
    for column in ("ready", "not_ready", "with_fault", "relapsed"):
        assert areas[column].sum() == counts[{"with_fault": "faulty"}.get(column, column)]
    assert rules["eliminations"].sum() >= counts["faulty"]
    assert f"**{counts['ready']} " in said(leader)


def issue(state: str, age: int | None = None, found: str = "2025-06-01", due: str = "2025-07-01") -> dict[str, object]:
    return {"state": state, "age_days": age, "found_on": found, "due_on": due, "category": "漏保"}


def issues(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema_overrides={"age_days": pl.Int64}).with_columns(
        pl.col("found_on", "due_on").str.to_date()
    )


def test_ages_of_unsolved_problems() -> None:
    """Day 30 belongs to the first band and 31 to the next; overdue is told by the day due, put right does not count."""
    found = asks.ages(
        issues(
            issue("open", 30),  # due 07-01, told on 07-01: not yet overdue
            issue("overdue", 31),
            issue("failed", 10),
            issue("failed", 400),
            issue("rectified", 90),  # awaits its look-back: put right
            issue("closed"),
        )
    )
    assert found.rows() == [(30, 2, 0), (60, 0, 1), (90, 0, 0), (180, 0, 0), (None, 0, 1)]


def test_every_group_has_every_state() -> None:
    """A category without a problem is there with noughts: a chart never leaves one out in silence."""
    found = asks.states_by(issues(issue("open", 3), issue("closed")), "category", [("错保", "a"), ("漏保", "b")])
    assert found.height == 2 * len(asks.STATES)
    assert found.filter(pl.col("key") == "错保")["issues"].sum() == 0
    assert dict(found.filter(pl.col("key") == "漏保").select("state", "issues").iter_rows())["open"] == 1
