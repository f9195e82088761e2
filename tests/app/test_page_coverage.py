"""The coverage page: its numbers are those of the households, all villages are there, leaders see no household."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, users
from warehouse.app_db.notes import add_note
from warehouse.i18n import set_language
from warehouse.queries.coverage import GAPS, SHARES
from warehouse.scope import Role
from warehouse.words import care as care_words
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
    text = said(
        open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, period="2025Q1", section="surveys")
    )
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
    tracked = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER, section="tracked")
    joined = frames(tracked)[0].join(per_village, on="name", suffix="_asked")
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


def test_what_has_reached_every_village(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounds of the survey, inspection and look-back, each as so many of 22; who was not inspected is named."""
    seen = ask(town, "select distinct name from fct_inspection join dim_area using (area_code) where kind = '集中督查'")
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER, section="tracked")
    text = said(app)
    assert f"集中督查 {seen.height}/22 个村" in text
    left = [area.name for area in town.profile.villages if area.name not in set(seen["name"])]
    assert 0 < len(left) < 22, "or this shows nothing"
    assert f"尚未督查：{'、'.join(left)}。" in text
    visited, residents = ask(
        town,
        "select sum(visited), sum(resident_households) from agg_area_survey_round where scope = 'area' and round = 1",
    ).row(0)
    assert (
        f"第一轮集中排查：已在 22/22 个村开展，入户 {visited:,}/{residents:,} 户（{visited / residents:.1%}）" in text
    )
    shown = frames(app)[0]
    assert shown["name"].to_list() == [area.name for area in town.profile.villages]
    assert shown["inspected_on"].drop_nulls().len() == seen.height


def test_two_unknowns_are_told_apart(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot be judged, and who has no income on record: not the same households, and not in one column."""
    unjudged, without = ask(
        town,
        "select count(*) filter (where is_cover_unknown), count(*) filter (where not income_known) "
        "from fct_household_month where month = date '2025-12-01'",
    ).row(0)
    assert 0 < unjudged < without, "they differ, or this shows nothing"
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER)
    assert f"{unjudged} 户无法判断应不应保；没有有效收入记录的共 {without} 户" in said(app)
    assert frames(app)[0]["eligible_unknown"].sum() == unjudged
    assert f"另有 {unjudged} 户未知，不计入" in said(app)
    tracked = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER, section="tracked")
    assert frames(tracked)[0]["income_unknown"].sum() == without


def test_a_change_within_chance_is_said_once(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER))
    assert text.count("与2025年第三季度相比均无明显变化（差异在偶然范围内）") == 1


def test_what_a_village_says_stands_beside_its_point(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note on a figure of this page and period is shown with the village's name; one on another figure is not."""
    first, second = town.profile.villages[:2]
    assert "各村对自己数字的说明" not in said(open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER))
    author = users.add_demo_user(app_db(town.settings), Role.CADRE, (first.area_code,))
    assert author
    name = f"{users.DEMO_NAME}{Role.CADRE}-{first.area_code}"
    add_note(app_db(town.settings), name, first.area_code, "2025Q4", "两户材料待补", "missed_rate")
    add_note(app_db(town.settings), name, second.area_code, "2025Q4", "培训改在一月", "training_held")
    text = said(open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER))
    assert "两户材料待补" in text
    assert f"{first.name} · 村干部" in text
    assert "培训改在一月" not in text


def test_the_page_is_not_for_cadres(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area = town.profile.villages[0].area_code
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.CADRE, areas=(area,))
    assert "您的身份不能打开此页" in said(app)
    assert not app.dataframe


SECTIONS = ("tracked", "registers", "groups", "care", "help", "surveys", "needs")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_two_registers_name_reason_and_office(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """ST-2a, DB-4: each household once, with the office that must act; the rest belongs on one side by the rules."""
    wanted = ask(
        town,
        "select count(*) as n, count(*) filter (where is_to_resolve) as act, "
        "count(*) filter (where kind = 'monitored_only') as monitored "
        "from fct_register_difference where month = date '2025-12-01'",
    ).row(0, named=True)
    assert 0 < wanted["act"] < wanted["n"], "or this shows nothing"
    app = open_page(
        town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, language=language, section="registers"
    )
    sentence = {
        "zh_CN": "两边说法不同的共 {n} 户，其中 {act} 户须由一个部门处理",
        "en": "the two sides speak differently of {n} households; one office must act on {act} of them",
    }[language]
    assert sentence.format(**wanted) in said(app)
    reasons, areas, rows = frames(app)
    assert reasons["households"].sum() == wanted["n"]
    assert areas.height == 22
    assert areas["monitored_only"].sum() == wanted["monitored"]
    assert areas["to_act"].sum() == wanted["act"]
    assert rows.height == min(wanted["n"], 200)
    assert rows["office"].str.len_chars().min() > 0  # type: ignore[operator]


def test_a_chosen_reason_lists_its_households_only(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = ask(
        town,
        "select household_no from fct_register_difference d join dim_household using (household_key) "
        "where month = date '2025-12-01' and reason = 'eligible_for_monitoring' order by d.area_code, 1",
    )
    assert wanted.height > 0
    query = {"section": "registers", "reason": "eligible_for_monitoring"}
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, **query)
    assert frames(app)[-1]["household_no"].to_list() == wanted["household_no"].to_list()[:200]


def test_subsidies_are_told_as_paid_of_those_due(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DJ-5: paid at the standard, of all to whom it is due; children are counted beside the disabled."""
    kinds = ask(
        town,
        "select kind, count(*) as due, count(*) filter (where state = 'paid') as paid "
        "from fct_subsidy where month = date '2025-12-01' and is_entitled group by kind",
    )
    assert set(kinds["kind"]) == {"nursing", "living", "child"}
    text = said(open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER, section="care"))
    for row in kinds.iter_rows(named=True):
        assert f"应补 {row['due']} 人；按标准已补 {row['paid']}/{row['due']}" in text


def test_subsidies_without_a_standard_are_in_no_share() -> None:
    """DJ-5: of 10 due 8 are paid; the two unpaid alone make no share paid at the standard."""
    counts = {"entitled_paid": 0, "entitled_short": 0, "entitled_over": 0, "not_entitled_paid": 0, "paid": 0}
    row = {"area_code": "a", "name": "A", "kind": "nursing", "entitled": 10, "entitled_unpaid": 2}
    frame = pl.DataFrame([row | counts | {"entitled_unknown": 8}])
    set_language("zh_CN")
    told = care_words.subsidy_sentences(frame)[0]
    assert told.startswith("残疾人护理补贴：应补 10 人；已发放 8/10")
    assert "足额无法判断" in told
    assert care_words.subsidies_by_area(frame)["nursing_of"].item().startswith("8/10")


def test_care_counts_visits_and_agreements(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    care = ask(
        town,
        "select count(*) filter (where is_tekun) as tekun, count(*) filter (where is_home_care) as home, "
        "count(*) filter (where has_agreement) as agreed, count(*) filter (where is_left_behind) as left_behind, "
        "count(*) filter (where state is not null) as due, count(*) filter (where state = 'overdue') as overdue "
        "from fct_care_visit where month = date '2025-12-01'",
    ).row(0, named=True)
    text = said(open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, section="care"))
    assert f"特困人员 {care['tekun']} 人" in text
    assert f"已签照料协议 {care['agreed']}/{care['home']} 人" in text
    assert f"应探访 {care['due']} 人（含留守老年人 {care['left_behind']} 人）" in text
    assert f"超期 {care['overdue']} 人" in text


def test_what_followed_temporary_help_in_the_quarter(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paid = ask(
        town,
        "select count(*) as n, count(*) filter (where state = 'waiting') as waiting from fct_temporary_assistance "
        "where month between date '2025-10-01' and date '2025-12-01'",
    ).row(0, named=True)
    ending = ask(
        town,
        "select count(*) filter (where gradual_exit) as gradual, "
        "count(*) filter (where gradual_exit or voluntary_exit_bonus_until is not null) as listed "
        "from fct_household_month where month = date '2025-12-01'",
    ).row(0, named=True)
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, section="help")
    assert f"临时救助 {paid['n']} 笔" in said(app)
    assert f"观察期内 {paid['waiting']}，" in said(app)
    assert f"渐退期内 {ending['gradual']} 户" in said(app)
    assert frames(app)[-1].height == ending["listed"]
    assert frames(app)[-1]["gradual_exit_months_left"].max() <= 12  # type: ignore[operator]


def test_the_ten_items_stand_in_the_words_of_the_document(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = ask(
        town, "select sum(found)::int as n from agg_survey_item where scope = 'profile' and year = 2025 and round = 2"
    )
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER, section="surveys", round="2")
    shown = frames(app)[1]
    assert shown["item"].to_list()[3] == "4. 刚性支出状况"
    assert shown.height == 10
    assert shown["with_item"].sum() == items.item()


def test_needs_stand_by_cause_with_what_answers_them(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs = ask(
        town,
        "select count(*) as n, count(*) filter (where state = 'met') as met, "
        "count(*) filter (where state = 'none') as lost from fct_need_month where month = date '2025-12-01'",
    ).row(0, named=True)
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, section="needs")
    assert f"需求 {needs['n']} 项" in said(app)
    assert f"已落实 {needs['met']}，" in said(app)
    assert frames(app)[0]["needs"].sum() == needs["n"]
    shown = frames(app)[0].filter(pl.col("cause") == "因病")["answered_by"].item()
    assert shown == "医疗、兜底保障、临时救助、社会帮扶"
    assert frames(app)[2].height == min(200, needs["n"] - needs["met"]), "what is met is no longer on the list"


def test_the_compared_groups_and_the_watch_population(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DJ-1a, DB-3, counted from the households; a chosen group lists its own."""
    wanted = ask(
        town,
        "select count(*) filter (where is_lifted) as lifted, count(*) filter (where watch_population) as watch, "
        "count(*) filter (where below_line and not is_lifted) as not_lifted, "
        "count(*) filter (where is_monitored and monitored_type_registered = 'edge_poor') as edge "
        "from fct_household_month where month = date '2025-12-01'",
    ).row(0, named=True)
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.OFFICE, section="groups", of="edge")
    text = said(app)
    assert f"未脱贫（按数据） {wanted['not_lifted']} 户" in text
    assert f"监测范围共 {wanted['watch']} 户：脱贫 {wanted['lifted']} 户" in text
    assert frames(app)[-1].height == wanted["edge"]
    assert frames(app)[2]["households"].sum() == wanted["edge"], "the villages add up to the group"


@pytest.mark.parametrize("section", SECTIONS)
def test_no_section_shows_leaders_a_household(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "coverage", Role.LEADER, language="en", section=section)
    assert not any({"household_no", "head_name", "person_name"} & set(frame.columns) for frame in frames(app))
    assert app.dataframe, "the counts are there"


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
    assert found.frame["text"].to_list()[3] == "无应计"


def test_a_village_with_nobody_to_count_is_not_said_to_be_like_the_others() -> None:
    set_language("zh_CN")
    others = ("single_cover_missed", "single_cover_candidates", "visited_1", "residents_1", "visited_2", "residents_2")
    frame = villages([1, 0, 0], [20, 0, 0]).with_columns(
        pl.Series("ineligible", [0, 0, 0]),
        pl.Series("registered_known", [20, 0, 3]),
        *(pl.lit(None, dtype=pl.Int64).alias(name) for name in others),
    )
    assert words.village_table(frame, "全镇")["verdict"].to_list() == ["无明显差异", "无应计对象", "无明显差异"]


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
