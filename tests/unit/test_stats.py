"""Statistics against published tables and worked values; the source stands at each."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import polars as pl
import pytest
from scipy import stats as scipy_stats

from warehouse.stats.funnel import (
    expected_outside,
    hazard_limit,
    hazard_thresholds,
    share_limits,
    with_rate_verdict,
    with_verdict,
)
from warehouse.stats.intervals import (
    byar,
    count_interval,
    difference,
    exact_poisson,
    none_found_upper,
    sample_for_none_found,
    wilson,
    with_rate,
    with_share,
)
from warehouse.stats.survival import due_share, duration, duration_of, kaplan_meier, kaplan_meier_of
from warehouse.stats.xmr import xmr


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998 (two-sided intervals for the single proportion), table I, method 3
        (15, 148, 0.0624, 0.1605),  # the same table
        (0, 20, 0.0000, 0.1611),  # the same table: no cases still leaves a sixth
        (1, 29, 0.0061, 0.1718),  # the same table
        (8, 10, 0.4902, 0.9433),  # worked by hand: (16 + 3.8415 -/+ 1.96 sqrt(3.8415 + 6.4)) / 27.683
        (10, 10, 0.7225, 1.0000),  # all of ten is not surely all
    ],
)
def test_wilson_agrees_with_published_values(x: int, n: int, low: float, high: float) -> None:
    got = wilson(x, n)
    assert (round(float(got[0]), 4), round(float(got[1]), 4)) == (low, high)


def test_a_share_of_nothing_has_no_value() -> None:
    frame = with_share(pl.DataFrame({"numerator": [0, 3, None], "denominator": [0, 4, None]}))
    assert frame["value"].to_list() == [None, 0.75, None]
    assert frame["low"].to_list()[0] is None
    assert frame["high"].to_list()[2] is None


@pytest.mark.parametrize(
    ("x", "low", "high"),
    [
        (0, 0.0, 3.689),  # Garwood 1936 / Breslow and Day 1987, table 2.11: exact limits of a Poisson mean
        (1, 0.0253, 5.572),
        (5, 1.6235, 11.668),
        (10, 4.7954, 18.390),
        (50, 37.1110, 65.919),
    ],
)
def test_exact_poisson_agrees_with_published_values(x: int, low: float, high: float) -> None:
    got = exact_poisson(x)
    assert float(got[0]) == pytest.approx(low, abs=6e-4)
    assert float(got[1]) == pytest.approx(high, abs=6e-4)


def test_byar_is_used_from_ten_on_and_close_to_exact_there() -> None:
    # Breslow and Day 1987, p. 70: Byar's limits for 15 cases are 8.39 and 24.74
    assert [round(float(bound), 2) for bound in byar(15)] == [8.39, 24.74]
    assert float(count_interval(9)[0]) == float(exact_poisson(9)[0])
    assert float(count_interval(10)[0]) == float(byar(10)[0])


def test_a_rate_per_thousand() -> None:
    frame = with_rate(pl.DataFrame({"events": [15, 2], "households": [3000, 0]}), "events", "households")
    assert frame["value"].to_list() == [5.0, None]
    assert frame["low"][0] == pytest.approx(8.39 / 3, abs=0.01)
    assert frame["high"][0] == pytest.approx(24.74 / 3, abs=0.01)


def test_none_found_is_not_none() -> None:
    assert round(float(none_found_upper(60)), 4) == 0.0487  # 06-metrics: 60 checked supports "below 4.9%"
    assert round(float(none_found_upper(1)), 2) == 0.95  # one household says next to nothing
    assert math.isnan(float(none_found_upper(0)))
    assert sample_for_none_found(0.05) == 59  # the rule of three: 3/0.05 = 60, exactly 59
    assert sample_for_none_found(0.01) == 299


def test_difference_of_shares_agrees_with_newcombe() -> None:
    # Newcombe 1998 (interval estimation for the difference), table II, method 10
    cases = [((56, 70, 48, 80), (0.0524, 0.3339)), ((9, 10, 3, 10), (0.1705, 0.8090)), ((10, 10, 0, 20), (0.6791, 1.0))]
    for counts, (low, high) in cases:
        _, got_low, got_high = difference(*counts)
        assert (round(float(got_low), 4), round(float(got_high), 4)) == (low, high)
    assert math.isnan(float(difference(1, 2, 0, 0)[0]))


def test_verdicts_by_exact_tails() -> None:
    villages = pl.DataFrame({"numerator": [9, 6, 5, 0, 0, 3], "denominator": [41, 41, 41, 41, 0, 3]})
    judged = with_verdict(villages, 0.062)
    # P(X >= 9 | 41, 0.062) = 0.00059, P(X >= 6) = 0.0396, P(X <= 0) = 0.0726, P(X >= 3 | 3) = 0.00024
    assert judged["verdict"].to_list() == ["check_high", "none", "none", "none", "none_to_count", "check_high"]
    for x, tail in zip([9, 6, 5, 0], judged["tail_high"].to_list(), strict=False):
        assert tail == pytest.approx(float(scipy_stats.binom.sf(x - 1, 41, 0.062)), rel=1e-9)
    assert judged["tail_high"][4] is None


def test_verdict_thresholds_are_inclusive_and_on_both_sides() -> None:
    # at p0 = 0.5: P(X >= 10 | 10) = 0.00098 is check; P(X >= 9) = 0.0107 is note; P(X >= 8) = 0.0547 is nothing
    frame = pl.DataFrame({"numerator": [10, 9, 8, 0, 1, 2], "denominator": [10] * 6})
    expected = ["check_high", "note_high", "none", "check_low", "note_low", "none"]
    assert with_verdict(frame, 0.5)["verdict"].to_list() == expected


def test_verdict_without_a_profile_value_says_nothing() -> None:
    assert with_verdict(pl.DataFrame({"numerator": [1], "denominator": [2]}), None)["verdict"].to_list() == [
        "none_to_count"
    ]


@pytest.mark.parametrize("p0", [0.0, 1.0])
def test_a_village_at_a_certain_value_is_not_flagged_and_any_other_is(p0: float) -> None:
    frame = pl.DataFrame({"numerator": [int(p0 * 20), 10], "denominator": [20, 20]})
    assert with_verdict(frame, p0)["verdict"].to_list() == ["none", "check_high" if p0 == 0 else "check_low"]


def test_rate_verdicts_by_exact_poisson_tails() -> None:
    frame = pl.DataFrame({"events": [12, 8, 0], "households": [500, 500, 0]})
    judged = with_rate_verdict(frame, 3.2 / 500, "events", "households")
    # P(X >= 12 | 3.2) = 0.00015; P(X >= 8 | 3.2) = 0.0168
    assert judged["verdict"].to_list() == ["check_high", "note_high", "none_to_count"]
    assert judged["tail_high"][1] == pytest.approx(float(scipy_stats.poisson.sf(7, 3.2)), rel=1e-9)


@pytest.mark.parametrize("p0", [0.0, 0.03, 0.062, 0.5, 0.95, 1.0])
def test_the_drawn_limits_part_flagged_from_unflagged_exactly(p0: float) -> None:
    """A point is flagged if and only if it lies outside the drawn limit, for every count at every size."""
    limits = share_limits(p0, [5, 8, 41, 120])
    for size in (5, 8, 41, 120):
        counts = list(range(size + 1))
        judged = with_verdict(pl.DataFrame({"numerator": counts, "denominator": [size] * (size + 1)}), p0)
        row = limits.filter(pl.col("n") == size).row(0, named=True)
        for count, verdict in zip(counts, judged["verdict"].to_list(), strict=True):
            high = row["note_high"] is not None and count / size > row["note_high"]
            low = row["note_low"] is not None and count / size < row["note_low"]
            assert (verdict != "none") == (high or low), (size, count)
            check = (row["check_high"] is not None and count / size > row["check_high"]) or (
                row["check_low"] is not None and count / size < row["check_low"]
            )
            assert verdict.startswith("check") == check, (size, count)


def test_villages_outside_by_chance_are_counted_exactly() -> None:
    # at n = 10, p0 = 0.5 the note limits are 0, 1, 9, 10: probability 22/1024 each village
    assert expected_outside([10] * 22, 0.5) == pytest.approx(22 * 22 / 1024)
    rng = np.random.default_rng(7)
    sizes = [41, 35, 60, 18, 25, 77]
    draws = rng.binomial(sizes, 0.062, size=(4000, 6))
    frame = pl.DataFrame({"numerator": draws.ravel(), "denominator": np.tile(sizes, 4000)})
    outside = with_verdict(frame, 0.062).filter(pl.col("verdict") != "none").height / 4000
    assert outside == pytest.approx(expected_outside(sizes, 0.062), abs=0.02)
    assert expected_outside([0, 0], 0.5) == 0.0


def test_hazard_limit_is_the_first_count_over_the_poisson_limit() -> None:
    for expected in (0.0, 0.3, 2.0, 14.5):
        limit = hazard_limit(expected)
        assert scipy_stats.poisson.sf(limit - 1, expected) <= 0.001 or expected == 0
        assert limit == 1 or scipy_stats.poisson.sf(limit - 2, expected) > 0.001
    assert hazard_limit(2.0) == 9  # P(X >= 8 | 2) = 0.0011 is not enough, P(X >= 9 | 2) = 0.0002 is


def test_hazard_thresholds_judge_as_the_limit_does() -> None:
    """At its own threshold a count is a hazard, a hair above it no more; each count agrees with hazard_limit."""
    thresholds = hazard_thresholds(60)
    assert thresholds["count"].to_list() == list(range(1, 61))
    assert thresholds["expected_max"].is_sorted()
    assert thresholds["expected_max"][0] == pytest.approx(0.0010005, abs=1e-7)  # 1 - exp(-mu) = 0.001
    for expected in (0.0, 0.3, 2.0, 11.5, 30.0):
        first = thresholds.filter(pl.col("expected_max") >= expected)["count"].min()
        assert first == hazard_limit(expected)


def test_xmr_limits_by_hand() -> None:
    # mean 10, moving ranges 2,2,2,2: mean 2; limits 10 +/- 2.66 x 2; range limit 3.267 x 2
    series = xmr([10, 12, 10, 8, 10])
    assert (series.centre, series.lower, series.upper) == (10, 10 - 5.32, 10 + 5.32)
    assert series.range_upper == pytest.approx(6.534)
    assert series.trial
    assert series.points["signal"].to_list() == [None] * 5


def test_xmr_of_wheelers_deficits() -> None:
    # Wheeler, Understanding Variation: U.S. trade deficits 1987 (billion dollars); his limits are 17.2 and 8.3
    series = xmr([10.7, 13.0, 11.4, 11.5, 12.5, 14.1, 14.8, 14.1, 12.6, 16.0, 11.7, 10.6])
    assert (series.centre, series.lower, series.upper) == (
        pytest.approx(12.75),
        pytest.approx(8.3, abs=0.05),
        pytest.approx(17.2, abs=0.05),
    )
    assert set(series.points["signal"].to_list()) == {None}


@pytest.mark.parametrize(
    ("values", "position", "signal", "side"),
    [
        ([10, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 30], 12, "beyond", "high"),
        ([9, 11, 9, 11, 9, 11, 9, 11, 12, 11.5, 12, 11.5, 12, 11.5, 12], 13, "run", "high"),
        ([1, 5, 2, 5, 1, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0, 3.2, 5, 1], 10, "trend", "high"),
        ([10, 10.5] * 8 + [11.5, 11.5], 17, "two_of_three", "high"),
    ],
)
def test_xmr_signals(values: list[float], position: int, signal: str, side: str) -> None:
    points = xmr(values).points
    assert points.row(position, named=True)["signal"] == signal
    assert points.row(position, named=True)["side"] == side


def test_six_in_a_row_are_not_a_signal_yet() -> None:
    assert xmr([9, 11, 9, 11, 9, 11, 9, 9, 11, 12, 11, 12, 11, 12, 9]).points["signal"].to_list() == [None] * 15


def test_short_series_have_no_limits() -> None:
    assert xmr([]).centre is None
    assert xmr([3.0]).points["moving_range"].to_list() == [None]
    assert xmr([0.98, 0.99, 0.97], highest=1.0).upper == 1.0  # a share has no limit over 1


# 6-MP arm of Freireich et al. 1963 as in Kleinbaum and Klein, Survival Analysis, table 1.1 and ch. 2
SIX_MP = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [True, True, True, False, True, False, True, False, False, True, True] + [False] * 3 + [True, True]
RELAPSED += [False] * 5


def test_kaplan_meier_agrees_with_the_textbook() -> None:
    curve = kaplan_meier(SIX_MP, RELAPSED).filter(pl.col("done") > 0)
    assert curve["days"].to_list() == [6, 7, 10, 13, 16, 22, 23]
    assert curve["at_risk"].to_list() == [21, 17, 15, 12, 11, 7, 6]
    assert [round(s, 4) for s in curve["not_done"]] == [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    got = duration(SIX_MP, RELAPSED)
    assert (got.median, got.p90, got.longest, got.cases, got.open_cases) == (23, None, 35, 21, 12)


def test_kaplan_meier_from_counts_is_the_same_curve() -> None:
    """A page that sees no case, only counts by days, draws what the cases would."""
    cases = pl.DataFrame({"days": SIX_MP, "done": RELAPSED})
    counts = cases.group_by("days").agg(done=pl.col("done").sum(), still_open=(~pl.col("done")).sum())
    assert kaplan_meier_of(counts.reverse()).equals(kaplan_meier(SIX_MP, RELAPSED))
    assert duration_of(kaplan_meier_of(counts.head(0))).cases == 0


def test_kaplan_meier_agrees_with_scipy() -> None:
    rng = np.random.default_rng(3)
    days, done = rng.integers(0, 30, 200), rng.random(200) < 0.7
    curve = kaplan_meier(days.tolist(), done.tolist()).filter(pl.col("done") > 0)
    oracle = scipy_stats.ecdf(scipy_stats.CensoredData(uncensored=days[done], right=days[~done])).sf
    known = dict(zip(oracle.quantiles.tolist(), oracle.probabilities.tolist(), strict=True))
    for time, survival in curve.select("days", "not_done").iter_rows():
        assert survival == pytest.approx(known[time], abs=1e-12)


def test_duration_counts_open_cases() -> None:
    # ten done in 1..9 days and one open since day 20: counting only the done ones would say nine tenths in 9 days
    assert duration([1, 2, 3, 4, 5, 6, 7, 8, 9], [True] * 9).p90 == 9
    assert duration([1, 2, 3, 4, 5, 6, 7, 8, 9, 20], [True] * 9 + [False]).p90 == 9
    assert duration([1, 2, 3, 4, 5, 6, 7, 8, 9, 20, 20], [True] * 9 + [False] * 2).p90 is None
    assert duration([], []).median is None


def test_due_cohort_counts_what_fell_due() -> None:
    items = pl.DataFrame(
        {
            "due_on": [date(2025, 12, 1), date(2025, 12, 31), date(2025, 12, 15), date(2026, 1, 1), date(2025, 11, 30)],
            # on the day; a day late; never; due after the period; due before it
            "done_on": [date(2025, 12, 1), date(2026, 1, 1), None, date(2025, 12, 2), date(2025, 11, 1)],
        }
    )
    got = due_share(items, date(2025, 12, 1), date(2025, 12, 31))
    assert (got["numerator"], got["denominator"]) == (1, 3)
    assert due_share(items, date(2024, 1, 1), date(2024, 1, 31))["value"] is None
