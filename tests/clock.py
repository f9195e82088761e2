"""A clock that a test moves."""

from __future__ import annotations

import datetime as dt

START = dt.datetime(2026, 1, 12, 8, 0, tzinfo=dt.UTC)


class Clock:
    """Stands at START until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += dt.timedelta(**span)
