"""What goes back to a department: rows refused, values not read, findings, rows not linked, lists late or missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from warehouse.queries.findings import EXPORTED


class Ask(Protocol):
    """Runs `sql/<name>.sql` within a scope."""

    def __call__(self, name: str, /, **params: object) -> pl.DataFrame: ...


@dataclass(frozen=True)
class Returns:
    """What a department must put right of a month, as it may see it itself.

    department: its row of the directory. month: first day. files: one row per file in force. rejected, unlinked: one
    row per row. findings: one row per finding in force about a household or person. pushes: one row per list of the
    month, and per list still missing of earlier months. place: the row of shell/snapshot.
    """

    department: dict[str, Any]
    month: dt.date
    files: pl.DataFrame
    rejected: pl.DataFrame
    findings: pl.DataFrame
    unlinked: pl.DataFrame
    pushes: pl.DataFrame
    place: dict[str, Any]


def departments(ask: Ask) -> pl.DataFrame:
    """Which departments answer for lists? Returns: one row per department: department_code, name, name_en."""
    return ask("returns/departments")


def returns(ask: Ask, *, department: str, month: dt.date) -> Returns:
    """All that goes back to one department. `ask` has the reach of that department. Source: YL-6, BX-8."""
    of = {"department": department, "month": month}
    found = departments(ask).filter(pl.col("department_code") == department)
    return Returns(
        department=found.row(0, named=True),
        month=month,
        files=ask("returns/files", **of),
        rejected=ask("returns/rejected", **of),
        findings=ask("findings/of_department", **of, extract=None, limit=EXPORTED),
        unlinked=ask("returns/unlinked", **of),
        pushes=ask("returns/pushes", **of),
        place=ask("shell/snapshot").row(0, named=True),
    )
