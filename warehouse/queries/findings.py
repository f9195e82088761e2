"""What the data contradict: of one household, of an area, of a department's lists (BX-8, YL-6)."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl

from warehouse import session
from warehouse.scope import Scope

EXPORTED: Final = 20_000


def findings_by_rule(
    scope: Scope, *, month: dt.date, department: str | None = None, extract: str | None = None
) -> pl.DataFrame:
    """What do the lists of the departments in scope contradict in the month, in the whole place?

    Returns: one row per list and rule: owner, owner_name, owner_name_en, extract, rule, severity, open_findings,
    new_findings, cleared_findings, came_back, households. Counts only.
    """
    return session.cached("findings/by_rule", scope, month=month, department=department, extract=extract)


def findings_in_area(scope: Scope, *, month: dt.date, area: str) -> pl.DataFrame:
    """What do the data of an area of any level contradict in the month?

    Returns: one row per rule and list: rule, extract, owner, severity, open_findings, new_findings, cleared_findings,
    came_back, households.
    """
    return session.cached("findings/in_area", scope, month=month, area=area)


def findings_of_department(
    scope: Scope,
    *,
    month: dt.date,
    department: str | None = None,
    extract: str | None = None,
    limit: int = EXPORTED,
) -> pl.DataFrame:
    """Which rows must the departments in scope put right? Empty but for the office and the departments themselves.

    Returns: one row per finding in force in the month: rule, severity, extract, file_name and row_no (null: a row
    that is missing), household_no and area_name (null: a refused row or a column), first_fact, second_fact,
    limit_value, first_seen_month, came_back. No names, no values of other lists.
    """
    return session.cached(
        "findings/of_department", scope, month=month, department=department, extract=extract, limit=limit
    )
