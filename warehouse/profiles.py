"""A profile is one place: its areas, departments, policy and calendar, read from `data/profiles/<name>/` and checked.

Every fault of every file is collected and said at once, with file and line.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from warehouse.errors import ConfigError
from warehouse.policy import Parameter, read_day, read_policy
from warehouse.settings import ROOT

PROFILES = ROOT / "data" / "profiles"
CODE_SYSTEMS = {"NBS-2023", "MCA", "local"}
CALENDAR_KINDS = {"survey", "inspection", "lookback", "evaluation", "training", "stage"}
# What may follow a village's own name: a committee, then the word for the unit.
COMMITTEES = ("村民委员会", "居民委员会", "村委会", "居委会")
UNIT_WORDS = ("行政村", "嘎查", "社区", "村")


@dataclass(frozen=True)
class Area:
    """One area. `tile_row` and `tile_col` place it on the tile map (1-based; null above village level)."""

    area_code: str
    name: str
    level: str
    parent_code: str | None
    division_code: str
    code_system: str
    tile_row: int | None
    tile_col: int | None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Department:
    department_code: str
    name: str
    name_en: str
    unit: str
    contact_post: str


@dataclass(frozen=True)
class Stage:
    """A dated piece of work in the profile's calendar: a survey round, an inspection, an evaluation."""

    kind: str
    name: str
    name_en: str
    year: int
    number: int
    starts_on: dt.date
    ends_on: dt.date
    source: str
    clause: str
    note: str


@dataclass(frozen=True)
class Profile:
    """One place, ready to use. Areas come in the order of their codes."""

    name: str
    folder: Path
    title: str
    title_en: str
    level: str
    top_area: str
    unit_level: str
    unit_word: str
    unit_word_en: str
    meta: dict[str, str]
    areas: tuple[Area, ...]
    departments: tuple[Department, ...]
    policy: tuple[Parameter, ...]
    calendar: tuple[Stage, ...] = field(default=())

    @cached_property
    def villages(self) -> tuple[Area, ...]:
        """The areas that figures are compared over: the profile's lowest level."""
        return tuple(area for area in self.areas if area.level == self.unit_level)

    @cached_property
    def village_codes(self) -> dict[str, str]:
        """Every accepted way to write a village (without suffix) -> area_code; ambiguous names left out."""
        found: dict[str, set[str]] = {}
        for area in self.villages:
            for text in (area.name, *area.aliases):
                found.setdefault(village_stem(text), set()).add(area.area_code)
        return {text: codes.pop() for text, codes in found.items() if len(codes) == 1}


def village_stem(text: str) -> str:
    """A village's own name without 村, 村委会 and the like: 杨柳村委会 -> 杨柳, 杨柳村村民委员会 -> 杨柳."""
    stem = re.sub(r"\s+", "", text)
    for suffixes in (COMMITTEES, UNIT_WORDS):
        found = next((suffix for suffix in suffixes if stem.endswith(suffix) and len(stem) > len(suffix)), "")
        stem = stem.removesuffix(found)
    return stem


def load_profile(name: str, *, policy: Path | None = None) -> Profile:
    """The profile of that name in data/profiles, or at that path; `policy` takes the place of its policy.csv.

    Raises: ConfigError with every fault found in its files.
    """
    folder = Path(name) if ("/" in name or Path(name).is_dir()) else PROFILES / name
    if not (folder / "profile.yml").is_file():
        known = ", ".join(sorted(path.parent.name for path in PROFILES.glob("*/profile.yml")))
        raise ConfigError(f"profile: got {name!r}, expected one of {known}, or a folder that holds profile.yml.")
    faults: list[str] = []
    head = _head(folder / "profile.yml", faults)
    areas = tuple(sorted(_areas(folder / "areas.csv", faults), key=lambda area: area.area_code))
    departments = tuple(_departments(folder / "departments.csv", faults))
    calendar = tuple(_calendar(folder / "calendar.csv", faults))
    parameters = read_policy(policy or folder / "policy.csv", faults)
    if not faults:
        faults += _tree_faults(folder / "areas.csv", areas, head)
    if faults:
        raise ConfigError(faults)
    return Profile(
        name=head["profile"],
        folder=folder,
        title=head["name"],
        title_en=head["name_en"],
        level=head["level"],
        top_area=head["top_area"],
        unit_level=head["unit_level"],
        unit_word=head["unit_word"],
        unit_word_en=head["unit_word_en"],
        meta=head,
        areas=areas,
        departments=departments,
        policy=parameters,
        calendar=calendar,
    )


HEAD_KEYS = ("profile", "name", "name_en", "level", "top_area", "unit_level", "unit_word", "unit_word_en")


def _head(path: Path, faults: list[str]) -> dict[str, str]:
    try:
        head = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        faults.append(
            f"{path.name}: got text that is not YAML ({error.__class__.__name__}), expected key: value lines."
        )
        return {}
    if not isinstance(head, dict):
        faults.append(f"{path.name}: got {type(head).__name__}, expected key: value lines.")
        return {}
    for key in HEAD_KEYS:
        if not isinstance(head.get(key), str) or not head[key].strip():
            faults.append(f"{path.name}: got no text for {key!r}, expected one. Write `{key}: ...` (codes in quotes).")
    return head


def read_rows(path: Path, columns: tuple[str, ...], faults: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines of a CSV as (line number, column -> stripped text); says which columns lack."""
    if not path.is_file():
        faults.append(f"{path.name}: got no such file, expected one. Create it with the columns {', '.join(columns)}.")
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in columns if column not in (reader.fieldnames or [])]
        if missing:
            faults.append(f"{path.name} line 1: got no column {', '.join(missing)}, expected {', '.join(columns)}.")
            return
        for row in reader:
            yield reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}


AREA_COLUMNS = ("area_code", "name", "level", "parent_code", "division_code", "code_system", "tile_row", "tile_col")


def _areas(path: Path, faults: list[str]) -> Iterator[Area]:
    for line, row in read_rows(path, AREA_COLUMNS, faults):
        place = f"{path.name} line {line}"
        if not row["area_code"] or not row["name"]:
            faults.append(f"{place}: got an area without code or name, expected both.")
            continue
        if row["code_system"] not in CODE_SYSTEMS:
            faults.append(
                f"{place}: got code_system {row['code_system']!r}, expected one of {', '.join(sorted(CODE_SYSTEMS))}. "
                "The two official systems clash: say which one the code is from."
            )
        if not re.fullmatch(r"\d{12}", row["division_code"]):
            faults.append(f"{place}: got division_code {row['division_code']!r}, expected 12 digits.")
        yield Area(
            area_code=row["area_code"],
            name=row["name"],
            level=row["level"],
            parent_code=row["parent_code"] or None,
            division_code=row["division_code"],
            code_system=row["code_system"],
            tile_row=_whole(row["tile_row"], f"{place} tile_row", faults),
            tile_col=_whole(row["tile_col"], f"{place} tile_col", faults),
            aliases=tuple(part for part in row.get("aliases", "").split("、") if part),
        )


def _tree_faults(path: Path, areas: tuple[Area, ...], head: dict[str, str]) -> Iterator[str]:
    codes = [area.area_code for area in areas]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield f"{path.name}: got area_code {code} more than once, expected it once."
    for area in areas:
        if area.area_code == head["top_area"]:
            if area.parent_code:
                yield f"{path.name}: got a parent for the top area {area.area_code}, expected none."
        elif area.parent_code not in codes:
            yield f"{path.name}: got parent_code {area.parent_code} of {area.area_code}, expected a code in this file."
    if head["top_area"] not in codes:
        yield f"profile.yml: got top_area {head['top_area']}, expected a code in {path.name}."
    units = [area for area in areas if area.level == head["unit_level"]]
    if not units:
        yield f"{path.name}: got no area of level {head['unit_level']}, expected at least one."
    tiles = [(area.tile_row, area.tile_col) for area in units]
    if None in {part for tile in tiles for part in tile} or len(set(tiles)) < len(tiles):
        yield f"{path.name}: got areas without a tile of their own, expected one each for level {head['unit_level']}."


def _departments(path: Path, faults: list[str]) -> Iterator[Department]:
    columns = ("department_code", "name", "name_en", "unit", "contact_post")
    for line, row in read_rows(path, columns, faults):
        if not all(row[column] for column in columns[:3]):
            faults.append(f"{path.name} line {line}: got an empty code or name, expected all three filled.")
            continue
        yield Department(*(row[column] for column in columns))


CALENDAR_COLUMNS = ("kind", "name", "name_en", "year", "number", "starts_on", "ends_on", "source", "clause", "note")


def _calendar(path: Path, faults: list[str]) -> Iterator[Stage]:
    for line, row in read_rows(path, CALENDAR_COLUMNS, faults):
        place = f"{path.name} line {line}"
        if row["kind"] not in CALENDAR_KINDS:
            faults.append(f"{place}: got kind {row['kind']!r}, expected one of {', '.join(sorted(CALENDAR_KINDS))}.")
        year, number = _whole(row["year"], f"{place} year", faults), _whole(row["number"], f"{place} number", faults)
        starts_on, ends_on = (read_day(row[key], f"{place} {key}", faults) for key in ("starts_on", "ends_on"))
        if year is None or number is None or starts_on is None or ends_on is None:
            continue
        if ends_on < starts_on:
            faults.append(f"{place}: got ends_on before starts_on, expected it on or after.")
        texts = {key: row[key] for key in ("kind", "name", "name_en", "source", "clause", "note")}
        yield Stage(year=year, number=number, starts_on=starts_on, ends_on=ends_on, **texts)


def _whole(text: str, place: str, faults: list[str]) -> int | None:
    if not text:
        return None
    if not text.isdigit():
        faults.append(f"{place}: got {text!r}, expected a whole number.")
        return None
    return int(text)
