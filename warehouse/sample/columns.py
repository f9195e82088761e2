"""Numpy arrays as polars columns: text stays text where it is empty or all null, NaN and NaT become null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from warehouse.sample.clock import NO_DAY


def series(columns: Mapping[str, Any]) -> dict[str, pl.Series]:
    """A polars column for each; a list is taken as yes/no with null."""
    return {name: _one(name, values) for name, values in columns.items()}


def frame_of(columns: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(series(columns).values()))


def texts(values: Iterable[str | None]) -> np.ndarray:
    return np.array(list(values), dtype=object)


def days(values: Iterable[np.datetime64 | None]) -> np.ndarray:
    return np.array([NO_DAY if value is None else value for value in values], dtype="datetime64[D]")


def _one(name: str, values: Any) -> pl.Series:
    if isinstance(values, list):
        return pl.Series(name, values, dtype=pl.Boolean)
    if values.dtype == object or values.dtype.kind == "U":
        return pl.Series(name, values.tolist(), dtype=pl.String)
    if values.dtype.kind == "f":
        return pl.Series(name, values, dtype=pl.Float64).fill_nan(None)
    return pl.Series(name, values)
