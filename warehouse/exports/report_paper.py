"""The quarterly summary, the monthly report (DJ-8) and the annual evaluation (ST-6b) as papers: frames in, words out.

Their sentences are those of the pages, their tables those of the workbooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

import polars as pl

from warehouse.charts import trend
from warehouse.charts.evaluation import village_funnel
from warehouse.charts.theme import spec
from warehouse.exports.cells import Column, Kind
from warehouse.exports.document import (
    Block,
    Bullets,
    DataTable,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    PageBreak,
    Paragraph,
    Picture,
)
from warehouse.exports.paper import wide
from warehouse.exports.periodic import AnnualFrames, MonthlyFrames, annual_sheets, monthly_sheets
from warehouse.exports.quarterly import (
    QuarterlyFrames,
    definitions_sheet,
    parameters_sheet,
    quarterly_sheets,
    reported_sheets,
)
from warehouse.exports.report_frames import DRAWN, Told
from warehouse.exports.xlsx import Meta, Sheet
from warehouse.i18n import fmt_date, fmt_number, fmt_period, fmt_ratio, fmt_share, label, t, t_counts
from warehouse.metrics import load_metrics
from warehouse.stats.funnel import with_verdict
from warehouse.words import evaluation as words
from warehouse.words import joint_meeting as meeting_words
from warehouse.words import meeting_parts as parts
from warehouse.words.metric import name_of
from warehouse.words.themes import HEADLINES, themes

_LINE_COLUMNS: Final = ("name", "value", "counts", "interval", "target", "change")
_LINE_WIDTHS: Final = (0.25, 0.1, 0.14, 0.17, 0.17, 0.17)
_DEFINITION_COLUMNS: Final = ("name", "numerator", "denominator", "clause")
_DEFINITION_WIDTHS: Final = (0.2, 0.33, 0.33, 0.14)
_PARAMETER_COLUMNS: Final = ("parameter", "value", "unit", "valid_from", "source", "clause")
_QUALITY_COLUMNS: Final = (
    "name", "department", "due", "on_time", "late", "missing", "rows_read", "rows_quarantined", "rows_linked",
)  # fmt: skip
_QUALITY_WIDTHS: Final = (0.25, 0.15, 0.08, 0.08, 0.08, 0.08, 0.1, 0.09, 0.09)
_STEP_COLUMNS: Final = (
    "step",
    "limit",
    "step_due",
    "in_time",
    "step_late",
    "never_done",
    "share",
    "interval",
    "typical",
)
_REPORTED_WIDTHS: Final = (0.16, 0.17, 0.17, 0.28, 0.22)
_STEP_WIDTHS: Final = (0.15, 0.12, 0.07, 0.07, 0.07, 0.07, 0.09, 0.16, 0.2)
# Counts wider than this stand under their share in the table of quarters.
_LONGEST_COUNTS: Final = 5.0
_VILLAGE_PARTS: Final = (
    ("assistance", ("households", "members", "assisted_people", "people_admitted", "people_left", "payments", "amount",
                    "gradual_exit", "monitored")),
    ("problems", ("gaps", "gaps_found", "gaps_cleared", "open_at_end", "overdue_at_end")),
)  # fmt: skip


def quarterly_paper(frames: QuarterlyFrames, told: Told, meta: Meta) -> Document:
    """The summary of a quarter: how it stands, every metric, every village, problems, lists; how it is counted.

    Source: ST-6b, YL-5a.
    """
    sheets = quarterly_sheets(told.earlier, frames, meta.place)
    blocks = (
        Heading(t("report.standing")),
        *standing(told, frames, meta),
        *reported_part(frames, meta),
        Heading(t("report.metrics")),
        *metrics_table(told, meta),
        course(told, meta),
        Heading(t("report.villages")),
        *villages_part(frames, told, meta),
        Heading(t("report.issues")),
        *issues_part(frames, sheets["issues"]),
        Heading(t("report.lists")),
        *lists_part(told, sheets["quality"]),
        *annexes(frames),
    )
    return _document("quarterly", told, meta, blocks)


def monthly_paper(frames: MonthlyFrames, told: Told, meta: Meta) -> Document:
    """The report of a month: the place in numbers, who came and left, gaps, villages, problems, lists. Source: DJ-8."""
    sheets = monthly_sheets(told.earlier, frames, meta.place)
    evaluation = frames.evaluation
    blocks = (
        Heading(t("report.standing")),
        *standing(told, evaluation, meta),
        *reported_part(evaluation, meta),
        as_table(sheets["overview"]),
        Heading(t("report.registers")),
        Paragraph(_registers_say(frames.registers)),
        as_table(sheets["registers"]),
        Heading(t("report.gaps")),
        Paragraph(_gaps_say(frames.gaps)),
        as_table(sheets["gaps"]),
        Heading(t("report.villages")),
        *_village_tables(sheets["villages"], meta),
        Heading(t("report.issues")),
        *issues_part(evaluation, sheets["issues"]),
        Heading(t("report.lists")),
        *lists_part(told, sheets["quality"]),
        PageBreak(),
        Heading(t("report.annex", n=1, title=t("export.definitions.title")), is_numbered=False),
        definitions_table(evaluation.definitions.filter(pl.col("metric").is_in(HEADLINES))),
    )
    return _document("monthly", told, meta, blocks)


def annual_paper(frames: AnnualFrames, told: Told, meta: Meta) -> Document:
    """The evaluation of a year: metrics by quarter, villages, visits, surveys, problems, steps, lists, findings.

    Source: ST-6b.
    """
    sheets = annual_sheets(told.earlier, frames, meta.place)
    evaluation = frames.evaluation
    asked = [as_table(sheets["inspections"])] if frames.inspections.height else []
    blocks = (
        Heading(t("report.standing")),
        *standing(told, evaluation, meta),
        *reported_part(evaluation, meta),
        Heading(t("report.metrics")),
        Heading(t("report.year"), 2),
        *metrics_table(told, meta),
        Heading(t("report.quarters"), 2),
        quarters_table(frames.quarters, sheets["quarters"]),
        course(told, meta),
        Heading(t("report.villages")),
        *villages_part(evaluation, told, meta),
        Heading(t("report.inspections")),
        Paragraph(sheets["inspections"].notes[0]),
        *asked,
        Heading(t("report.surveys")),
        *_surveys_say(frames.surveys),
        as_table(sheets["surveys"]),
        Heading(t("report.issues")),
        *issues_part(evaluation, sheets["issues"]),
        Heading(t("report.steps")),
        as_table(_shares_told(sheets["steps"]), _STEP_COLUMNS, widths=_STEP_WIDTHS),
        Heading(t("report.lists")),
        *lists_part(told, sheets["quality"]),
        Heading(t("report.findings")),
        Paragraph(_findings_say(frames.findings)),
        as_table(sheets["findings"]),
        *annexes(evaluation),
    )
    return _document("annual", told, meta, blocks)


def _document(kind: str, told: Told, meta: Meta, blocks: tuple[Block, ...]) -> Document:
    title = t(f"report.{kind}.title", place=meta.place, period=fmt_period(told.period))
    return Document(title, meta, blocks, subtitle=signed(meta))


def signed(meta: Meta) -> str:
    """Who made the paper and when, as it stands under its title."""
    return t("report.signed", unit=meta.unit, day=fmt_date(meta.built_at.date()))


# -- parts that several papers have -----------------------------------------------------------------------------------


def standing(told: Told, frames: QuarterlyFrames, meta: Meta) -> list[Block]:
    """What the meeting is told of the period, what really changed, and the headline figures."""
    meeting, earlier = told.meeting, fmt_period(told.earlier)
    said = [
        *meeting_words.findings(meeting, meeting_words.judged(meeting), meta.place, earlier, told.titles),
        *words.overview(meeting.metrics, earlier, told.titles),
    ]
    return [Bullets(tuple(said)), figures(told, frames)]


def figures(told: Told, frames: QuarterlyFrames) -> KeyFigures:
    """The headline figures of the period."""
    return key_figures(told.meeting.metrics, frames, HEADLINES)


def key_figures(metrics: pl.DataFrame, frames: QuarterlyFrames, chosen: Sequence[str]) -> KeyFigures:
    """Figures of metric/in_period: value, counts, interval, change, and the codes by which they are found again.

    What the place never asks for is no headline.
    """
    rows = {row["metric"]: row for row in metrics.iter_rows(named=True) if row["state"] != "not_asked"}
    codes = dict(frames.metrics.select("metric", "code").iter_rows())
    return KeyFigures(tuple(_figure(rows[metric], codes.get(metric)) for metric in chosen if metric in rows))


def reported_part(frames: QuarterlyFrames, meta: Meta) -> tuple[Block, ...]:
    """What differs from what was last reported of the period, and why; nothing where nothing was reported before."""
    if frames.reported is None:
        return ()
    sheet = reported_sheets(frames, meta.place)["reported"]
    told = as_table(sheet, widths=_REPORTED_WIDTHS) if frames.reported.height else Paragraph(frames.reported_words)
    return (Heading(t("passport.reported.section")), told)


def _figure(row: dict[str, Any], code: str | None) -> KeyFigure:
    said = []
    if counts := words.counts_text(row):
        said.append(t("report.counts", counts=counts, item=item_of(row["metric"])))
    if interval := words.interval_text(row):
        said.append(t("report.interval", interval=interval))
    if row["state"] == "known":
        said.append(t("report.change", change=words.change_short(row)))
    return KeyFigure(name_of(row["metric"]), words.value_text(row), tuple(said), code)


def item_of(metric: str) -> str:
    """What a metric counts."""
    return label("item", load_metrics()[metric].item)


def metrics_table(told: Told, meta: Meta) -> list[Block]:
    """Every metric by theme: value, counts, interval, target, change."""
    earlier, found = fmt_period(told.earlier), meeting_words.rows_of(told.meeting)
    rows: list[tuple[str, ...]] = []
    strong: set[int] = set()
    for theme, metrics in themes().items():
        lines = [_line(found[metric], told) for metric in metrics if metric in found]
        if lines:
            strong.add(len(rows))
            rows += [(t(f"evaluation.theme.{theme}"), "", "", "", "", ""), *lines]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_LINE_COLUMNS, pl.String), orient="row")
    columns = tuple(Column(name, t(f"report.metric.{name}", earlier=earlier)) for name in _LINE_COLUMNS)
    notes = tuple(t(f"export.summary.note_{name}") for name in ("interval", "unknown", "change"))
    title = t("report.metrics.title", place=meta.place, period=fmt_period(told.period))
    return [DataTable(title, columns, frame, notes, widths=_LINE_WIDTHS, strong=frozenset(strong))]


def _line(row: dict[str, Any], told: Told) -> tuple[str, ...]:
    """A metric in _LINE_COLUMNS; without a value it says why not, and which list has not come."""
    if row["state"] != "known":
        lost = words.list_names(row["lists_missing"], told.titles) if row["state"] == "list_missing" else ""
        return (name_of(row["metric"]), words.value_text(row), lost, "", "", "")
    return (
        name_of(row["metric"]),
        words.value_text(row),
        words.counts_text(row),
        words.interval_text(row),
        words.target_text(row),
        words.change_short(row),
    )


def course(told: Told, meta: Meta) -> Picture:
    """How cover moved month by month, with the limits of chance."""
    months = words.from_first_known(told.months)
    limits = words.limits(months, DRAWN)
    target = load_metrics()[DRAWN].target
    drawn = spec(trend(months.select("period", "value"), share=True, target=target, limits=limits))
    caption = t("report.course", place=meta.place, metric=name_of(DRAWN))
    return Picture(drawn, caption, words.moved(months, limits))


def villages_part(frames: QuarterlyFrames, told: Told, meta: Meta) -> list[Block]:
    """What may be said of the areas, their main figures, and cover with its intervals."""
    row = meeting_words.rows_of(told.meeting).get(DRAWN)
    found = words.judged(told.areas, row, meta.place, unit="village") if row else None
    blocks: list[Block] = [villages_table(frames, meta)]
    if found:
        named = {"place": meta.place, "counted": t("evaluation.counted")}
        drawn = spec(village_funnel(found.frame, found.p0, better=words.better(DRAWN), **named))
        caption = t("report.funnel", metric=name_of(DRAWN))
        blocks = [Bullets(tuple(found.sentences)), Picture(drawn, caption, " ".join(found.sentences)), *blocks]
    return blocks


def villages_table(frames: QuarterlyFrames, meta: Meta) -> DataTable:
    """Areas by code, a column for each main metric: counts, share, and the verdict where it is none of chance."""
    areas = frames.villages.select("area_code", "name").unique("area_code", maintain_order=True).sort("area_code")
    columns = [Column("name", t("export.column.village"))]
    wholes = {row["metric"]: row for row in frames.metrics.iter_rows(named=True)}
    for metric in frames.villages["metric"].unique(maintain_order=True):
        whole = wholes[metric]
        p0 = whole["numerator"] / whole["denominator"] if whole["denominator"] else None
        judged = with_verdict(frames.villages.filter(pl.col("metric") == metric), p0)
        told = pl.Series(metric, [_share_told(row) for row in judged.iter_rows(named=True)], dtype=pl.String)
        areas = areas.join(judged.select("area_code", told), on="area_code", how="left", maintain_order="left")
        columns.append(Column(metric, whole["name"]))
    notes = (t("export.villages.note_order"), t("report.villages.note", place=meta.place))
    widths = _name_then_equal(len(columns))
    return DataTable(t("export.villages.title", place=meta.place), tuple(columns), areas, notes, widths=widths)


def _share_told(row: dict[str, Any]) -> str:
    """96.2% (25/26), and the verdict where a difference is more than chance."""
    if not row["denominator"]:
        return "—"
    said = [fmt_share(row["value"]), fmt_ratio(row["numerator"], row["denominator"])]
    if row["verdict"] not in ("none", "none_to_count"):
        said.append(label("verdict_short", row["verdict"].split("_")[0]))
    return "\n".join(said)


def _name_then_equal(columns: int) -> tuple[float, ...]:
    """Widths: the first for names, the others alike."""
    first = 0.15
    return (first, *((1 - first) / (columns - 1),) * (columns - 1)) if columns > 1 else (1.0,)


def issues_part(frames: QuarterlyFrames, sheet: Sheet) -> list[Block]:
    """How problems stand, in a sentence and by village."""
    counts = {
        name: int(frames.issues[name].sum() or 0) for name in ("closed", "rectified", "open", "overdue", "failed")
    }
    found = int(frames.issues["found"].sum() or 0)
    if not found:
        return [Paragraph(t("report.issues.say_none")), as_table(sheet)]
    states = t_counts("report.issues.state", counts)
    off = frames.issues.filter(pl.col("overdue") + pl.col("failed") > 0).height
    said = t("report.issues.say", found=fmt_number(found), states=states, villages=fmt_number(off))
    return [Paragraph(said), as_table(sheet)]


def lists_part(told: Told, sheet: Sheet) -> list[Block]:
    """How the lists came, in a sentence and by list."""
    return [
        Paragraph(parts.pushes(told.departments).sentence),
        as_table(sheet, _QUALITY_COLUMNS, widths=_QUALITY_WIDTHS),
    ]


def annexes(frames: QuarterlyFrames) -> list[Block]:
    """How each metric is counted, and the values in force."""
    parameters = parameters_sheet(frames.parameters)
    return [
        PageBreak(),
        Heading(t("report.annex", n=1, title=t("export.definitions.title")), is_numbered=False),
        definitions_table(frames.definitions),
        Heading(t("report.annex", n=2, title=parameters.title), is_numbered=False),
        replace(as_table(parameters, _PARAMETER_COLUMNS, title=t("report.parameters.title")), is_small=True),
    ]


def definitions_table(definitions: pl.DataFrame) -> DataTable:
    """What is counted over what, and the clause."""
    sheet = definitions_sheet(definitions)
    title = t("report.definitions.title")
    return replace(as_table(sheet, _DEFINITION_COLUMNS, title=title, widths=_DEFINITION_WIDTHS), is_small=True)


def as_table(
    sheet: Sheet, names: Sequence[str] = (), *, title: str | None = None, widths: tuple[float, ...] | None = None
) -> DataTable:
    """A sheet of the workbook as a table of a paper: all its rows; of its columns those named, in that order."""
    at = {column.name: n for n, column in enumerate(sheet.columns)}
    chosen = [at[name] for name in names or at]
    columns = tuple(sheet.columns[n] for n in chosen)
    total = tuple(sheet.total[n] for n in chosen) if sheet.total is not None else None
    return DataTable(title or sheet.title, columns, sheet.frame, sheet.notes, total, widths)


def _village_tables(sheet: Sheet, meta: Meta) -> Iterable[DataTable]:
    """The figures of the villages in two tables that stand upright: cover and help, then problems."""
    for name, columns in _VILLAGE_PARTS:
        yield as_table(sheet, ("name", *columns), title=t(f"report.villages.{name}", place=meta.place))


def quarters_table(quarters: pl.DataFrame, sheet: Sheet) -> DataTable:
    """A column for each quarter: share over counts; of a count the count alone."""
    periods = list(dict.fromkeys(name.split(" ")[0] for name in quarters.columns if name.endswith(" numerator")))
    frame = quarters.select("name")
    for period in periods:
        rows = quarters.select(
            pl.col(f"{period} {field}").alias(field) for field in ("numerator", "denominator", "share")
        )
        told = [_quarter_told(row) for row in rows.iter_rows(named=True)]
        frame = frame.with_columns(pl.Series(period, told, dtype=pl.String))
    columns = (Column("name", t("export.column.metric")), *(Column(one, fmt_period(one)) for one in periods))
    rest = 0.68 / max(1, len(periods))
    return DataTable(sheet.title, columns, frame, widths=(0.32, *(rest,) * len(periods)) if periods else (1.0,))


def _quarter_told(row: dict[str, Any]) -> str:
    if row["numerator"] is None:
        return t("format.unknown")
    if not row["denominator"]:
        return "—"
    if row["share"] is None:
        return fmt_number(row["numerator"])
    share, counts = fmt_share(row["share"]), fmt_ratio(row["numerator"], row["denominator"])
    if wide(counts) > _LONGEST_COUNTS:
        return f"{share}\n{counts}"
    return t("report.share", share=share, counts=counts)


def _shares_told(sheet: Sheet) -> Sheet:
    """The interval in one column, so that the table stands upright."""
    told = [words.interval_text(row) for row in sheet.frame.select("low", "high").iter_rows(named=True)]
    frame = sheet.frame.with_columns(pl.Series("interval", told, dtype=pl.String))
    kinds: dict[str, Kind] = {
        column.name: column.kind for column in sheet.columns if column.name not in ("low", "high")
    }
    titles = {column.name: column.title for column in sheet.columns}
    columns = [Column(name, titles[name], kind) for name, kind in kinds.items()]
    columns.insert(-1, Column("interval", t("report.metric.interval")))
    return Sheet(sheet.name, sheet.title, columns, frame, sheet.notes, sheet.total)


# -- sentences --------------------------------------------------------------------------------------------------------


def _registers_say(registers: pl.DataFrame) -> str:
    names = ("households", "people", "households_admitted", "people_admitted", "households_left", "people_left")
    return t("report.registers.say", **{name: fmt_number(int(registers[name].sum() or 0)) for name in names})


def _gaps_say(gaps: pl.DataFrame) -> str:
    said = {name: fmt_number(int(gaps[name].sum() or 0)) for name in ("households", "newly_found", "cleared")}
    return t("report.gaps.say", **said)


def _surveys_say(surveys: pl.DataFrame) -> list[Block]:
    said = []
    for (number,), part in surveys.sort("round").partition_by("round", as_dict=True, maintain_order=True).items():
        visited, resident = int(part["visited"].sum() or 0), int(part["resident_households"].sum() or 0)
        if resident:
            counts = {"visited": fmt_number(visited), "resident": fmt_number(resident)}
            said.append(t("report.surveys.say", n=number, share=fmt_share(visited / resident), **counts))
    return [Bullets(tuple(said))] if said else []


def _findings_say(findings: pl.DataFrame) -> str:
    names = ("new_findings", "cleared_findings", "came_back", "open_findings")
    return t("report.findings.say", **{name: fmt_number(int(findings[name].sum() or 0)) for name in names})
