"""Metrics of a period: one question, asked by every page that shows them."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse import session
from warehouse.periods import kind_of, period_before
from warehouse.scope import Scope


def metrics(scope: Scope, *, period: str, area: str | None = None, only: Sequence[str] | None = None) -> pl.DataFrame:
    """How does every metric (or `only` these) stand in a period, beside the one before, for the whole or one village?

    Returns: one row per metric: metric, period, is_partial, numerator, denominator, unknown (counts outside the ratio),
    numerator_people, denominator_people (null where people make no sense), value (0-1, or the count; null unless
    known), low, high, target, state, lists_missing, earlier_period, earlier_numerator, earlier_denominator,
    earlier_value (null: none).
    """
    every = session.cached(
        "metric/in_period",
        scope,
        period_kind=kind_of(period),
        period=period,
        earlier=period_before(period),
        area=area,
    )
    return every if only is None else every.filter(pl.col("metric").is_in(only))
