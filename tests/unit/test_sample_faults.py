"""What the sample plants on purpose: each contradiction stands in the lists as the truth says, and in a low share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from warehouse.contracts import load_contracts
from warehouse.profiles import load_profile
from warehouse.sample import truth, write
from warehouse.sample.calendar import long_breaks
from warehouse.sample.care import child_standard
from warehouse.sample.clock import Window, stream
from warehouse.sample.deliveries import DRAWN_APART, draw_deliveries
from warehouse.sample.faults import shifted
from warehouse.sample.lists import CleanLists, Work
from warehouse.sample.meetings import JOINT

FINDINGS = Path(__file__).resolve().parents[2] / "warehouse" / "findings.yml"
LAST = 11


@pytest.fixture(scope="module")
def work() -> Work:
    """Suntuan, 3,000 households, all of 2025: the drawn place before any clerk has touched it."""
    window = Window(dt.date(2025, 12, 1), 12)
    deliveries = draw_deliveries(sorted(load_contracts()), window, 5)
    return write._simulate(load_profile("suntuan"), window, 3_000, 5, deliveries)[1]


@pytest.fixture(scope="module")
def lists(work: Work) -> CleanLists:
    return CleanLists(work, dict(load_contracts()))


@pytest.fixture(scope="module")
def findings(work: Work) -> pl.DataFrame:
    months = truth.truth_frame(work.world, work.facts, work.registers, work.spells, work.applications)
    return truth.findings_frame(work.world, work.faults.planted, work.spells, months)


def households_of(findings: pl.DataFrame, rule: str) -> list[str]:
    found = findings.filter(pl.col("rule") == rule)["household_no"].to_list()
    assert found, f"{rule}: nothing planted, so nothing is tested"
    return found


def test_rules_are_those_of_the_catalogue(findings: pl.DataFrame) -> None:
    known = {entry["rule"] for entry in yaml.safe_load(FINDINGS.read_text(encoding="utf-8"))}
    planted = set(findings["rule"])
    assert planted <= known
    assert len(planted) >= 24
    assert (findings["first_month"] <= findings["last_month"]).all()


def test_most_of_the_monitored_are_without_contradiction(work: Work) -> None:
    """A low share: more than a third of the spells planted with something would be no place on earth."""
    touched = {item.household for item in work.faults.planted if item.household >= 0 and item.person < 0}
    assert len(touched) < len(work.spells) / 2


def test_slips_of_the_roster_stand_in_the_roster(lists: CleanLists, findings: pl.DataFrame) -> None:
    roster = lists.rows("household_roster", LAST)
    posts = roster.filter(pl.col("employment_status") == "公益岗位")
    for rule in ("public_post_under_age", "public_post_over_age"):
        persons = findings.filter(pl.col("rule") == rule)["person_id"].to_list()
        assert persons
        assert set(persons) <= set(posts["id_no"])
    twice = findings.filter(pl.col("rule") == "two_households")["person_id"].to_list()
    homes = roster.filter(pl.col("id_no").is_in(twice)).group_by("id_no").agg(pl.col("household_no").n_unique())
    assert homes["household_no"].to_list() == [2] * len(twice)
    shared = roster.filter(pl.col("household_no").is_in(households_of(findings, "id_shared")))
    same = shared.group_by("id_no").agg(pl.col("name").n_unique().alias("names"))
    assert (same["names"] == 2).sum() == len(households_of(findings, "id_shared"))


def test_blank_required_cells_and_future_days_are_written(lists: CleanLists, findings: pl.DataFrame) -> None:
    ledger = lists.rows("monitored_households", LAST)
    assert households_of(findings, "monitored_no_cause")
    no_cause = ledger.filter(pl.col("risk_cause").is_null())["household_no"].to_list()
    assert set(households_of(findings, "monitored_no_cause")) == set(no_cause)
    future = ledger.filter(pl.col("plan_on") > dt.date(2025, 12, 31))["household_no"].to_list()
    assert set(households_of(findings, "ledger_date_in_future")) == set(future)
    children = lists.rows("children_in_need", LAST).filter(pl.col("admitted_on") > dt.date(2025, 12, 31))
    assert set(children["id_no"]) == set(findings.filter(pl.col("rule") == "date_in_future")["person_id"])


def test_help_that_is_missing_is_missing(lists: CleanLists, findings: pl.DataFrame) -> None:
    measures = lists.rows("assistance_measures", LAST)
    ledger = lists.rows("monitored_households", LAST)
    persons = lists._persons
    for rule, cause, kinds in (
        ("illness_no_help", "因病", ["医疗", "社会帮扶"]),
        ("disability_no_support", "因残", ["兜底保障", "医疗", "社会帮扶"]),
    ):
        found = findings.filter(pl.col("rule") == rule)["household_no"].to_list()
        for household in found:
            causes = ledger.filter(pl.col("household_no") == household)["risk_cause"].drop_nulls().to_list()
            assert any(cause in text for text in causes)
            place = persons.filter(pl.col("household_no") == household)["_household"][0]
            own = measures.filter(pl.col("_household") == place)["category"].to_list()
            assert not set(own) & set(kinds), household


def test_eliminations_that_break_a_rule(work: Work, findings: pl.DataFrame) -> None:
    numbers = work.world.people.household_no
    spells = {numbers[spell.household]: spell for spell in work.spells if spell.eliminated_on is not None}
    for household in households_of(findings, "eliminated_too_soon"):
        spell = spells[household]
        assert (spell.eliminated_on - spell.approved_on).astype(int) < 150
    for household in households_of(findings, "eliminated_no_measure"):
        assert not [item for item in work.measures if numbers[item.household] == household]
    for household in households_of(findings, "eliminated_no_labour"):
        members = list(work.world.people.members(spells[household].household))
        present = [place for place in members if work.facts[-1].present[place]]
        assert not np.isin(work.world.people.labour[present], ["普通劳动力", "弱劳动力"]).any()


def test_some_are_monitored_again_within_a_year(work: Work) -> None:
    by_household: dict[int, list] = {}
    for spell in work.spells:
        by_household.setdefault(spell.household, []).append(spell)
    again = [spells for spells in by_household.values() if len(spells) > 1]
    assert again
    for spells in again:
        first, second = sorted(spells, key=lambda spell: spell.discovered_on)[:2]
        assert 0 < (second.discovered_on - first.eliminated_on).astype(int) < 366


def test_a_second_lead_comes_while_the_first_is_open(work: Work) -> None:
    petitions = [row for row in work.faults.warnings if row[0] == "petitions"]
    assert petitions
    people = work.world.people
    for _extract, person, month, day in petitions:
        household = people.household[person]
        waiting = [c for c in work.checks if c.household == household and c.verified_on is None and c.month < month]
        assert waiting
        assert work.world.window.starts[month] <= day <= work.world.window.ends[month]


def test_the_six_new_lists_are_plausible(lists: CleanLists, work: Work) -> None:
    elders = lists.rows("left_behind_elderly", LAST)
    days = (dt.date(2025, 12, 31) - elders["last_visit_on"].drop_nulls()).dt.total_days()
    assert 0.05 < (days > 30).mean() < 0.25
    assert (days >= 0).all()
    children = lists.rows("children_in_need", LAST)
    assert {"孤儿", "事实无人抚养儿童", "留守儿童", "困境儿童"} == set(children["kind"])
    paid = children.filter(pl.col("kind").is_in(["孤儿", "事实无人抚养儿童"]))
    assert paid["monthly_amount"].drop_nulls().mode()[0] == child_standard(work.world.profile.policy)
    births = children["id_no"].str.slice(6, 8).str.to_date("%Y%m%d")
    assert (births > dt.date(2007, 12, 31)).all(), "nobody of 18 or over"
    referrals = lists.rows("referrals", LAST)
    forwarded = referrals.drop_nulls("forwarded_on")
    assert (forwarded["forwarded_on"] >= forwarded["accepted_on"]).all()
    assert referrals.filter(pl.col("completed_on").is_null())["result"].null_count() == (
        referrals["completed_on"].null_count()
    )
    meetings = lists.rows("meeting_actions", LAST)
    joint = meetings.filter((pl.col("kind") == JOINT) & (pl.col("met_on") >= dt.date(2025, 1, 1)))
    assert joint["met_on"].n_unique() == 4
    assert meetings["met_on"].dt.weekday().max() <= 5
    late = meetings.filter(pl.col("done_on") > pl.col("due_on")).height / meetings.height
    assert 0.05 < late < 0.4
    trainings = lists.rows("trainings", LAST).filter(pl.col("held_on") >= dt.date(2025, 1, 1))
    assert trainings.height == 1, "one of the two half-years is left out"


def test_long_breaks_are_those_of_the_calendar() -> None:
    """国庆 and 中秋 of 2025 were one break of eight days, 春节 another."""
    first, last = np.datetime64("2025-01-01"), np.datetime64("2025-12-31")
    assert [tuple(map(str, item)) for item in long_breaks(first, last)] == [
        ("2025-01-28", "2025-02-04"),
        ("2025-10-01", "2025-10-08"),
    ]


def test_a_shifted_spell_keeps_its_steps(work: Work) -> None:
    spell = next(spell for spell in work.spells if spell.verified_on is not None and spell.approved_on is not None)
    moved = shifted(spell, 10, after_discovery=3)
    assert moved.discovered_on == spell.discovered_on + 10
    assert moved.verified_on == spell.verified_on + 13
    assert moved.approved_on == spell.approved_on + 13


def test_new_lists_leave_the_days_of_the_others_alone() -> None:
    """The days of a list do not depend on which of the lists drawn apart exist."""
    window = Window(dt.date(2025, 12, 1), 4)
    everything = sorted(load_contracts())
    fewer = [extract for extract in everything if extract not in DRAWN_APART]
    assert {key: value for key, value in draw_deliveries(everything, window, 3).items() if key[0] in fewer} == (
        draw_deliveries(fewer, window, 3)
    )
    assert stream(3, "faults").random() != stream(4, "faults").random()
