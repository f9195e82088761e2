"""Shared fixtures: a small town that went the whole way, from department files to a published snapshot.

It is made once per test run, whichever worker asks first, and only read afterwards.
"""

from __future__ import annotations

import datetime as dt
import fcntl
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from warehouse.build import build
from warehouse.intake import import_files
from warehouse.profiles import Profile, load_profile
from warehouse.sample import write_sample
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, snapshot_path

SAMPLE = {"households": 1_500, "months": 12, "until": dt.date(2025, 12, 1), "seed": 7}


@dataclass(frozen=True)
class Town:
    """A built sample town: its settings, profile, the folder of its raw files and truth, and its snapshot file."""

    settings: Settings
    profile: Profile
    sample: Path
    database: Path

    def truth(self, name: str = "truth") -> pl.DataFrame:
        return pl.read_parquet(self.sample / f"{name}.parquet")


@pytest.fixture(scope="session")
def profile() -> Profile:
    return load_profile("suntuan")


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory, profile: Profile) -> Town:
    """1,500 households, 12 months to 2025-12, built by the same code as any other warehouse. Read only."""
    base = tmp_path_factory.getbasetemp()
    # Under xdist each worker has a folder of its own inside the run's: the town lies beside them, made by the first.
    shared = base.parent if base.name.startswith("popen-") else base
    settings = Settings(data_dir=shared / "town", sample_ids=True)
    with (shared / "town.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (settings.snapshots / "current").exists():
            sample = settings.data_dir / "sample"
            write_sample(sample, profile, **SAMPLE)
            import_files([path for path in (sample, sample / "_resent") if path.is_dir()], settings, profile)
            build(settings, profile)
    snapshot = current_snapshot(settings)
    return Town(settings, profile, settings.data_dir / "sample", snapshot_path(settings, snapshot.snapshot_id))
