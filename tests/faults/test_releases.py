"""A freeze that is killed or meets a full disk leaves no half release, and the same command finishes the work."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest

from tests.conftest import Town
from tests.faults.killed_freeze import freeze_until
from warehouse.app_db import app_db, audit
from warehouse.errors import BusyError, SnapshotError, SnapshotFormatError, UsageError
from warehouse.i18n import LANGUAGES
from warehouse.locks import only_one
from warehouse.releases import export_release, freeze, names, read_release, release_path, releases_folder
from warehouse.settings import Settings
from warehouse.snapshots import content_hash, current_snapshot, read_marts, snapshot_path, write_marts

# What a freeze does on the way, by the function that does it: it is killed before the n-th call of it.
POINTS = [
    ("releases._copy", 1),
    ("releases._write_chunks", 1),
    ("releases._write_chunks", 2),
    ("releases._write_chunks", 4),
    ("releases._write_chunks", 5),
    ("releases.content_hash", 1),
    ("releases._keep_inputs", 1),
    ("releases._report", 1),
    ("releases._report", 2),
    ("releases._sha256", 1),
    ("releases.sync", 1),
    ("releases.audit.record", 1),
    ("pathlib.Path.rename", 1),
    ("os.fsync", 1),
    ("os.fsync", 3),
    ("os.fsync", 9),
]

FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.faults.killed_freeze"])


@pytest.fixture
def served(hamlet: Town, tmp_path: Path) -> Settings:
    """The served snapshot of the hamlet in a data folder of the test's own."""
    settings = Settings(data_dir=tmp_path / "data", sample_ids=True)
    shutil.copytree(hamlet.settings.snapshots, settings.snapshots)
    return settings


def assert_no_half(settings: Settings) -> None:
    """Either no release, or a whole one; what is served is served."""
    for name in names(settings):
        read_release(settings, name)
    assert current_snapshot(settings).snapshot_id


@pytest.mark.parametrize(("point", "nth"), POINTS, ids=lambda value: str(value))
def test_a_killed_freeze_leaves_no_half_release(
    served: Settings, monkeypatch: pytest.MonkeyPatch, point: str, nth: int
) -> None:
    # A page that a test opened before is the main module now: the forked process would run it first.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    killed = FORKED.Process(target=freeze_until, args=(point, nth, str(served.data_dir)))
    killed.start()
    killed.join()
    assert killed.exitcode == -signal.SIGKILL
    assert_no_half(served)
    assert names(served) == [], "the rename is the last step"
    release = freeze(served, "2025Q4", by="test")
    assert (release.name, names(served)) == ("2025Q4", ["2025Q4"])
    read_release(served, "2025Q4")
    assert {path.name for path in releases_folder(served).iterdir()} == {".lock", "2025Q4"}, "no draft stays"
    assert audit.entries(app_db(served), action=audit.Action.FROZEN)["target"].to_list()[0] == "2025Q4"


def test_a_full_disk_leaves_no_release_and_one_sentence(served: Settings) -> None:
    """A limit on file sizes stands for the full disk: the copy of the snapshot does not fit."""
    command = [sys.executable, "-m", "warehouse", "--data-dir", str(served.data_dir), "release", "freeze", "2025Q4"]
    limited = ["prlimit", f"--fsize={3 * 1024**2}", *command]
    environment = {**os.environ, "KANHU_SAMPLE_IDS": "allow"}
    full = subprocess.run(limited, env=environment, capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert full.stderr.strip().splitlines()[-1].startswith("kanhu: ")
    assert "Traceback" not in full.stderr
    assert names(served) == []
    assert not list(releases_folder(served).glob(".draft*"))
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (again.returncode, names(served)) == (0, ["2025Q4"]), again.stderr


def test_two_freezes_at_once_one_says_so(served: Settings) -> None:
    with only_one(releases_folder(served) / ".lock", "release freeze"), pytest.raises(BusyError, match="another one"):
        freeze(served, "2025Q4")
    assert names(served) == []


def test_the_same_snapshot_is_frozen_for_a_period_once(served: Settings) -> None:
    freeze(served, "2025Q4")
    with pytest.raises(UsageError, match="is frozen for 2025Q4 as 2025Q4"):
        freeze(served, "2025Q4")
    assert freeze(served, "2025Q3").name == "2025Q3", "another period of it may be"
    assert freeze(served, "2025-12", name="december").period == "2025-12"
    assert names(served) == ["2025Q3", "2025Q4", "december"]


@pytest.mark.parametrize(("period", "kept"), [("2025-12", "monthly"), ("2025", "annual")])
def test_a_month_and_a_year_keep_their_report_too(served: Settings, tmp_path: Path, period: str, kept: str) -> None:
    """DJ-8, ST-6b: the report of a frozen month is the monthly one, of a year the annual one."""
    freeze(served, period)
    for language in LANGUAGES:
        to = tmp_path / f"{language}.xlsx"
        assert export_release(served, period, to, language) == "kept"
        held = releases_folder(served) / period / f"reports/{kept}_{period}_{language}.xlsx"
        assert to.read_bytes() == held.read_bytes()
        assert export_release(served, period, to, language, remake=True) == "equal"


def test_a_snapshot_that_does_not_keep_its_rules_cannot_be_frozen(served: Settings) -> None:
    path = snapshot_path(served, current_snapshot(served).snapshot_id)
    loads = read_marts(path, {"meta_load": "select * from meta_load"})
    path.unlink()
    write_marts(path, loads)
    with pytest.raises(SnapshotError, match="Run `kanhu build`, then freeze again"):
        freeze(served, "2025Q4")
    assert names(served) == []


def test_years_later_the_report_is_the_same_to_the_byte(served: Settings, tmp_path: Path) -> None:
    """The served snapshot and the profile have long gone: the kept report, and one made again from the release."""
    release = freeze(served, "2025Q4", by="office")
    shutil.rmtree(served.snapshots)
    kept, again = tmp_path / "kept.xlsx", tmp_path / "again.xlsx"
    for language in ("zh_CN", "en"):
        assert export_release(served, "2025Q4", kept, language) == "kept"
        assert export_release(served, "2025Q4", again, language, remake=True) == "equal"
        assert kept.read_bytes() == again.read_bytes()
    assert content_hash(release_path(served, release)) == release.content
    said = " ".join(
        str(row[0]) for row in openpyxl.load_workbook(kept).worksheets[0].iter_rows(max_row=6, values_only=True)
    )
    day = dt.datetime.fromisoformat(release.frozen_at).strftime("%Y")
    for words in ("Release 2025Q4", day, release.snapshot_id, release.rules_version):
        assert words in said


def test_a_release_of_an_older_snapshot_keeps_its_report_and_is_not_made_again(
    served: Settings, tmp_path: Path
) -> None:
    """Today's questions ask for columns that it does not have; what was written then is still there to the byte."""
    freeze(served, "2025Q4")
    folder = releases_folder(served) / "2025Q4"
    older = json.dumps(json.loads((folder / "snapshot.json").read_text()) | {"format_version": 1})
    (folder / "snapshot.json").write_text(older)
    record = json.loads((folder / "release.json").read_text())
    record["files"]["snapshot.json"] = hashlib.sha256(older.encode()).hexdigest()
    (folder / "release.json").write_text(json.dumps(record))
    kept = tmp_path / "kept.xlsx"
    assert export_release(served, "2025Q4", kept, "zh_CN") == "kept"
    assert kept.read_bytes() == (folder / "reports/quarterly_2025Q4_zh_CN.xlsx").read_bytes()
    with pytest.raises(SnapshotFormatError, match=r"format 1, expected 2.* `kanhu release export 2025Q4 --to FILE`"):
        export_release(served, "2025Q4", tmp_path / "again.xlsx", "zh_CN", remake=True)
    assert not (tmp_path / "again.xlsx").exists()
