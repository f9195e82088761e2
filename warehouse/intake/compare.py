"""What an import of a file would change: against the list of the month before, and beside what came of this month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse.contracts import Contract
from warehouse.intake.places import Places
from warehouse.intake.records import LoadRecord, landed_path, loads_frame
from warehouse.profiles import Profile
from warehouse.settings import Settings

# A list shorter than this says nothing by half of it.
LEAST_ROWS = 20
KEYS = ("id_key", "head_id_key", "household_no", "issue_no")


@dataclass(frozen=True)
class Against:
    """The file against the list of an earlier month. month: `2025-11`. gone, new: whom only the one or the other names
    (null: the list names nobody). is_whole: the list is sent whole each month, so that fewer rows mean something."""

    month: str
    rows_before: int
    rows_now: int
    gone: int | None
    new: int | None
    is_whole: bool

    @property
    def is_drop(self) -> bool:
        """So few rows that it may be a part of the list only."""
        return self.is_whole and self.rows_before >= LEAST_ROWS and self.rows_now * 2 < self.rows_before

    @property
    def is_jump(self) -> bool:
        """So many rows that something may stand there twice, or of other places."""
        return self.is_whole and self.rows_before >= LEAST_ROWS and self.rows_now > 2 * self.rows_before

    @property
    def change(self) -> float | None:
        """By what share the rows became more or fewer."""
        return self.rows_now / self.rows_before - 1 if self.rows_before else None


@dataclass(frozen=True)
class Beside:
    """Another file of the same list and month that landed. has_same_name: the file would take its place. shared: how
    many of whom the file names it names too (null: the list names nobody). is_same: equal to the last byte."""

    file_name: str
    received_on: str
    rows_accepted: int
    has_same_name: bool
    is_same: bool
    shared: int | None


def beside(
    record: LoadRecord, accepted: pl.DataFrame, landed: Sequence[LoadRecord], settings: Settings
) -> tuple[Beside, ...]:
    """The files in force of the list and month of the record, by name."""
    own = _keys(accepted)
    return tuple(
        Beside(
            one.file_name,
            one.received_on,
            one.rows_accepted,
            one.file_name == record.file_name,
            one.sha256 == record.sha256,
            None if own is None else len(own & (_keys(_read([one], settings)) or set())),
        )
        for one in _in_force(landed)
        if (one.extract, one.month, one.part) == (record.extract, record.month, record.part)
    )


def copies(record: LoadRecord, landed: Sequence[LoadRecord]) -> tuple[LoadRecord, ...]:
    """Files in force with the same bytes that were taken for another list or month."""
    return tuple(
        one
        for one in _in_force(landed)
        if one.sha256 == record.sha256 and (one.extract, one.month) != (record.extract, record.month)
    )


def against(
    record: LoadRecord,
    accepted: pl.DataFrame,
    contract: Contract,
    landed: Sequence[LoadRecord],
    profile: Profile,
    settings: Settings,
) -> Against | None:
    """The file against what is in force of the newest earlier month; of one town, against that town's file where it
    sent one. Null where no earlier list came."""
    earlier = [
        one
        for one in _in_force(landed)
        if (one.extract, one.part) == (record.extract, record.part) and one.month < record.month
    ]
    if not earlier:
        return None
    month = max(one.month for one in earlier)
    earlier = [one for one in earlier if one.month == month]
    places = Places(profile)
    town = places.town_named_by(Path(record.file_name).stem)
    of_town = [one for one in earlier if town and places.town_named_by(Path(one.file_name).stem) == town]
    before = of_town or earlier
    now, then = _keys(accepted), _keys(_read(before, settings))
    return Against(
        month[:7],
        sum(one.rows_accepted for one in before),
        accepted.height,
        None if now is None or then is None else len(then - now),
        None if now is None or then is None else len(now - then),
        contract.kind != "warning",
    )


def _in_force(landed: Sequence[LoadRecord]) -> list[LoadRecord]:
    winning = set(loads_frame(landed).filter("is_winning")["load_id"])
    return [one for one in landed if one.load_id in winning]


def _read(found: Sequence[LoadRecord], settings: Settings) -> pl.DataFrame:
    paths = [path for one in found if (path := settings.landed / landed_path(one)).is_file()]
    frames = [pl.scan_parquet(path) for path in paths]
    kept = [frame.select([name for name in KEYS if name in frame.collect_schema()]) for frame in frames]
    return pl.concat(kept).collect() if kept else pl.DataFrame()


def _keys(rows: pl.DataFrame) -> set[str] | None:
    """Whom the rows name: persons, else heads, else households or issues; null where the list names nobody."""
    name = next((name for name in KEYS if name in rows.columns), None)
    return None if name is None else set(rows[name].drop_nulls())
