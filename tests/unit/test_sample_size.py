"""How many households to visit, and what may be said afterwards: against a published formula and scipy."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, hypergeom

from warehouse.stats.intervals import (
    allocated,
    clopper_pearson,
    drawn_interval,
    none_found_most,
    none_found_upper,
    sample_for_none_found,
    sample_of,
)


@pytest.mark.parametrize(
    ("total", "share", "n"),
    [
        # Cannon and Roe 1982: (1 - 0.05^(1/d)) (N - (d - 1) / 2), rounded up, for d of N
        (50, 0.10, 22),
        (100, 0.10, 25),
        (100, 0.05, 45),
        (500, 0.05, 56),
        (1000, 0.05, 57),
        # 60 households at 5%: three of them, so 38 visits instead of 59
        (60, 0.05, 38),
        (20, 0.05, 19),  # one of 20: 19 drawn leave exactly one chance in twenty
        (10, 0.01, 10),  # less than one household in ten: all of them
        (0, 0.05, 0),
    ],
)
def test_sample_of_a_small_village(total: int, share: float, n: int) -> None:
    assert sample_of(total, share) == n


@given(st.integers(1, 300), st.sampled_from([0.01, 0.02, 0.05, 0.1, 0.2]))
def test_sample_is_the_smallest_by_the_hypergeometric_distribution(total: int, share: float) -> None:
    fewest, n = max(1, math.ceil(share * total - 1e-9)), sample_of(total, share)
    assert hypergeom.pmf(0, total, fewest, n) <= 0.05 + 1e-9
    assert n == 0 or hypergeom.pmf(0, total, fewest, n - 1) > 0.05 + 1e-12
    assert n <= max(total, 1)
    assert n <= sample_for_none_found(share), "a village never needs more than an endless one"


@given(st.integers(1, 200).flatmap(lambda total: st.tuples(st.just(total), st.integers(0, total))))
def test_most_left_in_one_village_is_the_hypergeometric_bound(drawn: tuple[int, int]) -> None:
    total, n = drawn
    left = [count for count in range(total + 1) if hypergeom.pmf(0, total, count, n) > 0.05 + 1e-9]
    assert none_found_most([n], [total]) == max(left)
    assert n == 0 or none_found_most([n], [total]) / total <= none_found_upper(n) + 1 / total


def test_most_left_over_villages_is_the_worst_spread() -> None:
    """Tried one by one: of all ways to lay k households into three villages the likeliest to be missed counts."""
    of, checked = (12, 9, 5), (4, 5, 1)

    def missed(spread: tuple[int, ...]) -> float:
        chances = [hypergeom.pmf(0, total, k, n) for total, k, n in zip(of, spread, checked, strict=True)]
        return float(math.prod(chances))

    worst: dict[int, float] = {}
    for spread in itertools.product(*(range(total + 1) for total in of)):
        worst[sum(spread)] = max(worst.get(sum(spread), 0.0), missed(spread))
    assert none_found_most(checked, of) == max(k for k, chance in worst.items() if chance > 0.05)


def test_nothing_checked_leaves_everything() -> None:
    assert none_found_most([0], [40]) == 40
    assert none_found_most([40], [40]) == 0
    assert none_found_most([], []) == 0


@pytest.mark.parametrize(("x", "n"), [(0, 20), (1, 20), (3, 60), (20, 20)])
def test_clopper_pearson_agrees_with_scipy(x: int, n: int) -> None:
    exact = binomtest(x, n).proportion_ci(method="exact")
    assert clopper_pearson(x, n) == pytest.approx((exact.low, exact.high))


def test_nothing_drawn_says_nothing() -> None:
    assert all(math.isnan(end) for end in clopper_pearson(0, 0))


@given(
    st.integers(2, 80).flatmap(
        lambda total: st.tuples(st.just(total), st.integers(1, total)).flatmap(
            lambda drawn: st.tuples(st.just(drawn[0]), st.just(drawn[1]), st.integers(1, drawn[1]))
        )
    )
)
def test_interval_of_a_drawn_village_turns_the_tails_round(drawn: tuple[int, int, int]) -> None:
    """Every count in the interval, and none outside, leaves what was seen a chance over 2.5% on either side."""
    total, n, x = drawn
    low, high = drawn_interval(x, n, total)
    for count in range(total + 1):
        tails = hypergeom.sf(x - 1, total, count, n), hypergeom.cdf(x, total, count, n)
        assert (low <= count <= high) == (min(tails) > 0.025)


def test_all_drawn_leaves_no_doubt() -> None:
    assert drawn_interval(3, 40, 40) == (3, 3)
    assert drawn_interval(0, 40, 40) == (0, 0)


def test_visits_are_shared_by_size() -> None:
    assert allocated([100, 50, 50], 20) == [10, 5, 5]
    assert allocated([100, 100, 1], 5) == [2, 2, 1], "one each where there are enough"
    assert allocated([10, 0, 10], 100) == [10, 0, 10], "never more than there are"
    assert allocated([30, 30, 30], 2) == [1, 1, 0], "fewer visits than villages: by remainder, then in order"
    assert allocated([], 10) == []


@given(st.lists(st.integers(0, 200), min_size=1, max_size=30), st.integers(0, 400))
def test_visits_add_up(sizes: list[int], capacity: int) -> None:
    given_visits = allocated(sizes, capacity)
    assert sum(given_visits) == min(capacity, sum(sizes))
    assert all(0 <= n <= size for n, size in zip(given_visits, sizes, strict=True))
