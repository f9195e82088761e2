"""Shared fixtures: small places that went the whole way, from department files to a published snapshot.

Each is made by whichever worker asks first, kept while nothing that makes it has changed, and only read afterwards.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

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
    *("build.py", "contracts.py", "dbt_child.py", "duties.py", "findings.py", "findings.yml", "headings.py"),
    *(
        "inputs.py",
        "lab_inputs.py",
        "metrics.py",
        "metrics.yml",
        "policy.py",
        "profiles.py",
        "settings.py",
        "snapshots.py",
    ),
)
OUTDATED_SECONDS = 3600
SAMPLE = {"households": 1_500, "months": 12, "until": dt.date(2025, 12, 1), "seed": 7}
# Few households and months: what is looked at is that each place opens with its own words, limits and stages.
SMALL = {"households": 240, "months": 4, "seed": 5}
PLACES = ("suntuan", "dunji", "yanling", "baixingtu", "dabancheng")


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


def maker_digest(place: str = "suntuan") -> str:
    """A hash of all that decides what a place looks like: an unchanged one is not made again by the next run."""
    folders = ("warehouse/contracts", "warehouse/intake", "warehouse/sample", "dbt_project", f"data/profiles/{place}")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in MAKERS]
    files += [path for name in MAKING_MODULES if (path := ROOT / "warehouse" / name).is_file()]
    digest = hashlib.sha256()
    for path in sorted(path for path in files if "target" not in path.parts):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def made(shelf: Path, profile: Profile, sample_of: Mapping[str, Any]) -> Town:
    """The place on the shelf, made first if it is not there. Others wait for the one that makes it."""
    digest = maker_digest(profile.name)
    settings = Settings(data_dir=shelf / digest, profile=profile.name, sample_ids=True)
    with (shelf / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (settings.snapshots / "current").exists():
            for outdated in shelf.glob("*/"):
                if time.time() - outdated.stat().st_mtime > OUTDATED_SECONDS or outdated.name == digest:
                    shutil.rmtree(outdated, ignore_errors=True)
            sample = settings.data_dir / "sample"
            write_sample(sample, profile, **sample_of)
            import_files([path for path in (sample, sample / "_resent") if path.is_dir()], settings, profile)
            build(settings, profile)
    snapshot = current_snapshot(settings)
    return Town(settings, profile, settings.data_dir / "sample", snapshot_path(settings, snapshot.snapshot_id))


@pytest.fixture(scope="session")
def town(request: pytest.FixtureRequest, profile: Profile) -> Town:
    """1,500 households, 12 months to 2025-12, built by the same code as any other warehouse. Read only."""
    return made(request.config.cache.mkdir("towns"), profile, SAMPLE)


@pytest.fixture(scope="session")
def places(request: pytest.FixtureRequest) -> Callable[[str], Town]:
    """Each place by its name, small, to the month its document speaks of; Suntuan is `town`. Read only."""

    @cache
    def place(name: str) -> Town:
        if name == "suntuan":
            found: Town = request.getfixturevalue("town")
            return found
        profile = load_profile(name)
        return made(request.config.cache.mkdir(f"place_{name}"), profile, {**SMALL, "until": profile.sample.until})

    return place
