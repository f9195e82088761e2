"""A backup back into a data folder: unpacked beside, proved there, then put in place.

`.restoring` holds what is being unpacked and proved; one rename makes it `.restored`, and from then on the new state is
the one that holds: whatever ends the moves after it, the next command of Kanhu finishes them first. Before that rename
nothing of what was there is touched. What was there is moved into `before-restore-<time>`, never deleted.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import filecmp
import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import polars as pl
from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError, IntegrityError

from warehouse import releases
from warehouse.app_db import audit, open_app_db, rows
from warehouse.backup import READY, sealing
from warehouse.backup.making import CHUNK, SECRETS, is_full
from warehouse.backup.manifest import APP_DB, FOLDERS, MANIFEST, PROFILE, Manifest, read_manifest
from warehouse.errors import BackupError, ConfigError, SnapshotError, SnapshotFormatError, UsageError
from warehouse.intake.records import landed_path, records
from warehouse.locks import SERVING, only_one
from warehouse.profiles import profile_folder
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, read_marts, snapshot_path, sync

STAGED = ".restoring"
PLAN = "plan.json"
FILE = "app.db"
# Nothing of a build is kept, but what is left of one would tell of the data before.
MOVED = (*FOLDERS, "builds")
LARGEST_MANIFEST = 1 << 28
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Restored:
    """What came back. aside: where that lies which was there before; null for nothing. notes: what a person must do."""

    manifest: Manifest
    aside: Path | None
    notes: tuple[str, ...]


def restore(
    settings: Settings,
    file: Path,
    key: sealing.Key,
    *,
    by: str,
    force: bool = False,
    progress: Progress | None = None,
) -> Restored:
    """Put a backup into the data folder, proved before anything of what is there is touched.

    force: what is there is moved aside, whole. Raises: BackupError for a backup that is damaged, cut, of a newer
    format, not opened by the key, or that does not prove itself; UsageError for a folder or database in use without
    force; BusyError while pages are served or work goes on. Then nothing has changed.
    """
    with _opened(file) as source:
        try:
            sealed = sealing.read_header(source)
            identity = sealing.key_of(sealed, key)
        except BackupError as error:
            raise _refused(file, error) from None
        was_there = settings.data_dir.exists()
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with only_one(settings.data_dir / ".restore.lock", "restore"), _at_rest(settings):
                _finish(settings)
                staged = settings.data_dir / STAGED
                shutil.rmtree(staged, ignore_errors=True)
                is_used = _is_used(settings)
                if is_used and not force:
                    raise UsageError(
                        f"restore: got {is_used} in use, expected an empty data folder and database. Name another "
                        "--data-dir, or add --force: what is there is moved aside, and nothing of it is deleted."
                    )
                try:
                    manifest, notes = _stage(settings, file, source, sealed, identity, staged, by, progress)
                    staged.rename(settings.data_dir / READY)
                except BaseException:
                    shutil.rmtree(staged, ignore_errors=True)
                    raise
                aside = _finish(settings)
        except BaseException:
            if not was_there:
                (settings.data_dir / ".restore.lock").unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    settings.data_dir.rmdir()
            raise
    return Restored(manifest, aside, tuple(notes))


def _opened(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise UsageError(f"restore: got {file} ({reason}), expected a backup that can be read.") from None


def _refused(file: Path, error: BackupError) -> BackupError:
    return BackupError(f"restore {file.name}: {error}. Nothing was changed.")


@contextlib.contextmanager
def _at_rest(settings: Settings) -> Iterator[None]:
    """No server, import, build, freeze or backup of this data folder while the block runs. Raises: BusyError."""
    works = {
        "serve": settings.data_dir / SERVING,
        "import": settings.landed / ".import.lock",
        "build": settings.builds / "lock",
        "release freeze": releases.releases_folder(settings) / ".lock",
        "backup": settings.builds / "backup.lock",
    }
    with contextlib.ExitStack() as held:
        for work, path in works.items():
            if path.exists():
                held.enter_context(only_one(path, work))
        yield


def _is_used(settings: Settings) -> str | None:
    """What is there already: the data folder, or the application database; null for neither."""
    if any((settings.data_dir / name).exists() and any((settings.data_dir / name).iterdir()) for name in FOLDERS):
        return f"data folder {settings.data_dir}"
    file = _database_file(settings)
    used = rows.is_used(settings.app_db_url) if file is None else file.exists() and file.stat().st_size > 0
    return "application database" if used else None


def _database_file(settings: Settings) -> Path | None:
    """Where the application database lies; null where it is a server."""
    url = make_url(settings.app_db_url)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def _stage(
    settings: Settings,
    file: Path,
    source: IO[bytes],
    sealed: sealing.Sealed,
    identity: object,
    staged: Path,
    by: str,
    progress: Progress | None,
) -> tuple[Manifest, list[str]]:
    """Everything of the backup in `staged`, proved, with the plan of what goes where."""
    staged.mkdir(mode=0o700)
    try:
        with sealing.opened(source, identity) as stream:
            size = file.stat().st_size
            manifest = _unpack(stream, staged, lambda done: progress(min(done, size), size) if progress else None)
        if manifest.header != sealed.sha256:
            raise sealing.damaged()
        notes = _prove(settings, staged, manifest)
        for folder in (path for path in staged.iterdir() if path.is_dir()):
            folder.chmod(0o700)
    except BackupError as error:
        raise _refused(file, error) from None
    except (OSError, DatabaseError) as error:
        if is_full(error):
            raise BackupError(
                f"restore {file.name}: got a full disk at {settings.data_dir}, expected room for all that is restored. "
                "Free space, then run the same command again. Nothing was changed."
            ) from None
        raise
    stamp = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}-{os.urandom(2).hex()}"
    plan = {
        "aside": f"before-restore-{stamp}",
        "entries": sorted(name for name in FOLDERS if (staged / name).exists()),
        "revision": manifest.revision,
        "tables": {table: _pages(manifest, table) for table in manifest.rows},
        "by": by,
        "file": file.name,
        "made_at": manifest.made_at,
        "head": manifest.anchor[0],
    }
    (staged / PLAN).write_text(json.dumps(plan), encoding="utf-8")
    # Thousands of small files: all of them reach the disk at once, before the rename that makes them count.
    os.sync()
    return manifest, notes


def _pages(manifest: Manifest, table: str) -> list[str]:
    return sorted(manifest.files(f"{APP_DB}/{table}"))


def _unpack(stream: IO[bytes], to: Path, progress: Callable[[int], None]) -> Manifest:
    """Write every part, then compare with the manifest: the same parts, each with its size and checksum."""
    found: dict[str, tuple[int, str]] = {}
    manifest: Manifest | None = None
    done = 0
    try:
        with tarfile.open(fileobj=stream, mode="r|", encoding="utf-8", errors="surrogateescape") as archive:
            for entry in archive:
                content = archive.extractfile(entry) if entry.isreg() else None
                if content is None or manifest is not None:
                    raise sealing.damaged()
                if entry.name == MANIFEST:
                    manifest = read_manifest(content.read(LARGEST_MANIFEST))
                    continue
                if entry.name in found or not _is_place(entry.name):
                    raise sealing.damaged()
                found[entry.name] = _copy(content, to / entry.name)
                done += entry.size
                progress(done)
    except (tarfile.TarError, UnicodeError, EOFError):
        raise sealing.damaged() from None
    if manifest is None or found != manifest.parts:
        raise sealing.damaged()
    return manifest


def _is_place(name: str) -> bool:
    """Whether a part may lie there: inside one of our folders, and nowhere else."""
    parts = PurePosixPath(name).parts
    return "/".join(parts) == name and len(parts) > 1 and parts[0] in (*FOLDERS, APP_DB) and ".." not in parts


def _copy(content: IO[bytes], to: Path) -> tuple[int, str]:
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


def _prove(settings: Settings, staged: Path, manifest: Manifest) -> list[str]:
    """That what was unpacked is whole and fits together. Returns: what a person should know or do."""
    inside = dataclasses.replace(settings, data_dir=staged)
    notes = _prove_keys(settings, inside)
    _prove_app_db(inside, manifest)
    _prove_landed(inside, manifest)
    notes += _prove_snapshot(inside, manifest)
    _prove_releases(inside, manifest)
    notes += _profile(settings, staged)
    if manifest.missing:
        notes.append(f"{len(manifest.missing)} files were missing already when the backup was made: see `kanhu check`")
    if manifest.broken_at is not None:
        notes.append(f"the audit trail was changed at entry {manifest.broken_at} before the backup was made")
    if manifest.damaged_releases:
        notes.append(f"damaged before the backup was made: releases {', '.join(manifest.damaged_releases)}")
    return notes


def _prove_keys(settings: Settings, inside: Settings) -> list[str]:
    """A key that the environment gives must be the backup's: another one would find no person and verify no trail."""
    given = [name for name in SECRETS if settings.is_secret_given(name)]
    for name in SECRETS:
        path = inside.keys / f"{name}.key"
        kept = path.read_text(encoding="ascii", errors="replace").strip() if path.is_file() else ""
        if len(kept) != 64:
            raise sealing.damaged()
        if name in given and settings.secret(name).hex() != kept.lower():
            raise BackupError(
                f"got another key in KANHU_{name.upper()}_KEY than the backup's, expected the same; remove it from the "
                "environment, or set it to the one that was in use"
            )
    return [f"the keys {', '.join(given)} stay in the environment; no file was made of them"] if given else []


def _prove_app_db(inside: Settings, manifest: Manifest) -> None:
    """The rows fill its tables, as many as they were, and the audit trail is whole up to the anchor."""
    parts = {table: [inside.data_dir / page for page in _pages(manifest, table)] for table in manifest.rows}
    database = inside.data_dir / FILE
    try:
        written = rows.fill_file(database, manifest.revision, parts)
    except ConfigError as error:
        raise BackupError(str(error).rstrip(".")) from None
    except (ValueError, KeyError):
        raise sealing.damaged() from None
    except IntegrityError:
        raise BackupError("got rows in the application database that do not fit together; take another copy") from None
    if written != manifest.rows:
        raise BackupError(
            "got other numbers of rows in the application database than its manifest says; take another copy"
        )
    key = bytes.fromhex((inside.keys / "audit.key").read_text())
    db = open_app_db(f"sqlite:///{database}", key)
    try:
        verdict = audit.verify(db, manifest.anchor if manifest.broken_at is None else None)
    finally:
        db.engine.dispose()
    if verdict.broken_at != manifest.broken_at:
        raise BackupError(f"got an audit trail that was changed at entry {verdict.broken_at}, expected it as it was "
                          "written; take an earlier backup")  # fmt: skip


def _prove_landed(inside: Settings, manifest: Manifest) -> None:
    """Each load that landed has its rows, as many as its record says."""
    gone = set(manifest.missing)
    try:
        for record in records(inside.landed):
            path = landed_path(record)
            if record.status == "landed" and f"landed/{path}" not in gone:
                held = pl.scan_parquet(inside.landed / path).select(pl.len()).collect().item()
                if held != record.rows_accepted:
                    raise BackupError(f"got {held} rows of the load {record.load_id}, expected {record.rows_accepted}")
    except (OSError, pl.exceptions.PolarsError, ConfigError):
        raise BackupError(
            "got landed rows that do not open, expected those of its records; take another copy"
        ) from None


def _prove_snapshot(inside: Settings, manifest: Manifest) -> list[str]:
    """The served snapshot opens and holds as many rows as it did."""
    if manifest.snapshot_id is None:
        return ["there was no snapshot yet: run `kanhu build`"]
    path = snapshot_path(inside, manifest.snapshot_id)
    try:
        counts = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["tables"]
        asked = {name: f'select count(*) from "{name}"' for name in counts if name.isidentifier()}
        held = {name: frame.item() for name, frame in read_marts(path, asked).items()}
    except (OSError, ValueError, KeyError, TypeError, SnapshotError):
        raise BackupError(
            "got a snapshot that does not open, expected the one that was served; take another copy"
        ) from None
    if held != counts:
        raise BackupError("got a snapshot with other numbers of rows than its record says; take another copy")
    try:
        current_snapshot(inside)
    except SnapshotFormatError:
        return ["the snapshot is of an earlier version: run `kanhu build` before `kanhu serve`"]
    return []


def _prove_releases(inside: Settings, manifest: Manifest) -> None:
    """Every release as it was frozen, those of formats that this version does not read aside."""
    for name, fault in releases.damage(inside).items():
        if fault and name not in manifest.damaged_releases and _is_of_this_format(inside, name):
            raise BackupError(f"got the release {name} damaged, expected it as it was frozen; take another copy")


def _is_of_this_format(inside: Settings, name: str) -> bool:
    try:
        record = json.loads((releases.releases_folder(inside) / name / releases.RECORD).read_text(encoding="utf-8"))
        return bool(record["format_version"] == releases.FORMAT_VERSION)
    except (OSError, ValueError, KeyError, TypeError):
        return True


def _profile(settings: Settings, staged: Path) -> list[str]:
    """The place's files stay only where this machine has others, or none."""
    kept = next(iter(sorted((staged / PROFILE).glob("*"))), None)
    if kept is None:
        return []
    here = profile_folder(settings.profile)
    texts = {path.name: path.read_bytes() for path in kept.iterdir()}
    if all((here / name).is_file() and (here / name).read_bytes() == text for name, text in texts.items()):
        shutil.rmtree(staged / PROFILE)
        return []
    place = settings.data_dir / PROFILE / kept.name
    return [f"the profile it was made with differs from the one in use here: work with `kanhu --profile {place}`, or "
            "compare the two"]  # fmt: skip


def finish_restore(settings: Settings) -> bool:
    """Finish a restore that was ended between its proof and its last move. Returns: whether there was one."""
    if not (settings.data_dir / READY).is_dir():
        return False
    with only_one(settings.data_dir / ".restore.lock", "restore"), _at_rest(settings):
        _finish(settings)
    return True


def _finish(settings: Settings) -> Path | None:
    """Move what is there aside and what was proved into its place. Each step that is done is not done again.

    Returns: where the old lies; null if there was nothing.
    """
    ready = settings.data_dir / READY
    if not (ready / PLAN).is_file():
        shutil.rmtree(ready, ignore_errors=True)
        return None
    plan = json.loads((ready / PLAN).read_text(encoding="utf-8"))
    aside = settings.data_dir / plan["aside"]
    for name in MOVED:
        new, old = ready / name, settings.data_dir / name
        is_done = name in plan["entries"] and not new.exists()
        if old.exists() and not is_done and not (aside / name).exists():
            aside.mkdir(exist_ok=True, mode=0o700)
            old.rename(aside / name)
        if new.exists():
            new.rename(old)
    for name in SECRETS:
        if settings.is_secret_given(name):
            (settings.keys / f"{name}.key").unlink(missing_ok=True)
    _place_database(settings, ready, plan)
    db = open_app_db(settings.app_db_url, settings.secret("audit"))
    try:
        told = {"made_at": plan["made_at"], "head": plan["head"]}
        audit.record(db, plan["by"], audit.Action.RESTORED, plan["file"], **told)
    finally:
        db.engine.dispose()
    sync(settings.data_dir)
    # The plan last: without it what is left here is nothing that waits.
    (ready / PLAN).unlink()
    shutil.rmtree(ready, ignore_errors=True)
    return aside if aside.exists() else None


def _place_database(settings: Settings, ready: Path, plan: dict[str, object]) -> None:
    staged, target = ready / FILE, _database_file(settings)
    if not staged.exists():
        return
    if target is None:
        tables = plan["tables"]
        parts = {table: [ready / page for page in pages] for table, pages in tables.items()}  # type: ignore[attr-defined]
        rows.replace(settings.app_db_url, str(plan["revision"]), parts, aside=str(plan["aside"]))
        staged.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = target.parent / str(plan["aside"])
    if target.exists() and filecmp.cmp(staged, target, shallow=False):
        staged.unlink()  # it was put there already
        return
    for suffix in ("", "-wal", "-shm"):
        old = target.with_name(target.name + suffix)
        if old.exists():
            aside.mkdir(exist_ok=True, mode=0o700)
            old.rename(aside / old.name)
    draft = target.with_name(f".{target.name}.restored")
    shutil.copyfile(staged, draft)
    draft.chmod(0o600)
    sync(draft)
    draft.replace(target)
    sync(target.parent)
    staged.unlink()
