"""Rule parameters: `policy.csv`, one dated value a line. Rules never hold a number of their own.

Source: 03-rules "Parameters" (BX, DB, DJ, YL, ST; `local` where no document states the value, `stand_in` where the
value of another place or year stands in until the place's own is known).
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import dataclass
from pathlib import Path

COLUMNS = ("parameter", "value", "unit", "valid_from", "valid_to", "source", "clause", "note")

# parameter -> (kind, lowest, highest). `kinds` is a list of words parted by 、
KNOWN: dict[str, tuple[str, float, float]] = {
    "monitoring_line": ("number", 0, 100_000),
    "dibao_standard": ("number", 0, 10_000),
    "edge_multiple": ("number", 1, 5),
    "rigid_ratio_min": ("number", 0, 1),
    "disposable_income_per_head": ("number", 0, 500_000),
    "gradual_exit_months": ("whole", 0, 60),
    "voluntary_exit_bonus_months": ("whole", 0, 12),
    "rejected_window_months": ("whole", 0, 120),
    "left_dibao_window_months": ("whole", 0, 120),
    "medical_bill_limit": ("number", 0, 1_000_000),
    "push_due_day": ("whole", 1, 28),
    "surveys_per_year": ("whole", 0, 12),
    "inspections_per_year": ("whole", 0, 12),
    "lookbacks_per_year": ("whole", 0, 12),
    "trainings_per_half_year": ("whole", 0, 12),
    "check_days": ("whole", 0, 365),
    "check_days_cadre": ("whole", 0, 365),
    "review_days": ("whole", 0, 365),
    "publicity_days": ("whole", 0, 365),
    "identify_days": ("whole", 0, 365),
    "plan_days": ("whole", 0, 365),
    "exit_publicity_days": ("whole", 0, 365),
    "elimination_months": ("whole", 0, 60),
    "employment_cost_deduction": ("number", 0, 10_000),
    "vehicle_kinds": ("kinds", 0, 0),
    "business_kinds": ("kinds", 0, 0),
    "commercial_homes_allowed": ("whole", 0, 20),
    "financial_assets_limit": ("number", 0, 10_000_000),
    "income_valid_months": ("whole", 1, 120),
    "warning_active_months": ("whole", 1, 120),
    "watch_multiple": ("number", 1, 10),
    "repeat_window_months": ("whole", 1, 120),
    "relapse_window_months": ("whole", 1, 120),
    "forewarning_days": ("whole", 1, 3650),
    "repeat_visit_days": ("whole", 1, 365),
    "nursing_subsidy_standard": ("number", 0, 10_000),
    "living_subsidy_standard": ("number", 0, 10_000),
    "referral_days": ("whole", 0, 365),
    "visit_days": ("whole", 1, 365),
    "temporary_follow_months": ("whole", 1, 60),
    "child_living_standard": ("number", 0, 10_000),
    "carried_meetings": ("whole", 1, 20),
    "first_measure_months": ("whole", 0, 60),
    "development_measure_months": ("whole", 0, 60),
    "public_post_age_min": ("whole", 0, 120),
    "public_post_age_max": ("whole", 0, 120),
    "high_income_per_head": ("number", 0, 500_000),
    "low_wage_year": ("number", 0, 100_000),
    "income_change_share": ("number", 0, 10),
    "finding_due_months": ("whole", 0, 60),
}


@dataclass(frozen=True)
class Parameter:
    """One value of a parameter from `valid_from` to `valid_to` (both included; null: still in force).

    number: the value as a number; null for lists of kinds. note_zh: the note in Chinese; empty: only as `note` has it.
    """

    parameter: str
    value: str
    number: float | None
    unit: str
    valid_from: dt.date
    valid_to: dt.date | None
    source: str
    clause: str
    note: str
    note_zh: str = ""

    @property
    def is_local(self) -> bool:
        return self.source == "local"

    @property
    def is_stand_in(self) -> bool:
        return self.source == "stand_in"


def read_policy(path: Path, faults: list[str]) -> tuple[Parameter, ...]:
    """The parameters of a policy file, in its order; what is wrong goes to `faults` with its line."""
    if not path.is_file():
        faults.append(f"policy {path.name}: got no such file, expected one. See data/profiles/suntuan/policy.csv.")
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or [])]
        if missing:
            faults.append(f"{path.name} line 1: got no column {', '.join(missing)}, expected {', '.join(COLUMNS)}.")
            return ()
        found = [_parameter(f"{path.name} line {reader.line_num}", row, faults) for row in reader]
    parameters = tuple(parameter for parameter in found if parameter)
    faults += _overlaps(path.name, parameters)
    return parameters


def _parameter(place: str, row: dict[str, str], faults: list[str]) -> Parameter | None:
    row = {key: (value or "").strip() for key, value in row.items() if key}
    name = row["parameter"]
    if name not in KNOWN:
        faults.append(f"{place}: got parameter {name!r}, expected one of {', '.join(sorted(KNOWN))}.")
        return None
    before = len(faults)
    kind, lowest, highest = KNOWN[name]
    number = None if kind == "kinds" else _number(row["value"], kind, lowest, highest, f"{place} {name}", faults)
    valid_from = read_day(row["valid_from"], f"{place} valid_from", faults)
    valid_to = read_day(row["valid_to"], f"{place} valid_to", faults) if row["valid_to"] else None
    if valid_from and valid_to and valid_to < valid_from:
        faults.append(f"{place}: got valid_to before valid_from, expected it on or after.")
    if not row["source"]:
        faults.append(f"{place}: got no source, expected a document, `local` or `stand_in`.")
    if row["source"] == "stand_in" and not row["note"]:
        faults.append(f"{place}: got a stand-in without a note, expected whose value it is, of which year.")
    if len(faults) > before or valid_from is None:
        return None
    texts = {key: row[key] for key in ("value", "unit", "source", "clause", "note")}
    note_zh = row.get("note_zh", "")
    return Parameter(parameter=name, number=number, valid_from=valid_from, valid_to=valid_to, note_zh=note_zh, **texts)


def _number(text: str, kind: str, lowest: float, highest: float, place: str, faults: list[str]) -> float | None:
    wanted = f"a {'whole ' if kind == 'whole' else ''}number from {lowest:g} to {highest:g}"
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not lowest <= number <= highest or (kind == "whole" and number != int(number)):
        faults.append(f"{place}: got {text!r}, expected {wanted}.")
        return None
    return number


def read_day(text: str, place: str, faults: list[str]) -> dt.date | None:
    """A day as YYYY-MM-DD; what else it is goes to `faults`."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        faults.append(f"{place}: got {text!r}, expected a day as YYYY-MM-DD.")
        return None


def _overlaps(name: str, parameters: tuple[Parameter, ...]) -> list[str]:
    """Two values of one parameter from one day on; an open value ends where the next begins."""
    starts = [(parameter.parameter, parameter.valid_from) for parameter in parameters]
    return [
        f"{name}: got two values of {parameter} from {day}, expected one. Remove one of the two lines."
        for parameter, day in sorted({start for start in starts if starts.count(start) > 1})
    ]
