"""What the look-back page asks: are problems put right, and do they stay right? (ST-6a)"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import polars as pl

from warehouse import session
from warehouse.charts.look_back import STATES
from warehouse.scope import Scope

# Upper ends in days of the ages in which unsolved problems are shown; the last band is open.
AGE_BANDS: Final = (30, 60, 90, 180)
UNSOLVED: Final = ("open", "overdue", "failed")
# The metrics of inspection and rectification (ST-6a).
METRICS: Final = (
    *("inspection_coverage", "lookback_coverage"),
    *("rectified_in_time", "lookback_passed", "repeat_issue_rate"),
)


def villages(scope: Scope, *, year: int, until: dt.date, areas: Sequence[str] = ()) -> pl.DataFrame:
    """Which villages were inspected and looked back at in `year` up to the day `until`, by the areas given?

    Returns: one row per area (every village if none are given) by code: area_code, name, tile_row, tile_col,
    inspected_on, looked_back_on (newest day; null: not this year), villages, villages_inspected, villages_looked_back
    (of a village itself: 1, and 0 or 1); inspected, looked_back: all of them. Source: ST-6a.
    """
    return session.cached("look_back/villages", scope, year=year, until=until, areas=",".join(areas) or None)


def issues(scope: Scope, *, area: str | None = None) -> pl.DataFrame:
    """How does every problem stand on the snapshot's day, in `area` or everywhere?

    Returns: one row per issue by village and day found: issue_no, area_code, area_name, household_key and description
    (null for who sees no households), inspection_kind, category, responsible_unit, found_on, due_on, rectified_on,
    lookback_on, lookback_result, closed_on, state, age_days (null: closed), days_overdue (null: not overdue),
    is_repeat, came_back_on. Source: 03-rules "Issues".
    """
    return session.cached("look_back/issues", scope, area=area)


def burn_down(scope: Scope, *, area: str | None = None) -> pl.DataFrame:
    """How many problems were left at the end of each month?

    Returns: one row per month: period, not_put_right, awaiting (put right, no look-back passed yet), found, closed.
    """
    return session.cached("look_back/burn_down", scope, area=area)


def rectified_by_village(scope: Scope, *, year: int, areas: Sequence[str] = ()) -> pl.DataFrame:
    """In which of the areas (every village if none are given) are problems put right in time?

    Returns: one row per area by code: area_code, name, numerator, denominator, value, low, high, state.
    """
    return session.cached("look_back/rectified_by_village", scope, year=str(year), areas=",".join(areas) or None)


def counted_by_state(frame: pl.DataFrame) -> dict[str, int]:
    """How many of the issues are in each state, states without any included."""
    counts = dict(frame.group_by("state").len().iter_rows())
    return {state: counts.get(state, 0) for state in STATES}


def states_by(frame: pl.DataFrame, key: str, groups: list[tuple[str, str]]) -> pl.DataFrame:
    """The issues of each group by state, every group there in the order given.

    Returns: one row per group and state: key, name, state, issues.
    """
    counts = frame.group_by(pl.col(key).alias("key"), "state").agg(pl.len().cast(pl.Int64).alias("issues"))
    order = pl.DataFrame(groups, schema={"key": pl.String, "name": pl.String}, orient="row")
    cells = order.join(pl.DataFrame({"state": STATES}), how="cross")
    found = cells.join(counts, on=["key", "state"], how="left", maintain_order="left")
    return found.with_columns(pl.col("issues").fill_null(0))


def ages(frame: pl.DataFrame) -> pl.DataFrame:
    """How long have the unsolved problems been known?

    Returns: one row per band of AGE_BANDS and one above: up_to (days; null: open end), open_in_time, overdue (past the
    day by which they were to be put right; a failed look-back counts by that day too).
    """
    past = [(pl.col("age_days") > end).cast(pl.Int64) for end in AGE_BANDS]
    unsolved = frame.filter(pl.col("state").is_in(UNSOLVED)).with_columns(
        pl.sum_horizontal(past).alias("band"),
        ((pl.col("found_on") + pl.duration(days="age_days")) > pl.col("due_on")).alias("is_overdue"),
    )
    counts = unsolved.group_by("band").agg(
        (~pl.col("is_overdue")).sum().cast(pl.Int64).alias("open_in_time"),
        pl.col("is_overdue").sum().cast(pl.Int64).alias("overdue"),
    )
    ends = {"band": range(len(AGE_BANDS) + 1), "up_to": [*AGE_BANDS, None]}
    bands = pl.DataFrame(ends, schema={"band": pl.Int64, "up_to": pl.Int64})
    found = bands.join(counts, on="band", how="left", maintain_order="left").drop("band")
    return found.with_columns(pl.col("open_in_time", "overdue").fill_null(0))


def has_unsolved(frame: pl.DataFrame) -> bool:
    """Whether any of the issues waits to be put right."""
    return frame["state"].is_in(UNSOLVED).any()


def overdue(frame: pl.DataFrame) -> pl.DataFrame:
    """The issues past their day and not put right, the longest overdue first."""
    return frame.filter(pl.col("state") == "overdue").sort("days_overdue", "issue_no", descending=[True, False])


def failed(frame: pl.DataFrame) -> pl.DataFrame:
    """The issues whose look-back failed and that were not put right again, the longest waiting first."""
    return frame.filter(pl.col("state") == "failed").sort("lookback_on", "issue_no")


def come_back(frame: pl.DataFrame) -> pl.DataFrame:
    """The closed issues whose category was found again in the same village within the window, newest first."""
    return frame.filter(pl.col("came_back_on").is_not_null()).sort("came_back_on", "issue_no", descending=[True, False])


# How many closed problems came back is told for these: of what kind, whose, and where.
GROUPED: Final = ("category", "unit", "village")
# The lists of monitored households that elimination asks about (look_back/spells).
SPELLS: Final = ("proposed", "ready", "not_ready", "unknown", "held", "to_hold", "faulty", "relapsed")


def returned_by(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    """Of the closed problems of each group, how many came back?

    Returns: one row per group with a closed problem, by key: key, numerator (came back), denominator (closed).
    """
    closed = frame.filter(pl.col("closed_on").is_not_null(), pl.col(key).is_not_null())
    return (
        closed.group_by(pl.col(key).alias("key"))
        .agg(
            pl.col("came_back_on").count().cast(pl.Int64).alias("numerator"),
            pl.len().cast(pl.Int64).alias("denominator"),
        )
        .sort("key")
    )


def eliminations(
    scope: Scope, *, start: dt.date, end: dt.date, area: str | None = None, areas: Sequence[str] = ()
) -> pl.DataFrame:
    """Which risks were marked as eliminated in a period and against which rule, and who may be now?

    Returns: the whole place, the area and each of the areas (every village if none are given): scope, area_code, name;
    on the snapshot's day active, ready, not_ready, ready_unknown, proposed, proposed_ready, proposed_not_ready, held,
    should_be_held, should_be_held_not_held; of the period eliminated, sound, with_fault, unjudged, relapsed, and one
    column per rule of BX-6 with the eliminations that break it.
    """
    asked = {"start": start, "end": end, "area": area, "areas": ",".join(areas) or None}
    return session.cached("look_back/eliminations", scope, **asked)


def spells(scope: Scope, *, part: str, start: dt.date, end: dt.date, area: str | None = None) -> pl.DataFrame:
    """Who is proposed, ready, not ready, held, was eliminated against a rule, or came back? part: one of SPELLS.

    Returns: one row per spell: household_key, area_name, household_no, head_name, monitored_type, approved_on,
    exit_publicity_from, eliminated_on, relapsed_on, ready_to_eliminate, reasons, unknowns (rules of BX-6).
    Only for who sees households.
    """
    return session.cached("look_back/spells", scope, part=part, start=start, end=end, area=area)


def is_inspected(scope: Scope) -> bool:
    """Whether the place asks for visits of inspection at all: without, nothing is left to cover (ST-6a)."""
    return bool(session.cached("look_back/asked", scope)["is_expected"].any())
