"""Look at the bytes of a file before anything parses them: what it is, and whether it is safe to open.

Source: 07-trust "Bad input meets a clear error".
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from warehouse.intake.messages import RefusedError

MB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one file may cost. cells: places from the first to the last used cell of a sheet."""

    file_bytes: int
    unpacked_bytes: int
    cells: int
    memory_bytes: int = 1536 * MB
    cpu_seconds: int = 20
    entries: int = 2_000
    columns: int = 1_000
    ratio: int = 250

    def for_size(self, size: int) -> Limits:
        """More memory and time for a file over 20 MB, in proportion."""
        scale = max(1.0, size / (20 * MB))
        return replace(self, memory_bytes=int(self.memory_bytes * scale), cpu_seconds=int(self.cpu_seconds * scale))


UPLOAD = Limits(file_bytes=20 * MB, unpacked_bytes=400 * MB, cells=12_000_000)
IMPORT = Limits(file_bytes=200 * MB, unpacked_bytes=4_000 * MB, cells=60_000_000)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# First bytes of what people send by mistake -> what to call it.
FOREIGN = {
    b"PAR1": "Parquet",
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip",
    b"SQLite format 3": "SQLite",
    b"ARROW1": "Arrow",
    b"\x7fELF": "ELF",
    b"MZ": "EXE",
}
# A web page or an XML table under whatever name, or a web page saved with its pictures as one file.
MARKUP = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<[!?a-z]|MIME-Version:)", re.I)
DELIMITERS = (b",", b"\t", b";")
FAR_CELL = re.compile(rb"""\br\s*=\s*["'](?:([A-Za-z]{3,})(\d+)|([A-Za-z]{1,2})(\d{6,}))["']""")
DIMENSION = re.compile(rb"""<(?:\w+:)?dimension\b[^>]*?ref\s*=\s*["'](?:[A-Za-z]+\d+:)?([A-Za-z]+)(\d+)["']""")
CHUNK = 4 * MB


def precheck(content: bytes, limits: Limits) -> str:
    """What to parse the file as: `workbook` or `csv`, whatever its extension says.

    Raises: RefusedError for anything else, and for a workbook that is locked, has macros, or would not fit in memory.
    """
    if not content.strip(b"\x00\r\n\t ,;\xef\xbb\xbf"):
        raise RefusedError("empty_file")
    if len(content) > limits.file_bytes:
        raise RefusedError("too_big", size=f"{len(content) / MB:.0f}", limit=f"{limits.file_bytes // MB}")
    if content.startswith(ZIP):
        _check_package(content, limits)
        return "workbook"
    if content.startswith(OLE):
        _check_ole(content)
        return "workbook"
    for magic, kind in FOREIGN.items():
        if content.startswith(magic):
            raise RefusedError("wrong_type", kind=kind)
    if content[8:12] == b"DUCK":
        raise RefusedError("wrong_type", kind="DuckDB")
    if MARKUP.match(content[:400]):
        raise RefusedError("markup")
    _check_lines(content, limits)
    return "csv"


def _check_lines(content: bytes, limits: Limits) -> None:
    """No line of a text file may have more columns than a sheet may."""
    for row, line in enumerate(content.split(b"\n"), start=1):
        if len(line) > limits.columns and (columns := max(map(line.count, DELIMITERS)) + 1) > limits.columns:
            raise RefusedError("too_wide", column=_column_name(columns), row=row)


def _check_ole(content: bytes) -> None:
    """An .xls or .et: names in the container's directory tell a locked file and one with macros."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise RefusedError("password")
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise RefusedError("macros")
    if "WordDocument".encode("utf-16-le") in content:
        raise RefusedError("wrong_type", kind="Word")


def _check_package(content: bytes, limits: Limits) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _check_entries(package, limits)
            for entry in package.infolist():
                if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_xml(package, entry, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, RuntimeError) as error:
        raise RefusedError("damaged") from error


def _check_entries(package: zipfile.ZipFile, limits: Limits) -> None:
    entries = package.infolist()
    names = {entry.filename.lower() for entry in entries}
    if len(entries) > limits.entries:
        raise RefusedError("bomb")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedError("password")
    if any(name.endswith(("vbaproject.bin", ".xlsb")) or "/macrosheets/" in name for name in names):
        raise RefusedError("macros")
    if "xl/workbook.xml" not in names:
        kind = "Word" if "word/document.xml" in names else "ODS" if "content.xml" in names else "ZIP"
        raise RefusedError("wrong_type", kind="XLSB" if "xl/workbook.bin" in names else kind)
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > limits.unpacked_bytes or (unpacked > 20 * MB and unpacked / packed > limits.ratio):
        raise RefusedError("bomb")


def _check_xml(package: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    """Reads one part to its end: no document type, no second encoding; a sheet's reach within the limits."""
    is_sheet = entry.filename.lower().startswith("xl/worksheets/")
    columns, rows, read = 1, 1, 0
    for chunk in _chunks(package, entry):
        read += len(chunk)
        if read > limits.unpacked_bytes:
            raise RefusedError("bomb")
        if chunk.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
            raise RefusedError("damaged")
        if b"<!" in chunk and re.search(rb"<!(?:DOCTYPE|ENTITY)", chunk, re.I):
            raise RefusedError("doctype")
        if is_sheet:
            columns, rows = _reach(chunk, columns, rows)
    if is_sheet and (columns > limits.columns or columns * rows > limits.cells):
        raise RefusedError("too_wide", column=_column_name(columns), row=rows)


def _chunks(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces that overlap, so that no word is cut in two unseen."""
    with package.open(entry) as part:
        tail = b""
        while piece := part.read(CHUNK):
            yield tail + piece
            tail = piece[-64:]


def _reach(chunk: bytes, columns: int, rows: int) -> tuple[int, int]:
    """The last column and row that the dimension, or any far cell, names. Near cells stay under what is allowed."""
    for letters, digits in DIMENSION.findall(chunk):
        columns, rows = max(columns, _column_number(letters)), max(rows, int(digits[:9]))
    for far, far_row, near, near_row in FAR_CELL.findall(chunk):
        columns = max(columns, _column_number(far or near))
        rows = max(rows, int((far_row or near_row)[:9]))
    return columns, rows


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + letter - 64
    return number


def _column_name(number: int) -> str:
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
