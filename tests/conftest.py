"""Shared fixtures: a small town that went the whole way, from department files to a published snapshot.

It is made by whichever worker asks first, kept while nothing that makes it has changed, and only read afterwards.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from warehouse.build import build
from warehouse.i18n import set_language
from warehouse.intake import import_files
from warehouse.profiles import Profile, load_profile
from warehouse.sample import write_sample
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, snapshot_path

ROOT = Path(__file__).resolve().parents[1]
MAKERS = {".py", ".sql", ".yml", ".csv"}
MAKING_MODULES = (
    *("build.py", "contracts.py", "headings.py", "metrics.py", "metrics.yml", "policy.py", "profiles.py"),
    *("settings.py", "snapshots.py"),
)
OUTDATED_SECONDS = 3600
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


@pytest.fixture(autouse=True)
def in_chinese() -> None:
    """Each test begins in the product's first language, whatever the one before it spoke."""
    set_language("zh_CN")


@pytest.fixture(scope="session")
def profile() -> Profile:
    return load_profile("suntuan")


def maker_digest() -> str:
    """A hash of all that decides what the town looks like: an unchanged town is not made again by the next run."""
    folders = ("warehouse/contracts", "warehouse/intake", "warehouse/sample", "dbt_project", "data/profiles/suntuan")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in MAKERS]
    files += [ROOT / "warehouse" / name for name in MAKING_MODULES]
    digest = hashlib.sha256()
    for path in sorted(path for path in files if "target" not in path.parts):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def town(request: pytest.FixtureRequest, profile: Profile) -> Town:
    """1,500 households, 12 months to 2025-12, built by the same code as any other warehouse. Read only."""
    shelf = request.config.cache.mkdir("towns")
    digest = maker_digest()
    settings = Settings(data_dir=shelf / digest, sample_ids=True)
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (settings.snapshots / "current").exists():
            for outdated in shelf.glob("*/"):
                if time.time() - outdated.stat().st_mtime > OUTDATED_SECONDS or outdated.name == digest:
                    shutil.rmtree(outdated, ignore_errors=True)
            sample = settings.data_dir / "sample"
            write_sample(sample, profile, **SAMPLE)
            import_files([path for path in (sample, sample / "_resent") if path.is_dir()], settings, profile)
            build(settings, profile)
    snapshot = current_snapshot(settings)
    return Town(settings, profile, settings.data_dir / "sample", snapshot_path(settings, snapshot.snapshot_id))
