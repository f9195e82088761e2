"""The pack of a joint meeting or a monthly work meeting as a workbook: the sections of the page in the same words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from warehouse import i18n
from warehouse.exports.cells import Column, Kind
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.meeting_paper import Pack, pack_paper, pack_slides
from warehouse.exports.quarterly import QuarterlyFrames, definitions_sheet, parameters_sheet, summary_sheet
from warehouse.exports.quarterly_report import compared_of, evaluation_of
from warehouse.exports.report_frames import Ask, meeting_of, newest_month
from warehouse.exports.xlsx import Frozen, Meta, Sheet, workbook
from warehouse.i18n import fmt_month, fmt_period, in_language, t
from warehouse.periods import kind_of, period_before, period_days
from warehouse.queries.joint_meeting import Meeting
from warehouse.words import joint_meeting as words
from warehouse.words import meeting_parts as parts
from warehouse.words.hazards import hazards
from warehouse.words.joint_meeting import Exceptions

_KINDS: Final[Mapping[str, Kind]] = {"number": "integer", "decimal": "number", "date": "date", "month": "month"}


def meeting_pack(ask: Ask, period: str, *, frozen: Frozen | None = None, form: FormName = "xlsx") -> bytes:
    """What a quarterly joint meeting (2025Q4) or a monthly work meeting (2025-12) has on the table, in the form asked.

    Slides hold exceptions only. Raises: UsageError for a period the snapshot does not hold. Source: YL-5a, YL-5b.
    """
    wanted = r"\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))"
    evaluation, said, tree = evaluation_of(ask, period, wanted, "a quarter or month such as 2025Q4", frozen)
    with i18n.units_of(tree.words(None), tree.lowest):
        pack = _pack(ask, period, evaluation, said, compared_of(tree))
        if form == "xlsx":
            return workbook(list(pack.sheets.values()), said, period=fmt_period(period))
        return FORMS[form].write(pack_slides(pack) if form == "pptx" else pack_paper(pack))


def _pack(ask: Ask, period: str, evaluation: QuarterlyFrames, said: Meta, areas: str | None) -> Pack:
    meeting, earlier = meeting_of(ask, period, areas), fmt_period(period_before(period))
    compared = words.judged(meeting)
    extracts = ask("about/extracts").iter_rows(named=True)
    titles = {row["extract"]: in_language(row["title"], row["title_en"]) for row in extracts}
    sheets = {
        "points": _points(meeting, words.findings(meeting, compared, said.place, earlier, titles), earlier, said),
        "decide": _decisions(meeting, compared, said),
        **_tasks(ask, period, areas, said),
        **_exceptions(ask, period, meeting, compared, said),
        "summary": summary_sheet(evaluation.metrics, earlier, said.place),
        "definitions": definitions_sheet(evaluation.definitions),
        "parameters": parameters_sheet(evaluation.parameters),
    }
    return Pack(period, period_before(period), meeting, compared, titles, sheets, evaluation, said)


def _points(meeting: Meeting, findings: list[str], earlier: str, said: Meta) -> Sheet:
    """What is said at the head of the page and of each task, sentence by sentence."""
    told = [
        *((t("export.meeting.findings"), line) for line in findings),
        *((t("joint_meeting.tab.actions"), parts.actions_say(meeting.actions)) for _ in meeting.actions[:1].rows()),
        *((t("joint_meeting.task.1"), line) for line in words.identified(meeting, earlier)),
        *((t("joint_meeting.task.2"), line) for line in words.measures(meeting, earlier)),
        *((t("joint_meeting.task.3"), line) for line in words.hazards(meeting)),
    ]
    frame = pl.DataFrame(
        [(part, _plain(line)) for part, line in told], schema={"part": pl.String, "text": pl.String}, orient="row"
    )
    columns = [Column(name, t(f"export.meeting.{name}")) for name in ("part", "text")]
    return Sheet(t("export.meeting.tab"), t("export.meeting.title", place=said.place), columns, frame)


def _decisions(meeting: Meeting, compared: pl.DataFrame, said: Meta) -> Sheet:
    matters = words.matters(meeting, compared, parts.actions_matter(meeting.actions))
    frame = pl.DataFrame(
        [(no, matter.amount, matter.matter, matter.where) for no, matter in enumerate(matters, start=1)],
        schema={"no": pl.Int64, "touched": pl.String, "matter": pl.String, "where": pl.String},
        orient="row",
    )
    columns = [Column(name, t(f"export.decide.{name}")) for name in ("touched", "matter", "where")]
    columns.insert(0, Column("no", t("export.decide.no"), "integer"))
    notes = (_plain(t("joint_meeting.decide.note")),)
    return Sheet(t("export.decide.tab"), t("export.decide.title", place=said.place), columns, frame, notes)


def _tasks(ask: Ask, period: str, areas: str | None, said: Meta) -> dict[str, Sheet]:
    """The three tasks of YL-2a."""
    (_, end), kind = period_days(period), kind_of(period)
    month, earlier = newest_month(ask, end), period_days(period_before(period))[1].replace(day=1)
    by_area = ask("joint_meeting/monitored_by_area", month=month, earlier=earlier, areas=areas)
    owed = ask("evaluation/departments", metric="measures_done", period_kind=kind, period=period)
    asked = {"metrics": ",".join(parts.OF_AREAS), "period_kind": kind, "period": period, "areas": areas}
    told = hazards(ask("risk/hazards", month=month, areas=areas), month)
    first, cause = t("joint_meeting.column.name"), t("chart.cause")
    of_areas = Exceptions(told.areas, told.columns(first, causes=False), "\n".join(told.sentences))
    of_causes = Exceptions(
        told.causes, told.columns(cause, causes=True), t("joint_meeting.part.hazard_month", month=fmt_month(month))
    )
    return {
        "new": _sheet("new", parts.monitored(by_area, fmt_period(period_before(period))), said),
        "needs": _sheet("needs", parts.needs(ask("joint_meeting/needs", month=month)), said),
        "measures_departments": _sheet("measures_departments", parts.measures_by_department(owed), said),
        "measures_areas": _sheet("measures_areas", parts.measures_by_area(ask("evaluation/villages", **asked)), said),
        "hazards": _sheet("hazards", of_areas, said),
        "causes": _sheet("causes", of_causes, said),
    }


def _exceptions(ask: Ask, period: str, meeting: Meeting, compared: pl.DataFrame, said: Meta) -> dict[str, Sheet]:
    """Departments, lists, areas and problems that are off, and what became of earlier decisions."""
    start, end = period_days(period)
    push = words.rows_of(meeting).get("push_on_time")
    return {
        "departments": _sheet(
            "departments", parts.pushes(ask("joint_meeting/departments", start=start, end=end)), said
        ),
        "lists": _sheet("lists", words.lists_off(meeting.lists, push), said),
        "areas": _sheet("areas", words.villages_off(compared), said),
        "issues": _sheet("issues", words.issues_off(meeting.issues), said),
        "actions": _sheet("actions", parts.actions(meeting.actions), said),
    }


def _sheet(name: str, told: Exceptions, said: Meta) -> Sheet:
    """A part of the page as a sheet: its table, and what is said of it under the table."""
    columns = [Column(field, column.label, _KINDS.get(column.kind, "text")) for field, column in told.columns.items()]
    tab = t(f"export.part.{name}")
    notes = tuple(_plain(line) for line in told.sentence.split("\n"))
    return Sheet(tab, f"{said.place} {tab}", columns, told.frame, notes)


def _plain(text: str) -> str:
    """The words without the marks that make them bold on the page."""
    return text.replace("**", "")
