"""Shared fixtures: small places that went the whole way, from department files to a published snapshot.

Each is made by whichever worker asks first, kept while nothing that makes it has changed, and only read afterwards.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
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
# Enough that each parameter of the policy moves somebody, little enough to be copied, broken and built again.
HAMLET = {"households": 240, "months": 4, "until": dt.date(2025, 12, 1), "seed": 11}
PLACES = ("suntuan", "dunji", "yanling", "baixingtu", "dabancheng")


# Files that build warehouses take longest and start first, so that no worker ends alone with one. The first two need
# no place that another file needs too; the third makes the town while the others are at work.
LONGEST = (
    *(
        "browser/test_every_page.py",
        "unit/test_as_of.py",
        "faults/test_builds.py",
        "app/test_gate_town.py",
        "unit/test_releases.py",
    ),
    *("places/test_places.py", "places/test_sumu_and_district.py", "faults/test_releases.py"),
    *("browser/test_drill_down.py", "app/test_bench.py", "dbt/test_dbt_unit_tests.py", "areas/test_county.py"),
    *("unit/test_lab.py", "faults/test_damage.py", "dbt/test_rules_town.py", "app/test_upload_journey.py"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; the order of the others, and of the tests in a file, stays."""
    starts = {ROOT / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: starts.get(item.path, len(starts)))


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


@pytest.fixture(scope="session", autouse=True)
def installed_components_are_looked_up_once() -> Iterator[None]:
    """AppTest reads the metadata of every installed package for each app it opens, which takes longer than the page.
    They do not change while tests run."""
    from streamlit.components.v2 import manifest_scanner  # not in the process that only hands out tests

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


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
def hamlet(request: pytest.FixtureRequest, profile: Profile) -> Town:
    """240 households, 4 months to 2025-12: for tests that build or freeze again, in a copy of it. Read only."""
    return made(request.config.cache.mkdir("hamlets"), profile, HAMLET)


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
