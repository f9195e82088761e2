"""What was known on a day: histories of late and corrected lists in any order of import, against an oracle."""

from __future__ import annotations

import csv
import datetime as dt
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse.build import build
from warehouse.intake import import_files
from warehouse.intake.records import LoadRecord, loads_frame
from warehouse.profiles import Profile, load_profile
from warehouse.releases import freeze, release_path
from warehouse.settings import Settings
from warehouse.snapshots import content_hash, current_snapshot, snapshot_path

TOWN = Path(__file__).resolve().parents[1] / "dbt" / "rules_town"
START = dt.date(2025, 1, 1)
HISTORIES = 1_000
PART = 8
Place = tuple[str, str, str]


def history(chance: random.Random) -> list[LoadRecord]:
    """Loads of a few files: first versions, late ones, corrections, refusals; each of a file on a day of its own."""
    found = []
    for number in range(chance.randint(1, 6)):
        place = {"extract": chance.choice(["a", "b"]), "month": "2025-01-01", "file_name": f"{number % 3}.xlsx"}
        for version in range(chance.randint(1, 4)):
            day = START + dt.timedelta(days=chance.randint(0, 60) * 24 + number * 4 + version)
            status = "refused" if chance.random() < 0.15 else "landed"
            sha256 = f"{number}-{version}"
            record = LoadRecord(
                load_id=f"{sha256}-{day}", sha256=sha256, received_on=day.isoformat(), profile="p", status=status,
                **place,
            )  # fmt: skip
            found.append(record)
    return found


def imported(records: list[LoadRecord], order: list[int]) -> list[LoadRecord]:
    """The records with the batch numbers of that order of import, some files imported twice."""
    return [replace(records[at], batch=batch) for batch, at in enumerate(order, start=1)]


def oracle(records: list[LoadRecord], day: dt.date) -> set[str]:
    """Of each file the landed version with the latest received day that is not after `day`; written for this test."""
    best: dict[Place, tuple[str, str]] = {}
    for one in sorted(records, key=lambda record: record.received_on):
        if one.status == "landed" and dt.date.fromisoformat(one.received_on) <= day:
            best[one.extract, one.month, one.file_name] = (one.received_on, one.load_id)
    return {load_id for _, load_id in best.values()}


def winning(records: list[LoadRecord], day: dt.date | None) -> set[str]:
    return set(loads_frame(records, day).filter("is_winning")["load_id"])


def test_a_thousand_histories_agree_with_the_oracle_in_any_order() -> None:
    chance, differing = random.Random(20251231), 0
    for _ in range(HISTORIES):
        records = history(chance)
        days = [dt.date.fromisoformat(one.received_on) for one in records]
        day = chance.choice(days) - dt.timedelta(days=chance.choice([0, 1]))
        shuffled = chance.sample(range(len(records)), len(records))
        for order in (list(range(len(records))), shuffled):
            world = imported(records, order)
            assert winning(world, day) == oracle(records, day)
            assert winning(world, None) == oracle(records, max(days))
            later = [one for one in world if dt.date.fromisoformat(one.received_on) <= day]
            assert winning(later, None) == winning(world, day), "what comes after the day does not touch it"
        differing += oracle(records, day) != oracle(records, max(days))
    assert differing > HISTORIES / 4, "most histories have a day that knew less than the last"


def test_of_two_versions_received_on_one_day_the_one_imported_last_counts() -> None:
    """There the order of import is information: the person sent a better one the same day."""
    first = LoadRecord("v1", "a", "2025-01-01", "x.xlsx", "1", "2025-02-01", "p", "landed")
    second = replace(first, load_id="v2", sha256="2")
    assert winning(imported([first, second], [0, 1]), None) == {"v2"}
    assert winning(imported([first, second], [1, 0]), None) == {"v1"}


def versions(to: Path, chance: random.Random) -> list[Path]:
    """Month folders, each with one version of one list: those of the town, late ones and corrected ones among them."""
    folders = []
    for month in ("2024-10", "2024-11"):
        for path in sorted((TOWN / "raw" / month).glob("*.csv")):
            if path.name == "manifest.csv":
                continue
            sends = chance.randint(2, 3) if path.name == "household_income.csv" else 1
            days = sorted(chance.sample(range(45), sends))
            for version, day in enumerate(days):
                folder = to / f"{month}-{path.stem}-{version}" / month
                folder.mkdir(parents=True)
                rows = list(csv.reader(path.open(encoding="utf-8")))
                if version:
                    at = rows[0].index("工资性收入")
                    for row in chance.sample(rows[1:], 3):
                        row[at] = str(chance.randrange(10_000, 90_000, 1_000))
                text = "\n".join(",".join(row) for row in rows) + "\n"
                (folder / path.name).write_text(text, encoding="utf-8")
                # The first roster is always there: without it nothing can be built.
                received = dt.date(2024, 12, 8) + dt.timedelta(days=0 if path.name == "household_roster.csv" else day)
                (folder / "manifest.csv").write_text(f"file,received_on\n{path.name},{received}\n", encoding="utf-8")
                folders.append(folder)
    return folders


def received(folder: Path) -> dt.date:
    return dt.date.fromisoformat((folder / "manifest.csv").read_text().strip().rsplit(",", 1)[1])


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile("suntuan", policy=TOWN / "policy.csv")


def warehouse(folder: Path, keys: Path | None, months: list[Path], profile: Profile) -> Settings:
    settings = Settings(data_dir=folder, sample_ids=True)
    if keys:
        shutil.copytree(keys, settings.keys)
    import_in_parts(months, settings, profile)
    return settings


def import_in_parts(months: list[Path], settings: Settings, profile: Profile) -> None:
    """In this order, a few at a time."""
    for start in range(0, len(months), PART):
        import_files(months[start : start + PART], settings, profile)


def content(settings: Settings) -> dict[str, str]:
    return content_hash(snapshot_path(settings, current_snapshot(settings).snapshot_id))


def test_a_frozen_release_is_built_again_as_of_its_day(tmp_path: Path, profile: Profile) -> None:
    """What the office knew on the day is frozen. Another office, of the same key, got that and all that came later in
    any order, some of it twice: built as of that day, every mart is what was frozen; built as of now it is not."""
    chance = random.Random(7)
    day = dt.date(2024, 12, 28)
    sent = versions(tmp_path / "sent", chance)
    early, late = ([one for one in sent if (received(one) <= day) == known] for known in (True, False))
    assert len(late) > 5
    office = warehouse(tmp_path / "office", None, early, profile)
    build(office, profile, as_of=day)
    release = freeze(office, "2024-11")

    shuffled = chance.sample(sent, len(sent))
    other = warehouse(tmp_path / "other", office.keys, [*shuffled, *shuffled[:5]], profile)
    build(other, profile)
    assert content(other)["fct_household_month"] != release.content["fct_household_month"]
    build(other, profile, as_of=day)
    assert content(other) == release.content
    assert content_hash(release_path(office, release)) == release.content
