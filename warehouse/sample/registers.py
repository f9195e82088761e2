"""What the offices made of the facts: who stands on which register, since when, and what went wrong.

Registers lag the facts: admission takes months, some are never found, some stay on though the facts have changed, some
are paid after death. Households whose tier is never in question are not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from warehouse.sample import rules
from warehouse.sample.clock import stream
from warehouse.sample.world import MonthFacts, World

REGISTERS = rules.FIRST_FOUR
WHOLE, SINGLE = "整户保", "单人保"

# Chances a month that the office acts, unless the case is one that is overlooked for good.
ADMITTED_A_MONTH = 0.42
REMOVED_A_MONTH = 0.75
OVERLOOKED_FOUND_A_MONTH = 0.03
# Shares of what happens when a recipient's tests no longer pass.
GRADUAL_EXIT_SHARE, FORGOTTEN_SHARE = 0.55, 0.03


@dataclass(frozen=True)
class Entry:
    """One person on one register. Months are places in the window.

    exited_on: also before the window's end only as far as the list of a month knows it (see `listed_rows`).
    hidden: months in which the row is missing from the list though nothing was decided.
    """

    person: int
    household: int
    register: str
    admitted_on: np.datetime64
    checked_on: np.datetime64 | None = None
    cover_mode: str = WHOLE
    amount: float = 0.0
    gradual_exit_from: np.datetime64 | None = None
    exited_on: np.datetime64 | None = None
    exit_reason: str | None = None
    hidden: frozenset[int] = frozenset()

    def is_listed(self, month: int, end: np.datetime64) -> bool:
        return bool(self.admitted_on <= end) and month not in self.hidden

    def is_active(self, month: int, end: np.datetime64) -> bool:
        """Active by the rules of 03 in the list of that month."""
        return self.is_listed(month, end) and (self.exited_on is None or bool(self.exited_on > end))


@dataclass
class Case:
    """A household's way through the registers while it is being simulated."""

    household: int
    register: str | None = None
    open: list[Entry] = field(default_factory=list)
    overlooked: bool = False
    decided: str | None = None
    gradual_until: np.datetime64 | None = None


@dataclass(frozen=True)
class Registers:
    entries: tuple[Entry, ...]

    def of(self, register: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.register == register]


def draw_registers(world: World, facts: list[MonthFacts]) -> Registers:
    """Every entry of the four registers over the window, those that began before it included."""
    rng = stream(world.seed, "registers")
    tiers = np.stack([month.tier_eligible for month in facts], axis=1)
    concerned = np.isin(tiers, REGISTERS).any(axis=1) | _near_poor(world, facts, rng)
    closed: list[Entry] = []
    for household in np.flatnonzero(concerned).tolist():
        case = Case(household)
        _begin(case, tiers[household, 0], world, facts[0], rng)
        for month in range(world.window.months):
            _step(case, tiers[household, month], month, world, facts[month], closed, rng)
        closed += case.open
    entries = _with_single_covers(closed, world, facts, rng)
    entries = _with_double_registered(entries, world, rng)
    entries = _with_paid_after_leaving(entries, world, facts, rng)
    return Registers(tuple(_with_drops(entries, world, rng)))


def _near_poor(world: World, facts: list[MonthFacts], rng: np.random.Generator) -> np.ndarray:
    """Households that are on a register without cause when the window begins: about 3% of the registered.

    Some of them passed the tests once and are in gradual exit; the others have risen, or own what disqualifies.
    """
    first = facts[0]
    comfortable = first.tests.known & ~np.isin(first.tier_eligible, REGISTERS) & (first.members > 0)
    near = comfortable & (first.tests.dibao_income_per_head < 17_000)
    eligible = int(np.isin(first.tier_eligible, REGISTERS).sum())
    candidates = np.flatnonzero(near)
    chosen = rng.permutation(candidates)[: max(2, round(0.075 * eligible))]
    marked = np.zeros(world.people.households, dtype=bool)
    marked[chosen] = True
    return marked


def _begin(case: Case, tier: str, world: World, facts: MonthFacts, rng: np.random.Generator) -> None:
    """The stock when the window begins: registered some months or years ago, or overlooked."""
    if facts.members[case.household] == 0:
        return
    first = world.window.first_day
    admitted_on = first - int(rng.integers(40, 1_900))
    missed = rng.random() < world.effects.missed[world.people.household_village[case.household]]
    if tier in REGISTERS:
        case.overlooked = missed
        if not missed:
            lower = tier == "tekun" and rng.random() < 0.03
            _admit(case, "dibao" if lower else tier, admitted_on, world, facts, rng)
            if tier in ("tekun", "dibao") and rng.random() < 0.03:
                case.overlooked = True
    elif tier == "unknown":
        if world.poor[case.household] and not missed:
            _admit(case, "dibao", admitted_on, world, facts, rng)
    elif facts.tests.known[case.household] and facts.tests.dibao_income_per_head[case.household] < 17_000:
        if not np.isin(tier, ["none", "other"]):
            return
        if rng.random() < 0.85:
            gradual_from = first - int(rng.integers(5, 360))
            _admit(case, "dibao", gradual_from - int(rng.integers(200, 1_500)), world, facts, rng)
            _start_gradual_exit(case, gradual_from)
        else:
            _admit(
                case, str(rng.choice(["dibao", "dibao", "dibao_edge", "rigid_expense"])), admitted_on, world, facts, rng
            )
            case.decided = "forgotten"


def _step(
    case: Case,
    tier: str,
    month: int,
    world: World,
    facts: MonthFacts,
    closed: list[Entry],
    rng: np.random.Generator,
) -> None:
    """One month of one household: deaths, then what its tier asks for."""
    _note_deaths(case, month, world, closed, rng)
    if tier == "unknown" or facts.members[case.household] == 0:
        return
    day = world.window.starts[month] + int(rng.integers(2, 27))
    if tier in REGISTERS and (case.register is None or _is_better(tier, case.register)):
        case.decided, case.gradual_until = None, None
        chance = OVERLOOKED_FOUND_A_MONTH if case.overlooked else ADMITTED_A_MONTH
        if month and rng.random() < chance:
            _close(case, day, "其他", closed)
            _admit(case, tier, day, world, facts, rng)
        elif month and case.register is None and not case.overlooked:
            village = world.people.household_village[case.household]
            case.overlooked = rng.random() < world.effects.missed[village] / 2
    elif case.register is not None and tier != case.register:
        _step_down(case, tier, day, month, world, facts, closed, rng)


def _is_better(tier: str, than: str) -> bool:
    return REGISTERS.index(tier) < REGISTERS.index(than)


def _step_down(
    case: Case,
    tier: str,
    day: np.datetime64,
    month: int,
    world: World,
    facts: MonthFacts,
    closed: list[Entry],
    rng: np.random.Generator,
) -> None:
    """The tests of the register no longer pass: gradual exit, removal after a while, or nobody notices."""
    if case.gradual_until is not None:
        if day > case.gradual_until and rng.random() < 0.8:
            _close(case, day, "收入超标", closed)
            case.gradual_until = None
        return
    if case.decided is None:
        chance = rng.random()
        gradual = case.register == "dibao" and facts.assets_ok[case.household] and chance < GRADUAL_EXIT_SHARE
        forgotten = chance > 1 - FORGOTTEN_SHARE
        case.decided = "gradual" if gradual else "forgotten" if forgotten else "removal"
        if gradual:
            _start_gradual_exit(case, day)
        return
    if rng.random() < (OVERLOOKED_FOUND_A_MONTH if case.decided == "forgotten" else REMOVED_A_MONTH):
        reason = "收入超标" if facts.assets_ok[case.household] else "财产超标"
        _close(case, day, "主动申请" if rng.random() < 0.1 else reason, closed)
        if tier in REGISTERS:
            _admit(case, tier, day, world, facts, rng)


def _start_gradual_exit(case: Case, day: np.datetime64) -> None:
    case.open = [replace(entry, gradual_exit_from=day) for entry in case.open]
    case.gradual_until = day + 366
    case.decided = "gradual"


def _admit(
    case: Case, register: str, day: np.datetime64, world: World, facts: MonthFacts, rng: np.random.Generator
) -> None:
    """All present members enter the register; sometimes one of them alone, though the household passes."""
    people = world.people
    members = [place for place in people.members(case.household) if facts.present[place]]
    # Who died shortly before the window was alive when the household was admitted, and may not have been taken off.
    begins = world.window.first_day
    if day < begins - 150:
        all_places = people.members(case.household)
        lately_dead = [place for place in all_places if begins - 150 < people.died_on[place] < begins]
        members += [place for place in lately_dead if rng.random() < 0.6]
    chance = rng.random()
    checked_on = (
        None if chance < 0.035 else day + int(rng.integers(3, 40)) if chance < 0.06 else day - int(rng.integers(3, 45))
    )
    mode = WHOLE
    if register == "dibao" and len(members) > 1 and rng.random() < 0.035:
        mode = SINGLE
        members = [max(members, key=lambda place: (people.disability_grade[place] > 0, -int(place)))]
    amount = _amount(register, case.household, facts, rng)
    case.register = register
    case.decided, case.gradual_until = None, None
    case.open = [
        Entry(
            person=place,
            household=case.household,
            register=register,
            admitted_on=_after_birth(day, people.birth[place]),
            checked_on=checked_on,
            cover_mode=mode,
            amount=amount,
        )
        for place in members
    ]


def _after_birth(day: np.datetime64, birth: np.datetime64) -> np.datetime64:
    """A child born since stands on the register from its registration on."""
    return max(day, birth + 35)


def _amount(register: str, household: int, facts: MonthFacts, rng: np.random.Generator) -> float:
    """Yuan a head and month: the gap to the standard, at least a fifth of it; tekun 1.3 times the standard."""
    standard = facts.policy.dibao_standard
    if register == "tekun":
        return round(1.3 * standard)
    gap = standard - facts.tests.dibao_income_per_head[household] / 12 if facts.tests.known[household] else standard / 2
    return float(round(max(gap, 0.2 * standard)))


def _close(case: Case, day: np.datetime64, reason: str, closed: list[Entry]) -> None:
    closed += [replace(entry, exited_on=day, exit_reason=reason) for entry in case.open]
    case.open, case.register, case.decided = [], None, None


def _note_deaths(case: Case, month: int, world: World, closed: list[Entry], rng: np.random.Generator) -> None:
    """Entries of the dead and of those who moved end, most within two months; a few are paid on."""
    people, start, end = world.people, world.window.starts[month], world.window.ends[month]
    still: list[Entry] = []
    for entry in case.open:
        died, moved = people.died_on[entry.person], people.moved_on[entry.person]
        gone = died if not np.isnat(died) else moved
        if np.isnat(gone) or gone > end or rng.random() > (0.45 if gone >= start else 0.30):
            still.append(entry)
            continue
        day = max(gone, start) + int(rng.integers(0, 10))
        reason = "死亡" if not np.isnat(died) else "迁出"
        closed.append(replace(entry, exited_on=min(day, end), exit_reason=reason))
    case.open = still
    if not still:
        case.register = None


def _with_single_covers(
    entries: list[Entry], world: World, facts: list[MonthFacts], rng: np.random.Generator
) -> list[Entry]:
    """Severely disabled and seriously ill members of edge households, covered singly; one in five is not (ST-1b)."""
    seen: dict[int, int] = {}
    for month, of_month in enumerate(facts):
        for place in np.flatnonzero(of_month.single_candidate).tolist():
            seen.setdefault(place, month)
    covers = []
    for place, month in seen.items():
        if rng.random() < 0.22:
            continue
        begins = world.window.starts[month]
        day = begins - int(rng.integers(60, 900)) if month == 0 else begins + int(rng.integers(5, 60))
        household = int(world.people.household[place])
        amount = _amount("dibao", household, facts[month], rng)
        left = _last_month_as_edge(household, facts)
        exit_on = world.window.ends[left] + 20 if left is not None and left + 1 < world.window.months else None
        covers.append(
            Entry(
                place, household, "dibao", day, day - int(rng.integers(3, 30)), SINGLE, amount,
                exited_on=exit_on if exit_on is not None and exit_on > day else None,
                exit_reason="收入超标" if exit_on is not None and exit_on > day else None,
            )
        )  # fmt: skip
    on_dibao = {entry.person for entry in entries if entry.register == "dibao"}
    return entries + [cover for cover in covers if cover.person not in on_dibao]


def _last_month_as_edge(household: int, facts: list[MonthFacts]) -> int | None:
    """The last month in which the household still passes the edge test; None if it does to the end."""
    months = [place for place, month in enumerate(facts) if month.tests.edge_income[household]]
    return None if not months or months[-1] == len(facts) - 1 else months[-1]


def _with_double_registered(entries: list[Entry], world: World, rng: np.random.Generator) -> list[Entry]:
    """A few on tekun stay on dibao as well: about one in sixty, at least one."""
    tekun = [entry for entry in entries if entry.register == "tekun" and entry.exited_on is None]
    if not tekun:
        return entries
    chosen = rng.choice(len(tekun), size=max(1, round(len(tekun) / 60)), replace=False)
    doubled = [
        replace(
            tekun[place],
            register="dibao",
            admitted_on=tekun[place].admitted_on - 200,
            amount=round(tekun[place].amount / 3),
        )
        for place in sorted(chosen.tolist())
    ]
    return entries + doubled


def _with_paid_after_leaving(
    entries: list[Entry], world: World, facts: list[MonthFacts], rng: np.random.Generator
) -> list[Entry]:
    """Dead and moved members of recipients' households whom nobody took off: one in six, at least one."""
    people = world.people
    gone_on = np.where(np.isnat(people.died_on), people.moved_on, people.died_on)
    lasting = {entry.household: entry for entry in entries if entry.exited_on is None}
    listed = {entry.person for entry in entries}
    gone = [
        place
        for place in np.flatnonzero(gone_on <= world.window.last_day).tolist()
        if place not in listed
        and people.household[place] in lasting
        and facts[-1].members[people.household[place]] > 0
        and lasting[people.household[place]].admitted_on < gone_on[place]
    ]
    chosen = [place for place in gone if rng.random() < 0.17] or gone[:1]
    return entries + [replace(lasting[people.household[place]], person=place) for place in chosen]


def _with_drops(entries: list[Entry], world: World, rng: np.random.Generator) -> list[Entry]:
    """Households that vanish from dibao or tekun without reason: half lose the row, half have a day but no reason."""
    months = world.window.months
    by_household: dict[int, list[int]] = {}
    for place, entry in enumerate(entries):
        if entry.register in ("tekun", "dibao") and entry.exited_on is None and entry.gradual_exit_from is None:
            by_household.setdefault(entry.household, []).append(place)
    changed = list(entries)
    dropped = [household for household in by_household if rng.random() < 0.004 * months]
    if not dropped and by_household and months > 1:
        dropped = [next(iter(by_household))]
    for household in dropped:
        month = int(rng.integers(1, months)) if months > 1 else months
        back = month + int(rng.integers(2, 6))
        loses_row = rng.random() < 0.5
        for place in by_household[household]:
            if loses_row:
                changed[place] = replace(entries[place], hidden=frozenset(range(month, min(back, months))))
            elif month < months and entries[place].admitted_on < world.window.starts[month]:
                changed[place] = replace(entries[place], exited_on=world.window.starts[month] + 9, exit_reason=None)
    return changed
