"""Find the header of a sheet and tell which column is which, by the contract's headings and layouts.

Titles may stand above it, two rows may make one heading, columns may come in any order and with strangers between.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from warehouse.contracts import CANONICAL, Column, Contract, Layout
from warehouse.headings import squeeze
from warehouse.intake.messages import RefusedError
from warehouse.intake.places import place_heading
from warehouse.intake.reader import Sheet

SEARCH_ROWS = 16
# A row with such a cell holds data, so it cannot be the lower row of a two-row header.
DATA_CELL = re.compile(r"\d{5,}|\d{4}[-/.年]\d")
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
TEN_THOUSAND = re.compile(r"万元")


@dataclass(frozen=True)
class Header:
    """Where a table's columns are.

    last_row: rows up to this one (1-based, as Excel counts) are titles and header.
    places: column name -> index in the sheet. missing: columns that the file does not have.
    ten_thousands: money columns whose heading or title says 万元.
    lacking: every column of the contract that the sheet does not have, required or not.
    unknown: headings that belong to no column. titles: what stands above the header.
    repeated: columns whose very heading stands again, at that index.
    is_all_headings: two rows make the header, and the lower one holds nothing but headings.
    without: required columns that the layout may leave blank.
    joined: column -> the cells that together are its value. composed: column -> the amounts to add and to take off.
    fallbacks: column -> the cells that stand in for a blank. inverted: columns whose heading asks the opposite.
    keep: a place and the words of the rows that belong to this list. head: the place and the words of a head's row.
    year: where a year stands for the period. ratio: column -> an amount and the same per unit.
    place_of: town, address or code -> where it stands; code_system: of the code.
    """

    layout: str
    last_row: int
    places: Mapping[str, int]
    missing: tuple[Column, ...]
    lacking: tuple[str, ...]
    ten_thousands: frozenset[str]
    unknown: tuple[str, ...]
    titles: tuple[str, ...]
    repeated: tuple[tuple[str, int], ...] = ()
    is_all_headings: bool = False
    without: tuple[str, ...] = ()
    joined: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    composed: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)
    fallbacks: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    inverted: frozenset[str] = frozenset()
    keep: tuple[tuple[int, frozenset[str]], ...] = ()
    head: tuple[int, frozenset[str]] | None = None
    year: tuple[int, tuple[str, ...]] | None = None
    ratio: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    place_of: Mapping[str, int] = field(default_factory=dict)
    code_system: str | None = None

    @property
    def served(self) -> frozenset[str]:
        """Columns that have a value from some cell of the row."""
        years = self.year[1] if self.year else ()
        return frozenset({*self.places, *self.joined, *self.composed, *self.fallbacks, *self.ratio, *years})


def find_header(sheet: Sheet, contract: Contract) -> Header | None:
    """The best header of the sheet's first rows; null if no row looks like one, or one that the contract never has.

    Raises: RefusedError if a heading stands twice over columns that differ.
    """
    rows = [tuple(cell or "" for cell in row) for row in sheet.texts.head(SEARCH_ROWS).rows()]
    found = [
        (header, depth)
        for layout in (Layout(CANONICAL, contract.title, {}), *contract.layouts)
        for lookup in [_lookup(contract, layout)]
        for last in range(len(rows))
        for depth in (1, 2)
        if (header := _header_at(rows, last, depth, contract, layout, lookup))
    ]
    if not found:
        return None
    best, _ = max(
        found,
        key=lambda item: (
            not item[0].missing,
            len(item[0].places.keys() | item[0].joined.keys() | item[0].composed.keys()),
            item[0].layout == CANONICAL,
            item[0].is_all_headings if item[1] == 2 else True,
            item[1] if item[0].is_all_headings else -item[1],
            -item[0].last_row,
        ),
    )
    for name, index in best.repeated:
        _check_repeated(sheet, best.last_row, contract.column(name), best.places[name], index)
    return best


def _header_at(
    rows: Sequence[tuple[str, ...]],
    last: int,
    depth: int,
    contract: Contract,
    layout: Layout,
    lookup: Mapping[str, list[tuple[int, str]]],
) -> Header | None:
    cells = _cells(rows, last, depth)
    if cells is None:
        return None
    places, headings, repeated = _places(cells, lookup)
    found = _indexes(cells)
    if any(heading in found for heading in map(squeeze, contract.never)):
        return None
    joined = {name: _all_of(found, wanted) for name, wanted in layout.joined.items() if _all_of(found, wanted)}
    least = 2 if layout.marks else max(2, (len(contract.required) + 2) // 3)
    if len(places.keys() | joined.keys()) < least:
        return None
    if not _is_of(layout, headings, joined, found):
        return None
    places = {name: index for name, index in places.items() if name not in joined}
    composed = _composed(contract, found, places)
    places = {name: index for name, index in places.items() if name not in composed}
    served = {*places.values(), *(index for pair in composed.values() for part in pair for index in part)}
    beside = _beside(cells, served)
    fallbacks = {
        name: indexes
        for name, wanted in layout.fallbacks.items()
        if (indexes := tuple(index for index in _all_of(found, wanted) if index != places.get(name)))
    }
    ratio = {
        name: indexes
        for name, wanted in layout.ratio.items()
        if name not in places and len(indexes := _all_of(found, wanted)) == 2
    }
    years = tuple(name for name in layout.year if name not in places)
    year = next(iter(_all_of(found, YEAR_HEADINGS)), None) if years else None
    used = {
        *served,
        *beside.values(),
        *(index for indexes in (*joined.values(), *fallbacks.values()) for index in indexes),
    }
    titles = tuple(cell.strip() for row in rows[: last + 1 - depth] for cell in row if cell.strip())
    whole_table = any(TEN_THOUSAND.search(title) and "单位" in title for title in titles)
    return Header(
        layout=layout.layout,
        last_row=last + 1 + is_numbering(rows, last + 1),
        places=places,
        missing=_missing(
            contract,
            layout,
            {
                *places,
                *joined,
                *composed,
                *fallbacks,
                *ratio,
                *(years if year is not None else ()),
                *_by_place(contract, beside),
            },
        ),
        lacking=tuple(
            column.name
            for column in contract.columns
            if column.name not in places and column.name not in joined and column.name not in composed
        ),
        ten_thousands=frozenset(
            column.name
            for column in contract.columns
            if column.type == "money"
            and column.name in places
            and (TEN_THOUSAND.search(heading := cells[places[column.name]][0]) or (whole_table and "元" not in heading))
        ),
        unknown=tuple(
            squeeze(names[0])[:40] for index, names in enumerate(cells) if names[0].strip() and index not in used
        ),
        titles=titles,
        repeated=tuple(repeated),
        # The upper row is a whole header by itself and the lower one repeats some of it: both are header.
        is_all_headings=depth == 2
        and _is_all_headings(rows[last], lookup)
        and len(_places(_cells(rows, last - 1, 1) or [], lookup)[0]) == len(places),
        without=layout.without,
        joined=joined,
        composed=composed,
        fallbacks=fallbacks,
        inverted=frozenset(
            name for name, heading in headings.items() if heading in map(squeeze, contract.column(name).inverted)
        ),
        keep=tuple(
            (index, frozenset(map(squeeze, words)))
            for heading, words in layout.keep.items()
            for index in _all_of(found, (heading,))
        ),
        head=next(
            (
                (places[name], frozenset(map(squeeze, words)))
                if name in places
                else (indexes[0], frozenset(map(squeeze, words)))
                for name, words in layout.heads.items()
                if name in places or (indexes := _all_of(found, (name,)))
            ),
            None,
        ),
        year=(year, years) if year is not None else None,
        ratio=ratio,
        place_of=beside,
        code_system=_code_system(cells, beside),
    )


YEAR_HEADINGS = ("年度", "年份", "核算年度", "测算年度", "收入年度")


def _indexes(cells: Sequence[tuple[str, ...]]) -> dict[str, int]:
    """Squeezed heading, also without what stands in its brackets -> the first column it heads."""
    found: dict[str, int] = {}
    for index, names in enumerate(cells):
        for heading in _variants(names):
            found.setdefault(heading, index)
    return found


def _all_of(found: Mapping[str, int], wanted: Iterable[str]) -> tuple[int, ...]:
    """Where those headings stand, in the order asked for, each place once."""
    return tuple(dict.fromkeys(found[heading] for heading in map(squeeze, wanted) if heading in found))


def _composed(
    contract: Contract, found: Mapping[str, int], places: Mapping[str, int]
) -> dict[str, tuple[tuple[int, ...], tuple[int, ...]]]:
    """Amounts that this file gives in pieces. One piece alone is no sum; costs that belong to a sum must be there."""
    composed = {}
    for item in contract.composed:
        plus, minus = _all_of(found, item.plus), _all_of(found, item.minus)
        is_whole = item.column in places and places[item.column] not in plus
        if not is_whole and plus and (minus if item.minus else len(plus) > 1):
            composed[item.column] = (plus, minus)
    return composed


def _beside(cells: Sequence[tuple[str, ...]], served: set[int]) -> dict[str, int]:
    """Where a town, an address or a code of the place stands, in columns that nothing else was read from."""
    beside: dict[str, int] = {}
    for index, names in enumerate(cells):
        if index not in served:
            for heading in _variants(names):
                if told := place_heading(heading):
                    beside.setdefault(told[0], index)
    return beside


def _by_place(contract: Contract, beside: Mapping[str, int]) -> tuple[str, ...]:
    """The village column, where an address or a code can say the village."""
    if not beside.keys() & {"address", "code"}:
        return ()
    return tuple(column.name for column in contract.columns if column.type == "village")


def _code_system(cells: Sequence[tuple[str, ...]], beside: Mapping[str, int]) -> str | None:
    if "code" not in beside:
        return None
    told = [place_heading(heading) for heading in _variants(cells[beside["code"]])]
    return next((found[1] for found in told if found and found[1]), None)


def _is_all_headings(row: Sequence[str], lookup: Mapping[str, list[tuple[int, str]]]) -> bool:
    written = [cell for cell in row if cell.strip()]
    return bool(written) and all(any(name in lookup for name in _variants([cell])) for cell in written)


def _cells(rows: Sequence[tuple[str, ...]], last: int, depth: int) -> list[tuple[str, ...]] | None:
    """Per column the headings it may be called by, the most telling first. Null if the rows cannot be a header."""
    if depth == 1:
        return [(cell,) for cell in rows[last]]
    if last == 0 or any(DATA_CELL.search(cell) for cell in rows[last]):
        return None
    group = ""
    cells: list[tuple[str, ...]] = []
    for upper, lower in zip(rows[last - 1], rows[last], strict=True):
        group = upper.strip() or group
        if lower.strip():
            cells.append((group + lower, lower, upper))
        else:
            cells.append((upper,))
    return cells


def _lookup(contract: Contract, layout: Layout) -> dict[str, list[tuple[int, str]]]:
    """Squeezed heading -> columns it may name, with rank (0: the canonical title)."""
    found: dict[str, list[tuple[int, str]]] = {}
    for column in contract.columns:
        headings = (*column.headings, *layout.headings.get(column.name, ()))
        if column.type == "yes_no":
            headings += tuple(f"是否{heading}" for heading in headings) + column.inverted
        for rank, heading in enumerate(headings):
            found.setdefault(squeeze(heading), []).append((rank, column.name))
    return {heading: sorted(columns) for heading, columns in found.items()}


def _places(
    cells: Sequence[tuple[str, ...]], lookup: Mapping[str, list[tuple[int, str]]]
) -> tuple[dict[str, int], dict[str, str], list[tuple[str, int]]]:
    """Column name -> index, and -> heading, canonical headings first; and columns whose very heading stands twice."""
    claims = sorted(
        (place, rank, index, name, heading)
        for index, names in enumerate(cells)
        for place, heading in enumerate(_variants(names))
        for rank, name in lookup.get(heading, ())
    )
    places: dict[str, int] = {}
    headings: dict[str, str] = {}
    taken: set[int] = set()
    repeated = []
    for _, _, index, name, heading in claims:
        if name in places:
            if heading == headings[name] and index not in taken:
                repeated.append((name, index))
        elif index not in taken:
            places[name], headings[name] = index, heading
            taken.add(index)
    return places, headings, repeated


def _is_of(
    layout: Layout, headings: Mapping[str, str], joined: Mapping[str, tuple[int, ...]], found: Mapping[str, int]
) -> bool:
    """Whether the headings are that system's: its marks, or two of its own, so that no other file is excused."""
    if layout.marks:
        return all(squeeze(mark) in found for mark in layout.marks)
    own = {name: set(map(squeeze, known)) for name, known in layout.headings.items()}
    return len(joined) + sum(headings.get(name) in known for name, known in own.items()) >= min(2, len(own))


def _variants(names: Iterable[str]) -> Iterator[str]:
    """Squeezed ways to read a heading: as it is, then without what stands in brackets."""
    for name in names:
        heading = squeeze(name)
        if heading:
            yield heading
            bare = BRACKETS.sub("", heading)
            if bare and bare != heading:
                yield bare


def _check_repeated(sheet: Sheet, start: int, column: Column, first: int, second: int) -> None:
    left, right = (sheet.texts[:, index].slice(start).str.strip_chars() for index in (first, second))
    if not ((right.is_null() | (right == "")).all() or (left == right).all()):
        raise RefusedError("duplicate_column", column=column.title)


def _missing(contract: Contract, layout: Layout, places: Collection[str]) -> tuple[Column, ...]:
    """Required columns that are not there; of a group of which one is enough, the first."""
    needed = [column for column in contract.required if column.name not in layout.without]
    needed += [column for name in layout.needs if not (column := contract.column(name)).required]
    missing = [column for column in needed if column.name not in places]
    for group in contract.require_one_of:
        if not any(name in places for name in group):
            missing.append(contract.column(group[0]))
    return tuple(missing)


def is_numbering(rows: Sequence[tuple[str, ...]], index: int) -> bool:
    """Under some headers stands a row that only counts the columns: 1 2 3, or 甲 乙 1 2."""
    if index >= len(rows):
        return False
    cells = [cell.strip() for cell in rows[index] if cell.strip()]
    numbers = [int(cell) for cell in cells if re.fullmatch(r"\d{1,2}", cell)]
    letters = [cell for cell in cells if cell in tuple("甲乙丙丁")]
    start = numbers[:1] == [1] and numbers == list(range(1, len(numbers) + 1))
    return len(cells) >= 3 and start and len(numbers) + len(letters) == len(cells)


def missing_column_refusal(contract: Contract, header: Header) -> RefusedError:
    """Which required columns lack, what they may be called, and the nearest heading in the file."""
    parts = []
    for column in header.missing:
        near = [name for name in header.unknown if fuzz.ratio(name, squeeze(column.title)) >= 60]
        hint = f"（文件中有相近的“{near[0]}”）" if near else ""
        parts.append(
            f"{column.title}（{'、'.join(column.headings[1:6])}）{hint}" if column.headings[1:] else column.title
        )
    return RefusedError("missing_column", columns="；".join(parts), extract=contract.title)
