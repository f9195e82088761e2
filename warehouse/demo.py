"""The demo: sample extracts imported, built and served from a data folder of its own, with sample data only."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from warehouse.build import build, rules_version
from warehouse.errors import SnapshotError, UsageError
from warehouse.intake import import_files
from warehouse.profiles import Profile, SampleSize
from warehouse.sample import write_sample
from warehouse.settings import DEFAULT_PROFILE, Settings
from warehouse.snapshots import current_snapshot, write_whole

# Says of a folder that a demo made it, and of what size.
MARK = "demo.json"


def demo_settings(settings: Settings) -> Settings:
    """The same settings with sample IDs allowed and, unless a folder was named, a folder beside the data: `demo`, or
    `demo-yanling` for another place than the default one, so that each keeps its own."""
    named = "KANHU_DATA_DIR" in os.environ or settings.data_dir.name != "data"
    place = Path(settings.profile).name
    folder = "demo" if place == DEFAULT_PROFILE else f"demo-{place}"
    data_dir = settings.data_dir if named else settings.data_dir / folder
    return replace(settings, data_dir=data_dir, sample_ids=True)


def is_ready(settings: Settings, profile: Profile, size: SampleSize) -> bool:
    """Whether the folder already serves this sample, built by the rules as they are now."""
    try:
        snapshot = current_snapshot(settings)
        made = json.loads((settings.data_dir / MARK).read_text(encoding="utf-8"))
    except (SnapshotError, FileNotFoundError):
        return False
    return bool(made == _record(settings, size)) and snapshot.rules_version == rules_version(profile)


def _record(settings: Settings, size: SampleSize) -> dict[str, object]:
    return {
        "households": size.households,
        "months": size.months,
        "until": size.until.isoformat(),
        "profile": settings.profile,
    }


def clear(settings: Settings) -> None:
    """Take away what an earlier demo of this folder made: its lists would count beside the new ones.

    Raises: UsageError where the folder holds lists that no demo made.
    """
    made = settings.data_dir / MARK
    if settings.landed.exists() and not made.is_file():
        raise UsageError(
            f"demo: got {settings.data_dir}, which holds imported lists, expected a folder of its own. "
            "Name another with --data-dir."
        )
    for folder in (settings.data_dir / "sample", settings.raw, settings.landed):
        shutil.rmtree(folder, ignore_errors=True)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    write_whole(made, json.dumps({}))


def prepare(settings: Settings, profile: Profile, size: SampleSize, *, say: Callable[[str], None]) -> None:
    """Write the sample, import it, build it; says how long each step took."""
    clear(settings)
    folder = settings.data_dir / "sample"
    started = time.perf_counter()
    written = write_sample(folder, profile, households=size.households, months=size.months, until=size.until)
    say(f"{written.files} sample extracts written in {time.perf_counter() - started:.0f} s")
    started = time.perf_counter()
    for source in (folder, folder / "_resent"):
        if source.is_dir():
            say(import_files([source], settings, profile).summary)
    say(f"imported in {time.perf_counter() - started:.0f} s")
    started = time.perf_counter()
    snapshot = build(settings, profile)
    rows = snapshot.tables["fct_household_month"]
    say(f"built in {time.perf_counter() - started:.0f} s: {rows} household months, snapshot {snapshot.snapshot_id}")
    write_whole(settings.data_dir / MARK, json.dumps(_record(settings, size)))
