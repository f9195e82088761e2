"""What a department must correct, as a workbook for it alone: frames in, bytes out.

Source: YL-6, BX-8; 02-extracts "What real files look like".
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any, Final

import polars as pl

from warehouse.contracts import load_contracts
from warehouse.exports.cells import Column, Kind
from warehouse.exports.xlsx import Sheet, workbook
from warehouse.findings import load_findings
from warehouse.i18n import fmt_days, fmt_month, in_language, label, language, t
from warehouse.intake import explained
from warehouse.queries.returns import Returns
from warehouse.words import findings as finding_words
from warehouse.words.exports import meta

# Findings that say again what is said row by row in another sheet.
_TOLD_ELSEWHERE: Final = frozenset({"row", "column"})
KINDS: Final[dict[str, Kind]] = {
    "row_no": "integer",
    "cells": "integer",
    "n": "integer",
    "days_late": "integer",
    "files": "integer",
    "rows_read": "integer",
    "rows_accepted": "integer",
    "rows_quarantined": "integer",
    "due_on": "date",
    "received_on": "date",
    "month": "month",
    "first_seen_month": "month",
}


def returns_workbook(found: Returns) -> bytes:
    """The workbook of one department and month (.xlsx): what to do, then each kind of fault row by row."""
    department = in_language(found.department["name"], found.department["name_en"])
    findings = told_findings(found.findings)
    unread = unread_values(found.files)
    sheets = [
        _sheet("summary", summary(found, findings, unread), ("item", "n", "fix")),
        _sheet(
            "rejected",
            explained(listed(found.rejected), language()),
            ("list", "file_name", "sheet", "row_no", "column_title", "shown", "reason", "fix"),
        ),
        _sheet("unread", unread, ("list", "file_name", "column_title", "cells", "fix")),
        _sheet(
            "findings",
            findings,
            (
                *("list", "file_name", "row_no", "household_no", "area_name", "rule_name", "said", "severity_words"),
                *("first_seen_month", "again", "fix"),
            ),
        ),
        _sheet("unlinked", unlinked(found.unlinked), ("list", "file_name", "row_no", "area_name", "reason", "fix")),
        _sheet(
            "pushes",
            pushes(found.pushes),
            ("month", "list", "due_on", "received_on", "days_late", "state", "fix"),
        ),
    ]
    heading = t("returns.title", department=department, month=fmt_month(found.month))
    titled = [replace(sheet, title=f"{heading}{t('returns.title_dash')}{sheet.title}") for sheet in sheets]
    return workbook([replace(sheets[0], title=heading), *titled[1:]], meta(found.place), period=fmt_month(found.month))


def _sheet(name: str, frame: pl.DataFrame, columns: tuple[str, ...]) -> Sheet:
    """A sheet by its name; where there is nothing to correct it says so."""
    heads = [Column(column, t(f"returns.column.{column}"), KINDS.get(column, "text")) for column in columns]
    notes = [t(f"returns.{name}.note")]
    if frame.is_empty():
        notes.insert(0, t("returns.nothing"))
    return Sheet(t(f"returns.{name}.tab"), t(f"returns.{name}.tab"), heads, frame, tuple(notes))


def summary(found: Returns, findings: pl.DataFrame, unread: pl.DataFrame) -> pl.DataFrame:
    """What there is, with what to do about it. Returns: one row per line: item, n (count), fix."""
    states = Counter(found.pushes.filter(pl.col("month") == found.month)["state"])
    late = found.pushes.filter(pl.col("month") == found.month, pl.col("push_state") == "late").height
    missing = found.pushes.filter(pl.col("push_state") == "missing").height
    counts = {
        **{name: int(found.files[name].sum() or 0) for name in ("rows_read", "rows_accepted", "rows_repaired")},
        "rejected": found.rejected.height,
        "unread": int(unread["cells"].sum() or 0),
        "findings": findings.height,
        "unlinked": found.unlinked.height,
        "late": late,
        "missing": missing,
        "zero_report": states["zero_report"],
    }
    rows = [(t(f"returns.item.{name}"), n, t(f"returns.item.{name}.fix") if n else None) for name, n in counts.items()]
    return pl.DataFrame(rows, schema={"item": pl.String, "n": pl.Int64, "fix": pl.String}, orient="row")


def unread_values(files: pl.DataFrame) -> pl.DataFrame:
    """Values of optional columns that became blank. Returns: one row per file and column: list, file_name,
    column_title, cells, fix."""
    rows: list[dict[str, Any]] = []
    for row in listed(files).iter_rows(named=True):
        titles = {column.name: column.title for column in load_contracts()[row["extract"]].columns}
        rows += [
            {
                "list": row["list"],
                "file_name": row["file_name"],
                "column_title": titles.get(column, column),
                "cells": cells,
                "fix": t("returns.unread.fix"),
            }
            for column, cells in sorted(json.loads(row["nulled"] or "{}").items())
        ]
    texts = dict.fromkeys(("list", "file_name", "column_title", "fix"), pl.String)
    return pl.DataFrame(rows, schema={**texts, "cells": pl.Int64})


def told_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """The findings about households and people in words; those that the other sheets list row by row are left out."""
    own = findings.filter(~pl.col("rule").is_in(_rules_told_elsewhere()))
    rows = own.to_dicts()
    texts: dict[str, list[str | None]] = {
        "list": [finding_words.list_title(row["extract"]) for row in rows],
        "rule_name": [finding_words.name_of(row["rule"]) for row in rows],
        "said": [finding_words.sentence(row) for row in rows],
        "severity_words": [label("severity", row["severity"]) for row in rows],
        "again": [t("returns.again") if row["came_back"] else None for row in rows],
        "fix": [finding_words.fix(row["rule"]) for row in rows],
    }
    return own.with_columns(pl.Series(name, words, dtype=pl.String) for name, words in texts.items())


def _rules_told_elsewhere() -> list[str]:
    return [name for name, rule in load_findings().items() if rule.subject in _TOLD_ELSEWHERE]


def unlinked(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that were linked to nobody, with reason and fix in words."""
    reasons = rows["reason"].to_list()
    return listed(rows).with_columns(
        pl.Series("reason", [label("unlinked", code) for code in reasons], dtype=pl.String),
        pl.Series("fix", [t(f"returns.unlinked.{code}") for code in reasons], dtype=pl.String),
    )


def pushes(frame: pl.DataFrame) -> pl.DataFrame:
    """Every list of the month and those still missing, with what to do; on a day late or on time nothing is said."""
    rows = frame.select("state", "push_state", "days_late", "towns_missing").rows(named=True)
    late = [max(row["days_late"] or 0, 0) or None for row in rows]
    return listed(frame).with_columns(
        pl.Series("days_late", late, dtype=pl.Int64),
        pl.Series("state", [_state(row, days) for row, days in zip(rows, late, strict=True)], dtype=pl.String),
        pl.Series("fix", [_push_fix(row["push_state"], row["towns_missing"]) for row in rows], dtype=pl.String),
    )


def _state(row: dict[str, Any], days: int | None) -> str:
    words = label("push_state", row["state"])
    if row["state"] == "zero_report" and days:
        return t("returns.zero_late", state=words, days=fmt_days(days))
    return words


def _push_fix(state: str | None, towns: str | None) -> str | None:
    if state == "part":
        return t("returns.push.part", towns=towns)
    return t(f"returns.push.{state}") if state in ("missing", "late") else None


def listed(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the title of their list in the reader's language, as `list`."""
    titles = [in_language(title, title_en) for title, title_en in frame.select("title", "title_en").iter_rows()]
    return frame.with_columns(pl.Series("list", titles, dtype=pl.String))
