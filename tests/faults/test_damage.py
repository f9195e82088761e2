"""What lies on the disk is damaged, gone or full: one sentence that says what to do, and the way out works."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from warehouse.app_db import open_app_db
from warehouse.errors import ConfigError, SnapshotError, SnapshotFormatError
from warehouse.health import health
from warehouse.intake import import_files, loads
from warehouse.profiles import Profile, load_profile
from warehouse.sample import write_sample
from warehouse.server import serve
from warehouse.settings import Settings

SNAPSHOT = (
    '{"snapshot_id": "broken", "built_at": "2026-01-11T03:00:00+00:00", "profile": "suntuan", "as_of": "2026-01-10",'
    ' "first_month": "2025-11-01", "last_month": "2025-12-01", "rules_version": "r", "sample_data": true,'
    ' "tables": {}, "format_version": 2}'
)


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile("suntuan")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, profile: Profile) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "files"
    write_sample(folder, profile, households=60, months=1, until=dt.date(2025, 12, 1), seed=3)
    return folder / "2025-12"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", sample_ids=True)


def kanhu(settings: Settings, *words: str, limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """A command as a person types it; limit: bytes a file may have, which stands for a full disk."""
    command = [sys.executable, "-m", "warehouse", "--data-dir", str(settings.data_dir), *words]
    environment = {**os.environ, "KANHU_SAMPLE_IDS": "allow"}
    limited = ["prlimit", f"--fsize={limit}"] if limit else []
    return subprocess.run([*limited, *command], env=environment, capture_output=True, text=True, check=False)


def wrong(settings: Settings, what: str) -> list[str]:
    return [finding.fact for finding in health(settings) if finding.state == "wrong" and finding.what == what]


@pytest.mark.parametrize("limit", [10, 2_000, 6_000])
def test_a_full_disk_ends_an_import_with_one_sentence_and_the_next_finishes(
    settings: Settings, sample: Path, limit: int
) -> None:
    """At 10 bytes the key cannot be written, at 2,000 no list, at 6,000 some lists."""
    full = kanhu(settings, "import", str(sample), limit=limit)
    assert full.returncode == 1
    assert full.stderr.strip().splitlines()[-1].startswith("kanhu: ")
    assert "Traceback" not in full.stderr
    assert not [path for path in settings.data_dir.rglob(".*") if path.name != ".import.lock"], "no draft stays"
    again = kanhu(settings, "import", str(sample))
    assert (again.returncode, "0 refused" in again.stdout) == (0, True)


@pytest.mark.parametrize("content", ["", '{"format', "[1]", '{"format_version": 1}', "\udcff"])
def test_a_damaged_record_of_a_load_is_told_and_comes_back(
    settings: Settings, profile: Profile, sample: Path, content: str
) -> None:
    import_files([sample], settings, profile)
    before = loads(settings).select("load_id", "rows_accepted").sort("load_id")
    record = sorted((settings.landed / "_loads").glob("*.json"))[0]
    record.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=record.name):
        loads(settings)
    assert record.name in wrong(settings, "loads")[0]
    record.unlink()
    again = import_files([sample], settings, profile)
    assert [load.outcome for load in again.loads].count("landed") == 1
    assert loads(settings).select("load_id", "rows_accepted").sort("load_id").equals(before)


def test_rows_that_are_gone_are_told_and_read_again(settings: Settings, profile: Profile, sample: Path) -> None:
    """The record alone says that the file came: without its rows the import must not call it unchanged."""
    import_files([sample], settings, profile)
    (rows,) = (settings.landed / "household_roster" / "2025-12").glob("*.parquet")
    whole = pl.read_parquet(rows)
    rows.write_bytes(rows.read_bytes()[:100])
    assert rows.name in wrong(settings, "landed rows")[0]
    rows.unlink()
    assert rows.name in wrong(settings, "landed rows")[0]
    again = import_files([sample], settings, profile)
    assert [load.extract for load in again.loads if load.outcome == "landed"] == ["household_roster"]
    assert pl.read_parquet(rows).equals(whole)
    assert wrong(settings, "landed rows") == []


@pytest.mark.parametrize("damage", ["record", "no file", "file"])
def test_a_damaged_snapshot_does_not_start_and_is_told(settings: Settings, damage: str) -> None:
    settings.snapshots.mkdir(parents=True)
    (settings.snapshots / "current").write_text("broken\n")
    if damage != "no file":
        (settings.snapshots / "broken.duckdb").write_bytes(b"\0" * 20_000)
    facts = SNAPSHOT if damage == "file" else "{"
    (settings.snapshots / "broken.json").write_text(facts)
    with pytest.raises(SnapshotError, match="snapshot broken: got"):
        serve(settings, host="127.0.0.1", port=1)
    assert "broken" in wrong(settings, "snapshot")[0]


def test_a_snapshot_of_an_older_version_is_refused_with_the_way_out(settings: Settings) -> None:
    """Its marts lack columns that pages ask for: said at the start and by `check`, not page by page."""
    settings.snapshots.mkdir(parents=True)
    (settings.snapshots / "current").write_text("broken\n")
    (settings.snapshots / "broken.duckdb").write_bytes(b"\0" * 20_000)
    (settings.snapshots / "broken.json").write_text(SNAPSHOT.replace('"format_version": 2', '"format_version": 1'))
    with pytest.raises(SnapshotFormatError, match=r"got format 1, expected 2\. Run `kanhu build`"):
        serve(settings, host="127.0.0.1", port=1)
    assert "Run `kanhu build`" in wrong(settings, "snapshot")[0]


def test_damaged_accounts_are_told(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True)
    (settings.data_dir / "app.db").write_bytes(b"no database" * 500)
    with pytest.raises(ConfigError, match="application database: got one that does not open"):
        open_app_db(settings.app_db_url, bytes(32))
    assert "does not open" in wrong(settings, "accounts")[0]
    assert kanhu(settings, "users", "list").returncode == 3


def test_a_key_that_is_none_is_told(settings: Settings) -> None:
    settings.keys.mkdir(parents=True)
    (settings.keys / "person.key").write_text("zz")
    (settings.keys / "person.key").chmod(0o600)
    assert "expected 32" in wrong(settings, "key file")[0]


def test_names_that_look_like_markup_are_printed_as_they_are(settings: Settings, tmp_path: Path) -> None:
    """A refusal quotes the name of the file: the console's own markup took [red] for a colour."""
    folder = tmp_path / "2025-12"
    folder.mkdir()
    (folder / "other[red].csv").write_text("a,b\n")
    done = kanhu(settings, "import", str(folder))
    assert done.returncode == 4
    assert "[red]" in done.stdout
    assert "…" not in done.stdout, "nothing is cut off"
