"""Long breaks of the State Council's calendar (国庆, 春节): what is found before one is looked at after it."""

from __future__ import annotations

import datetime as dt

import chinese_calendar
import numpy as np

LONG = 6


def long_breaks(first: np.datetime64, last: np.datetime64) -> list[tuple[np.datetime64, np.datetime64]]:
    """(first day off, last day off) of each run of six days off or more; none in years the calendar does not hold."""
    breaks = []
    run: list[np.datetime64] = []
    for day in np.arange(first, last + 1, dtype="datetime64[D]"):
        if _is_off(day.astype(object)):
            run.append(day)
            continue
        if len(run) >= LONG:
            breaks.append((run[0], run[-1]))
        run = []
    return breaks


def _is_off(day: dt.date) -> bool:
    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return False
