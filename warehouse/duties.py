"""Who answers for what: `lists.csv` (which list comes from whom, how often) and `duties.csv` (what each unit must do).

Both belong to a profile and may be absent: then each list comes from the owner its contract names, every month.
Source: 02-extracts; YL 四, DB 附件2, ST 附件.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
LIST_COLUMNS = ("extract", "department_code", "push", "frequency", "due_day_parameter", "source", "clause", "note")
DUTY_COLUMNS = ("department_code", "duty_zh", "duty_en", "source", "clause", "counts")
DUE_DAY = "push_due_day"
# Months whose list is due. School terms end in January and July; a list sent as needed is never due.
DUE_MONTHS = {"monthly": tuple(range(1, 13)), "term": (1, 7), "as_needed": ()}
Rows = Iterable[tuple[int, dict[str, str]]]


@dataclass(frozen=True)
class ListDue:
    """How a place gets one list. is_expected: the place asks for it at all. due_day_parameter: the parameter that says
    by which day of the next month it comes; empty where no day is set."""

    extract: str
    department_code: str
    is_expected: bool
    frequency: str
    due_day_parameter: str
    source: str
    clause: str
    note: str

    @property
    def due_months(self) -> str:
        """Numbers of the months whose list is due, parted by 、; empty where none ever is."""
        return "、".join(map(str, DUE_MONTHS[self.frequency])) if self.is_expected else ""


@dataclass(frozen=True)
class Duty:
    """One duty of one unit. counts: metrics and extracts whose live counts stand beside it."""

    department_code: str
    duty_zh: str
    duty_en: str
    source: str
    clause: str
    counts: tuple[str, ...]


def read_lists(rows: Rows, name: str, departments: set[str], faults: list[str]) -> Iterator[ListDue]:
    """The lines of lists.csv, one a list; what is wrong goes to `faults` with its line."""
    seen: set[str] = set()
    for line, row in rows:
        before = len(faults)
        faults += (f"{name} line {line}: {fault}" for fault in _list_faults(row, departments, seen))
        seen.add(row["extract"])
        if len(faults) == before:
            texts = {key: row[key] for key in LIST_COLUMNS if key != "push"}
            yield ListDue(is_expected=row["push"] == "yes", **texts)


def _list_faults(row: dict[str, str], departments: set[str], seen: set[str]) -> Iterator[str]:
    if row["extract"] not in known_extracts():
        yield f"got extract {row['extract']!r}, expected the name of a file in warehouse/contracts."
    if row["extract"] in seen:
        yield f"got {row['extract']} again, expected each list once. Remove one of the two lines."
    yield from _department_fault(row, departments)
    if row["push"] not in ("yes", "no"):
        yield f"got push {row['push']!r}, expected yes, or no for a list this place never asks for."
    if row["frequency"] not in DUE_MONTHS:
        yield f"got frequency {row['frequency']!r}, expected one of {', '.join(DUE_MONTHS)}."
    if row["due_day_parameter"] not in ("", DUE_DAY):
        yield f"got due_day_parameter {row['due_day_parameter']!r}, expected {DUE_DAY}, or nothing where no day is set."
    yield from _source_fault(row)


def read_duties(rows: Rows, name: str, departments: set[str], faults: list[str]) -> Iterator[Duty]:
    """The lines of duties.csv in their order; what is wrong goes to `faults` with its line."""
    for line, row in rows:
        before = len(faults)
        faults += (f"{name} line {line}: {fault}" for fault in _duty_faults(row, departments))
        if len(faults) == before:
            counts = tuple(part for part in row["counts"].split("、") if part)
            yield Duty(**{key: row[key] for key in DUTY_COLUMNS if key != "counts"}, counts=counts)


def _duty_faults(row: dict[str, str], departments: set[str]) -> Iterator[str]:
    yield from _department_fault(row, departments)
    if not row["duty_zh"] or not row["duty_en"]:
        yield "got a duty without text in both languages, expected duty_zh and duty_en."
    known = known_extracts() | known_metrics()
    for name in sorted({part for part in row["counts"].split("、") if part} - known):
        yield f"got {name!r} in counts, expected metrics of metrics.yml or extracts, parted by 、."
    yield from _source_fault(row)


def _department_fault(row: dict[str, str], departments: set[str]) -> Iterator[str]:
    if row["department_code"] not in departments:
        yield f"got department_code {row['department_code']!r}, expected a code in departments.csv."


def _source_fault(row: dict[str, str]) -> Iterator[str]:
    if not row["source"] or not row["clause"]:
        yield "got no source or clause, expected the document (or local) and the clause."


@cache
def known_extracts() -> frozenset[str]:
    """Every list there is a contract for, by the names of the files: contracts need not be read to check a profile."""
    return frozenset(path.stem for path in (HERE / "contracts").glob("[a-z]*.yml"))


@cache
def known_metrics() -> frozenset[str]:
    """Every metric of the catalogue."""
    text = (HERE / "metrics.yml").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^- metric: (\w+)$", text, re.MULTILINE))
