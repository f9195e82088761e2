"""Bytes -> sheets of text cells, parsed in a child process that may die without harm.

One child serves many files, one after the other; a child that died, hung or served enough is replaced.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, cast

import polars as pl

from warehouse.intake.child import write_frame
from warehouse.intake.messages import RefusedError
from warehouse.intake.precheck import MB, Limits, precheck

CHILD = Path(__file__).with_name("child.py")
FILES_PER_CHILD = 100
BYTES_PER_CHILD = 64 * MB


@dataclass(frozen=True)
class Sheet:
    """One sheet as text. Cell (row i, column j) is texts[i, j]; row i is row i + 1 as Excel counts.

    numbers: column -> which of its cells were numbers, not text (an ID kept as a number has lost digits).
    merges: first row, last row and column (all from 0) of cells merged over several rows.
    spans: first row and column, last row and column of the first merges of any shape.
    """

    name: str
    visible: bool
    texts: pl.DataFrame
    numbers: dict[int, pl.Series] = field(default_factory=dict)
    merges: tuple[tuple[int, int, int], ...] = ()
    spans: tuple[tuple[int, int, int, int], ...] = ()


class Reader:
    """A child process and the files it was given. Use as a context manager."""

    def __init__(self, headings: Iterable[str]) -> None:
        self._headings = sorted(headings)
        self._process: subprocess.Popen[bytes] | None = None
        self._files = 0
        self._bytes = 0

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, content: bytes, limits: Limits) -> tuple[Sheet, ...]:
        """The sheets of a workbook, or the one sheet of a CSV.

        Raises: RefusedError with one sentence for whatever was wrong with the file.
        """
        kind = precheck(content, limits)
        if self._files >= FILES_PER_CHILD or self._bytes >= BYTES_PER_CHILD:
            self._stop()
        self._files += 1
        self._bytes += len(content)
        try:
            return _sheets(self._messages(content, kind, limits.for_size(len(content))))
        except RefusedError as refusal:
            if refusal.code in ("too_big_to_open", "too_slow"):
                self._stop()
            raise
        except BaseException:
            self._stop()
            raise

    def _messages(self, content: bytes, kind: str, limits: Limits) -> Iterator[dict[str, Any]]:
        process = self._start()
        deadline = time.monotonic() + 3 * limits.cpu_seconds
        request = {
            "kind": kind,
            "headings": self._headings if kind == "csv" else [],
            "memory_bytes": limits.memory_bytes,
            "cpu_seconds": limits.cpu_seconds,
        }
        try:
            for frame in (json.dumps(request, ensure_ascii=False).encode(), content):
                write_frame(cast(BinaryIO, process.stdin), frame)
        except BrokenPipeError:
            raise self._death(process) from None
        while True:
            size = struct.unpack(">Q", self._read(process, 8, deadline))[0]
            message = json.loads(self._read(process, size, deadline))
            if message["type"] == "end":
                return
            if message["type"] == "error":
                code = {"too_big": "too_big_to_open"}.get(message["code"], message["code"])
                raise RefusedError(code)
            yield message

    def _read(self, process: subprocess.Popen[bytes], size: int, deadline: float) -> bytes:
        pipe = cast(BinaryIO, process.stdout).fileno()
        parts: list[bytes] = []
        while size:
            ready, _, _ = select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise RefusedError("too_slow")
            part = os.read(pipe, min(size, MB))
            if not part:
                raise self._death(process)
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _death(self, process: subprocess.Popen[bytes]) -> RefusedError:
        """Why a child that said nothing more is gone: out of CPU time, or of memory, or a panic."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        return RefusedError("too_slow" if process.returncode in (-24, -9) else "too_big_to_open")

    def _start(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", str(CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            )
            self._files = self._bytes = 0
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


def _sheets(messages: Iterator[dict[str, Any]]) -> tuple[Sheet, ...]:
    """The sheets that the messages of one file tell, in order."""
    found: list[tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]] = []
    for message in messages:
        if message["type"] == "sheet":
            found.append((message, [], {}))
        elif message["type"] == "merges":
            found[-1][2].update(message)
        else:
            found[-1][1].append(message)
    return tuple(
        replace(
            _sheet(head["name"], head["visible"], blocks),
            merges=tuple((a, b, c) for a, b, c in merges.get("ranges", ())),
            spans=tuple((a, b, c, d) for a, b, c, d in merges.get("spans", ())),
        )
        for head, blocks, merges in found
    )


def _sheet(name: str, visible: bool, blocks: list[dict[str, Any]]) -> Sheet:
    width = max((len(block["columns"]) for block in blocks), default=0)
    frames, places, start = [], {index: [] for index in range(width)}, 0  # type: ignore[var-annotated]
    for block in blocks:
        empty = [""] * block["count"]
        columns = block["columns"] + [empty] * (width - len(block["columns"]))
        frames.append(pl.DataFrame({str(index): texts for index, texts in enumerate(columns)}))
        for index, rows in block["numbers"].items():
            places[int(index)] += [start + row for row in rows]
        start += block["count"]
    texts = pl.concat(frames) if frames else pl.DataFrame()
    numbers = {index: _marks(rows, texts.height) for index, rows in places.items() if rows}
    return Sheet(name, visible, texts.with_columns(pl.all().cast(pl.String)), numbers)


def _marks(rows: list[int], height: int) -> pl.Series:
    marks = pl.repeat(False, height, dtype=pl.Boolean, eager=True)
    return marks.scatter(rows, True)
