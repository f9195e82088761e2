"""Every paper of a place, made by what makes it on the pages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import docx
import openpyxl
import polars as pl
import pypdf
import pytest
from pptx import Presentation

from tests.app.town_pages import ask
from tests.conftest import Town
from warehouse import i18n, session
from warehouse.app_db import AppDb, app_db, decisions, users
from warehouse.exports import notice, publication, sample_plan
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.household_file import household_file
from warehouse.exports.meeting_report import meeting_minutes, meeting_pack
from warehouse.exports.periodic_report import annual_report, monthly_report
from warehouse.exports.quarterly_report import quarterly_report
from warehouse.exports.returns_report import returns_file
from warehouse.exports.visit_list import VisitPaper, visit_document, visit_workbook
from warehouse.gate import current_gate
from warehouse.i18n import t
from warehouse.meetings import kind_for, record_of
from warehouse.metrics import load_metrics
from warehouse.periods import period_before, period_days, period_of
from warehouse.queries import household, policy_lab, village
from warehouse.queries import notice as notices
from warehouse.queries import returns as of_departments
from warehouse.queries import sample_plan as samples
from warehouse.queries.publication import published
from warehouse.queries.served import place, served
from warehouse.scope import ALL, Role, Scope, as_department, build_scope
from warehouse.session import Filters
from warehouse.snapshots import current_snapshot
from warehouse.words import policy_lab_paper
from warehouse.words import sample_plan as sample_words
from warehouse.words.exports import meta
from warehouse.words.visit_list import visit_list

PAPER: tuple[FormName, ...] = ("docx", "pdf")
BOOK: tuple[FormName, ...] = (*PAPER, "xlsx")
REPORT: tuple[FormName, ...] = (*BOOK, "pptx")


@dataclass(frozen=True)
class Made:
    """A paper: the forms it may be had in, and what writes it in one of them."""

    forms: tuple[FormName, ...]
    write: Callable[[FormName], bytes]


@contextmanager
def served_as_on_pages(
    built: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: i18n.Language
) -> Iterator[tuple[Scope, AppDb]]:
    """The scope of the office with households, and a database in which a meeting was held about the newest quarter."""
    monkeypatch.setenv("KANHU_DATA_DIR", str(built.settings.data_dir))
    monkeypatch.setenv("KANHU_PROFILE", built.settings.profile)
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    snapshot, gate, db = current_snapshot(built.settings), current_gate(built.settings), app_db(built.settings)
    user_id = users.add_demo_user(db, Role.OFFICE, (ALL,))
    scope = build_scope(
        user_id=user_id, user_name="demo-office", role=Role.OFFICE, granted_areas=(ALL,), granted_departments=(ALL,),
        granted_households=True, villages=gate.villages, departments=gate.departments, groups=gate.groups,
    )  # fmt: skip
    i18n.set_language(language)
    token = session._snapshot.set(snapshot)
    try:
        tree = session.area_tree(scope)
        with i18n.units_of(tree.words(None), tree.lowest):
            yield scope, db
    finally:
        session._snapshot.reset(token)


def hold_meetings(db: AppDb, period: str, departments: list[str]) -> None:
    """The meeting before, which gave a task, and that about the period, which decided two matters."""
    kind = kind_for(period)
    for about, matters in ((period_before(period), ("missed",)), (period, ("issues", "unknown"))):
        held_on = period_days(about)[1] + dt.timedelta(days=8)
        meeting = decisions.open_meeting(db, "demo-office", kind, held_on, about)
        for number, matter in enumerate(matters):
            decisions.record_decision(
                db, "demo-office", meeting, matter=f"{about} 之事 {matter}", matter_key=matter,
                decision=f"{about} 议定：逐户核实，结果报专班办公室。", owner=departments[number],
                due_on=held_on + dt.timedelta(days=30), households=3,
            )  # fmt: skip


def papers_of(scope: Scope, db: AppDb, area: str, key: str) -> dict[str, Made]:
    """Every paper by its name. area: a village that has work. key: of a household there."""
    facts = served(scope)
    month, said = facts["last_month"], meta(facts)
    quarter, year, day = period_of("quarter", month), f"{month.year}", f"{month:%Y-%m}"
    hold_meetings(db, quarter, list(scope.departments))
    record = record_of(db, quarter, scope.areas)

    def asked(question: str, /, **given: object) -> pl.DataFrame:
        return session.cached(question, scope, **given)

    return {
        "quarterly": Made(REPORT, lambda form: quarterly_report(asked, quarter, form=form)),
        "monthly": Made(REPORT, lambda form: monthly_report(asked, day, form=form)),
        "annual": Made(REPORT, lambda form: annual_report(asked, year, form=form)),
        "pack": Made(REPORT, lambda form: meeting_pack(asked, quarter, form=form, record=record)),
        "minutes": Made(PAPER, lambda form: meeting_minutes(asked, quarter, record, form=form)),
        "public": Made(BOOK, lambda form: publication.write(published(asked, month=month), said, form)),
        "lab": Made(BOOK, _lab(scope, quarter, month)),
        "sample": Made(BOOK, _sample(scope, quarter, month)),
        "visits": Made(BOOK, _visits(scope, area, quarter, month)),
        "household": Made(PAPER, _household(scope, key, quarter, month)),
        **_notices(scope, area, quarter, month),
        **{
            f"returns {code}": Made(BOOK, _returns(scope, code, month))
            for code in of_departments.departments(asked)["department_code"]
        },
    }


def _lab(scope: Scope, quarter: str, month: dt.date) -> Callable[[FormName], bytes]:
    settings = policy_lab.settings(scope, month)
    raised = next((one for one in settings if one.number), None)
    scenario = ((raised.parameter, f"{raised.number * 1.1:g}"),) if raised and raised.number else ()
    (start, end), compared = period_days(quarter), session.area_tree(scope).compared(None)
    filters = Filters(quarter, "quarter", start, end, month, compared=tuple(compared))
    found = policy_lab.outcome(scope, filters, scenario)
    measure = found.villages["measure"][0]
    rows = policy_lab.by_area(scope, filters, found.villages.filter(measure=measure))
    told = policy_lab_paper.ScenarioPaper(place(scope), month, settings, scenario)

    def write(form: FormName) -> bytes:
        if form == "xlsx":
            return policy_lab_paper.workbook_of(told, found, (measure, rows), None, served(scope))
        return FORMS[form].write(policy_lab_paper.document_of(told, found, measure, rows, served(scope)))

    return write


def _sample(scope: Scope, quarter: str, month: dt.date) -> Callable[[FormName], bytes]:
    plan = sample_words.plan_of(
        samples.sizes(scope, month=month), "all_households", str(month.year), claim=None, capacity=60
    )
    drawn = samples.drawn(scope, month=month, who=plan.who, seed=plan.seed, counts=plan.counts)
    said = sample_words.overview(plan, place(scope))
    return lambda form: sample_plan.write(plan, drawn, said, meta(served(scope)), i18n.fmt_period(quarter), form)


def _visits(scope: Scope, area: str, quarter: str, month: dt.date) -> Callable[[FormName], bytes]:
    listed = visit_list(
        village.work(scope, area=area, month=month), village.visit_households(scope, area=area, month=month)
    )
    name, as_of = session.areas(scope)[area], dt.date.fromisoformat(session.snapshot().as_of)
    paper = VisitPaper(name, i18n.fmt_period(quarter), as_of, month, village.contacts(scope))

    def write(form: FormName) -> bytes:
        if form == "xlsx":
            return visit_workbook(listed, paper, meta(served(scope)))
        return FORMS[form].write(visit_document(listed, paper, meta(served(scope))))

    return write


def _household(scope: Scope, key: str, quarter: str, month: dt.date) -> Callable[[FormName], bytes]:
    file = household.file(scope, household=key, month=month)
    assert file
    whole, period = household.whole(scope, file, month=month), i18n.fmt_period(quarter)
    return lambda form: FORMS[form].write(household_file(whole, meta(served(scope)), period=period))


def _notices(scope: Scope, area: str, quarter: str, month: dt.date) -> dict[str, Made]:
    (start, end), settings = period_days(quarter), notices.settings(scope)
    rows = notices.rows(scope, area=area, start=start, end=end)
    name = session.areas(scope)[area]
    found = {
        kind: notice.notice_of(kind, name, rows, days=settings.days(kind), own_document=None)
        for kind in notice.NOTICES
        if rows.filter(notice=kind).height
    }
    return {
        f"notice {kind}": Made(PAPER, lambda form, one=one: notice.write(one, meta(served(scope)), form))
        for kind, one in found.items()
        if one.rows
    }


def _returns(scope: Scope, code: str, month: dt.date) -> Callable[[FormName], bytes]:
    own = as_department(scope, code)

    def ask(question: str, /, **given: object) -> pl.DataFrame:
        return session.cached(question, own, **given)

    return lambda form: returns_file(ask, code, month, form)


def text_of(made: bytes) -> str:
    """The words of a PDF without blanks; every page has some."""
    pages = [re.sub(r"[\s\u200b]", "", page.extract_text()) for page in pypdf.PdfReader(BytesIO(made)).pages]
    assert all(pages)
    return "".join(pages)


def tables_of(made: bytes) -> list[list[list[str]]]:
    """The tables of a Word document, row by row."""
    return [[[cell.text for cell in row.cells] for row in one.rows] for one in docx.Document(BytesIO(made)).tables]


def assert_every_paper(built: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: i18n.Language) -> None:
    """In Chinese each paper as PDF and workbook, in English as Word document: whose it is, what it compares, all of its
    rows, what stands in, which lists are none that is missing."""
    marts = "select max(month) from fct_household_month"
    area, key = ask(
        built,
        f"select area_code, household_key from fct_household_month where month = ({marts}) and household_key in "
        "(select household_key from fct_identification) order by is_monitored desc, 1, 2 limit 1",
    ).row(0)
    unasked = ask(built, "select title, title_en from dim_extract where not is_expected").rows()
    stand_ins = ask(built, "select 1 from meta_parameter where is_stand_in").height
    with served_as_on_pages(built, tmp_path, monkeypatch, language) as (scope, db):
        tree, papers = session.area_tree(scope), papers_of(scope, db, area, key)
        compared = [tree.areas[code].name for code in tree.compared(None)]
        whole, unit = place(scope), i18n.with_units("{Unit}")
        if language == "zh_CN":
            texts = {name: text_of(one.write("pdf")) for name, one in papers.items()}
            for name, text in texts.items():
                assert not re.search(r"[{}]|\d{17}[\dX]|(?<![A-Za-z])(None|nan)(?![A-Za-z])", text), name
                assert "样例数据" in text, name
            for name in ("quarterly", "monthly", "annual", "pack"):
                assert whole in texts[name]
                assert "**" not in texts[name], name
                assert all(texts[name].count(one) >= 1 for one in compared), name
                assert bool(stand_ins) == (t("export.stand_ins", names="")[:6] in texts[name]), name
                never = [title for title, _ in unasked if re.search(f"(?:缺|没有收到|尚未收到){title}", texts[name])]
                assert not never, name
            assert "逐户核实，结果报专班办公室" in texts["minutes"]
            assert session.areas(scope)[area] in texts["visits"]
            for name, one in papers.items():
                if "xlsx" in one.forms:
                    book = openpyxl.load_workbook(BytesIO(one.write("xlsx")), read_only=True)
                    assert all(sheet.max_row > 1 for sheet in book), name
            return
        words = {name: tables_of(one.write("docx")) for name, one in papers.items()}
        for name in ("quarterly", "annual", "pack", "monthly"):
            told = [rows for rows in words[name] if rows[0][0] == unit]
            assert told, name
            assert any([row[0] for row in rows[1:]][: len(compared)] == compared for rows in told), name
        metrics = next(rows for rows in words["quarterly"] if rows[0][1] == t("report.metric.value"))
        assert sum(row[1] != "" for row in metrics[1:]) == len(load_metrics())
        assert not any(title in row[2] for row in metrics[1:] for _, title in unasked), (
            "never asked for, so not missing"
        )
        assert Presentation(BytesIO(papers["pack"].write("pptx"))).slides
