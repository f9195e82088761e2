"""Intervals for shares, counts and rates, and for the difference of two shares."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

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
