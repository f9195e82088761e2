"""Small department files, written as departments write them, and what intake makes of them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlwt

from warehouse.contracts import Column, Contract
from warehouse.intake import LoadRecord, import_files, quarantine_rows
from warehouse.intake.repair import check_digit
from warehouse.profiles import Profile
from warehouse.settings import Settings

MONTH = "2025-03"
RECEIVED = dt.date(2025, 4, 8)
Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Taken:
    """One imported file: its record, the accepted rows by row number, the rejected rows."""

    record: LoadRecord
    rows: pl.DataFrame
    rejected: pl.DataFrame

    def column(self, name: str) -> list[object]:
        return self.rows[name].to_list()

    @property
    def rules(self) -> list[tuple[int, str, str]]:
        return self.rejected.select("row_no", "column", "rule").rows()

    @property
    def refusal(self) -> str | None:
        return str(self.record.refusal["code"]) if self.record.refusal else None


class Write:
    """Rows as the bytes of a file."""

    @staticmethod
    def xlsx(*sheets: Rows, names: Sequence[str] = (), hidden: Sequence[str] = ()) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for place, rows in enumerate(sheets):
            sheet = book.create_sheet(names[place] if names else f"Sheet{place + 1}")
            for row in rows:
                sheet.append([None if cell == "" else cell for cell in row])
            if sheet.title in hidden:
                sheet.sheet_state = "hidden"
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    @staticmethod
    def xls(rows: Rows) -> bytes:
        book = xlwt.Workbook()
        sheet = book.add_sheet("Sheet1")
        day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
        for line, row in enumerate(rows):
            for place, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write(line, place, cell, day)
                else:
                    sheet.write(line, place, cell)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    @staticmethod
    def csv(rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=delimiter).writerows(rows)
        return text.getvalue().encode(encoding)


def person_id(number: int, *, born: str = "19610214") -> str:
    """A made-up ID of the region that belongs to no place; odd numbers are men. Never ends in 000."""
    digits = f"990100{born}{number:03d}"
    return digits + check_digit(digits)


def good_value(column: Column, number: int) -> object:
    """A value that the column takes as it is."""
    words = {
        "text": f"文字{number}",
        "name": "王小明",
        "id": person_id(number),
        "household_no": f"HH{number:05d}",
        "village": "杨柳村",
        "date": "2025-02-14",
        "month": "2025-02",
        "money": "1234.50",
        "number": "89.5",
        "yes_no": "是",
    }
    if column.codes:
        return column.codes[number % len(column.codes)]
    if column.type == "integer":
        return str(int(column.range[0]) + number % 2) if column.range else str(number)
    return words[column.type]


def good_rows(contract: Contract, count: int = 3) -> list[list[object]]:
    """Header and rows of which every one is accepted and none repeats another."""
    rows: list[list[object]] = [[column.title for column in contract.columns]]
    rows += [[good_value(column, number) for column in contract.columns] for number in range(1, count + 1)]
    for number, row in enumerate(rows[1:], start=1):
        for place, column in enumerate(contract.columns):
            if column.type == "date":
                row[place] = f"2025-0{number % 3 + 1}-14"
    return rows


@pytest.fixture(scope="session")
def write() -> Write:
    return Write()


@pytest.fixture(scope="session")
def make_id() -> Callable[..., str]:
    return person_id


@pytest.fixture(scope="session")
def make_rows() -> Callable[..., list[list[object]]]:
    return good_rows


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", sample_ids=True)


@pytest.fixture
def take(settings: Settings, profile: Profile, tmp_path: Path) -> Callable[..., Taken]:
    """Put bytes into a month folder under a name, import them, and give back what landed."""

    def taken(content: bytes, name: str, month: str = MONTH, settings: Settings = settings) -> Taken:
        file = tmp_path / "in" / month / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        (record,) = import_files([file], settings, profile, received_on=RECEIVED).loads
        landed = settings.landed / record.extract / record.month[:7] / f"{record.load_id}.parquet"
        rows = pl.read_parquet(landed).sort("sheet", "row_no") if landed.exists() else pl.DataFrame()
        assert record.rows_total == record.rows_header + record.rows_blank + record.rows_note + record.rows_read
        assert record.rows_read == record.rows_accepted + record.rows_quarantined
        return Taken(record, rows, quarantine_rows(settings, [record.load_id]).sort("sheet", "row_no"))

    return taken
