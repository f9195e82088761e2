"""A paper as PDF: set by typst with two typefaces of our own, embedded; texts go in as data, never as markup."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import typst

from warehouse.exports.document import (
    Bullets,
    Choices,
    DataTable,
    Document,
    Form,
    Heading,
    KeyFigures,
    PageBreak,
    Paragraph,
    Picture,
    Signatures,
)
from warehouse.exports.paper import (
    CARD_TABLE_SIZES,
    Numbers,
    Part,
    Run,
    beside,
    breakable,
    cells_of,
    first_page_lines,
    fonts_folder,
    lines_of,
    page_lines,
    page_marks,
    parts,
    plain,
    printable,
    runs,
    svg,
    table_sizes,
    text_width,
    under_title,
    wide,
)
from warehouse.i18n import language, t

# A value longer than so many characters is set smaller.
_LONGEST_BIG: Final = 6.5
# A table of more lines may be split over pages; a shorter one is kept together.
_MOST_TOGETHER: Final = 15
_LAYOUT: Final = Path(__file__).parent / "paper.typ"


def pdf(document: Document) -> bytes:
    """The document as PDF: A4, fonts embedded, tagged, equal bytes for equal input. Source: GB/T 9704 (layout)."""
    files: dict[str, bytes] = {}
    data = _data(document, files)
    files["paper.json"] = json.dumps(data, ensure_ascii=False).encode()
    files["main.typ"] = _LAYOUT.read_bytes()
    made: bytes = typst.compile(  # type: ignore[call-overload]  # its types leave out several files as a dict
        files,
        font_paths=[str(fonts_folder())],
        ignore_system_fonts=True,
        format="pdf",
        timestamp=document.meta.built_at.replace(tzinfo=UTC),
    )
    return made


def _data(document: Document, files: dict[str, bytes]) -> dict[str, Any]:
    """The document as plain data for the layout; charts are put beside it in `files`."""
    numbers, built = Numbers(), document.meta.built_at
    return {
        "card": document.is_card,
        "lang": "zh" if language() == "zh_CN" else "en",
        "title": plain(document.title),
        "author": printable(document.meta.unit),
        "date": [built.year, built.month, built.day],
        "under": under_title(document),
        "lines": page_lines(document),
        "marks": page_marks(document),
        "first": first_page_lines(document),
        "parts": [
            {
                "landscape": part.is_landscape,
                "blocks": list(_blocks(part, document.is_card, numbers, files)),
            }
            for part in parts(document)
        ],
    }


def _blocks(part: Part, is_card: bool, numbers: Numbers, files: dict[str, bytes]) -> Iterator[dict[str, Any]]:
    width = text_width(is_landscape=part.is_landscape, is_card=is_card)
    for block in part.blocks:
        match block:
            case Heading():
                number = numbers.next(block)
                yield {"kind": "heading", "level": block.level, "number": number, "runs": _runs(block.text)}
            case Paragraph():
                yield {"kind": "paragraph", "note": block.is_note, "runs": _runs(block.text)}
            case Bullets():
                yield {"kind": "bullets", "items": [_runs(item) for item in block.items]}
            case KeyFigures():
                yield {"kind": "figures", "figures": [_figure(one) for one in block.figures]}
            case DataTable():
                yield _table(block, width, CARD_TABLE_SIZES if is_card else table_sizes())
            case Form():
                rows = [
                    [(_text(name), _text(value)) for name, value in row] for row in beside(block.rows, block.across)
                ]
                yield {"kind": "form", "across": block.across, "rows": rows}
            case Choices():
                line = t("paper.write_on") if block.with_line else None
                options = [_text(option) for option in block.options]
                yield {"kind": "choices", "question": _runs(block.question), "options": options, "line": line}
            case Picture():
                file = f"chart-{len(files)}.svg"
                files[file] = svg(block).encode()
                yield {"kind": "picture", "file": file, "alt": _text(block.alt), "caption": _text(block.caption)}
            case Signatures():
                roles = [t("paper.signed", role=_text(role)) for role in block.roles]
                yield {"kind": "signatures", "roles": roles, "date": t("paper.date_line")}
            case PageBreak():
                yield {"kind": "break"}


def _figure(one: Any) -> dict[str, Any]:
    words = [_text(words) for words in one.words]
    is_big = wide(one.value) <= _LONGEST_BIG
    return {"name": _text(one.name), "value": _text(one.value), "big": is_big, "words": words, "code": one.code}


def _table(block: DataTable, width: float, sizes: Sequence[float]) -> dict[str, Any]:
    cells = cells_of(block, width, sizes)
    return {
        "kind": "table",
        "title": _text(block.title),
        "heads": [breakable(head) for head in cells.heads],
        "rows": [[breakable(plain(cell)) for cell in row] for row in cells.rows],
        "right": cells.is_right,
        "widths": cells.widths,
        "size": cells.size,
        "tall": lines_of(cells, width) > _MOST_TOGETHER,
        "total": [breakable(cell) for cell in cells.total] if cells.total else None,
        "strong": sorted(block.strong),
        "notes": [_runs(note) for note in block.notes],
        "none": t("export.no_rows"),
    }


def _runs(text: str) -> list[Run]:
    return [(breakable(part), is_strong) for part, is_strong in runs(text)]


def _text(text: str | None) -> str | None:
    return None if text is None else breakable(plain(text))
