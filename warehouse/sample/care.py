"""Children in need and left-behind elderly: who is on the list, what is paid, when somebody last came to see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from warehouse.policy import Parameter
from warehouse.sample.clock import NO_DAY, Days, completed_years, stream
from warehouse.sample.people import Bools, Ints, Texts
from warehouse.sample.registers import Registers
from warehouse.sample.world import World

ORPHAN, UNCARED, LEFT_BEHIND, IN_NEED = "孤儿", "事实无人抚养儿童", "留守儿童", "困境儿童"
PAID_KINDS = (ORPHAN, UNCARED)
# Yuan a month where the place sets none.
CHILD_STANDARD = 1_100.0
CHILD_PARAMETER = "child_living_standard"
CHILD_BEFORE, ELDER_FROM = 18, 60
LISTED_SHARE = {"elder_single": 0.55, "elder_couple": 0.24, "skipped_generation": 0.5}
LONG_AGO = np.datetime64("1900-01-01", "D")
VISITED_IN_A_MONTH, NEVER_VISITED_SHARE = 0.87, 0.012
# Of entitled children: not paid, paid another amount than the standard.
UNPAID_SHARE, OFF_STANDARD_SHARE = 0.05, 0.05


@dataclass(frozen=True)
class Children:
    """One row per child ever listed: place of the person, kind, guardian's place, yuan a month, day of admission."""

    person: Ints
    kind: Texts
    guardian: Ints
    amount: np.ndarray
    admitted_on: Days

    def listed(self, world: World, month: int) -> Bools:
        """Children on the list of a month: admitted, under 18, living in the place."""
        end = world.window.ends[month]
        young = completed_years(world.people.birth[self.person], end) < CHILD_BEFORE
        return np.asarray((self.admitted_on <= end) & young & world.people.present(end)[self.person])


def draw_children(world: World, registers: Registers) -> Children:
    """About one child in ten: raised by grandparents, parents away, disabled or in a dibao household (DJ-5)."""
    people, window = world.people, world.window
    rng = stream(world.seed, "children in need")
    age = people.age(window.first_day)
    on_dibao = np.zeros(people.households, dtype=bool)
    on_dibao[[entry.household for entry in registers.of("dibao")]] = True
    skipped = (people.household_kind == "skipped_generation")[people.household]
    working = np.isin(people.employment, ["务工"]) & (age >= 18)
    adults = people.per_household((age >= 18) & (age < 60))
    away = people.per_household(working & ~people.resident & (age < 60))
    parents_away = ((adults > 0) & (away == adults))[people.household]
    child = (age < 17) & (people.relation != "户主")
    chance, draw = rng.random(people.persons), rng.random(people.persons)
    need = (people.disability_grade > 0) | (on_dibao[people.household] & (chance < 0.12))
    kind = np.full(people.persons, None, dtype=object)
    kind[child & need] = IN_NEED
    kind[child & (skipped | parents_away) & (chance < 0.72)] = LEFT_BEHIND
    kind[child & skipped & (draw < 0.12)] = UNCARED
    kind[child & skipped & (draw < 0.035)] = ORPHAN
    if not np.isin(kind, PAID_KINDS).any() and child.any():
        kind[np.flatnonzero(child & skipped)[:1] if (child & skipped).any() else np.flatnonzero(child)[:1]] = UNCARED
    person = np.flatnonzero(kind != None)  # noqa: E711 (elementwise)
    admitted = window.last_day - rng.integers(20, 1_500, len(person))
    admitted = np.maximum(admitted, people.birth[person] + 60)
    return Children(
        person=person,
        kind=kind[person],
        guardian=people.head[people.household[person]],
        amount=_paid(kind[person], child_standard(world.profile.policy), rng),
        admitted_on=admitted.astype("datetime64[D]"),
    )


def child_standard(policy: tuple[Parameter, ...]) -> float:
    """Yuan a month for an orphan or a child without carers."""
    found = [item for item in policy if item.parameter == CHILD_PARAMETER and item.number is not None]
    return float(max(found, key=lambda item: item.valid_from).number or CHILD_STANDARD) if found else CHILD_STANDARD


def _paid(kind: Texts, standard: float, rng: np.random.Generator) -> np.ndarray:
    chance = rng.random(len(kind))
    amount = np.where(chance < UNPAID_SHARE + OFF_STANDARD_SHARE, standard - 100, standard)
    amount = np.where(chance < UNPAID_SHARE, np.nan, amount)
    small = np.where(chance < 0.3, 200.0, np.nan)
    return np.where(np.isin(kind, PAID_KINDS), amount, np.where(kind == IN_NEED, small, np.nan))


@dataclass(frozen=True)
class Elders:
    """One row per elder ever listed. visits: elders x months, the day of the visit in that month, NaT for none."""

    person: Ints
    listed_from: Days
    visits: Any

    def last_visit(self, month: int) -> Days:
        """The newest visit up to the month's end; NaT where nobody has come yet."""
        seen = self.visits[:, : month + 2]
        newest = np.where(np.isnat(seen), LONG_AGO, seen).max(axis=1)
        return np.asarray(np.where(newest == LONG_AGO, NO_DAY, newest))

    def listed(self, world: World, month: int) -> Bools:
        end = world.window.ends[month]
        return np.asarray((self.listed_from <= end) & world.people.present(end)[self.person])


def draw_elders(world: World) -> Elders:
    """People of 60 and over who live alone, as a couple or with grandchildren; visited most months, not all (DJ-5)."""
    people, window = world.people, world.window
    rng = stream(world.seed, "left-behind elderly")
    share = np.array([LISTED_SHARE.get(kind, 0.0) for kind in people.household_kind])
    chosen = rng.random(people.households) < share
    old = (people.age(window.first_day) >= ELDER_FROM) & people.resident & chosen[people.household]
    person = np.flatnonzero(old)
    village = people.village[person]
    slack = np.clip(rng.normal(0, 0.02, len(people.village_names)), -0.05, 0.05)[village]
    months = window.months + 1
    visited = rng.random((len(person), months)) < (VISITED_IN_A_MONTH + slack)[:, None]
    visited[rng.random(len(person)) < NEVER_VISITED_SHARE] = False
    before = (window.starts[:1].astype("datetime64[M]") - 1).astype("datetime64[D]")
    starts = np.r_[before, window.starts]
    day = starts[None, :] + rng.integers(2, 28, (len(person), months))
    from_day = window.first_day - rng.integers(30, 900, len(person))
    late = rng.random(len(person)) < 0.06
    within = window.first_day + rng.integers(0, 30 * window.months, len(person))
    return Elders(person, np.where(late, within, from_day).astype("datetime64[D]"), np.where(visited, day, NO_DAY))
