"""Working days are those of the State Council, with its make-up days, and unknown where it has not spoken."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from warehouse.build import working_days

DAYS = working_days(dt.date(2024, 11, 1), dt.date(2025, 12, 1))


def number(day: dt.date) -> int | None:
    found: int | None = DAYS.filter(pl.col("day") == day)["working_day_no"].item()
    return found


def test_every_day_is_there_once_from_ten_years_before_to_two_years_after() -> None:
    assert (DAYS["day"].min(), DAYS["day"].max()) == (dt.date(2014, 1, 1), dt.date(2027, 12, 31))
    assert DAYS["day"].n_unique() == DAYS.height == 5113


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (dt.date(2025, 9, 30), dt.date(2025, 10, 11), 3),  # 国庆 and 中秋 until 10-08; Saturday 10-11 is worked
        (dt.date(2025, 9, 30), dt.date(2025, 10, 8), 0),  # the whole week off
        (dt.date(2025, 1, 27), dt.date(2025, 2, 5), 1),  # 春节: 01-28 to 02-04 off
        (dt.date(2025, 1, 24), dt.date(2025, 1, 27), 2),  # Friday to Monday, with the make-up Sunday 01-26 between
        (dt.date(2025, 3, 7), dt.date(2025, 3, 10), 1),  # an ordinary weekend
    ],
)
def test_working_days_between_two_days(start: dt.date, end: dt.date, days: int) -> None:
    first, last = number(start), number(end)
    assert first is not None
    assert last is not None
    assert last - first == days


def test_a_year_the_calendar_does_not_have_is_unknown() -> None:
    unknown = DAYS.filter(pl.col("is_working_day").is_null())
    assert unknown["day"].dt.year().unique().to_list() == [2027]
    assert unknown["working_day_no"].null_count() == unknown.height
