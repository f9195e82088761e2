"""A backup holds all that could not be made again; a restore gives it back equal, or changes nothing.

Most tests use a handful of loads of the town and a snapshot of two small marts: hundreds of damages cost seconds.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa

from tests.conftest import ROOT, Town
from tests.unit.conftest import CHEAP, postgres, postgres_url  # noqa: F401 - fixtures
from warehouse import releases
from warehouse.app_db import AppDb, audit, open_app_db, users
from warehouse.app_db import rows as app_rows
from warehouse.app_db.audit import Action
from warehouse.app_db.decisions import open_meeting, record_decision
from warehouse.app_db.notes import add_note
from warehouse.app_db.sessions import start_session
from warehouse.backup import READY, making, restoring, sealing
from warehouse.backup.making import make_backup
from warehouse.backup.manifest import MANIFEST
from warehouse.backup.restoring import STAGED, finish_restore, restore
from warehouse.errors import BackupError, BusyError, KanhuError, UsageError
from warehouse.intake.land import import_lock
from warehouse.intake.records import LOADS, QUARANTINE, LoadRecord, landed_path, records
from warehouse.locks import SERVING, one_of_many, only_one
from warehouse.scope import Role
from warehouse.settings import Settings
from warehouse.snapshots import content_hash, current_snapshot, snapshot_path, write_marts

PASSPHRASE = "rape flower tractor 9"
EXTRACTS = ("household_roster", "trainings", "petitions", "unsafe_water")


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key: what it opens costs no second of scrypt."""
    file = tmp_path_factory.mktemp("keys") / "office.key"
    public = sealing.new_key(file)
    file.with_suffix(".pub").write_text(f"# the office\n{public}\n")
    return file


@pytest.fixture
def lock(key_file: Path) -> sealing.Lock:
    return sealing.recipients_lock(key_file.with_suffix(".pub"))


@pytest.fixture
def key(key_file: Path) -> sealing.Key:
    return sealing.identity_key(key_file)


def copied_load(town: Town, settings: Settings, record: LoadRecord) -> None:
    """A load of the town, landed in the order in which an import lands: rows, rejected rows, record."""
    names = [landed_path(record), f"{QUARANTINE}/{record.load_id}.parquet", f"{LOADS}/{record.load_id}.json"]
    for name in names:
        if (town.settings.landed / name).is_file():
            (settings.landed / name).parent.mkdir(parents=True, exist_ok=True)
            draft = (settings.landed / name).with_name(".draft-copy")
            shutil.copyfile(town.settings.landed / name, draft)
            draft.replace(settings.landed / name)


@pytest.fixture
def small(town: Town, tmp_path: Path) -> Settings:
    """Four loads, some files as received, a snapshot of two marts, accounts, notes, a meeting and a decision."""
    settings = Settings(data_dir=tmp_path / "data", sample_ids=True)
    found = {one.extract: one for one in records(town.settings.landed) if one.status == "landed"}
    for extract in EXTRACTS:
        copied_load(town, settings, found[extract])
    for name, text in {"2025-12/户表.csv": "户编号,姓名\n", "2025-12/manifest.csv": "file,received_on\n"}.items():
        (settings.raw / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.raw / name).write_text(text * 40, encoding="utf-8")
    settings.snapshots.mkdir(parents=True)
    kept = dataclasses.replace(current_snapshot(town.settings), tables={"dim_area": 22, "meta_month": 3})
    marts = {"dim_area": pl.DataFrame({"n": range(22)}), "meta_month": pl.DataFrame({"n": ["a", "b", None]})}
    write_marts(snapshot_path(settings, kept.snapshot_id), marts)
    record = settings.snapshots / f"{kept.snapshot_id}.json"
    record.write_text(json.dumps(dataclasses.asdict(kept)), encoding="utf-8")
    (settings.snapshots / "current").write_text(kept.snapshot_id + "\n")
    settings.secret("person")
    write_people(open_database(settings))
    return settings


def open_database(settings: Settings) -> AppDb:
    return open_app_db(settings.app_db_url, settings.secret("audit"), passwords=CHEAP)


def write_people(db: AppDb) -> None:
    chief = users.add_user(db, "chief", Role.ADMINISTRATOR, "wheat-field-42")
    users.add_user(db, "office", Role.OFFICE, "wheat-field-42", areas=["*"])
    users.add_user(db, "yang", Role.CADRE, "wheat-field-42", areas=["340621109200"])
    start_session(db, chief)
    add_note(db, "office", "340621109200", "2025Q4", "说明：两户外出务工，“年底”回来\n再核")
    meeting = open_meeting(db, "office", "joint_meeting", dt.date(2026, 1, 9), "2025Q4")
    record_decision(
        db, "office", meeting, matter="三户未保", matter_key="missed", decision="月内入户核实", owner="civil_affairs",
        due_on=dt.date(2026, 2, 1), households=3,
    )  # fmt: skip


def content(db: AppDb) -> dict[str, list[dict[str, object]]]:
    """Every row of every table that is kept, but what follows the restore itself."""
    with app_rows.frozen(db) as connection:
        return {
            table.name: [
                dict(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in app_rows.tables(connection)
        }


def files(folder: Path) -> dict[str, str]:
    """Every file below, by its path, with a hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def kept_files(settings: Settings) -> dict[str, str]:
    names = re.compile(r"(keys|raw|landed|releases|snapshots)/(?!\.)")
    return {
        name: code
        for name, code in files(settings.data_dir).items()
        if names.match(name) and "/.import.lock" not in name and "/.lock" not in name
    }


def elsewhere(settings: Settings, tmp_path: Path, name: str = "new") -> Settings:
    return dataclasses.replace(settings, data_dir=tmp_path / name)


def assert_equal(back: Settings, old: Settings, rows_before: dict[str, list[dict[str, object]]]) -> None:
    """Files byte by byte, rows one by one; after them only the entries of the backup's end and of the restore."""
    assert kept_files(back) == kept_files(old)
    db = open_database(back)
    found = content(db)
    for table in rows_before.keys() - {"audit", "audit_head"}:
        assert found[table] == rows_before[table], table
    number = len(rows_before["audit"])
    assert found["audit"][:number] == rows_before["audit"]
    assert [entry["action"] for entry in found["audit"][number:]] == ["backed_up", "restored"]
    assert audit.verify(db).is_whole
    with db.engine.connect() as connection:
        assert connection.scalar(sa.text("select count(*) from sessions")) == 0, "nobody is signed in by a backup"


# -- there and back ---------------------------------------------------------------------------------------------------


def test_the_town_comes_back_equal_and_serves_at_once(
    town: Town, tmp_path: Path, lock: sealing.Lock, key: sealing.Key
) -> None:
    """All loads, files as received, the served snapshot, a release and every row; who may read it is kept, too."""
    settings = Settings(data_dir=tmp_path / "data", sample_ids=True)
    for name in ("raw", "landed", "snapshots", "keys"):
        if (town.settings.data_dir / name).is_dir():
            shutil.copytree(town.settings.data_dir / name, settings.data_dir / name)
    db = open_database(settings)
    write_people(db)
    releases.freeze(settings, "2025Q4", by="office")
    (releases.releases_folder(settings) / "2025Q4" / releases.DIFFERENCES).mkdir()
    (releases.releases_folder(settings) / "2025Q4" / releases.DIFFERENCES / "kept.duckdb").write_text("made again")
    (settings.landed / "household_roster" / "orphan.parquet").write_text("of an import that was killed")
    rows_before = content(db)
    steps: list[tuple[int, int]] = []
    made = make_backup(settings, tmp_path / "a.kanhu", lock, by="chief", progress=lambda *step: steps.append(step))
    assert steps == sorted(steps)
    assert steps[-1][0] > 0.95 * steps[-1][1], "what an orphan holds is not read"
    assert made.path.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir() if "draft" in path.name] == []
    back = elsewhere(settings, tmp_path)
    told = restore(back, made.path, key, by="chief")
    (settings.landed / "household_roster" / "orphan.parquet").unlink()
    shutil.rmtree(releases.releases_folder(settings) / "2025Q4" / releases.DIFFERENCES)
    assert_equal(back, settings, rows_before)
    assert (told.aside, told.notes) == (None, ())
    old, new = (snapshot_path(one, current_snapshot(one).snapshot_id) for one in (settings, back))
    assert content_hash(new) == content_hash(old)
    assert releases.damage(back) == {"2025Q4": None}
    assert {path.stat().st_mode & 0o077 for path in back.data_dir.rglob("*") if path.is_file()} <= {0, 0o044}
    assert all((back.data_dir / name).stat().st_mode & 0o077 == 0 for name in ("keys", "raw", "landed", "snapshots"))
    assert sorted(path.name for path in back.data_dir.glob(".*")) == [".restore.lock"]


def test_no_byte_of_it_lies_in_clear(small: Settings, tmp_path: Path, lock: sealing.Lock) -> None:
    """Neither keys nor names of files nor words of notes; only that it is a backup, of when, and what opens it."""
    made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief")
    written = made.path.read_bytes()
    key_text = (small.keys / "person.key").read_bytes()
    for secret in (
        key_text,
        bytes.fromhex(key_text.decode()),
        "说明".encode(),
        b"landed/",
        b"chief",
        b"wheat",
        b"PAR1",
    ):
        assert secret not in written
    first, second = written.split(b"\n", 2)[:2]
    assert first == b"KANHU-BACKUP 1"
    assert set(json.loads(second)) == {"program", "made_at", "opened_by", "key"}


def test_a_passphrase_opens_it_by_the_command_line(small: Settings, tmp_path: Path) -> None:
    """Said on standard input; a wrong one is refused in one sentence; a second restore into the same folder, too."""
    file, back = tmp_path / "a.kanhu", tmp_path / "new"
    done = kanhu(small.data_dir, "backup", "--to", str(file), "--passphrase-stdin", given=PASSPHRASE)
    assert done.returncode == 0, done.stderr
    assert re.search(r"audit trail to \d+:[0-9a-f]{64}", done.stdout)
    wrong = kanhu(back, "restore", str(file), "--passphrase-stdin", given=PASSPHRASE + "x")
    assert (wrong.returncode, wrong.stdout) == (11, "")
    assert "got a passphrase that does not open it" in wrong.stderr
    assert wrong.stderr.endswith("Nothing was changed.\n")
    assert not back.exists()
    done = kanhu(back, "restore", str(file), "--passphrase-stdin", given=PASSPHRASE)
    assert done.returncode == 0, done.stderr
    assert "4 loads, 2 files as received, 0 releases" in done.stdout
    assert "notes 1" in done.stdout
    assert kept_files(elsewhere(small, tmp_path)) == kept_files(small)


def kanhu(data_dir: Path, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "warehouse", "--data-dir", str(data_dir), *words]
    return subprocess.run(
        command, cwd=ROOT, input=f"{given}\n", capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "COLUMNS": "500"},
    )  # fmt: skip


def test_what_cannot_be_backed_up_so_is_refused(small: Settings, tmp_path: Path, lock: sealing.Lock) -> None:
    file = tmp_path / "a.kanhu"
    file.write_text("earlier")
    with pytest.raises(UsageError, match="A backup never replaces another"):
        make_backup(small, file, lock, by="chief")
    with pytest.raises(UsageError, match="among the data that is backed up"):
        make_backup(small, small.landed / "b.kanhu", lock, by="chief")
    with pytest.raises(UsageError, match="Make the folder first"):
        make_backup(small, tmp_path / "nowhere" / "b.kanhu", lock, by="chief")
    with pytest.raises(UsageError, match="at least 12"):
        sealing.passphrase_lock("wheat")
    with only_one(small.builds / "backup.lock", "backup"), pytest.raises(BusyError):
        make_backup(small, tmp_path / "b.kanhu", lock, by="chief")
    assert file.read_text() == "earlier"
    assert [path.name for path in tmp_path.glob("*.kanhu")] == ["a.kanhu"]


# -- while others write -----------------------------------------------------------------------------------------------


def test_a_backup_while_an_import_lands_and_the_trail_grows(
    town: Town, small: Settings, tmp_path: Path, lock: sealing.Lock, key: sealing.Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loads land, files as received are replaced, entries and notes are added all the time: what comes back fits
    together. Loads whose record came after the registry was read are not in it, and neither are their rows."""
    waiting = [one for one in records(town.settings.landed) if one.status == "landed" and one.extract not in EXTRACTS]
    stop, db = threading.Event(), open_database(small)
    landed_at_once = threading.Semaphore(0)

    def importing() -> None:
        with import_lock(small):
            for number, record in enumerate(waiting):
                copied_load(town, small, record)
                old = small.raw / "2025-12" / "_superseded" / f"{number}__户表.csv"
                old.parent.mkdir(exist_ok=True)
                shutil.copyfile(small.raw / "2025-12" / "户表.csv", old)
                draft = small.raw / "2025-12" / ".draft-户表.csv"
                draft.write_text(f"{number}\n")
                draft.replace(small.raw / "2025-12" / "户表.csv")
                landed_at_once.release()
                if stop.is_set():
                    return

    def speaking() -> None:
        number = 0
        while not stop.is_set():
            audit.record(db, "office", Action.SEARCHED, f"turn {number}")
            add_note(db, "office", "340621109200", "2025Q4", f"说明 {number}")
            number += 1
            stop.wait(0.02)  # people take turns; a writer that never pauses would keep all others out

    workers = [threading.Thread(target=work) for work in (importing, speaking)]
    for worker in workers:
        worker.start()
    for _ in range(5):
        landed_at_once.acquire()
    try:
        made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief")
    finally:
        stop.set()
        for worker in workers:
            worker.join()
    back = elsewhere(small, tmp_path)
    told = restore(back, made.path, key, by="chief")
    assert told.manifest.missing == ()
    loads = list(records(back.landed))
    assert len(loads) >= len(EXTRACTS) + 5
    rows_files = {path.relative_to(back.landed).as_posix() for path in back.landed.glob("[!_]*/*/*.parquet")}
    assert rows_files == {landed_path(one) for one in loads}
    found, now = content(open_database(back)), content(db)
    entries = found["audit"][:-1]
    assert entries == now["audit"][: len(entries)]
    assert found["notes"] == now["notes"][: len(found["notes"])]
    assert len(now["audit"]) > len(entries)
    spoken = sum(entry["action"] == "note_written" for entry in entries)
    assert spoken == len(found["notes"]), "notes and their entries are of one moment"


def test_a_snapshot_that_is_pruned_while_it_is_read_is_whole(
    small: Settings, tmp_path: Path, lock: sealing.Lock, key: sealing.Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another build is published and the old file is taken away after the backup began."""
    old, before = current_snapshot(small).snapshot_id, kept_files(small)

    def publishing(settings: Settings) -> dict[str, str | None]:
        for path in settings.snapshots.glob(f"{old}*"):
            path.unlink()
        (settings.snapshots / "current").write_text("20990101T000000Z-aaaaaaaaaa\n")
        return {}

    monkeypatch.setattr(making.releases, "damage", publishing)
    made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief")
    monkeypatch.undo()
    back = elsewhere(small, tmp_path)
    restore(back, made.path, key, by="chief")
    assert current_snapshot(back).snapshot_id == old
    assert kept_files(back) == before


# -- what is not a whole backup ---------------------------------------------------------------------------------------


def damages(whole: bytes) -> Iterator[tuple[str, bytes]]:
    """250: 60 cuts, 180 flipped bits (60 of them in the lines in clear and just after), 10 with more or less."""
    chance = random.Random(11)
    for at in (0, 1, len(whole) - 1, len(whole) - 16, *(chance.randrange(2, len(whole) - 1) for _ in range(56))):
        yield f"cut at {at}", whole[:at]
    begin = whole.index(b"age-encryption.org/v1\n-> X25519", 1) + 200
    for number in range(180):
        at, bit = chance.randrange(begin if number < 60 else len(whole)), 1 << chance.randrange(8)
        yield f"bit {bit} at {at}", whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
    for number in range(10):
        at, size = chance.randrange(len(whole)), chance.randrange(1, 70_000)
        with_more = whole[:at] + chance.randbytes(size) + whole[at:]
        yield (
            f"{size} at {at}",
            whole + b"x" if number == 0 else with_more if number % 2 else whole[:at] + whole[at + size :],
        )


def test_250_of_250_damaged_backups_are_refused_and_change_nothing(
    small: Settings, tmp_path: Path, lock: sealing.Lock, key: sealing.Key
) -> None:
    """Into an empty folder, and beside data that must stay as it is."""
    whole = make_backup(small, tmp_path / "a.kanhu", lock, by="chief").path.read_bytes()
    before, empty = files(small.data_dir), elsewhere(small, tmp_path)
    outcomes = []
    for number, (what, damaged) in enumerate(damages(whole)):
        file = tmp_path / "damaged.kanhu"
        file.write_bytes(damaged)
        into = empty if number % 5 else small
        outcomes.append((what, refusal(into, file, key)))
        assert not empty.data_dir.exists(), what
        assert not (small.data_dir / STAGED).exists(), what
    assert len(outcomes) == 250
    wrong = [(what, said) for what, said in outcomes if not said.startswith("restore") or "\n" in said]
    assert wrong == []
    assert {name: code for name, code in files(small.data_dir).items() if name != ".restore.lock"} == before


def refusal(into: Settings, file: Path, key: sealing.Key) -> str:
    """The sentence with which it is refused; empty if it was restored."""
    try:
        restore(into, file, key, by="chief", force=True)
    except KanhuError as refused:
        return str(refused)
    return ""


def remade(
    whole: Path, to: Path, lock: sealing.Lock, key: sealing.Key, change: Callable[[dict[str, bytes]], None]
) -> Path:
    """A backup with other contents, sealed rightly: what somebody with the key could make, or a fault of ours."""
    with whole.open("rb") as file:
        sealed = sealing.read_header(file)
        stream = io.BytesIO()
        with sealing.opened(file, sealing.key_of(sealed, key)) as opened:
            stream.write(opened.read())
    stream.seek(0)
    with tarfile.open(fileobj=stream) as archive:
        parts = {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]
    lines, identity = sealing.header(lock, {"program": "0", "made_at": "then"})
    told = json.loads(parts[MANIFEST])
    told["header"] = hashlib.sha256(lines).hexdigest()
    parts[MANIFEST] = json.dumps(told).encode()
    change(parts)
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as archive:
        for name, data in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    with to.open("wb") as file:
        file.write(lines)
        sealing.seal(iter([written.getvalue()]), file, identity)
    return to


def told_again(parts: dict[str, bytes], **changes: object) -> None:
    """The manifest with checksums of the parts as they are now, and what else is changed in it."""
    told = json.loads(parts[MANIFEST])
    sums = {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in parts.items() if name != MANIFEST}
    parts[MANIFEST] = json.dumps({**told, "parts": sums, **changes}).encode()


def a_part(parts: dict[str, bytes], begin: str) -> str:
    return next(name for name in sorted(parts) if name.startswith(begin))


def changed_part(parts: dict[str, bytes]) -> None:
    parts[a_part(parts, "raw/")] += b"x"


def lost_part(parts: dict[str, bytes]) -> None:
    del parts[a_part(parts, "landed/_loads")]


def added_part(parts: dict[str, bytes]) -> None:
    manifest = parts.pop(MANIFEST)
    parts |= {"raw/2025-12/more.csv": b"x", MANIFEST: manifest}


def outside(parts: dict[str, bytes]) -> None:
    parts["raw/../../escaped"] = b"x"
    told_again(parts)
    parts[MANIFEST] = parts.pop(MANIFEST)


def absolute(parts: dict[str, bytes]) -> None:
    parts["/tmp/escaped"] = b"x"
    told_again(parts)
    parts[MANIFEST] = parts.pop(MANIFEST)


def entry_changed(parts: dict[str, bytes]) -> None:
    name = a_part(parts, "app_db/audit/")
    parts[name] = parts[name].replace(b'"chief"', b'"thief"', 1)
    told_again(parts)


def trail_cut(parts: dict[str, bytes]) -> None:
    """The last entry and its head are gone, and the counts agree: only the anchor tells."""
    name, head = a_part(parts, "app_db/audit/"), a_part(parts, "app_db/audit_head/")
    lines = parts[name].splitlines(keepends=True)
    parts[name] = b"".join(lines[:-1])
    last = json.loads(lines[-2])
    parts[head] = json.dumps({"one": 1, "entry_no": last["entry_no"], "mac": last["mac"]}).encode() + b"\n"
    told = json.loads(parts[MANIFEST])
    told_again(parts, rows={**told["rows"], "audit": told["rows"]["audit"] - 1})


def row_lost(parts: dict[str, bytes]) -> None:
    parts[a_part(parts, "app_db/notes/")] = b""
    told_again(parts)


def user_lost(parts: dict[str, bytes]) -> None:
    """Grants are left that are of nobody."""
    name = a_part(parts, "app_db/users/")
    parts[name] = b"".join(parts[name].splitlines(keepends=True)[:-1])
    told_again(parts)


def rows_of_a_load_lost(parts: dict[str, bytes]) -> None:
    name = a_part(parts, "landed/household_roster/")
    written = io.BytesIO()
    pl.read_parquet(parts[name]).head(3).write_parquet(written)
    parts[name] = written.getvalue()
    told_again(parts)


def other_snapshot(parts: dict[str, bytes]) -> None:
    name = next(name for name in parts if name.endswith(".duckdb"))
    parts[name] = b"x" * 4096
    told_again(parts)


def newer_manifest(parts: dict[str, bytes]) -> None:
    told_again(parts, format_version=2)


def newer_tables(parts: dict[str, bytes]) -> None:
    told_again(parts, revision="0999")


def other_lines_in_clear(parts: dict[str, bytes]) -> None:
    told_again(parts, header="0" * 64)


def another_audit_key(parts: dict[str, bytes]) -> None:
    parts["keys/audit.key"] = b"ab" * 32
    told_again(parts)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (changed_part, "damaged or cut file"),
        (lost_part, "damaged or cut file"),
        (added_part, "damaged or cut file"),
        (outside, "damaged or cut file"),
        (absolute, "damaged or cut file"),
        (other_lines_in_clear, "damaged or cut file"),
        (newer_manifest, "restore it with the version of Kanhu that made it"),
        (newer_tables, "got tables of revision 0999"),
        (entry_changed, "audit trail that was changed at entry 1"),
        (trail_cut, "audit trail that was changed"),
        (another_audit_key, "audit trail that was changed at entry 1"),
        (row_lost, "other numbers of rows in the application database"),
        (user_lost, "rows in the application database that do not fit together"),
        (rows_of_a_load_lost, "got 3 rows of the load"),
        (other_snapshot, "snapshot that does not open"),
    ],
)
def test_contents_that_do_not_prove_themselves_are_refused(
    small: Settings,
    tmp_path: Path,
    lock: sealing.Lock,
    key: sealing.Key,
    change: Callable[[dict[str, bytes]], None],
    reason: str,
) -> None:
    """Encryption alone does not tell these: each is sealed rightly."""
    whole = make_backup(small, tmp_path / "a.kanhu", lock, by="chief").path
    file = remade(whole, tmp_path / "b.kanhu", lock, key, change)
    back = elsewhere(small, tmp_path)
    with pytest.raises(BackupError, match=reason) as refused:
        restore(back, file, key, by="chief")
    assert str(refused.value).endswith("Nothing was changed.")
    assert not back.data_dir.exists()
    assert not (tmp_path / "escaped").exists()


def test_what_was_not_changed_is_restored_by_the_same_way(
    small: Settings, tmp_path: Path, lock: sealing.Lock, key: sealing.Key
) -> None:
    """The test above can fail: the same way without a change restores."""
    whole = make_backup(small, tmp_path / "a.kanhu", lock, by="chief").path
    file = remade(whole, tmp_path / "b.kanhu", lock, key, told_again)
    restore(elsewhere(small, tmp_path), file, key, by="chief")
    assert kept_files(elsewhere(small, tmp_path)) == kept_files(small)


def test_another_key_and_a_newer_format_are_refused(
    small: Settings, tmp_path: Path, lock: sealing.Lock, key: sealing.Key
) -> None:
    made, back = make_backup(small, tmp_path / "a.kanhu", lock, by="chief").path, elsewhere(small, tmp_path)
    sealing.new_key(tmp_path / "other.key")
    with pytest.raises(BackupError, match="got a key that does not open it"):
        restore(back, made, sealing.identity_key(tmp_path / "other.key"), by="chief")
    with pytest.raises(UsageError, match="expected --identity FILE"):
        restore(back, made, sealing.Key(passphrase=PASSPHRASE), by="chief")
    made.write_bytes(made.read_bytes().replace(b"KANHU-BACKUP 1", b"KANHU-BACKUP 2", 1))
    with pytest.raises(
        BackupError, match="got format 2, expected 1; restore it with the version of Kanhu that made it"
    ):
        restore(back, made, key, by="chief")
    with pytest.raises(UsageError, match="A key is never replaced"):
        sealing.new_key(tmp_path / "other.key")
    assert not back.data_dir.exists()


def test_faults_from_before_the_backup_do_not_keep_it_from_being_restored(
    small: Settings, tmp_path: Path, lock: sealing.Lock, key: sealing.Key
) -> None:
    """Rows that were lost and a trail that was changed before are told, and the rest comes back."""
    lost = next(one for one in records(small.landed) if one.extract == "petitions")
    (small.landed / landed_path(lost)).unlink()
    with open_database(small).engine.begin() as connection:
        connection.execute(sa.text("drop trigger audit_no_update"))
        connection.execute(sa.text("update audit set target = 'x' where entry_no = 2"))
    made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief")
    assert made.manifest.missing == (f"landed/{landed_path(lost)}",)
    told = restore(elsewhere(small, tmp_path), made.path, key, by="chief")
    assert "1 files were missing already" in told.notes[0]
    assert told.notes[1] == "the audit trail was changed at entry 2 before the backup was made"


# -- what is there stays ----------------------------------------------------------------------------------------------


def test_a_folder_in_use_is_refused_and_moved_aside_whole_when_forced(
    small: Settings, tmp_path: Path, lock: sealing.Lock, key: sealing.Key
) -> None:
    rows_before = content(open_database(small))
    made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief").path
    add_note(open_database(small), "office", "340621109200", "2025Q4", "later")
    (small.raw / "2025-12" / "later.csv").write_text("later")
    before = files(small.data_dir)
    with pytest.raises(UsageError, match="add --force: what is there is moved aside"):
        restore(small, made, key, by="chief")
    assert {name: code for name, code in files(small.data_dir).items() if name != ".restore.lock"} == before
    told = restore(small, made, key, by="chief", force=True)
    assert told.aside is not None
    old = dataclasses.replace(small, data_dir=told.aside)
    assert not (small.raw / "2025-12" / "later.csv").exists()
    assert (old.raw / "2025-12" / "later.csv").read_text() == "later"
    assert [row["text"] for row in content(open_database(old))["notes"]][-1] == "later"
    (old.raw / "2025-12" / "later.csv").unlink()
    assert_equal(small, old, rows_before)


def test_nothing_is_replaced_under_who_works_with_it(
    small: Settings, tmp_path: Path, lock: sealing.Lock, key: sealing.Key
) -> None:
    made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief").path
    with one_of_many(small.data_dir / SERVING), pytest.raises(BusyError, match="serve"):
        restore(small, made, key, by="chief", force=True)
    with import_lock(small), pytest.raises(BusyError, match="import"):
        restore(small, made, key, by="chief", force=True)
    restore(small, made, key, by="chief", force=True)


def test_keys_of_the_environment_stay_there_and_must_be_the_backups(
    small: Settings, tmp_path: Path, lock: sealing.Lock, key: sealing.Key, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief").path
    right, back = (small.keys / "person.key").read_text(), elsewhere(small, tmp_path)
    monkeypatch.setenv("KANHU_PERSON_KEY", "cd" * 32)
    with pytest.raises(BackupError, match="got another key in KANHU_PERSON_KEY"):
        restore(back, made, key, by="chief")
    monkeypatch.setenv("KANHU_PERSON_KEY", right)
    told = restore(back, made, key, by="chief")
    assert [path.name for path in back.keys.iterdir()] == ["audit.key"]
    assert "stay in the environment" in told.notes[0]


# -- kills and full disks ---------------------------------------------------------------------------------------------

BACKUP_POINTS = [
    ("making.sealing.header", 1), ("making._served", 1), ("making._head", 1), ("making._head", 7), ("os.open", 1),
    ("making.rows.pages", 1), ("making.rows.pages", 4), ("os.fsync", 1), ("pathlib.Path.rename", 1), ("making.sync", 1),
    ("making.audit.record", 1), ("making.audit.record", 2),
]  # fmt: skip
RESTORE_POINTS = [
    ("restoring._copy", 1), ("restoring._copy", 5), ("restoring._prove", 1), ("restoring.rows.fill_file", 1),
    ("restoring.audit.verify", 1), ("restoring._prove_releases", 1), ("os.sync", 1), ("pathlib.Path.rename", 1),
    ("pathlib.Path.rename", 2), ("pathlib.Path.rename", 3), ("pathlib.Path.rename", 5), ("pathlib.Path.rename", 8),
    ("pathlib.Path.rename", 10), ("restoring._place_database", 1), ("shutil.copyfile", 1), ("pathlib.Path.replace", 1),
    ("pathlib.Path.unlink", 1), ("restoring.audit.record", 1), ("shutil.rmtree", 3),
]  # fmt: skip

KILLED = """
import os, signal, sys, pathlib, shutil, resource
from pathlib import Path
from warehouse.backup import making, restoring, sealing
from warehouse.errors import KanhuError
from warehouse.settings import Settings

work, folder, file, key, *rest = sys.argv[1:]
settings = Settings(data_dir=Path(folder), sample_ids=True)


def go():
    if work == "backup":
        making.make_backup(settings, Path(file), sealing.recipients_lock(Path(key).with_suffix(".pub")), by="chief")
    else:
        restoring.restore(settings, Path(file), sealing.identity_key(Path(key)), by="chief", force=True)


def killed_at(point, nth):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    owner, _, name = point.rpartition(".")
    place = eval(owner)
    function, calls = getattr(place, name), [0]

    def counted(*given, **named):
        calls[0] += 1
        if calls[0] == int(nth):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*given, **named)

    setattr(place, name, counted)
    try:
        go()
        os._exit(0)
    finally:
        os._exit(1)


def full_at(size):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), resource.RLIM_INFINITY))
    try:
        go()
        os._exit(0)
    except KanhuError as error:
        os.write(2, (str(error) + chr(10)).encode())
        os._exit(11)
    finally:
        os._exit(1)
"""


def run_driver(code: str, *words: str) -> list[str]:
    """One process that has everything imported, and forks for each point."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED + code, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [*done.stdout.splitlines(), done.stderr]


def test_a_killed_backup_leaves_none_and_the_next_one_clears(
    small: Settings, tmp_path: Path, key_file: Path, lock: sealing.Lock, key: sealing.Key
) -> None:
    """Either the whole file or none; what it left beside is cleared by the same command."""
    code = "\n".join(
        f"print(killed_at({point!r}, {nth}), Path(file).exists()); Path(file).exists() and (restoring.restore("
        f"Settings(data_dir=Path(folder + '-{number}')), Path(file), sealing.identity_key(Path(key)), by='x'), "
        "os.unlink(file))"
        for number, (point, nth) in enumerate(BACKUP_POINTS)
    )
    out = tmp_path / "out"
    out.mkdir()
    *lines, _ = run_driver(code, "backup", str(small.data_dir), str(out / "a.kanhu"), str(key_file))
    assert len(lines) == len(BACKUP_POINTS)
    assert {line.split()[0] for line in lines} == {str(-signal.SIGKILL)}, lines
    assert sum(line.endswith("True") for line in lines) == 2, "killed after the rename: whole, and restored above"
    made = make_backup(small, out / "a.kanhu", lock, by="chief")
    assert [path.name for path in out.iterdir()] == ["a.kanhu"]
    restore(elsewhere(small, tmp_path), made.path, key, by="chief")
    assert audit.verify(open_database(small)).is_whole


def test_a_killed_restore_leaves_the_old_state_or_the_next_command_finishes_the_new(
    small: Settings, tmp_path: Path, key_file: Path, lock: sealing.Lock, key: sealing.Key
) -> None:
    """Killed at each point over a copy of data that is in use: then everything is old, or everything is new."""
    made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief").path
    new_state = kept_files(small)
    (small.raw / "2025-12" / "later.csv").write_text("later")
    add_note(open_database(small), "office", "340621109200", "2025Q4", "later")
    old_state = kept_files(small)
    open_database(small).engine.dispose()
    for number in range(len(RESTORE_POINTS)):
        shutil.copytree(small.data_dir, tmp_path / f"copy-{number}")
    code = f"folder, runs = folder.rsplit('-', 1)[0], {RESTORE_POINTS!r}\n" + (
        "for number, (point, nth) in enumerate(runs):\n"
        "    settings = Settings(data_dir=Path(folder + f'-{number}'), sample_ids=True)\n"
        "    print(killed_at(point, nth))\n"
    )
    *lines, _ = run_driver(code, "restore", str(tmp_path / "copy-0"), str(made), str(key_file))
    assert set(lines) == {str(-signal.SIGKILL)}, list(zip(RESTORE_POINTS, lines, strict=True))
    were_new = 0
    for number, point in enumerate(RESTORE_POINTS):
        left = elsewhere(small, tmp_path, f"copy-{number}")
        was_ready = (left.data_dir / READY).is_dir() and (left.data_dir / READY / restoring.PLAN).is_file()
        if not was_ready and kept_files(left) == old_state:
            restore(left, made, key, by="chief", force=True)
        elif finish_restore(left):
            were_new += 1
        assert kept_files(left) == new_state, point
        assert not (left.data_dir / READY).exists(), point
        assert not (left.data_dir / STAGED).exists(), point
        (aside,) = left.data_dir.glob("before-restore-*")
        assert kept_files(dataclasses.replace(left, data_dir=aside)) == old_state, point
        old_notes, new_notes = ([row["text"] for row in content(open_database(one))["notes"]]
                                for one in (dataclasses.replace(left, data_dir=aside), left))  # fmt: skip
        assert (len(old_notes), len(new_notes)) == (2, 1), point
        assert audit.verify(open_database(left)).is_whole, point
    assert were_new >= 8


def test_a_full_disk_is_said_and_leaves_nothing(
    small: Settings, tmp_path: Path, key_file: Path, lock: sealing.Lock
) -> None:
    """The size a file may have is limited at many places, as a disk that fills up there."""
    made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief")
    open_database(small).engine.dispose()
    before = kept_files(small)
    out = tmp_path / "out"
    out.mkdir()
    steps = [made.bytes * part // 12 for part in range(3, 12)]
    code = f"for size in {steps}:\n    print(full_at(size))\n"
    *lines, said = run_driver(code, "backup", str(small.data_dir), str(out / "b.kanhu"), str(key_file))
    assert lines == ["11"] * len(steps), said
    assert said.count("got a full disk at") == len(steps)
    assert list(out.iterdir()) == []
    largest = max(size for size, _ in made.manifest.parts.values())
    steps = [largest * part // 10 for part in range(1, 10)]
    code = f"for size in {steps}:\n    print(full_at(size), Path(folder).exists())\n"
    *lines, said = run_driver(code, "restore", str(tmp_path / "new"), str(made.path), str(key_file))
    assert lines == ["11 False"] * len(steps), said
    assert said.count("got a full disk at") == len(steps)
    assert kept_files(small) == before


# -- the other engine -------------------------------------------------------------------------------------------------


def test_postgres_there_and_back_and_over_tables_in_use(
    small: Settings,
    tmp_path: Path,
    lock: sealing.Lock,
    key: sealing.Key,
    postgres_url: str,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """From a file into Postgres, over its tables in use, and back into a file; numbers it gives go on; what was there
    lies in a schema of its own."""
    rows_before = content(open_database(small))
    made = make_backup(small, tmp_path / "a.kanhu", lock, by="chief").path
    monkeypatch.setenv("KANHU_APP_DB", postgres_url)
    back = elsewhere(small, tmp_path)
    restore(back, made, key, by="chief")
    assert_equal(back, small, rows_before)
    db = open_database(back)
    add_note(db, "office", "340621109200", "2025Q4", "in Postgres")
    assert [row["note_id"] for row in content(db)["notes"]] == [1, 2]
    again = make_backup(back, tmp_path / "b.kanhu", lock, by="chief").path
    rows_then = content(db)
    db.engine.dispose()
    with pytest.raises(UsageError, match="application database in use"):
        restore(elsewhere(small, tmp_path, "third"), again, key, by="chief")
    told = restore(back, made, key, by="chief", force=True)
    db = open_database(back)
    assert len(content(db)["notes"]) == 1
    assert audit.verify(db).is_whole
    with pytest.raises(sa.exc.DatabaseError, match="rows are added and never changed"), db.engine.begin() as connection:
        connection.execute(sa.text("delete from audit"))
    assert told.aside is not None
    with db.engine.connect() as connection:
        old = connection.scalar(sa.text(f'select count(*) from "{told.aside.name}".notes'))
    assert old == 2
    db.engine.dispose()
    monkeypatch.delenv("KANHU_APP_DB")
    file = elsewhere(small, tmp_path, "file")
    restore(file, again, key, by="chief")
    found = content(open_database(file))
    assert found["notes"] == rows_then["notes"]
    assert found["users"] == rows_then["users"]


def test_a_backup_needs_little_memory(tmp_path: Path) -> None:
    """300 MB pass through; a whole copy of them in memory would show."""
    code = """
import io, resource, sys
from warehouse.backup import sealing
lines, identity = sealing.header(sealing.Lock(recipients=(sys.argv[1],)), {})
class Nowhere:
    def write(self, data): return len(data)
    def flush(self): pass
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sealing.seal((bytes(1 << 20) for _ in range(300)), Nowhere(), identity)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    public = sealing.new_key(tmp_path / "a.key")
    done = subprocess.run([sys.executable, "-c", code, public], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 40_000, "kilobytes"
