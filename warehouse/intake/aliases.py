"""Other names of villages that departments write: suggested by nearness, confirmed by a person, kept with who and when.

Nothing is mapped before it is confirmed. The file is `<data_dir>/aliases/<profile>.csv`.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from warehouse.errors import UsageError
from warehouse.intake.land import write_file
from warehouse.intake.places import Places, alias_form
from warehouse.intake.records import loads_frame, quarantine_rows, records
from warehouse.locks import only_one
from warehouse.profiles import Profile, read_rows
from warehouse.settings import Settings

COLUMNS = ("text", "area_code", "village", "confirmed_by", "confirmed_at")


@dataclass(frozen=True)
class Alias:
    """`text` as departments write it means the village `area_code`. confirmed_at: UTC, ISO."""

    text: str
    area_code: str
    village: str
    confirmed_by: str
    confirmed_at: str


def aliases_of(settings: Settings, profile: Profile) -> tuple[Alias, ...]:
    """The confirmed aliases of the profile, by text; those of villages that it no longer has are left out."""
    path = _path(settings, profile)
    if not path.is_file():
        return ()
    faults: list[str] = []
    found = [Alias(*(row[column] for column in COLUMNS)) for _, row in read_rows(path, COLUMNS, faults)]
    if faults:
        raise UsageError(f"aliases: {faults[0]} Correct the file, or remove it and confirm the names again.")
    known = {area.area_code for area in profile.villages}
    return tuple(sorted((one for one in found if one.area_code in known), key=lambda one: one.text))


def alias_codes(settings: Settings, profile: Profile) -> Mapping[str, str]:
    """How an alias is compared -> the village's code."""
    return {alias_form(one.text): one.area_code for one in aliases_of(settings, profile)}


def alias_set(codes: Mapping[str, str]) -> str:
    """A name for a set of aliases; empty for none."""
    return hashlib.sha256(repr(sorted(codes.items())).encode()).hexdigest()[:12] if codes else ""


def confirm_alias(settings: Settings, profile: Profile, text: str, village: str, by: str) -> Alias:
    """Keep that `text` means the village (code, or name as find_village takes it), as that person says.

    Raises: UsageError if no village is meant, or the text is a village's own name or names several.
    """
    codes = {area.area_code: area.name for area in profile.villages}
    code = village if village in codes else profile.find_village(village)
    if code is None:
        raise UsageError(f"village: got {village!r}, expected the name or code of one village of {profile.title}.")
    place = Places(profile).read(text)
    if place.fault != "village_unknown":
        raise UsageError(
            f"alias: got {text!r}, which is a village’s own name, a larger area or the name of several villages, "
            "expected a name that no village has."
        )
    if not by.strip():
        raise UsageError("alias: got no name of who confirms it, expected one.")
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    alias = Alias(text.strip(), code, codes[code], by.strip(), now)
    with only_one(_path(settings, profile).with_suffix(".lock"), "aliases"):
        others = [one for one in aliases_of(settings, profile) if alias_form(one.text) != alias_form(text)]
        _write(settings, profile, [*others, alias])
    return alias


def forget_alias(settings: Settings, profile: Profile, text: str) -> Alias:
    """Take an alias back. Raises: UsageError if there is none."""
    with only_one(_path(settings, profile).with_suffix(".lock"), "aliases"):
        known = aliases_of(settings, profile)
        gone = [one for one in known if alias_form(one.text) == alias_form(text)]
        if not gone:
            raise UsageError(f"alias: got {text!r}, expected one that was confirmed. See `kanhu aliases list`.")
        _write(settings, profile, [one for one in known if one not in gone])
    return gone[0]


SUGGESTED: dict[str, pl.DataType | type[pl.DataType]] = {
    "text": pl.String,
    "rows": pl.Int64,
    "files": pl.Int64,
    "codes": pl.List(pl.String),
    "villages": pl.List(pl.String),
    "is_tied": pl.Boolean,
}


def suggested_aliases(settings: Settings, profile: Profile) -> pl.DataFrame:
    """Names in rejected rows of the files in force that no village has and nobody confirmed yet.

    Returns: one row per name, the most frequent first: text, rows, files, codes and villages (the nearest first, none
    where no name is near), is_tied (the two nearest are equally near, so that only a person can tell).
    """
    winning = loads_frame(records(settings.landed)).filter(
        "is_winning", pl.col("profile") == profile.name, pl.col("unknown_villages") > 0
    )
    return suggested_in(quarantine_rows(settings, winning["load_id"].to_list()), settings, profile)


def suggested_in(quarantined: pl.DataFrame, settings: Settings, profile: Profile) -> pl.DataFrame:
    """The same of these rejected rows: of a file, say, that has not landed."""
    rejected = quarantined.filter(pl.col("rule") == "village_unknown", pl.col("shown") != "")
    confirmed = alias_codes(settings, profile)
    places = Places(profile)
    rows = []
    grouped = rejected.with_columns(form=pl.col("shown").map_elements(alias_form, return_dtype=pl.String))
    for form, text, count, files in (
        grouped.group_by("form")
        .agg(pl.col("shown").mode().sort().first(), rows=pl.len(), files=pl.col("load_id").n_unique())
        .sort("rows", "form", descending=[True, False])
        .iter_rows()
    ):
        if form not in confirmed:
            near = places.nearest(text)
            codes = [code for code, _ in near]
            is_tied = len(near) > 1 and near[0][1] == near[1][1]
            rows.append((text, count, files, codes, [places.names[code] for code in codes], is_tied))
    return pl.DataFrame(rows, schema=SUGGESTED, orient="row")


def _path(settings: Settings, profile: Profile) -> Path:
    return settings.data_dir / "aliases" / f"{profile.name}.csv"


def _write(settings: Settings, profile: Profile, aliases: list[Alias]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(one) for one in sorted(aliases, key=lambda one: one.text))
    write_file(_path(settings, profile), text.getvalue().encode())
