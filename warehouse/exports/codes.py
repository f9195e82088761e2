"""Passport codes beside the figures of a paper: frames in, the same frames with a column `code`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from warehouse.passports import Figure, counts, metric_figure, print_code


def metric_codes(metrics: pl.DataFrame, place: Mapping[str, Any]) -> pl.DataFrame:
    """Rows of metric_values with their codes. A row with `area_code` is of that area, one without of the whole.

    place: the row of shell/snapshot. Takes metric, period, numerator, denominator, value, state.
    """
    codes = [
        print_code(metric_figure(row, place["profile"], row.get("area_code")), place, row)
        for row in metrics.iter_rows(named=True)
    ]
    return metrics.with_columns(pl.Series("code", codes, dtype=pl.String))


def count_code(
    what: str, period: str, number: int | None, place: Mapping[str, Any], code: str | None = None
) -> str | None:
    """The code of a count of the whole (`mart.column`) in a month; code: of the column that parts it. Null where there
    is no number."""
    if number is None:
        return None
    by = counts()[what]
    figure = Figure(what, "profile", place["profile"], period, only=((by, code),) if by and code else ())
    return print_code(figure, place, {"value": float(number), "numerator": number})
