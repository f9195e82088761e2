"""Process limits for series of profile and department totals: individuals and moving range (XmR).

Never for a village's monthly share: at 8 to 20 households it fires by chance in a third of the cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

LIMIT_FACTOR: Final = 2.66
RANGE_FACTOR: Final = 3.267
RUN: Final = 7
TRIAL_UNDER: Final = 13


@dataclass(frozen=True)
class Series:
    """An XmR reading of a series.

    centre, lower, upper: natural process limits in the unit of the series (None under two points).
    range_upper: upper limit of the moving range. trial: under 13 points, limits may still move.
    points: one row per point in order: position, value, moving_range (null for the first), signal
    (beyond, range, run, trend, two_of_three, or null: no special cause), side (high, low or null).
    """

    centre: float | None
    lower: float | None
    upper: float | None
    range_upper: float | None
    trial: bool
    points: pl.DataFrame


def xmr(values: list[float] | pl.Series, *, lowest: float | None = None, highest: float | None = None) -> Series:
    """Limits and special causes of a series; `lowest`, `highest` clip limits to what is possible (shares: 0, 1).

    Signals: a point beyond a limit; a moving range over its limit; 7 in a row on one side; 7 in a row each over (or
    each under) the one before; 2 of 3 in a row beyond two thirds of the way to the same limit. Each is marked on the
    point that completes it. Source: 06-metrics; Wheeler, Understanding Variation.
    """
    x = np.asarray(list(values), dtype=np.float64)
    trial = x.size < TRIAL_UNDER
    moving = np.abs(np.diff(x))
    if x.size < 2:
        return Series(None, None, None, None, trial, _points(x, moving, [None] * x.size, [None] * x.size))
    centre, step = float(x.mean()), float(moving.mean())
    reach, range_upper = LIMIT_FACTOR * step, RANGE_FACTOR * step
    signals, sides = zip(*(_signal(x, i, centre, reach, range_upper) for i in range(x.size)), strict=True)
    lower = centre - reach if lowest is None else max(lowest, centre - reach)
    upper = centre + reach if highest is None else min(highest, centre + reach)
    return Series(centre, lower, upper, range_upper, trial, _points(x, moving, list(signals), list(sides)))


def _signal(x: np.ndarray, i: int, centre: float, reach: float, range_upper: float) -> tuple[str | None, str | None]:
    """The first signal that point i completes, and its side."""
    if abs(x[i] - centre) > reach:
        return "beyond", "high" if x[i] > centre else "low"
    if i and abs(x[i] - x[i - 1]) > range_upper:
        return "range", "high" if x[i] > x[i - 1] else "low"
    last = x[max(0, i - RUN + 1) : i + 1]
    for side, sign in (("high", 1.0), ("low", -1.0)):
        if last.size == RUN and bool(np.all(sign * (last - centre) > 0)):
            return "run", side
        if last.size == RUN and bool(np.all(sign * np.diff(last) > 0)):
            return "trend", side
        three = sign * (x[max(0, i - 2) : i + 1] - centre) > reach * 2 / 3
        if three[-1] and three.sum() >= 2:
            return "two_of_three", side
    return None, None


def _points(x: np.ndarray, moving: np.ndarray, signals: list[str | None], sides: list[str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "position": list(range(x.size)),
            "value": x.tolist(),
            "moving_range": [None, *moving.tolist()] if x.size else [],
            "signal": signals,
            "side": sides,
        },
        schema={
            "position": pl.Int64,
            "value": pl.Float64,
            "moving_range": pl.Float64,
            "signal": pl.String,
            "side": pl.String,
        },
    )
