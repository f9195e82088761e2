"""A profile is one place: its areas, departments, policy and calendar, read from `data/profiles/<name>/` and checked.

Every fault of every file is collected and said at once, with file and line.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import yaml

from warehouse.duties import DUTY_COLUMNS, LIST_COLUMNS, Duty, ListDue, read_duties, read_lists
from warehouse.errors import ConfigError
from warehouse.policy import Parameter, read_day, read_policy
from warehouse.settings import ROOT

PROFILES = ROOT / "data" / "profiles"
CODE_SYSTEMS = {"NBS-2023", "MCA", "local"}
CALENDAR_KINDS = {"survey", "inspection", "lookback", "evaluation", "training", "stage", "meeting", "work_meeting"}
# What may follow a village's own name: a committee, then the word for the unit.
COMMITTEES = ("村民委员会", "居民委员会", "村委会", "居委会")
UNIT_WORDS = ("行政村", "嘎查", "社区", "村")
# The unit that a committee belongs to: 马栏村委会 is 马栏村, where a 马栏社区 may stand beside it.
COMMITTEE_OF = {"村民委员会": "村", "村委会": "村", "居民委员会": "社区", "居委会": "社区"}
GROUP_WORDS = ("街道办事处", "人民政府", "管理委员会", "办事处", "管委会", "街道", "苏木", "镇", "乡")
# Words of a level: Chinese, English, English plural. A profile may write its own as `level_words`.
LEVEL_WORDS = {
    "county": ("县", "county", "counties"),
    "district": ("区", "district", "districts"),
    "town": ("乡镇", "town", "towns"),
    "township": ("乡镇", "township", "townships"),
    "village": ("村", "village", "villages"),
}
_PATH_SIGNS = re.compile(r"^[/\\|>›→\-—_－·•、,，;；:：]+|[/\\|>›→\-—_－·•、,，;；:：]+$")


@dataclass(frozen=True)
class Area:
    """One area of any level. `tile_row` and `tile_col` place it among its siblings on the tile map (1-based; null for
    the top)."""

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
class SampleSize:
    """What `kanhu sample` and `kanhu demo` make of a place unless told otherwise. until: first day of last month."""

    until: dt.date
    months: int
    households: int

    def with_(self, *, until: dt.date | None = None, months: int | None = None, households: int | None = None) -> Self:
        """The same with what a person named in its place."""
        return replace(
            self,
            until=until or self.until,
            months=months or self.months,
            households=households or self.households,
        )


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
    level_words: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    lists: tuple[ListDue, ...] = field(default=())
    duties: tuple[Duty, ...] = field(default=())
    sample: SampleSize = field(default=SampleSize(dt.date(2025, 12, 1), 12, 16_000))

    def list_due(self, extract: str, owner: str) -> ListDue:
        """How this place gets a list; one it says nothing of comes every month from the owner its contract names."""
        found = next((item for item in self.lists if item.extract == extract), None)
        return found or ListDue(extract, owner, True, "monthly", "push_due_day", "local", "", "")

    def expects(self, extract: str) -> bool:
        """Whether this place ever asks for the list."""
        return all(item.is_expected for item in self.lists if item.extract == extract)

    @cached_property
    def villages(self) -> tuple[Area, ...]:
        """The areas of the lowest level, whatever the place calls them: what every list names."""
        return tuple(area for area in self.areas if area.level == self.unit_level)

    @cached_property
    def groups(self) -> tuple[Area, ...]:
        """The areas between the top and the villages: the towns of a county, none in a town."""
        return tuple(area for area in self.areas if area.level != self.unit_level and area.area_code != self.top_area)

    def above(self, area_code: str) -> tuple[str, ...]:
        """Codes from the top area down to this one, itself included."""
        return self._lines[area_code]

    def words_of(self, level: str) -> tuple[str, str, str]:
        """What areas of that level are called: Chinese, English, English plural."""
        if level in self.level_words:
            return self.level_words[level]
        if level == self.unit_level:
            return self.unit_word, self.unit_word_en, f"{self.unit_word_en}s"
        return LEVEL_WORDS.get(level, (level, level, f"{level}s"))

    @cached_property
    def village_codes(self) -> dict[str, str]:
        """Every accepted way to write a village (without suffix) -> area_code; ambiguous names left out."""
        found: dict[str, set[str]] = {}
        for area in self.villages:
            for text in (area.name, *area.aliases):
                found.setdefault(village_stem(text), set()).add(area.area_code)
        return {text: codes.pop() for text, codes in found.items() if len(codes) == 1}

    def find_village(self, text: str, town: str | None = None) -> str | None:
        """The code of the village that the text names, exactly or by a known alias; null if none or more than one.

        text: its name, or a path down to it: 某某村, 马栏镇/某某村, 鄢陵县马栏镇某某村. town: code, name, alias or
        stem of the town it lies in, where a file or a column says so; a town that is not known finds nothing, and
        neither does one that the path contradicts.
        """
        bare = re.sub(r"\s+", "", text)
        inside = self.top_area if not town else self.find_group(town)
        if not bare or inside is None:
            return None
        tries = [(bare, inside)]
        for name, code in self._group_texts:
            head, found, tail = bare.partition(name)
            if found and tail and _is_above(head):
                tries.append((_PATH_SIGNS.sub("", tail), code))
        for rest, code in tries:
            if inside in self._lines[code] and (unit := self._village_in(rest, code)):
                return unit
        return None

    def find_group(self, text: str) -> str | None:
        """The code of the town (or of the top) that the text names, by code, name, alias or stem; null if none."""
        bare = _PATH_SIGNS.sub("", re.sub(r"\s+", "", text))
        if bare in self._lines and all(area.area_code != bare for area in self.villages):
            return bare
        for name, code in self._group_texts:
            if bare.endswith(name) and _is_above(bare.removesuffix(name)):
                return code
        stem = group_stem(bare)
        codes = {code for name, code in self._group_texts if group_stem(name) == stem}
        return codes.pop() if len(codes) == 1 else None

    def _village_in(self, text: str, group: str) -> str | None:
        for form in _forms(text):
            inside = [code for code in self._village_texts.get(form, ()) if group in self._lines[code]]
            if len(inside) == 1:
                return inside[0]
        return None

    @cached_property
    def _lines(self) -> dict[str, tuple[str, ...]]:
        parents = {area.area_code: area.parent_code for area in self.areas}
        lines: dict[str, tuple[str, ...]] = {}
        for start in parents:
            code: str | None = start
            line: list[str] = []
            while code and code not in line:
                line.insert(0, code)
                code = parents.get(code)
            lines[start] = tuple(line)
        return lines

    @cached_property
    def _village_texts(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for area in self.villages:
            for text in (area.name, *area.aliases):
                for form in (text, village_stem(text)):
                    found.setdefault(form, {})[area.area_code] = None
        return {form: tuple(codes) for form, codes in found.items()}

    @cached_property
    def _group_texts(self) -> tuple[tuple[str, str], ...]:
        """Names and aliases of the towns and the top with their codes: towns first, longest first."""
        top = [area for area in self.areas if area.area_code == self.top_area]
        named = [(text, area.area_code) for area in self.groups for text in (area.name, *area.aliases)]
        last = [(text, area.area_code) for area in top for text in (area.name, *area.aliases)]
        return tuple(sorted(named, key=lambda pair: -len(pair[0])) + last)


def _is_above(head: str) -> bool:
    """Whether what stands before a place's name can be the places above it: nothing, or 河南省许昌市鄢陵县."""
    bare = _PATH_SIGNS.sub("", head)
    return not bare or bare[-1] in "省市县区旗盟州"


def _forms(text: str) -> Iterator[str]:
    """What a village's name may mean, most exact first: itself, the unit of its committee, its stem and its stem's."""
    yield text
    for committee, unit in COMMITTEE_OF.items():
        if text.endswith(committee) and len(text) > len(committee):
            stem = text.removesuffix(committee)
            yield stem
            yield stem.removesuffix(unit) + unit
    stem = village_stem(text)
    yield stem
    yield village_stem(stem)


def group_stem(text: str) -> str:
    """A town's own name without 镇, 街道办事处 and the like: 马栏镇 -> 马栏."""
    stem = re.sub(r"\s+", "", text)
    for _step in range(2):
        found = next((word for word in GROUP_WORDS if stem.endswith(word) and len(stem) > len(word) + 1), "")
        stem = stem.removesuffix(found)
    return stem


def village_stem(text: str) -> str:
    """A village's own name without 村, 村委会 and the like: 杨柳村委会 -> 杨柳, 杨柳村村民委员会 -> 杨柳."""
    stem = re.sub(r"\s+", "", text)
    for suffixes in (COMMITTEES, UNIT_WORDS):
        found = next((suffix for suffix in suffixes if stem.endswith(suffix) and len(stem) > len(suffix)), "")
        stem = stem.removesuffix(found)
    return stem


def known_profiles() -> list[str]:
    """Names of the places that the product carries, in alphabetical order."""
    return sorted(path.parent.name for path in PROFILES.glob("*/profile.yml"))


def profile_folder(name: str) -> Path:
    """Where the files of a profile lie: the folder of that name in data/profiles, or the one at that path."""
    return Path(name) if ("/" in name or Path(name).is_dir()) else PROFILES / name


def load_profile(name: str, *, policy: Path | None = None) -> Profile:
    """The profile of that name in data/profiles, or at that path; `policy` takes the place of its policy.csv.

    Raises: ConfigError with every fault found in its files.
    """
    folder = profile_folder(name)
    if not (folder / "profile.yml").is_file():
        known = ", ".join(known_profiles())
        raise ConfigError(f"profile: got {name!r}, expected one of {known}, or a folder that holds profile.yml.")
    faults: list[str] = []
    head = _head(folder / "profile.yml", faults)
    level_words = dict(_level_words(head.get("level_words"), faults))
    areas = tuple(sorted(_areas(folder / "areas.csv", faults), key=lambda area: area.area_code))
    departments = tuple(_departments(folder / "departments.csv", faults))
    calendar = tuple(_calendar(folder / "calendar.csv", faults))
    parameters = read_policy(policy or folder / "policy.csv", faults)
    codes = {department.department_code for department in departments}
    lists = tuple(read_lists(_rows_if_any(folder / "lists.csv", LIST_COLUMNS, faults), "lists.csv", codes, faults))
    duties = tuple(read_duties(_rows_if_any(folder / "duties.csv", DUTY_COLUMNS, faults), "duties.csv", codes, faults))
    sample = _sample(head.get("sample"), faults)
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
        level_words=level_words,
        lists=lists,
        duties=duties,
        sample=sample,
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


def _level_words(words: object, faults: list[str]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    for level, three in words.items() if isinstance(words, dict) else ():
        if isinstance(three, list) and len(three) == 3 and all(isinstance(word, str) for word in three):
            yield str(level), (three[0], three[1], three[2])
        else:
            faults.append(
                f"profile.yml: got level_words of {level} that are not three texts, expected Chinese, English and "
                f"English plural. Write `{level}: [镇, town, towns]` under level_words."
            )


def _sample(found: object, faults: list[str]) -> SampleSize:
    """The key `sample` of profile.yml; without it a town of 16,000 households to the end of 2025."""
    if found is None:
        return SampleSize(dt.date(2025, 12, 1), 12, 16_000)
    size: dict[str, object] = found if isinstance(found, dict) else {}
    until, months, households = size.get("until"), size.get("months"), size.get("households")
    day = None
    with contextlib.suppress(ValueError):
        day = dt.date.fromisoformat(f"{until}-01")
    if day is None or not isinstance(months, int) or not isinstance(households, int) or months < 1 or households < 50:
        faults.append(
            f"profile.yml: got sample {found!r}, expected until, months and households. Write `until: 2025-12`, "
            "`months: 12`, `households: 16000` under sample."
        )
        return SampleSize(dt.date(2025, 12, 1), 12, 16_000)
    return SampleSize(day, months, households)


def _rows_if_any(path: Path, columns: tuple[str, ...], faults: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of a file that a profile may do without."""
    return read_rows(path, columns, faults) if path.is_file() else iter(())


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
    tiles = [(area.parent_code, area.tile_row, area.tile_col) for area in areas if area.area_code != head["top_area"]]
    if None in {part for tile in tiles for part in tile[1:]} or len(set(tiles)) < len(tiles):
        yield (
            f"{path.name}: got areas without a tile of their own, expected tile_row and tile_col for each but the top, "
            "different from those of every other area with the same parent."
        )


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
