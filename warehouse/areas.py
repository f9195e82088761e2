"""The areas of a scope as a tree: which are compared with one another, what is above a village, what a level is called.

A county has towns, a town has villages; the same pages show both. The areas compared are the children of the chosen
area, of the whole place if none is chosen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from warehouse.i18n import UnitWords


@dataclass(frozen=True)
class Area:
    """One area as its pages need it. words: what areas of its level are called."""

    area_code: str
    name: str
    parent_code: str | None
    is_unit: bool
    words: UnitWords


@dataclass(frozen=True)
class AreaTree:
    """The areas a scope knows the names of: own villages, and those above them. whole: areas above villages, without
    the top, of which the scope holds every village; of others it sees no figures."""

    areas: dict[str, Area]
    whole: frozenset[str]

    @cached_property
    def top(self) -> str | None:
        return next((code for code, area in self.areas.items() if area.parent_code not in self.areas), None)

    @cached_property
    def _children(self) -> dict[str | None, list[str]]:
        found: dict[str | None, list[str]] = {}
        for code, area in self.areas.items():
            found.setdefault(area.parent_code, []).append(code)
        return found

    def children(self, code: str | None) -> list[str]:
        """The areas right below, in the order of their codes."""
        return self._children.get(code, [])

    def line(self, code: str | None) -> list[str]:
        """From the area below the top down to this one; empty for the top and for an area the scope does not know."""
        found: list[str] = []
        while code in self.areas and code != self.top:
            found.insert(0, code)
            code = self.areas[code].parent_code
        return found

    def within(self, code: str | None) -> str | None:
        """The area whose parts are compared when `code` is chosen: itself, for a village the area above; the top if
        nothing is chosen."""
        if code not in self.areas:
            return self.top
        area = self.areas[code]
        return area.parent_code if area.is_unit else code

    def compared(self, code: str | None) -> tuple[str, ...]:
        """The areas compared when `code` is chosen: the parts of `within(code)`; of a part that the scope does not hold
        as a whole, the parts of it that it does."""
        return tuple(self._largest(self.within(code)))

    def _largest(self, code: str | None) -> Iterator[str]:
        for child in self.children(code):
            if self.areas[child].is_unit or child in self.whole:
                yield child
            else:
                yield from self._largest(child)

    def part_of(self, code: str | None) -> dict[str, str]:
        """Village -> the one of the areas compared when `code` is chosen that it lies in."""
        compared = set(self.compared(code))
        lines = {village: self.line(village) for village in self.villages}
        return {village: part for village, line in lines.items() for part in line if part in compared}

    def words(self, code: str | None) -> UnitWords:
        """What the areas are called that are compared when `code` is chosen."""
        compared = self.compared(code)
        return self.areas[compared[0]].words if compared else UnitWords()

    @cached_property
    def villages(self) -> tuple[str, ...]:
        """Codes of the villages, in their order."""
        return tuple(code for code, area in self.areas.items() if area.is_unit)

    @cached_property
    def lowest(self) -> UnitWords:
        """What villages are called in this place."""
        return self.areas[self.villages[0]].words if self.villages else UnitWords()


def tree_of(frame: pl.DataFrame, whole: Collection[str] | None = None) -> AreaTree:
    """The tree of the rows of shell/area_tree; every area above villages is whole if not said otherwise."""
    return AreaTree(
        {
            row["area_code"]: Area(
                row["area_code"],
                row["name"],
                row["parent_code"],
                row["is_unit"],
                UnitWords(row["level_word"], row["level_word_en"], row["level_words_en"]),
            )
            for row in frame.iter_rows(named=True)
        },
        frozenset(frame.filter(~pl.col("is_unit"))["area_code"] if whole is None else whole),
    )
