"""The risk page: levels, causes, incomes and moves are those of the households; hazards only beyond their limit."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from scipy.stats import poisson

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.i18n import set_language
from warehouse.scope import Role
from warehouse.sections.risk import SECTIONS
from warehouse.words import risk as words
from warehouse.words.classes import CLASSES
from warehouse.words.hazards import hazards

DECEMBER = dt.date(2025, 12, 1)


def levels(town: Town, month: str = "2025-12-01") -> dict[str, int]:
    found = dict(
        ask(
            town, f"select risk_level, count(*) from fct_household_month where month = date '{month}' group by 1"
        ).iter_rows()
    )
    return {level: found.get(level, 0) for level in words.LEVELS}


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh_CN", "孙疃镇 2025年12月末：紧急 {urgent} 户，高风险 {high} 户"),
        ("en", "end of Dec 2025: {urgent} households urgent and {high} at high risk"),
    ],
    ids=["zh_CN", "en"],
)
def test_levels_of_all_households(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    numbers = levels(town)
    assert numbers["high"] > 0
    assert numbers["unknown"] > 0
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.LEADER, language=language)
    assert sentence.format(**numbers) in said(app)
    assert [metric.value for metric in app.metric] == [f"{numbers[level]:,}" for level in words.LEVELS]


def test_change_is_told_against_the_end_of_the_quarter_before(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, then = levels(town), levels(town, "2025-09-01")
    gap = now["watch"] - then["watch"]
    text = said(open_page(town.settings, tmp_path, monkeypatch, "risk", Role.OFFICE))
    assert f"比 2025年9月末 {'+' if gap > 0 else '−' if gap < 0 else ''}{abs(gap)} 户" in text


def test_the_first_quarter_has_nothing_before(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(open_page(town.settings, tmp_path, monkeypatch, "risk", Role.LEADER, period="2025Q1", section="moves"))
    assert "没有更早的月份可比" in text
    assert "看不出变动" in text


def test_focus_groups_and_their_cover(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.LEADER, section="focus")
    groups = next(frame for frame in frames(app) if "covered_of" in frame.columns)
    assert groups.height == 7
    households, eligible, covered = ask(
        town,
        "select count(*), count(*) filter (where tier_eligible in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense')), "
        "count(*) filter (where tier_eligible in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense') "
        "and not suspected_missed) from fct_household_month where focus_no_labour and month = date '2025-12-01'",
    ).row(0)
    shown = groups.filter(pl.col("name") == "无劳动力").row(0, named=True)
    assert shown["households"] == households
    assert shown["covered_of"].startswith(f"{covered}/{eligible}  ")


def test_moves_between_registers(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    same, moved = ask(
        town,
        "select count(*) filter (where a.tier_registered = b.tier_registered), "
        "count(*) filter (where a.tier_registered <> b.tier_registered) "
        "from fct_household_month a join fct_household_month b using (household_key) "
        "where a.month = date '2025-09-01' and b.month = date '2025-12-01'",
    ).row(0)
    assert moved > 0
    text = said(open_page(town.settings, tmp_path, monkeypatch, "risk", Role.OFFICE, section="moves"))
    assert f"{same:,} 户不变" in text


def test_a_cause_in_the_link_lists_its_households(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ask(
        town,
        "select household_no from fct_household_month where month = date '2025-12-01' "
        "and list_contains(string_split(risk_causes, '、'), 'hardship') order by area_code, 1",
    )
    assert wanted.height > 3
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.OFFICE, section="who", cause="hardship")
    listed = next(frame for frame in frames(app) if "household_no" in frame.columns)
    assert listed["household_no"].to_list() == wanted["household_no"].to_list()


def test_leaders_see_villages_of_a_group_and_no_household(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"focus": "severe_disability", "cause": "illness"}
    for section in SECTIONS:
        app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.LEADER, section=section, **asked)
        assert all("household_no" not in frame.columns for frame in frames(app)), section
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.LEADER, section="focus", **asked)
    by_village = frames(app)[-1]
    total = ask(
        town, "select count(*) from fct_household_month where focus_severe_disability and month = date '2025-12-01'"
    ).item()
    assert by_village.height == 22
    assert by_village["households"].sum() == total


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_six_kinds_are_those_of_the_households_with_their_people(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """DB-1: each kind on the registers and by the data, households beside people; what differs and what is unknown."""
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.LEADER, language=language, section="population")
    shown = next(frame for frame in frames(app) if "registered_people" in frame.columns)
    for side, column in (("registered", "tier_registered"), ("by_data", "tier_eligible")):
        counted = ask(
            town,
            f"select {column}, count(*)::int, sum(members)::int from fct_household_month "
            "where month = date '2025-12-01' group by 1",
        )
        expected = {code: (households, people) for code, households, people in counted.iter_rows()}
        found = shown.select(side, f"{side}_people").rows()
        assert found == [expected.get(code, (0, 0)) for code in CLASSES["tier"]]
    outside = "('none', 'unknown')"
    of, same, unknown = ask(
        town,
        f"select count(*) filter (where (tier_registered not in {outside} or tier_eligible not in {outside}) "
        "and tier_eligible <> 'unknown'), count(*) filter (where tier_registered = tier_eligible "
        f"and tier_registered not in {outside}), count(*) filter (where tier_eligible = 'unknown') "
        "from fct_household_month where month = date '2025-12-01'",
    ).row(0)
    assert unknown > 0
    text = said(app)
    assert f"{same}/{of}" in text
    assert str(unknown) in next(line for line in text.splitlines() if f"{same}/{of}" in line)


def test_watch_population_and_its_groups_overlap(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.LEADER, section="population")
    shown = next(frame for frame in frames(app) if "people" in frame.columns)
    groups = ("watch_population", "watch_lifted", "watch_monitored", "watch_rejected", "watch_left_dibao")
    for group, (households, people) in zip(groups, shown.select("households", "people").rows(), strict=True):
        assert (households, people) == ask(
            town,
            f"select count(*)::int, coalesce(sum(members), 0)::int from fct_household_month where {group} "
            "and month = date '2025-12-01'",
        ).row(0), group
    assert shown["households"][1:].sum() > shown["households"][0]


def test_types_by_data_and_by_register(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BX-2; and each channel of discovery has its share of the cases of the quarter (BX-3)."""
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.OFFICE, section="types")
    shown = next(frame for frame in frames(app) if "registered_people" in frame.columns)
    for code, row in zip(CLASSES["type"][:3], shown.rows(named=True), strict=False):
        registered, by_data, both = ask(
            town,
            "select count(*) filter (where monitored_type_registered = $1 and is_monitored), "
            "count(*) filter (where monitored_type_eligible = $1), "
            "count(*) filter (where monitored_type_eligible = $1 and monitored_type_registered = $1) "
            "from fct_household_month where month = date '2025-12-01'",
            code,
        ).row(0)
        assert (row["registered"], row["by_data"], row["both"]) == (registered, by_data, both)
    cases = ask(
        town,
        "select count(*), count(*) filter (where channel = '部门预警') from fct_identification "
        "where discovered_on between date '2025-10-01' and date '2025-12-31'",
    ).row(0)
    assert f"**{cases[1]}/{cases[0]}**" in said(app)


def test_hazards_are_told_by_area_by_cause_and_by_both(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every comparison is counted, and what chance alone gives stands beside (YL-2a)."""
    compared = ask(
        town,
        "select scope, cause, new_warnings, expected_warnings from agg_hazard_month "
        "where month = date '2025-12-01' and not (scope = 'profile' and cause = 'all') and expected_warnings > 0",
    )
    over = [poisson.sf(new - 1, expected) <= 0.001 for _, _, new, expected in compared.rows()]
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.LEADER, section="hazards")
    text = said(app)
    assert f"共比较 {compared.height} 项" in text
    assert f"{sum(over)} 项超出上限" in text
    areas = next(frame for frame in frames(app) if "causes" in frame.columns)
    assert areas.height == 22
    assert areas["new"].sum() == compared.filter(scope="area", cause="all")["new_warnings"].sum()


def hazard(scope: str, area: str, cause: str, new: int, expected: float | None, limit: int) -> dict[str, object]:
    return {
        "scope": scope, "area_code": area, "name": area, "cause": cause, "new_warnings": new,
        "expected_warnings": expected, "limit_warnings": limit, "is_hazard": new >= limit, "months_before": 12,
    }  # fmt: skip


def test_a_hazard_of_an_area_and_a_cause_is_named_with_both() -> None:
    """At 2 expected the limit is 9: 8 is within and 9 over. Without anything to expect nothing is compared."""
    set_language("zh_CN")
    frame = pl.DataFrame(
        [
            hazard("profile", "县", "illness", 9, 4.0, 12),
            hazard("profile", "县", "water", 3, 0.0, 1),
            hazard("area", "甲镇", "all", 8, 2.0, 9),
            hazard("area", "甲镇", "illness", 9, 2.0, 9),
        ]
    )
    found = hazards(frame, DECEMBER)
    assert found.areas.select("said", "causes").row(0) == ("未超出", "因病")
    assert "共比较 3 项" in found.sentences[0]
    assert found.sentences[1].startswith("甲镇·因病本月新增预警 9 户")
    assert any(sentence.startswith("饮水：此前各月没有过预警") for sentence in found.sentences), (
        "no rate to compare with"
    )
    chance = poisson.sf(11, 4.0) + 2 * poisson.sf(8, 2.0)
    assert f"约 {chance:.2f} 项" in found.sentences[0]


def test_the_page_is_not_for_cadres(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area = town.profile.villages[0].area_code
    app = open_page(town.settings, tmp_path, monkeypatch, "risk", Role.CADRE, areas=(area,))
    assert "您的身份不能打开此页" in said(app)


def test_incomes_against_the_line_leave_nobody_out(town: Town) -> None:
    """Bars under the line, in the band, drawn above, the open top and unknown add up to all households."""
    set_language("zh_CN")
    incomes = ask(
        town,
        "select band_from, band_to, sum(households)::bigint as households from agg_income_band_month "
        "where scope = 'area' and month = date '2025-12-01' group by all order by 1 nulls last",
    )
    lines = pl.DataFrame({"parameter": ["monitoring_line", "watch_multiple"], "number": [7500.0, 1.5]})
    found = words.histogram(incomes, lines)
    assert found is not None
    households, below = ask(
        town, "select count(*), count(*) filter (where below_line) from fct_household_month where month = ?", DECEMBER
    ).row(0)
    assert int(found.bins["households"].sum()) + found.above + found.unknown == households
    assert f"监测线 7,500 元 的 {below} 户" in found.words[0]
    edges = set(found.bins["from_yuan"])
    assert {7500.0, 11250.0} <= edges, "the line and its multiple are edges of bars"


def village(name: str, new: int, expected: float | None, months: int) -> dict[str, object]:
    return {"name": name, "new_warnings": new, "expected_warnings": expected, "months_before": months}


def causes(new: int = 0, expected: float | None = 1.0) -> pl.DataFrame:
    return pl.DataFrame({"cause": ["illness"], "new_warnings": [new], "expected_warnings": [expected]})


def test_a_hazard_is_beyond_the_upper_limit_only() -> None:
    """At 2 expected, P(X >= 8) is 1.1 in a thousand and P(X >= 9) 0.2: 8 is within, 9 is a hazard."""
    set_language("zh_CN")
    frame = pl.DataFrame([village("甲村", 8, 2.0, 12), village("乙村", 9, 2.0, 12)])
    said_of = words.hazards(frame, causes(), DECEMBER)
    assert len(said_of) == 1
    assert said_of[0].startswith("乙村本月新增预警 9 户")


def test_limits_of_a_short_history_are_trial() -> None:
    set_language("zh_CN")
    said_of = words.hazards(pl.DataFrame([village("甲村", 1, 2.0, 5)]), causes(), DECEMBER)
    assert "均未超出" in said_of[0]
    assert "此前 5 个月" in said_of[-1]


def test_without_a_month_before_nothing_is_said_of_hazards() -> None:
    set_language("zh_CN")
    said_of = words.hazards(pl.DataFrame([village("甲村", 9, None, 0)]), causes(9, None), DECEMBER)
    assert len(said_of) == 1
    assert "算不出上限" in said_of[0]


def test_a_cause_never_warned_of_before_is_told_without_a_limit() -> None:
    set_language("zh_CN")
    said_of = words.hazards(pl.DataFrame([village("甲村", 1, 2.0, 12)]), causes(3, 0.0), DECEMBER)
    assert any(sentence.startswith("因病：此前各月没有过预警，本月新增 3 户") for sentence in said_of)


def test_moves_count_unknown_ends_apart() -> None:
    """To a higher tier is up, to unknown is neither; who was not there before is new."""
    set_language("zh_CN")
    frame = pl.DataFrame(
        [("none", "dibao", 3), ("dibao", "none", 2), ("none", "none", 90), ("none", "unknown", 4), (None, "none", 1)],
        schema=["before", "after", "households"],
        orient="row",
    )
    found = words.moves(frame, "tier_eligible")
    assert found is not None
    assert found.words == "90 户不变；3 户按数据符合更高档，2 户转低；4 户有一端未知；新增 1 户。"
    assert found.codes == ("dibao", "none", "unknown")
