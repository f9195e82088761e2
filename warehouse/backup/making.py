"""A backup while everything goes on: pages, imports, builds, freezes. Nothing is locked and nobody waits.

What is read first was finished first, so that the rest is a superset of what it needs: the served snapshot (held open;
it is never written again), then releases (each appears whole), then the registry of loads (its record is the last thing
an import writes: rows without one are no load), then files as received, then the application database in one
transaction. Each file is opened once and read as it was then: all of them are replaced by renames, never written over.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import io
import os
import shutil
import tarfile
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from warehouse import __version__, releases
from warehouse.app_db import app_db, audit, rows
from warehouse.backup import sealing
from warehouse.backup.manifest import APP_DB, FOLDERS, KEYS, MANIFEST, PROFILE, Manifest
from warehouse.errors import BackupError, UsageError
from warehouse.intake.land import DRAFT
from warehouse.intake.locate import MANIFEST as RECEIVED
from warehouse.intake.records import LOADS, QUARANTINE, LoadRecord, landed_path
from warehouse.locks import only_one
from warehouse.profiles import profile_folder
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot_id, snapshot_path, sync

CHUNK = 1 << 20
SECRETS = ("person", "audit")
# Files that came while the others were read are taken too, so many times.
ROUNDS = 5
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Made:
    """A finished backup. bytes: of the file. made_at: UTC."""

    path: Path
    bytes: int
    manifest: Manifest


def make_backup(settings: Settings, to: Path, lock: sealing.Lock, *, by: str, progress: Progress | None = None) -> Made:
    """Write all that could not be made again into the file `to`, encrypted, and put it into the audit trail.

    progress: bytes read, of about how many. Raises: UsageError for a file that is there or lies among the data;
    BusyError while another backup runs; BackupError if the disk is full. A file that is not finished is deleted.
    """
    to = to.absolute()
    _refuse_place(settings, to)
    with only_one(settings.builds / "backup.lock", "backup"):
        for leftover in to.parent.glob(f".{to.name}.draft-*"):
            leftover.unlink(missing_ok=True)
        total = _size(settings)
        if shutil.disk_usage(to.parent).free < total:
            raise _full(to)
        db = app_db(settings)
        draft = to.with_name(f".{to.name}.draft-{os.urandom(4).hex()}")
        try:
            # Before and after: an attempt is told too, and the backup holds the entry of its own beginning.
            audit.record(db, by, audit.Action.BACKED_UP, to.name, state="begun")
            made = _write(settings, draft, lock, total, progress or (lambda _done, _all: None))
            size = draft.stat().st_size
            # Not a link: a stick or a share may know none.
            draft.rename(to)
            sync(to.parent)
            told = {"bytes": size, "parts": len(made.parts), "head": made.anchor[0]}
            try:
                audit.record(db, by, audit.Action.BACKED_UP, to.name, state="made", **told)
            except BaseException:
                to.unlink()  # nobody would know of it
                raise
        except (OSError, DatabaseError) as error:
            if is_full(error):
                raise _full(to) from None
            raise
        finally:
            draft.unlink(missing_ok=True)
    return Made(to, size, made)


def _refuse_place(settings: Settings, to: Path) -> None:
    if not to.parent.is_dir():
        raise UsageError(f"--to: got {to}, expected a file in a folder that is there. Make the folder first.")
    if to.exists():
        raise _taken(to)
    place = to.resolve()
    if any(place.is_relative_to((settings.data_dir / name).resolve()) for name in FOLDERS):
        raise UsageError(f"--to: got {to}, which lies among the data that is backed up; expected another folder.")


def _taken(to: Path) -> UsageError:
    return UsageError(f"--to: got {to}, which is there; expected a new file. A backup never replaces another.")


def _full(to: Path) -> BackupError:
    return BackupError(
        f"backup: got a full disk at {to.parent}, or where the data lies, expected room for all that is backed up. "
        "Free space or name another folder; nothing was left behind, and earlier backups stay."
    )


def is_full(error: Exception) -> bool:
    """Whether an error says that a disk is full, or a file as large as it may be."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return "disk" in str(error)  # SQLite: "database or disk is full", "disk I/O error"


def _size(settings: Settings) -> int:
    """About how many bytes will be read."""
    found = 0
    for name in ("raw", "landed", "releases"):
        for path in (settings.data_dir / name).rglob("*"):
            with contextlib.suppress(OSError):
                found += path.stat().st_size if path.is_file() else 0
    snapshot_id = current_snapshot_id(settings)
    with contextlib.suppress(OSError):
        found += snapshot_path(settings, snapshot_id).stat().st_size if snapshot_id else 0
    return found


@dataclass
class _Contents:
    """What was put in so far. done: bytes read."""

    total: int
    progress: Progress
    parts: dict[str, tuple[int, str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    done: int = 0

    def file(self, name: str, path: Path) -> Iterator[bytes]:
        """A file as an entry of the archive; one that is gone is noted."""
        try:
            with path.open("rb") as source:
                yield from self.open_file(name, source)
        except FileNotFoundError:
            self.missing.append(name)

    def open_file(self, name: str, source: io.BufferedReader) -> Iterator[bytes]:
        size = os.fstat(source.fileno()).st_size
        yield _head(name, size)
        digest, left = hashlib.sha256(), size
        while left:
            chunk = source.read(min(CHUNK, left))
            if not chunk:
                raise BackupError(f"backup: got {name} cut off while it was read, expected it whole. Try again.")
            digest.update(chunk)
            left -= len(chunk)
            yield chunk
            self.done += len(chunk)
            self.progress(self.done, max(self.total, self.done))
        yield _tail(size)
        self.parts[name] = (size, digest.hexdigest())

    def bytes(self, name: str, content: bytes) -> Iterator[bytes]:
        yield _head(name, len(content))
        yield content
        yield _tail(len(content))
        self.parts[name] = (len(content), hashlib.sha256(content).hexdigest())


def _head(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _tail(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _write(settings: Settings, draft: Path, lock: sealing.Lock, total: int, progress: Progress) -> Manifest:
    made_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    lines, identity = sealing.header(lock, {"program": __version__, "made_at": made_at})
    contents = _Contents(total, progress)
    made: list[Manifest] = []

    def archive() -> Iterator[bytes]:
        with contextlib.ExitStack() as held:
            snapshot_id, files = _served(settings, held)
            damaged = tuple(name for name, fault in releases.damage(settings).items() if fault)
            yield from _keys(settings, contents)
            yield from _releases(settings, contents)
            is_sample = yield from _landed(settings, contents)
            yield from _raw(settings, contents)
            yield from _profile(settings, contents)
            for name, file in files.items():
                yield from contents.open_file(name, file)
            if snapshot_id:
                yield from contents.bytes("snapshots/current", f"{snapshot_id}\n".encode())
        broken_at = audit.verify(app_db(settings)).broken_at
        with rows.frozen(app_db(settings)) as connection:
            counts: dict[str, int] = {}
            for table in rows.tables(connection):
                counts[table.name] = 0
                for number, (page, height) in enumerate(rows.pages(connection, table)):
                    yield from contents.bytes(f"{APP_DB}/{table.name}/{number:06}.jsonl", page)
                    counts[table.name] += height
            manifest = Manifest(
                made_at=made_at,
                program=__version__,
                profile=settings.profile,
                sample_data=is_sample,
                header=hashlib.sha256(lines).hexdigest(),
                snapshot_id=snapshot_id,
                revision=rows.revision(connection),
                rows=counts,
                anchor=rows.anchor(connection),
                broken_at=broken_at,
                parts=contents.parts,
                missing=tuple(contents.missing),
                damaged_releases=damaged,
            )
        content = manifest.to_json()
        yield from (_head(MANIFEST, len(content)), content, _tail(len(content)), bytes(2 * tarfile.BLOCKSIZE))
        made.append(manifest)

    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(lines)
        sealing.seal(archive(), file, identity)
        file.flush()
        os.fsync(file.fileno())
    return made[0]


def _served(settings: Settings, held: contextlib.ExitStack) -> tuple[str | None, dict[str, io.BufferedReader]]:
    """The served snapshot, its files held open: a publish may take their names away meanwhile, not their content."""
    for _ in range(ROUNDS):
        snapshot_id = current_snapshot_id(settings)
        if snapshot_id is None:
            break
        path = snapshot_path(settings, snapshot_id)
        with contextlib.suppress(FileNotFoundError):
            both = (path, path.with_suffix(".json"))
            return snapshot_id, {f"snapshots/{one.name}": held.enter_context(one.open("rb")) for one in both}
    return None, {}


def _keys(settings: Settings, contents: _Contents) -> Iterator[bytes]:
    """Without them no list that comes later would find its persons, and nobody could verify the audit trail."""
    for name in SECRETS:
        yield from contents.bytes(f"{KEYS}/{name}.key", settings.secret(name).hex().encode())


def _releases(settings: Settings, contents: _Contents) -> Iterator[bytes]:
    """Whole; what was compared with them since can be made again."""
    folder = releases.releases_folder(settings)
    for name in releases.names(settings):
        for path in sorted(path for path in (folder / name).rglob("*") if path.is_file()):
            inside = path.relative_to(folder)
            if inside.parts[1] != releases.DIFFERENCES:
                yield from contents.file(f"releases/{inside.as_posix()}", path)


def _landed(settings: Settings, contents: _Contents) -> Generator[bytes, None, bool]:
    """The loads that are in the registry now, each record after its rows. Returns: whether all are sample data."""
    folder = settings.landed / LOADS
    are_sample = []
    for path in sorted(folder.glob("[!.]*.json")) if folder.is_dir() else ():
        content = path.read_bytes()
        record = LoadRecord.from_json(content.decode("utf-8", "replace"), path.name)
        if record.status == "landed":
            are_sample.append(record.sample_ids)
            yield from contents.file(f"landed/{landed_path(record)}", settings.landed / landed_path(record))
            held_back = settings.landed / QUARANTINE / f"{record.load_id}.parquet"
            if record.rows_quarantined or held_back.is_file():
                yield from contents.file(f"landed/{QUARANTINE}/{held_back.name}", held_back)
        yield from contents.bytes(f"landed/{LOADS}/{path.name}", content)
    return bool(are_sample) and all(are_sample)


def _raw(settings: Settings, contents: _Contents) -> Iterator[bytes]:
    """Files as they came. A file that a newer one replaces is set aside first: looking again finds it there."""
    known: set[Path] = set()
    for _ in range(ROUNDS):
        found = {path for path in settings.raw.rglob("*") if path.is_file() and not path.name.startswith(DRAFT)} - known
        if not found:
            return
        known |= found
        # What says when each came is read last.
        for path in sorted(found, key=lambda path: (path.name == RECEIVED, path)):
            name = f"raw/{path.relative_to(settings.raw).as_posix()}"
            if name not in contents.parts:
                yield from contents.file(name, path)


def _profile(settings: Settings, contents: _Contents) -> Iterator[bytes]:
    """The place's own files: areas, departments, lists, duties, policy, calendar."""
    folder = profile_folder(settings.profile)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in (".csv", ".yml"):
            yield from contents.file(f"{PROFILE}/{folder.name}/{path.name}", path)
