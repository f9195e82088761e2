"""The people of the sample: villages, households, members, their lives over the window.

Everything here is true; what clerks make of it is in clerk.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.profiles import Profile
from warehouse.sample import ids, names
from warehouse.sample.clock import NO_DAY, Days, Window, completed_years, stream

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Texts = NDArray[np.object_]
Drawn = dict[str, Any]

WORKING_AGES = (16, 59)
ORDINARY, WEAK, NO_LABOUR, LOST_LABOUR = "普通劳动力", "弱劳动力", "无劳动力", "丧失劳动力"
DISABILITY_KINDS = ("肢体", "视力", "听力", "智力", "精神", "多重", "言语")

# kind of household -> share. Together about 3.2 members, and the ageing of a village whose young work away.
HOUSEHOLD_KINDS: dict[str, float] = {
    "elder_single": 0.09,
    "elder_couple": 0.14,
    "adult_single": 0.05,
    "couple_child": 0.30,
    "couple": 0.12,
    "three_generations_elder_head": 0.14,
    "three_generations_middle_head": 0.12,
    "skipped_generation": 0.04,
}


@dataclass(frozen=True)
class Role:
    """A place in a household: age is drawn, or follows another role's age by a gap.

    relation: to the head, for men and women. share: how many households of the kind have one.
    sex: of the role, or that which is not the sex of the role `partner_of`, or either.
    """

    relation: tuple[str, str]
    share: float
    of: str
    gap: tuple[float, float]
    sex: str = "either"
    name: str = ""
    same_surname: bool = True


# The head's own age: (lowest, highest, shape); shape over 1 leans to the young end.
HEAD_AGES: dict[str, tuple[float, float, float]] = {
    "elder_single": (60, 95, 1.3),
    "elder_couple": (58, 90, 1.5),
    "adult_single": (24, 59, 0.8),
    "couple_child": (25, 56, 0.9),
    "couple": (42, 62, 0.8),
    "three_generations_elder_head": (52, 82, 1.3),
    "three_generations_middle_head": (32, 58, 0.9),
    "skipped_generation": (52, 78, 1.2),
}
CHILD, GRANDCHILD, PARENT = ("子", "女"), ("孙子", "孙女"), ("父", "母")
SPOUSE = Role(("配偶", "配偶"), 1.0, "head", (-1.5, 2.5), sex="partner", name="spouse", same_surname=False)
CHILDREN = (
    Role(CHILD, 0.92, "head", (-26, 3.0), name="child"),
    Role(CHILD, 0.52, "head", (-29, 3.0)),
    Role(CHILD, 0.14, "head", (-32, 3.0)),
)
ROLES: dict[str, tuple[Role, ...]] = {
    "elder_single": (),
    "elder_couple": (SPOUSE,),
    "adult_single": (Role(CHILD, 0.25, "head", (-26, 3.0)),),
    "couple_child": (SPOUSE, *CHILDREN),
    "couple": (SPOUSE,),
    "three_generations_elder_head": (
        Role(("配偶", "配偶"), 0.72, "head", (-1.5, 2.5), sex="partner", same_surname=False),
        Role(("子", "子"), 1.0, "head", (-25, 3.0), sex="男", name="son"),
        Role(("儿媳", "儿媳"), 0.85, "son", (-1.5, 2.5), sex="女", same_surname=False),
        Role(GRANDCHILD, 0.90, "son", (-25, 2.5)),
        Role(GRANDCHILD, 0.50, "son", (-28, 2.5)),
    ),
    "three_generations_middle_head": (
        SPOUSE,
        *CHILDREN[:2],
        Role(("父", "父"), 0.60, "head", (25, 3.0), sex="男"),
        Role(("母", "母"), 0.75, "head", (23, 3.0), sex="女", same_surname=False),
    ),
    "skipped_generation": (
        Role(("配偶", "配偶"), 0.75, "head", (-1.5, 2.5), sex="partner", same_surname=False),
        Role(GRANDCHILD, 1.0, "head", (-50, 4.0)),
        Role(GRANDCHILD, 0.45, "head", (-53, 4.0)),
    ),
}
# Share of heads who are men, where not 88%.
MALE_HEADS = {"elder_single": 0.46, "adult_single": 0.74, "skipped_generation": 0.70}


@dataclass(frozen=True)
class People:
    """Persons and households as parallel arrays; `household` and `village` are places in their lists.

    joined_on, died_on, moved_on: NaT where it did not happen. disability_grade: 0 for none.
    """

    village_codes: Texts
    village_names: Texts
    household_village: Ints
    household_no: Texts
    household_kind: Texts
    head: Ints
    household: Ints
    relation: Texts
    sex: Texts
    birth: Days
    name: Texts
    id_no: Texts
    joined_on: Days
    died_on: Days
    moved_on: Days
    resident: Bools
    labour: Texts
    employment: Texts
    schooling: Texts
    disability_grade: Ints
    disability_kind: Texts
    certified_on: Days

    @property
    def persons(self) -> int:
        return len(self.household)

    @property
    def households(self) -> int:
        return len(self.household_no)

    @cached_property
    def village(self) -> Ints:
        """Village of each person."""
        return self.household_village[self.household]

    @cached_property
    def first_member(self) -> Ints:
        """Where each household's members begin; they stand together. One more than households."""
        return np.searchsorted(self.household, np.arange(self.households + 1))

    def members(self, household: int) -> range:
        return range(int(self.first_member[household]), int(self.first_member[household + 1]))

    def on_roster(self, day: np.datetime64) -> Bools:
        """Persons whom a roster of that day lists, dead and moved ones too."""
        return np.isnat(self.joined_on) | (self.joined_on <= day)

    def present(self, day: np.datetime64) -> Bools:
        """Members: on the roster, 在册 and alive."""
        return self.on_roster(day) & ~(self.died_on <= day) & ~(self.moved_on <= day)

    def per_household(self, of_person: NDArray[np.number] | Bools) -> NDArray[np.float64]:
        """Sum over the members of each household."""
        return np.asarray(np.bincount(self.household, weights=of_person, minlength=self.households), dtype=np.float64)

    def age(self, day: np.datetime64) -> Ints:
        return completed_years(self.birth, day)


def draw_people(profile: Profile, households: int, window: Window, seed: int) -> People:
    """All people of a sample of that many households."""
    rng = stream(seed, "people")
    areas = profile.villages
    size = rng.lognormal(0.0, 0.35, len(areas))
    village = np.sort(rng.choice(len(areas), size=households, p=size / size.sum()))
    kind = _draw_kinds(village, len(areas), rng)
    drawn = _draw_members(kind, window, rng)
    order = np.lexsort((drawn["place"], drawn["household"]))
    drawn = {key: value[order] for key, value in drawn.items()}
    head = np.searchsorted(drawn["household"], np.arange(households))
    surname_weights = names.village_surnames([area.name for area in areas], stream(seed, "surnames"))
    life = _draw_lives(drawn, kind, window, stream(seed, "lives"))
    return People(
        village_codes=np.array([area.area_code for area in areas], dtype=object),
        village_names=np.array([area.name for area in areas], dtype=object),
        household_village=village,
        household_no=_household_numbers(village),
        household_kind=kind,
        head=head,
        household=drawn["household"],
        relation=drawn["relation"],
        sex=drawn["sex"],
        birth=drawn["birth"],
        name=_draw_names(drawn, village, surname_weights, stream(seed, "names")),
        id_no=ids.draw_ids(drawn["birth"], drawn["sex"], stream(seed, "ids")),
        **life,
    )


def _draw_kinds(village: Ints, villages: int, rng: np.random.Generator) -> Texts:
    """Kind of each household; villages differ in how many old people are left."""
    shares = np.array(list(HOUSEHOLD_KINDS.values()))
    by_village = rng.dirichlet(shares * 220, size=villages)
    drawn = (rng.random(len(village))[:, None] > by_village.cumsum(axis=1)[village]).sum(axis=1)
    return np.asarray(np.array(list(HOUSEHOLD_KINDS), dtype=object)[np.minimum(drawn, len(shares) - 1)])


def _household_numbers(village: Ints) -> Texts:
    """H, number of the village, number in the village: H00100017."""
    first = np.searchsorted(village, village)
    within = np.arange(len(village)) - first + 1
    return np.array([f"H{v + 1:03d}{n:05d}" for v, n in zip(village, within, strict=True)], dtype=object)


def _draw_members(kind: Texts, window: Window, rng: np.random.Generator) -> Drawn:
    """Arrays household, place (order within it), relation, sex, birth, same_surname of every person."""
    parts: list[Drawn] = []
    for name, (low, high, shape) in HEAD_AGES.items():
        chosen = np.flatnonzero(kind == name)
        ages: dict[str, NDArray[np.float64]] = {"head": low + (high - low) * rng.beta(1.4, 1.4 * shape, len(chosen))}
        head_sex = np.where(rng.random(len(chosen)) < MALE_HEADS.get(name, 0.88), "男", "女").astype(object)
        everyone = np.ones(len(chosen), dtype=bool)
        parts.append(_part(chosen, 0, ("户主", "户主"), head_sex, ages["head"], everyone, True, window, rng))
        for place, role in enumerate(ROLES[name], start=1):
            age = ages[role.of] + rng.normal(*role.gap, len(chosen))
            if role.name:
                ages[role.name] = age
            either = np.where(rng.random(len(chosen)) < 0.53, "男", "女").astype(object)
            partner = np.where(head_sex == "男", "女", "男").astype(object)
            sex = {"either": either, "partner": partner}.get(role.sex, np.full(len(chosen), role.sex, dtype=object))
            # A grown daughter is mostly married and gone; a person under 0 is not born yet.
            gone = (age > 23) & (sex == "女") & (rng.random(len(chosen)) < 0.75) & (role.relation == CHILD)
            there = (rng.random(len(chosen)) < role.share) & (age > 0.1) & (age < 99) & ~gone
            parts.append(_part(chosen, place, role.relation, sex, age, there, role.same_surname, window, rng))
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _part(
    chosen: Ints,
    place: int,
    relation: tuple[str, str],
    sex: Texts,
    age: NDArray[np.float64],
    there: Bools,
    same_surname: bool,
    window: Window,
    rng: np.random.Generator,
) -> Drawn:
    days = (age * 365.2425 + rng.random(len(age)) * 20).astype(np.int64)
    return {
        "household": chosen[there],
        "place": np.full(there.sum(), place),
        "relation": np.where(sex == "男", relation[0], relation[1]).astype(object)[there],
        "sex": sex[there],
        "birth": (window.first_day - days)[there],
        "same_surname": np.full(there.sum(), same_surname),
    }


def _draw_names(drawn: Drawn, village: Ints, weights: NDArray[np.float64], rng: np.random.Generator) -> Texts:
    household = drawn["household"].astype(np.int64)
    family = names.draw_surnames(village, weights, rng)
    own = names.draw_surnames(village[household], np.ones_like(weights) / weights.shape[1], rng)
    surname = np.where(drawn["same_surname"].astype(bool), family[household], own)
    years = drawn["birth"].astype("datetime64[Y]").astype(np.int64) + 1970
    full = surname + names.draw_given(years, drawn["sex"], rng)
    minority = np.flatnonzero((rng.random(len(village)) < 0.002)[household])
    full[minority] = names.minority_names(drawn["sex"][minority], rng)
    return np.asarray(full)


def _draw_lives(drawn: Drawn, kind: Texts, window: Window, rng: np.random.Generator) -> Drawn:
    """Everything that depends on age: coming, going, dying, disability, labour, employment, schooling, residence."""
    household = drawn["household"].astype(np.int64)
    birth: Days = drawn["birth"]
    age = completed_years(birth, window.first_day)
    grade, disability_kind, certified_on = _draw_disability(age, window, rng)
    labour = _draw_labour(age, grade, rng)
    employment, schooling = _draw_work(age, labour, rng)
    joined_on, died_on, moved_on = _draw_comings_and_goings(drawn, age, window, rng)
    away = (rng.random(len(kind)) < np.where(np.isin(kind, ["couple_child", "couple", "adult_single"]), 0.09, 0.03))[
        household
    ]
    works_away = (employment == "务工") & (age < 52) & (rng.random(len(age)) < 0.38)
    return {
        "joined_on": joined_on,
        "died_on": died_on,
        "moved_on": moved_on,
        "resident": ~(away | works_away),
        "labour": labour,
        "employment": employment,
        "schooling": schooling,
        "disability_grade": grade,
        "disability_kind": disability_kind,
        "certified_on": certified_on,
    }


def _draw_disability(age: Ints, window: Window, rng: np.random.Generator) -> tuple[Ints, Texts, Days]:
    """Grade (0 none), kind, day of the certificate; 4-6% of people, rising with age; some certified in the window."""
    share = np.select([age < 18, age < 40, age < 60, age < 75], [0.014, 0.026, 0.050, 0.080], 0.095)
    share = share * (1 + 0.06 * window.months / 12)
    grade = np.where(rng.random(len(age)) < share, 1 + (rng.random(len(age))[:, None] > [0.12, 0.36, 0.68]).sum(1), 0)
    kind = rng.choice(np.array(DISABILITY_KINDS, dtype=object), len(age), p=[0.50, 0.14, 0.11, 0.08, 0.09, 0.05, 0.03])
    kind[grade == 0] = None
    before = window.first_day - rng.integers(30, 16 * 365, len(age))
    within = window.first_day + rng.integers(0, int((window.last_day - window.first_day).astype(int)) + 1, len(age))
    is_new = rng.random(len(age)) < 0.06 * window.months / 12
    certified_on = np.where(grade > 0, np.where(is_new, within, before), NO_DAY)
    return grade.astype(np.int64), kind, certified_on


def _draw_labour(age: Ints, grade: Ints, rng: np.random.Generator) -> Texts:
    by_age = np.select([age < 16, age < 60, age < 70], [0, 1, 2], 3)
    thresholds = np.array([[0.0, 0.0, 1.0], [0.91, 0.975, 0.995], [0.34, 0.83, 0.98], [0.04, 0.36, 0.96]])[by_age]
    severe = (grade == 1) | (grade == 2)
    thresholds[severe & (age >= 16)] = [0.02, 0.22, 0.62]
    drawn = (rng.random(len(age))[:, None] > thresholds).sum(axis=1)
    return np.asarray(np.array([ORDINARY, WEAK, NO_LABOUR, LOST_LABOUR], dtype=object)[np.minimum(drawn, 3)])


def _draw_work(age: Ints, labour: Texts, rng: np.random.Generator) -> tuple[Texts, Texts]:
    """务工状态 and 在校状况."""
    chance = rng.random(len(age))
    able = np.isin(labour, [ORDINARY, WEAK]) & (age >= 16)
    student = (
        ((age >= 6) & (age < 16))
        | ((age >= 16) & (age < 19) & (chance < 0.82))
        | ((age >= 19) & (age < 23) & (chance < 0.42))
    )
    worker = np.select([age < 50, age < 60, age < 70], [0.74, 0.48, 0.16], 0.02)
    working = np.select(
        [chance < worker, chance < worker + 0.014, chance < worker + 0.032], ["务工", "公益岗位", "失业"], "务农"
    )
    employment = np.where(student, "在校", np.where(able, working, "无")).astype(object)
    stages = np.select([age < 12, age < 15, age < 18], ["小学", "初中", "高中"], "大专及以上")
    schooling = np.where(student, stages, np.where(age < 6, "学龄前", "非在校")).astype(object)
    return employment, schooling


def _draw_comings_and_goings(
    drawn: Drawn, age: Ints, window: Window, rng: np.random.Generator
) -> tuple[Days, Days, Days]:
    """Days of joining, dying and moving out; NaT where none. Some died shortly before and still stand on the roster."""
    count, span = len(age), int((window.last_day - window.first_day).astype(int)) + 1
    years = window.months / 12
    day_within = window.first_day + rng.integers(0, span, count)
    hazard = np.clip(0.0009 * np.exp(0.082 * (age - 30).astype(float)), 0.0003, 0.3) * years
    died_on = np.where(rng.random(count) < hazard, day_within, NO_DAY)
    is_head = drawn["relation"] == "户主"
    buried = (age > 62) & ~is_head & (rng.random(count) < 0.018)
    died_on = np.where(buried, window.first_day - rng.integers(20, 500, count), died_on)
    leaving = np.select([is_head, (age >= 18) & (age < 32)], [0.002, 0.016], 0.003) * years
    moved = np.isnat(died_on) & (rng.random(count) < leaving)
    moved_on = np.where(moved, window.first_day + rng.integers(-200, span, count), NO_DAY)
    marries_in = (drawn["relation"] == "儿媳") & (rng.random(count) < 0.02 * years)
    infant = (age == 0) & (rng.random(count) < 0.5)
    joined_on = np.where(marries_in | infant, day_within, NO_DAY)
    gone = ~np.isnat(died_on) | ~np.isnat(moved_on)
    return np.where(gone, NO_DAY, joined_on), died_on, moved_on
