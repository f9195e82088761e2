"""The months of a sample, as numpy days: the only place of the generator that does calendar arithmetic."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Window:
    """`months` whole months, the last one being the month of `until`."""

    until: dt.date
    months: int

    @cached_property
    def starts(self) -> Days:
        """First days of the months, one each."""
        last = np.datetime64(self.until, "M")
        return np.arange(last - self.months + 1, last + 1, dtype="datetime64[M]").astype("datetime64[D]")

    @cached_property
    def ends(self) -> Days:
        """Last days of the months, one each."""
        following = self.starts.astype("datetime64[M]") + 1
        return following.astype("datetime64[D]") - 1

    @property
    def first_day(self) -> Any:
        return self.starts[0]

    @property
    def last_day(self) -> Any:
        return self.ends[-1]

    def label(self, month: int) -> str:
        """2025-03 for the month of that place."""
        return str(self.starts[month].astype("datetime64[M]"))

    def calendar_month(self, month: int) -> int:
        """1 for January."""
        return int(month_index(self.starts[month : month + 1])[0] % 12) + 1

    @cached_property
    def years(self) -> list[int]:
        return sorted({int(month_index(day[None])[0] // 12) for day in self.starts})


def month_index(days: Days) -> NDArray[np.int64]:
    """Year x 12 + month - 1: differences are the spans in months of the rules. NaT gives a huge negative number."""
    return days.astype("datetime64[M]").astype(np.int64) + 1970 * 12


def completed_years(births: Days, day: np.datetime64) -> NDArray[np.int64]:
    """Ages in completed years on a day; someone born on 29 February has the birthday on 1 March of other years."""
    month, on = month_index(births), month_index(np.array([day]))[0]
    day_of_month = (births - births.astype("datetime64[M]")).astype(np.int64)
    today = int((day - day.astype("datetime64[M]")).astype(np.int64))
    months = on - month - (day_of_month > today)
    return np.asarray(months // 12)


def stream(seed: int, *names: object) -> np.random.Generator:
    """Random numbers of their own for a part of the generator: a change in one part leaves the others as they were."""
    return np.random.default_rng([seed, *(zlib.crc32(str(name).encode()) for name in names)])
