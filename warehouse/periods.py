"""Periods as the product writes them: a month `2025-12`, a quarter `2025Q4`, a year `2025`."""

from __future__ import annotations

import datetime as dt
import re
from typing import Literal

PeriodKind = Literal["month", "quarter", "year"]
_WRITTEN = re.compile(r"\d{4}(-(0[1-9]|1[0-2])|Q[1-4])?")


def is_period(text: str) -> bool:
    """Whether the text is a period written so."""
    return _WRITTEN.fullmatch(text) is not None


def period_of(kind: PeriodKind, month: dt.date) -> str:
    """The period of that kind that the day lies in."""
    if kind == "month":
        return f"{month:%Y-%m}"
    return f"{month.year}Q{(month.month + 2) // 3}" if kind == "quarter" else str(month.year)


def kind_of(period: str) -> PeriodKind:
    return "quarter" if "Q" in period else "month" if "-" in period else "year"


def period_days(period: str) -> tuple[dt.date, dt.date]:
    """First and last day of `2025-12`, `2025Q4` or `2025`."""
    kind, year = kind_of(period), int(period[:4])
    first, months = 1, 12
    if kind == "quarter":
        first, months = int(period[5:]) * 3 - 2, 3
    if kind == "month":
        first, months = int(period[5:]), 1
    after = year * 12 + first - 1 + months
    return dt.date(year, first, 1), dt.date(after // 12, after % 12 + 1, 1) - dt.timedelta(days=1)


def period_before(period: str) -> str:
    return period_of(kind_of(period), (period_days(period)[0] - dt.timedelta(days=1)).replace(day=1))
