"""What befalls people in the window: the facts behind the twelve warning lists, clustered in time and place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from warehouse.sample.clock import Window, stream
from warehouse.sample.people import WORKING_AGES, Bools, Ints, People


@dataclass(frozen=True)
class Kind:
    """One warning list: how often, in which months more, and whom it can strike.

    yearly: households struck per 1,000 a year. season: calendar month -> factor. can: which persons.
    """

    extract: str
    yearly: float
    can: Callable[[People, Ints], Bools]
    season: dict[int, float]
    poor_factor: float = 2.0


def _adult(people: People, age: Ints) -> Bools:
    return np.asarray(age >= 18)


def _worker(people: People, age: Ints) -> Bools:
    return np.isin(people.employment, ["务工", "公益岗位", "失业"]) & (age >= WORKING_AGES[0]) & (age <= 65)


def _pupil(people: People, age: Ints) -> Bools:
    return np.asarray((age >= 7) & (age <= 15))


def _anyone(people: People, age: Ints) -> Bools:
    return np.asarray(age >= 3)


def _elder(people: People, age: Ints) -> Bools:
    return np.asarray(age >= 40)


def _head(people: People, age: Ints) -> Bools:
    return np.asarray(people.relation == "户主")


def _nobody(people: People, age: Ints) -> Bools:
    return np.zeros(people.persons, dtype=bool)


KINDS: tuple[Kind, ...] = (
    Kind("major_disease", 11.0, _elder, {1: 1.3, 2: 1.2, 12: 1.2}),
    Kind("high_medical_bills", 5.0, _adult, {11: 1.6, 12: 1.8}),
    Kind("temporary_assistance", 8.0, _adult, {1: 1.8, 2: 1.5, 12: 1.5}, 4.0),
    # Certificates are drawn with the people; this list follows them.
    Kind("new_severe_disability", 0.0, _nobody, {}),
    Kind("school_dropouts", 0.6, _pupil, {3: 3.0, 9: 3.5}),
    Kind("lost_public_posts", 7.0, _worker, {1: 2.2, 2: 2.6, 7: 1.2}),
    Kind("unsafe_housing", 2.6, _head, {6: 1.5, 7: 2.2, 8: 1.8}, 3.5),
    Kind("failed_industry", 2.2, _head, {8: 1.6, 9: 1.6}),
    Kind("disaster_affected", 1.6, _head, {6: 1.8, 7: 2.5, 8: 1.8}),
    Kind("unsafe_water", 1.2, _head, {5: 1.5, 6: 2.0, 7: 1.5}),
    Kind("accident_injuries", 1.6, _anyone, {}),
    Kind("petitions", 2.0, _adult, {3: 1.6}, 2.5),
)
EXTRACTS = tuple(kind.extract for kind in KINDS)


@dataclass(frozen=True)
class Cluster:
    """One kind that strikes a few villages in one month far beyond the ordinary."""

    extract: str
    villages: tuple[int, ...]
    month: int
    share: float


@dataclass(frozen=True)
class Events:
    """One row per person struck: place of the kind in EXTRACTS, month of the list, day, severity 0-1."""

    kind: Ints
    person: Ints
    month: Ints
    day: np.ndarray
    severity: np.ndarray
    clusters: tuple[Cluster, ...]

    def of(self, extract: str) -> Bools:
        return np.asarray(self.kind == EXTRACTS.index(extract))

    def struck(self, people: People, months: int) -> np.ndarray:
        """Counts of events: households x months x kinds."""
        counts = np.zeros((people.households, months, len(EXTRACTS)), dtype=np.int16)
        np.add.at(counts, (people.household[self.person], self.month, self.kind), 1)
        return counts


def draw_events(people: People, poor: Bools, window: Window, seed: int, quiet: tuple[str, int]) -> Events:
    """All events of the window; `quiet` names a list and month in which nothing happens (a zero report)."""
    rng = stream(seed, "events")
    clusters = _draw_clusters(people, window, rng)
    parts = [
        _draw_kind(people, poor, window, kind, place, clusters, rng)
        for place, kind in enumerate(KINDS)
        if kind.yearly > 0
    ]
    parts.append(_new_certificates(people, window))
    kind, person, month = (np.concatenate([part[column] for part in parts]) for column in range(3))
    kind, person, month = _with_consequences(kind, person, month, window, rng)
    living = people.present(window.last_day)[person] | _present_in(people, window, person, month)
    silent = (kind == EXTRACTS.index(quiet[0])) & (month == quiet[1])
    keep = np.flatnonzero(living & ~silent)
    kind, person, month = kind[keep], person[keep], month[keep]
    # One person stands once on a list of a month.
    _, once = np.unique(np.stack([kind, month, person]), axis=1, return_index=True)
    kind, person, month = kind[once], person[once], month[once]
    return Events(
        kind, person, month, _draw_days(people, window, kind, person, month, rng), rng.random(len(kind)), clusters
    )


def _draw_clusters(people: People, window: Window, rng: np.random.Generator) -> tuple[Cluster, ...]:
    villages = rng.permutation(len(people.village_names))
    summer = [month for month in range(window.months) if window.calendar_month(month) in (6, 7, 8)]
    flood = summer[len(summer) // 2] if summer else window.months // 2
    pick = [int(village) for village in villages]
    return (
        Cluster("disaster_affected", tuple(pick[:2]), flood, 0.09),
        Cluster("failed_industry", tuple(pick[2:3]), max(0, flood - 2), 0.045),
        Cluster("unsafe_water", tuple(pick[3:4]), max(0, window.months - 3), 0.035),
    )


def _draw_kind(
    people: People,
    poor: Bools,
    window: Window,
    kind: Kind,
    place: int,
    clusters: tuple[Cluster, ...],
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints]:
    """Households are struck month by month; then one of the members whom the kind can strike is drawn."""
    can = kind.can(people, people.age(window.first_day))
    candidates = np.flatnonzero(can)
    season = np.array([kind.season.get(window.calendar_month(month), 0.85) for month in range(window.months)])
    # Villages differ a little in truth too: gamma with mean 1.
    local = rng.gamma(12.0, 1 / 12.0, len(people.village_names))[people.household_village]
    chance = kind.yearly / 12_000 * local * np.where(poor, kind.poor_factor, 1.0)
    chances = chance[:, None] * season[None, :]
    for cluster in clusters:
        if cluster.extract == kind.extract:
            chances[np.isin(people.household_village, cluster.villages), cluster.month] += cluster.share
    households, months = np.nonzero(rng.random(chances.shape) < chances)
    counts = people.per_household(can).astype(np.int64)
    possible = counts[households] > 0
    households, months = households[possible], months[possible]
    first = np.searchsorted(people.household[candidates], households)
    person = candidates[first + (rng.random(len(households)) * counts[households]).astype(np.int64)]
    return np.full(len(person), place), person, months


def _new_certificates(people: People, window: Window) -> tuple[Ints, Ints, Ints]:
    """Persons certified as severely disabled in the window, in the month of the certificate."""
    severe = np.flatnonzero((people.disability_grade > 0) & (people.disability_grade <= 2))
    month = np.searchsorted(window.starts, people.certified_on[severe], side="right") - 1
    new = (month >= 0) & (people.certified_on[severe] <= window.last_day)
    return np.full(new.sum(), EXTRACTS.index("new_severe_disability")), severe[new], month[new]


def _with_consequences(
    kind: Ints, person: Ints, month: Ints, window: Window, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Disease brings bills after two to four months, accident and bills bring temporary assistance."""
    chains = (
        ("major_disease", "high_medical_bills", 0.45, 2, 5),
        ("high_medical_bills", "temporary_assistance", 0.3, 1, 3),
        ("accident_injuries", "temporary_assistance", 0.4, 0, 3),
    )
    for cause, consequence, share, soonest, latest in chains:
        came = (kind == EXTRACTS.index(cause)) & (rng.random(len(kind)) < share)
        when = month[came] + rng.integers(soonest, latest, came.sum())
        within = when < window.months
        kind = np.r_[kind, np.full(within.sum(), EXTRACTS.index(consequence))]
        person = np.r_[person, person[came][within]]
        month = np.r_[month, when[within]]
    return kind, person, month


def _present_in(people: People, window: Window, person: Ints, month: Ints) -> Bools:
    """Whether each person is a living member on the first day of the month."""
    day = window.starts[month]
    joined = np.isnat(people.joined_on[person]) | (people.joined_on[person] <= day)
    return joined & ~(people.died_on[person] <= day) & ~(people.moved_on[person] <= day)


def _draw_days(
    people: People, window: Window, kind: Ints, person: Ints, month: Ints, rng: np.random.Generator
) -> np.ndarray:
    """A day in the month of the list; one in ten was only reported after the month it happened in."""
    length = (window.ends - window.starts).astype(np.int64) + 1
    day = window.starts[month] + (rng.random(len(kind)) * length[month]).astype(np.int64)
    day = np.where(rng.random(len(kind)) < 0.1, day - rng.integers(5, 26, len(kind)), day)
    certified = kind == EXTRACTS.index("new_severe_disability")
    return np.where(certified, people.certified_on[person], day).astype("datetime64[D]")
