"""The child process that parses one file at a time: bytes in, text cells out, under limits the kernel keeps.

Run as a script: the standard library, calamine and `warehouse.headings` only. A hostile file can kill this
process and nothing else. Requests and replies are frames on stdin and stdout: 8 bytes of length, then the bytes.

A request is a JSON frame (kind, headings, limits) and a frame with the file. The reply is a series of JSON frames:
`sheet` (name, visible), `merges` (of cells over several rows; and `spans`, the first of all merges, for a copy), `rows`
(a block of rows, column by column, with the places of number cells), then `end` or `error` (code, facts).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import resource
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

if __name__ == "__main__":  # isolated mode (-I) leaves the project off the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from warehouse.headings import squeeze

BLOCK_ROWS = 20_000
HEADER_ROWS = 40
MERGES = 500_000
SPANS = 5_000
DELIMITERS = (",", "\t", ";", "|", "，")


def main() -> None:
    """Serve requests until stdin closes."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while (frame := read_frame(source)) is not None:
        request = json.loads(frame)
        content = read_frame(source)
        if content is None:
            return
        _limit(request)
        for message in _parse(request, content):
            write_frame(target, json.dumps(message, ensure_ascii=False).encode("utf-8", "replace"))
        del content


def read_frame(source: BinaryIO) -> bytes | None:
    """The next frame; null at the end of the stream."""
    head = source.read(8)
    if len(head) < 8:
        return None
    size = struct.unpack(">Q", head)[0]
    content = source.read(size)
    return content if len(content) == size else None


def write_frame(target: BinaryIO, content: bytes) -> None:
    target.write(struct.pack(">Q", len(content)))
    target.write(content)
    target.flush()


def _limit(request: dict[str, Any]) -> None:
    """Memory for the process; CPU for this file: what was used so far plus the allowance."""
    resource.setrlimit(resource.RLIMIT_AS, (request["memory_bytes"], resource.RLIM_INFINITY))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + request["cpu_seconds"]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def _parse(request: dict[str, Any], content: bytes) -> Iterator[dict[str, Any]]:
    """Messages of one file. Whatever goes wrong becomes one `error` message; a dying process says nothing at all."""
    try:
        if request["kind"] == "csv":
            yield from _text_messages(content, set(request["headings"]))
        else:
            yield from _workbook_messages(content)
        yield {"type": "end"}
    except _UnreadableError as error:
        yield {"type": "error", "code": error.code}
    except MemoryError:
        yield {"type": "error", "code": "too_big"}
    except BaseException as error:  # calamine's panics are not Exceptions
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        code = "password" if type(error).__name__ == "PasswordError" else "damaged"
        yield {"type": "error", "code": code}


class _UnreadableError(Exception):
    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def _workbook_messages(content: bytes) -> Iterator[dict[str, Any]]:
    import python_calamine

    with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for sheet in book.sheets_metadata:
            if sheet.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            visible = sheet.visible == python_calamine.SheetVisibleEnum.Visible
            yield {"type": "sheet", "name": sheet.name, "visible": visible}
            if not visible:
                continue
            found = book.get_sheet_by_name(sheet.name)
            if found.start is None:
                continue
            yield {"type": "merges", "ranges": _tall_merges(found), "spans": _spans(found)}
            first_row, first_column = found.start
            blanks: list[list[Any]] = [[] for _ in range(first_row)]
            yield from _blocks(_rows(blanks, found, first_column))


def _tall_merges(sheet: Any) -> list[list[int]]:
    """First row, last row and column of the cells that are merged over several rows, as far as the sheet holds data."""
    end_row, _ = sheet.end
    return [
        [top, min(bottom, end_row), left]
        for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ()
        if top < bottom and top <= end_row
    ][:MERGES]


def _spans(sheet: Any) -> list[list[int]]:
    """First row and column, last row and column of the first merges, as far as the sheet holds data."""
    end_row, end_column = sheet.end
    return [
        [top, left, min(bottom, end_row), min(right, end_column)]
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        if top <= end_row and left <= end_column
    ][:SPANS]


def _rows(blanks: list[list[Any]], sheet: Any, first_column: int) -> Iterator[list[Any]]:
    yield from blanks
    left = [""] * first_column
    for row in sheet.to_python(skip_empty_area=True) if sheet.height < BLOCK_ROWS else sheet.iter_rows():
        yield left + row


def _blocks(rows: Iterator[list[Any]]) -> Iterator[dict[str, Any]]:
    block: list[list[Any]] = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK_ROWS:
            yield _block(block)
            block = []
    if block:
        yield _block(block)


def _block(rows: list[list[Any]]) -> dict[str, Any]:
    """Rows as columns of text. numbers: column -> places in the block whose cell was a number, not text."""
    width = max(map(len, rows))
    columns: list[list[str]] = []
    numbers: dict[int, list[int]] = {}
    for index in range(width):
        cells = [row[index] if index < len(row) else "" for row in rows]
        kinds = set(map(type, cells))
        if kinds - {str}:
            if kinds & {int, float}:
                numbers[index] = [place for place, cell in enumerate(cells) if type(cell) in (int, float)]
            cells = [cell if type(cell) is str else _cell_text(cell) for cell in cells]
        columns.append(cells)
    return {"type": "rows", "count": len(rows), "columns": columns, "numbers": numbers}


def _cell_text(cell: Any) -> str:
    """A cell that is not text, written out: whole numbers without .0, days as 2023-05-01."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e21 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _text_messages(content: bytes, headings: set[str]) -> Iterator[dict[str, Any]]:
    text = _decode(content)
    csv.field_size_limit(1_000_000)
    delimiter = max(DELIMITERS, key=lambda mark: (_heading_score(text, mark, headings), -DELIMITERS.index(mark)))
    yield {"type": "sheet", "name": "", "visible": True}
    try:
        yield from _blocks(iter(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    except csv.Error as error:
        raise _UnreadableError("damaged") from error


def _decode(content: bytes) -> str:
    """Text of a CSV: by its mark, else UTF-16 (it has zero bytes), else strict UTF-8, else GB18030.

    Detectors guess wrongly; whether the guess is right is seen by the headings, which must be known ones.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content:
        even = content[:4096:2].count(0)
        encodings = ["utf-16-be" if even > content[1:4096:2].count(0) else "utf-16-le"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _UnreadableError("encoding")


def _heading_score(text: str, delimiter: str, headings: set[str]) -> int:
    """How many known headings stand in the best of the first rows, read with that delimiter."""
    best = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            best = max(best, len({heading for cell in row if (heading := squeeze(cell)) in headings}))
            if number >= HEADER_ROWS:
                break
    except csv.Error:
        pass
    return best


if __name__ == "__main__":
    main()
