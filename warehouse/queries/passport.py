"""What a number passport asks: which figure has this code, how does it stand, and which rows are behind it?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import polars as pl

from warehouse import gate, session
from warehouse.app_db import app_db, passports
from warehouse.errors import SnapshotError
from warehouse.metrics import load_metrics
from warehouse.passports import (
    Fault,
    Figure,
    PrintedFigure,
    code_of,
    counts,
    from_payload,
    metric_figure,
    read_code,
    rows_of,
)
from warehouse.periods import period_days
from warehouse.releases import Release, release_path, releases
from warehouse.scope import Scope
from warehouse.settings import load_settings
from warehouse.snapshots import snapshot_path

Part = Literal["numerator", "rest", "unknown", "all"]
LISTED = 200
EVERY = 1_000_000


@dataclass(frozen=True)
class Held:
    """A snapshot that can still be asked. release: the one it is frozen as, if it is."""

    snapshot_id: str
    path: Path
    release: Release | None = None


@dataclass(frozen=True)
class Lookup:
    """What a typed code leads to. fault: how it was mistyped. found: the figures that have it, one but for chance.
    is_hidden: it was printed, and the figure is not for this scope."""

    code: str
    fault: Fault | None = None
    found: tuple[PrintedFigure, ...] = ()
    is_hidden: bool = False


def served_path() -> Path:
    return snapshot_path(load_settings(), session.snapshot().snapshot_id)


def own_figure(row: Mapping[str, Any], area: str | None = None) -> Figure:
    """The figure of a row of metric_values on a page: of its own scope, of the area chosen, or of the whole."""
    return metric_figure(row, session.snapshot().profile, area)


def codes_of(metrics: pl.DataFrame, area: str | None = None) -> dict[str, str]:
    """The codes of rows of metric_values of one place and period: metric -> code."""
    snapshot_id = session.snapshot().snapshot_id
    return {row["metric"]: code_of(own_figure(row, area), snapshot_id) for row in metrics.iter_rows(named=True)}


def count_figure(what: str, month: dt.date, area: str | None = None, code: str | None = None) -> Figure:
    """The figure of a count (`mart.column`) at a month; code: of the column that parts it."""
    by = counts()[what]
    only = ((by, code),) if by and code else ()
    scope, scope_code = ("area", area) if area else ("profile", session.snapshot().profile)
    return Figure(what, scope, scope_code, f"{month:%Y-%m}", only=only)


def standing(scope: Scope, figure: Figure, path: Path | None = None) -> dict[str, Any] | None:
    """How a figure stands in the served snapshot, or that of `path`: the row of metric_values, or for a count its value
    as numerator. Null where the scope may not see it, or there is none."""
    path = path or served_path()
    if not figure.is_metric:
        return _count(scope, figure, path)
    asked = {"what": figure.what, "scope": figure.scope, "scope_code": figure.scope_code, "period": figure.period}
    rows = session.cached_in(path, "passport/metric", scope, **asked)
    return rows.row(0, named=True) if rows.height else None


def _count(scope: Scope, figure: Figure, path: Path) -> dict[str, Any] | None:
    number = figures_of(scope.reach, path)[1].get(figure)
    if number is None:
        return None
    start, end = period_days(figure.period)
    value = {"value": float(number), "numerator": number, "denominator": None, "unknown": None, "state": "known"}
    return {"period_start": start, "period_end": end, "low": None, "high": None, "lists_missing": None, **value}


@lru_cache(maxsize=40)
def figures_of(scope: Scope, path: Path) -> tuple[dict[str, tuple[Figure, ...]], dict[Figure, int]]:
    """Every figure of a snapshot that the scope may see, by its code; and the counts by their figure."""
    door = gate.open_gate(path)
    metrics = door.query("passport/figures", scope, {})
    found = [Figure(*row) for row in metrics.iter_rows()]
    profile = door.query("shell/snapshot", scope, {})["profile"].item()
    told: dict[Figure, int] = {}
    for row in door.query("passport/counts", scope, {"counts": ",".join(counts()), "period": None}).iter_rows(
        named=True
    ):
        place = profile if row["scope"] == "profile" else row["area_code"]
        by = counts()[row["what"]]
        figure = Figure(
            row["what"], row["scope"], place, row["period"], only=((by, row["code"]),) if by and row["code"] else ()
        )
        told[figure] = row["counted"]
    codes: dict[str, tuple[Figure, ...]] = {}
    for figure in [*found, *told]:
        code = code_of(figure, door.snapshot_id)
        codes[code] = (*codes.get(code, ()), figure)
    return codes, told


def held() -> list[Held]:
    """The served snapshot, then the others that are kept, then the releases, newest first."""
    settings, served = load_settings(), session.snapshot().snapshot_id
    kept = sorted((path.stem for path in settings.snapshots.glob("*.duckdb")), reverse=True)
    found = [Held(name, snapshot_path(settings, name)) for name in [served, *(name for name in kept if name != served)]]
    return found + [Held(one.snapshot_id, release_path(settings, one), one) for one in releases(settings)[::-1]]


def release_of(snapshot_id: str) -> Release | None:
    """The release that holds the snapshot, if one does."""
    return next((one for one in releases(load_settings()) if one.snapshot_id == snapshot_id), None)


def look_up(scope: Scope, typed: str) -> Lookup:
    """Which figure was printed under this code? The served snapshot first, then the record of what was printed, then
    every snapshot that is held."""
    code, fault = read_code(typed)
    if fault:
        return Lookup(code, fault)
    record = passports.find(app_db(), code)
    if record is not None:
        at = record.printed_at.isoformat() if record.printed_at else None
        noted = from_payload(code, record.snapshot_id, record.payload, printed_in=record.printed_in, printed_at=at)
        if standing(scope, noted.figure) is None:
            return Lookup(code, is_hidden=True)
        return Lookup(code, found=(noted,))
    for one in held():
        try:
            figures = figures_of(scope.reach, one.path)[0].get(code, ())
        except SnapshotError:  # of another format: it has figures that today's questions do not find
            continue
        if figures:
            printed = (_printed(scope, code, figure, one) for figure in figures)
            return Lookup(code, found=tuple(filter(None, printed)))
    return Lookup(code)


def _printed(scope: Scope, code: str, figure: Figure, at: Held) -> PrintedFigure | None:
    row = standing(scope, figure, at.path)
    if row is None:
        return None
    rules = session.cached_in(at.path, "shell/snapshot", scope)["rules_version"].item()
    values = (row["value"], row["numerator"], row["denominator"])
    return PrintedFigure(code, figure, at.snapshot_id, rules, row["state"], *values)


def path_of(snapshot_id: str) -> Path | None:
    """The file of a snapshot that is still held; null if it was pruned."""
    return next((one.path for one in held() if one.snapshot_id == snapshot_id), None)


def rows(scope: Scope, figure: Figure, part: Part, *, most: int = LISTED, path: Path | None = None) -> pl.DataFrame:
    """Which households, people, cases, problems or lists does a figure count?

    part: in the numerator, in the denominator alone, outside because something is unknown, or all of them. Returns: one
    row each: month, area_code, area_name, household_key, household_no, head_name (masked), subject, subject_kind (name,
    causes, list, code; null: none), noted_on, findings (of the household at the end of the period), numerator,
    denominator, unknown. No row for a role without households, or a figure that is told by village only.
    """
    query = rows_of(figure)
    if query is None:
        return pl.DataFrame(schema={"household_key": pl.String, "numerator": pl.Int64, "denominator": pl.Int64})
    path = path or served_path()
    row = standing(scope, figure, path)
    first, last = months_of(figure, row)
    asked = {"metric": figure.what, "scope": figure.scope, "scope_code": figure.scope_code, "to_month": last}
    if not is_state(figure):
        asked["from_month"] = first
    return session.cached_in(path, f"passport/{query}", scope, part=part, most=most, **asked)


def is_state(figure: Figure) -> bool:
    """Whether the figure tells the state at the end of its period, not what happened in it."""
    return not figure.is_metric or load_metrics()[figure.what].counting == "stock"


def months_of(figure: Figure, row: Mapping[str, Any] | None) -> tuple[dt.date, dt.date]:
    """The first and the last month that the figure speaks of, as far as there are data."""
    start, end = (row["period_start"], row["period_end"]) if row else period_days(figure.period)
    return (end if is_state(figure) else start).replace(day=1), end.replace(day=1)


def loads(scope: Scope, extracts: tuple[str, ...], first: dt.date, last: dt.date) -> pl.DataFrame:
    """Which files of these lists hold for the months?

    Returns: one row per file: extract, title, title_en, month, file_name, received_on, loaded_at, rows_read,
    rows_accepted, rows_quarantined. None of a department that the scope does not hold.
    """
    return session.cached("passport/loads", scope, extracts=",".join(extracts), from_month=first, to_month=last)


def findings(scope: Scope, figure: Figure, extracts: tuple[str, ...], month: dt.date) -> pl.DataFrame:
    """Which findings stand in these lists at the end of the month, in the figure's area?

    Returns: one row per rule and list: rule, name_zh, name_en, severity, title, title_en, open_findings, households.
    """
    area = figure.scope_code if figure.scope == "area" else None
    return session.cached("passport/findings", scope, extracts=",".join(extracts), month=month, area=area)


def now_of(scope: Scope, then: PrintedFigure) -> PrintedFigure | None:
    """The same figure in the served snapshot."""
    found = _printed(scope, "", then.figure, held()[0])
    return replace(found, code=code_of(then.figure, found.snapshot_id)) if found else None
