"""One household's tests opened up: each term of its income, each test with its numbers, and what would change its tier.

The tier itself comes from the warehouse. Here its rule is only turned over again with other numbers, to say how far the
household is from another tier; tests/app/test_page_household.py holds it to the warehouse's answer for every household.
Source: 03-rules "Income", "Household tests", "Tier by the data".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, Final, Literal

MONTHS: Final = 12
CENT: Final = 0.01
TIERS: Final = ("tekun", "dibao", "dibao_edge", "rigid_expense")
# The tests that together give a tier.
TESTS_OF_TIER: Final[Mapping[str, tuple[str, ...]]] = {
    "tekun": ("all_dependent", "dibao_income", "assets_ok"),
    "dibao": ("dibao_income", "assets_ok"),
    "dibao_edge": ("edge_income", "assets_ok"),
    "rigid_expense": ("rigid_income", "rigid_spend", "assets_ok"),
}
INCOME_TERMS: Final = ("wage_income", "business_net_income", "property_net_income", "transfer_net_income")
EXPENSE_TERMS: Final = ("medical_expense", "education_expense", "other_rigid_expense")

Kind = Literal["income_up", "income_down", "expense_up", "expense_down", "assets", "dependent"]


@dataclass(frozen=True)
class Facts:
    """The numbers of one household in one month that its tests take. Null is unknown. Money in yuan, by the year.

    line, standard, edge_line, disposable: per head a year. deduction: per worker a month. has_warning: a warning in the
    twelve months. assets_ok, all_dependent: as the warehouse judged them.
    """

    household_size: int | None
    employed_members: int | None
    net_income: float | None
    insurance_claims: float | None
    compliant_self_paid: float | None
    rigid_expense: float | None
    monitoring_line: float | None
    dibao_standard_year: float | None
    edge_line: float | None
    disposable_income_per_head: float | None
    rigid_ratio_min: float | None
    employment_cost_deduction: float | None
    assets_ok: bool | None
    all_dependent: bool | None
    has_warning: bool

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Facts:
        """The facts in a row of the household's figures; amounts of Decimal become binary, as the rules count."""
        numbers: dict[str, Any] = {
            field.name: float(row[field.name]) if isinstance(row[field.name], Decimal) else row[field.name]
            for field in fields(cls)
        }
        return cls(**numbers)

    @property
    def income_per_head(self) -> float | None:
        """BX-7b."""
        if self.net_income is None or not self.household_size:
            return None
        claims, self_paid = self.insurance_claims or 0.0, self.compliant_self_paid or 0.0
        return (self.net_income + claims - self_paid) / self.household_size

    @property
    def deducted(self) -> float | None:
        """What employment costs the household a year (ST-1c); null where the deduction or the workers are unknown."""
        if self.employment_cost_deduction == 0:
            return 0.0
        if self.employment_cost_deduction is None or self.employed_members is None:
            return None
        return self.employment_cost_deduction * self.employed_members * MONTHS

    @property
    def dibao_income_unfloored(self) -> float | None:
        """ST-1c, DJ-2b before the floor of nought: what the tests would turn on; null where an input is unknown."""
        if self.net_income is None or not self.household_size or self.deducted is None:
            return None
        return (self.net_income - self.deducted) / self.household_size

    @property
    def dibao_income_per_head(self) -> float | None:
        """ST-1c, DJ-2b; never under nought."""
        value = self.dibao_income_unfloored
        return None if value is None else max(0.0, value)

    @property
    def rigid_ratio(self) -> float | None:
        """Null where there is no income to divide by."""
        if self.net_income is None or self.rigid_expense is None or self.net_income <= 0:
            return None
        return self.rigid_expense / self.net_income

    def results(self) -> dict[str, bool | None]:
        """Each household test: true, false, or null where an input is missing."""
        return {
            "below_line": _under(self.income_per_head, self.monitoring_line),
            "dibao_income": _under(self.dibao_income_per_head, self.dibao_standard_year),
            "edge_income": _under(self.dibao_income_per_head, self.edge_line),
            "rigid_income": _under(self.income_per_head, self.disposable_income_per_head),
            "rigid_spend": self._rigid_spend(),
            "assets_ok": self.assets_ok,
            "all_dependent": self.all_dependent,
        }

    def _rigid_spend(self) -> bool | None:
        if self.rigid_ratio_min is None or self.net_income is None or self.rigid_expense is None:
            return None
        if self.net_income <= 0:
            return self.rigid_expense > 0
        return self.rigid_expense / self.net_income >= self.rigid_ratio_min

    def with_income(self, per_head: float) -> Facts:
        """The same household with so much more income a head; an unknown income stays unknown."""
        if self.net_income is None or self.household_size is None:
            return self
        return replace(self, net_income=self.net_income + per_head * self.household_size)

    def with_expense(self, amount: float) -> Facts:
        """The same household with so much more rigid spending."""
        return replace(self, rigid_expense=(self.rigid_expense or 0.0) + amount)


@dataclass(frozen=True)
class Turn:
    """What would move the household to another tier: a change of `amount` yuan (null: not a matter of money)."""

    kind: Kind
    tier: str
    amount: float | None = None


def tier(facts: Facts) -> str:
    """The first tier whose tests all pass; `unknown` where a test that may pass before it is unknown."""
    results = facts.results()
    for name in TIERS:
        passes = _all(*(results[test] for test in TESTS_OF_TIER[name]))
        if passes is not False:
            return name if passes else "unknown"
    below, spend = results["below_line"], results["rigid_spend"]
    if below or (below is False and spend and facts.has_warning):
        return "other"
    if below is None and facts.monitoring_line is None and facts.income_per_head is not None:
        return "none"  # a place that sets no line has no type by the data
    if below is None or (facts.has_warning and spend is None):
        return "unknown"
    return "none"


def turns(facts: Facts) -> list[Turn]:
    """What would change the tier: the nearest amount of income up and down, of rigid spending, then assets, dependence.

    Amounts are yuan a head and year for income, yuan a year for spending, rounded up to the cent. Income that is
    unknown has no nearest amount.
    """
    found = []
    if facts.net_income is not None and facts.household_size:
        found += [turn for turn in (_income_turn(facts, 1), _income_turn(facts, -1)) if turn]
        found += [turn for turn in (_expense_turn(facts),) if turn]
    now = tier(facts)
    if facts.assets_ok is not True and (after := tier(replace(facts, assets_ok=True))) != now:
        found.append(Turn("assets", after))
    if facts.all_dependent is False and (after := tier(replace(facts, all_dependent=True))) != now:
        found.append(Turn("dependent", after))
    return found


def _income_turn(facts: Facts, sign: Literal[1, -1]) -> Turn | None:
    """The smallest change of income per head, up (1) or down (-1), that changes the tier."""
    size = facts.household_size or 1
    levels = [
        (facts.income_per_head, facts.monitoring_line),
        (facts.income_per_head, facts.disposable_income_per_head),
        (facts.dibao_income_unfloored, facts.dibao_standard_year),
        (facts.dibao_income_unfloored, facts.edge_line),
    ]
    distances = [limit - value for value, limit in levels if value is not None and limit is not None]
    if facts.rigid_expense is not None and facts.rigid_ratio_min and facts.net_income is not None:
        distances.append((facts.rigid_expense / facts.rigid_ratio_min - facts.net_income) / size)
    now = tier(facts)
    for amount in sorted(_cents(distance * sign) for distance in distances if distance * sign >= 0):
        for step in (amount, round(amount + CENT, 2)):
            after = tier(facts.with_income(sign * step))
            if after != now and step > 0:
                return Turn("income_up" if sign == 1 else "income_down", after, step)
    return None


def _expense_turn(facts: Facts) -> Turn | None:
    """How much more, or less, rigid spending changes the tier."""
    if facts.rigid_ratio_min is None or facts.rigid_expense is None or facts.net_income is None:
        return None
    now, short = tier(facts), facts.rigid_ratio_min * max(facts.net_income, 0.0) - facts.rigid_expense
    sign = 1 if not facts.results()["rigid_spend"] else -1
    for step in (_cents(short * sign), round(_cents(short * sign) + CENT, 2)):
        after = tier(facts.with_expense(sign * step))
        if step > 0 and after != now and facts.rigid_expense + sign * step >= 0:
            return Turn("expense_up" if sign == 1 else "expense_down", after, step)
    return None


def _under(value: float | None, limit: float | None) -> bool | None:
    return None if value is None or limit is None else value < limit


def _all(*results: bool | None) -> bool | None:
    """Three-valued and: one that fails decides."""
    if any(result is False for result in results):
        return False
    return None if any(result is None for result in results) else True


def _cents(amount: float) -> float:
    """Rounded up to the cent, so that the amount said is enough."""
    return math.ceil(round(amount * 100, 6)) / 100
