"""Keeping what files and pages print under a code in the application database, and what was last reported."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from warehouse.app_db import AppDb, passports
from warehouse.errors import UsageError
from warehouse.passports import PrintedFigure, payload_of, printing

Made = TypeVar("Made")
# Where a figure was printed that was only looked up on the page of definitions.
LOOKED_AT: Final = "about"


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


def made_and_kept(db: AppDb, author: str, printed_in: str, make: Callable[[], Made]) -> Made:
    """Make a file, and record every figure that it prints under a code."""
    with printing() as printed:
        made = make()
    if printed:
        keep(db, author, printed_in, printed)
    return made
