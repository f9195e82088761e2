"""What the intake page asks: what came in, what was refused, and why? (YL-3, YL-6)"""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import lru_cache
from pathlib import Path

import polars as pl

from warehouse import session
from warehouse.contracts import load_contracts
from warehouse.errors import SnapshotError
from warehouse.intake import loads
from warehouse.intake.aliases import alias_codes, alias_set
from warehouse.intake.records import records
from warehouse.intake.runs import raw_path
from warehouse.profiles import Profile, load_profile
from warehouse.scope import Scope
from warehouse.settings import Settings, load_settings
from warehouse.snapshots import read_snapshot, snapshot_path

LISTED = 200


def pushes(scope: Scope) -> pl.DataFrame:
    """Which list came when, and what became of its rows?

    Returns: one row per list and month, by owner and list: month, extract, title, title_en, owner, owner_name,
    owner_name_en, due_on, received_on, days_late, state (of label.push_state), push_state (in which a zero report too
    is in time or late), files, rows_read, rows_accepted, rows_quarantined, rows_repaired, rows_linkable, rows_linked
    (null: nothing to link). Source: YL-3.
    """
    return session.cached("intake/pushes", scope)


def files(scope: Scope, *, month: dt.date, extract: str | None) -> pl.DataFrame:
    """Does every row of every file end in exactly one place?

    Returns: one row per file in force: rows_total = rows_header + rows_blank + rows_note + rows_accepted +
    rows_quarantined; repairs, nulled: JSON of counts by rule and by column.
    """
    return session.cached("intake/files", scope, month=month, extract=extract)


def reasons(scope: Scope, *, month: dt.date, extract: str | None) -> pl.DataFrame:
    """For which reasons were rows refused? Returns: one row per list, rule and column: rows_rejected."""
    return session.cached("intake/reasons", scope, month=month, extract=extract)


def rejected(scope: Scope, *, month: dt.date, extract: str | None, rule: str | None = None) -> pl.DataFrame:
    """Which rows were refused? Returns: the first LISTED: extract, title, title_en, file_name, sheet, row_no,
    column_title, shown (masked), rule, hint, also."""
    return session.cached("intake/rejected", scope, month=month, extract=extract, rule=rule, limit=LISTED)


def links(scope: Scope, *, month: dt.date, extract: str | None) -> pl.DataFrame:
    """By what were the rows linked? Returns: one row per list and method: extract, title, title_en, method,
    rows_linkable."""
    return session.cached("intake/links", scope, month=month, extract=extract)


def refused(scope: Scope) -> pl.DataFrame:
    """Which files were refused whole, and did not come right since? Returns: one row per file, newest first, as
    intake.loads; refusal holds code and facts as JSON."""
    frame = _own(scope)
    right = frame.filter(pl.col("status") == "landed").select(
        "extract", "month", "file_name", pl.col("batch").alias("right")
    )
    right = right.group_by("extract", "month", "file_name").agg(pl.col("right").max())
    wrong = frame.filter(pl.col("status") == "refused").join(right, on=["extract", "month", "file_name"], how="left")
    still = wrong.filter(pl.col("right").is_null() | (pl.col("right") < pl.col("batch")))
    newest = still.unique(["extract", "month", "file_name"], keep="last", maintain_order=True)
    return newest.drop("right").sort("batch", descending=True)


def landed_since(scope: Scope) -> pl.DataFrame:
    """Which files landed that the snapshot shown does not hold? Returns: one row per load, as intake.loads."""
    known = session.cached("intake/known_loads", scope)
    fresh = _own(scope).filter(pl.col("status") == "landed", "is_winning")
    return fresh.join(known, on="load_id", how="anti", maintain_order="left")


def own_lists(scope: Scope) -> list[str]:
    """The lists that the departments of the scope answer for in this place, in the order of the contracts."""
    profile = load_profile(load_settings().profile)
    owners = {name: profile.list_due(name, contract.owner) for name, contract in load_contracts().items()}
    return [name for name, due in owners.items() if due.department_code in scope.departments]


def as_it_came(load_id: str) -> tuple[bytes, dt.date] | None:
    """The bytes of a file that landed and the day it was received; null where they lie in raw no more."""
    settings = load_settings()
    found = next((one for one in records(settings.landed) if one.load_id == load_id), None)
    path = raw_path(found, settings) if found else None
    content = path.read_bytes() if path and path.is_file() else b""
    if found is None or hashlib.sha256(content).hexdigest() != found.sha256:
        return None
    return content, dt.date.fromisoformat(found.received_on)


def landing_stamp(settings: Settings, profile: Profile) -> tuple[object, ...]:
    """What decides, beside a file, what its import would do: it changes when a file lands or a name is confirmed."""
    folder = settings.landed / "_loads"
    return folder.stat().st_mtime_ns if folder.is_dir() else 0, alias_set(alias_codes(settings, profile))


def brought(scope: Scope, before: str) -> tuple[int, int, tuple[int, int] | None, int | None] | None:
    """What does the snapshot shown have more than that earlier one? Null where the earlier one is gone.

    Returns: files and rows newly counted; open findings of the newest month before and now; households of the newest
    month that both have whose class, cover or risk was judged differently (null for who sees no households).
    """
    path = snapshot_path(load_settings(), before)
    if not path.is_file():
        return None
    try:
        known = session.cached_in(path, "intake/loads_in_force", scope)
        last = read_snapshot(load_settings(), before).last_month
    except SnapshotError:
        return None
    fresh = session.cached("intake/loads_in_force", scope).join(known, on="load_id", how="anti")
    month, now_month = dt.date.fromisoformat(last), dt.date.fromisoformat(session.snapshot().last_month)
    open_before = session.cached_in(path, "findings/by_rule", scope, month=month, department=None, extract=None)
    open_now = session.cached("findings/by_rule", scope, month=now_month, department=None, extract=None)
    counts = (int(open_before["open_findings"].sum() or 0), int(open_now["open_findings"].sum() or 0))
    touched = None
    if scope.households:
        month = min(month, now_month)
        was = session.cached_in(path, "intake/household_states", scope, month=month)
        now = session.cached("intake/household_states", scope, month=month)
        touched = now.join(was, on=now.columns, how="anti", nulls_equal=True).height
    return fresh.height, int(fresh["rows_accepted"].sum() or 0), counts, touched


def scorecard(scope: Scope, *, month: dt.date) -> pl.DataFrame:
    """How did each department answer for its lists in a month? (YL-6)

    Returns: one row per department with lists or findings, by code: department_code, owner_name, owner_name_en, lists,
    lists_on_time, lists_late, lists_part (from some units only), lists_missing, lists_not_due, zero_reports (that came,
    with nobody on them), rows_read, rows_accepted, rows_repaired, rows_quarantined, rows_linkable, rows_linked,
    open_findings, new_findings, cleared_findings, came_back.
    """
    return session.cached("intake/scorecard", scope, month=month)


def _own(scope: Scope) -> pl.DataFrame:
    """The registry of loads, limited to the lists of the scope. It holds no value of any row."""
    settings = load_settings()
    folder = settings.landed / "_loads"
    stamp = folder.stat().st_mtime_ns if folder.is_dir() else 0
    return _registry(settings, folder, stamp).filter(pl.col("extract").is_in(own_lists(scope)))


@lru_cache(maxsize=2)
def _registry(settings: Settings, folder: Path, stamp: int) -> pl.DataFrame:
    """Every load, read again when a record was added."""
    return loads(settings)
