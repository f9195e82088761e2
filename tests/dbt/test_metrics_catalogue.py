"""What the catalogue promises, the built warehouse holds: every metric, village and period, with honest intervals."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Protocol

import duckdb
import numpy as np
import polars as pl
import pytest

from warehouse.inputs import DBT_PROJECT
from warehouse.metrics import load_metrics
from warehouse.profiles import Profile
from warehouse.stats.intervals import wilson


class Built(Protocol):
    """What these tests need of the town built in conftest.py."""

    database: Path
    profile: Profile


@pytest.fixture(scope="module")
def values(town: Built) -> pl.DataFrame:
    with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as con:
        return con.sql("select * from metric_values").pl()


@pytest.fixture(scope="module")
def months(town: Built) -> pl.DataFrame:
    with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as con:
        return con.sql("select * from agg_area_month").pl()


def test_every_metric_of_the_catalogue_is_counted_for_each_of_its_scopes_and_no_other(values: pl.DataFrame) -> None:
    promised = {(metric.metric, scope) for metric in load_metrics().values() for scope in metric.scopes}
    assert set(values.select("metric", "scope").unique().iter_rows()) == promised


def test_every_metric_names_the_model_that_counts_it() -> None:
    models = {path.stem: path.read_text(encoding="utf-8") for path in (DBT_PROJECT / "models").rglob("*.sql")}
    unsaid = [metric.metric for metric in load_metrics().values() if f"'{metric.metric}'" not in models[metric.model]]
    assert unsaid == []


def test_all_22_villages_and_17_periods_are_there_whatever_was_counted(values: pl.DataFrame) -> None:
    areas = values.filter(pl.col("scope") == "area")
    metrics = [metric for metric in load_metrics().values() if "area" in metric.scopes]
    assert areas["scope_code"].n_unique() == 22
    # 12 months, 4 quarters and the year 2025
    assert areas["period"].n_unique() == 12 + 4 + 1
    assert areas.height == len(metrics) * 22 * 17


def test_intervals_are_wilson_as_the_statistics_module_computes_them(values: pl.DataFrame) -> None:
    shares = [metric.metric for metric in load_metrics().values() if metric.unit == "share"]
    known = values.filter(pl.col("metric").is_in(shares), pl.col("state") == "known")
    low, high = wilson(known["numerator"].to_numpy(), known["denominator"].to_numpy())
    assert known.height > 1_000  # the comparison is of something
    np.testing.assert_allclose(known["low"].to_numpy(), low, atol=1e-9)
    np.testing.assert_allclose(known["high"].to_numpy(), high, atol=1e-9)


def test_nothing_to_count_is_never_a_share(values: pl.DataFrame) -> None:
    empty = values.filter(pl.col("denominator") == 0)
    assert empty.height > 0
    assert empty.select(pl.col("value", "low", "high").is_null().all()).row(0) == (True, True, True)
    assert set(empty["state"]) == {"none_to_count"}


def test_the_profile_is_the_sum_of_its_villages(values: pl.DataFrame) -> None:
    both = [metric.metric for metric in load_metrics().values() if {"profile", "area"} <= set(metric.scopes)]
    counts = ("numerator", "denominator", "unknown")
    by_scope = (
        values.filter(pl.col("metric").is_in(both), pl.col("scope").is_in(["profile", "area"]))
        .group_by("metric", "period", "scope")
        .agg(pl.col(counts).sum())
    )
    profile, areas = (by_scope.filter(pl.col("scope") == scope).drop("scope") for scope in ("profile", "area"))
    joined = profile.join(areas, on=["metric", "period"], suffix="_of_villages")
    assert joined.height == len(both) * 17
    differing = joined.filter(pl.any_horizontal(*(pl.col(name) != pl.col(f"{name}_of_villages") for name in counts)))
    # A finding that names no household (a refused row, a column) counts for the whole place alone.
    assert set(differing["metric"]) <= {"finding_days", "finding_recurrence"}
    assert differing.filter(
        pl.any_horizontal(pl.col(name) < pl.col(f"{name}_of_villages") for name in counts)
    ).is_empty()


def test_a_year_of_a_flow_sums_its_months_and_a_stock_shows_its_last(values: pl.DataFrame) -> None:
    profile = values.filter(pl.col("scope") == "profile")
    months_ = profile.filter(pl.col("period_kind") == "month")
    year = profile.filter(pl.col("period_kind") == "year").select("metric", "numerator", "denominator")
    for metric, numerator, denominator in year.iter_rows():
        of_metric = months_.filter(pl.col("metric") == metric)
        if load_metrics()[metric].counting == "stock":
            of_metric = of_metric.filter(pl.col("period") == "2025-12")
        assert (of_metric["numerator"].sum(), of_metric["denominator"].sum()) == (numerator, denominator), metric


def test_coverage_is_the_same_in_metrics_and_in_what_the_pages_draw(values: pl.DataFrame, months: pl.DataFrame) -> None:
    coverage = values.filter(
        pl.col("metric") == "coverage_rate", pl.col("scope") == "area", pl.col("period_kind") == "month"
    ).select(pl.col("period_start").alias("month"), pl.col("scope_code").alias("area_code"), "numerator", "denominator")
    drawn = months.filter(pl.col("scope") == "area").select("month", "area_code", "covered", "eligible")
    joined = coverage.join(drawn, on=["month", "area_code"])
    assert joined.height == 22 * 12
    assert (
        joined.filter((pl.col("numerator") != pl.col("covered")) | (pl.col("denominator") != pl.col("eligible"))).height
        == 0
    )
    assert joined["eligible"].sum() > 0


def test_targets_follow_the_catalogue(values: pl.DataFrame) -> None:
    held = dict(values.filter(pl.col("target").is_not_null()).select("metric", "target").unique().iter_rows())
    assert held == {metric.metric: metric.target for metric in load_metrics().values() if metric.target is not None}
