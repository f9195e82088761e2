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

from warehouse.build import build, last_failure
from warehouse.errors import BuildError, BusyError, UsageError
from warehouse.health import health
from warehouse.intake import import_files
from warehouse.locks import only_one
from warehouse.profiles import Profile, load_profile
from warehouse.sample import write_sample
from warehouse.settings import Settings
from warehouse.snapshots import Snapshot, current_snapshot, snapshot_path

# What differs between two builds of the same loads by its nature: when they ran, and what they were called.
NOT_CONTENT = {"meta_snapshot", "meta_load"}


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile("suntuan")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory, profile: Profile) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "files"
    write_sample(folder, profile, households=120, months=3, until=dt.date(2025, 12, 1), seed=3)
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, profile: Profile, sample: Path) -> tuple[Settings, Snapshot]:
    """A hamlet that is imported, built and served once."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("hamlet"), sample_ids=True)
    import_files([sample], settings, profile)
    return settings, build(settings, profile)


@pytest.fixture
def hamlet(served: tuple[Settings, Snapshot], tmp_path: Path) -> tuple[Settings, Snapshot]:
    """A copy of the served hamlet, to be broken."""
    settings = Settings(data_dir=Path(shutil.copytree(served[0].data_dir, tmp_path / "hamlet")), sample_ids=True)
    return settings, served[1]


def assert_serves(settings: Settings, snapshot_id: str) -> None:
    """The pointer names a whole snapshot of that id, and no draft lies about."""
    assert current_snapshot(settings).snapshot_id == snapshot_id
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


def test_a_damaged_load_fails_the_build_and_the_old_snapshot_stays(
    hamlet: tuple[Settings, Snapshot], profile: Profile
) -> None:
    settings, before = hamlet
    landed = next((settings.landed / "household_income").glob("*/*.parquet"))
    landed.write_bytes(landed.read_bytes()[:200])
    with pytest.raises(BuildError):
        build(settings, profile)
    assert_serves(settings, before.snapshot_id)
    failure = last_failure(settings)
    assert failure is not None
    assert failure["failed_at"].startswith(str(dt.datetime.now(dt.UTC).year))
    assert not list(settings.builds.glob("build.duckdb*")), "a failed build leaves no rows of people behind"


def test_rows_that_do_not_add_up_are_not_published(hamlet: tuple[Settings, Snapshot], profile: Profile) -> None:
    settings, before = hamlet
    landed = next((settings.landed / "vehicles").glob("*/*.parquet"))
    pl.read_parquet(landed).head(-1).write_parquet(landed)
    with pytest.raises(BuildError, match=r"vehicles: got .* expected them to add up"):
        build(settings, profile)
    assert_serves(settings, before.snapshot_id)


def test_a_full_disk_leaves_the_old_snapshot_and_no_draft(hamlet: tuple[Settings, Snapshot]) -> None:
    """A limit on file sizes stands for the full disk: the build meets it while writing its database."""
    settings, before = hamlet
    limited = ["prlimit", f"--fsize={2 * 1024**2}", *command(settings, "build")]
    environment = {**os.environ, "KANHU_SAMPLE_IDS": "allow"}
    done = subprocess.run(limited, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert_serves(settings, before.snapshot_id)
    assert not list(settings.snapshots.glob(".*"))


@pytest.mark.parametrize("seconds", [1.5, 4.0, 7.0])
def test_a_killed_build_leaves_a_whole_snapshot_and_the_next_one_works(
    hamlet: tuple[Settings, Snapshot], seconds: float
) -> None:
    settings, before = hamlet
    environment = {**os.environ, "KANHU_SAMPLE_IDS": "allow"}
    running = subprocess.Popen(
        command(settings, "build"), env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    current = current_snapshot(settings).snapshot_id
    assert_serves(settings, current)
    if running.returncode:
        assert current == before.snapshot_id
    with only_one(settings.builds / "lock", "test"):
        pass  # the lock fell with the process


def test_the_lock_falls_with_a_killed_build_and_the_same_command_finishes_the_work(
    hamlet: tuple[Settings, Snapshot], profile: Profile
) -> None:
    settings, before = hamlet
    (settings.builds / "build.duckdb").write_bytes(b"half a database")
    (settings.snapshots / ".half.duckdb").write_bytes(b"half a snapshot")
    after = build(settings, profile)
    assert after.snapshot_id > before.snapshot_id
    assert_serves(settings, after.snapshot_id)
    assert not (settings.snapshots / ".half.duckdb").exists()


def test_two_builds_at_once_one_says_so(hamlet: tuple[Settings, Snapshot], profile: Profile) -> None:
    settings, before = hamlet
    with only_one(settings.builds / "lock", "build"), pytest.raises(BusyError, match="another one running"):
        build(settings, profile)
    assert_serves(settings, before.snapshot_id)


def test_a_build_of_nothing_says_what_to_do(tmp_path: Path, profile: Profile) -> None:
    with pytest.raises(UsageError, match="household_roster"):
        build(Settings(data_dir=tmp_path), profile)


def test_the_same_files_in_any_order_give_the_same_figures(
    served: tuple[Settings, Snapshot], tmp_path: Path, profile: Profile, sample: Path
) -> None:
    """Months imported backwards, twice, in single calls; with the same person key, every mart is equal to the cell."""
    settings = Settings(data_dir=tmp_path / "backwards", sample_ids=True)
    shutil.copytree(served[0].keys, settings.keys)
    months = sorted((path for path in sample.iterdir() if path.name[:2] == "20"), reverse=True)
    for month in [*months, months[0]]:
        import_files([month], settings, profile)
    build(settings, profile)
    first, second = content(served[0]), content(settings)
    assert first.keys() == second.keys()
    for table, frame in first.items():
        assert frame.equals(second[table]), table


def test_as_of_gives_the_figures_of_that_day(
    served: tuple[Settings, Snapshot], tmp_path: Path, profile: Profile, sample: Path
) -> None:
    """What was received later does not count: a build as of the end of November equals one that never saw December."""
    day = dt.date(2025, 11, 30)
    early = Settings(data_dir=tmp_path / "early", sample_ids=True)
    late = Settings(data_dir=tmp_path / "late", sample_ids=True)
    for settings in (early, late):
        shutil.copytree(served[0].keys, settings.keys)
    months = [path for path in sample.iterdir() if path.name[:2] == "20"]
    import_files(months, late, profile)
    for month in months:
        received = pl.read_csv(month / "manifest.csv", try_parse_dates=True)
        known = received.filter(pl.col("received_on") <= day)["file"].to_list()
        kept = tmp_path / "known" / month.name
        kept.mkdir(parents=True)
        for name in known:
            shutil.copy(month / name, kept / name)
        shutil.copy(month / "manifest.csv", kept / "manifest.csv")
    import_files([path for path in (tmp_path / "known").iterdir() if len(list(path.iterdir())) > 1], early, profile)
    build(early, profile, as_of=day)
    build(late, profile, as_of=day)
    first, second = content(early), content(late)
    assert current_snapshot(late).as_of == "2025-11-30"
    for table, frame in first.items():
        assert frame.equals(second[table]), table


def test_check_says_that_a_snapshot_is_of_other_rules(hamlet: tuple[Settings, Snapshot]) -> None:
    """After an update of the product the figures served are still those of the old rules, until the next build."""
    settings, before = hamlet
    assert "rules" not in {finding.what for finding in health(settings)}
    record = settings.snapshots / f"{before.snapshot_id}.json"
    record.write_text(record.read_text(encoding="utf-8").replace(before.rules_version, "0" * 12), encoding="utf-8")
    said = {finding.what: finding for finding in health(settings)}
    assert said["rules"].state == "note"
    assert before.rules_version in said["rules"].fact
