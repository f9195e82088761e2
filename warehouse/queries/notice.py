"""What a publicity notice asks: who is in publicity, proposed or newly admitted, and nothing else of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from warehouse import session
from warehouse.scope import Scope


@dataclass(frozen=True)
class Settings:
    """publicity_days, exit_publicity_days: at least; null where the place does not set it. own_clause: a clause of the
    place's own document; null where it has none."""

    publicity_days: int | None
    exit_publicity_days: int | None
    own_clause: str | None

    def days(self, notice: str) -> int | None:
        return self.exit_publicity_days if notice == "eliminated" else self.publicity_days


def rows(scope: Scope, *, area: str, start: dt.date, end: dt.date, reason: str | None = None) -> pl.DataFrame:
    """Who is to be published in a village and a period? reason: names whole, audited with it.

    Returns: one row per household and notice: notice (exports.notice.NOTICES), village, head_name (masked without a
    reason; null: linked to no household), is_adult (the head; false where it is not known), people, kind
    (monitored type), monthly_amount (yuan), publicity_from, publicity_to. Source: BX 二(四)2, 二(六)2.
    """
    if reason:
        return session.revealed("notice/rows", scope, reason=reason, target=area, area=area, start=start, end=end)
    return session.cached("notice/rows", scope, area=area, start=start, end=end)


def settings(scope: Scope) -> Settings:
    """How long publicity lasts, and which document is the place's own."""
    row = session.cached("notice/settings", scope).row(0, named=True)
    days, exit_days = (
        None if row[name] is None else int(row[name]) for name in ("publicity_days", "exit_publicity_days")
    )
    return Settings(days, exit_days, row["own_clause"])
