"""A hostile or broken file ends with one sentence within its limits; the next file is read as if nothing had been."""

from __future__ import annotations

import contextlib
import io
import random
import time
import zipfile

import openpyxl
import pytest

from warehouse.contracts import load_contracts
from warehouse.intake.messages import RefusedError
from warehouse.intake.precheck import MB, OLE, UPLOAD, Limits, precheck
from warehouse.intake.reader import Reader
from warehouse.intake.runs import known_headings

CONTRACT = load_contracts()["major_disease"]
WIDE_OPEN = Limits(file_bytes=20 * MB, unpacked_bytes=400 * MB, cells=10**14, columns=20_000, cpu_seconds=5)


@pytest.fixture(scope="module")
def reader():
    with Reader(known_headings(load_contracts())) as one:
        yield one


@pytest.fixture(scope="module")
def good(write, make_rows):
    return write.xlsx(make_rows(CONTRACT, 5))


def far_cell(value: object, place: str = "XFD1048576") -> bytes:
    book = openpyxl.Workbook()
    book.active.append([column.title for column in CONTRACT.columns])
    book.active[place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(content: bytes, changes: dict[str, bytes]) -> bytes:
    """The package with parts replaced or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()} | changes
        for name, part in parts.items():
            new.writestr(name, part)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def with_doctype(good: bytes) -> bytes:
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
    return repacked(good, {SHEET: laughs})


def bomb(good: bytes) -> bytes:
    return repacked(good, {SHEET: b"<worksheet><sheetData>" + b" " * (60 * MB) + b"</sheetData></worksheet>"})


CASES = {
    "a cell at the far corner": (lambda good: far_cell(1), "too_wide"),
    "a space at the far corner": (lambda good: far_cell(" "), "too_wide"),
    "a space in the last column": (lambda good: far_cell(" ", "XFD2"), "too_wide"),
    "a document type with entities": (with_doctype, "doctype"),
    "a bomb": (bomb, "bomb"),
    "many entries": (lambda good: repacked(good, {f"x/{n}": b"" for n in range(2_100)}), "bomb"),
    "macros": (lambda good: repacked(good, {"xl/vbaProject.bin": b"x"}), "macros"),
    "cut off": (lambda good: good[: len(good) // 2], "damaged"),
    "its first bytes only": (lambda good: good[:100], "damaged"),
    "a part in UTF-16": (lambda good: repacked(good, {SHEET: "<worksheet/>".encode("utf-16")}), "damaged"),
    "locked": (lambda good: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
    "an old workbook with macros": (lambda good: OLE + b"\0" * 600 + "_VBA_PROJECT".encode("utf-16-le"), "macros"),
    "an old workbook of noise": (lambda good: OLE + bytes(range(256)) * 20, "damaged"),
    "Parquet": (lambda good: b"PAR1" + b"\0" * 100, "wrong_type"),
    "DuckDB": (lambda good: b"\0" * 8 + b"DUCK" + b"\0" * 100, "wrong_type"),
    "a web page named xls": (lambda good: "<html><table><tr><td>姓名</td></tr></table>".encode(), "markup"),
    "nothing": (lambda good: b"", "empty_file"),
    "only blanks": (lambda good: b"\r\n,,,\r\n", "empty_file"),
    "a Word file": (lambda good: _package({"word/document.xml": b"<x/>"}), "wrong_type"),
    "a plain archive": (lambda good: _package({"a.txt": b"x"}), "wrong_type"),
}  # fmt: skip


def _package(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()


@pytest.mark.parametrize("case", CASES)
def test_hostile_file_is_refused_and_the_next_is_read(case, reader, good):
    make, code = CASES[case]
    started = time.monotonic()
    with pytest.raises(RefusedError) as refused:
        reader.read(make(good), UPLOAD)
    assert refused.value.code == code
    assert "\n" not in refused.value.reason
    assert time.monotonic() - started < 20
    assert reader.read(good, UPLOAD)[0].texts.height == 6


def test_too_big_is_said_before_anything_is_opened():
    with pytest.raises(RefusedError) as refused:
        precheck(b"a" * (20 * MB + 1), UPLOAD)
    assert refused.value.code == "too_big"


@pytest.mark.parametrize("value", [1, " "])
def test_child_dies_alone_where_the_precheck_is_blind(reader, good, value):
    with pytest.raises(RefusedError) as refused:
        reader.read(far_cell(value), WIDE_OPEN)
    assert refused.value.code in ("too_big_to_open", "damaged", "too_slow")
    assert reader.read(good, UPLOAD)[0].texts.height == 6


def test_child_out_of_time_is_ended(reader, good):
    rows = "姓名,身份证号码,村,病种,确诊日期\n" + "王勇,1,杨柳村,病,2025-03-05\n" * 600_000
    slow = Limits(file_bytes=200 * MB, unpacked_bytes=MB, cells=10**9, cpu_seconds=0)
    with pytest.raises(RefusedError) as refused:
        reader.read(rows.encode(), slow)
    assert refused.value.code == "too_slow"
    assert reader.read(good, UPLOAD)[0].texts.height == 6


def test_mutants_never_escape_as_anything_but_a_refusal(reader, good, write, make_rows):
    chance = random.Random(5)
    seeds = [good, write.xls(make_rows(CONTRACT, 5)), write.csv(make_rows(CONTRACT, 5))]
    for number in range(150):
        content = bytearray(seeds[number % 3])
        for _ in range(chance.randrange(1, 12)):
            place = chance.randrange(len(content))
            content[place : place + chance.randrange(1, 9)] = chance.randbytes(chance.randrange(9))
        with contextlib.suppress(RefusedError):  # anything else fails the test
            reader.read(bytes(content), UPLOAD)
    assert reader.read(good, UPLOAD)[0].texts.height == 6


def test_random_bytes_are_refused(take):
    chance = random.Random(6)
    codes = {take(chance.randbytes(2_000), "major_disease.xlsx").refusal for _ in range(10)}
    assert codes <= {"encoding", "damaged", "no_header"}


def test_dead_child_is_replaced(reader, good):
    reader._process.kill()
    reader._process.wait()
    assert reader.read(good, UPLOAD)[0].texts.height == 6
