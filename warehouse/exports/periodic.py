"""The monthly report (DJ-8) and the annual evaluation (ST-6b) as workbooks: frames in, bytes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from warehouse.exports.cells import Column, Kind
from warehouse.exports.quarterly import (
    QuarterlyFrames,
    codes_sheet,
    definitions_sheet,
    issues_sheet,
    parameters_sheet,
    quality_sheet,
    reported_sheets,
    sheet_of,
    summary_sheet,
    villages_sheet,
)
from warehouse.exports.xlsx import Meta, Sheet, workbook
from warehouse.i18n import fmt_period, label, t

Kinds = tuple[tuple[str, Kind], ...]
_REGISTER_COUNTS: Final = (
    "households", "people", "households_admitted", "people_admitted", "households_left", "people_left",
)  # fmt: skip
_VILLAGE_COUNTS: Final = (
    "households", "members", "assisted_people", "people_admitted", "people_left", "payments", "amount", "gradual_exit",
    "monitored", "gaps", "gaps_found", "gaps_cleared", "open_at_end", "overdue_at_end",
)  # fmt: skip
_STEP_COUNTS: Final = ("step_due", "in_time", "step_late", "never_done", "not_due", "not_counted")
_SURVEY_COUNTS: Final = ("resident_households", "visited", "forms_done", "with_findings")
_FINDING_COUNTS: Final = ("new_findings", "cleared_findings", "came_back", "open_findings")


@dataclass(frozen=True)
class MonthlyFrames:
    """What a month's report is made of; words in the reader's language, areas by code.

    overview: one row per line of the report: line, now, before (whole numbers), unit (words), code (passport of `now`).
    registers: register (code) and its counts of households and people, admitted and left in the month.
    villages: one row per village: area_code, name and its counts; amount in yuan.
    gaps: one row per gap: gap (code), households, people, newly_found, cleared (null in the first month of the data).
    evaluation: the sheets that every report has.
    """

    overview: pl.DataFrame
    registers: pl.DataFrame
    villages: pl.DataFrame
    gaps: pl.DataFrame
    evaluation: QuarterlyFrames


@dataclass(frozen=True)
class AnnualFrames:
    """What a year's evaluation is made of; words in the reader's language, areas by code.

    quarters: one row per metric in reading order: name, and per quarter its numerator, denominator and share.
    inspections: one row per village: name, inspected_on, looked_back_on (days, null: not yet), visits; none
        where the place asks for no visits.
    surveys: one row per village and round: name, round, counts. steps: step (words), limit, counts (step_due,
    in_time, step_late, ...), share (0-1, null: none due), low, high, typical (words). findings: name,
    severity (code), counts. evaluation: as in every report.
    """

    quarters: pl.DataFrame
    inspections: pl.DataFrame
    surveys: pl.DataFrame
    steps: pl.DataFrame
    findings: pl.DataFrame
    evaluation: QuarterlyFrames


def monthly_workbook(period: str, earlier: str, frames: MonthlyFrames, meta: Meta) -> bytes:
    """The report of a month (2025-12) as .xlsx. Source: DJ-8."""
    return workbook(list(monthly_sheets(earlier, frames, meta.place).values()), meta, period=fmt_period(period))


def monthly_sheets(earlier: str, frames: MonthlyFrames, place: str) -> dict[str, Sheet]:
    """The tables of a month's report by name, in order."""
    evaluation = frames.evaluation
    registers = frames.registers.with_columns(_labels("tier", frames.registers["register"]).alias("register"))
    gaps = frames.gaps.with_columns(_labels("gap", frames.gaps["gap"]).alias("gap"))
    gap_kinds: Kinds = (("gap", "text"), *_integers(("households", "people", "newly_found", "cleared")))
    lines: Kinds = (("line", "text"), ("now", "integer"), ("before", "integer"), ("unit", "text"), ("code", "text"))
    return {
        "overview": _sheet("overview", frames.overview, lines, place),
        "registers": _sheet(
            "registers", registers, (("register", "text"), *_integers(_REGISTER_COUNTS)), place, note=True
        ),
        "villages": _village_sheet(frames.villages, place),
        "gaps": _sheet("gaps", gaps, gap_kinds, place, note=True),
        "issues": issues_sheet(evaluation.issues, place),
        "quality": quality_sheet(evaluation.quality, place),
        "summary": summary_sheet(evaluation.metrics, fmt_period(earlier), place),
        "definitions": definitions_sheet(evaluation.definitions),
        **reported_sheets(evaluation, place),
        "codes": codes_sheet(evaluation, place),
        "parameters": parameters_sheet(evaluation.parameters),
    }


def annual_workbook(period: str, earlier: str, frames: AnnualFrames, meta: Meta) -> bytes:
    """The evaluation of a year (2025) as .xlsx. Source: ST-6b."""
    return workbook(list(annual_sheets(earlier, frames, meta.place).values()), meta, period=fmt_period(period))


def annual_sheets(earlier: str, frames: AnnualFrames, place: str) -> dict[str, Sheet]:
    """The tables of a year's evaluation by name, in order."""
    evaluation = frames.evaluation
    findings = frames.findings.with_columns(_labels("severity", frames.findings["severity"]).alias("severity"))
    days: Kinds = (("inspected_on", "date"), ("looked_back_on", "date"), ("visits", "integer"))
    shares: Kinds = (
        ("share", "share"),
        ("low", "share"),
        ("high", "share"),
        ("typical", "text"),
    )
    visits: Kinds = (("name", "text"), *days)
    rounds: Kinds = (("name", "text"), ("round", "integer"), *_integers(_SURVEY_COUNTS), ("share", "share"))
    steps: Kinds = (("step", "text"), ("limit", "text"), *_integers(_STEP_COUNTS), *shares)
    contradictions: Kinds = (("finding", "text"), ("severity", "text"), *_integers(_FINDING_COUNTS))
    return {
        "summary": summary_sheet(evaluation.metrics, fmt_period(earlier), place),
        "quarters": _quarters_sheet(frames.quarters, place),
        "villages": villages_sheet(evaluation, place),
        "inspections": _inspections_sheet(frames.inspections, visits, place),
        "surveys": _sheet("surveys", frames.surveys, rounds, place),
        "issues": issues_sheet(evaluation.issues, place),
        "steps": _sheet("steps", frames.steps, steps, place, note=True),
        "quality": quality_sheet(evaluation.quality, place),
        "findings": _sheet("findings", findings, contradictions, place, note=True),
        "definitions": definitions_sheet(evaluation.definitions),
        **reported_sheets(evaluation, place),
        "codes": codes_sheet(evaluation, place),
        "parameters": parameters_sheet(evaluation.parameters),
    }


def _sheet(
    name: str,
    frame: pl.DataFrame,
    kinds: Kinds,
    place: str,
    *,
    note: bool = False,
) -> Sheet:
    notes = (t(f"export.{name}.note"),) if note else ()
    return sheet_of(name, frame, list(kinds), place=place, notes=notes, first="village")


def _integers(names: tuple[str, ...]) -> Kinds:
    return tuple((name, "integer") for name in names)


def _labels(kind: str, codes: pl.Series) -> pl.Series:
    return pl.Series([label(kind, code) for code in codes], dtype=pl.String)


def _village_sheet(villages: pl.DataFrame, place: str) -> Sheet:
    kinds: list[tuple[str, Kind]] = [("area_code", "text"), ("name", "text")]
    kinds += [(name, "money" if name == "amount" else "integer") for name in _VILLAGE_COUNTS]
    total = ("", t("export.total"), *((villages[name].sum() or 0) for name in _VILLAGE_COUNTS))
    return sheet_of(
        "monthly_villages",
        villages,
        kinds,
        place=place,
        notes=(t("export.villages.note_order"),),
        total=total,
        first="village",
    )


def _quarters_sheet(quarters: pl.DataFrame, place: str) -> Sheet:
    """Metrics down in reading order; per quarter numerator, denominator and share."""
    kinds: dict[str, Kind] = {"numerator": "integer", "denominator": "integer", "share": "share"}
    columns = [Column("name", t("export.column.metric"))]
    for column in quarters.columns:
        period, _, field = column.partition(" ")
        if field in kinds:
            columns.append(Column(column, f"{fmt_period(period)}\n{t(f'export.column.{field}')}", kinds[field]))
    title = t("export.quarters.title", place=place)
    return Sheet(t("export.quarters.tab"), title, columns, quarters, (t("export.summary.note_interval"),))


def _inspections_sheet(inspections: pl.DataFrame, kinds: Kinds, place: str) -> Sheet:
    """22/22: how many were reached is said under the table; days have no total."""
    reached = {name: inspections[name].count() for name in ("inspected_on", "looked_back_on")}
    words = t(
        "export.inspections.total",
        inspected=reached["inspected_on"],
        looked_back=reached["looked_back_on"],
        all=inspections.height,
    )
    notes = (words, t("export.inspections.note")) if inspections.height else (t("look_back.not_asked"),)
    return sheet_of("inspections", inspections, list(kinds), place=place, notes=notes, first="village")
