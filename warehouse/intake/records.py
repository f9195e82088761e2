"""The registry of loads: one JSON a load (its commit point), the schema of what landed, and what was quarantined."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import polars as pl

from warehouse.contracts import Contract
from warehouse.errors import ConfigError
from warehouse.settings import Settings

FORMAT_VERSION = 1
LOADS = "_loads"
QUARANTINE = "_quarantine"

LINEAGE: dict[str, pl.DataType] = {
    "load_id": pl.String(),
    "row_no": pl.Int32(),
    "sheet": pl.String(),
    "month": pl.Date(),
    "received_on": pl.Date(),
}
QUARANTINE_SCHEMA: dict[str, pl.DataType] = {
    "extract": pl.String(),
    "month": pl.Date(),
    "load_id": pl.String(),
    "file_name": pl.String(),
    "sheet": pl.String(),
    "row_no": pl.Int32(),
    "column": pl.String(),
    "column_title": pl.String(),
    "rule": pl.String(),
    "shown": pl.String(),
    "hint": pl.String(),
    "also": pl.String(),
}
LANDED_TYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "name": pl.String(),
    "household_no": pl.String(),
    "code": pl.String(),
    "codes": pl.String(),
    "grade": pl.String(),
    "date": pl.Date(),
    "month": pl.Date(),
    "money": pl.Decimal(18, 2),
    "number": pl.Float64(),
    "integer": pl.Int64(),
    "yes_no": pl.Boolean(),
}


def id_stem(name: str) -> str:
    """`id_no` -> `id`, `head_id_no` -> `head_id`: what the columns made from an ID begin with."""
    return name.removesuffix("_no")


def landed_schema(contract: Contract) -> dict[str, pl.DataType]:
    """Exact columns of a landed file, in order: the contract's by type, then lineage.

    A village lands as area_code; an ID as keys, kind and (for the person, not the head) birth date, sex and mask.
    """
    schema: dict[str, pl.DataType] = {}
    for column in contract.columns:
        if column.type == "village":
            schema["area_code"] = pl.String()
        elif column.type == "id":
            stem = id_stem(column.name)
            schema |= {f"{stem}_key": pl.String(), f"{stem}_prefix_key": pl.String(), f"{stem}_kind": pl.String()}
            if stem == "id":
                schema |= {"id_birth_on": pl.Date(), "id_sex": pl.String(), "id_masked": pl.String()}
        else:
            schema[column.name] = LANDED_TYPES[column.type]
    return schema | LINEAGE


@dataclass(frozen=True)
class LoadRecord:
    """What became of one file. rows_total = header + blank + note + read; rows_read = accepted + quarantined.

    batch: grows with every load that landed or was refused; 0 where nothing was written (dry run, unknown file).
    refusal: code, reason (English sentence) and the facts in it, or null.
    outcome: what this call did: landed, refused, or unchanged (the same file came before).
    part: of a list that comes in two files, which of them; empty for the list itself.
    aliases: name of the set of village aliases it was read with; unknown_villages: cells that no village was found for.
    """

    load_id: str
    extract: str
    month: str
    file_name: str
    sha256: str
    received_on: str
    profile: str
    status: str
    batch: int = 0
    loaded_at: str = ""
    refusal: dict[str, object] | None = None
    layout: str = ""
    sheet: str = ""
    sheets_skipped: tuple[str, ...] = ()
    header_row: int = 0
    columns_missing: tuple[str, ...] = ()
    columns_unknown: tuple[str, ...] = ()
    rows_total: int = 0
    rows_header: int = 0
    rows_blank: int = 0
    rows_note: int = 0
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    rows_repaired: int = 0
    repairs: dict[str, int] = field(default_factory=dict)
    nulled: dict[str, int] = field(default_factory=dict)
    rules: str = ""
    sample_ids: bool = False
    person_key_id: str = ""
    part: str = ""
    aliases: str = ""
    unknown_villages: int = 0
    format_version: int = FORMAT_VERSION
    outcome: str = "landed"

    @property
    def unchanged(self) -> bool:
        return self.outcome == "unchanged"

    @property
    def refusal_text(self) -> str:
        """Why the file was refused, in English; empty if it was not."""
        return str((self.refusal or {}).get("reason", ""))

    def to_json(self) -> str:
        content = dataclasses.asdict(self)
        del content["outcome"]
        return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str, place: str) -> LoadRecord:
        """Raises: ConfigError if the record is damaged, or of a format this version does not know."""
        try:
            content = json.loads(text)
            version = content.get("format_version")
        except (ValueError, AttributeError):
            raise _damaged(place) from None
        if version != FORMAT_VERSION:
            raise ConfigError(
                f"{place}: got format {version!r}, expected {FORMAT_VERSION}. "
                "Use the version of Kanhu that wrote it, or import the raw files again into a new data folder."
            )
        known = {item.name for item in dataclasses.fields(cls)}
        content = {key: tuple(value) if isinstance(value, list) else value for key, value in content.items()}
        try:
            record = cls(**{key: value for key, value in content.items() if key in known})
            dt.date.fromisoformat(record.month), dt.date.fromisoformat(record.received_on)
        except (TypeError, ValueError):
            raise _damaged(place) from None
        return record


def _damaged(place: str) -> ConfigError:
    return ConfigError(
        f"{LOADS}/{place}: got a damaged record of a load, expected a whole one. Remove it and import the files of "
        "raw again: what has landed stays as it is."
    )


@lru_cache(maxsize=20_000)
def _record(path: str, *_version: int) -> LoadRecord:
    """The load of that record, read once as long as the file is the same: a county has thousands."""
    return LoadRecord.from_json(Path(path).read_text("utf-8", errors="replace"), Path(path).name)


def records(landed: Path) -> Iterator[LoadRecord]:
    """Every load of the registry, by batch."""
    folder = landed / LOADS
    kept = [(entry.path, entry.stat()) for entry in os.scandir(folder)] if folder.is_dir() else []
    found = [
        _record(path, facts.st_mtime_ns, facts.st_size, facts.st_ino) for path, facts in kept if path.endswith(".json")
    ]
    yield from sorted(found, key=lambda record: (record.batch, record.load_id))


LOADS_SCHEMA: dict[str, pl.DataType] = {
    "load_id": pl.String(),
    "batch": pl.Int64(),
    "extract": pl.String(),
    "month": pl.Date(),
    "file_name": pl.String(),
    "sha256": pl.String(),
    "received_on": pl.Date(),
    "loaded_at": pl.String(),
    "profile": pl.String(),
    "status": pl.String(),
    "refusal_code": pl.String(),
    "refusal_reason": pl.String(),
    "refusal": pl.String(),
    "layout": pl.String(),
    "sheet": pl.String(),
    "header_row": pl.Int64(),
    "rows_total": pl.Int64(),
    "rows_header": pl.Int64(),
    "rows_blank": pl.Int64(),
    "rows_note": pl.Int64(),
    "rows_read": pl.Int64(),
    "rows_accepted": pl.Int64(),
    "rows_quarantined": pl.Int64(),
    "rows_repaired": pl.Int64(),
    "repairs": pl.String(),
    "nulled": pl.String(),
    "sample_ids": pl.Boolean(),
    "person_key_id": pl.String(),
    "part": pl.String(),
    "rules": pl.String(),
    "aliases": pl.String(),
    "unknown_villages": pl.Int64(),
    "columns_missing": pl.String(),
    "path": pl.String(),
    "is_winning": pl.Boolean(),
}


def loads(settings: Settings, as_of: dt.date | None = None) -> pl.DataFrame:
    """One row per load received up to `as_of` (null: all), by batch.

    Returns: the record's fields; refusal, repairs and nulled as JSON text; columns_missing parted by 、; path
    (landed Parquet, relative to settings.landed; null for refused loads); is_winning: of the landed loads of the same
    extract, month and file name
    the newest by (received_on, batch).
    """
    return loads_frame(records(settings.landed), as_of)


def loads_frame(found: Iterable[LoadRecord], as_of: dt.date | None = None) -> pl.DataFrame:
    """The records as `loads` returns them."""
    rows = [_row(record) for record in found if as_of is None or record.received_on <= as_of.isoformat()]
    newest: dict[tuple[object, ...], dict[str, object]] = {}
    for row in rows:
        place = (row["extract"], row["month"], row["file_name"])
        rank = (row["received_on"], row["batch"])
        if row["status"] == "landed" and (
            place not in newest or rank > (newest[place]["received_on"], newest[place]["batch"])
        ):
            newest[place] = row
    for row in newest.values():
        row["is_winning"] = True
    return pl.DataFrame(rows, schema=LOADS_SCHEMA, orient="row")


def _row(record: LoadRecord) -> dict[str, object]:
    refusal = record.refusal or {}
    values = {name: getattr(record, name, None) for name in LOADS_SCHEMA}
    return values | {
        "month": dt.date.fromisoformat(record.month),
        "received_on": dt.date.fromisoformat(record.received_on),
        "refusal_code": refusal.get("code"),
        "refusal_reason": refusal.get("reason"),
        "refusal": json.dumps(refusal, ensure_ascii=False, sort_keys=True) if refusal else None,
        "columns_missing": "、".join(record.columns_missing),
        "repairs": json.dumps(record.repairs, ensure_ascii=False, sort_keys=True),
        "nulled": json.dumps(record.nulled, ensure_ascii=False, sort_keys=True),
        "path": landed_path(record) if record.status == "landed" else None,
        "is_winning": False,
    }


def landed_path(record: LoadRecord) -> str:
    """Where the accepted rows of a load lie, relative to the landed folder."""
    folder = f"{record.extract}.{record.part}" if record.part else record.extract
    return f"{folder}/{record.month[:7]}/{record.load_id}.parquet"


def has_rows(record: LoadRecord, landed: Path) -> bool:
    """Whether the rows of a load are still there; a refused one has none to lose."""
    return record.status == "refused" or (landed / landed_path(record)).is_file()


def quarantine_rows(settings: Settings, load_ids: Iterable[str]) -> pl.DataFrame:
    """The rejected rows of those loads, in the order given, then by sheet and row. Columns: QUARANTINE_SCHEMA."""
    frames = [
        pl.read_parquet(path)
        for load_id in load_ids
        if (path := settings.landed / QUARANTINE / f"{load_id}.parquet").exists()
    ]
    return pl.concat([pl.DataFrame(schema=QUARANTINE_SCHEMA), *frames])
