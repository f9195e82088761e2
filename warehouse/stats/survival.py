"""How long things take when some are not done yet, and how many were done by their due date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from warehouse.stats.intervals import wilson


@dataclass(frozen=True)
class Duration:
    """A typical duration with open cases counted.

    median, p90: days by which half and nine tenths are done; None where the curve stays above (then "> longest").
    longest: longest time seen, done or still open. cases, open_cases: how many, and how many of them not done.
    """

    median: float | None
    p90: float | None
    longest: float | None
    cases: int
    open_cases: int


def kaplan_meier(days: list[float] | pl.Series, done: list[bool] | pl.Series) -> pl.DataFrame:
    """The share not yet done after each number of days, open cases censored.

    Returns: one row per distinct time: days, at_risk, done, open (counts), not_done (0-1, the survival), done_share.
    At equal times a done case comes before an open one. Source: Kaplan and Meier 1958.
    """
    time, event = np.asarray(list(days), dtype=np.float64), np.asarray(list(done), dtype=bool)
    times, place = np.unique(time, return_inverse=True)
    return _curve(
        times, np.bincount(place[event], minlength=times.size), np.bincount(place[~event], minlength=times.size)
    )


def kaplan_meier_of(counts: pl.DataFrame) -> pl.DataFrame:
    """The same curve from counts as agg_step_days has them: `done` and `still_open` by `days`."""
    summed = counts.group_by("days").agg(pl.col("done", "still_open").sum()).sort("days")
    return _curve(*(summed[name].cast(pl.Float64).to_numpy() for name in ("days", "done", "still_open")))


def _curve(times: Any, events: Any, censored: Any) -> pl.DataFrame:
    at_risk = times.size and events.sum() + censored.sum() - np.concatenate([[0], np.cumsum(events + censored)[:-1]])
    survival = np.cumprod(1 - events / at_risk) if times.size else np.array([])
    return pl.DataFrame(
        {
            "days": times.astype(np.float64),
            "at_risk": np.asarray(at_risk if times.size else [], dtype=np.int64),
            "done": events.astype(np.int64),
            "open": censored.astype(np.int64),
            "not_done": survival,
            "done_share": 1 - survival,
        }
    )


def duration(days: list[float] | pl.Series, done: list[bool] | pl.Series) -> Duration:
    """Median and 90% quantile of a duration by Kaplan-Meier."""
    return duration_of(kaplan_meier(days, done))


def duration_of(curve: pl.DataFrame) -> Duration:
    """Median and 90% quantile of a Kaplan-Meier curve."""
    finished, unfinished = int(curve["done"].sum()), int(curve["open"].sum())
    longest = None if curve.is_empty() else float(curve["days"][-1])
    return Duration(_quantile(curve, 0.5), _quantile(curve, 0.9), longest, finished + unfinished, unfinished)


def due_share(
    frame: pl.DataFrame, period_from: date, period_to: date, *, due: str = "due_on", done: str = "done_on"
) -> dict[str, float | int | None]:
    """Of the items whose limit fell in the period, the share done by the limit; not done counts as not in time.

    Returns: numerator, denominator, value, low, high (Wilson; None where nothing fell due).
    Source: 06-metrics, "Timeliness counts by due date".
    """
    cohort = frame.filter(pl.col(due).is_between(period_from, period_to))
    in_time = cohort.filter(pl.col(done) <= pl.col(due)).height
    total = cohort.height
    if not total:
        return {"numerator": 0, "denominator": 0, "value": None, "low": None, "high": None}
    low, high = wilson(in_time, total)
    return {
        "numerator": in_time,
        "denominator": total,
        "value": in_time / total,
        "low": float(low),
        "high": float(high),
    }


def _quantile(curve: pl.DataFrame, share: float) -> float | None:
    """The first time by which `share` is done. A hair of slack: 1 - 0.9 is a little under 0.1 in floats."""
    reached = curve.filter(pl.col("not_done") <= 1 - share + 1e-12)
    return None if reached.is_empty() else float(reached["days"][0])
