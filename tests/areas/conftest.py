"""A small county that went the whole way, one town of which did not send its last roster. Read only."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.areas.county import TOWNS, write_county
from warehouse.build import build
from warehouse.intake import import_files
from warehouse.profiles import Profile, load_profile
from warehouse.sample import write_sample
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, snapshot_path

LAST = dt.date(2025, 12, 1)
LATE = "990100103"  # the town whose December roster is missing


@dataclass(frozen=True)
class County:
    """A built county: its settings, profile and snapshot file."""

    settings: Settings
    profile: Profile
    database: Path


@pytest.fixture(scope="session")
def county_built(tmp_path_factory: pytest.TempPathFactory) -> County:
    """240 households in three towns of three villages, three months."""
    folder = tmp_path_factory.mktemp("county")
    profile = load_profile(str(write_county(folder / "county")))
    settings = Settings(data_dir=folder / "data", sample_ids=True, profile=str(folder / "county"))
    sample = folder / "sample"
    write_sample(sample, profile, households=240, months=3, until=LAST, seed=11)
    late = list((sample / f"{LAST:%Y-%m}").glob(f"household_roster__{TOWNS[LATE]}*"))
    assert late, "each town sends a roster of its own"
    for path in late:
        path.unlink()
    import_files([sample], settings, profile)
    build(settings, profile)
    return County(settings, profile, snapshot_path(settings, current_snapshot(settings).snapshot_id))
