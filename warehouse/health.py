"""What `kanhu check` says: what is wrong, what stands in for something unknown, what is in order."""

from __future__ import annotations

import contextlib
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from warehouse import intake
from warehouse.app_db import app_db
from warehouse.app_db.users import list_users
from warehouse.build import last_failure, rules_version
from warehouse.errors import ConfigError, SnapshotError
from warehouse.gate import open_gate
from warehouse.profiles import load_profile
from warehouse.releases import damage, read_record
from warehouse.settings import Settings
from warehouse.snapshots import Snapshot, current_snapshot, snapshot_path

LEAST_FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `state`: ok, note (a person should know) or wrong (a person must act)."""

    state: Literal["ok", "note", "wrong"]
    what: str
    fact: str


def health(settings: Settings) -> list[Finding]:
    """Every check, in the order a person would look: profile, data, snapshot, disk, keys."""
    looks = (_policy, _loads, _snapshot, _releases, _disk, _keys, _accounts)
    return [finding for look in looks for finding in look(settings)]


def _policy(settings: Settings) -> Iterator[Finding]:
    try:
        profile = load_profile(settings.profile)
    except ConfigError as error:
        yield from (Finding("wrong", "profile", fault) for fault in error.faults)
        return
    yield Finding("ok", "profile", f"{profile.name}: {len(profile.villages)} villages, {len(profile.policy)} values")
    for parameter in profile.policy:
        value = f"{parameter.parameter} = {parameter.value} from {parameter.valid_from}"
        if parameter.is_stand_in:
            yield Finding("note", "stand-in", f"{value}: {parameter.note}")
        elif parameter.is_local:
            yield Finding("note", "set locally", value)


def _loads(settings: Settings) -> Iterator[Finding]:
    try:
        loads = intake.loads(settings)
    except ConfigError as error:
        yield Finding("wrong", "loads", str(error))
        return
    if loads.is_empty():
        yield Finding("wrong", "loads", "nothing was imported yet: run `kanhu import`")
        return
    landed = loads.filter(pl.col("status") == "landed", "is_winning")
    read, quarantined = int(landed["rows_read"].sum()), int(landed["rows_quarantined"].sum())
    yield Finding("ok", "loads", f"{len(landed)} files in force, {read} rows read, {quarantined} quarantined")
    for path in landed["path"]:
        if not _is_parquet(settings.landed / path):
            fact = f"{path}: missing or damaged. Remove it if it is there, then import the files of raw again"
            yield Finding("wrong", "landed rows", fact)
    yield from _readings(settings, landed)
    refused = loads.filter(pl.col("status") == "refused")
    if len(refused):
        yield Finding("note", "refused files", f"{len(refused)}: see the intake page for the reasons")


def _readings(settings: Settings, landed: pl.DataFrame) -> Iterator[Finding]:
    """Files that would be read differently now, names that wait for a person, and lists of which half came."""
    with contextlib.suppress(ConfigError):
        profile = load_profile(settings.profile)
        kept, gone = intake.to_read_again(settings, profile)
        if kept:
            fact = f"{len(kept)} files were read by an earlier version or before names were confirmed"
            yield Finding("note", "read again", f"{fact}: run `kanhu import --again`, then `kanhu build`")
        if gone:
            fact = f"{len(gone)} files were read by an earlier version and do not lie in raw: import them again"
            yield Finding("note", "read again", fact)
        waiting = intake.suggested_aliases(settings, profile)
        if len(waiting):
            rows = int(waiting["rows"].sum())
            fact = f"{len(waiting)} unknown names in {rows} rows held back: see `kanhu aliases list`"
            yield Finding("note", "village names", fact)
    lists = landed.filter(pl.col("part") == "").select("extract", "month").unique()
    halves = landed.filter(pl.col("part") != "").join(lists, on=["extract", "month"], how="anti")
    for extract, month in halves.select("extract", "month").unique().sort("extract", "month").iter_rows():
        fact = f"{extract} {month:%Y-%m}: the export of households came, that of persons did not; the list is missing"
        yield Finding("note", "half a list", fact)
    zeros = landed.filter(pl.col("part") == "").group_by("extract", "month").agg(pl.col("rows_read").sum())
    zeros = zeros.filter(pl.col("rows_read") == 0)
    if len(zeros):
        yield Finding("ok", "zero reports", f"{len(zeros)} lists came with no rows: received, nothing to count")


def _is_parquet(path: Path) -> bool:
    try:
        pl.read_parquet_schema(path)
    except (OSError, pl.exceptions.PolarsError):
        return False
    return True


def _snapshot(settings: Settings) -> Iterator[Finding]:
    failure = last_failure(settings)
    if failure:
        yield Finding("wrong", "last build", f"failed at {failure['failed_at']}: {failure['reason']}")
    try:
        snapshot = current_snapshot(settings)
        open_gate(snapshot_path(settings, snapshot.snapshot_id))
    except SnapshotError as error:
        yield Finding("wrong", "snapshot", str(error))
        return
    sample = ", sample data" if snapshot.sample_data else ""
    yield Finding("ok", "snapshot", f"{snapshot.snapshot_id}, as of {snapshot.as_of}{sample}")
    yield from _rules(settings, snapshot)
    mode = stat.S_IMODE(snapshot_path(settings, snapshot.snapshot_id).stat().st_mode)
    if mode & 0o077:
        yield Finding("wrong", "snapshot file", f"others may read it (mode {mode:o}): set it to 600")


def _releases(settings: Settings) -> Iterator[Finding]:
    """Every file of every release against its checksum."""
    for name, fault in damage(settings).items():
        if fault:
            yield Finding("wrong", "release", fault)
        else:
            frozen = read_record(settings, name)
            fact = f"{name}: {frozen.period}, frozen {frozen.frozen_at[:10]} from snapshot {frozen.snapshot_id}, whole"
            yield Finding("ok", "release", fact)


def _rules(settings: Settings, snapshot: Snapshot) -> Iterator[Finding]:
    """Pages of one version over figures of another may miss columns, and the figures follow rules that are gone."""
    with contextlib.suppress(ConfigError):
        now = rules_version(load_profile(settings.profile))
        if snapshot.rules_version != now:
            fact = (
                f"the snapshot was built by rules {snapshot.rules_version}, those of now are {now}: run `kanhu build`"
            )
            yield Finding("note", "rules", fact)


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free
    state: Literal["ok", "wrong"] = "ok" if free >= LEAST_FREE_BYTES else "wrong"
    yield Finding(state, "disk", f"{free / 1024**3:.1f} GiB free")


def on_disk(settings: Settings) -> dict[str, tuple[int, int]]:
    """How many files lie in each folder of the data, and how many bytes they are. Folders that are not there are left
    out; the application database is counted where it is a file."""
    found = {}
    for name in ("raw", "landed", "snapshots", "releases", "builds"):
        sizes = [path.stat().st_size for path in (settings.data_dir / name).rglob("*") if path.is_file()]
        if sizes:
            found[name] = (len(sizes), sum(sizes))
    if settings.app_db_url.startswith("sqlite:///"):
        file = Path(settings.app_db_url.removeprefix("sqlite:///"))
        sizes = [path.stat().st_size for path in file.parent.glob(f"{file.name}*")]
        found["app_db"] = (len(sizes), sum(sizes))
    return found


def _keys(settings: Settings) -> Iterator[Finding]:
    for path in sorted(settings.keys.glob("*.key")):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield Finding("wrong", "key file", f"{path.name}: others may read it (mode {mode:o}): set it to 600")
        try:
            settings.secret(path.stem)
        except ConfigError as error:
            yield Finding("wrong", "key file", str(error))


def _accounts(settings: Settings) -> Iterator[Finding]:
    """Only where there is a database: looking must not make one."""
    file = Path(settings.app_db_url.removeprefix("sqlite:///"))
    if settings.app_db_url.startswith("sqlite:///") and not file.exists():
        return
    try:
        yield Finding("ok", "accounts", f"{len(list_users(app_db(settings)))} users")
    except ConfigError as error:
        yield Finding("wrong", "accounts", str(error))
