"""How villages are written in a place: with their own suffixes, with the town before them, or beside a town column.

Names repeat within a county, so every way of writing is tried against the profile first: what would not be understood
is not written, unless a typing error is planted on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from warehouse.profiles import Area, Profile, village_stem
from warehouse.sample.clock import stream
from warehouse.sample.people import Ints

# A clerk's suffix for villages; 嘎查 and 社区 have their own committees.
STYLES = ("村", "", "村委会", "村民委员会", "行政村")
COMMUNITY_COMMITTEES = {"村委会": "居委会", "村民委员会": "居民委员会"}
# Where a list says which town a village is in: in the file's name, in a column, before the village, or nowhere.
BY_FILE, BY_COLUMN, BY_PATH, NOWHERE = "file", "column", "path", "nowhere"
SENT_BY_TOWN = {"household_roster", "household_income", "survey_visits", "assistance_measures", "warning_checks"}


@dataclass(frozen=True)
class Places:
    """The villages of a profile by place, and the town that each lies in (-1: the place has no towns)."""

    profile: Profile
    _written: dict[str, list[list[str]]] = field(default_factory=dict, repr=False)

    @cached_property
    def towns(self) -> tuple[Area, ...]:
        """The areas right above the villages, where those are not the whole place."""
        parents = {area.parent_code for area in self.profile.villages}
        return tuple(area for area in self.profile.groups if area.area_code in parents)

    @cached_property
    def town_of(self) -> Ints:
        codes = {town.area_code: place for place, town in enumerate(self.towns)}
        return np.array([codes.get(area.parent_code or "", -1) for area in self.profile.villages], dtype=np.int64)

    @cached_property
    def town_names(self) -> np.ndarray:
        """Name of the town of each village; None where the place has no towns."""
        names = [self.towns[town].name if town >= 0 else None for town in self.town_of.tolist()]
        return np.array(names, dtype=object)

    def is_known(self, text: str, place: int, telling: str) -> bool:
        """Whether the text is read as that village where the list says the town that way."""
        told = self.town_names[place] if telling in (BY_FILE, BY_COLUMN) else None
        return self.profile.find_village(text, told) == self.profile.villages[place].area_code

    def telling(self, extract: str, seed: int) -> str:
        """How lists of that extract say the town, the same each month."""
        if not self.towns:
            return NOWHERE
        if extract in SENT_BY_TOWN:
            return BY_FILE
        chance = stream(seed, "town habit", extract).random()
        return BY_COLUMN if chance < 0.5 else BY_PATH if chance < 0.8 else NOWHERE

    def texts(self, telling: str) -> list[list[str]]:
        """Village by village its forms in the order of STYLES, all of them understood."""
        if telling not in self._written:
            self._written[telling] = [self._forms(place, telling) for place in range(len(self.profile.villages))]
        return self._written[telling]

    def _forms(self, place: int, telling: str) -> list[str]:
        area, town = self.profile.villages[place], int(self.town_of[place])
        name = self.towns[town].name if town >= 0 else ""
        told = name if telling in (BY_FILE, BY_COLUMN) else None
        before = name if telling == BY_PATH else ""
        found = []
        for style in STYLES:
            tries = (before + village_form(area.name, style), before + area.name, name + area.name)
            known = (text for text in tries if self.profile.find_village(text, told) == area.area_code)
            found.append(next(known, name + area.name))
        return found

    def mistyped(self, place: int, lookalikes: tuple[dict[str, str], ...]) -> str | None:
        """The village with a look-alike character in its name, if that is no other village's name."""
        name = self.profile.villages[place].name
        stem = village_stem(name)
        for alike in lookalikes:
            for at, character in enumerate(stem):
                wrong = stem[:at] + alike.get(character, character) + stem[at + 1 :]
                if wrong != stem and self.profile.find_village(wrong) is None and wrong not in self._stems:
                    return wrong + (name.removeprefix(stem) or "村")
        return None

    @cached_property
    def _stems(self) -> set[str]:
        texts = (text for area in self.profile.villages for text in (area.name, *area.aliases))
        return {village_stem(text) for text in texts}


def village_form(name: str, style: str) -> str:
    """杨柳村 -> 杨柳, 杨柳村委会 ...; 嘎查 keeps its word before a committee, 社区 has committees of its own."""
    stem = village_stem(name)
    if not style:
        return stem
    if name.endswith("村"):
        return f"{stem}{style}"
    if name.endswith("嘎查") and style in COMMUNITY_COMMITTEES:
        return f"{name}{style}"
    if name.endswith("社区") and style in COMMUNITY_COMMITTEES:
        return f"{name}{COMMUNITY_COMMITTEES[style]}"
    return name
