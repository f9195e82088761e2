"""The quarterly summary of a snapshot: asks for what it holds, in the reader's language, and writes the workbook.

`ask` is how questions reach the gate: the cached one of a page, or that of the command line.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import polars as pl

from warehouse import i18n
from warehouse.app_db import app_db, audit
from warehouse.areas import tree_of
from warehouse.errors import UsageError
from warehouse.exports.quarterly import QuarterlyFrames, quarterly_summary
from warehouse.exports.xlsx import Frozen
from warehouse.gate import Gate, current_gate
from warehouse.i18n import fmt_period, in_language, label
from warehouse.metrics import load_metrics
from warehouse.scope import ALL, Role, build_scope
from warehouse.settings import Settings
from warehouse.words.evaluation import better, change_text, definition_row
from warehouse.words.exports import meta
from warehouse.words.metric import name_of
from warehouse.words.parameters import document, note, parameter, unit
from warehouse.words.themes import themes

COMMAND_LINE = "command line"
# The figures that the sheet of villages tells: what is counted in each village, complements left out.
OF_VILLAGES = (
    "coverage_rate", "ineligible_rate", "monitored_rate", "warning_checked_in_time", "survey_coverage",
    "rectified_in_time", "income_known",
)  # fmt: skip


class Ask(Protocol):
    """Runs `sql/<name>.sql` within a scope."""

    def __call__(self, name: str, /, **params: object) -> pl.DataFrame: ...


def write_quarterly(settings: Settings, period: str, to: Path, language: str) -> None:
    """Write the summary of `period` (2025Q4) from the snapshot that is served, in `language`; put in the audit trail.

    Raises: UsageError for a quarter the snapshot does not hold, ConfigError for a language there is not.
    """
    i18n.set_language(language)
    to.write_bytes(quarterly_report(office_ask(current_gate(settings)), period))
    audit.record(app_db(settings), COMMAND_LINE, audit.Action.EXPORTED, to.name)


def office_ask(gate: Gate) -> Ask:
    """Questions to a snapshot with the reach of the office: every area and list, no single household."""
    scope = build_scope(
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

    def ask(name: str, /, **params: object) -> pl.DataFrame:
        return gate.query(name, scope, params)

    return ask


def quarterly_report(ask: Ask, period: str, *, frozen: Frozen | None = None) -> bytes:
    """The summary of `period` as .xlsx; `frozen` says which release `ask` reads, if it is one.

    Raises: UsageError for a quarter the snapshot does not hold. Source: ST-6b.
    """
    if not re.fullmatch(r"\d{4}Q[1-4]", period):
        raise UsageError(f"--period: got {period!r}, expected a quarter such as 2025Q4.")
    earlier, start, end = _quarter(period)
    metrics = ask("metric/in_period", period_kind="quarter", period=period, earlier=earlier, area=None)
    place = ask("shell/snapshot").row(0, named=True)
    if metrics.is_empty():
        held = f"{place['first_month']:%Y-%m} to {place['last_month']:%Y-%m}"
        raise UsageError(f"--period: got {period}, expected a quarter from {held}.")
    parameters = ask("about/parameters")
    stand_ins = parameters.filter("is_stand_in", "is_in_force")["parameter"].to_list()
    tree = tree_of(ask("shell/area_tree"))
    areas = ",".join(tree.compared(None)) or None
    frames = QuarterlyFrames(
        metrics=metrics_told(metrics, earlier),
        villages=villages_told(ask, "quarter", period, areas),
        issues=ask("quarterly/issues", end=end, areas=areas),
        quality=lists_told(ask("quarterly/lists", start=start, end=end)),
        definitions=definitions_told(),
        parameters=parameters_told(
            parameters.filter(
                (pl.col("valid_from") <= end) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= end))
            )
        ),
    )
    said = replace(meta(place), stand_ins=tuple(parameter(name) for name in stand_ins), frozen=frozen)
    with i18n.units_of(tree.words(None), tree.lowest):
        return quarterly_summary(period, earlier, frames, said)


def _quarter(period: str) -> tuple[str, dt.date, dt.date]:
    """The quarter before, and the first and last day of this one."""
    year, quarter = int(period[:4]), int(period[-1])
    after = dt.date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    earlier = f"{year}Q{quarter - 1}" if quarter > 1 else f"{year - 1}Q4"
    return earlier, dt.date(year, quarter * 3 - 2, 1), after - dt.timedelta(days=1)


def villages_told(ask: Ask, kind: str, period: str, areas: str | None) -> pl.DataFrame:
    """The main metrics of the areas that are compared, metric by metric in the order they are told."""
    asked = {"metrics": ",".join(OF_VILLAGES), "period_kind": kind, "period": period, "areas": areas}
    order = pl.DataFrame({"metric": OF_VILLAGES})
    return order.join(ask("evaluation/villages", **asked), on="metric", how="inner", maintain_order="left_right")


def _in_order() -> list[str]:
    return [metric for part in themes().values() for metric in part]


def metrics_told(metrics: pl.DataFrame, earlier: str) -> pl.DataFrame:
    """The metrics in reading order, with names and good sides as the sheets take them."""
    order = pl.DataFrame({"metric": _in_order()})
    frame = order.join(metrics, on="metric", how="inner", maintain_order="left")
    counts = [metric for metric, entry in load_metrics().items() if entry.unit in ("count", "rate")]
    changes = [change_text(row, fmt_period(earlier)) for row in frame.iter_rows(named=True)]
    return frame.with_columns(
        pl.Series("name", [name_of(metric) for metric in frame["metric"]], dtype=pl.String),
        pl.Series("item", [label("item", load_metrics()[metric].item) for metric in frame["metric"]], dtype=pl.String),
        pl.Series("change", changes, dtype=pl.String),
        pl.Series("better", [better(metric) for metric in frame["metric"]], dtype=pl.String),
        # The column of rates would show a count of 25 as 2500%: numerator and denominator say it.
        pl.when(pl.col("metric").is_in(counts)).then(None).otherwise(pl.col("value")).alias("value"),
    )


def lists_told(lists: pl.DataFrame) -> pl.DataFrame:
    """The lists with titles and departments in the reader's language."""
    rows = lists.to_dicts()
    return lists.with_columns(
        pl.Series("name", [in_language(row["title"], row["title_en"]) for row in rows], dtype=pl.String),
        pl.Series(
            "department", [in_language(row["department"], row["department_en"]) for row in rows], dtype=pl.String
        ),
    )


def definitions_told() -> pl.DataFrame:
    """How each metric is counted, in reading order."""
    return pl.DataFrame([{"name": name_of(metric), **definition_row(metric)} for metric in _in_order()])


def parameters_told(parameters: pl.DataFrame) -> pl.DataFrame:
    """Parameters as the sheet of parameters words them."""
    rows = parameters.to_dicts()
    return parameters.with_columns(
        pl.Series("parameter", [parameter(row["parameter"]) for row in rows], dtype=pl.String),
        pl.Series("unit", [unit(row["unit"]) for row in rows], dtype=pl.String),
        pl.Series("source", [_source(row["source"], row["clause"]) for row in rows], dtype=pl.String),
        pl.Series("note", [note(row) for row in rows], dtype=pl.String),
    )


def _source(source: str, clause: str) -> str:
    """stand_in and local stay as they are (the sheet words them); a document is named by its clause."""
    return source if source in ("stand_in", "local") else document(clause)
