"""Figures that were printed under a code: kept when a file is made, found again from it. Source: 05-pages item 2."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from warehouse.app_db import audit
from warehouse.app_db.audit import Action
from warehouse.app_db.database import AppDb
from warehouse.app_db.models import PrintedPassport
from warehouse.errors import UsageError


@dataclass(frozen=True)
class Printed:
    """A figure under its code. figure: the same for the same figure in every snapshot. payload: what finds it again, as
    JSON can write it. printed_value: as it was printed. printed_in, printed_at (UTC): the file it was first printed in;
    null before it is stored."""

    code: str
    figure: str
    payload: Mapping[str, Any]
    printed_value: str
    snapshot_id: str
    printed_in: str | None = None
    printed_at: dt.datetime | None = None


# Where a figure was printed that was only looked up on a page: a file that prints it later takes its place.
LOOKED_AT = "about"


def store(db: AppDb, author: str, printed_in: str, figures: Iterable[Printed]) -> int:
    """Keep the figures that a file prints and give how many are new. One printed before stays as
    it was, but for one that was only looked up.

    Raises: UsageError if a code stands for another figure.
    """
    wanted = {one.code: one for one in figures}
    if not wanted:
        return 0
    with db.writing() as orm:
        rows = orm.scalars(select(PrintedPassport).where(PrintedPassport.code.in_(sorted(wanted))))
        known = {row.code: row for row in rows}
        for code, row in known.items():
            if (row.figure, json.loads(row.payload)) != (wanted[code].figure, json.loads(_json(wanted[code]))):
                raise UsageError(f"code {code}: got another figure than was printed under it, expected the same.")
        now = db.now()
        for row in known.values():
            if row.printed_in == LOOKED_AT and printed_in != LOOKED_AT:
                row.printed_in, row.printed_at = printed_in[:255], now
        new = [one for code, one in wanted.items() if code not in known]
        for one in new:
            orm.add(
                PrintedPassport(
                    code=one.code,
                    figure=one.figure,
                    payload=_json(one),
                    printed_value=one.printed_value,
                    snapshot_id=one.snapshot_id,
                    printed_at=now,
                    printed_in=printed_in[:255],
                )
            )
        audit.append(db, orm, author, Action.FIGURES_PRINTED, printed_in, figures=len(wanted), new=len(new))
        return len(new)


def _json(one: Printed) -> str:
    return json.dumps(dict(one.payload), ensure_ascii=False, sort_keys=True)


def find(db: AppDb, code: str) -> Printed | None:
    """The figure that was printed under the code; null if none was."""
    with db.reading() as orm:
        row = orm.get(PrintedPassport, code)
        return _of(row) if row is not None else None


def printings(db: AppDb, figure: str) -> list[Printed]:
    """The same figure as it was printed from each snapshot, the newest first."""
    wanted = select(PrintedPassport).where(PrintedPassport.figure == figure)
    with db.reading() as orm:
        rows = orm.scalars(wanted.order_by(PrintedPassport.printed_at.desc(), PrintedPassport.code))
        return [_of(row) for row in rows]


def last_printed(db: AppDb, figures: Sequence[str], *, but: str) -> dict[str, Printed]:
    """Each figure as the newest file printed it from another snapshot than `but`; one that no file printed is left
    out."""
    wanted = select(PrintedPassport).where(
        PrintedPassport.figure.in_(figures),
        PrintedPassport.snapshot_id != but,
        PrintedPassport.printed_in != LOOKED_AT,
    )
    with db.reading() as orm:
        rows = orm.scalars(wanted.order_by(PrintedPassport.printed_at, PrintedPassport.code.desc()))
        return {row.figure: _of(row) for row in rows}


def _of(row: PrintedPassport) -> Printed:
    payload = json.loads(row.payload)
    return Printed(row.code, row.figure, payload, row.printed_value, row.snapshot_id, row.printed_in, row.printed_at)
