"""The forms a paper may be given: Word, PDF, slides; and of a report also the workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from warehouse.errors import UsageError
from warehouse.exports.document import Document

FormName = Literal["xlsx", "docx", "pdf", "pptx"]
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
MIMES: Final[Mapping[FormName, str]] = MappingProxyType(
    {
        "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
        "docx": f"{_OFFICE}.wordprocessingml.document",
        "pdf": "application/pdf",
        "pptx": f"{_OFFICE}.presentationml.presentation",
    }
)


@dataclass(frozen=True)
class Form:
    """How a document is written: the end of its file's name, its media type, and what makes the bytes."""

    suffix: str
    mime: str
    write: Callable[[Document], bytes]


# The libraries are loaded when a paper is first asked for: they cost a page nothing.
def _docx(document: Document) -> bytes:
    from warehouse.exports.docx_file import docx

    return docx(document)


def _pdf(document: Document) -> bytes:
    from warehouse.exports.pdf_file import pdf

    return pdf(document)


def _pptx(document: Document) -> bytes:
    from warehouse.exports.pptx_file import slides

    return slides(document)


FORMS: Final[Mapping[FormName, Form]] = MappingProxyType(
    {
        "docx": Form(".docx", MIMES["docx"], _docx),
        "pdf": Form(".pdf", MIMES["pdf"], _pdf),
        "pptx": Form(".pptx", MIMES["pptx"], _pptx),
    }
)


def form_of(to: Path, asked: str | None, offered: tuple[FormName, ...]) -> FormName:
    """The form asked for, or that of the file's name.

    Raises: UsageError if it is none of those offered, or if the name ends on another.
    """
    suffix = to.suffix.lstrip(".").lower()
    form = asked or suffix
    names = ", ".join(offered)
    if form not in offered:
        what = "--as" if asked else "--to"
        raise UsageError(f"{what}: got {form or 'a name without an end'}, expected one of {names}. Choose one of them.")
    if asked and suffix in MIMES and suffix != asked:
        raise UsageError(f"--to: got a name that ends on .{suffix}, expected .{asked}. Name the file so.")
    return form  # type: ignore[return-value]
