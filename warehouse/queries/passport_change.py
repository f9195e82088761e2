"""Why a figure is another now than when it was printed: what came, what changed, and which rows moved."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse import session
from warehouse.differences import kept_difference
from warehouse.errors import SnapshotError
from warehouse.passports import Figure, PrintedFigure
from warehouse.queries import passport as asks
from warehouse.queries import releases as frozen
from warehouse.releases import Release
from warehouse.reported import inputs_between, side_of
from warehouse.scope import Scope
from warehouse.settings import load_settings


@dataclass(frozen=True)
class Change:
    """What is known of why. lists: those that came or differ, of departments of the scope. settings: rules, profile and
    policy that differ (null: the snapshot of then is gone, only the version of the rules can be compared). release:
    the one that holds the snapshot of then. came, left: rows in the numerator now and not then, and the reverse, with
    `reasons` where they were worked out; null where they cannot be told."""

    lists: pl.DataFrame
    settings: pl.DataFrame | None
    release: Release | None
    came: pl.DataFrame | None
    left: pl.DataFrame | None
    then_as_of: dt.date | None
    now_as_of: dt.date


def change_of(scope: Scope, then: PrintedFigure) -> Change:
    """Why does the figure stand otherwise now?"""
    now_as_of = dt.date.fromisoformat(session.snapshot().as_of)
    path, release = asks.path_of(then.snapshot_id), asks.release_of(then.snapshot_id)
    if path is None:
        return Change(_since(scope, then.snapshot_id), None, None, None, None, None, now_as_of)
    try:
        lists, settings = inputs_between(path, asks.served_path(), then.figure.period)
        then_as_of = dt.date.fromisoformat(side_of(path).as_of)
    except SnapshotError:
        return Change(_since(scope, then.snapshot_id), None, release, None, None, None, now_as_of)
    own = lists.filter(pl.col("owner").is_in(list(scope.departments)))
    titles = session.cached("about/extracts", scope).select("extract", "title", "title_en")
    told = own.join(titles, on="extract", how="left", maintain_order="left")
    came, left = _moved(scope, then.figure, path)
    if release is not None and came is not None and left is not None:
        came, left = (_with_reasons(scope, release, then.figure, frame) for frame in (came, left))
    return Change(told, settings, release, came, left, then_as_of, now_as_of)


def _since(scope: Scope, snapshot_id: str) -> pl.DataFrame:
    """The files that came after a snapshot was built: its name begins with the instant."""
    at = dt.datetime.strptime(snapshot_id[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    return session.cached("passport/loads_since", scope, since=at.isoformat(timespec="seconds")).with_columns(
        kind=pl.lit("late"), is_backdated=pl.lit(False)
    )


_KEY = ("area_code", "household_key", "subject", "noted_on")


def _moved(scope: Scope, figure: Figure, path: Path) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
    """The rows that came into the numerator and that left it; null where the figure has no rows for the scope."""
    try:
        then, now = (asks.rows(scope, figure, "numerator", most=asks.EVERY, path=at) for at in (path, None))
    except SnapshotError:
        return None, None
    if "subject" not in now.columns or (then.is_empty() and now.is_empty()):
        return None, None
    came, left = (
        one.join(other, on=_KEY, how="anti", nulls_equal=True, maintain_order="left")
        for one, other in ((now, then), (then, now))
    )
    return came, left


def _with_reasons(scope: Scope, release: Release, figure: Figure, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the reasons that the comparison with the release found for their household, parted by 、."""
    file = kept_difference(load_settings(), release, session.snapshot().snapshot_id)
    if file is None:
        return rows
    area = figure.scope_code if figure.scope == "area" else None
    told = frozen.rows(scope, file, area)
    if told.is_empty():
        return rows
    by_household = told.group_by("household_key").agg(
        pl.col("reasons").str.split("、").explode().unique().sort().str.join("、")
    )
    return rows.join(by_household, on="household_key", how="left", maintain_order="left")
