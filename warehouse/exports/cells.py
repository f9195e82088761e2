"""What a cell of an exported table may hold. Text from extracts is never run by the program that opens the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Literal

import polars as pl

from warehouse.errors import UsageError

Kind = Literal["text", "integer", "number", "share", "money", "date", "month"]
_STARTERS: Final = frozenset("=+-@\t\r\n＝＋－＠﹢﹣﹦﹫−")
_UNSEEN: Final = " \u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad"
_LONGEST: Final = 32_767


@dataclass(frozen=True)
class Column:
    """One column of an exported table: name in the frame, title in the reader's language, kind of its cells."""

    name: str
    title: str
    kind: Kind = "text"


def safe_text(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: a leading = + - @ TAB CR LF, their full-width forms, or
    one of these behind blanks that are not seen, gets an apostrophe before it. Control characters become blanks.
    """
    seen = text.lstrip(_UNSEEN)
    starts = bool(seen) and seen[0] in _STARTERS
    clean = "".join(" " if (ord(c) < 32 and c != "\n") or ord(c) == 127 else c for c in text)
    guarded = f"'{clean}" if starts else clean
    return guarded if len(guarded) <= _LONGEST else guarded[: _LONGEST - 1] + "…"


def cells(frame: pl.DataFrame, columns: list[Column]) -> list[list[Any]]:
    """Rows of cells as their kinds say: numbers as numbers, dates as dates, the rest as safe text, null as None.

    Raises: UsageError if a column is not in the frame.
    """
    lost = [column.name for column in columns if column.name not in frame.columns]
    if lost:
        raise UsageError(
            f"export: got a frame without {', '.join(lost)}, expected these columns. Add them to the query."
        )
    picked = frame.select([column.name for column in columns])
    return [[_cell(value, c.kind) for value, c in zip(row, columns, strict=True)] for row in picked.iter_rows()]


def _cell(value: Any, kind: Kind) -> Any:
    if value is None or (isinstance(value, float) and not -1e300 < value < 1e300):
        return None
    if kind in ("date", "month"):
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else safe_text(str(value))
    if kind == "text":
        return safe_text(str(value))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return safe_text(str(value))
    return int(value) if kind == "integer" else float(value)
