"""The sample of an inspection in words: how many to visit where, what finding none would mean, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from warehouse.i18n import fmt_number, fmt_share, t
from warehouse.stats.intervals import allocated, clopper_pearson, drawn_interval, none_found_most, sample_of

Basis = Literal["claim", "capacity"]
# A link may ask for a number of any length, and Python reads none of thousands of digits.
_DIGITS: Final = 9


@dataclass(frozen=True)
class Plan:
    """How many households to visit. frame: one row per village by code: area_code, name, households, visits, most (how
    many there could still be if none is found), upper (the same as a share; null where nobody is visited)."""

    frame: pl.DataFrame
    who: str
    seed: str
    claim: float | None

    @property
    def counts(self) -> dict[str, int]:
        return dict(self.frame.select("area_code", "visits").iter_rows())

    @property
    def visits(self) -> int:
        return int(self.frame["visits"].sum())

    @property
    def households(self) -> int:
        return int(self.frame["households"].sum())


def plan_of(sizes: pl.DataFrame, who: str, seed: str, *, claim: float | None, capacity: int | None) -> Plan:
    """By a claim for every village, or by how many can be visited in all, shared out by size."""
    totals = sizes[who].to_list()
    visits = [sample_of(n, claim) for n in totals] if claim is not None else allocated(totals, capacity or 0)
    most = [none_found_most([n], [total]) for n, total in zip(visits, totals, strict=True)]
    frame = sizes.select("area_code", "name", pl.col(who).alias("households")).with_columns(
        pl.Series("visits", visits, dtype=pl.Int64), pl.Series("most", most, dtype=pl.Int64)
    )
    upper = pl.when(pl.col("visits") > 0).then(pl.col("most") / pl.col("households"))
    return Plan(frame.with_columns(upper.alias("upper")), who, seed, claim)


def overview(plan: Plan, place: str) -> list[str]:
    """What the plan asks and what it could show, village by village and for the whole place."""
    counts = {"visits": fmt_number(plan.visits), "households": fmt_number(plan.households)}
    told = [t("sample_plan.say.visits", villages=fmt_number(plan.frame.filter(pl.col("visits") > 0).height), **counts)]
    whole = none_found_most(plan.frame["visits"].to_list(), plan.frame["households"].to_list())
    told.append(
        t("sample_plan.say.village", claim=fmt_share(plan.claim, 0)) if plan.claim is not None else _capacity(plan)
    )
    if plan.visits:
        share = fmt_share(whole / plan.households)
        told.append(t("sample_plan.say.whole", place=place, share=share, most=fmt_number(whole), **counts))
    return told


def _capacity(plan: Plan) -> str:
    known = plan.frame.filter(pl.col("upper").is_not_null())
    if known.is_empty():
        return t("sample_plan.say.none")
    ends = {"low": fmt_share(known["upper"].min()), "high": fmt_share(known["upper"].max())}  # type: ignore[arg-type]
    return t("sample_plan.say.capacity", **ends)


def result_sentence(name: str, found: int, visited: int, households: int) -> str:
    """What so many visits that found so many support, of a village of so many households."""
    counts = {"name": name, "visited": fmt_number(visited), "found": fmt_number(found)}
    if not visited:
        return t("sample_plan.result.none_visited", **counts)
    low, high = drawn_interval(found, visited, households)
    told = {"low": fmt_share(low / households), "high": fmt_share(high / households)}
    told |= {"fewest": fmt_number(low), "most": fmt_number(high), "households": fmt_number(households)}
    if visited == households:
        return t("sample_plan.result.all", **counts, **told)
    if not found:
        return t("sample_plan.result.none_found", **counts, **told)
    endless = clopper_pearson(found, visited)
    told |= {"endless_low": fmt_share(endless[0]), "endless_high": fmt_share(endless[1])}
    return t("sample_plan.result.found", **counts, share=fmt_share(found / visited), **told)


def results_of(text: str, plan: Plan) -> dict[str, tuple[int, int]]:
    """What was entered, out of the URL (`code:visited:found,…`): village -> visited, found. What cannot be is left."""
    households = dict(plan.frame.select("area_code", "households").iter_rows())
    told: dict[str, tuple[int, int]] = {}
    for part in text.split(","):
        code, *numbers = part.split(":")
        if (
            code in households
            and len(numbers) == 2
            and all(number.isascii() and number.isdigit() and len(number) < _DIGITS for number in numbers)
        ):
            visited, found = int(numbers[0]), int(numbers[1])
            if found <= visited <= households[code]:
                told[code] = (visited, found)
    return told


def results_text(results: Mapping[str, tuple[int, int]]) -> str:
    """The same for the URL."""
    return ",".join(f"{code}:{visited}:{found}" for code, (visited, found) in sorted(results.items()))
