"""Findings on the pages: what they say is what the marts hold, each reader sees no more than is his to correct."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.gate import open_gate
from warehouse.scope import Role, Scope

OPEN = "select * from fct_finding where month = (select max(month) from fct_finding)"


def last_month(town: Town) -> str:
    return f"{ask(town, 'select max(month) as month from fct_household_month')['month'][0]:%Y-%m}"


@pytest.mark.parametrize(("language", "who"), [("zh_CN", "县级审定日期"), ("en", "approval")])
def test_a_household_says_what_its_data_contradict(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, who: str
) -> None:
    """A planted step out of order: the sentence names both days in the reader's language, and who corrects it."""
    found = ask(town, f"select * from ({OPEN}) where rule in ('impossible_step_order', 'size_mismatch') order by rule")
    row = found.row(0, named=True)
    page = open_page(
        town.settings,
        tmp_path,
        monkeypatch,
        "household",
        Role.OFFICE,
        language=language,
        household=row["household_key"],
        view="people",
        period=last_month(town),
    )
    text = said(page)
    if row["rule"] == "impossible_step_order":
        assert who in text
    else:
        assert row["first_fact"] in text
        assert row["second_fact"] in text
    owner = ask(town, "select name, name_en from dim_department where department_code = ?", row["owner"]).row(0)
    assert owner[0 if language == "zh_CN" else 1] in text


def test_a_household_without_findings_says_so(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    month = last_month(town)
    key = ask(
        town, "select household_key from fct_household_month where findings = 0 and month = ? limit 1", f"{month}-01"
    )
    page = open_page(
        town.settings,
        tmp_path,
        monkeypatch,
        "household",
        Role.OFFICE,
        household=key["household_key"][0],
        view="people",
        period=month,
    )
    assert "没有发现矛盾" in said(page)


def test_the_scorecard_counts_what_the_marts_hold(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_page(town.settings, tmp_path, monkeypatch, "intake", Role.OFFICE, period=last_month(town), part="held")
    [card] = [frame for frame in frames(page) if "rule_name" in frame.columns]
    assert card["open_findings"].sum() == ask(town, f"select count(*) as n from ({OPEN})")["n"][0]
    assert card["new_findings"].sum() == ask(town, f"select count(*) filter (where is_new) as n from ({OPEN})")["n"][0]


def test_the_work_list_of_a_village_names_its_findings(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    area = ask(town, f"select area_code from ({OPEN}) where rule = 'size_mismatch' order by 1 limit 1")["area_code"][0]
    page = open_page(town.settings, tmp_path, monkeypatch, "village", Role.OFFICE, area=area, period=last_month(town))
    [work] = [frame for frame in frames(page) if "task" in frame.columns]
    told = work.filter(pl.col("what") == "家庭人口不一致").height
    expected = ask(town, f"select count(*) as n from ({OPEN}) where rule = 'size_mismatch' and area_code = ?", area)
    assert told == expected["n"][0] > 0


def test_a_department_sees_the_rows_of_its_own_lists_and_no_more(town: Town) -> None:
    """A cadre holds every department's lists, and an administrator their refused rows: neither sees these."""
    gate = open_gate(town.database)
    month = ask(town, "select max(month) as month from fct_finding_row")["month"][0]
    asked = {"month": month, "department": None, "extract": None, "limit": 20_000}

    def rows(role: Role, departments: tuple[str, ...], *, households: bool = False) -> pl.DataFrame:
        areas = gate.villages if households else ()
        scope = Scope(1, "u", role, areas=areas, households=households, departments=departments)
        return gate.query("findings/of_department", scope, asked)

    own = rows(Role.DEPARTMENT, ("town",))
    expected = ask(town, "select count(*) as n from fct_finding where month = ? and owner = 'town'", month)["n"][0]
    assert own.height == expected > 0
    assert set(own.columns).isdisjoint({"name", "person_name", "head_name", "household_key", "person_key"})
    assert rows(Role.DEPARTMENT, ("water",)).filter(pl.col("extract") != "unsafe_water").is_empty()
    assert rows(Role.CADRE, gate.departments, households=True).is_empty()
    assert rows(Role.ADMINISTRATOR, gate.departments).is_empty()
    assert rows(Role.DEPARTMENT, ()).is_empty()
