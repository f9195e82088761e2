"""The household file: its arithmetic is the warehouse's, its numbers lead back to cells, and a scope ends it."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import polars as pl
import pypdf
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, audit
from warehouse.app_db.sessions import signed_in
from warehouse.eligibility import Facts, Turn, tier, turns
from warehouse.i18n import fmt_date, fmt_money, label, t
from warehouse.scope import Role
from warehouse.server.downloads import Download, downloads
from warehouse.settings import Settings
from warehouse.words.household_ledgers import TERMS

# Worked example 3 of the rules: standard 700 a month, two members, net 16,000, nothing deducted.
EXAMPLE = Facts(
    household_size=2,
    employed_members=1,
    net_income=16_000.0,
    insurance_claims=0.0,
    compliant_self_paid=0.0,
    rigid_expense=0.0,
    monitoring_line=7_500.0,
    dibao_standard_year=8_400.0,
    edge_line=12_600.0,
    disposable_income_per_head=17_000.0,
    rigid_ratio_min=0.5,
    employment_cost_deduction=0.0,
    assets_ok=True,
    all_dependent=False,
    has_warning=False,
)


@pytest.mark.parametrize(
    ("change", "expected", "why"),
    [
        ({}, "dibao", "8,000 is under 8,400"),
        ({"net_income": 16_800.0}, "dibao_edge", "8,400 is not under 8,400: the test is strict"),
        ({"net_income": 25_199.98}, "dibao_edge", "just under one and a half times"),
        ({"net_income": 25_200.0}, "none", "at one and a half times"),
        ({"assets_ok": False}, "none", "a disqualifying car, and 8,000 is over the line"),
        (
            {"assets_ok": False, "net_income": 14_998.0},
            "other",
            "the car keeps it from dibao, the line makes it a type",
        ),
        ({"all_dependent": True}, "tekun", "all dependent, income and assets pass"),
        ({"all_dependent": None}, "unknown", "tekun may pass before dibao"),
        ({"net_income": None}, "unknown", "no income record in force"),
        (
            {"net_income": 30_000.0, "rigid_expense": 15_000.0},
            "rigid_expense",
            "15,000 a head under 17,000, half spent",
        ),
        ({"net_income": 30_000.0, "rigid_expense": 14_999.99}, "none", "just under half"),
        ({"net_income": -100.0, "rigid_expense": 1.0, "assets_ok": False}, "other", "below the line"),
        ({"employment_cost_deduction": 100.0, "net_income": 17_900.0}, "dibao", "17,900 less 1,200 for one worker"),
        ({"employment_cost_deduction": None}, "unknown", "the deduction is not set"),
        ({"net_income": 40_000.0, "rigid_expense": 20_000.0, "has_warning": True}, "other", "sudden hardship"),
        ({"net_income": 40_000.0, "rigid_expense": None, "has_warning": True}, "unknown", "spending decides"),
    ],
)
def test_the_tier_of_worked_examples(change: dict[str, float], expected: str, why: str) -> None:
    assert tier(replace(EXAMPLE, **change)) == expected, why


def test_what_would_change_the_tier() -> None:
    """400 yuan a head more and dibao becomes the edge; no loss of income takes it elsewhere."""
    assert turns(EXAMPLE) == [Turn("income_up", "dibao_edge", 400.0), Turn("dependent", "tekun")]
    edge = replace(EXAMPLE, net_income=20_000.0)
    assert turns(edge)[:2] == [Turn("income_up", "none", 2_600.0), Turn("income_down", "dibao", 1_600.01)]
    spends = replace(EXAMPLE, net_income=30_000.0, rigid_expense=10_000.0)
    assert Turn("expense_up", "rigid_expense", 5_000.0) in turns(spends)
    assert Turn("assets", "dibao") in turns(replace(EXAMPLE, assets_ok=False))
    assert turns(replace(EXAMPLE, net_income=None)) == [], "an unknown income is no distance from anywhere"


@pytest.fixture(scope="module")
def facts(town: Town) -> list[tuple[dict[str, object], Facts]]:
    """Every household of the newest month: its row and the facts of it."""
    rows = ask(
        town,
        """
        select fact.*, coalesce(warned.n, 0) > 0 as has_warning
        from fct_household_month fact
        left join (
            select household_key, count(*) n from fct_warning
            where date_diff('month', month, (select last_month from meta_snapshot)) < 12 group by household_key
        ) warned using (household_key)
        where fact.month = (select last_month from meta_snapshot)
        """,
    )
    return [(row, Facts.of(row)) for row in rows.iter_rows(named=True)]


def test_the_arithmetic_is_the_warehouses(facts: list[tuple[dict[str, object], Facts]]) -> None:
    """Turned over in Python the rules give every household the tests and the tier that the models gave it."""
    assert len(facts) > 1_400
    for row, found in facts:
        assert found.results() == {test: row[test] for test in found.results()}, row["household_no"]
        assert tier(found) == row["tier_eligible"], row["household_no"]


def test_the_nearest_turn_is_enough_and_not_too_much(facts: list[tuple[dict[str, object], Facts]]) -> None:
    """At the amount the tier is another, two cents short of it it is still the same."""
    checked = 0
    for _, found in facts:
        now = tier(found)
        for turn in turns(found):
            if turn.amount is None:
                continue
            checked += 1
            move = found.with_income if turn.kind.startswith("income") else found.with_expense
            sign = 1 if turn.kind.endswith("up") else -1
            assert tier(move(sign * turn.amount)) == turn.tier != now
            if turn.amount > 0.02:
                assert tier(move(sign * (turn.amount - 0.02))) == now
    assert checked > 1_000


def missed(town: Town) -> dict[str, object]:
    """A household suspected missed whose income is known, with the file its income stands in."""
    return ask(
        town,
        """
        select fact.*, loads.file_name, area.name as area_name
        from fct_household_month fact
        join meta_load loads on fact.income_load_id = loads.load_id
        join dim_area area on fact.area_code = area.area_code
        where fact.month = (select last_month from meta_snapshot) and suspected_missed
        order by household_no limit 1
        """,
    ).row(0, named=True)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_office_reads_the_whole_file(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    row = missed(town)
    app = open_page(
        town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, language=language,
        household=row["household_key"],
    )  # fmt: skip
    text = said(app)
    assert row["household_no"] in text
    assert row["area_name"] in text
    gap = {"zh_CN": "疑似漏保", "en": "Suspected missed"}[language]
    assert gap in text
    assert "ST-1a, DJ-7" in text, "the clause stands beside the gap"
    for name in ("income_per_head", "dibao_income_per_head", "net_income", "monitoring_line", "dibao_standard_year"):
        assert fmt_money(row[name], 2) in text, name
    stand_in = {"zh_CN": "替代值", "en": "stand-in"}[language]
    assert stand_in in text, "the line and the standard are stand-ins and said to be"
    assert text.count({"zh_CN": "✓ 符合", "en": "✓ Met"}[language]) >= 5


def test_a_figure_is_followed_back_to_its_cells(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page names file and row; that row of the landed file, and of the file as it was sent, is this household's."""
    row = missed(town)
    app = open_page(
        town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=row["household_key"], view="sources"
    )
    sources = frames(app)[-1]
    found = sources.filter(pl.col("file_name") == row["file_name"]).row(0, named=True)
    assert found["row_no"] == row["income_row_no"]
    folder = town.settings.landed / "household_income"
    landed = pl.concat([pl.read_parquet(path) for path in folder.rglob(f"{row['income_load_id']}.parquet")])
    cells = landed.filter(pl.col("row_no") == found["row_no"]).row(0, named=True)
    assert cells["household_no"] == row["household_no"]
    assert cells["period_end"] == row["income_period_end"]
    members = ask(town, "select count(*) from dim_household_member where household_key = ?", row["household_key"])
    assert sources.filter(pl.col("list") == "农户家庭成员信息表").height == members.item()


@pytest.mark.parametrize("view", ["measured", "history", "people", "sources"])
def test_no_name_is_shown_whole(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, view: str) -> None:
    row = missed(town)
    names = ask(town, "select name from dim_person where household_key = ?", row["household_key"])["name"].to_list()
    app = open_page(
        town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=row["household_key"], view=view
    )
    text = said(app) + "".join(frame.write_csv() for frame in frames(app))
    assert names
    for name in names:
        assert name not in text
    if view in ("people", "sources"):
        assert all(name[0] + "*" in text for name in names)


def shown_names(app: AppTest) -> str:
    return said(app) + "".join(frame.write_csv() for frame in frames(app))


def test_names_are_whole_with_a_reason_which_is_audited_once(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """07-trust: of this household, in this session; reason and household stand in the trail, IDs stay masked."""
    row = missed(town)
    key = str(row["household_key"])
    names = ask(town, "select name from dim_person where household_key = ?", key)["name"].to_list()
    app = open_page(town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=key, view="people")
    assert app.button(key="reveal_button").disabled, "without a reason nothing"
    assert audit.entries(app_db(town.settings), action=audit.Action.REVEALED).is_empty()
    app.radio(key="reveal_reason").set_value("petition").run()
    app.text_input(key="reveal_more").set_value("电话 138、1234、5678").run()
    app.button(key="reveal_button").click().run()
    assert app.error, "a phone number in any dress is no reason"
    assert audit.entries(app_db(town.settings), action=audit.Action.REVEALED).is_empty()
    app.text_input(key="reveal_more").set_value("![x](http://a.b/c) 电话 12345678901234567890").run()
    app.button(key="reveal_button").click().run()
    assert not app.exception
    assert not any("![" in caption.value for caption in app.caption), "a reason is shown as written, it calls nothing"
    text = shown_names(app)
    assert all(name in text for name in names)
    assert not re.search(r"\d{17}[\dX]", text), "IDs are never shown"
    app.run()
    entries = audit.entries(app_db(town.settings), action=audit.Action.REVEALED)
    assert entries["target"].to_list() == [key], "once, however often the page runs"
    assert "来信来访" in entries["detail"][0]
    assert "1234567890" not in entries["detail"][0], "no number as long as an ID reaches the trail"
    app.button(key="reveal_stop").click().run()
    assert not any(name in shown_names(app) for name in names)


def test_names_of_one_household_leave_the_others_masked(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another household of the same session, and what is remembered for all sessions, hold no whole name."""
    row = missed(town)
    first = str(row["household_key"])
    second = ask(
        town,
        "select household_key from fct_household_month where month = date '2025-12-01' and household_key <> ? "
        "order by 1 limit 1",
        first,
    ).item()
    app = open_page(town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=first, view="people")
    app.radio(key="reveal_reason").set_value("papers").run()
    app.button(key="reveal_button").click().run()
    app.query_params["household"] = second
    app.run()
    names = ask(town, "select name from dim_person where household_key = ?", second)["name"].to_list()
    assert not any(name in shown_names(app) for name in names)
    other = open_page(town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=first, view="people")
    whole = ask(town, "select name from dim_person where household_key = ?", first)["name"].to_list()
    assert not any(name in shown_names(other) for name in whole)


def test_the_household_says_what_its_village_has_on_its_list(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of the work list about it, and no others: each is told with its task."""
    row = missed(town)
    app = open_page(town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=row["household_key"])
    tables = "".join(element.proto.body for element in app.get("html") if "办什么" in element.proto.body)
    assert "核实疑似漏保" in tables
    expected = ask(
        town,
        "select count(*) from fct_warning where household_key = ? and verified_on is null and state <> 'impossible'",
        row["household_key"],
    ).item()
    assert tables.count("核实预警") == expected


def test_looking_is_put_into_the_audit_trail(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = missed(town)
    open_page(town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=row["household_key"])
    entries = audit.entries(app_db(town.settings), action=audit.Action.HOUSEHOLD_VIEWED)
    assert entries["target"].to_list() == [row["household_key"]]


def test_a_search_finds_a_household_by_its_number(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = missed(town)
    app = open_page(town.settings, tmp_path, monkeypatch, "household", Role.OFFICE)
    assert frames(app)[0].height == 200, "a page of the list; the total is said"
    app.text_input(key="household_search").set_value(row["household_no"]).run()
    assert frames(app)[0]["household_no"].to_list() == [row["household_no"]]
    assert audit.entries(app_db(town.settings), action=audit.Action.SEARCHED).height == 1
    app.text_input(key="household_search").set_value("no such number").run()
    assert "没有符合条件的记录" in said(app)


def test_a_cadre_sees_his_own_villages_only(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = missed(town)
    other = next(v.area_code for v in town.profile.villages if v.area_code != row["area_code"])
    for area, expected in ((row["area_code"], True), (other, False)):
        app = open_page(
            town.settings, tmp_path, monkeypatch, "household", Role.CADRE, areas=(str(area),),
            household=row["household_key"],
        )  # fmt: skip
        assert (str(row["household_no"]) in said(app)) is expected
    assert "没有找到" in said(app)


@pytest.mark.parametrize("role", [Role.LEADER, Role.ADMINISTRATOR])
def test_leaders_and_administrators_see_no_household(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    row = missed(town)
    app = open_page(town.settings, tmp_path, monkeypatch, "household", role, household=row["household_key"])
    assert str(row["household_no"]) not in said(app)
    assert "您的身份不能打开此页" in said(app)


def test_an_unknown_income_is_said_to_be_unknown(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither pass nor fail: the tier is unknown and the page says which record is missing."""
    key = ask(
        town,
        "select household_key from fct_household_month where month = (select last_month from meta_snapshot) "
        "and not income_known order by household_no limit 1",
    ).item()
    text = said(open_page(town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=key))
    assert "没有有效的收入核算记录" in text
    assert "有效期内的收入核算记录" in text
    assert "？ 未知" in text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_file_names_the_office_and_every_term_of_elimination(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """ST-2a, BX-6: a monitored household of which one office must act, and that may not be eliminated yet."""
    household, reason = ask(
        town,
        "select d.household_key, d.reason from fct_register_difference d "
        "join fct_identification i on d.household_key = i.household_key and i.is_active "
        "where d.month = date '2025-12-01' and d.is_to_resolve and not i.ready_to_eliminate order by 1 limit 1",
    ).row(0)
    text = said(
        open_page(
            town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, language=language, household=household,
            view="history",
        )
    )  # fmt: skip
    assert label("difference_reason", reason) in text
    assert ("目前不能消除" if language == "zh_CN" else "It may not be eliminated yet") in text
    for term in TERMS:
        assert t(f"household.ready.{term}") in text, "met, failed or unknown, each term is told"


def test_referrals_and_help_stand_on_the_timeline_and_in_the_ledgers(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ST-5a, DJ-4, DB-6: each with its day and its state."""
    for mart, kind, day in (
        ("fct_referral", "转办", "accepted_on"),
        ("fct_temporary_assistance", "临时救助", "paid_on"),
        ("fct_service_need", "服务需求", "registered_on"),
    ):
        household, on = ask(
            town,
            f"select l.household_key, l.{day} from {mart} l join fct_household_month h using (household_key) "
            f"where h.month = date '2025-12-01' and l.{day} is not null order by 2 desc, 1 limit 1",
        ).row(0)
        for view in ("history", "people"):
            app = open_page(
                town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=household, view=view
            )
            tables = [element.proto.body for element in app.get("html") if kind in element.proto.body]
            assert any(fmt_date(on) in table for table in tables), f"{kind}: {view}"


def printed(app: AppTest, key: str, settings: Settings) -> str:
    """The text of the PDF that a button gives, without blanks."""
    app.button(key=key).click().run()
    assert not app.exception
    token = re.findall(r"/export/([\w-]+)", said(app))[-1]
    user = signed_in(app_db(settings), app.user["kanhu_session"])
    assert user is not None
    file = downloads().take(token, user.user_id)
    assert isinstance(file, Download)
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(file.data)).pages))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_file_on_paper_says_what_the_page_says(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """ST-5c: the same verdict, income, tests and gaps; names masked, no ID, and for whom it is."""
    row = missed(town)
    app = open_page(
        town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, language=language,
        household=row["household_key"],
    )  # fmt: skip
    page = re.sub(r"\s", "", said(app))
    paper = printed(app, "household_file_pdf", town.settings)
    for name in ("income_per_head", "dibao_income_per_head", "net_income", "monitoring_line", "dibao_standard_year"):
        shown = re.sub(r"\s", "", fmt_money(row[name], 2))
        assert shown in page, name
        assert shown in paper, name
    for text in (
        label("gap", "suspected_missed"),
        t("household.paper.verdict"),
        t("paper.internal"),
        row["household_no"],
    ):
        assert re.sub(r"\s", "", str(text)) in paper, text
    names = ask(town, "select name from dim_person where household_key = ?", row["household_key"])["name"].to_list()
    assert not any(name in paper for name in names)
    assert all(name[0] + "*" in paper for name in names)
    assert not re.search(r"\d{17}[\dX]", paper)


def test_what_is_unknown_stays_unknown_on_paper(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = ask(
        town,
        "select household_key from fct_household_month where month = (select last_month from meta_snapshot) "
        "and not income_known order by household_no limit 1",
    ).item()
    app = open_page(town.settings, tmp_path, monkeypatch, "household", Role.OFFICE, household=key)
    paper = printed(app, "household_file_pdf", town.settings)
    assert "没有有效的收入核算记录" in paper
    assert "？未知" in paper
    assert "有效期内的收入核算记录" in paper, "it stands among what is missing"
