"""Other names of villages that departments write: suggested by nearness, confirmed by a person, kept with who and when.

Nothing is mapped before it is confirmed. They are kept in the application database, which only the process that imports
opens: the child that reads a file is handed what it needs, and does not read in the database's modules.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

import polars as pl

from warehouse.errors import UsageError
from warehouse.intake.places import Places, alias_form
from warehouse.intake.records import loads_frame, quarantine_rows, records
from warehouse.profiles import Profile, read_rows
from warehouse.settings import Settings
from warehouse.village_names import Alias

COLUMNS = ("text", "area_code", "village", "confirmed_by", "confirmed_at")


def aliases_of(settings: Settings, profile: Profile) -> tuple[Alias, ...]:
    """The confirmed aliases of the profile, by text; those of villages that it no longer has are left out."""
    from warehouse.app_db import aliases as kept
    from warehouse.app_db import app_db

    _take_over(settings, profile)
    if not _is_there(settings):
        return ()
    found = kept.confirmed(app_db(settings), profile.name)
    known = {area.area_code for area in profile.villages}
    return tuple(one for one in found if one.area_code in known)


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
    from warehouse.app_db import aliases as kept
    from warehouse.app_db import app_db

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
    _take_over(settings, profile)
    kept.keep(app_db(settings), profile.name, alias_form(text), alias)
    return alias


def forget_alias(settings: Settings, profile: Profile, text: str, by: str = "command line") -> Alias:
    """Take an alias back. Raises: UsageError if there is none."""
    from warehouse.app_db import aliases as kept
    from warehouse.app_db import app_db

    _take_over(settings, profile)
    gone = kept.drop(app_db(settings), profile.name, alias_form(text), by) if _is_there(settings) else None
    if gone is None:
        raise UsageError(f"alias: got {text!r}, expected one that was confirmed. See `kanhu aliases list`.")
    return gone


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


def _is_there(settings: Settings) -> bool:
    """Whether there is an application database to look into: looking must not make one."""
    url = settings.app_db_url
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).is_file()


def _take_over(settings: Settings, profile: Profile) -> None:
    """Aliases lay in `<data_dir>/aliases/<profile>.csv` before the application database held them. A file that is still
    there is read into it once, then set aside under another name; cut off in between, it is read again."""
    path = settings.data_dir / "aliases" / f"{profile.name}.csv"
    if not path.is_file():
        return
    from warehouse.app_db import aliases as kept
    from warehouse.app_db import app_db

    faults: list[str] = []
    found = [Alias(*(row[column] for column in COLUMNS)) for _, row in read_rows(path, COLUMNS, faults)]
    if faults:
        raise UsageError(f"aliases: {faults[0]} Correct the file, or remove it and confirm the names again.")
    kept.take_over(app_db(settings), profile.name, [(alias_form(one.text), one) for one in found])
    path.replace(path.with_suffix(".csv.taken_over"))
