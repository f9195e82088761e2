"""Intervals for shares, counts and rates, and for the difference of two shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, gammaincinv

Floats = NDArray[np.float64]
Z95 = 1.959964
BYAR_FROM = 10


def wilson(x: ArrayLike, n: ArrayLike, z: float = Z95) -> tuple[Floats, Floats]:
    """Low and high bound of a share x/n by Wilson's score method; nan where n is 0.

    Source: 06-metrics; Wilson 1927.
    """
    x, n = _counts(x), _counts(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * np.sqrt(z**2 + 4 * x * (1 - x / n))
        low, high = (2 * x + z**2 - half) / (2 * (n + z**2)), (2 * x + z**2 + half) / (2 * (n + z**2))
    return np.where(n > 0, np.clip(low, 0, 1), np.nan), np.where(n > 0, np.clip(high, 0, 1), np.nan)


def exact_poisson(x: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Low and high bound of the mean of a count (Garwood 1936)."""
    x = _counts(x)
    tail = (1 - confidence) / 2
    return np.where(x > 0, gammaincinv(np.maximum(x, 1), tail), 0.0), gammaincinv(x + 1, 1 - tail)


def byar(x: ArrayLike, z: float = Z95) -> tuple[Floats, Floats]:
    """Low and high bound of the mean of a count by Byar's approximation, good from 10 on.

    Source: Breslow and Day 1987, vol. II, p. 69.
    """
    x = _counts(x)
    safe = np.maximum(x, 1)
    low = safe * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3
    up = x + 1
    return np.where(x > 0, low, 0.0), up * (1 - 1 / (9 * up) + z / (3 * np.sqrt(up))) ** 3


def count_interval(x: ArrayLike) -> tuple[Floats, Floats]:
    """95% bounds of a count: Byar from 10 on, exact below."""
    x = _counts(x)
    (b_low, b_high), (e_low, e_high) = byar(x), exact_poisson(x)
    return np.where(x >= BYAR_FROM, b_low, e_low), np.where(x >= BYAR_FROM, b_high, e_high)


def none_found_upper(n: ArrayLike, confidence: float = 0.95) -> Floats:
    """What a check of n that found nothing still allows: the share is below 1 - 0.05^(1/n). nan where n is 0."""
    n = _counts(n)
    with np.errstate(divide="ignore"):
        return np.where(n > 0, 1 - (1 - confidence) ** (1 / n), np.nan)


def sample_for_none_found(share: float, confidence: float = 0.95) -> int:
    """The smallest number to check so that finding nothing supports "below `share`"."""
    n = max(1, int(np.floor(np.log(1 - confidence) / np.log1p(-share))))
    while float(none_found_upper(n, confidence)) > share:
        n += 1
    return n


def none_found_most(checked: Sequence[int], of: Sequence[int], confidence: float = 0.95) -> int:
    """How many there may still be after drawing `checked` of `of` households in each village found none: the most that
    would be missed altogether with a chance over 1 - confidence, wherever they lie.

    Of a single village it is the exact hypergeometric bound. Over villages the worst case counts: those left lie where
    the draw is thinnest. That is found one by one, since each one more in a village is likelier to be drawn.
    Source: 06-metrics "None found is not none", for populations so small that drawing changes them.
    """
    left = [total - n for n, total in zip(checked, of, strict=True)]
    totals, chance, most = list(of), 1.0, 0
    while True:
        missed = [rest / total if total else 0.0 for rest, total in zip(left, totals, strict=True)]
        at = max(range(len(missed)), key=missed.__getitem__, default=None)
        # A hair over the limit counts as the limit: 19 of 20 drawn leave exactly one in twenty.
        if at is None or chance * missed[at] <= (1 - confidence) * (1 + 1e-9):
            return most
        chance, most = chance * missed[at], most + 1
        left[at], totals[at] = left[at] - 1, totals[at] - 1


def sample_of(total: int, share: float, confidence: float = 0.95) -> int:
    """The smallest number to draw of `total` so that finding none supports "below `share`". 0 of none; all of them
    where the share is below that of a single household."""
    fewest = max(1, int(np.ceil(share * total - 1e-9)))
    low, high = 0, total
    while low < high:
        half = (low + high) // 2
        if none_found_most([half], [total], confidence) < fewest:
            high = half
        else:
            low = half + 1
    return high


def clopper_pearson(x: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Low and high bound of a share x/n by exact binomial tails; nan where n is 0. Source: Clopper and Pearson 1934."""
    if not n:
        return float("nan"), float("nan")
    tail = (1 - confidence) / 2
    low = float(betaincinv(x, n - x + 1, tail)) if x else 0.0
    return low, float(betaincinv(x + 1, n - x, 1 - tail)) if x < n else 1.0


def drawn_interval(x: int, n: int, total: int, confidence: float = 0.95) -> tuple[int, int]:
    """How many of `total` there are in all when n drawn at random showed x: the counts under which neither so few nor
    so many would have a chance of (1 - confidence) / 2 or less. Exact, by hypergeometric tails.

    With none found only the upper end is uncertain: it is then the one-sided bound of none_found_most.
    Source: Buonaccorsi 1987, The American Statistician 41:215-218.
    """
    if x == 0:
        return 0, none_found_most([n], [total], confidence)
    # Read here: it takes longer to load than all else that a command loads.
    from scipy.stats import hypergeom

    tail = (1 - confidence) / 2
    counts = np.arange(x, total - (n - x) + 1)
    allowed = (hypergeom.sf(x - 1, total, counts, n) > tail) & (hypergeom.cdf(x, total, counts, n) > tail)
    found = counts[allowed]
    return int(found[0]), int(found[-1])


def allocated(sizes: Sequence[int], capacity: int) -> list[int]:
    """So many visits shared out over villages by their size, by largest remainder, at least one each where there are
    enough, never more than there are households."""
    total = sum(sizes)
    capacity = min(capacity, total)
    if not capacity:
        return [0] * len(sizes)
    exact = [capacity * size / total for size in sizes]
    least = 1 if capacity >= sum(1 for size in sizes if size) else 0
    given = [min(size, max(int(part), least if size else 0)) for size, part in zip(sizes, exact, strict=True)]
    order = sorted(range(len(sizes)), key=lambda at: (given[at] - exact[at], at))
    while (short := capacity - sum(given)) != 0:
        step = 1 if short > 0 else -1
        floor = least if step < 0 else 0
        for at in order if step > 0 else reversed(order):
            if short and (given[at] < sizes[at] if step > 0 else given[at] > floor):
                given[at] += step
                short -= step
    return given


def difference(x1: ArrayLike, n1: ArrayLike, x0: ArrayLike, n0: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """x1/n1 - x0/n0 with its 95% bounds by Newcombe's hybrid score method (his method 10); nan where an n is 0.

    Chosen over Fisher's test because it gives the size of the change with its doubt, not only a verdict.
    Source: Newcombe 1998, Statistics in Medicine 17:873-890.
    """
    x1, n1, x0, n0 = _counts(x1), _counts(n1), _counts(x0), _counts(n0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p0 = x1 / n1, x0 / n0
    (l1, u1), (l0, u0) = wilson(x1, n1), wilson(x0, n0)
    gap = p1 - p0
    low, high = gap - np.sqrt((p1 - l1) ** 2 + (u0 - p0) ** 2), gap + np.sqrt((u1 - p1) ** 2 + (p0 - l0) ** 2)
    known = (n1 > 0) & (n0 > 0)
    return np.where(known, gap, np.nan), np.where(known, low, np.nan), np.where(known, high, np.nan)


def with_share(frame: pl.DataFrame, numerator: str = "numerator", denominator: str = "denominator") -> pl.DataFrame:
    """The frame with its share and Wilson bounds.

    Returns: rows as given, plus value, low, high (0-1; null where the denominator is 0 or null: none to count).
    """
    x, n = column(frame, numerator), column(frame, denominator)
    low, high = wilson(x, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(n > 0, x / n, np.nan)
    return _add(frame, value=value, low=low, high=high)


def with_rate(frame: pl.DataFrame, count: str, exposure: str, per: float = 1000.0) -> pl.DataFrame:
    """The frame with a rate per `per` and its 95% Poisson bounds.

    Returns: rows as given, plus value, low, high (events per `per` of exposure; null where the exposure is 0 or null).
    """
    x, n = column(frame, count), column(frame, exposure)
    low, high = count_interval(x)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = {"value": x / n * per, "low": low / n * per, "high": high / n * per}
    return _add(frame, **{name: np.where(n > 0, part, np.nan) for name, part in parts.items()})


def column(frame: pl.DataFrame, name: str) -> Floats:
    """A column as floats; null becomes nan."""
    return frame.get_column(name).cast(pl.Float64).to_numpy().astype(np.float64)


def _add(frame: pl.DataFrame, **columns: Floats) -> pl.DataFrame:
    return frame.with_columns(pl.Series(name, values, nan_to_null=True) for name, values in columns.items())


def _counts(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)
