"""What the sample planner asks: how many households there are, and which of them are drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

import polars as pl

from warehouse import session
from warehouse.scope import Scope

# From which households the draw is made; each is a column of `sizes`.
GROUPS: Final = ("all_households", "covered", "missed", "monitored", "other")


def sizes(scope: Scope, *, month: dt.date) -> pl.DataFrame:
    """How many resident households are there in each village? Returns: one row per village by code: area_code, name,
    and the counts of GROUPS."""
    return session.cached("sample_plan/sizes", scope, month=month)


def drawn(
    scope: Scope, *, month: dt.date, who: str, seed: str, counts: Mapping[str, int], reason: str | None = None
) -> pl.DataFrame:
    """Which households does the seed draw, so many of each village? reason: names whole, audited with it.

    Returns: one row per household by village and number: area_code, area_name, household_key, household_no, head_name,
    members, place (1 first), drawn_by (the beginning of the md5 that decided).
    """
    asked = {
        "month": month,
        "who": who,
        "seed": seed,
        "areas": ",".join(counts),
        "counts": ",".join(map(str, counts.values())),
    }
    if reason:
        return session.revealed("sample_plan/drawn", scope, reason=reason, target=f"sample {seed}", **asked)
    return session.cached("sample_plan/drawn", scope, **asked)
