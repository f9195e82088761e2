"""Households' money: who is poor, a yearly record of income and spending each, and what they own."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from warehouse.policy import Parameter
from warehouse.sample.clock import NO_DAY, Days, Window, month_index, stream
from warehouse.sample.events import EXTRACTS, Events
from warehouse.sample.people import LOST_LABOUR, NO_LABOUR, Bools, Ints, People

Money = np.ndarray

# A household kind's chance to be poor, before disability and lack of workers are counted.
POOR_CHANCE = {
    "elder_single": 0.090,
    "elder_couple": 0.060,
    "adult_single": 0.075,
    "couple_child": 0.036,
    "couple": 0.032,
    "three_generations_elder_head": 0.037,
    "three_generations_middle_head": 0.035,
    "skipped_generation": 0.110,
}
# Yuan a head and year: the poor around the standard, the others a floor and a long tail.
POOR_MEDIAN, POOR_SPREAD = 6_400.0, 0.38
# The standard, yuan a month, that the poor of POOR_MEDIAN live under; elsewhere their incomes follow the standard.
USUAL_STANDARD = 716.0
OTHER_FLOOR, OTHER_MEDIAN, OTHER_SPREAD = 11_300.0, 10_400.0, 0.72
# When the town reckons incomes: calendar month of period_end -> weight.
RECKONED_IN = np.array([3, 3, 10, 6, 8, 14, 5, 5, 12, 9, 12, 13], dtype=float)
MONEY_FIELDS = (
    "wage_income",
    "business_net_income",
    "property_net_income",
    "transfer_net_income",
    "insurance_claims",
    "compliant_self_paid",
    "medical_expense",
    "education_expense",
    "other_rigid_expense",
)
GUARANTEES = ("housing_safe", "water_safe", "schooling_secured", "medical_insured")


@dataclass(frozen=True)
class Records:
    """Income records: one row each; `period_end` is a month's end, money has two decimals."""

    household: Ints
    period_end: Days
    money: dict[str, Money]
    employed_members: Ints
    household_size: Ints
    guarantees: dict[str, Bools]

    @property
    def net_income(self) -> Money:
        return np.round(sum(self.money[field] for field in MONEY_FIELDS[:4]), 2)

    def in_force(self, households: int, day: np.datetime64, valid_months: int) -> Ints:
        """Place of each household's newest record that ended by the day and is not too old; -1 for none."""
        age = month_index(np.array([day]))[0] - month_index(self.period_end)
        fits = np.flatnonzero((self.period_end <= day) & (age <= valid_months))
        newest = np.full(households, -1)
        ordered = fits[np.argsort(self.period_end[fits], kind="stable")]
        newest[self.household[ordered]] = ordered
        return newest

    def listed(self, households: int, day: np.datetime64) -> Ints:
        """Place of the record a list of that day shows for each household, however old; -1 for none."""
        return self.in_force(households, day, 10_000)


def draw_poor(people: People, window: Window, seed: int) -> Bools:
    """Households that were poor when the window began."""
    rng = stream(seed, "poor")
    chance = np.array([POOR_CHANCE[kind] for kind in people.household_kind])
    severe = people.per_household((people.disability_grade > 0) & (people.disability_grade <= 2)) > 0
    idle = people.per_household(np.isin(people.labour, [NO_LABOUR, LOST_LABOUR])) == people.per_household(
        np.ones(people.persons)
    )
    chance = chance * np.where(severe, 2.6, 1.0) * np.where(idle, 1.5, 1.0)
    chance = chance * rng.gamma(40.0, 1 / 40.0, len(people.village_names))[people.household_village]
    return rng.random(people.households) < chance


def draw_records(
    people: People, poor: Bools, events: Events, window: Window, seed: int, standard: float = USUAL_STANDARD
) -> Records:
    """Every household's yearly records: one before the window, one a year after it; some late, few never."""
    rng = stream(seed, "income")
    ends = _draw_period_ends(people.households, window, rng)
    struck = np.cumsum(events.struck(people, window.months), axis=1)
    per_head = _base_per_head(people, poor, standard, rng)
    shares = _component_shares(people, rng)
    habits = _spending_habits(people, rng)
    rows = []
    for number in range(ends.shape[1]):
        if number:
            per_head = _year_on(per_head, poor, rng)
        known = np.flatnonzero(~np.isnat(ends[:, number]))
        month = np.searchsorted(window.ends, ends[known, number])
        before = np.where((month >= 0) & (ends[known, number] >= window.first_day), month, -1)
        blows = np.where((before >= 0)[:, None], struck[known, np.minimum(np.maximum(before, 0), window.months - 1)], 0)
        rows.append(
            _record(people, known, ends[known, number], per_head[known], shares[known], habits[known], blows, rng)
        )
    return _joined(rows)


def _draw_period_ends(households: int, window: Window, rng: np.random.Generator) -> Days:
    """Households x records, NaT where no record: 0.6% have none, 0.8% only an old one, 2.5% are not renewed."""
    first = window.starts[0].astype("datetime64[M]")
    order = np.array([(int(month_index(window.starts[:1])[0]) + place) % 12 for place in range(12)])
    offset = rng.choice(12, size=households, p=RECKONED_IN[order] / RECKONED_IN.sum())
    years = window.months // 12 + 2
    months = first - 12 + offset[:, None] + 12 * np.arange(years)[None, :]
    ends = (months + 1).astype("datetime64[D]") - 1
    ends[ends > window.last_day] = NO_DAY
    fate = rng.random(households)
    ends[fate < 0.006] = NO_DAY
    old = (fate >= 0.006) & (fate < 0.014)
    ends[old, 1:] = NO_DAY
    ends[old, 0] = ((first - 19 - offset[old] // 3).astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    ends[(fate >= 0.014) & (fate < 0.039), 1:] = NO_DAY
    return np.asarray(ends)


def _base_per_head(people: People, poor: Bools, standard: float, rng: np.random.Generator) -> Money:
    """Yuan a head and year before the first record; villages differ by a few per cent in truth."""
    village = rng.normal(1.0, 0.03, len(people.village_names))[people.household_village]
    median = POOR_MEDIAN * float(np.clip(standard / USUAL_STANDARD, 0.5, 1.4))
    low = np.clip(median * rng.lognormal(0, POOR_SPREAD, people.households), 1_500, 12_500)
    other = OTHER_FLOOR + OTHER_MEDIAN * rng.lognormal(0, OTHER_SPREAD, people.households) * village
    return np.where(poor, low, np.minimum(other, 160_000))


def _year_on(per_head: Money, poor: Bools, rng: np.random.Generator) -> Money:
    """A year's growth; one poor household in nine leaves poverty, one other in 250 falls into it."""
    grown = per_head * np.exp(rng.normal(0.045, 0.06, len(per_head)))
    chance = rng.random(len(per_head))
    risen = np.where(poor & (chance < 0.11), np.maximum(grown * 1.9, 10_500 + 4_000 * rng.random(len(per_head))), grown)
    return np.where(~poor & (chance < 0.004), 4_500 + 4_500 * rng.random(len(per_head)), risen)


def _component_shares(people: People, rng: np.random.Generator) -> Money:
    """Shares of wages, business, property, transfers in net income, a household each."""
    workers = people.per_household(np.isin(people.employment, ["务工", "公益岗位"]))
    elders = np.isin(people.household_kind, ["elder_single", "elder_couple", "skipped_generation"])
    shape = np.select(
        [(workers > 0)[:, None], elders[:, None]],
        [np.array([9.0, 3.0, 0.3, 1.5]), np.array([0.4, 3.0, 0.3, 8.0])],
        np.array([1.0, 6.0, 0.3, 3.0]),
    )
    drawn = rng.gamma(shape)
    drawn[:, 0] = np.where(workers > 0, drawn[:, 0], 0.0)
    drawn[rng.random(people.households) < 0.6, 2] = 0.0
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))


def _spending_habits(people: People, rng: np.random.Generator) -> Money:
    """Yearly medical, education and other rigid spending in an ordinary year, and the claims paid out."""
    count = people.households
    ill = rng.random(count) < 0.022
    medical = np.where(ill, rng.lognormal(9.55, 0.55, count), rng.lognormal(7.1, 0.8, count))
    students = people.per_household(people.schooling == "大专及以上")
    pupils = people.per_household(np.isin(people.schooling, ["小学", "初中", "高中"]))
    education = students * rng.uniform(6_000, 13_000, count) + pupils * rng.uniform(200, 2_200, count)
    other = np.where(rng.random(count) < 0.03, rng.uniform(1_000, 12_000, count), 0.0)
    claims = np.where(rng.random(count) < 0.10, rng.uniform(300, 5_000, count), 0.0)
    return np.stack([medical, education, other, claims], axis=1)


def _record(
    people: People,
    households: Ints,
    ends: Days,
    per_head: Money,
    shares: Money,
    habits: Money,
    blows: np.ndarray,
    rng: np.random.Generator,
) -> Records:
    """One record of each of the households, with what befell them before its end."""
    count = len(households)
    size = _sizes(people, households, ends)
    hit = {extract: np.minimum(blows[:, place], 1) for place, extract in enumerate(EXTRACTS)}
    loss = 1 - 0.30 * hit["lost_public_posts"] - 0.20 * hit["failed_industry"] - 0.12 * hit["accident_injuries"]
    net = np.maximum(per_head * loss, 300.0) * size
    money = {field: np.round(net * shares[:, place], 2) for place, field in enumerate(MONEY_FIELDS[:4])}
    failed = (rng.random(count) < 0.006) & (hit["failed_industry"] == 0)
    money["business_net_income"] = np.where(
        failed, -np.round(rng.uniform(500, 9_000, count), 2), money["business_net_income"]
    )
    shock = hit["major_disease"] * rng.lognormal(9.6, 0.55, count) + hit["high_medical_bills"] * (
        10_000 + rng.lognormal(8.8, 0.7, count)
    )
    medical = habits[:, 0] * rng.lognormal(0, 0.25, count) + shock
    medical = np.where(rng.random(count) < 0.12, 0.0, medical)
    # What insurance leaves to the household and the rules count: a part of what was spent.
    self_paid = np.where((medical > 3_000) | (rng.random(count) < 0.3), medical * rng.uniform(0.15, 0.45, count), 0.0)
    money["insurance_claims"] = np.round(habits[:, 3] + hit["disaster_affected"] * rng.uniform(0, 3_000, count), 2)
    money["compliant_self_paid"] = np.round(self_paid, 2)
    money["medical_expense"] = np.round(medical, 2)
    money["education_expense"] = np.round(habits[:, 1] * rng.lognormal(0, 0.1, count), 2)
    money["other_rigid_expense"] = np.round(habits[:, 2], 2)
    workers = people.per_household(np.isin(people.employment, ["务工", "公益岗位"]))[households].astype(np.int64)
    guarantees = {
        "housing_safe": (rng.random(count) > 0.0015) & (hit["unsafe_housing"] == 0),
        "water_safe": (rng.random(count) > 0.001) & (hit["unsafe_water"] == 0),
        "schooling_secured": (rng.random(count) > 0.0005) & (hit["school_dropouts"] == 0),
        "medical_insured": rng.random(count) > 0.003,
    }
    return Records(households, ends, money, np.minimum(workers, size), size, guarantees)


def _sizes(people: People, households: Ints, ends: Days) -> Ints:
    """Members on the day each record ends; at least one."""
    size = np.zeros(len(households), dtype=np.int64)
    for end in np.unique(ends):
        chosen = ends == end
        size[chosen] = people.per_household(people.present(end))[households[chosen]].astype(np.int64)
    return np.maximum(size, 1)


def _joined(rows: list[Records]) -> Records:
    return Records(
        household=np.concatenate([row.household for row in rows]),
        period_end=np.concatenate([row.period_end for row in rows]),
        money={field: np.concatenate([row.money[field] for row in rows]) for field in MONEY_FIELDS},
        employed_members=np.concatenate([row.employed_members for row in rows]),
        household_size=np.concatenate([row.household_size for row in rows]),
        guarantees={name: np.concatenate([row.guarantees[name] for row in rows]) for name in GUARANTEES},
    )


@dataclass(frozen=True)
class Assets:
    """Rows of the six asset lists, by extract: person, day from which listed, and the list's own columns."""

    rows: dict[str, dict[str, np.ndarray]]


def draw_assets(people: People, poor: Bools, window: Window, policy: tuple[Parameter, ...], seed: int) -> Assets:
    """What people own; the poor own little, but a few of them a car."""
    rng = stream(seed, "assets")
    age = people.age(window.first_day)
    adult = age >= 20
    disqualifying = kinds_of(policy, "vehicle_kinds", ("小型轿车",))
    firms = kinds_of(policy, "business_kinds", ("企业",))
    rows = {
        "vehicles": _vehicles(people, poor, adult & (age < 66), window, disqualifying, rng),
        "real_estate": _real_estate(people, poor, adult, window, rng),
        "businesses": _businesses(people, poor, adult & (age < 66), window, firms, rng),
        "public_payroll": _payroll(people, poor, (age >= 23) & (age < 60), window, rng),
        "enterprise_pension": _pension(people, poor, age, window, rng),
        "financial_assets": _financial(people, poor, adult, window, rng),
    }
    return Assets(rows)


def kinds_of(policy: tuple[Parameter, ...], parameter: str, otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a list parameter, newest value."""
    found = [item for item in policy if item.parameter == parameter]
    return tuple(max(found, key=lambda item: item.valid_from).value.split("、")) if found else otherwise


def _owners(people: People, poor: Bools, can: Bools, share: float, poor_share: float, rng: np.random.Generator) -> Ints:
    """Persons who own one: at most one a household, a share of the households (another of the poor)."""
    owning = rng.random(people.households) < np.where(poor, poor_share, share)
    candidates = np.flatnonzero(can)
    candidates = candidates[owning[people.household[candidates]]]
    _, first = np.unique(people.household[candidates], return_index=True)
    return np.asarray(candidates[first])


def _since(count: int, window: Window, years: int, rng: np.random.Generator) -> Days:
    """Days over the years up to the window's end."""
    return np.asarray(window.last_day - rng.integers(0, years * 365, count))


def _vehicles(
    people: People, poor: Bools, can: Bools, window: Window, disqualifying: tuple[str, ...], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    cars = _owners(people, poor, can, 0.36, 0.035, rng)
    others = _owners(people, poor, can, 0.18, 0.12, rng)
    kinds = np.r_[
        rng.choice(np.array(disqualifying, dtype=object), len(cars), p=_falling(len(disqualifying))),
        rng.choice(np.array(["普通二轮摩托车", "正三轮载货摩托车", "轻型栏板货车"], dtype=object), len(others)),
    ]
    count = len(cars) + len(others)
    price = np.round(np.r_[rng.lognormal(11.3, 0.35, len(cars)), rng.lognormal(9.0, 0.4, len(others))], -2)
    return {"person": np.r_[cars, others], "since": _since(count, window, 12, rng), "kind": kinds, "amount": price}


def _falling(count: int) -> np.ndarray:
    weights = 0.25 ** np.arange(count)
    return np.asarray(weights / weights.sum())


def _real_estate(
    people: People, poor: Bools, can: Bools, window: Window, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    first = _owners(people, poor, can, 0.10, 0.012, rng)
    second = first[rng.random(len(first)) < 0.16]
    plots = _owners(people, poor, can, 0.10, 0.08, rng)
    shops = _owners(people, poor, can, 0.006, 0.0005, rng)
    kind = np.repeat(
        np.array(["商品房", "宅基地", "商铺"], dtype=object), [len(first) + len(second), len(plots), len(shops)]
    )
    person = np.r_[first, second, plots, shops]
    area = np.round(rng.normal(105, 22, len(person)).clip(38, 240), 2)
    return {"person": person, "since": _since(len(person), window, 18, rng), "kind": kind, "area": area}


def _businesses(
    people: People, poor: Bools, can: Bools, window: Window, firms: tuple[str, ...], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    stalls = _owners(people, poor, can, 0.05, 0.012, rng)
    companies = _owners(people, poor, can, 0.012, 0.0015, rng)
    kind = np.r_[
        np.where(rng.random(len(stalls)) < 0.88, "个体工商户", "农民专业合作社").astype(object),
        rng.choice(np.array(firms, dtype=object), len(companies)),
    ]
    person = np.r_[stalls, companies]
    status = np.where(rng.random(len(person)) < 0.8, "存续", "注销").astype(object)
    return {"person": person, "since": _since(len(person), window, 10, rng), "kind": kind, "status": status}


def _payroll(
    people: People, poor: Bools, can: Bools, window: Window, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    person = _owners(people, poor, can, 0.011, 0.0015, rng)
    employer = rng.choice(
        np.array(["中心小学", "镇卫生院", "镇人民政府", "某事业单位", "镇初级中学"], dtype=object), len(person)
    )
    return {"person": person, "since": _since(len(person), window, 20, rng), "employer": employer}


def _pension(people: People, poor: Bools, age: Ints, window: Window, rng: np.random.Generator) -> dict[str, np.ndarray]:
    payers = _owners(people, poor, (people.employment == "务工") & (age < 60), 0.09, 0.01, rng)
    drawers = _owners(people, poor, age >= 60, 0.03, 0.004, rng)
    kind = np.repeat(np.array(["缴纳", "领取"], dtype=object), [len(payers), len(drawers)])
    amount = np.r_[np.full(len(payers), np.nan), np.round(rng.normal(2_300, 500, len(drawers)).clip(900, 5_000), 2)]
    person = np.r_[payers, drawers]
    return {"person": person, "since": _since(len(person), window, 8, rng), "kind": kind, "amount": amount}


def _financial(
    people: People, poor: Bools, can: Bools, window: Window, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    person = _owners(people, poor, can, 0.055, 0.008, rng)
    kind = rng.choice(np.array(["存单", "理财", "债券"], dtype=object), len(person), p=[0.75, 0.2, 0.05])
    amount = np.round(np.maximum(rng.lognormal(10.9, 0.6, len(person)), 20_000), -2)
    return {"person": person, "since": _since(len(person), window, 5, rng), "kind": kind, "amount": amount}


ODD_WAGE_SHARE = 0.0008


def with_odd_wages(records: Records, seed: int) -> Records:
    """A few yearly wages of some tens of yuan, typed in hundreds or thousands; the sum of the parts stays right."""
    rng = stream(seed, "odd wages")
    waged = np.flatnonzero(records.money["wage_income"] > 2_000)
    chosen = rng.permutation(waged)[: max(1 if len(waged) > 100 else 0, round(len(waged) * ODD_WAGE_SHARE))]
    odd = np.round(rng.uniform(6, 95, len(chosen)), 0)
    wage, business = records.money["wage_income"].copy(), records.money["business_net_income"].copy()
    business[chosen] = np.round(business[chosen] + wage[chosen] - odd, 2)
    wage[chosen] = odd
    return replace(records, money={**records.money, "wage_income": wage, "business_net_income": business})
