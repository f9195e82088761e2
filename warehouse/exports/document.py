"""A paper as data: what it says in which order, before anything is known of Word, PDF or slides.

One `Document` gives the same words and rows in every form: `docx_file.docx`, `pdf_file.pdf`, `pptx_file.slides`.
Texts are finished words in the reader's language; `**x**` inside a text is set strong, nothing else is marked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from warehouse.exports.cells import Column
from warehouse.exports.xlsx import Meta


@dataclass(frozen=True)
class Heading:
    """level 1: 一、 (a slide of its own); level 2: （一）. The number is set by the form, not written in the text.

    is_numbered: false for what stands outside the count: annexes.
    """

    text: str
    level: Literal[1, 2] = 1
    is_numbered: bool = True


@dataclass(frozen=True)
class Paragraph:
    """Running text. is_note: small print under a table or figure."""

    text: str
    is_note: bool = False


@dataclass(frozen=True)
class Bullets:
    """Sentences that stand side by side."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class KeyFigure:
    """A headline figure: its name, value as shown, the words under it, and its passport code, if it has one."""

    name: str
    value: str
    words: tuple[str, ...] = ()
    code: str | None = None


@dataclass(frozen=True)
class KeyFigures:
    """Headline figures in a grid, three beside each other."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True)
class DataTable:
    """A table: every row of the frame, typed columns, head repeated on each page.

    title: over the table, with its unit; empty where the heading above says it. total: a last row, or none. widths:
    shares of the text width per column; null lets the form choose. strong: numbers of rows set strong. is_small: an
    annex, set smaller than other tables.
    """

    title: str
    columns: tuple[Column, ...]
    frame: pl.DataFrame
    notes: tuple[str, ...] = ()
    total: tuple[Any, ...] | None = None
    widths: tuple[float, ...] | None = None
    strong: frozenset[int] = frozenset()
    is_small: bool = False


@dataclass(frozen=True)
class Form:
    """A card to be filled in by hand: rows of (label, value); a null value leaves a blank line to write on.

    across: pairs beside each other in a row.
    """

    rows: tuple[tuple[str, str | None], ...]
    across: Literal[1, 2, 3] = 2


@dataclass(frozen=True)
class Choices:
    """Boxes to tick: the question, what may be ticked (□ 属实 □ 不属实), and whether a line to write on follows."""

    question: str
    options: tuple[str, ...]
    with_line: bool = False


@dataclass(frozen=True)
class Picture:
    """A chart: its finished Vega-Lite spec, its caption (the question it answers), and what it shows in words."""

    spec: Mapping[str, Any]
    caption: str
    alt: str


@dataclass(frozen=True)
class Signatures:
    """Lines for signature and date, in this order."""

    roles: tuple[str, ...]


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


Block = (
    Heading | Paragraph | Bullets | KeyFigures | DataTable | Form | Choices | Picture | Signatures | PageBreak
)  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A paper. title: set large. period: in words. meta: whence the figures come, printed on every page.

    is_landscape: A4 across. is_internal: holds single households: says 内部资料 on every page. code: printed beside the
    source line, so that the paper can be looked up. is_card: a file of many small tables: text of tables' size on
    narrower margins, so that it stays a page or two.
    """

    title: str
    meta: Meta
    blocks: tuple[Block, ...]
    period: str | None = None
    subtitle: str | None = None
    is_landscape: bool = False
    is_internal: bool = False
    code: str | None = None
    is_card: bool = False
