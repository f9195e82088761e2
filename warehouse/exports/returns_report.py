"""The file that goes back to a department: asks with the reach of that department, and writes the workbook."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import polars as pl

from warehouse import i18n
from warehouse.app_db import app_db, audit
from warehouse.areas import tree_of
from warehouse.errors import UsageError
from warehouse.exports.forms import FormName
from warehouse.exports.quarterly_report import COMMAND_LINE
from warehouse.exports.returns_letter import write
from warehouse.gate import Gate, current_gate
from warehouse.i18n import in_language, t
from warehouse.queries.returns import Ask, departments, returns
from warehouse.scope import ALL, Role, Scope, as_department, build_scope
from warehouse.settings import Settings


def write_returns(settings: Settings, month: str, folder: Path, language: str, form: FormName = "xlsx") -> list[Path]:
    """One file for each department that answers for lists, of `month` (2025-12); put in the audit trail.

    Raises: UsageError for a month the snapshot does not hold, ConfigError for a language there is not.
    """
    i18n.set_language(language)
    gate = current_gate(settings)
    office = _office(gate)
    day = _month_of(gate, office, month)
    folder.mkdir(parents=True, exist_ok=True)
    tree, written = tree_of(gate.query("shell/area_tree", office, {})), []
    for row in departments(_asked(gate, office)).iter_rows(named=True):
        path = folder / f"{file_name(in_language(row['name'], row['name_en']), month)}.{form}"
        code = row["department_code"]
        own = as_department(office, code)
        with i18n.units_of(tree.words(None), tree.lowest):
            path.write_bytes(returns_file(_asked(gate, own), code, day, form))
        audit.record(app_db(settings), COMMAND_LINE, audit.Action.EXPORTED, path.name, department=code)
        written.append(path)
    return written


def returns_file(ask: Ask, department: str, month: dt.date, form: FormName = "xlsx") -> bytes:
    """What goes back to one department: the workbook, or a letter with the same rows. `ask` has the reach of that
    department, so that nothing else can be in it."""
    return write(returns(ask, department=department, month=month), form)


def file_name(department: str, month: str) -> str:
    """The name of the file of a department, without its end."""
    name = re.sub(r'[\\/:*?"<>|\s]+', "_", department)
    return f"{t('returns.file')}_{name}_{month}"


def _office(gate: Gate) -> Scope:
    return build_scope(
        user_id=0,
        user_name=COMMAND_LINE,
        role=Role.OFFICE,
        granted_areas=(ALL,),
        granted_departments=(ALL,),
        granted_households=False,
        villages=gate.villages,
        departments=gate.departments,
        groups=gate.groups,
    )


def _asked(gate: Gate, scope: Scope) -> Ask:
    def ask(name: str, /, **params: object) -> pl.DataFrame:
        return gate.query(name, scope, params)

    return ask


def _month_of(gate: Gate, scope: Scope, month: str) -> dt.date:
    place = gate.query("shell/snapshot", scope, {}).row(0, named=True)
    held = f"{place['first_month']:%Y-%m} to {place['last_month']:%Y-%m}"
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise UsageError(f"--month: got {month!r}, expected a month such as 2025-12.")
    day = dt.date.fromisoformat(f"{month}-01")
    if not place["first_month"] <= day <= place["last_month"]:
        raise UsageError(f"--month: got {month}, expected a month from {held}.")
    return day
