"""Report reuse: where a figure of a report differs from the one last reported for the same period, and why.

What was last reported is the newest file that printed the figure from another snapshot, or the frozen release of the
period, whichever is newer. Source: 05-pages 11 "Report reuse".
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import polars as pl

from warehouse.app_db import AppDb
from warehouse.app_db.passports import last_printed
from warehouse.differences import Side, changed_inputs, kept_difference
from warehouse.errors import SnapshotError
from warehouse.metrics import load_metrics
from warehouse.passports import Figure, from_payload
from warehouse.releases import Release, release_path, releases
from warehouse.settings import Settings
from warehouse.snapshots import read_marts, snapshot_path

Value = Mapping[str, Any]
_COUNTED: Final = ("state", "numerator", "denominator")


@dataclass(frozen=True)
class Reason:
    """Why figures of two snapshots may differ. lists: (kind, extract) of the files that differ and speak of the period.
    settings: rule, profile, policy. is_known: the snapshot of then is held, so that all this could be compared."""

    lists: tuple[tuple[str, str], ...]
    settings: tuple[str, ...]
    is_known: bool = True


@dataclass(frozen=True)
class Differing:
    """A figure that was reported otherwise. then, now: state, numerator, denominator, value. reported_in: the file, or
    the name of the release. steps: of the explained comparison with the release at which it changed; null: not worked
    out."""

    figure: Figure
    then: Value
    now: Value
    reported_in: str
    reported_at: str
    is_release: bool
    reason: Reason
    steps: tuple[str, ...] | None = None


def differing(
    db: AppDb, settings: Settings, now: Mapping[Figure, Value], snapshot_id: str
) -> tuple[list[Differing], int]:
    """The figures that differ from those last reported, in the order given; and how many were reported at all.

    now: the figures as the served snapshot `snapshot_id` has them.
    """
    held = {one.snapshot_id: one for one in releases(settings)}
    printed = last_printed(db, [figure.written() for figure in now], but=snapshot_id)
    frozen = _frozen(settings, {figure.period for figure in now}, snapshot_id)
    found, reported = [], 0
    for figure, value in now.items():
        then = _newest(figure, printed.get(figure.written()), frozen.get(figure.period))
        if then is None:
            continue
        reported += 1
        was, at, where, of = then
        if all(was.get(name) == value.get(name) for name in _COUNTED):
            continue
        reason = _reason(settings, of, snapshot_id, figure)
        steps = _steps(settings, held.get(of), snapshot_id, figure)
        found.append(Differing(figure, was, value, where, at, of in held and held[of].name == where, reason, steps))
    return found, reported


_Frozen = tuple[Release, Mapping[tuple[str, str, str], Value]]


def _newest(figure: Figure, record: Any, frozen: _Frozen | None) -> tuple[Value, str, str, str] | None:
    """What was last reported of a figure: its values, when (UTC, ISO), in what, from which snapshot."""
    found = []
    if record is not None:
        one = from_payload(record.code, record.snapshot_id, record.payload, printed_in=None, printed_at=None)
        values = {"state": one.state, "numerator": one.numerator, "denominator": one.denominator, "value": one.value}
        found.append((values, record.printed_at.isoformat(), record.printed_in, record.snapshot_id))
    if frozen is not None:
        release, figures = frozen
        if values := dict(figures.get((figure.what, figure.scope, figure.scope_code), {})):
            found.append((values, release.frozen_at, release.name, release.snapshot_id))
    return max(found, key=lambda one: dt.datetime.fromisoformat(one[1])) if found else None


def _frozen(settings: Settings, periods: set[str], snapshot_id: str) -> dict[str, _Frozen]:
    """The newest release of each period that is not of the served snapshot, with its figures."""
    newest = {one.period: one for one in releases(settings) if one.period in periods and one.snapshot_id != snapshot_id}
    return {period: (one, _values(release_path(settings, one), period)) for period, one in newest.items()}


@lru_cache(maxsize=20)
def _values(path: Path, period: str) -> dict[tuple[str, str, str], Value]:
    asked = f"select * from metric_values where period = '{period}' and scope = 'profile'"
    frame = read_marts(path, {"figures": asked})["figures"]
    return {(row["metric"], row["scope"], row["scope_code"]): row for row in frame.iter_rows(named=True)}


def _path(settings: Settings, snapshot_id: str) -> Path | None:
    release = next((one for one in releases(settings) if one.snapshot_id == snapshot_id), None)
    path = release_path(settings, release) if release else snapshot_path(settings, snapshot_id)
    return path if path.is_file() else None


def side_of(path: Path) -> Side:
    """A snapshot file as one side of a comparison."""
    row = read_marts(path, {"info": "select * from meta_snapshot"})["info"].row(0, named=True)
    built_at = row["built_at"].replace(tzinfo=dt.UTC).isoformat()
    return Side(row["snapshot_id"], path, row["as_of"].isoformat(), built_at, row["rules_version"])


@lru_cache(maxsize=40)
def inputs_between(old: Path, new: Path, period: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What two snapshots were made from differently: lists and settings, as changed_inputs."""
    return changed_inputs(side_of(old), side_of(new), period)


def _reason(settings: Settings, then: str, now: str, figure: Figure) -> Reason:
    """The lists that the figure rests on which differ, all that differ if none of them does, and the settings."""
    old, new = _path(settings, then), _path(settings, now)
    if old is None or new is None:
        return Reason((), (), is_known=False)
    try:
        lists, changed = inputs_between(old, new, figure.period)
    except SnapshotError:
        return Reason((), (), is_known=False)
    entry = load_metrics().get(figure.what)
    told = lists.filter(pl.col("kind") != "later")
    of_figure = told.filter(pl.col("extract").is_in(list(entry.needs))) if entry else told
    shown = of_figure if of_figure.height else told
    pairs = shown.select("kind", "extract").unique(maintain_order=True)
    return Reason(tuple(pairs.iter_rows()), tuple(changed["kind"].unique(maintain_order=True)))


def _steps(settings: Settings, release: Release | None, snapshot_id: str, figure: Figure) -> tuple[str, ...] | None:
    """The steps of the explained comparison at which the figure changed, if it was worked out."""
    file = kept_difference(settings, release, snapshot_id) if release else None
    if file is None:
        return None
    try:
        steps = read_marts(file, {"steps": "select * from release_step order by step_no"})["steps"]
    except SnapshotError:
        return None
    own = steps.filter(
        pl.col("metric") == figure.what, pl.col("scope") == figure.scope, pl.col("scope_code") == figure.scope_code
    )
    rows = own.select("step", "numerator", "denominator", "state").rows()
    moved = [after[0] for before, after in itertools.pairwise(rows) if before[1:] != after[1:]]
    return tuple(moved) if rows else None
