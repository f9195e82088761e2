"""Which list a file is, where its name does not say, and which of the list's files, by its titles and headings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from warehouse.contracts import Contract
from warehouse.headings import squeeze
from warehouse.intake.headers import Header, find_header
from warehouse.intake.messages import RefusedError
from warehouse.intake.reader import Sheet


def variant_of(sheets: Sequence[Sheet], contract: Contract) -> Contract:
    """The list itself, or the part of it that the headings are of."""
    for part in contract.parts:
        if _whole_headers(sheets, part):
            return part
    return contract


def list_of(sheets: Sequence[Sheet], contracts: Mapping[str, Contract], name: str) -> str:
    """The one list whose title stands over the table, or whose headings fit best.

    Raises: RefusedError if the headings are of none, or of several.
    """
    fits: dict[str, int] = {}
    titled: set[str] = set()
    for contract in contracts.values():
        for variant in (contract, *contract.parts):
            headers = _whole_headers(sheets, variant)
            if headers:
                fits[contract.extract] = max(fits.get(contract.extract, 0), max(map(_known, headers)))
            names = [squeeze(title) for title in (variant.title, *variant.titles)]
            if any(known in squeeze(title) for header in headers for title in header.titles for known in names):
                titled.add(contract.extract)
    if len(titled) == 1:
        return titled.pop()
    best = [extract for extract in fits if fits[extract] == max(fits.values())]
    if len(best) != 1:
        raise RefusedError("unknown_extract", name=name)
    return best[0]


def _whole_headers(sheets: Sequence[Sheet], contract: Contract) -> list[Header]:
    found = []
    for sheet in sheets:
        if sheet.visible and sheet.texts.height:
            try:
                header = find_header(sheet, contract)
            except RefusedError:
                continue
            if header and not header.missing:
                found.append(header)
    return found


def _known(header: Header) -> int:
    return len(header.served)
