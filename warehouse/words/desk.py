"""Tables of the sections of the coverage page: columns and their kinds, how many rows, the file of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.exports.cells import Kind
from warehouse.i18n import code_text, fmt_number, fmt_ratio, fmt_share, in_language, join_words, label, t, t_n
from warehouse.session import Column
from warehouse.words.exports import sheet_of

# What is not named here is text.
_DATES: Final = ("last_visit_on", "paid_on", "followed_on", "gradual_until", "voluntary_exit_bonus_until", "visited_on")
_MONEY: Final = ("paid", "standard", "amount")
_TEXTS: Final = (
    *("name", "area_name", "household_no", "head_name", "person_name", "kind", "reason", "office", "state", "because"),
    *(
        "tier_eligible",
        "tier_registered",
        "types",
        "care",
        "agreement",
        "followed_by",
        "findings",
        "form_done",
        "cause",
    ),
    *("covered_of", "agreed_of", "visited_of", "centralised_of", "survey_of", "group", "item", "answered_by"),
    *("living_of", "nursing_of", "child_of", "needs_of"),
)
_WIDE: Final = ("reason", "item", "findings", "answered_by")
_SHOWN: Final[Mapping[Kind, Any]] = {"integer": "number", "money": "money", "date": "date", "month": "month"}


def kind_of(name: str) -> Kind:
    """How a column of that name is shown: text, a date, an amount; else a number."""
    if name in _TEXTS:
        return "text"
    if name == "since_month":
        return "month"
    return "date" if name in _DATES else "money" if name in _MONEY else "integer"


def columns(names: Sequence[str]) -> dict[str, Column]:
    """The columns of a table, headed by their names."""
    return {
        name: Column(
            t(f"desk.column.{name}"), _SHOWN.get(kind_of(name), "text"), width="large" if name in _WIDE else None
        )
        for name in names
    }


def export(title: str, frame: pl.DataFrame, names: Sequence[str], place: Mapping[str, Any], period: str) -> bytes:
    """The table as .xlsx, masked as shown."""
    heads = {name: (t(f"desk.column.{name}"), kind_of(name)) for name in names}
    return sheet_of(title, frame, heads, place, period)


def found(frame: pl.DataFrame) -> str:
    """How many rows there are, and how many of them are shown."""
    total = int(frame["found"][0]) if frame.height else 0
    if total > frame.height:
        return t("desk.rows_first", n=fmt_number(total), shown=fmt_number(frame.height))
    return t_n("desk.rows", total)


def labelled(frame: pl.DataFrame, **kinds: str) -> pl.DataFrame:
    """The frame with words for the codes of some columns: column=kind of label."""
    for column, kind in kinds.items():
        frame = with_words(frame, column, _label_of(kind), column)
    return frame


def _label_of(kind: str) -> Callable[[str | None], str]:
    return lambda code: label(kind, code) if code else ""


def with_office(frame: pl.DataFrame) -> pl.DataFrame:
    """`office` in the reader's language; where nobody must act, it says so."""
    return with_words(frame, "office", _office, "office", "office_en").drop("office_en")


def _office(name: str | None, name_en: str | None) -> str:
    return in_language(name, name_en) if name else t("registers.nobody")


def ratio(part: int | None, whole: int | None) -> str:
    """A part of a whole with its share; words where there is none to count."""
    if not whole:
        return t("coverage.none_to_count")
    return f"{fmt_ratio(part, whole)}\u00a0\u00a0{fmt_share((part or 0) / whole, 0)}"


def codes(listed: str | None, kind: str) -> str:
    """Codes parted by 、, in words."""
    return join_words([label(kind, code) for code in listed.split("、")]) if listed else ""


def raw(value: str | None) -> str:
    """A value as the contracts' code sets call it, or as written."""
    return code_text(value) if value else ""
