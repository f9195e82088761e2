"""The truth's own rules hold the worked examples of 03; they share no code with the warehouse."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from warehouse.profiles import load_profile
from warehouse.sample import rules
from warehouse.sample.clock import Window, completed_years, month_index
from warehouse.sample.economy import GUARANTEES, MONEY_FIELDS, Records

POLICY = replace(
    rules.policy_on(load_profile("suntuan").policy, dt.date(2024, 12, 31)),
    monitoring_line=7_500,
    dibao_standard=700,
    disposable_income_per_head=17_000,
    employment_cost_deduction=0,
)


def income_of(
    *,
    net: float,
    size: int,
    claims: float = 0,
    self_paid: float = 0,
    rigid: float = 0,
    employed: int = 0,
    known: bool = True,
) -> rules.IncomeTests:
    """One household."""
    return rules.income_tests(
        known=np.array([known]),
        net_income=np.array([net], dtype=float),
        claims=np.array([claims], dtype=float),
        self_paid=np.array([self_paid], dtype=float),
        rigid_expense=np.array([rigid], dtype=float),
        employed_members=np.array([employed]),
        household_size=np.array([size]),
        policy=POLICY,
    )


def verdict(
    tests: rules.IncomeTests,
    *,
    assets_ok: bool = True,
    dependent: bool = False,
    lifted: bool = False,
    warned: bool = False,
) -> tuple[str, str | None]:
    by_data = rules.monitored_type(tests, np.array([lifted]), np.array([warned]))
    tier = rules.tier_eligible(tests, np.array([assets_ok]), np.array([dependent]), by_data)
    return tier[0], by_data[0]


def test_example_1_below_the_line_and_lifted_is_unstable() -> None:
    tests = income_of(net=24_000, size=3, self_paid=3_000)
    assert tests.income_per_head[0] == 7_000
    assert verdict(tests, lifted=True)[1] == "unstable_lifted"
    assert verdict(tests)[1] == "edge_poor"


def test_example_2_exactly_at_the_line_is_not_below() -> None:
    tests = income_of(net=24_000, size=3, self_paid=3_000, claims=1_500)
    assert tests.income_per_head[0] == 7_500
    assert not tests.below_line[0]


@pytest.mark.parametrize(
    ("net", "assets_ok", "expected"),
    [
        (16_000, True, ("dibao", None)),  # 8,000 < 8,400
        (16_800, True, ("dibao_edge", None)),  # exactly the standard: not under it
        (16_000, False, ("none", None)),  # a car: no tier, and not below the line
        (14_000, False, ("other", "edge_poor")),  # a car, and below the line
    ],
)
def test_example_3_standard_and_assets(net: float, assets_ok: bool, expected: tuple[str, str | None]) -> None:
    assert verdict(income_of(net=net, size=2), assets_ok=assets_ok) == expected


def test_example_4_edge_is_under_one_and_a_half() -> None:
    assert verdict(income_of(net=48_000, size=4))[0] == "dibao_edge"
    assert verdict(income_of(net=50_400, size=4))[0] == "none", "12,600 is not under 12,600"


def test_example_5_rigid_spending() -> None:
    tests = income_of(net=45_000, size=3, rigid=30_000)
    assert tests.rigid_ratio[0] == pytest.approx(0.6667, abs=1e-4)
    assert verdict(tests)[0] == "rigid_expense"
    assert verdict(tests, assets_ok=False, warned=True) == ("other", "sudden_hardship")
    assert income_of(net=45_000, size=3, rigid=22_500).rigid_spend[0], "half is enough"
    assert not income_of(net=45_000, size=3, rigid=22_499.99).rigid_spend[0]


def test_no_income_and_any_rigid_spending_passes_the_ratio() -> None:
    assert income_of(net=-500, size=2, rigid=0.01).rigid_spend[0]
    assert not income_of(net=-500, size=2, rigid=0).rigid_spend[0]
    assert np.isnan(income_of(net=0, size=2, rigid=10).rigid_ratio[0])


def test_all_dependent_makes_tekun_of_dibao() -> None:
    assert verdict(income_of(net=16_000, size=2), dependent=True)[0] == "tekun"


def test_unknown_income_is_neither_pass_nor_fail() -> None:
    assert verdict(income_of(net=0, size=1, known=False), lifted=True, warned=True) == ("unknown", None)


def test_example_7_a_record_is_good_for_18_months() -> None:
    end = np.array([np.datetime64("2023-04-30")])
    nothing = np.zeros(1)
    record = Records(
        household=np.array([0]),
        period_end=end,
        money=dict.fromkeys(MONEY_FIELDS, nothing),
        employed_members=np.array([0]),
        household_size=np.array([1]),
        guarantees=dict.fromkeys(GUARANTEES, np.array([True])),
    )
    assert record.in_force(1, np.datetime64("2024-10-31"), 18).tolist() == [0]
    assert record.in_force(1, np.datetime64("2024-11-30"), 18).tolist() == [-1]
    assert record.in_force(1, np.datetime64("2023-04-29"), 18).tolist() == [-1], "not ended yet"


def test_single_cover_is_held_to_the_edge_test() -> None:
    """12,000 a head: over the standard, under one and a half: whole-household cover fails, single cover does not."""
    tests = income_of(net=24_000, size=2)
    yes, no = np.array([True]), np.array([False])
    tier = np.array(["dibao"], dtype=object)
    assert rules.tier_tests_fail(tier, tests, yes, no, only_single=no)[0]
    assert not rules.tier_tests_fail(tier, tests, yes, no, only_single=yes)[0]
    assert rules.tier_tests_fail(tier, tests, no, no, only_single=yes)[0], "assets still count"


def test_months_and_ages_turn_over_on_their_day() -> None:
    days = np.array(["2024-03-10", "2025-02-28", "2025-03-01"], dtype="datetime64[D]")
    spans = month_index(days) - month_index(days[:1])
    assert spans.tolist() == [0, 11, 12]
    births = np.array(["1965-12-31", "1966-01-01"], dtype="datetime64[D]")
    assert completed_years(births, np.datetime64("2025-12-31")).tolist() == [60, 59]
    window = Window(dt.date(2025, 2, 1), 3)
    assert [window.label(month) for month in range(3)] == ["2024-12", "2025-01", "2025-02"]
    assert str(window.last_day) == "2025-02-28"


def test_disposable_income_is_that_of_the_year_before() -> None:
    """The value in force on 31 December of the year before the month, also where a newer one has begun."""
    policy = load_profile("suntuan").policy
    old = next(item for item in policy if item.parameter == "disposable_income_per_head")
    newer = replace(old, value="25000", number=25_000.0, valid_from=dt.date(2025, 1, 1))
    assert rules.policy_on((*policy, newer), dt.date(2025, 12, 31)).disposable_income_per_head == 21_691
    assert rules.policy_on((*policy, newer), dt.date(2026, 1, 31)).disposable_income_per_head == 25_000
