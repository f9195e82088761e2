"""Snapshots: what readers read. A build is published in one step under a new name, then a pointer is moved.

`snapshots/<snapshot_id>.duckdb` holds the marts (0600, never written again), `<snapshot_id>.json` says what it is,
`current` names the one that is served. A kill at any point leaves the pointer on a whole file.
Source: 04-warehouse "Flow", 07-trust "Nothing is lost".
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import polars as pl

from warehouse.errors import SnapshotError, SnapshotFormatError, UsageError
from warehouse.locks import only_one as only_one
from warehouse.settings import Settings

# Goes up when pages need a mart or a column of one that snapshots made before do not have.
FORMAT_VERSION = 2
KEPT = 3


@dataclass(frozen=True)
class Snapshot:
    """What a snapshot is.

    snapshot_id: sorts by the time it was built. built_at: UTC, ISO. first_month, last_month: YYYY-MM-01.
    as_of: the day its states are told for. rules_version: hash of policy and models. tables: rows per mart.
    """

    snapshot_id: str
    built_at: str
    profile: str
    as_of: str
    first_month: str
    last_month: str
    rules_version: str
    sample_data: bool
    tables: dict[str, int]
    format_version: int = FORMAT_VERSION


def publish(build_db: Path, snapshot: Snapshot, settings: Settings) -> Snapshot:
    """Copy the marts of a finished build into a snapshot file of their own and serve it.

    Returns the snapshot with its row counts. Raises OSError (disk full and the like) after removing what it wrote.
    """
    folder = settings.snapshots
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{snapshot.snapshot_id}.duckdb"
    try:
        tables = _copy_marts(build_db, draft)
        snapshot = Snapshot(**{**asdict(snapshot), "tables": tables})
        draft.chmod(0o600)
        sync(draft)
        draft.rename(snapshot_path(settings, snapshot.snapshot_id))
    except BaseException:
        for leftover in folder.glob(f".{snapshot.snapshot_id}.duckdb*"):
            leftover.unlink(missing_ok=True)
        raise
    write_whole(folder / f"{snapshot.snapshot_id}.json", json.dumps(asdict(snapshot), ensure_ascii=False, indent=1))
    write_whole(folder / "current", snapshot.snapshot_id + "\n")
    _prune(settings)
    return snapshot


def _copy_marts(build_db: Path, draft: Path) -> dict[str, int]:
    """Every table of schema `marts`, sorted for the pages (month, area, household) where it has such columns."""
    counts: dict[str, int] = {}
    with contextlib.closing(duckdb.connect(str(draft))) as con:
        con.execute(f"attach '{quoted(build_db)}' as build (read_only)")
        names = con.execute(
            "select table_name, list(column_name) from duckdb_columns() "
            "where database_name = 'build' and schema_name = 'marts' group by all order by all"
        ).fetchall()
        for table, columns in names:
            keys = [key for key in ("month", "area_code", "household_key", "person_key") if key in columns]
            order = f" order by {', '.join(keys)}" if keys else ""
            con.execute(f'create table "{table}" as select * from build.marts."{table}"{order}')
            counts[table] = con.execute(f'select count(*) from "{table}"').fetchall()[0][0]
        con.execute("detach build")
        con.execute("checkpoint")
    return counts


def quoted(path: Path) -> str:
    """A path inside a single-quoted SQL text."""
    return str(path).replace("'", "''")


def write_whole(path: Path, text: str) -> None:
    """Write a small file so that readers see the old one or the new one, never half of it."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def snapshot_path(settings: Settings, snapshot_id: str) -> Path:
    return settings.snapshots / f"{snapshot_id}.duckdb"


def current_snapshot_id(settings: Settings) -> str | None:
    """The id of the snapshot that is served; null before the first build."""
    try:
        text = (settings.snapshots / "current").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return text if re.fullmatch(r"[0-9A-Za-z-]+", text) else None


def current_snapshot(settings: Settings) -> Snapshot:
    """The snapshot that is served.

    Raises: SnapshotError if there is none, or it is of a format this version cannot read.
    """
    snapshot_id = current_snapshot_id(settings)
    if snapshot_id is None:
        raise SnapshotError(
            "snapshot: got none, expected a published build. Run `kanhu import` and `kanhu build` first."
        )
    if not snapshot_path(settings, snapshot_id).is_file():
        raise SnapshotError(f"snapshot {snapshot_id}: got no file, expected the one served. Run `kanhu build`.")
    return read_snapshot(settings, snapshot_id)


def read_snapshot(settings: Settings, snapshot_id: str) -> Snapshot:
    """What the snapshot of that id is. Raises: SnapshotError if its record is damaged or its format is not ours."""
    try:
        record = json.loads((settings.snapshots / f"{snapshot_id}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise SnapshotError(
            f"snapshot {snapshot_id}: got no readable {snapshot_id}.json, expected one beside it. Run `kanhu build`."
        ) from None
    if record.get("format_version") != FORMAT_VERSION:
        raise SnapshotFormatError(
            f"snapshot {snapshot_id}: got format {record.get('format_version')}, expected {FORMAT_VERSION}. "
            "Run `kanhu build` to make one of this version."
        )
    return Snapshot(**record)


def _prune(settings: Settings) -> None:
    """Remove all but the newest snapshots; readers that still hold an old one keep it until they close it."""
    current = current_snapshot_id(settings)
    known = sorted((path.stem for path in settings.snapshots.glob("[!.]*.duckdb")), reverse=True)
    for snapshot_id in known[KEPT:]:
        if snapshot_id != current:
            snapshot_path(settings, snapshot_id).unlink(missing_ok=True)
            (settings.snapshots / f"{snapshot_id}.json").unlink(missing_ok=True)
    for draft in settings.snapshots.glob(".*.duckdb*"):
        draft.unlink(missing_ok=True)


# What differs between builds of the same loads by its nature: when they ran, and in which order files were imported.
VOLATILE = {
    "meta_snapshot": ("snapshot_id", "built_at"),
    "meta_load": ("batch", "loaded_at"),
}
# Says how the figures were made; it holds names of files of the build.
NOT_CONTENT = frozenset({"meta_model", "meta_column", "meta_input"})


def content_hash(path: Path) -> dict[str, str]:
    """A hash of what each mart of a snapshot file says, whatever the order of its rows.

    The same files imported in any order and any number of times, under the same rules and keys, give the same hashes.
    Of two versions of a file that were received on one day the one imported last counts: there order is content.
    """
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as con:
        columns = con.execute(
            "select table_name, list(column_name order by column_name) from duckdb_columns() "
            "where schema_name = 'main' and not internal group by all order by all"
        ).fetchall()
        return {
            mart: _mart_hash(con, mart, [name for name in names if name not in VOLATILE.get(mart, ())])
            for mart, names in columns
            if mart not in NOT_CONTENT
        }


def _mart_hash(con: duckdb.DuckDBPyConnection, mart: str, columns: list[str]) -> str:
    """Rows as text are hashed one by one and added up: a row twice counts twice, their order does not."""
    cells = ", ".join(f"coalesce('=' || \"{name}\"::varchar, '')" for name in columns)
    row = f"md5(concat_ws(chr(31), {cells}))"
    halves = (f"sum(('0x' || substr(row, {start}, 16))::ubigint::hugeint)::varchar" for start in (1, 17))
    sums = con.execute(f'select count(*)::varchar, {", ".join(halves)} from (select {row} as row from "{mart}")')
    found = sums.fetchall()[0]
    return hashlib.sha256("\0".join([*columns, *(part or "0" for part in found)]).encode()).hexdigest()[:32]


def read_marts(path: Path, questions: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    """The rows of each question to a file of marts, asked past the gate by code of the warehouse itself.

    Raises: SnapshotError if the file does not open or lacks what is asked.
    """
    try:
        with contextlib.closing(duckdb.connect(str(path), read_only=True)) as con:
            return {name: con.cursor().sql(question).pl() for name, question in questions.items()}
    except duckdb.Error as error:
        raise SnapshotError(f"snapshot {path.stem}: got {str(error).splitlines()[0]}, expected marts.") from None


def write_marts(
    path: Path, marts: Mapping[str, pl.DataFrame], *, like: Path | None = None, also: Sequence[str] = ()
) -> None:
    """A file of these marts, and of marts `also` copied from the file `like`, that the gate opens as a snapshot.

    It appears whole or not at all, and only its owner may read it.
    """
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        with contextlib.closing(duckdb.connect(str(draft))) as con:
            for name, frame in marts.items():
                con.register("frame", frame.to_arrow())
                con.execute(f'create table "{name}" as select * from frame')
                con.unregister("frame")
            if like is not None:
                con.execute(f"attach '{quoted(like)}' as source (read_only)")
                for name in also:
                    con.execute(f'create table "{name}" as select * from source.main."{name}"')
                con.execute("detach source")
            con.execute("checkpoint")
        draft.chmod(0o600)
        sync(draft)
        draft.replace(path)
        sync(path.parent)
    finally:
        for leftover in path.parent.glob(f"{draft.name}*"):
            leftover.unlink(missing_ok=True)


def write_mart(settings: Settings, mart: str, to: Path) -> int:
    """One mart of the served snapshot as Parquet or CSV, for an administrator. Returns the rows written.

    Raises: UsageError for an unknown mart or file ending.
    """
    snapshot = current_snapshot(settings)
    if mart not in snapshot.tables:
        raise UsageError(f"mart: got {mart!r}, expected one of {', '.join(sorted(snapshot.tables))}.")
    return write_rows(snapshot_path(settings, snapshot.snapshot_id), mart, to)


def write_rows(path: Path, mart: str, to: Path) -> int:
    """One mart of a file as Parquet or CSV. Returns the rows written. Raises: UsageError for an unknown file ending."""
    if to.suffix not in (".parquet", ".csv"):
        raise UsageError(f"--to: got {to.name}, expected a file ending in .parquet or .csv.")
    options = "format parquet" if to.suffix == ".parquet" else "format csv, header"
    to.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(duckdb.connect(str(path), read_only=True)) as con:
        con.execute(f"copy \"{mart}\" to '{quoted(to)}' ({options})")
        rows: int = con.execute(f'select count(*) from "{mart}"').fetchall()[0][0]
    to.chmod(0o600)
    return rows
