"""The column and the sheet that an annotated copy of a file has more than the file: they are never read as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

import polars as pl

from warehouse.headings import squeeze
from warehouse.i18n import Language
from warehouse.intake.reader import Sheet

RESULT: Final[Mapping[Language, str]] = MappingProxyType({"zh_CN": "看户核对结果", "en": "Kanhu check result"})
NOTES: Final[Mapping[Language, str]] = MappingProxyType({"zh_CN": "看户核对说明", "en": "Kanhu check notes"})
SEARCH_ROWS = 16


def without_result(sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """The sheets as they were before they were annotated."""
    return tuple(_without(sheet) for sheet in sheets if sheet.name not in NOTES.values())


def has_result(sheets: Sequence[Sheet]) -> bool:
    """Whether a file is an annotated copy that came back."""
    return any(sheet.name in NOTES.values() or _place(sheet) is not None for sheet in sheets)


def _without(sheet: Sheet) -> Sheet:
    place = _place(sheet)
    if place is None:
        return sheet
    if place == sheet.texts.width - 1:
        texts = sheet.texts[:, :place]
    else:
        texts = sheet.texts.with_columns(pl.lit("").alias(sheet.texts.columns[place]))
    return replace(
        sheet,
        texts=texts,
        numbers={index: marks for index, marks in sheet.numbers.items() if index != place},
        merges=tuple(merge for merge in sheet.merges if merge[2] != place),
    )


def _place(sheet: Sheet) -> int | None:
    """Where the column stands, by its heading in one of the first rows."""
    headings = {squeeze(heading) for heading in RESULT.values()}
    if not sheet.texts.width:
        return None
    rows = sheet.texts.head(SEARCH_ROWS).rows()
    found = (place for row in rows for place, cell in enumerate(row) if cell and squeeze(cell) in headings)
    return next(found, None)
