"""The tests of 03-rules on clean arrays: what a careful clerk with all the facts would say.

Written apart from the warehouse's SQL on purpose, so that each can find the other's mistakes. Money is compared in
whole fen, so that a household exactly at a line is at it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.policy import Parameter

Bools = NDArray[np.bool_]
Numbers = NDArray[np.floating[Any]]
Texts = NDArray[np.object_]

TIERS = ("tekun", "dibao", "dibao_edge", "rigid_expense", "other", "none")
FIRST_FOUR = TIERS[:4]


@dataclass(frozen=True)
class MonthPolicy:
    """The parameters the tests need, as in force on the last day of a month."""

    monitoring_line: float
    dibao_standard: float
    edge_multiple: float
    rigid_ratio_min: float
    disposable_income_per_head: float
    employment_cost_deduction: float
    financial_assets_limit: float
    commercial_homes_allowed: float
    income_valid_months: int
    warning_active_months: int
    gradual_exit_months: int
    rejected_window_months: int
    vehicle_kinds: tuple[str, ...]
    business_kinds: tuple[str, ...]


def policy_on(policy: tuple[Parameter, ...], day: dt.date) -> MonthPolicy:
    """The parameters on a day; disposable income is that of 31 December of the year before."""

    def value(name: str, on: dt.date, otherwise: float) -> float:
        found = _in_force(policy, name, on)
        return otherwise if found is None or found.number is None else found.number

    def kinds(name: str) -> tuple[str, ...]:
        found = _in_force(policy, name, day)
        return tuple(found.value.split("、")) if found else ()

    return MonthPolicy(
        monitoring_line=value("monitoring_line", day, 7_500),
        dibao_standard=value("dibao_standard", day, 700),
        edge_multiple=value("edge_multiple", day, 1.5),
        rigid_ratio_min=value("rigid_ratio_min", day, 0.5),
        disposable_income_per_head=value("disposable_income_per_head", dt.date(day.year - 1, 12, 31), 20_000),
        employment_cost_deduction=value("employment_cost_deduction", day, 0),
        financial_assets_limit=value("financial_assets_limit", day, np.inf),
        commercial_homes_allowed=value("commercial_homes_allowed", day, np.inf),
        income_valid_months=int(value("income_valid_months", day, 18)),
        warning_active_months=int(value("warning_active_months", day, 12)),
        gradual_exit_months=int(value("gradual_exit_months", day, 12)),
        rejected_window_months=int(value("rejected_window_months", day, 24)),
        vehicle_kinds=kinds("vehicle_kinds"),
        business_kinds=kinds("business_kinds"),
    )


# Test of a household -> the parameters without which it is unknown.
NEEDS: dict[str, tuple[str, ...]] = {
    "below_line": ("monitoring_line",),
    "dibao_income": ("dibao_standard", "employment_cost_deduction"),
    "edge_income": ("dibao_standard", "employment_cost_deduction", "edge_multiple"),
    "rigid_income": ("disposable_income_per_head",),
    "rigid_spend": ("rigid_ratio_min",),
    "assets_ok": ("financial_assets_limit", "commercial_homes_allowed", "vehicle_kinds", "business_kinds"),
}


def unknown_tests(policy: tuple[Parameter, ...], day: dt.date) -> set[str]:
    """Tests that a place without these parameters cannot decide on a day."""

    def is_absent(name: str) -> bool:
        on = dt.date(day.year - 1, 12, 31) if name == "disposable_income_per_head" else day
        return _in_force(policy, name, on) is None

    return {test for test, names in NEEDS.items() if any(is_absent(name) for name in names)}


def _in_force(policy: tuple[Parameter, ...], name: str, day: dt.date) -> Parameter | None:
    found = [
        item
        for item in policy
        if item.parameter == name and item.valid_from <= day and (item.valid_to is None or item.valid_to >= day)
    ]
    return max(found, key=lambda item: item.valid_from) if found else None


@dataclass(frozen=True)
class IncomeTests:
    """One place a household. Where `known` is false nothing else means anything."""

    known: Bools
    income_per_head: Numbers
    dibao_income_per_head: Numbers
    rigid_expense: Numbers
    rigid_ratio: Numbers
    below_line: Bools
    dibao_income: Bools
    edge_income: Bools
    rigid_income: Bools
    rigid_spend: Bools


def income_tests(
    *,
    known: Bools,
    net_income: Numbers,
    claims: Numbers,
    self_paid: Numbers,
    rigid_expense: Numbers,
    employed_members: NDArray[np.int64],
    household_size: NDArray[np.int64],
    policy: MonthPolicy,
) -> IncomeTests:
    """Source: 03-rules "Income" and "Household tests" (BX-1, BX-7b, DB-2)."""
    size = np.maximum(household_size, 1)
    total = _fen(net_income + claims - self_paid)
    counted = np.maximum(_fen(net_income) - _fen(policy.employment_cost_deduction * employed_members * 12.0), 0)
    standard = _fen(np.array(policy.dibao_standard * 12))
    net, rigid = _fen(net_income), _fen(rigid_expense)
    return IncomeTests(
        known=known,
        income_per_head=total / size / 100,
        dibao_income_per_head=counted / size / 100,
        rigid_expense=rigid_expense,
        rigid_ratio=np.where(net > 0, rigid / np.where(net > 0, net, 1), np.nan),
        below_line=known & (total < _fen(np.array(policy.monitoring_line)) * size),
        dibao_income=known & (counted < standard * size),
        edge_income=known & (counted < policy.edge_multiple * standard * size),
        rigid_income=known & (total < _fen(np.array(policy.disposable_income_per_head)) * size),
        rigid_spend=known & np.where(net > 0, rigid >= policy.rigid_ratio_min * net, rigid > 0),
    )


def _fen(yuan: Numbers) -> Any:
    return np.round(yuan * 100).astype(np.int64)


def monitored_type(tests: IncomeTests, lifted: Bools, warned: Bools) -> Texts:
    """Type by the data (BX-2); None where none, and where income is unknown."""
    drawn = np.full(len(lifted), None, dtype=object)
    drawn[~tests.below_line & tests.rigid_spend & warned] = "sudden_hardship"
    drawn[tests.below_line & ~lifted] = "edge_poor"
    drawn[tests.below_line & lifted] = "unstable_lifted"
    drawn[~tests.known] = None
    return drawn


def tier_eligible(tests: IncomeTests, assets_ok: Bools, all_dependent: Bools, type_by_data: Texts) -> Texts:
    """The first tier whose tests pass; unknown where income is unknown (DB-1, DB-2)."""
    passes = {
        "other": type_by_data != None,  # noqa: E711 (elementwise)
        "rigid_expense": tests.rigid_income & tests.rigid_spend & assets_ok,
        "dibao_edge": tests.edge_income & assets_ok,
        "dibao": tests.dibao_income & assets_ok,
        "tekun": all_dependent & tests.dibao_income & assets_ok,
    }
    tier = np.full(len(assets_ok), "none", dtype=object)
    for name, passed in passes.items():
        tier[passed] = name
    tier[~tests.known] = "unknown"
    return tier


def tier_tests_fail(
    tier: Texts, tests: IncomeTests, assets_ok: Bools, all_dependent: Bools, only_single: Bools
) -> Bools:
    """Whether a test of the registered tier is known and fails; for single-person cover edge stands for dibao."""
    dibao_part = np.where(only_single, tests.edge_income, tests.dibao_income)
    holds = {
        "tekun": all_dependent & tests.dibao_income & assets_ok,
        "dibao": dibao_part & assets_ok,
        "dibao_edge": tests.edge_income & assets_ok,
        "rigid_expense": tests.rigid_income & tests.rigid_spend & assets_ok,
    }
    fails = np.zeros(len(tier), dtype=bool)
    for name, held in holds.items():
        fails |= (tier == name) & ~held
    return fails & tests.known
