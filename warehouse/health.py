"""What `kanhu check` says: what is wrong, what stands in for something unknown, what is in order."""

from __future__ import annotations

import contextlib
import datetime as dt
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import polars as pl

from warehouse import intake
from warehouse.app_db import app_db
from warehouse.app_db.users import list_users
from warehouse.backup.last import OLDEST_DAYS, last_backup
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
    """One thing looked at. `state`: ok, note (a person should know) or wrong (a person must act).

    key, values: the fact for pages, which say it in the reader's language as `admin.fact.<key>`; null: it is an error's
    own sentence.
    """

    state: Literal["ok", "note", "wrong"]
    what: str
    fact: str
    key: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)


def health(settings: Settings) -> list[Finding]:
    """Every check, in the order a person would look: profile, data, snapshot, disk, keys."""
    looks = (_policy, _loads, _snapshot, _releases, _disk, _keys, _accounts, _backup)
    return [finding for look in looks for finding in look(settings)]


def _policy(settings: Settings) -> Iterator[Finding]:
    try:
        profile = load_profile(settings.profile)
    except ConfigError as error:
        yield from (Finding("wrong", "profile", fault) for fault in error.faults)
        return
    fact = f"{profile.name}: {len(profile.villages)} villages, {len(profile.policy)} values"
    told = {"name": profile.name, "villages": len(profile.villages), "n": len(profile.policy)}
    yield Finding("ok", "profile", fact, "profile", told)
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
        yield Finding("wrong", "loads", "nothing was imported yet: run `kanhu import`", "loads_none")
        return
    landed = loads.filter(pl.col("status") == "landed", "is_winning")
    read, quarantined = int(landed["rows_read"].sum()), int(landed["rows_quarantined"].sum())
    told = {"n": len(landed), "read": read, "quarantined": quarantined}
    fact = f"{len(landed)} files in force, {read} rows read, {quarantined} quarantined"
    yield Finding("ok", "loads", fact, "loads", told)
    for path in landed["path"]:
        if not _is_parquet(settings.landed / path):
            fact = f"{path}: missing or damaged. Remove it if it is there, then import the files of raw again"
            yield Finding("wrong", "landed rows", fact, "landed_rows", {"path": path})
    yield from _readings(settings, landed)
    refused = loads.filter(pl.col("status") == "refused")
    if len(refused):
        fact = f"{len(refused)}: see the intake page for the reasons"
        yield Finding("note", "refused files", fact, "refused_files", {"n": len(refused)})


def _readings(settings: Settings, landed: pl.DataFrame) -> Iterator[Finding]:
    """Files that would be read differently now, names that wait for a person, and lists of which half came."""
    with contextlib.suppress(ConfigError):
        profile = load_profile(settings.profile)
        kept, gone = intake.to_read_again(settings, profile)
        if kept:
            fact = f"{len(kept)} files were read by an earlier version or before names were confirmed"
            fact += ": run `kanhu import --again`, then `kanhu build`"
            yield Finding("note", "read again", fact, "read_again", {"n": len(kept)})
        if gone:
            fact = f"{len(gone)} files were read by an earlier version and do not lie in raw: import them again"
            yield Finding("note", "read again", fact, "import_again", {"n": len(gone)})
        waiting = intake.suggested_aliases(settings, profile)
        if len(waiting):
            rows = int(waiting["rows"].sum())
            fact = f"{len(waiting)} unknown names in {rows} rows held back: see `kanhu aliases list`"
            yield Finding("note", "village names", fact, "village_names", {"n": len(waiting), "rows": rows})
    lists = landed.filter(pl.col("part") == "").select("extract", "month").unique()
    halves = landed.filter(pl.col("part") != "").join(lists, on=["extract", "month"], how="anti")
    for extract, month in halves.select("extract", "month").unique().sort("extract", "month").iter_rows():
        fact = f"{extract} {month:%Y-%m}: the export of households came, that of persons did not; the list is missing"
        yield Finding("note", "half a list", fact, "half_a_list", {"list": extract, "month": f"{month:%Y-%m}"})
    zeros = landed.filter(pl.col("part") == "").group_by("extract", "month").agg(pl.col("rows_read").sum())
    zeros = zeros.filter(pl.col("rows_read") == 0)
    if len(zeros):
        fact = f"{len(zeros)} lists came with no rows: received, nothing to count"
        yield Finding("ok", "zero reports", fact, "zero_reports", {"n": len(zeros)})


def _is_parquet(path: Path) -> bool:
    try:
        pl.read_parquet_schema(path)
    except (OSError, pl.exceptions.PolarsError):
        return False
    return True


def _snapshot(settings: Settings) -> Iterator[Finding]:
    failure = last_failure(settings)
    if failure:
        fact = f"failed at {failure['failed_at']}: {failure['reason']}"
        yield Finding("wrong", "last build", fact, "last_build", {"at": failure["failed_at"], "why": failure["reason"]})
    try:
        snapshot = current_snapshot(settings)
        open_gate(snapshot_path(settings, snapshot.snapshot_id))
    except SnapshotError as error:
        yield Finding("wrong", "snapshot", str(error))
        return
    sample = ", sample data" if snapshot.sample_data else ""
    told = {"name": snapshot.snapshot_id, "day": snapshot.as_of}
    yield Finding("ok", "snapshot", f"{snapshot.snapshot_id}, as of {snapshot.as_of}{sample}", "snapshot", told)
    yield from _rules(settings, snapshot)
    mode = stat.S_IMODE(snapshot_path(settings, snapshot.snapshot_id).stat().st_mode)
    if mode & 0o077:
        fact = f"others may read it (mode {mode:o}): set it to 600"
        yield Finding("wrong", "snapshot file", fact, "mode", {"name": snapshot.snapshot_id, "mode": f"{mode:o}"})


def _releases(settings: Settings) -> Iterator[Finding]:
    """Every file of every release against its checksum."""
    for name, fault in damage(settings).items():
        if fault:
            yield Finding("wrong", "release", fault)
        else:
            frozen = read_record(settings, name)
            fact = f"{name}: {frozen.period}, frozen {frozen.frozen_at[:10]} from snapshot {frozen.snapshot_id}, whole"
            told = {"name": name, "period": frozen.period, "day": frozen.frozen_at[:10]}
            yield Finding("ok", "release", fact, "release", told)


def _rules(settings: Settings, snapshot: Snapshot) -> Iterator[Finding]:
    """Pages of one version over figures of another may miss columns, and the figures follow rules that are gone."""
    with contextlib.suppress(ConfigError):
        now = rules_version(load_profile(settings.profile))
        if snapshot.rules_version != now:
            fact = (
                f"the snapshot was built by rules {snapshot.rules_version}, those of now are {now}: run `kanhu build`"
            )
            yield Finding("note", "rules", fact, "rules", {"then": snapshot.rules_version[:8], "now": now[:8]})


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder).free
    state: Literal["ok", "wrong"] = "ok" if free >= LEAST_FREE_BYTES else "wrong"
    room = f"{free / 1024**3:.1f}"
    yield Finding(state, "disk", f"{room} GiB free", "disk", {"room": room})


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
            fact = f"{path.name}: others may read it (mode {mode:o}): set it to 600"
            yield Finding("wrong", "key file", fact, "mode", {"name": path.name, "mode": f"{mode:o}"})
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
        number = len(list_users(app_db(settings)))
        yield Finding("ok", "accounts", f"{number} users", "accounts", {"n": number})
    except ConfigError as error:
        yield Finding("wrong", "accounts", str(error))


def _backup(settings: Settings) -> Iterator[Finding]:
    """When the last one was made. Sample data can be made again: there it is only told."""
    file = Path(settings.app_db_url.removeprefix("sqlite:///"))
    last = None
    if not settings.app_db_url.startswith("sqlite:///") or file.exists():
        try:
            last = last_backup(app_db(settings))
        except ConfigError:  # told as that of the accounts
            return
    state: Literal["note", "wrong"] = "note" if settings.sample_ids else "wrong"
    if last is None:
        yield Finding(state, "backup", "none was made yet: run `kanhu backup --to FILE`", "backup_none")
        return
    days, day = last.days_old(dt.datetime.now(dt.UTC)), f"{last.made_at.astimezone():%Y-%m-%d}"
    if days > OLDEST_DAYS:
        fact = f"the last one was made on {day}, {days} days ago: run `kanhu backup --to FILE`"
        yield Finding(state, "backup", fact, "backup_old", {"day": day, "n": days})
    else:
        yield Finding("ok", "backup", f"the last one was made on {day}", "backup", {"day": day})
