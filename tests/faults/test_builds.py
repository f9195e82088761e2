"""A build that fails, is killed or meets a full disk leaves the snapshot that was served, and says so."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.app.town_pages import open_page, said
from tests.conftest import Town
from warehouse.build import build, last_failure
from warehouse.errors import BuildError, BusyError, UsageError
from warehouse.health import health
from warehouse.intake import import_files
from warehouse.locks import only_one
from warehouse.profiles import Profile
from warehouse.scope import Role
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, snapshot_path

# What differs between two builds of the same loads by its nature: when they ran, and what they were called.
NOT_CONTENT = {"meta_snapshot", "meta_load"}


@pytest.fixture
def settings(hamlet: Town, tmp_path: Path) -> Settings:
    """A copy of the served hamlet, to be broken."""
    folder = tmp_path / "hamlet"
    shutil.copytree(hamlet.settings.data_dir, folder, ignore=shutil.ignore_patterns("sample", "target"))
    return hamlet.settings.with_(data_dir=folder)


def served_by(settings: Settings) -> str:
    return current_snapshot(settings).snapshot_id


def assert_serves(settings: Settings, snapshot_id: str) -> None:
    """The pointer names a whole snapshot of that id, and no draft lies about."""
    assert served_by(settings) == snapshot_id
    with contextlib.closing(duckdb.connect(str(snapshot_path(settings, snapshot_id)), read_only=True)) as con:
        assert con.execute("select count(*) > 0 from fct_household_month").fetchone() == (True,)


def command(settings: Settings, *words: str) -> list[str]:
    return [sys.executable, "-m", "warehouse", "--data-dir", str(settings.data_dir), *words]


def content(settings: Settings) -> dict[str, pl.DataFrame]:
    database = snapshot_path(settings, current_snapshot(settings).snapshot_id)
    with contextlib.closing(duckdb.connect(str(database), read_only=True)) as con:
        tables = [name for (name,) in con.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        return {
            name: con.sql(f'select * from "{name}" order by all').pl() for name in tables if name not in NOT_CONTENT
        }


def test_a_damaged_load_fails_the_build_and_the_old_snapshot_stays(settings: Settings, profile: Profile) -> None:
    before = served_by(settings)
    landed = next((settings.landed / "household_income").glob("*/*.parquet"))
    landed.write_bytes(landed.read_bytes()[:200])
    with pytest.raises(BuildError):
        build(settings, profile)
    assert_serves(settings, before)
    failure = last_failure(settings)
    assert failure is not None
    assert failure["failed_at"].startswith(str(dt.datetime.now(dt.UTC).year))
    assert not list(settings.builds.glob("build.duckdb*")), "a failed build leaves no rows of people behind"


def test_rows_that_do_not_add_up_are_not_published(
    settings: Settings, profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The served figures stay, and the page of the lists says where the build stopped."""
    before = served_by(settings)
    landed = next((settings.landed / "vehicles").glob("*/*.parquet"))
    pl.read_parquet(landed).head(-1).write_parquet(landed)
    with pytest.raises(BuildError, match=r"vehicles: got .* expected them to add up"):
        build(settings, profile)
    assert_serves(settings, before)
    text = said(open_page(settings, tmp_path, monkeypatch, "intake", Role.OFFICE, part="send"))
    assert "停在“正在核对行数”。页面仍显示上一次的数字，没有受影响。" in text


def test_a_full_disk_leaves_the_old_snapshot_and_no_draft(settings: Settings) -> None:
    """A limit on file sizes stands for the full disk: the build meets it while writing its database."""
    before = served_by(settings)
    limited = ["prlimit", f"--fsize={2 * 1024**2}", *command(settings, "build")]
    environment = {**os.environ, "KANHU_SAMPLE_IDS": "allow"}
    done = subprocess.run(limited, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert_serves(settings, before)
    assert not list(settings.snapshots.glob(".*"))


@pytest.mark.parametrize("seconds", [1.5, 4.0, 7.0])
def test_a_killed_build_leaves_a_whole_snapshot_and_the_next_one_works(settings: Settings, seconds: float) -> None:
    before = served_by(settings)
    environment = {**os.environ, "KANHU_SAMPLE_IDS": "allow"}
    running = subprocess.Popen(
        command(settings, "build"), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    current = served_by(settings)
    assert_serves(settings, current)
    if running.returncode:
        assert current == before
    with only_one(settings.builds / "lock", "test"):
        pass  # the lock fell with the process


def test_the_lock_falls_with_a_killed_build_and_the_same_command_finishes_the_work(
    settings: Settings, profile: Profile
) -> None:
    before = served_by(settings)
    (settings.builds / "build.duckdb").write_bytes(b"half a database")
    (settings.snapshots / ".half.duckdb").write_bytes(b"half a snapshot")
    after = build(settings, profile)
    assert after.snapshot_id > before
    assert_serves(settings, after.snapshot_id)
    assert not (settings.snapshots / ".half.duckdb").exists()


def test_two_builds_at_once_one_says_so(settings: Settings, profile: Profile) -> None:
    before = served_by(settings)
    with only_one(settings.builds / "lock", "build"), pytest.raises(BusyError, match="another one running"):
        build(settings, profile)
    assert_serves(settings, before)


def test_a_build_of_nothing_says_what_to_do(tmp_path: Path, profile: Profile) -> None:
    with pytest.raises(UsageError, match="household_roster"):
        build(Settings(data_dir=tmp_path), profile)


def test_what_was_known_on_a_day_is_the_same_whatever_came_later_and_in_any_order(
    hamlet: Town, tmp_path: Path, profile: Profile
) -> None:
    """One office got what had been received by that day, month by month. The other got everything, backwards and some
    of it twice. With the same person key, as of that day, every mart is equal to the cell."""
    day = dt.date(2026, 1, 6)  # half of the lists of December came later
    early, late = (hamlet.settings.with_(data_dir=tmp_path / name) for name in ("early", "late"))
    for settings in (early, late):
        shutil.copytree(hamlet.settings.keys, settings.keys)
    months = sorted(path for path in hamlet.sample.iterdir() if path.name[:2] == "20")
    for month in months:
        received = pl.read_csv(month / "manifest.csv", try_parse_dates=True)
        known = received.filter(pl.col("received_on") <= day)["file"].to_list()
        kept = tmp_path / "known" / month.name
        kept.mkdir(parents=True)
        for name in (*known, "manifest.csv"):
            shutil.copy(month / name, kept / name)
        later = received.height - len(known)
    assert 5 < later < received.height - 5
    import_files([tmp_path / "known"], early, profile)
    for month in [*reversed(months), months[-1]]:
        import_files([month], late, profile)
    for settings in (early, late):
        build(settings, profile, as_of=day)
        assert current_snapshot(settings).as_of == "2026-01-06"
    first, second = content(early), content(late)
    assert first.keys() == second.keys()
    for table, frame in first.items():
        assert frame.equals(second[table]), table


def test_check_says_that_a_snapshot_is_of_other_rules(settings: Settings) -> None:
    """After an update of the product the figures served are still those of the old rules, until the next build."""
    before = current_snapshot(settings)
    assert "rules" not in {finding.what for finding in health(settings)}
    record = settings.snapshots / f"{before.snapshot_id}.json"
    record.write_text(record.read_text(encoding="utf-8").replace(before.rules_version, "0" * 12), encoding="utf-8")
    said = {finding.what: finding for finding in health(settings)}
    assert said["rules"].state == "note"
    assert before.rules_version in said["rules"].fact
