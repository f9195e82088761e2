"""A table as CSV that Excel opens rightly and no spreadsheet runs."""

from __future__ import annotations

import csv
from io import StringIO

import polars as pl

from warehouse.exports.cells import Column, cells


def csv_file(frame: pl.DataFrame, columns: list[Column]) -> bytes:
    """UTF-8 with BOM, CRLF, titles as header; text guarded as in `safe_text`, numbers plain, null empty."""
    out = StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([column.title for column in columns])
    writer.writerows([["" if value is None else value for value in row] for row in cells(frame, columns)])
    return out.getvalue().encode("utf-8-sig")
