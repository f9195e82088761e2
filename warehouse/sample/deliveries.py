"""Which list comes when: departments are punctual or not; some lists are late, missing, empty or sent again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.clock import Window, stream

# Lists drawn apart, each from a stream of its own, so that the others keep the days they had.
DRAWN_APART = {
    "children_in_need", "left_behind_elderly", "referrals", "service_needs", "meeting_actions", "trainings",
}  # fmt: skip
# Departments whose lists are often late; all others one in thirty.
LATE_SHARE = {"petitions": 0.4, "failed_industry": 0.3, "real_estate": 0.25, "warning_checks": 0.12}


@dataclass(frozen=True)
class Delivery:
    """One list of one month. received_on: None where the list never came. first_on: of a version that was wrong."""

    extract: str
    month: int
    received_on: np.datetime64 | None
    first_on: np.datetime64 | None = None


def quiet_list(window: Window) -> tuple[str, int]:
    """The list and month that come as a zero report: header and no rows."""
    return "accident_injuries", min(2, window.months - 1)


def missing_lists(window: Window) -> set[tuple[str, int]]:
    """Lists that never come: one list twice in a year, two others once."""
    months = window.months
    found = {("school_dropouts", 1), ("school_dropouts", 7), ("unsafe_water", 4), ("petitions", 6)}
    return {(extract, month) for extract, month in found if month < months}


def corrected_lists(window: Window) -> set[tuple[str, int]]:
    """Lists sent again with corrections under the same file name."""
    return {("dibao_recipients", window.months // 2), ("major_disease", window.months // 3)}


def draw_deliveries(extracts: list[str], window: Window, seed: int) -> dict[tuple[str, int], Delivery]:
    """Every list of every month; the due day is the tenth of the month after."""
    together = stream(seed, "deliveries")
    rngs = {
        extract: stream(seed, "deliveries", extract) if extract in DRAWN_APART else together for extract in extracts
    }
    usual = {extract: int(rngs[extract].integers(3, 9)) for extract in extracts}
    found = {}
    for month in range(window.months):
        following = window.ends[month]
        for extract in extracts:
            rng = rngs[extract]
            day = int(np.clip(usual[extract] + rng.integers(-1, 3), 2, 10))
            if rng.random() < LATE_SHARE.get(extract, 0.033):
                day = int(rng.integers(11, 22))
            received_on: np.datetime64 | None = following + day
            first_on = None
            if (extract, month) in missing_lists(window):
                received_on = None
            elif (extract, month) in corrected_lists(window):
                first_on, received_on = following + min(day, 9), following + 24
            found[extract, month] = Delivery(extract, month, received_on, first_on)
    return found


# Of the towns of a county: late with one list in twenty-five, silent with one in eighty.
TOWN_LATE_SHARE, TOWN_MISSING_SHARE = 0.04, 0.0125


def town_days(delivery: Delivery, towns: int, seed: int) -> list[np.datetime64 | None]:
    """The day each town's part of a list came; None where it never did. The first roster always comes."""
    rng = stream(seed, "town deliveries", delivery.extract, delivery.month)
    chance, late = rng.random(towns), rng.integers(6, 22, towns)
    days: list[np.datetime64 | None] = []
    for town in range(towns):
        is_first = delivery.extract == "household_roster" and delivery.month == 0
        if delivery.received_on is None or (chance[town] < TOWN_MISSING_SHARE and not is_first):
            days.append(None)
        elif chance[town] > 1 - TOWN_LATE_SHARE:
            days.append(delivery.received_on + int(late[town]))
        else:
            days.append(delivery.received_on)
    return days
