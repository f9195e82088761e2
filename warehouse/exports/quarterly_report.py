"""The quarterly summary of a snapshot: asks for what it holds, in the reader's language, and writes it in a form.

`ask` is how questions reach the gate: the cached one of a page, or that of the command line.
"""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from warehouse import i18n
from warehouse.areas import AreaTree, tree_of
from warehouse.errors import UsageError
from warehouse.exports.codes import metric_codes
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.quarterly import QuarterlyFrames, quarterly_summary
from warehouse.exports.report_frames import Ask, told_of, unasked
from warehouse.exports.report_paper import quarterly_paper
from warehouse.exports.reported import reported_of
from warehouse.exports.xlsx import Frozen, Meta
from warehouse.gate import Gate
from warehouse.i18n import fmt_period, in_language, label
from warehouse.metrics import load_metrics
from warehouse.periods import kind_of, period_before, period_days
from warehouse.scope import ALL, Role, build_scope
from warehouse.words.evaluation import better, change_text, definition_row, with_unasked
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


def quarterly_report(ask: Ask, period: str, *, frozen: Frozen | None = None, form: FormName = "xlsx") -> bytes:
    """The summary of `period` in the form asked for; `frozen` says which release `ask` reads, if it is one.

    Raises: UsageError for a quarter the snapshot does not hold. Source: ST-6b.
    """
    evaluation, said, tree = evaluation_of(ask, period, r"\d{4}Q[1-4]", "a quarter such as 2025Q4", frozen)
    with i18n.units_of(tree.words(None), tree.lowest):
        if form == "xlsx":
            return quarterly_summary(period, period_before(period), evaluation, said)
        return FORMS[form].write(quarterly_paper(evaluation, told_of(ask, period, compared_of(tree)), said))


def evaluation_of(
    ask: Ask, period: str, form: str, wanted: str, frozen: Frozen | None
) -> tuple[QuarterlyFrames, Meta, AreaTree]:
    """What every report holds, where its figures come from, and the areas that it compares.

    Raises: UsageError for a period that is not of the form wanted, or that the snapshot does not hold.
    """
    if not re.fullmatch(form, period):
        raise UsageError(f"--period: got {period!r}, expected {wanted}.")
    kind, (start, end) = kind_of(period), period_days(period)
    metrics = ask("metric/in_period", period_kind=kind, period=period, earlier=period_before(period), area=None)
    place = ask("shell/snapshot").row(0, named=True)
    if metrics.is_empty():
        held = f"{place['first_month']:%Y-%m} to {place['last_month']:%Y-%m}"
        raise UsageError(f"--period: got {period}, expected {wanted.split(' such')[0]} from {held}.")
    parameters = ask("about/parameters")
    stand_ins = parameters.filter("is_stand_in", "is_in_force")["parameter"].to_list()
    tree = tree_of(ask("shell/area_tree"))
    areas = compared_of(tree)
    reported = (None, "") if frozen else reported_of(ask, metrics, place, period)
    frames = QuarterlyFrames(
        metrics=metrics_told(with_unasked(metric_codes(metrics, place), unasked(ask)), period_before(period)),
        villages=metric_codes(villages_told(ask, kind, period, areas), place),
        issues=ask("quarterly/issues", end=end, areas=areas),
        quality=lists_told(ask("quarterly/lists", start=start, end=end)),
        definitions=definitions_told(),
        parameters=parameters_told(
            parameters.filter(
                (pl.col("valid_from") <= end) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= end))
            )
        ),
        reported=reported[0],
        reported_words=reported[1],
    )
    return frames, replace(meta(place), stand_ins=tuple(parameter(name) for name in stand_ins), frozen=frozen), tree


def compared_of(tree: AreaTree) -> str | None:
    """The areas that are compared, as queries take them."""
    return ",".join(tree.compared(None)) or None


def villages_told(ask: Ask, kind: str, period: str, areas: str | None) -> pl.DataFrame:
    """The main metrics of the areas that are compared, metric by metric in the order they are told."""
    asked = {"metrics": ",".join(OF_VILLAGES), "period_kind": kind, "period": period, "areas": areas}
    order = pl.DataFrame({"metric": OF_VILLAGES})
    found = order.join(ask("evaluation/villages", **asked), on="metric", how="inner", maintain_order="left_right")
    return found.with_columns(period=pl.lit(period))


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
