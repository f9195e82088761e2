"""Land what was checked: Parquet first, then the record that makes it count. Append-only; never half a load."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl

from warehouse.contracts import Contract
from warehouse.intake.locate import MANIFEST, SUPERSEDED, manifest
from warehouse.intake.records import (
    LOADS,
    QUARANTINE,
    QUARANTINE_SCHEMA,
    LoadRecord,
    landed_path,
    landed_schema,
    records,
)
from warehouse.locks import only_one
from warehouse.profiles import Profile
from warehouse.settings import Settings

# Grows when a change of the code reads the same file differently.
READER_VERSION = 2
DRAFT = ".draft-"


@contextlib.contextmanager
def import_lock(settings: Settings) -> Iterator[None]:
    """One import at a time for a data folder. Raises: BusyError if another one runs."""
    settings.landed.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(settings.landed / ".import.lock", "import"):
        yield


def rules_of(contract: Contract, profile: Profile, settings: Settings, key_id: str) -> str:
    """A fingerprint of everything but the file that decides how the file is read."""
    villages = sorted(profile.village_codes.items())
    facts = (READER_VERSION, repr(contract), villages, settings.sample_ids, key_id)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def load_id_of(
    extract: str, month: dt.date, file_name: str, sha256: str, received_on: dt.date, rules: str, aliases: str = ""
) -> str:
    """The same file of the same day under the same rules always has the same id, in whatever order files come."""
    facts = [
        extract,
        month.isoformat(),
        file_name,
        sha256,
        received_on.isoformat(),
        rules,
        *([aliases] * bool(aliases)),
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:24]


def clean_orphans(settings: Settings, known: Iterable[LoadRecord]) -> int:
    """Delete what a killed import left: drafts, and Parquet files without a record. Returns: how many."""
    kept = {record.load_id for record in known if record.status == "landed"}
    doomed = [path for path in settings.landed.rglob(f"{DRAFT}*") if path.is_file()]
    doomed += [path for path in settings.landed.rglob("*.parquet") if path.stem not in kept]
    for path in doomed:
        path.unlink(missing_ok=True)
    return len(doomed)


def land(
    record: LoadRecord, accepted: pl.DataFrame, quarantined: pl.DataFrame, contract: Contract, settings: Settings
) -> None:
    """Write the rows, then the rejected rows, then the record: only the last makes them count."""
    month, received = dt.date.fromisoformat(record.month), dt.date.fromisoformat(record.received_on)
    lineage = [pl.lit(record.load_id).alias("load_id"), pl.lit(month).alias("month")]
    schema = landed_schema(contract)
    rows = accepted.with_columns(*lineage, pl.lit(received).alias("received_on"))
    _write_parquet(settings.landed / landed_path(record), rows.select(_typed(schema)))
    if quarantined.height:
        facts = {"extract": record.extract, "file_name": record.file_name}
        rejected = quarantined.with_columns(*lineage, **{key: pl.lit(value) for key, value in facts.items()})
        path = settings.landed / QUARANTINE / f"{record.load_id}.parquet"
        _write_parquet(path, rejected.select(_typed(QUARANTINE_SCHEMA)))
    write_record(record, settings)


def _typed(schema: dict[str, pl.DataType]) -> list[pl.Expr]:
    return [pl.col(name).cast(kind) for name, kind in schema.items()]


def write_record(record: LoadRecord, settings: Settings) -> None:
    write_file(settings.landed / LOADS / f"{record.load_id}.json", record.to_json().encode())


def _write_parquet(path: Path, frame: pl.DataFrame) -> None:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=1)
    write_file(path, buffer.getvalue())


def write_file(path: Path, content: bytes) -> None:
    """The whole file or none: draft, fsync, rename, fsync of the folder. Only the owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{DRAFT}{path.name}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keep_raw(content: bytes, record: LoadRecord, settings: Settings, source: Path | None) -> None:
    """Keep the file as it came in raw/<month>; of versions that differ the newest stays, others go to _superseded."""
    folder = settings.raw / record.month[:7]
    target = folder / record.file_name
    received = dt.date.fromisoformat(record.received_on)
    known = manifest(folder)
    if source is None or source.resolve() != target.resolve():
        name = record.file_name
        if target.exists() and (earlier := target.read_bytes()) != content:
            if received < known.get(name, received):
                write_file(folder / SUPERSEDED / f"{record.load_id}__{name}", content)
                return
            write_file(folder / SUPERSEDED / f"{_earlier_id(earlier, record, settings)}__{name}", earlier)
        write_file(target, content)
    if known.get(record.file_name) != received:
        _write_manifest(folder, {**known, record.file_name: received})


def _earlier_id(content: bytes, record: LoadRecord, settings: Settings) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    place = (record.extract, record.month, record.file_name, sha256)
    found = [
        one.load_id for one in records(settings.landed) if (one.extract, one.month, one.file_name, one.sha256) == place
    ]
    return found[-1] if found else sha256[:24]


def _write_manifest(folder: Path, days: dict[str, dt.date]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("file", "received_on"))
    writer.writerows((name, day.isoformat()) for name, day in sorted(days.items()))
    write_file(folder / MANIFEST, text.getvalue().encode())
