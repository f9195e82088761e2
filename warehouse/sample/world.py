"""One made-up place: people, what befalls them, what they earn and own, and what the rules say of it each month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from warehouse.profiles import Profile
from warehouse.sample import rules
from warehouse.sample.clock import Window, stream
from warehouse.sample.economy import Assets, Records, draw_assets, draw_poor, draw_records, with_odd_wages
from warehouse.sample.events import EXTRACTS, Events, draw_events
from warehouse.sample.people import LOST_LABOUR, NO_LABOUR, Bools, Ints, People, Texts, draw_people

TRULY_WORSE_SHARE = 3 / 22


@dataclass(frozen=True)
class VillageEffects:
    """How the villages' offices truly differ, one place a village. What is equal here differs only by chance.

    missed: chance that an eligible household is not registered. late: share of warnings checked late.
    """

    missed: np.ndarray
    late: np.ndarray
    survey: np.ndarray
    planted: Texts


@dataclass(frozen=True)
class World:
    profile: Profile
    window: Window
    seed: int
    people: People
    poor: Bools
    lifted: Bools
    lifted_year: Ints
    events: Events
    records: Records
    assets: Assets
    effects: VillageEffects

    @cached_property
    def events_of_household(self) -> dict[int, list[tuple[str, int]]]:
        """(extract, month) of each household's warnings."""
        found: dict[int, list[tuple[str, int]]] = {}
        events = self.events
        households = self.people.household[events.person].tolist()
        for household, kind, month in zip(households, events.kind.tolist(), events.month.tolist(), strict=True):
            found.setdefault(household, []).append((EXTRACTS[kind], month))
        return found

    def causes(self, household: int, month: int) -> list[str]:
        """Extracts of the warnings a household had in the 12 months to a month, in the order of the lists."""
        found = self.events_of_household.get(household, [])
        recent = {extract for extract, listed in found if listed <= month and month - listed < 12}
        return [extract for extract in EXTRACTS if extract in recent]


@dataclass(frozen=True)
class MonthFacts:
    """What is true of each household on the last day of a month; one place a household.

    record: place of the income record in force, -1 if none. severe, diseased: per person, of living members.
    """

    members: Ints
    present: Bools
    record: Ints
    tests: rules.IncomeTests
    assets_ok: Bools
    all_dependent: Bools
    type_eligible: Texts
    tier_eligible: Texts
    single_candidate: Bools
    policy: rules.MonthPolicy


def draw_world(
    profile: Profile, window: Window, households: int, seed: int, quiet: tuple[str, int]
) -> tuple[World, list[MonthFacts]]:
    """The place and its months; `quiet` is the list and month in which nothing happens."""
    people = draw_people(profile, households, window, seed)
    poor = draw_poor(people, window, seed)
    events = draw_events(people, poor, window, seed, quiet)
    records = with_odd_wages(draw_records(people, poor, events, window, seed, _standard(profile, window)), seed)
    lifted, lifted_year = _draw_lifted(people, poor, seed)
    world = World(
        profile=profile,
        window=window,
        seed=seed,
        people=people,
        poor=poor,
        lifted=lifted,
        lifted_year=lifted_year,
        events=events,
        records=records,
        assets=draw_assets(people, poor, window, profile.policy, seed),
        effects=_draw_effects(people, seed),
    )
    return world, [month_facts(world, month) for month in range(window.months)]


def _standard(profile: Profile, window: Window) -> float:
    """The place's dibao standard at the end of the window."""
    return rules.policy_on(profile.policy, window.ends[-1].astype(object)).dibao_standard


def _draw_lifted(people: People, poor: Bools, seed: int) -> tuple[Bools, Ints]:
    """Households lifted out of poverty by 2020: about one in eight, more of them poor again."""
    rng = stream(seed, "lifted")
    village = rng.normal(1.0, 0.15, len(people.village_names)).clip(0.6, 1.4)[people.household_village]
    lifted = rng.random(people.households) < np.where(poor, 0.28, 0.112) * village
    year = rng.choice(np.arange(2014, 2021), people.households, p=[0.08, 0.12, 0.22, 0.22, 0.18, 0.12, 0.06])
    return lifted, year


def _draw_effects(people: People, seed: int) -> VillageEffects:
    """Planted in villages of at least middling size, where a true difference can be told from chance."""
    rng = stream(seed, "effects")
    villages = len(people.village_names)
    by_size = np.argsort(-np.bincount(people.household_village, minlength=villages), kind="stable")
    half = (villages + 1) // 2
    order = np.r_[rng.permutation(by_size[:half]), rng.permutation(by_size[half:])]
    worse = max(1, round(villages * TRULY_WORSE_SHARE))
    missed, late, survey = np.full(villages, 0.052), np.full(villages, 0.16), np.full(villages, 0.955)
    planted = np.full(villages, "none", dtype=object)
    missed[order[:worse]], planted[order[:worse]] = 0.17, "missed_doubled"
    if villages > worse + 1:
        late[order[worse]], planted[order[worse]] = 0.55, "late_checks"
        survey[order[worse + 1]], planted[order[worse + 1]] = 0.70, "low_survey"
    return VillageEffects(missed, late, survey, planted)


def month_facts(world: World, month: int) -> MonthFacts:
    """The rules of 03 on the clean facts of a month."""
    people, records, day = world.people, world.records, world.window.ends[month]
    policy = rules.policy_on(world.profile.policy, day.astype(object))
    present = people.present(day)
    members = people.per_household(present).astype(np.int64)
    place = records.in_force(people.households, day, policy.income_valid_months)
    money = {name: values[place] for name, values in records.money.items()}
    tests = rules.income_tests(
        known=place >= 0,
        net_income=records.net_income[place],
        claims=money["insurance_claims"],
        self_paid=money["compliant_self_paid"],
        rigid_expense=money["medical_expense"] + money["education_expense"] + money["other_rigid_expense"],
        employed_members=records.employed_members[place],
        household_size=records.household_size[place],
        policy=policy,
    )
    severe = present & _is_severe(people, day)
    assets_ok = _assets_ok(world, day, present, members, policy)
    all_dependent = _all_dependent(people, day, present, severe, members)
    type_eligible = rules.monitored_type(tests, world.lifted, _warned(world, month, policy.warning_active_months))
    tier = rules.tier_eligible(tests, assets_ok, all_dependent, type_eligible)
    ill = severe | (present & _diseased(world, month))
    return MonthFacts(
        members=members,
        present=present,
        record=place,
        tests=tests,
        assets_ok=assets_ok,
        all_dependent=all_dependent,
        type_eligible=type_eligible,
        tier_eligible=tier,
        single_candidate=ill & (tier == "dibao_edge")[people.household],
        policy=policy,
    )


def _is_severe(people: People, day: np.datetime64) -> Bools:
    return np.asarray((people.disability_grade > 0) & (people.disability_grade <= 2) & (people.certified_on <= day))


def _all_dependent(people: People, day: np.datetime64, present: Bools, severe: Bools, members: Ints) -> Bools:
    """Every member is 60 or older, under 16 or severely disabled, and has no labour capacity."""
    age = people.age(day)
    unable = np.isin(people.labour, [NO_LABOUR, LOST_LABOUR])
    dependent = present & ((age >= 60) | (age < 16) | severe) & unable
    return np.asarray((people.per_household(dependent) == members) & (members > 0))


def _assets_ok(world: World, day: np.datetime64, present: Bools, members: Ints, policy: rules.MonthPolicy) -> Bools:
    """None of the disqualifying things belongs to a living member."""
    rows, household, count = world.assets.rows, world.people.household, world.people.households

    def of_households(extract: str, which: Bools, amount: np.ndarray | None = None) -> np.ndarray:
        asset = rows[extract]
        held = which & (asset["since"] <= day) & present[asset["person"]]
        weights = None if amount is None else amount[held]
        return np.bincount(household[asset["person"][held]], weights=weights, minlength=count)

    business = rows["businesses"]
    active_firm = np.isin(business["kind"], policy.business_kinds) & (business["status"] == "存续")
    everyone = np.ones(len(rows["public_payroll"]["person"]), dtype=bool)
    money = rows["financial_assets"]
    total = of_households("financial_assets", np.ones(len(money["person"]), dtype=bool), money["amount"])
    fails = (
        (of_households("vehicles", np.isin(rows["vehicles"]["kind"], policy.vehicle_kinds)) > 0)
        | (of_households("real_estate", rows["real_estate"]["kind"] == "商品房") > policy.commercial_homes_allowed)
        | (of_households("businesses", active_firm) > 0)
        | (of_households("public_payroll", everyone) > 0)
        | (total > policy.financial_assets_limit * members)
    )
    return ~fails


def _warned(world: World, month: int, span: int) -> Bools:
    """Households on a warning list in the `span` months to the month."""
    events = world.events
    recent = (events.month <= month) & (month - events.month < span)
    warned = np.zeros(world.people.households, dtype=bool)
    warned[world.people.household[events.person[recent]]] = True
    return warned


def _diseased(world: World, month: int) -> Bools:
    """Persons on a major_disease list in the 12 months to the month (ST-1b)."""
    events = world.events
    recent = events.of("major_disease") & (events.month <= month) & (month - events.month < 12)
    ill = np.zeros(world.people.persons, dtype=bool)
    ill[events.person[recent]] = True
    return ill
