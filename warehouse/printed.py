"""Keeping what files and pages print under a code in the application database, and what was last reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from warehouse.app_db import AppDb, passports
from warehouse.errors import UsageError
from warehouse.passports import PrintedFigure, payload_of, printing
from warehouse.settings import Settings, load_settings

Made = TypeVar("Made")
_compared: ContextVar[tuple[AppDb, Settings] | None] = ContextVar("kanhu_compared", default=None)


@contextmanager
def comparing_with(db: AppDb, settings: Settings) -> Iterator[None]:
    """Reports that are made inside say what differs from what this database and these releases say was reported."""
    token = _compared.set((db, settings))
    try:
        yield
    finally:
        _compared.reset(token)


def compared_with() -> tuple[AppDb, Settings] | None:
    """The database and settings that reports compare with; null outside of `comparing_with`."""
    return _compared.get()


def keep(db: AppDb, author: str, printed_in: str, printed: Iterable[PrintedFigure]) -> int:
    """Record what was printed, once per code; returns how many are new.

    Two figures of one code are met by chance about once in a hundred thousand papers: then the first stays in the
    record, and the other is found by hashing the snapshot.
    """
    wanted = [
        passports.Printed(one.code, one.figure.written(), payload_of(one), _value_text(one), one.snapshot_id)
        for one in printed
    ]
    try:
        return passports.store(db, author, printed_in, wanted)
    except UsageError:
        return sum(_kept_alone(db, author, printed_in, one) for one in wanted)


def _kept_alone(db: AppDb, author: str, printed_in: str, one: passports.Printed) -> int:
    try:
        return passports.store(db, author, printed_in, [one])
    except UsageError:
        return 0


def _value_text(one: PrintedFigure) -> str:
    """What stood there, without words: it is read by programs and in any language."""
    if one.state != "known":
        return one.state
    if one.denominator is None:
        return str(one.numerator)
    return f"{one.numerator}/{one.denominator}"


def made_and_kept(
    db: AppDb, author: str, printed_in: str, make: Callable[[], Made], settings: Settings | None = None
) -> Made:
    """Make a file, which may say what differs from what was last reported, and record every figure that it prints
    under a code."""
    with printing() as printed, comparing_with(db, settings or load_settings()):
        made = make()
    if printed:
        keep(db, author, printed_in, printed)
    return made
