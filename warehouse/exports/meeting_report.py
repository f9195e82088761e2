"""The pack of a joint meeting or a monthly work meeting as a workbook: the sections of the page in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import polars as pl

from warehouse import i18n
from warehouse.errors import UsageError
from warehouse.exports.cells import Column, Kind
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.meeting_paper import Pack, minutes_paper, pack_paper, pack_slides
from warehouse.exports.quarterly import QuarterlyFrames, definitions_sheet, parameters_sheet, summary_sheet
from warehouse.exports.quarterly_report import compared_of, evaluation_of
from warehouse.exports.report_frames import Ask, meeting_of, newest_month
from warehouse.exports.xlsx import Frozen, Meta, Sheet, workbook
from warehouse.i18n import fmt_date, fmt_month, fmt_period, in_language, t
from warehouse.meetings import Record
from warehouse.periods import kind_of, period_before, period_days
from warehouse.queries.joint_meeting import Meeting, owners_told
from warehouse.words import decided
from warehouse.words import joint_meeting as words
from warehouse.words import meeting_parts as parts
from warehouse.words.hazards import hazards
from warehouse.words.joint_meeting import Exceptions, Matter

_KINDS: Final[Mapping[str, Kind]] = {"number": "integer", "decimal": "number", "date": "date", "month": "month"}


def meeting_pack(
    ask: Ask, period: str, *, frozen: Frozen | None = None, form: FormName = "xlsx", record: Record | None = None
) -> bytes:
    """What a quarterly joint meeting (2025Q4) or a monthly work meeting (2025-12) has on the table, in the form asked.

    record: what is kept here of meetings; without it, as from a release, the pack holds what the snapshot holds and
    says so. Slides hold exceptions only. Raises: UsageError for a period the snapshot does not hold. Source: YL-5a,
    YL-5b.
    """
    with _gathered(ask, period, frozen, record) as pack:
        if form == "xlsx":
            return workbook(list(pack.sheets.values()), pack.meta, period=fmt_period(period))
        return FORMS[form].write(pack_slides(pack) if form == "pptx" else pack_paper(pack))


def meeting_minutes(ask: Ask, period: str, record: Record, *, form: FormName = "docx") -> bytes:
    """A draft of the minutes of the meeting held about a period, in the form asked for (docx, pdf).

    Raises: UsageError for a period the snapshot does not hold, or about which no meeting is on record. Source: YL-5a.
    """
    if record.opened is None:
        raise UsageError(
            f"--period: got {period}, about which no meeting is on record; expected one. Record its decisions on the "
            "page of the joint meeting first."
        )
    with _gathered(ask, period, None, record) as pack:
        return FORMS[form].write(minutes_paper(pack, record.opened))


@contextmanager
def _gathered(ask: Ask, period: str, frozen: Frozen | None, record: Record | None) -> Iterator[Pack]:
    """The pack of a period, its words those of the place while it is written."""
    wanted = r"\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))"
    evaluation, said, tree = evaluation_of(ask, period, wanted, "a quarter or month such as 2025Q4", frozen)
    with i18n.units_of(tree.words(None), tree.lowest):
        yield _pack(ask, period, evaluation, said, compared_of(tree), record)


def _pack(
    ask: Ask, period: str, evaluation: QuarterlyFrames, said: Meta, areas: str | None, record: Record | None
) -> Pack:
    meeting, earlier = meeting_of(ask, period, areas), fmt_period(period_before(period))
    compared = words.judged(meeting)
    extracts = ask("about/extracts").iter_rows(named=True)
    titles = {row["extract"]: in_language(row["title"], row["title_en"]) for row in extracts}
    owners = owners_told(ask("joint_meeting/owners"))
    before, note = _before(ask, period, meeting, owners, record)
    matters = words.matters(meeting, compared, parts.actions_matter(meeting.actions))
    off = words.villages_off(compared, said.place)
    sheets = {
        "points": _points(
            meeting, words.findings(meeting, compared, said.place, earlier, titles), before, earlier, said
        ),
        "actions": _sheet("actions", decided.listed(before), said, note),
        "decide": _decide(matters, owners, record, said),
        **({"made": _sheet("made", decided.made(record.made, owners), said)} if record and record.opened else {}),
        **_tasks(ask, period, areas, said),
        **_exceptions(ask, period, meeting, decided.with_notes(off, record) if record else off, said),
        "summary": summary_sheet(evaluation.metrics, earlier, said.place),
        "definitions": definitions_sheet(evaluation.definitions),
        "parameters": parameters_sheet(evaluation.parameters),
    }
    return Pack(
        period=period,
        earlier=period_before(period),
        meeting=meeting,
        compared=compared,
        titles=titles,
        before=before,
        before_note=note,
        matters=tuple(matters),
        owners=owners,
        record=record,
        sheets=sheets,
        evaluation=evaluation,
        meta=said,
    )


def _before(
    ask: Ask, period: str, meeting: Meeting, owners: Mapping[str, str], record: Record | None
) -> tuple[pl.DataFrame, str]:
    """What earlier meetings decided, and as of which day each source stands."""
    _, end = period_days(period)
    ledger_on = min(end, ask("shell/snapshot").row(0, named=True)["as_of"])
    held, day = ask("joint_meeting/meetings", end=end), fmt_date(ledger_on)
    if record is None:
        return decided.of_ledger(meeting.actions, held, ledger_on), t("decided.note.ledger", ledger_on=day)
    note = t("decided.note", ledger_on=day, today=fmt_date(record.today))
    return decided.before(meeting.actions, held, record, owners, ledger_on=ledger_on), note


def _points(meeting: Meeting, findings: list[str], before: pl.DataFrame, earlier: str, said: Meta) -> Sheet:
    """What is said at the head of the page and of each task, sentence by sentence."""
    told = [
        *((t("export.meeting.findings"), line) for line in findings),
        (t("joint_meeting.tab.actions"), decided.say(before)),
        *((t("joint_meeting.task.1"), line) for line in words.identified(meeting, earlier)),
        *((t("joint_meeting.task.2"), line) for line in words.measures(meeting, earlier)),
        *((t("joint_meeting.task.3"), line) for line in words.hazards(meeting)),
    ]
    frame = pl.DataFrame(
        [(part, _plain(line)) for part, line in told], schema={"part": pl.String, "text": pl.String}, orient="row"
    )
    columns = [Column(name, t(f"export.meeting.{name}")) for name in ("part", "text")]
    return Sheet(t("export.meeting.tab"), t("export.meeting.title", place=said.place), columns, frame)


def _decide(matters: Sequence[Matter], owners: Mapping[str, str], record: Record | None, said: Meta) -> Sheet:
    """Matters for decision with a wording, the office that acts, and what was decided on them before."""
    rows = []
    for no, matter in enumerate(matters, start=1):
        owner = matter.owner(owners)
        name = owners.get(owner, owner)
        told = decided.newest_on(record.recorded, matter.key) if record else None
        settled = decided.standing(told, owners, record.today) if told and record else ""
        rows.append((no, matter.amount, matter.matter, matter.where, matter.proposal(name), name, settled))
    names = ("touched", "matter", "where", "proposal", "owner", "settled")
    frame = pl.DataFrame(rows, schema={"no": pl.Int64, **dict.fromkeys(names, pl.String)}, orient="row")
    columns = [Column(name, t(f"export.decide.{name}")) for name in names]
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


def _exceptions(ask: Ask, period: str, meeting: Meeting, off: Exceptions, said: Meta) -> dict[str, Sheet]:
    """Departments, lists, areas (`off`, with their notes) and problems that are off."""
    start, end = period_days(period)
    push = words.rows_of(meeting).get("push_on_time")
    return {
        "departments": _sheet(
            "departments", parts.pushes(ask("joint_meeting/departments", start=start, end=end)), said
        ),
        "lists": _sheet("lists", words.lists_off(meeting.lists, push), said),
        "areas": _sheet("areas", off, said),
        "issues": _sheet("issues", words.issues_off(meeting.issues), said),
    }


def _sheet(name: str, told: Exceptions, said: Meta, *notes: str) -> Sheet:
    """A part of the page as a sheet: its table, and what is said of it under the table."""
    columns = [Column(field, column.label, _KINDS.get(column.kind, "text")) for field, column in told.columns.items()]
    tab = t(f"export.part.{name}")
    lines = tuple(_plain(line) for line in (*told.sentence.split("\n"), *notes))
    return Sheet(tab, f"{said.place} {tab}", columns, told.frame, lines)


def _plain(text: str) -> str:
    """The words without the marks that make them bold on the page."""
    return text.replace("**", "")
