"""Contradictions planted on purpose, a few of each kind, so that every rule about data meets cases of it (BX-8, 03).

Everything here is done after the place is drawn, with random numbers of its own. What is changed in registers, spells
and measures is true of the sample: the truth is reckoned from it. What is only written wrongly stands in `overlays`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from warehouse.sample import ledgers
from warehouse.sample.calendar import long_breaks
from warehouse.sample.care import Children
from warehouse.sample.clock import month_index, stream
from warehouse.sample.deliveries import Delivery
from warehouse.sample.ledgers import Check, Measure, Spell
from warehouse.sample.people import ORDINARY, WEAK, Bools
from warehouse.sample.registers import WHOLE, Entry, Registers
from warehouse.sample.world import MonthFacts, World

Day = np.datetime64
# Of the monitored households: share that gets each contradiction, at least one where there are eight.
SPELL_SHARE = 0.02
# Persons of whom one gets each slip of the roster; children in need of whom one has a day that has not come.
PERSONS_A_SLIP, CHILDREN_A_SLIP = 4_000, 60
RELAPSE_SHARE, VOLUNTARY_SHARE, HELPED_FIRST_SHARE, SECOND_LEAD_SHARE = 0.08, 0.12, 0.4, 0.3
# Cause -> the rule that asks for help of the right kind, and the categories that count as such.
HELP = {
    "因病": ("illness_no_help", ("医疗", "社会帮扶")),
    "因学": ("education_no_help", ("教育",)),
    "因残": ("disability_no_support", ("兜底保障", "医疗", "社会帮扶")),
    "住房": ("housing_no_measure", ("住房",)),
    "饮水": ("water_no_measure", ("饮水",)),
}
STEP_DAYS = (
    "discovered_on", "verified_on", "reviewed_on", "publicity_from", "publicity_to", "town_audited_on", "approved_on",
    "entered_on", "plan_on", "exit_publicity_from", "exit_publicity_to", "eliminated_on",
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """One planted contradiction: places of household and person (-1: none), months in which a list shows it."""

    rule: str
    household: int
    person: int
    first: int
    last: int


@dataclass
class Faults:
    """What was planted. overlays: (extract, column) -> person's place -> what the list says instead (None: blank).

    second_homes: persons whom the roster lists in another household too. warnings: (list, person, month, day) of rows
    beside those that the events made: temporary assistance before an admission, petitions while a lead was open.
    """

    overlays: dict[tuple[str, str], dict[int, Any]] = field(default_factory=dict)
    second_homes: list[tuple[int, int]] = field(default_factory=list)
    warnings: list[tuple[str, int, int, Day]] = field(default_factory=list)
    planted: list[Planted] = field(default_factory=list)

    def say(self, extract: str, column: str, person: int, value: Any) -> None:
        self.overlays.setdefault((extract, column), {})[person] = value


@dataclass
class _Bench:
    """Everything the planting looks at and changes."""

    world: World
    facts: list[MonthFacts]
    rng: np.random.Generator
    faults: Faults
    entries: list[Entry]
    spells: list[Spell]
    measures: list[Measure]
    used: set[int] = field(default_factory=set)
    quota: int = 0

    @property
    def months(self) -> int:
        return self.world.window.months

    def note(self, rule: str, household: int = -1, person: int = -1, since: Day | None = None) -> None:
        """A contradiction seen from the month of `since` to the end."""
        first = 0
        if since is not None:
            first = int(month_index(np.array([since]))[0] - month_index(self.world.window.starts[:1])[0])
        if first < self.months:
            self.faults.planted.append(Planted(rule, household, person, max(0, first), self.months - 1))

    def spread(self, places: np.ndarray, count: int) -> list[int]:
        return sorted(self.rng.permutation(places)[:count].tolist())


@dataclass(frozen=True)
class Changed:
    registers: Registers
    spells: list[Spell]
    measures: list[Measure]
    checks: list[Check]
    faults: Faults


def plant_faults(
    world: World,
    facts: list[MonthFacts],
    registers: Registers,
    spells: list[Spell],
    measures: list[Measure],
    checks: list[Check],
    children: Children,
    deliveries: dict[tuple[str, int], Delivery],
) -> Changed:
    """The drawn place with its contradictions, in a low share of the rows each."""
    bench = _Bench(
        world, facts, stream(world.seed, "faults"), Faults(), list(registers.entries), list(spells), list(measures)
    )
    bench.quota = _share(len(_candidates(bench)), SPELL_SHARE, 8)
    _plant_voluntary_exits(bench)
    _plant_impossible_entries(bench)
    _plant_eliminations(bench)
    _plant_causes(bench)
    _plant_missing_help(bench)
    _plant_odd_measures(bench)
    _plant_well_off(bench)
    _plant_held(bench)
    _plant_relapses(bench)
    _plant_holidays(bench)
    _plant_incomplete_rows(bench)
    _plant_roster_slips(bench)
    _plant_future_days(bench, children)
    more = _plant_help_first(bench, deliveries) + _plant_second_leads(bench, checks, deliveries)
    return Changed(Registers(tuple(bench.entries)), bench.spells, bench.measures, [*checks, *more], bench.faults)


# Registers.


def _plant_voluntary_exits(bench: _Bench) -> None:
    """Households in gradual exit that ask to leave: they draw dibao for one to three months more (DJ-2b)."""
    window = bench.world.window
    leaving: dict[int, list[int]] = {}
    for place, entry in enumerate(bench.entries):
        since = entry.gradual_exit_from
        if since is not None and window.first_day < since < window.last_day - 40 and entry.exited_on is None:
            leaving.setdefault(entry.household, []).append(place)
    households = np.array(sorted(leaving), dtype=np.int64)
    for household in bench.spread(households, _share(len(households), VOLUNTARY_SHARE, 1)):
        months = int(bench.rng.integers(1, 4))
        for place in leaving[household]:
            since = bench.entries[place].gradual_exit_from
            ends = None if since is None else since + 31 * months
            bench.entries[place] = replace(bench.entries[place], exited_on=ends, exit_reason="主动申请")


def _plant_impossible_entries(bench: _Bench) -> None:
    """An admission before birth, and exits before admission."""
    people, first = bench.world.people, bench.world.window.first_day
    young = [
        place
        for place, entry in enumerate(bench.entries)
        if entry.exited_on is None and entry.admitted_on < first and people.birth[entry.person] > first - 3_600
    ]
    for place in bench.spread(np.array(young, dtype=np.int64), _share(len(bench.entries), 1 / 1_500, 60)):
        entry = bench.entries[place]
        day = people.birth[entry.person] - 160
        bench.entries[place] = replace(entry, admitted_on=day, checked_on=day - 12)
        bench.note("admitted_before_birth", entry.household, entry.person)
    ended = [
        place
        for place, entry in enumerate(bench.entries)
        if entry.exited_on is not None and entry.register in ("dibao_edge", "rigid_expense")
    ]
    for place in bench.spread(np.array(ended, dtype=np.int64), _share(len(ended), 0.04, 3)):
        entry = bench.entries[place]
        bench.entries[place] = replace(entry, exited_on=entry.admitted_on - 12)
        bench.note("exit_before_admission", entry.household, entry.person, entry.admitted_on)


def _share(count: int, share: float, least: int) -> int:
    """That share of so many; one at least from `least` on."""
    return max(1 if count >= least else 0, round(count * share))


# Spells and measures.


def _candidates(bench: _Bench) -> list[int]:
    """Spells that are open, approved a good while ago, and not changed yet, in a random order."""
    late = bench.world.window.last_day - 70
    found = [
        place
        for place, spell in enumerate(bench.spells)
        if spell.eliminated_on is None
        and spell.approved_on is not None
        and spell.approved_on < late
        and place not in bench.used
    ]
    return [found[at] for at in bench.rng.permutation(len(found)).tolist()]


def approved(spell: Spell) -> Day:
    """The day of approval; of discovery where it never came."""
    return spell.approved_on if spell.approved_on is not None else spell.discovered_on


def _able(bench: _Bench) -> Bools:
    return np.isin(bench.world.people.labour, [ORDINARY, WEAK]) & bench.facts[-1].present


def _plant_causes(bench: _Bench) -> None:
    """Causes that the facts contradict: illness without a patient, disability without a certificate, and the like."""
    people = bench.world.people
    able, present = _able(bench), bench.facts[-1].present
    first = bench.world.window.first_day
    age = people.age(first)
    workers = people.per_household(able & (age >= 16) & (age < 60))
    all_able = people.per_household(able) == people.per_household(present)
    disabled = people.per_household(people.disability_grade > 0) > 0
    events = bench.world.events
    ill = np.zeros(people.households, dtype=bool)
    health = events.of("major_disease") | events.of("high_medical_bills")
    ill[people.household[events.person[health]]] = True
    rules: tuple[tuple[str, str, Bools], ...] = (
        ("illness_no_patient", "因病", ~ill),
        ("disability_no_member", "因残", ~disabled),
        ("labour_all_able", "缺劳力", all_able),
        ("employment_no_worker", "因就业", workers == 0),
    )
    for rule, cause, fits in rules:
        fitting = [place for place in _candidates(bench) if fits[bench.spells[place].household]]
        if cause == "因病":
            # Of who was found before the first list of patients nothing can be said.
            fitting = [place for place in fitting if bench.spells[place].discovered_on >= first]
        for place in fitting[: bench.quota]:
            spell = bench.spells[place]
            bench.used.add(place)
            bench.spells[place] = replace(spell, causes=(cause,))
            begun = spell.plan_on or approved(spell)
            bench.measures.append(ledgers.measure(bench.world, spell.household, cause, begun, bench.rng))
            bench.note(rule, spell.household, since=spell.approved_on)


def _plant_missing_help(bench: _Bench) -> None:
    """Households whose cause has had no measure of the right kind for more than half a year (ST-4a)."""
    early = bench.world.window.last_day - 250
    for cause, (rule, categories) in HELP.items():
        fitting = [
            place
            for place in _candidates(bench)
            if cause in bench.spells[place].causes and approved(bench.spells[place]) < early
        ]
        for place in fitting[: bench.quota]:
            spell = bench.spells[place]
            bench.used.add(place)
            bench.measures = [
                item for item in bench.measures if item.household != spell.household or item.category not in categories
            ]
            bench.measures.append(
                ledgers.measure(bench.world, spell.household, "因产业", spell.plan_on or approved(spell), bench.rng)
            )
            bench.note(rule, spell.household, since=approved(spell) + 31 * 7)


def _plant_odd_measures(bench: _Bench) -> None:
    """Work for those who cannot, dibao for those who are not on it."""
    people = bench.world.people
    idle = people.per_household(_able(bench)) == 0
    on_dibao = np.zeros(people.households, dtype=bool)
    on_dibao[[entry.household for entry in bench.entries if entry.register == "dibao"]] = True
    plans: tuple[tuple[str, str, str | None, Callable[[int], bool]], ...] = (
        ("employment_measure_no_worker", "因就业", None, lambda household: bool(idle[household])),
        ("dibao_measure_no_recipient", "缺劳力", "纳入农村低保", lambda household: not on_dibao[household]),
    )
    for rule, title, content, fits in plans:
        fitting = [place for place in _candidates(bench) if fits(bench.spells[place].household)]
        for place in fitting[: bench.quota]:
            spell = bench.spells[place]
            bench.used.add(place)
            begun = spell.plan_on or approved(spell)
            item = ledgers.measure(bench.world, spell.household, title, begun, bench.rng)
            bench.measures.append(item if content is None else replace(item, content=content))
            bench.note(rule, spell.household, since=begun)


def _plant_well_off(bench: _Bench) -> None:
    """Households monitored as below the line whose record says far more (BX-8)."""
    templates = _candidates(bench)[: bench.quota]
    incomes = [month.tests.income_per_head for month in bench.facts]
    known = np.logical_and.reduce([month.tests.known for month in bench.facts])
    well_off = _quiet(bench) & known & (np.min(incomes, axis=0) > 22_000)
    for place, household in zip(templates, bench.spread(np.flatnonzero(well_off), len(templates)), strict=False):
        spell = replace(bench.spells[place], household=household, monitored_type="边缘易致贫户", held=False)
        bench.spells.append(spell)
        bench.used.add(len(bench.spells) - 1)
        begun = spell.plan_on or approved(spell)
        bench.measures.append(ledgers.measure(bench.world, household, spell.causes[0], begun, bench.rng))


def _plant_held(bench: _Bench) -> None:
    """Households in which nobody can work, monitored for good until cover is found for them (BX-6)."""
    people = bench.world.people
    idle = (people.per_household(_able(bench)) == 0) & (bench.facts[-1].members > 0)
    free = idle & ~_covered(bench)
    templates = _candidates(bench)[: bench.quota]
    poorest = np.argsort(np.where(bench.facts[-1].tests.known, bench.facts[-1].tests.income_per_head, np.inf))
    chosen = [int(household) for household in poorest if free[household]][: len(templates)]
    for place, household in zip(templates, chosen, strict=False):
        spell = replace(bench.spells[place], household=household, causes=("缺劳力",), held=True)
        bench.spells.append(spell)
        bench.used.add(len(bench.spells) - 1)
        begun = spell.plan_on or approved(spell)
        bench.measures.append(ledgers.measure(bench.world, household, "缺劳力", begun, bench.rng))


def _covered(bench: _Bench) -> Bools:
    """Households on a register or under monitoring at any time."""
    covered = np.zeros(bench.world.people.households, dtype=bool)
    covered[[entry.household for entry in bench.entries]] = True
    covered[[spell.household for spell in bench.spells]] = True
    return covered


def _plant_eliminations(bench: _Bench) -> None:
    """Ended too soon, below the line, without a measure, or though nobody can work (BX-6)."""
    people, window = bench.world.people, bench.world.window
    idle = people.per_household(_able(bench)) == 0
    plans: tuple[tuple[str, int, Callable[[Spell, int], bool]], ...] = (
        ("eliminated_too_soon", 110, lambda spell, month: True),
        ("eliminated_below_line", 230, lambda spell, month: _is_below(bench, spell.household, month)),
        ("eliminated_no_labour", 230, lambda spell, month: bool(idle[spell.household])),
        ("eliminated_no_measure", 230, lambda spell, month: True),
    )
    for rule, after, fits in plans:
        done = 0
        for place in _candidates(bench):
            spell = bench.spells[place]
            day = approved(spell) + after
            if done >= bench.quota or not window.first_day <= day <= window.last_day - 5:
                continue
            month = int(np.searchsorted(window.ends, day))
            if not fits(spell, month):
                continue
            done += 1
            bench.used.add(place)
            bench.spells[place] = replace(
                spell, exit_publicity_from=day - 9, exit_publicity_to=day - 3, eliminated_on=day,
                elimination_kind="稳定消除", held=False,
            )  # fmt: skip
            if rule == "eliminated_no_measure":
                bench.measures = [item for item in bench.measures if item.household != spell.household]
            bench.note(rule, spell.household, since=day)


def _is_below(bench: _Bench, household: int, month: int) -> bool:
    return bool(bench.facts[month].tests.below_line[household])


def _plant_relapses(bench: _Bench) -> None:
    """Households monitored again within a year of the end of the first time (BX 三(四)6)."""
    window = bench.world.window
    ended = [
        place
        for place, spell in enumerate(bench.spells)
        if spell.eliminated_on is not None and window.first_day - 200 < spell.eliminated_on < window.last_day - 110
    ]
    for place in bench.spread(np.array(ended, dtype=np.int64), _share(len(ended), RELAPSE_SHARE, 3)):
        spell = bench.spells[place]
        over = spell.eliminated_on or window.last_day
        earliest, latest = max(over + 40, window.first_day + 3), min(over + 300, window.last_day - 25)
        if latest <= earliest:
            continue
        begins = earliest + int(bench.rng.integers(0, int((latest - earliest).astype(int))))
        again = shifted(spell, int((begins - spell.discovered_on).astype(int)))
        bench.spells.append(
            replace(again, exit_publicity_from=None, exit_publicity_to=None, eliminated_on=None, elimination_kind=None)
        )


def shifted(spell: Spell, days: int, after_discovery: int = 0) -> Spell:
    """The spell with all its days moved; those after discovery by some more."""
    moved: dict[str, Any] = {
        name: None if getattr(spell, name) is None else getattr(spell, name) + days + after_discovery
        for name in STEP_DAYS
        if name != "discovered_on"
    }
    return replace(spell, discovered_on=spell.discovered_on + days, **moved)


def _plant_holidays(bench: _Bench) -> None:
    """Found on the last working day before a long break and checked on the first one after it."""
    window = bench.world.window
    breaks = [item for item in long_breaks(window.first_day, window.last_day) if item[1] < window.last_day - 20]
    done = 0
    for place in _candidates(bench):
        spell = bench.spells[place]
        near = [item for item in breaks if abs(int((item[0] - spell.discovered_on).astype(int))) <= 45]
        if done >= bench.quota or not near or spell.verified_on is None:
            continue
        first, last = near[0]
        moved = shifted(spell, int((first - 1 - spell.discovered_on).astype(int)), int((last + 2 - first).astype(int)))
        if moved.approved_on is None or moved.approved_on > window.last_day:
            continue
        done += 1
        bench.used.add(place)
        bench.spells[place] = replace(moved, channel="部门预警", verified_on=last + 1)


def _plant_incomplete_rows(bench: _Bench) -> None:
    """Old spells whose rows lack what the contract asks for; one open spell with a plan in the future."""
    people, window = bench.world.people, bench.world.window
    current = {spell.household for spell in bench.spells if spell.eliminated_on is None}
    old = [
        spell.household
        for spell in bench.spells
        if spell.eliminated_on is not None and spell.eliminated_on < window.first_day and spell.household not in current
    ]
    chosen = bench.spread(np.unique(np.array(old, dtype=np.int64)), 2 * _share(len(old), 0.01, 4))
    for at, household in enumerate(chosen):
        rule, column = (("monitored_no_cause", "risk_cause"), ("monitored_no_discovery", "discovered_on"))[at % 2]
        bench.faults.say("monitored_households", column, int(people.head[household]), None)
        bench.note(rule, household)
    open_spells = _candidates(bench)
    for place in open_spells[: _share(len(open_spells), 0.01, 10)]:
        spell = bench.spells[place]
        bench.used.add(place)
        typed = (window.last_day + 210).astype(object)
        bench.faults.say("monitored_households", "plan_on", int(people.head[spell.household]), typed)
        bench.note("ledger_date_in_future", spell.household, since=spell.discovered_on)


# The roster and the children's list.


def _plant_roster_slips(bench: _Bench) -> None:
    """Public posts for children and the very old, pupils at work, a number copied from the row above, two homes."""
    people, window = bench.world.people, bench.world.window
    age = people.age(window.last_day)
    there = people.present(window.last_day) & people.present(window.first_day)
    quiet = _quiet(bench)[people.household] & there
    able = np.isin(people.labour, [ORDINARY, WEAK])
    count = _share(people.persons, 1 / PERSONS_A_SLIP, 150)
    pupil = np.isin(people.schooling, ["初中", "高中"])
    posts = (
        ("public_post_under_age", there & (age >= 13) & (age < 16), "公益岗位"),
        ("public_post_over_age", there & able & (age > 72) & (people.employment != "公益岗位"), "公益岗位"),
        ("pupil_worker", there & pupil & (age >= 16), "务工"),
    )
    for rule, who, employment in posts:
        for person in bench.spread(np.flatnonzero(who), count):
            bench.faults.say("household_roster", "employment_status", person, employment)
            bench.note(rule, int(people.household[person]), person)
    child = quiet & (age < 16) & (people.relation != "户主")
    above = np.r_[False, child[1:] & child[:-1] & (people.household[1:] == people.household[:-1])]
    for person in bench.spread(np.flatnonzero(above), _share(people.persons, 1 / PERSONS_A_SLIP, 600)):
        bench.faults.say("household_roster", "id_no", person, str(people.id_no[person - 1]))
        bench.note("id_shared", int(people.household[person]), person)
    married = np.flatnonzero(quiet & (age >= 21) & (age < 34) & (people.sex == "女") & (people.relation == "女"))
    homes = np.flatnonzero(_quiet(bench))
    for person in bench.spread(married, _share(people.persons, 1 / PERSONS_A_SLIP, 600)):
        bench.faults.second_homes.append((person, int(bench.rng.choice(homes))))
        bench.note("two_households", int(people.household[person]), person)


def _quiet(bench: _Bench) -> Bools:
    """Households that no register or list has to do with: a slip there changes nobody's standing."""
    busy = np.zeros(bench.world.people.households, dtype=bool)
    busy[[entry.household for entry in bench.entries]] = True
    busy[[spell.household for spell in bench.spells]] = True
    for month in bench.facts:
        busy |= month.tier_eligible != "none"
    return ~busy & (bench.facts[-1].members > 2)


def _plant_future_days(bench: _Bench, children: Children) -> None:
    """Days that have not come yet, on the children's list."""
    people, window = bench.world.people, bench.world.window
    listed = np.flatnonzero(children.admitted_on < window.first_day)
    for place in bench.spread(listed, _share(len(listed), 1 / CHILDREN_A_SLIP, 6)):
        person = int(children.person[place])
        bench.faults.say("children_in_need", "admitted_on", person, (window.last_day + 150).astype(object))
        bench.note("date_in_future", int(people.household[person]), person)


def _plant_help_first(bench: _Bench, deliveries: dict[tuple[str, int], Delivery]) -> list[Check]:
    """Temporary assistance first, formal cover after: a payment some weeks before the admission (DJ-4)."""
    window, people = bench.world.window, bench.world.people
    admitted: dict[int, Day] = {}
    for entry in bench.entries:
        within = window.first_day + 45 < entry.admitted_on <= window.last_day
        if within and entry.register in ("dibao", "tekun") and entry.cover_mode == WHOLE:
            admitted.setdefault(entry.household, entry.admitted_on)
    checks = []
    for household, day in sorted(admitted.items()):
        hard = _is_turned_by_a_warning(bench, household)
        paid = day - int(bench.rng.integers(15, 100))
        if bench.rng.random() >= HELPED_FIRST_SHARE or hard or paid < window.first_day:
            continue
        month = int(np.searchsorted(window.ends, paid))
        received = deliveries["temporary_assistance", month].received_on
        if received is None or "temporary_assistance" in bench.world.causes(household, month):
            continue
        bench.faults.warnings.append(("temporary_assistance", int(people.head[household]), month, paid))
        checks.append(Check(household, "temporary_assistance", month, received, received + 1, "落实救助", "both"))
    return checks


def _is_turned_by_a_warning(bench: _Bench, household: int) -> bool:
    """Whether one warning more would make it a household in sudden hardship by the data."""
    return any(month.tests.rigid_spend[household] and not month.tests.below_line[household] for month in bench.facts)


def _plant_second_leads(bench: _Bench, checks: list[Check], deliveries: dict[tuple[str, int], Delivery]) -> list[Check]:
    """A petition from a household whose lead of another department nobody has looked at yet (DB-7)."""
    window, people = bench.world.window, bench.world.people
    waiting = [check for check in checks if check.verified_on is None and check.month + 1 < window.months]
    more = []
    for place in bench.spread(np.arange(len(waiting)), _share(len(waiting), SECOND_LEAD_SHARE, 2)):
        first = waiting[place]
        month = first.month + 1
        received = deliveries["petitions", month].received_on
        known = "petitions" in bench.world.causes(first.household, month)
        if received is None or known or _is_turned_by_a_warning(bench, first.household):
            continue
        day = window.starts[month] + int(bench.rng.integers(2, 26))
        bench.faults.warnings.append(("petitions", int(people.head[first.household]), month, day))
        more.append(Check(first.household, "petitions", month, received, received + 2, "无风险", "both"))
    return more
