"""Which village a row speaks of: by its name inside its town, by a code whose system is known, by what stands around.

Nothing is guessed: a near name is only suggested, a name in more than one town is refused, a code of a system that is
not known decides nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from warehouse.profiles import Area, Profile, village_stem

# 杨柳村3组: the village, then a group within it.
VILLAGE_GROUP = re.compile(r"^(.+(?:村|嘎查|社区))第?[\d一二三四五六七八九十]+(?:村民)?(?:小组|组|队|社)$")
CODE = re.compile(r"(\d{9}|\d{12})(?:\.0)?")
UNSEEN = r"[\s'‘’`\u200b-\u200f\u2060\ufeff\u00ad]+"
LARGER = re.compile(r"(省|市|县|区|旗|盟|州|自治区|兵团)$")
NEAREST = 3


@dataclass(frozen=True)
class Place:
    """area_code: null if the text names no village. fault: why not. said: what was done. hint: what it may mean."""

    area_code: str | None = None
    said: tuple[str, ...] = ()
    fault: str | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Places:
    """The villages of a profile and the other names that a person confirmed. aliases: `alias_form` -> area_code."""

    profile: Profile
    aliases: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str, town: str | None = None, near_town: str | None = None) -> Place:
        """The village that a cell names. town: code of the town its row says; near_town: that the sheet or file says.

        Returns: no code and no fault where the cell only names a larger area.
        """
        bare = bare_form(text)
        if CODE.fullmatch(bare):
            return Place(fault="village_code_system")
        forms = tuple(dict.fromkeys((bare, VILLAGE_GROUP.sub(r"\1", bare))))
        for inside in (town,) if town else dict.fromkeys((near_town, None)):
            for form in forms:
                if code := self.profile.find_village(form, inside):
                    return Place(code, () if self.names[code] == text else ("village_variant",))
        if (code := self.aliases.get(alias_form(text))) and (town is None or town in self.profile.above(code)):
            return Place(code, ("village_alias",))
        town = town or self._town_before(bare)
        elsewhere = self._namesakes(forms[-1])
        if town and elsewhere and not any(town in self.profile.above(code) for code in elsewhere):
            return Place(fault="village_not_in_town", hint="、".join(map(self._full_name, elsewhere[:NEAREST])))
        namesakes = [code for code in elsewhere if town is None or town in self.profile.above(code)]
        if len(namesakes) > 1:
            return Place(fault="village_in_more_towns", hint="、".join(map(self._full_name, namesakes)))
        if self.profile.find_group(bare) or LARGER.search(bare):
            return Place(said=("village_only_above",))
        return Place(
            fault="village_unknown", hint="、".join(self.names[code] for code in self.near(text, town)) or None
        )

    def near(self, text: str, town: str | None = None) -> tuple[str, ...]:
        """Codes of the villages whose names are nearest, at most three."""
        return tuple(code for code, _ in self.nearest(text, town))

    def nearest(self, text: str, town: str | None = None) -> list[tuple[str, int]]:
        """The villages whose names are nearest, the nearest first, and how many signs away: at most three."""
        stem = village_stem(self._without_towns(VILLAGE_GROUP.sub(r"\1", bare_form(text))))
        reach = max(1, len(stem) // 3)
        found: dict[str, int] = {}
        near = process.extract(
            stem, self._stem_list, scorer=DamerauLevenshtein.distance, score_cutoff=reach, limit=None
        )
        for own, distance, _ in near:
            for code in self._stems[own] if distance < len(own) else ():
                if town is None or town in self.profile.above(code):
                    found[code] = min(distance, found.get(code, distance))
        return sorted(found.items(), key=lambda one: (one[1], self.names[one[0]], one[0]))[:NEAREST]

    def by_code(self, text: str, system: str | None) -> str | None:
        """The village, or the town, with that official code in that system; null where the system is not known."""
        found = CODE.fullmatch(bare_form(text))
        if not found or not system:
            return None
        code = found[1].ljust(12, "0")
        systems = {area.code_system for area in self.profile.areas if area.code_system.startswith(system)}
        hits = [area for area in self.profile.areas if area.division_code == code and area.code_system in systems]
        return hits[0].area_code if len(hits) == 1 else None

    def is_village(self, area_code: str) -> bool:
        return area_code in self.names

    def town_of(self, text: str) -> str | None:
        """The town that a cell of a town column names; null if none of this place."""
        return self.profile.find_group(bare_form(text)) if bare_form(text) else None

    def in_address(self, text: str) -> str | None:
        """The one village that an address names after its town, or by its full name; null if none or several."""
        bare = bare_form(text)
        towns = [(bare.rindex(name) + len(name), code) for name, code in self._groups if name in bare and name != code]
        if towns:
            end, town = max(towns)
            tail = bare[end:]
            heads = [tail[:size] for size in range(min(len(tail), 14), 1, -1)]
            known = (self.profile.find_village(head, town) for head in heads if village_stem(head) != head)
            return next((code for code in known if code), None) or self._one_named(tail, town)
        return self._one_named(bare, None)

    def named_by(self, text: str) -> str | None:
        """The one village that the name of a sheet or of a file, or a title, names; null if none or several."""
        bare = bare_form(text)
        town = self.town_named_by(text)
        return self.profile.find_village(bare, town) or self._one_named(bare, town)

    def town_named_by(self, text: str) -> str | None:
        """The one town that a title, or the name of a sheet or file, names."""
        bare = bare_form(text)
        groups = {area.area_code for area in self.profile.groups}
        found = {code for name, code in self._groups if code in groups and name in bare}
        return found.pop() if len(found) == 1 else None

    def _one_named(self, bare: str, town: str | None) -> str | None:
        hits: dict[str, set[str]] = {}
        for area in self.profile.villages:
            if town and town not in self.profile.above(area.area_code):
                continue
            for name in (area.name, *area.aliases):
                if village_stem(name) != name and name in bare:
                    hits.setdefault(name, set()).add(area.area_code)
        longest = [name for name in hits if not any(name != other and name in other for other in hits)]
        codes = {code for name in longest for code in hits[name]}
        return codes.pop() if len(codes) == 1 else None

    def _without_towns(self, bare: str) -> str:
        """What a path names after its towns: 鄢陵县大马镇胡庄村 -> 胡庄村."""
        for _step in range(2):
            for name, _ in self._groups:
                head, found, tail = bare.partition(name)
                if found and tail and (not head or LARGER.search(head)):
                    bare = tail
                    break
        return bare

    def _town_before(self, bare: str) -> str | None:
        """The town that a path down to a village names before it: 大马镇胡庄村."""
        groups = {area.area_code for area in self.profile.groups}
        for name, code in self._groups:
            head, found, tail = bare.partition(name)
            if code in groups and found and tail and (not head or LARGER.search(head)):
                return code
        return None

    def _namesakes(self, text: str) -> list[str]:
        return list(self._stems.get(village_stem(self._without_towns(text)), ()))

    def _full_name(self, area_code: str) -> str:
        line = self.profile.above(area_code)
        names = {area.area_code: area.name for area in self.profile.areas}
        return "".join(names[code] for code in line[max(1, len(line) - 2) :])

    @cached_property
    def _stems(self) -> dict[str, tuple[str, ...]]:
        """A village's own name, or that of an alias -> the villages that have it."""
        found: dict[str, dict[str, None]] = {}
        for area in self.profile.villages:
            for name in (area.name, *area.aliases):
                found.setdefault(village_stem(name), {})[area.area_code] = None
        return {stem: tuple(codes) for stem, codes in found.items()}

    @cached_property
    def _stem_list(self) -> list[str]:
        return [stem for stem in self._stems if len(stem) > 1]

    @cached_property
    def names(self) -> dict[str, str]:
        return {area.area_code: area.name for area in self.profile.villages}

    @cached_property
    def _groups(self) -> tuple[tuple[str, str], ...]:
        """Names of the towns and the top with their codes, longest first."""
        above: Sequence[Area] = [area for area in self.profile.areas if area.level != self.profile.unit_level]
        named = [(name, area.area_code) for area in above for name in (area.name, *area.aliases)]
        return tuple(sorted(named, key=lambda pair: -len(pair[0])))


def bare_form(text: str) -> str:
    """Half-width, without spaces, quotes and unseen signs."""
    return re.sub(UNSEEN, "", unicodedata.normalize("NFKC", text))


def alias_form(text: str) -> str:
    """How an alias is compared: the village's own name as it was written, without spaces and the word for its unit."""
    return village_stem(VILLAGE_GROUP.sub(r"\1", bare_form(text)))


# Headings beside the village's own name that say where a row belongs.
TOWN_HEADINGS = (
    "乡镇 乡(镇) 乡镇(街道) 镇(街道) 镇街 乡镇街道 所属乡镇 所在乡镇 乡镇名称 镇名 镇 乡 街道 所属街 "
    "所属街道 所属镇 所属乡(镇) "
    "所在镇 苏木 苏木镇 苏木(镇) 苏木乡镇 所属苏木 所属街道(乡镇) 所属乡镇(街道) 乡镇/街道 所在乡镇(街道)"
)
ADDRESS_HEADINGS = (
    "家庭住址 家庭地址 户籍地址 户籍住址 住址 地址 详细地址 现住址 居住地址 家庭详细地址 "
    "户籍所在地 户口所在地 居住地 自然村 村民小组"
)
TOWNS, ADDRESSES = frozenset(TOWN_HEADINGS.split()), frozenset(ADDRESS_HEADINGS.split())
CODE_HEADING = re.compile(
    r"(统计|民政|国家统计局|民政部)?(用)?(所属|所在)?(行政|城乡)?(村|村级|村居|社区|嘎查|区划|地区|乡镇|行政区|区域|建制村|行政村)+(划分)?(区划)?(代码|编码|码)"
)
SYSTEMS = {"统计": "NBS", "民政": "MCA"}


def place_heading(heading: str) -> tuple[str, str | None] | None:
    """What a squeezed heading says of a place: (`town`|`address`|`code`, system of the code); null if nothing."""
    if heading in TOWNS:
        return "town", None
    if heading in ADDRESSES:
        return "address", None
    if CODE_HEADING.fullmatch(re.sub(r"\(.*?\)", "", heading)):
        return "code", next((system for word, system in SYSTEMS.items() if word in heading), None)
    return None
