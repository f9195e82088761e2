"""Where the figures of an exported table come from, in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from warehouse.exports.cells import Column, Kind
from warehouse.exports.xlsx import Meta, Sheet, workbook
from warehouse.i18n import in_language, t


def meta(place: Mapping[str, Any]) -> Meta:
    """The block of an export from the row of shell/snapshot."""
    name = in_language(place["profile_name"], place["profile_name_en"])
    return Meta(
        unit=t("shell.role.office"),
        place=name,
        snapshot_id=place["snapshot_id"],
        built_at=place["built_at"].replace(tzinfo=dt.UTC),
        data_month=place["last_month"],
        rules_version=place["rules_version"],
        sample_data=place["sample_data"],
    )


def sheet_of(
    title: str, frame: pl.DataFrame, columns: Mapping[str, tuple[str, Kind]], place: Mapping[str, Any], period: str
) -> bytes:
    """One table as .xlsx: the frame's `columns` (heading and kind), as shown on the page."""
    heads = [Column(name, words, kind) for name, (words, kind) in columns.items()]
    return workbook([Sheet(title, title, heads, frame)], meta(place), period=period)
