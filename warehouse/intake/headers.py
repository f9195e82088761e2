"""Find the header of a sheet and tell which column is which, by the contract's headings and layouts.

Titles may stand above it, two rows may make one heading, columns may come in any order and with strangers between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from warehouse.contracts import CANONICAL, Column, Contract, Layout
from warehouse.headings import squeeze
from warehouse.intake.messages import RefusedError
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


def find_header(sheet: Sheet, contract: Contract) -> Header | None:
    """The best header of the sheet's first rows; null if no row looks like one.

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
            len(item[0].places),
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
    if len(places) < max(2, (len(contract.required) + 2) // 3) or not _is_of(layout, headings):
        return None
    titles = tuple(cell.strip() for row in rows[: last + 1 - depth] for cell in row if cell.strip())
    whole_table = any(TEN_THOUSAND.search(title) and "单位" in title for title in titles)
    return Header(
        layout=layout.layout,
        last_row=last + 1 + _is_numbering(rows, last + 1),
        places=places,
        missing=_missing(contract, layout, places),
        lacking=tuple(column.name for column in contract.columns if column.name not in places),
        ten_thousands=frozenset(
            column.name
            for column in contract.columns
            if column.type == "money"
            and column.name in places
            and (TEN_THOUSAND.search(heading := cells[places[column.name]][0]) or (whole_table and "元" not in heading))
        ),
        unknown=tuple(
            squeeze(names[0])[:40] for index, names in enumerate(cells) if names[0] and index not in places.values()
        ),
        titles=titles,
        repeated=tuple(repeated),
        # The upper row is a whole header by itself and the lower one repeats some of it: both are header.
        is_all_headings=depth == 2
        and _is_all_headings(rows[last], lookup)
        and len(_places(_cells(rows, last - 1, 1) or [], lookup)[0]) == len(places),
    )


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
            headings += tuple(f"是否{heading}" for heading in headings)
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


def _is_of(layout: Layout, headings: Mapping[str, str]) -> bool:
    """Whether the headings are that system's: two of its own, so that no other file is excused for what it lacks."""
    own = {name: set(map(squeeze, known)) for name, known in layout.headings.items()}
    return sum(headings.get(name) in known for name, known in own.items()) >= min(2, len(own))


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


def _missing(contract: Contract, layout: Layout, places: Mapping[str, int]) -> tuple[Column, ...]:
    """Required columns that are not there; of a group of which one is enough, the first."""
    missing = [
        column for column in contract.required if column.name not in places and column.name not in layout.without
    ]
    for group in contract.require_one_of:
        if not any(name in places for name in group):
            missing.append(contract.column(group[0]))
    return tuple(missing)


def _is_numbering(rows: Sequence[tuple[str, ...]], index: int) -> bool:
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
