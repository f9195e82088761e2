"""What the coverage page asks: is everyone covered who should be, in every village? (ST-1, DJ-7)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from warehouse import session
from warehouse.scope import Scope

# Gap -> column of `villages` that counts it. Single cover counts people, all others households.
GAPS: Final = {
    "suspected_missed": "missed",
    "suspected_ineligible": "ineligible",
    "dropped": "dropped",
    "single_cover_missed": "single_cover_missed",
    "household_missed": "household_missed",
    "suspected_unmonitored": "suspected_unmonitored",
    "dead_or_moved_active": "dead_or_moved_active",
    "double_registered": "double_registered",
    "disability_subsidy_gap": "disability_subsidy_gap",
    "no_check": "no_check",
    "gradual_exit": "gradual_exit",
    "potential_target": "potential_target",
    "income_unknown": "income_unknown",
}
# The metrics that tell how cover stands.
METRICS: Final = ("coverage_rate", "missed_rate", "ineligible_rate", "single_cover_rate", "income_known")
# What the map and the funnel can show: numerator and denominator of each share, as columns of `villages`.
SHARES: Final = {
    "missed": ("missed", "eligible"),
    "ineligible": ("ineligible", "registered_known"),
    "unknown": ("income_unknown", "households"),
    "survey": ("visited", "residents"),
}


def villages(scope: Scope, *, month: dt.date, until: dt.date, areas: Sequence[str] = ()) -> pl.DataFrame:
    """How does each of the areas (every village if none are given) stand at the end of `month`, and in the surveys and
    inspections of its year up to `until`?

    Returns: one row per area by code: area_code, name, tile_row, tile_col; counts of households: households,
    eligible, covered, missed, registered, registered_known, ineligible, income_unknown, eligible_unknown, every gap of
    GAPS, on_both, monitored_only, registered_only (registers); single_cover_candidates and single_cover_missed count
    people; residents_1, visited_1, residents_2, visited_2 (null: round not begun); inspected_on, looked_back_on,
    villages, villages_inspected, villages_looked_back (of a village itself: 1, and 0 or 1); inspected, looked_back:
    all of them.
    """
    chosen = ",".join(areas) or None
    return session.cached("coverage/villages", scope, month=month, year=month.year, until=until, areas=chosen)
