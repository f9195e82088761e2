"""Villages against the profile's value by exact tails: who is off by more than chance, and where the limits lie.

The normal approximation flags too many at village size; every limit here is an exact binomial or Poisson one.
A village is outside a limit when P(X <= x) or P(X >= x) at the profile's value is at most `CHECK` or `NOTE`.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, bdtrik, gammaincinv, pdtr, pdtrc

from warehouse.stats.intervals import Floats, column

CHECK: Final = 0.001
NOTE: Final = 0.025
VERDICTS: Final = ("check_high", "check_low", "note_high", "note_low", "none", "none_to_count")
HAZARD_TAIL: Final = 0.001  # the upper 99.8% limit leaves a thousandth above
_GRID_POINTS: Final = 160


def with_verdict(
    frame: pl.DataFrame, p0: float | None, numerator: str = "numerator", denominator: str = "denominator"
) -> pl.DataFrame:
    """Each row's share against p0, the profile's value.

    Returns: rows as given, plus tail_low = P(X <= x), tail_high = P(X >= x) (null: none to count) and verdict, one of
    check_high, check_low, note_high, note_low, none, none_to_count. Without a p0 nothing can be said: none_to_count.
    Source: 06-metrics, "Villages are never ranked".
    """
    x, n = column(frame, numerator), column(frame, denominator)
    if p0 is None:
        known = np.zeros_like(n, dtype=bool)
        return _judged(frame, np.ones_like(n), np.ones_like(n), known)
    low, high = _binomial_tails(x, n, p0)
    return _judged(frame, low, high, n > 0)


def with_rate_verdict(frame: pl.DataFrame, rate0: float, count: str, exposure: str) -> pl.DataFrame:
    """Each row's count against rate0 x its exposure (events per one of exposure); columns as in `with_verdict`."""
    x, n = column(frame, count), column(frame, exposure)
    low, high = _poisson_tails(x, n * rate0)
    return _judged(frame, low, high, n > 0)


def share_limits(p0: float, denominators: list[int] | pl.Series) -> pl.DataFrame:
    """Exact funnel limits for a chart, over every denominator that the villages have and a grid between them.

    Returns: one row per n: n, check_low, note_low, note_high, check_high (shares 0-1). A limit lies half a count inside
    the first flagged count, so that no point falls on it; where no count can be flagged it is null.
    """
    n = _grid(denominators)
    columns: dict[str, Floats] = {"n": n}
    for name, tail in (("check", CHECK), ("note", NOTE)):
        low = (_highest_low_count(n, p0, tail) + 0.5) / n
        high = 1 - (_highest_low_count(n, 1 - p0, tail) + 0.5) / n
        columns[f"{name}_low"] = np.where(low > 0, low, np.nan)
        columns[f"{name}_high"] = np.where(high < 1, high, np.nan)
    frame = pl.DataFrame(columns, nan_to_null=True)
    return frame.select(pl.col("n").cast(pl.Int64), "check_low", "note_low", "note_high", "check_high")


def expected_outside(denominators: list[int] | pl.Series, p0: float, tail: float = NOTE) -> float:
    """How many of these villages chance alone puts outside the limit (either side), were all truly at p0.

    The exact sum of each village's own probability: less than 2 x tail x villages, since counts are whole numbers.
    """
    total = 0.0
    for size in (int(n) for n in denominators if n):
        counts = np.arange(size + 1, dtype=np.float64)
        below, above = _binomial_tails(counts, np.full(size + 1, float(size)), p0)
        mass = np.diff(bdtr(counts, size, p0), prepend=0.0)
        total += float(mass[(below <= tail) | (above <= tail)].sum())
    return total


def hazard_limit(expected: float) -> int:
    """The smallest count that is a large-scale hazard: P(X >= count | expected) at most a thousandth.

    Source: YL-2a; 03-rules, upper 99.8% Poisson limit.
    """
    count = max(1, int(expected))
    while pdtrc(count - 1, expected) > HAZARD_TAIL:
        count += 1
    return count


def hazard_thresholds(highest: int) -> pl.DataFrame:
    """For each count from 1 to `highest`, up to which expected number it is a large-scale hazard (see hazard_limit).

    Returns: one row per count: count, expected_max (P(X >= count | expected_max) is a thousandth; it grows with count),
    so that a join by the count judges it exactly. Source: YL-2a; 03-rules, upper 99.8% Poisson limit.
    """
    counts = np.arange(1, highest + 1, dtype=np.float64)
    return pl.DataFrame({"count": counts.astype(np.int64), "expected_max": gammaincinv(counts, HAZARD_TAIL)})


def _highest_low_count(n: Floats, p: float, tail: float) -> Floats:
    """The largest x with P(X <= x | n, p) at most `tail`; -1 where there is none. The mirror image serves the top."""
    x: Floats = np.floor(np.nan_to_num(bdtrik(tail, n, p), nan=-1.0, posinf=-1.0, neginf=-1.0))
    for _ in range(2):  # the inverse is continuous: its whole part may be one off
        x = np.where((x < n) & (bdtr(np.clip(x + 1, 0, n), n.astype(np.int64), p) <= tail), x + 1, x)
        x = np.where((x >= 0) & (bdtr(np.clip(x, 0, n), n.astype(np.int64), p) > tail), x - 1, x)
    return x


def _binomial_tails(x: Floats, n: Floats, p0: float) -> tuple[Floats, Floats]:
    """P(X <= x) and P(X >= x); 1 where n is 0."""
    safe = np.where(n > 0, n, 1.0)
    inside = np.clip(np.nan_to_num(x), 0, safe)
    low = bdtr(inside, safe.astype(np.int64), p0)
    high = np.where(inside > 0, bdtrc(np.maximum(inside - 1, 0), safe.astype(np.int64), p0), 1.0)
    return np.where(n > 0, low, 1.0), np.where(n > 0, high, 1.0)


def _poisson_tails(x: Floats, mean: Floats) -> tuple[Floats, Floats]:
    inside = np.nan_to_num(x)
    mean = np.nan_to_num(mean)
    return pdtr(inside, mean), np.where(inside > 0, pdtrc(np.maximum(inside - 1, 0), mean), 1.0)


def _judged(frame: pl.DataFrame, low: Floats, high: Floats, known: NDArray[np.bool_]) -> pl.DataFrame:
    verdict = np.select(
        [~known, high <= CHECK, low <= CHECK, high <= NOTE, low <= NOTE],
        ["none_to_count", "check_high", "check_low", "note_high", "note_low"],
        default="none",
    )
    return frame.with_columns(
        pl.Series("tail_low", np.where(known, low, np.nan), nan_to_null=True),
        pl.Series("tail_high", np.where(known, high, np.nan), nan_to_null=True),
        pl.Series("verdict", verdict.tolist(), dtype=pl.String),
    )


def _grid(denominators: list[int] | pl.Series) -> Floats:
    own = np.unique(np.array([int(n) for n in denominators if n], dtype=np.float64))
    if not own.size:
        return own
    between = np.linspace(max(1.0, own.min() * 0.8), own.max() * 1.05 + 1, _GRID_POINTS)
    return np.unique(np.concatenate([own, np.round(between)]))
