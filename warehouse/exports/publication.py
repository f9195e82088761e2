"""The public statistics sheet: counts of help and monitoring that may leave the office, as paper and as workbook.

Only what `disclosure.publishable` lets through: a hidden count is printed as *, every other is rounded to 5.
Source: 07-trust "Small cells"; 05-pages 13.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from warehouse.disclosure import COUNTS, HIDDEN_TO, ROUNDED_TO, with_total
from warehouse.exports.cells import Column
from warehouse.exports.document import Bullets, DataTable, Document, Form, Heading, Paragraph
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.xlsx import Meta, Sheet, workbook
from warehouse.i18n import fmt_month, fmt_number, label, t

if TYPE_CHECKING:
    from warehouse.queries.publication import Published

REGISTERS: Final = ("dibao", "tekun", "dibao_edge", "rigid_expense")
TYPES: Final = ("unstable_lifted", "edge_poor", "sudden_hardship")
CATEGORIES: Final = (*REGISTERS, *TYPES)
PUBLIC_FORMS: Final[tuple[FormName, ...]] = ("docx", "pdf", "xlsx")
HIDDEN: Final = "*"
# The classes that a table has side by side, its sum last.
_TABLES: Final = {"registers": (*REGISTERS, "covered"), "types": (*TYPES, "monitored")}


def write(found: Published, meta: Meta, form: FormName) -> bytes:
    """The sheet in one of PUBLIC_FORMS."""
    return as_workbook(found, meta) if form == "xlsx" else FORMS[form].write(document(found, meta))


def document(found: Published, meta: Meta) -> Document:
    """The sheet as a paper: the whole place, then its areas, then how to read it."""
    # Of a county the towns: its villages would be a book, and stand in the workbook.
    is_deep = found.areas["depth"].max() != 1
    notes = (t("publication.star"), *((t("publication.villages_in_workbook"),) if is_deep else ()))
    tables = [
        DataTable(
            t(f"publication.table.{name}"),
            _to_the_right(_columns(name)),
            areas_table(found, classes, deepest=1),
            notes=notes,
        )
        for name, classes in _TABLES.items()
    ]
    return Document(
        title=t("publication.title", place=meta.place),
        period=fmt_month(found.month),
        meta=meta,
        blocks=(
            Heading(t("publication.section.whole")),
            DataTable(t("publication.table.whole"), _to_the_right(_whole_columns()), whole_table(found)),
            Heading(t("publication.section.areas")),
            *tables,
            Heading(t("publication.section.reading")),
            Bullets(reading(found)),
            Paragraph(t("publication.internal"), is_note=True),
            Form(((t("notice.form.unit"), None), (t("notice.form.date"), None)), across=2),
        ),
    )


def _to_the_right(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Counts stand to the right on paper, words and stars in their place too."""
    first, *counts = columns
    return (first, *(replace(column, kind="integer") for column in counts))


def as_workbook(found: Published, meta: Meta) -> bytes:
    """The same tables as .xlsx."""
    whole = t("publication.table.whole")
    sheets = [Sheet(whole, whole, list(_whole_columns()), whole_table(found), reading(found))]
    for name, classes in _TABLES.items():
        tab, title = t(f"publication.tab.{name}"), t(f"publication.table.{name}")
        sheets.append(Sheet(tab, title, list(_columns(name)), areas_table(found, classes), (t("publication.star"),)))
    return workbook(sheets, meta, period=fmt_month(found.month))


def reading(found: Published) -> tuple[str, ...]:
    """How small counts were kept safe, and what is unknown, as the sheet says it."""
    limits = {"to": fmt_number(HIDDEN_TO), "more": fmt_number(HIDDEN_TO + 1), "round": fmt_number(ROUNDED_TO)}
    names = ["hidden", "besides", "rounded", "sums", "counted"]
    if found.without_list:
        names.insert(0, "no_list")
    return tuple(t(f"publication.reading.{name}", **limits) for name in names)


def whole_table(found: Published) -> pl.DataFrame:
    """The whole place. Returns: one row per class and for the sums: category, households, people (words)."""
    top = found.areas.filter(pl.col("parent_code").is_null())["area_code"].item()
    cells = _with_sums(found).filter(pl.col("area_code") == top)
    order = [name for classes in _TABLES.values() for name in classes]
    rows = {row["category"]: row for row in cells.iter_rows(named=True)}
    unknown = _unknown(found)
    told = [(category_name(name), *(_shown(rows[name][count], name in unknown) for count in COUNTS)) for name in order]
    return pl.DataFrame(told, schema=["category", *COUNTS], orient="row")


def areas_table(found: Published, classes: Sequence[str], *, deepest: int | None = None) -> pl.DataFrame:
    """The areas below the whole, those above before those below, down to the depth `deepest`.

    Returns: one row per area: area, then for every class <class>_households and <class>_people (words).
    """
    cells = _with_sums(found)
    rows = {(code, name): counts for code, name, *counts in cells.select("area_code", "category", *COUNTS).iter_rows()}
    below = found.areas.filter(pl.col("parent_code").is_not_null())
    unknown = _unknown(found)
    told = [
        [
            ("　" * (depth - 1)) + name,
            *(_shown(count, kind in unknown) for kind in classes for count in rows[(code, kind)]),
        ]
        for code, name, depth in below.select("area_code", "name", "depth").iter_rows()
        if (code, classes[0]) in rows and (deepest is None or depth <= deepest)
    ]
    names = [f"{kind}_{count}" for kind in classes for count in COUNTS]
    return pl.DataFrame(told, schema=dict.fromkeys(["area", *names], pl.String), orient="row")


def _with_sums(found: Published) -> pl.DataFrame:
    cells = found.cells
    for *parts, name in _TABLES.values():
        cells = with_total(cells, parts, name)
    return cells


def category_name(name: str) -> str:
    """A class in words, the sums included."""
    if name in TYPES:
        return label("monitored_type", name)
    return label("tier", name) if name in REGISTERS else t(f"publication.sum.{name}")


def _unknown(found: Published) -> set[str]:
    """The classes of which no list came, and the sums that they are part of."""
    sums = {name for *parts, name in _TABLES.values() if found.without_list & set(parts)}
    return sums | found.without_list


def _shown(count: int | None, is_unknown: bool) -> str:
    if is_unknown:
        return t("publication.no_list")
    return HIDDEN if count is None else fmt_number(count)


def _whole_columns() -> tuple[Column, ...]:
    counts = (Column(name, t(f"publication.column.{name}")) for name in COUNTS)
    return (Column("category", t("publication.column.category")), *counts)


def _columns(name: str) -> tuple[Column, ...]:
    heads = [
        Column(f"{kind}_{count}", t(f"publication.column.of.{count}", what=_short(kind)))
        for kind in _TABLES[name]
        for count in COUNTS
    ]
    return (Column("area", t("publication.column.area")), *heads)


def _short(kind: str) -> str:
    return label("tier_short", kind) if kind in REGISTERS else category_name(kind)
