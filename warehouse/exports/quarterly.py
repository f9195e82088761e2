"""The quarterly summary as a workbook: metrics, villages, rectification, data quality, definitions, parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse.exports.cells import Column, Kind
from warehouse.exports.xlsx import Meta, Sheet, workbook
from warehouse.i18n import fmt_period, t
from warehouse.metrics import load_metrics
from warehouse.stats.funnel import with_verdict
from warehouse.stats.verdicts import (
    better_of,
    change,
    change_sentence,
    state_sentence,
    target_sentence,
    unknown_sentence,
    verdict_words,
)

_ISSUE_COUNTS = ("found", "open", "overdue", "rectified", "failed", "closed")
_QUALITY_COUNTS = ("due", "on_time", "late", "missing", "rows_read", "rows_accepted", "rows_quarantined", "rows_linked")


@dataclass(frozen=True)
class QuarterlyFrames:
    """What the summary is made of; names are already in the reader's language.

    metrics: one row per metric in the order of the catalogue: metric, name, better (high, low or null), numerator,
        denominator, unknown, value, low, high, target, state, earlier_numerator, earlier_denominator, code (passport);
        where they are told: item (what is counted), change (words), numerator_people, denominator_people.
    villages: one row per village and main metric, villages by code: area_code, name, metric, numerator, denominator,
        value, low, high, code (passport).
    issues: one row per village by code: name, found, open, overdue, rectified, failed, closed (counts).
    quality: one row per list: name, department, due, on_time, late, missing (months), rows_read, rows_accepted,
        rows_quarantined, rows_linked.
    definitions: one row per metric: metric, name, question, numerator, denominator, clause, caveat, model.
    reported: one row per figure that was reported otherwise: name, then, now, why, reported (words); null where nothing
        was reported before, or figures are those of a release. reported_words: how many of how many.
    parameters: one row per value in force: parameter, value, unit, valid_from (date), source, clause, note.
    """

    metrics: pl.DataFrame
    villages: pl.DataFrame
    issues: pl.DataFrame
    quality: pl.DataFrame
    definitions: pl.DataFrame
    parameters: pl.DataFrame
    reported: pl.DataFrame | None = None
    reported_words: str = ""


def quarterly_summary(period: str, earlier: str, frames: QuarterlyFrames, meta: Meta) -> bytes:
    """The summary of `period` (2025Q4) against `earlier` (2025Q3) as .xlsx.

    Source: ST-6b, YL-5a; 06-metrics.
    """
    return workbook(list(quarterly_sheets(earlier, frames, meta.place).values()), meta, period=fmt_period(period))


def quarterly_sheets(earlier: str, frames: QuarterlyFrames, place: str) -> dict[str, Sheet]:
    """The tables of the summary by name, in order; `earlier` as in quarterly_summary."""
    return {
        "summary": summary_sheet(frames.metrics, fmt_period(earlier), place),
        "villages": villages_sheet(frames, place),
        "issues": issues_sheet(frames.issues, place),
        "quality": quality_sheet(frames.quality, place),
        "definitions": definitions_sheet(frames.definitions),
        **reported_sheets(frames, place),
        "codes": codes_sheet(frames, place),
        "parameters": parameters_sheet(frames.parameters),
    }


def summary_sheet(metrics: pl.DataFrame, earlier: str, place: str) -> Sheet:
    """Every metric of the period beside the one before."""
    rows = metrics.to_dicts()
    frame = metrics.with_columns(
        pl.Series("change", [row.get("change") or _change_words(row, earlier) for row in rows], dtype=pl.String),
        pl.Series("words", [_words(row) for row in rows], dtype=pl.String),
    )
    kinds: list[tuple[str, Kind]] = [("name", "text"), ("numerator", "integer"), ("denominator", "integer")]
    beside: list[tuple[str, Kind]] = [
        ("item", "text"),
        ("numerator_people", "integer"),
        ("denominator_people", "integer"),
    ]
    kinds += [(name, kind) for name, kind in beside if name in metrics.columns]
    kinds += [("unknown", "integer"), ("value", "share"), ("low", "share"), ("high", "share"), ("target", "share")]
    kinds += [("change", "text"), ("words", "text"), ("code", "text")]
    notes = (t("export.summary.note_interval"), t("export.summary.note_unknown"), t("export.summary.note_change"))
    return sheet_of("summary", frame, kinds, place=place, notes=notes)


def villages_sheet(frames: QuarterlyFrames, place: str) -> Sheet:
    """Villages down in the order of their codes, five columns for each metric across."""
    villages = frames.villages
    names = villages.select("area_code", "name").unique("area_code", maintain_order=True).sort("area_code")
    columns = [Column("area_code", t("export.column.area_code")), Column("name", t("export.column.village"))]
    wholes = {row["metric"]: row for row in frames.metrics.to_dicts()}
    for metric in villages["metric"].unique(maintain_order=True):
        whole = wholes[metric]
        p0 = whole["numerator"] / whole["denominator"] if whole["denominator"] else None
        part = with_verdict(villages.filter(pl.col("metric") == metric), p0)
        good = better_of(load_metrics()[metric].direction) if metric in load_metrics() else None
        words = [verdict_words(verdict, good) for verdict in part["verdict"]]
        part = part.with_columns(pl.Series("verdict", words, dtype=pl.String))
        kinds: list[tuple[str, Kind]] = [("numerator", "integer"), ("denominator", "integer"), ("value", "share")]
        kinds += [("low", "share"), ("high", "share"), ("verdict", "text")]
        renamed = part.select("area_code", *(pl.col(field).alias(f"{metric} {field}") for field, _ in kinds))
        names = names.join(renamed, on="area_code", how="left", maintain_order="left")
        columns += [
            Column(f"{metric} {field}", f"{whole['name']}\n{t(f'export.column.{field}')}", kind)
            for field, kind in kinds
        ]
    notes = (t("export.villages.note_order"), t("export.villages.note_verdict", place=place))
    return Sheet(t("export.villages.tab"), t("export.villages.title", place=place), columns, names, notes)


def reported_sheets(frames: QuarterlyFrames, place: str) -> dict[str, Sheet]:
    """What differs from what was last reported, if anything was."""
    if frames.reported is None:
        return {}
    heads = {"name": "metric", "then": "then", "now": "now", "why": "why", "reported": "reported"}
    columns = [Column(name, t(f"passport.column.{head}")) for name, head in heads.items()]
    tab, title = t("passport.reported.tab"), t("passport.reported.title", place=place)
    return {"reported": Sheet(tab, title, columns, frames.reported, (frames.reported_words,))}


def codes_sheet(frames: QuarterlyFrames, place: str) -> Sheet:
    """The passport code of every figure in the workbook: of the whole, then of each village, metric by metric."""
    fields = ("metric", "numerator", "denominator", "code")
    wholes = frames.metrics.select("name", *fields, where=pl.lit(place))
    names = dict(frames.metrics.select("metric", "name").iter_rows())
    parts = frames.villages.select(
        pl.col("metric").replace_strict(names, return_dtype=pl.String).alias("name"), *fields, where=pl.col("name")
    )
    kinds: dict[str, Kind] = {"numerator": "integer", "denominator": "integer"}
    heads = {"name": "metric", "where": "where", "numerator": "numerator", "denominator": "denominator", "code": "code"}
    columns = [Column(name, t(f"passport.column.{head}"), kinds.get(name, "text")) for name, head in heads.items()]
    return Sheet(
        t("passport.sheet.tab"),
        t("passport.sheet.title", place=place),
        columns,
        pl.concat([wholes.select(*heads), parts.select(*heads)]),
        (t("passport.sheet.note"),),
    )


def issues_sheet(issues: pl.DataFrame, place: str) -> Sheet:
    """Issues by village and state."""
    kinds: list[tuple[str, Kind]] = [("name", "text"), *((name, "integer") for name in _ISSUE_COUNTS)]
    total = (t("export.total"), *(int(issues[name].sum() or 0) for name in _ISSUE_COUNTS))
    return sheet_of(
        "issues", issues, kinds, place=place, total=total, notes=(t("export.issues.note"),), first="village"
    )


def quality_sheet(quality: pl.DataFrame, place: str) -> Sheet:
    """How each list came, and what became of its rows."""
    kinds: list[tuple[str, Kind]] = [("name", "text"), ("department", "text")]
    kinds += [(name, "integer") for name in _QUALITY_COUNTS]
    total = (t("export.total"), None, *(int(quality[name].sum() or 0) for name in _QUALITY_COUNTS))
    return sheet_of(
        "quality", quality, kinds, place=place, total=total, notes=(t("export.quality.note"),), first="list"
    )


def definitions_sheet(definitions: pl.DataFrame) -> Sheet:
    """How each metric is counted."""
    fields = ("metric", "name", "question", "numerator", "denominator", "clause", "caveat", "model")
    columns = [Column(name, t(f"export.definition.{name}")) for name in fields]
    return Sheet(t("export.definitions.tab"), t("export.definitions.title"), columns, definitions)


def parameters_sheet(parameters: pl.DataFrame) -> Sheet:
    """A value of another place that stands in, and one set locally, are named so in words."""
    words = [
        t(f"export.source.{source}") if source in ("stand_in", "local") else source for source in parameters["source"]
    ]
    frame = parameters.with_columns(pl.Series("source", words, dtype=pl.String))
    kinds: list[tuple[str, Kind]] = [("parameter", "text"), ("value", "text"), ("unit", "text"), ("valid_from", "date")]
    kinds += [("source", "text"), ("clause", "text"), ("note", "text")]
    columns = [Column(name, t(f"export.parameter.{name}"), kind) for name, kind in kinds]
    return Sheet(t("export.parameters.tab"), t("export.parameters.title"), columns, frame)


def sheet_of(
    name: str,
    frame: pl.DataFrame,
    kinds: list[tuple[str, Kind]],
    *,
    place: str,
    notes: tuple[str, ...] = (),
    total: tuple[Any, ...] | None = None,
    first: str = "metric",
) -> Sheet:
    """A sheet whose tab, title and headings are found by its name; `first` heads the column of names."""
    columns = [Column(field, t(f"export.column.{first if field == 'name' else field}"), kind) for field, kind in kinds]
    return Sheet(t(f"export.{name}.tab"), t(f"export.{name}.title", place=place), columns, frame, notes, total)


def _change_words(row: dict[str, Any], earlier: str) -> str:
    found = change(row["numerator"], row["denominator"], row["earlier_numerator"], row["earlier_denominator"])
    return change_sentence(found, earlier)


def _words(row: dict[str, Any]) -> str:
    """State, target and unknowns of a metric, in words."""
    said = [
        state_sentence(row["state"]),
        target_sentence(row["numerator"], row["denominator"], row["target"], row["better"]),
        unknown_sentence(row["unknown"]),
    ]
    return t("export.sentence_separator").join(words for words in said if words)
