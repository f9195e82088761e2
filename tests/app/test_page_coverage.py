"""The coverage page: its numbers are those of the households, all villages are there, leaders see no household."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.i18n import set_language
from warehouse.queries.coverage import GAPS, SHARES
from warehouse.scope import Role
from warehouse.words import coverage as words
from warehouse.words.gaps import reason

FIRST_FOUR = "('tekun', 'dibao', 'dibao_edge', 'rigid_expense')"


def counts(town: Town, month: str = "2025-12-01", area: str | None = None) -> dict[str, int]:
    """Cover at the end of a month, counted from the households."""
    where = f"month = date '{month}'" + (f" and area_code = '{area}'" if area else "")
    return ask(
        town,
        f"select count(*) filter (where tier_eligible in {FIRST_FOUR}) as eligible, "
        f"count(*) filter (where tier_eligible in {FIRST_FOUR} and not suspected_missed) as covered, "
        "count(*) filter (where suspected_missed) as missed, "
        "count(*) filter (where suspected_ineligible) as ineligible, "
        "count(*) filter (where tier_eligible = 'unknown') as unknown, count(*) as households "
        f"from fct_household_month where {where}",
    ).row(0, named=True)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh_CN", "孙疃镇 2025年第四季度末：按数据应保 {eligible} 户，已保 {covered} 户，疑似漏保 {missed} 户"),
        ("en", "{eligible} households should be covered by the data, {covered} are, {missed} are suspected missed"),
    ],
    ids=["zh_CN", "en"],
)
def test_the_first_sentence_counts_households(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    numbers = counts(town)
    assert numbers["missed"] > 0, "or this shows nothing"
    text = said(open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER, language=language))
    assert sentence.format(**numbers) in text
    share = f"{numbers['covered'] / numbers['eligible']:.1%}"
    assert any(f"{name} {share}" in text for name in ("应保尽保率", "Coverage rate"))


def test_an_earlier_quarter_is_counted_at_its_own_end(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = counts(town, "2025-03-01")
    assert numbers != counts(town), "the two quarters differ, or this shows nothing"
    text = said(open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, period="2025Q1"))
    assert f"应保 {numbers['eligible']} 户，已保 {numbers['covered']} 户" in text
    assert "第二轮集中排查：尚未开始" in text, "a round that had not begun is not a round of nobody"


def test_all_villages_in_the_order_of_their_codes(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER)
    shown = frames(app)[0]
    assert shown["name"].to_list() == [area.name for area in town.profile.villages]
    per_village = ask(
        town,
        "select a.name, count(*) filter (where suspected_missed) as missed, count(*) as households "
        "from dim_area a join fct_household_month h using (area_code) where month = date '2025-12-01' group by 1",
    )
    joined = shown.join(per_village, on="name", suffix="_asked")
    assert joined["missed"].to_list() == joined["missed_asked"].to_list()
    assert joined["households"].to_list() == joined["households_asked"].to_list()


@pytest.mark.parametrize("gap", ["suspected_missed", "suspected_ineligible", "disability_subsidy_gap"])
def test_a_gap_list_holds_the_households_of_the_gap(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gap: str
) -> None:
    wanted = ask(
        town,
        f"select household_no from fct_household_month where {gap} and month = date '2025-12-01' order by area_code, 1",
    )
    assert wanted.height > 1
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, gap=gap)
    shown = frames(app)[1]
    assert shown["household_no"].to_list() == wanted["household_no"].to_list()
    assert f"共 {wanted.height} 户" in said(app)
    assert shown["why"].str.len_chars().min() > 5, "each household says why it is there"  # type: ignore[operator]
    assert shown["head_name"].str.contains(r"\*").all(), "names are masked"


def test_leaders_get_numbers_per_village_and_no_household(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER, gap="suspected_ineligible")
    assert "只显示各村数量" in said(app)
    assert all("household_no" not in frame.columns for frame in frames(app))
    assert frames(app)[1]["found"].sum() == counts(town)["ineligible"]


def test_a_village_in_the_link_limits_figures_and_lists(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = ask(
        town,
        "select area_code from fct_household_month where suspected_missed and month = date '2025-12-01' "
        "group by 1 order by 1 limit 1",
    ).item()
    own = counts(town, area=area)
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, area=area)
    assert f"{own['covered']}/{own['eligible']} 户" in said(app)
    assert frames(app)[0].height == 22, "the table still lists all villages"
    assert frames(app)[1].height == own["missed"]


def test_a_gap_nobody_has_is_not_said_to_be_proved_absent(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = ask(
        town,
        "select area_code from fct_household_month where month = date '2025-12-01' "
        "group by 1 having not bool_or(suspected_missed) order by 1 limit 1",
    ).item()
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, area=area)
    assert "没有发现不等于没有" in said(app)
    assert len(frames(app)) == 1


def test_the_inspection_view_says_how_many_villages(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = ask(
        town, "select count(distinct area_code) from fct_inspection where kind = '集中督查' and year = 2025"
    ).item()
    text = said(open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER, show="inspection"))
    assert text.count(f"集中督查 {seen}/22 个村") == 2, "above the tracker and in the summary"


def test_the_page_is_not_for_cadres(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area = town.profile.villages[0].area_code
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.CADRE, areas=(area,))
    assert "您的身份不能打开此页" in said(app)
    assert not app.dataframe


def villages(missed: list[int], eligible: list[int]) -> pl.DataFrame:
    columns = {name: [0] * len(missed) for name in {*GAPS.values(), *(c for s in SHARES.values() for c in s)}}
    names = [f"{place}村" for place in range(len(missed))]
    return pl.DataFrame(
        columns
        | {"area_code": names, "name": names, "tile_row": 1, "tile_col": list(range(len(missed)))}
        | {"missed": missed, "eligible": eligible}
    )


def test_a_village_is_only_named_beyond_chance() -> None:
    """12 of 20 against 2% elsewhere is a check; 1 of 20 beside it is not named; a village with none is not judged."""
    set_language("zh_CN")
    found = words.judged(villages([12, 1, 1, 0], [20, 20, 400, 0]), "missed", "全镇")
    assert found.frame["verdict"].to_list()[0] == "check_high"
    assert found.frame["verdict"].to_list()[1] == "none"
    assert found.frame["verdict"].to_list()[3] == "none_to_count"
    assert "0村 12/20" in found.findings[0]
    assert "1村" not in " ".join(found.findings)
    assert found.frame["text"].to_list()[3] == "无应计对象"


def row(**values: object) -> dict[str, object]:
    names = (
        "tier_eligible tier_registered monitored_type_eligible income_per_head dibao_income_per_head monitoring_line "
        "dibao_standard_year edge_line disposable_income_per_head rigid_expense rigid_ratio rigid_ratio_min "
        "dibao_income edge_income rigid_income rigid_spend assets_ok asset_conflicts all_dependent "
        "gradual_exit_months_left people"
    )
    return dict.fromkeys(names.split()) | values


def test_reasons_name_the_test_that_decides() -> None:
    set_language("zh_CN")
    money = {"dibao_income_per_head": 9_000, "dibao_standard_year": 8_592, "edge_line": 12_888}
    over = row(tier_registered="dibao", dibao_income=False, assets_ok=False, asset_conflicts="vehicle", **money)
    assert reason(over, "suspected_ineligible") == "低保口径人均 9,000 元，不低于标准 8,592 元、财产：车辆"
    unknown = row(tier_registered="dibao", dibao_income=None, assets_ok=False, asset_conflicts="business", **money)
    assert reason(unknown, "suspected_ineligible") == "财产：经营主体", "an unknown test is not told as failed"
    edge = row(tier_eligible="dibao_edge", **money)
    assert reason(edge, "suspected_missed") == "低保口径人均 9,000 元，低于边缘线 12,888 元"
    spent = row(tier_eligible="rigid_expense", income_per_head=15_000, disposable_income_per_head=17_000)
    said_of = reason(spent | {"rigid_ratio": 2 / 3, "rigid_ratio_min": 0.5}, "suspected_missed")
    assert "67%" in said_of
    assert "不少于 50%" in said_of
    assert reason(row(people="王*勇、张*"), "dead_or_moved_active") == "王*勇、张*：已死亡或迁出，仍在册"


def test_without_a_register_nothing_is_said_of_cover() -> None:
    """With no dibao list every eligible household would look missed: the page names the list instead."""
    set_language("zh_CN")
    metrics = pl.DataFrame(
        {"metric": ["missed_rate"], "state": ["list_missing"], "lists_missing": ["dibao_recipients、tekun_recipients"]}
    )
    titles = {"dibao_recipients": "最低生活保障对象名册", "tekun_recipients": "特困人员名册"}
    assert words.cannot_say(metrics, titles) == "最低生活保障对象名册、特困人员名册未到，无法计算。"
    known = metrics.with_columns(pl.lit("known").alias("state"), pl.lit(None, dtype=pl.String).alias("lists_missing"))
    assert words.cannot_say(known, titles) is None
