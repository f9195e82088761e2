"""Releases: snapshots frozen for good with all that made them: a period's figures can be told again years later.

`releases/<name>/` appears whole by one rename and is never written again: the snapshot file, its record, the policy
and profile as they were used, the period's report as it was then, and `release.json` with a checksum of each file.
Source: 04-warehouse "Flow", 05-pages 9 "Month freeze with visible difference".
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from warehouse import __version__, i18n
from warehouse.app_db import app_db, audit
from warehouse.errors import KanhuError, SnapshotError, SnapshotFormatError, UsageError
from warehouse.exports.forms import FormName
from warehouse.exports.periodic_report import REPORTS
from warehouse.exports.quarterly_report import COMMAND_LINE, office_ask
from warehouse.exports.xlsx import Frozen
from warehouse.gate import Gate, open_gate
from warehouse.i18n import LANGUAGES
from warehouse.inputs import MART as INPUTS
from warehouse.inputs import unpack
from warehouse.locks import only_one
from warehouse.periods import is_period, kind_of, period_days
from warehouse.settings import Settings
from warehouse.snapshots import FORMAT_VERSION as SNAPSHOT_FORMAT
from warehouse.snapshots import (
    content_hash,
    current_snapshot,
    read_marts,
    snapshot_path,
    sync,
)

FORMAT_VERSION = 1
RECORD = "release.json"
DIFFERENCES = "differences"
DRAFT = ".draft-"
CHUNK = 1 << 22
_NAME = re.compile(r"\w[\w-]{0,39}")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Release:
    """What a frozen release is.

    frozen_at, built_at: UTC, ISO. by: who froze it. as_of: the day its states are told for. loads: every load that had
    landed (load_id, extract, month, file_name, sha256, received_on, loaded_at, is_winning). content: hash per mart.
    files: sha256 of every other file of the folder, by its path in it. code_version: of the Kanhu that froze it.
    """

    name: str
    period: str
    frozen_at: str
    by: str
    snapshot_id: str
    built_at: str
    as_of: str
    first_month: str
    last_month: str
    profile: str
    rules_version: str
    sample_data: bool
    code_version: str
    loads: tuple[dict[str, object], ...]
    content: dict[str, str]
    files: dict[str, str]
    format_version: int = FORMAT_VERSION

    @property
    def frozen(self) -> Frozen:
        """What an export made from it says of it."""
        return Frozen(self.name, dt.datetime.fromisoformat(self.frozen_at))


def releases_folder(settings: Settings) -> Path:
    return settings.data_dir / "releases"


def release_path(settings: Settings, release: Release) -> Path:
    """The frozen snapshot file: `gate.open_gate` opens it as any other."""
    return releases_folder(settings) / release.name / f"{release.snapshot_id}.duckdb"


def freeze(
    settings: Settings, period: str, *, name: str | None = None, by: str = COMMAND_LINE, say: Say | None = None
) -> Release:
    """Freeze the snapshot that is served as the release of `period` (2025Q4, 2025-12 or 2025), for good.

    Raises: UsageError for a period the snapshot does not hold, a name that is taken, or a snapshot that was frozen for
    that period already; BusyError while another freeze runs; SnapshotError without a snapshot that can be frozen.
    A kill or a full disk leaves no release, and the same command does the work.
    """
    say = say or (lambda _: None)
    snapshot = current_snapshot(settings)
    _check_period(period, snapshot.first_month, snapshot.last_month)
    folder = releases_folder(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(folder / ".lock", "release freeze"):
        _clean(folder)
        name = _name(settings, period, name, snapshot.snapshot_id)
        draft = folder / f"{DRAFT}{name}"
        draft.mkdir(mode=0o700)
        try:
            say("copying the snapshot")
            database = draft / f"{snapshot.snapshot_id}.duckdb"
            _copy(snapshot_path(settings, snapshot.snapshot_id), database)
            say("keeping what made it")
            frozen = Release(
                name=name,
                period=period,
                frozen_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                by=by,
                code_version=__version__,
                loads=_loads(database),
                content=content_hash(database),
                files={},
                **{field: getattr(snapshot, field) for field in _SHARED},
            )
            _write(draft / "snapshot.json", json.dumps(dataclasses.asdict(snapshot), ensure_ascii=False, indent=1))
            _keep_inputs(database, draft)
            say("writing the report of the period")
            _keep_report(frozen, open_gate(snapshot_path(settings, snapshot.snapshot_id)), draft)
            files = {path.relative_to(draft).as_posix(): _sha256(path) for path in _files(draft)}
            frozen = dataclasses.replace(frozen, files=files)
            _write(draft / RECORD, json.dumps(dataclasses.asdict(frozen), ensure_ascii=False, indent=1))
            for path in (*(path for path in draft.rglob("*") if path.is_dir()), draft):
                sync(path)
            # Before the rename: an entry without a release is an attempt, a release without an entry cannot be.
            audit.record(app_db(settings), by, audit.Action.FROZEN, name, snapshot=snapshot.snapshot_id)
            draft.rename(folder / name)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        sync(folder)
    return frozen


_SHARED = (
    "snapshot_id", "built_at", "as_of", "first_month", "last_month", "profile", "rules_version", "sample_data",
)  # fmt: skip


def _check_period(period: str, first_month: str, last_month: str) -> None:
    if not is_period(period):
        raise UsageError(f"period: got {period!r}, expected a quarter such as 2025Q4, a month 2025-12 or a year 2025.")
    end = period_days(period)[1].replace(day=1).isoformat()
    if not first_month <= end <= last_month:
        raise UsageError(
            f"period: got {period}, whose last month is {end[:7]}; expected one that ends from {first_month[:7]} to "
            f"{last_month[:7]}. Import the lists of its months and run `kanhu build` first."
        )


def _clean(folder: Path) -> None:
    """Remove what a killed freeze left."""
    for draft in folder.glob(f"{DRAFT}*"):
        shutil.rmtree(draft)


def _name(settings: Settings, period: str, name: str | None, snapshot_id: str) -> str:
    """The name asked for, else the period's with a number after the first. A snapshot is frozen for a period once."""
    folder = releases_folder(settings)
    taken = {path.name for path in folder.iterdir() if path.is_dir()}
    for release in _whole(settings, taken):
        if (release.period, release.snapshot_id) == (period, snapshot_id):
            raise UsageError(
                f"release freeze: got snapshot {snapshot_id}, which is frozen for {period} as {release.name}; expected "
                "a newer one. Run `kanhu build` first, or use that release."
            )
    if name is None:
        numbers = (f"{period}-{number}" for number in range(2, len(taken) + 3))
        return next(one for one in (period, *numbers) if one not in taken)
    if not _NAME.fullmatch(name):
        raise UsageError(f"--name: got {name!r}, expected up to 40 letters, digits, _ and -.")
    if name in taken:
        raise UsageError(f"--name: got {name}, which is a release already; expected a new one. Choose another name.")
    return name


def _whole(settings: Settings, names: set[str]) -> Iterator[Release]:
    for name in sorted(names):
        try:
            yield read_record(settings, name)
        except SnapshotError:
            continue


def _copy(source: Path, to: Path) -> None:
    """A copy of its own, not a link: nothing that happens to the served file can reach it."""
    try:
        with source.open("rb") as original:
            _write_chunks(to, iter(lambda: original.read(CHUNK), b""))
    except FileNotFoundError:
        raise SnapshotError(
            f"snapshot {source.stem}: got no file, expected the one served. Run the command again."
        ) from None


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_chunks(path, iter([content.encode() if isinstance(content, str) else content]))


def _write_chunks(path: Path, chunks: Iterator[bytes]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())


def _loads(database: Path) -> tuple[dict[str, object], ...]:
    columns = "load_id, extract, month::varchar as month, file_name, sha256, received_on::varchar as received_on"
    question = f"select {columns}, loaded_at, is_winning from meta_load where status = 'landed' order by all"
    return tuple(read_marts(database, {"loads": question})["loads"].to_dicts())


def _keep_inputs(database: Path, draft: Path) -> None:
    try:
        inputs = read_marts(database, {"inputs": f"select kind, path, text from {INPUTS}"})["inputs"]
    except SnapshotError:
        raise SnapshotError(
            f"snapshot {database.stem}: got one that does not keep the rules that made it, expected one of this "
            "version. Run `kanhu build`, then freeze again."
        ) from None
    for kind in ("policy", "profile"):
        for path in unpack(inputs, draft / "made_by", kind).iterdir():
            path.chmod(0o600)
            sync(path)


def _keep_report(release: Release, gate: Gate, draft: Path) -> None:
    """The period's report in every language, as this version of Kanhu writes it: later ones may write it otherwise."""
    spoken = i18n.language()
    try:
        for language in LANGUAGES:
            i18n.set_language(language)
            _write(draft / kept_report(release.period, language), _report(gate, release))
    finally:
        i18n.set_language(spoken)


def kept_report(period: str, language: str) -> str:
    """Where in a release the period's report of that language lies."""
    return f"reports/{REPORTS[kind_of(period)][0]}_{period}_{language}.xlsx"


def _report(gate: Gate, release: Release, form: FormName = "xlsx") -> bytes:
    _, report = REPORTS[kind_of(release.period)]
    return report(office_ask(gate), release.period, frozen=release.frozen, form=form)


def _files(folder: Path) -> Iterator[Path]:
    """The files of a release that its record answers for."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and inside.parts[0] != DIFFERENCES and inside.name != RECORD:
            yield path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def names(settings: Settings) -> list[str]:
    """The names of all releases, whole or damaged, in the order of their names."""
    folder = releases_folder(settings)
    return sorted(path.name for path in folder.glob("[!.]*") if path.is_dir()) if folder.is_dir() else []


def releases(settings: Settings) -> list[Release]:
    """Every release whose record can be read, the newest frozen last. `kanhu check` tells of the others."""
    return sorted(_whole(settings, set(names(settings))), key=lambda release: (release.frozen_at, release.name))


def read_record(settings: Settings, name: str) -> Release:
    """What the release of that name says of itself; its files are not looked at.

    Raises: UsageError if there is none; SnapshotError if its record is damaged or of a format this version cannot read.
    """
    if name not in names(settings):
        known = ", ".join(names(settings)) or "none yet"
        raise UsageError(f"release: got {name!r}, expected one of: {known}. See `kanhu release list`.")
    try:
        record = json.loads((releases_folder(settings) / name / RECORD).read_text(encoding="utf-8"))
        version = record["format_version"]
    except (OSError, ValueError, TypeError, KeyError):
        raise _damaged(name, f"no readable {RECORD}") from None
    if version != FORMAT_VERSION:
        raise SnapshotError(
            f"release {name}: got format {version!r}, expected {FORMAT_VERSION}. Read it with the version of Kanhu "
            f"that froze it ({record.get('code_version', 'unknown')})."
        )
    known_fields = {field.name for field in dataclasses.fields(Release)}
    if known_fields - record.keys() or record["name"] != name:
        raise _damaged(name, f"a {RECORD} that lacks parts or is of another release")
    return Release(**{field: value for field, value in record.items() if field in known_fields} | {
        "loads": tuple(record["loads"])
    })  # fmt: skip


def _damaged(name: str, fact: str) -> SnapshotError:
    return SnapshotError(
        f"release {name}: got {fact}, expected it as it was frozen. Put its folder back from a backup; the other "
        "releases and the served snapshot are not touched."
    )


def read_release(settings: Settings, name: str) -> Release:
    """The release of that name, every file of it checked against its checksum.

    Raises: as read_record; SnapshotError naming what is damaged, missing or too much.
    """
    release = read_record(settings, name)
    folder = releases_folder(settings) / name
    held = {path.relative_to(folder).as_posix() for path in _files(folder)}
    if lost := sorted(release.files.keys() - held):
        raise _damaged(name, f"no {', '.join(lost)}")
    if added := sorted(held - release.files.keys()):
        raise _damaged(name, f"{', '.join(added)} besides its own files")
    for path, checksum in release.files.items():
        if _sha256(folder / path) != checksum:
            raise _damaged(name, f"a changed {path}")
    return release


def open_release(settings: Settings, name: str) -> tuple[Release, Gate]:
    """A whole release and the gate to its snapshot.

    Raises: as read_release; SnapshotFormatError if its snapshot is of another format: it lacks what is asked now.
    """
    release = read_release(settings, name)
    found = json.loads((releases_folder(settings) / name / "snapshot.json").read_text(encoding="utf-8"))
    if found["format_version"] != SNAPSHOT_FORMAT:
        raise SnapshotFormatError(
            f"release {name}: got a snapshot of format {found['format_version']}, expected {SNAPSHOT_FORMAT}. Its "
            f"report as it was kept still can be had: `kanhu release export {name} --to FILE`, without --remake."
        )
    return release, open_gate(release_path(settings, release))


def export_release(
    settings: Settings, name: str, to: Path, language: str, *, remake: bool = False, form: FormName = "xlsx"
) -> str:
    """Write the release's report to a file: as it was kept, or made again from the snapshot by today's writer.

    The workbook is kept; every other form is made from the snapshot. Returns what was done: `kept`, `made` (of another
    form), `equal` (made again, with the same bytes) or `remade` (today's writer lays it out or words it otherwise, or
    none was kept). Raises: as read_release; UsageError if no report was kept; to make it, as open_release, and
    SnapshotError if today's questions find no answer in a snapshot of then (the kept report still can be had).
    """
    i18n.set_language(language)
    release = read_release(settings, name)
    kept = releases_folder(settings) / name / kept_report(release.period, language)
    before = kept.read_bytes() if form == "xlsx" and kept.is_file() else None
    content, done = before, "kept"
    if remake or form != "xlsx":
        _, gate = open_release(settings, name)
        content = _report(gate, release, form)
        done = "made" if form != "xlsx" else "equal" if content == before else "remade"
    if content is None:
        raise UsageError(f"release export: got {name} without a kept report, expected one. Add --remake to make it.")
    to.write_bytes(content)
    to.chmod(0o600)
    audit.record(app_db(settings), COMMAND_LINE, audit.Action.EXPORTED, to.name, release=name)
    return done


def damage(settings: Settings) -> dict[str, str | None]:
    """Every release with what is wrong with it; null where all its files are as they were frozen."""
    found: dict[str, str | None] = {}
    for name in names(settings):
        try:
            read_release(settings, name)
            found[name] = None
        except KanhuError as error:
            found[name] = str(error)
    return found
