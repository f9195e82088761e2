"""Notice, public sheet and sample plan on their pages: who is offered them, and that their figures are the marts'."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import polars as pl
import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.exports.publication import REGISTERS as REGISTERS_IN_ORDER
from warehouse.exports.publication import areas_table, whole_table
from warehouse.exports.quarterly_report import office_ask
from warehouse.gate import current_gate
from warehouse.i18n import fmt_share
from warehouse.queries.publication import published
from warehouse.scope import ALL, Role, build_scope
from warehouse.stats.intervals import sample_of

DECEMBER = dt.date(2025, 12, 1)
EXITING = """
    select area_code from fct_identification
    where exit_publicity_from between '2025-10-01' and '2025-12-31' order by 1
"""
IN_PUBLICITY = """
    select count(*) from fct_identification
    where area_code = ? and exit_publicity_from <= '2025-12-31' and exit_publicity_to >= '2025-10-01'
"""
QUIET = """
    select area_code from dim_area where is_unit
        and area_code not in (select area_code from fct_identification where area_code is not null)
        and area_code not in (
            select area_code from fct_register_entry where admitted_on >= '2025-12-01' and area_code is not null
        )
        and area_code not in (select area_code from fct_application where state = 'open' and area_code is not null)
    order by 1
"""
REGISTERS = """
    select scope, area_code, register, households from agg_register_month where month = '2025-12-01'
"""


def test_a_village_publishes_who_is_in_publicity(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The household whose publicity before elimination began in the quarter stands on the notice, its head masked."""
    area = ask(town, EXITING).item(0, 0)
    page = open_page(
        town.settings,
        tmp_path,
        monkeypatch,
        "village",
        Role.CADRE,
        areas=(area,),
        area=area,
        period="2025Q4",
        notice="eliminated",
    )
    listed = next(frame for frame in frames(page) if frame.columns[:3] == ["no", "village", "head"])
    assert listed.height == ask(town, IN_PUBLICITY, area).item()
    assert all("*" in head or head.endswith("某") for head in listed["head"])
    assert {"notice_file_docx", "notice_file_pdf"} <= {button.key for button in page.button}


def test_a_village_without_publicity_says_so(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area = ask(town, QUIET).item(0, 0)
    page = open_page(town.settings, tmp_path, monkeypatch, "village", Role.OFFICE, area=area, period="2025-12")
    assert "没有处在公示期" in said(page)
    assert not [button for button in page.button if str(button.key).startswith("notice_file")]


def test_the_public_sheet_shows_no_small_count(town: Town) -> None:
    """Every published figure is 0 or a multiple of five from ten on; every small count of the marts is a star."""
    gate = current_gate(town.settings)
    office = build_scope(
        user_id=0, user_name="", role=Role.OFFICE, granted_areas=(ALL,), granted_departments=(ALL,),
        granted_households=False, villages=gate.villages, departments=gate.departments, groups=gate.groups,
    )  # fmt: skip
    found = published(lambda name, /, **params: gate.query(name, office, params), month=DECEMBER)
    shown = found.cells.filter(~pl.col("is_hidden"))
    assert all(figure == 0 or (figure >= 10 and figure % 5 == 0) for figure in shown["households"])
    truth = ask(town, REGISTERS)
    hidden = set(found.cells.filter("is_hidden").select("area_code", "category").iter_rows())
    small = {(area, register) for _, area, register, n in truth.iter_rows() if 1 <= n <= 7}
    assert len(small) > 20
    assert small & {(a, c) for a, c in found.cells.select("area_code", "category").iter_rows()} <= hidden
    wholes = dict(truth.filter(pl.col("scope") == "profile").select("register", "households").iter_rows())
    told = {name: whole_table(found)["households"][at] for at, name in enumerate(REGISTERS_IN_ORDER)}
    public = {name: int(count) for name, count in told.items() if count != "*"}
    assert public, "something is left to be published"
    assert public == {name: 5 * round(wholes[name] / 5) for name in public}
    assert areas_table(found, ["dibao"]).height == 22


def test_a_register_that_never_came_is_not_told_as_nought(town: Town) -> None:
    """A list that did not come and one without rows never look alike, on what leaves the office least of all."""
    gate = current_gate(town.settings)
    asked = office_ask(gate)

    def without_rigid(name: str, /, **params: object) -> pl.DataFrame:
        rows = asked(name, **params)
        if name == "publication/lists":
            assert rows["is_received"].all(), "every list of the sample came"
            return rows.with_columns(is_received=pl.col("category") != "rigid_expense")
        return rows

    told, every = (whole_table(published(ask, month=DECEMBER)) for ask in (without_rigid, asked))
    assert told["households"][3:5].to_list() == ["未报", "未报"], "the class, and the sum that it is part of"
    assert told[[0, 1, 2, 5, 6, 7, 8]].equals(every[[0, 1, 2, 5, 6, 7, 8]])
    assert "未报" not in every["households"].to_list()
    early = asked("publication/lists", month=dt.date(2024, 1, 1))
    assert not early["is_received"].any(), "nothing came before the first month"


def test_the_plan_draws_what_anybody_can_draw_again(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many a village as the hypergeometric distribution asks, and those with the smallest md5 of seed and key."""
    page = open_page(
        town.settings,
        tmp_path,
        monkeypatch,
        "look_back",
        Role.OFFICE,
        section="sample",
        claim="0.1",
        seed="摇号 17",
        results="340621109200:30:0",
        period="2025",
    )
    plan = next(frame for frame in frames(page) if "visits" in frame.columns)
    homes = ask(
        town, "select area_code, household_key from fct_household_month where month = '2025-12-01' and is_resident"
    )
    sizes = dict(homes.group_by("area_code").len().iter_rows())
    assert plan["visits"].to_list() == [sample_of(sizes[code], 0.1) for code in sorted(sizes)]
    gate = current_gate(town.settings)
    office = build_scope(
        user_id=0, user_name="", role=Role.OFFICE, granted_areas=(ALL,), granted_departments=(ALL,),
        granted_households=False, villages=gate.villages, departments=gate.departments, groups=gate.groups,
    )  # fmt: skip
    asked = {"month": DECEMBER, "who": "all_households", "seed": "摇号 17", "areas": "340621109200", "counts": "5"}
    drawn = gate.query("sample_plan/drawn", office, asked)
    keys = homes.filter(pl.col("area_code") == "340621109200")["household_key"]
    first = sorted(keys, key=lambda key: hashlib.md5(f"摇号 17:{key}".encode()).hexdigest())[:5]
    assert set(drawn["household_key"]) == set(first)
    most = max(k for k in range(sizes["340621109200"] + 1) if k == 0 or _missed(sizes["340621109200"], k, 30) > 0.05)
    assert f"比率不超过 {fmt_share(most / sizes['340621109200'])}" in said(page)


def _missed(total: int, k: int, n: int) -> float:
    chance = 1.0
    for at in range(n):
        chance *= max(total - k - at, 0) / (total - at)
    return chance


def test_a_leader_draws_no_households(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(town.settings, tmp_path, monkeypatch, "look_back", Role.LEADER, section="sample")
    assert "抽样" not in said(page)
    assert not [button for button in page.button if str(button.key).startswith("sample_plan")]


def test_only_the_office_gives_figures_away(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.OFFICE, language="en")
    page.button(key="publication_xlsx").click().run()
    assert not page.exception
    assert "/export/" in said(page)
    page = open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER)
    assert not [button for button in page.button if str(button.key).startswith("publication")]
