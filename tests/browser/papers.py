"""What stands in a file, whichever form it has: its words, as whoever opens it reads them."""

from __future__ import annotations

import io

import docx
import openpyxl
import pypdf
from pptx import Presentation


def words_of(name: str, content: bytes) -> str:
    """All text of a file, by the end of its name."""
    read = {"docx": _docx, "pdf": _pdf, "pptx": _pptx, "xlsx": _xlsx}
    return read[name.rsplit(".", 1)[1]](io.BytesIO(content))


def _docx(file: io.BytesIO) -> str:
    paper = docx.Document(file)
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in paper.paragraphs] + cells)


def _pdf(file: io.BytesIO) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


def _pptx(file: io.BytesIO) -> str:
    shapes = [shape for slide in Presentation(file).slides for shape in slide.shapes]
    said = [shape.text_frame.text for shape in shapes if shape.has_text_frame]
    cells = [cell.text for shape in shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return "\n".join(said + cells)


def _xlsx(file: io.BytesIO) -> str:
    book = openpyxl.load_workbook(file, read_only=True)
    rows = [row for sheet in book.worksheets for row in sheet.iter_rows(values_only=True)]
    return "\n".join(" | ".join(str(cell) for cell in row if cell is not None) for row in rows)
