"""What came in, what was refused, and why? And: send a file, check it first, import it, build."""

import datetime as dt
import tempfile
from pathlib import Path

import polars as pl
import streamlit as st

from warehouse.app_db.audit import Action
from warehouse.build import last_failure
from warehouse.build_child import build_state, start_build
from warehouse.charts import heat_month
from warehouse.contracts import load_contracts
from warehouse.errors import BusyError
from warehouse.i18n import fmt_instant, fmt_month, fmt_number, in_language, language, t
from warehouse.intake import UPLOAD, DryRun, dry_run, import_files, template
from warehouse.profiles import load_profile
from warehouse.queries import intake as asks
from warehouse.queries.findings import findings_by_rule
from warehouse.queries.served import served
from warehouse.sections.aliases import aliases_section
from warehouse.sections.scorecard import scorecard_section
from warehouse.session import (
    XLSX,
    chart,
    filters_bar,
    freshness_line,
    header,
    newly_picked,
    note,
    offer_download,
    require_scope,
    snapshot,
    spec,
    table,
)
from warehouse.settings import load_settings
from warehouse.words import findings as finding_words
from warehouse.words import intake as words

scope = require_scope("intake")
header(t("intake.title"), t("intake.question"))
filters = filters_bar(scope, kinds=("month",), area="none")
freshness_line(scope, filters)
settings, contracts = load_settings(), load_contracts()
own = asks.own_lists(scope)
titles = {name: in_language(contracts[name].title, contracts[name].title_en) for name in own}
extract = st.query_params.get("list")
extract = extract if extract in own else None
if st.session_state.get("intake_list") != (extract or ""):
    st.session_state["intake_list"] = extract or ""


def choose_list() -> None:
    """Keep the chosen list in the URL."""
    st.query_params.pop("list", None)
    if st.session_state["intake_list"]:
        st.query_params["list"] = st.session_state["intake_list"]


st.selectbox(
    t("intake.list"),
    ["", *own],
    format_func=lambda name: titles.get(name) or t("intake.all_lists"),
    key="intake_list",
    on_change=choose_list,
)
everything = asks.pushes(scope)
pushes = everything.filter(pl.col("month") == filters.month)
waiting = asks.landed_since(scope)

with st.container(border=True):
    for sentence in words.verdict(pushes, filters.label, waiting.height):
        st.markdown(f"- {sentence}")

came, held, answers, send = st.tabs(
    [t("intake.tab.came"), t("intake.tab.held"), t("scorecard.tab"), t("intake.tab.send")]
)
with came:
    st.markdown(f"#### {t('intake.section.matrix')}")
    st.caption(t("intake.matrix_note"))
    picked = chart(spec(heat_month, words.matrix(everything)), key="intake_matrix", on_select=True)
    if newly_picked("intake_matrix", picked) and picked:
        st.query_params["list"], st.query_params["period"] = picked["key"], picked["month"]
        st.rerun()
    st.markdown(f"#### {t('intake.section.lists')}")
    shown = words.lists(pushes.filter(pl.col("extract") == extract) if extract else pushes)
    names = ("list", "department", "state_words", "due_on", "received_on", "files", *words.ROWS[4:], "link_rate")
    table(shown, words.columns(*names), key="intake_lists")
    st.markdown(f"#### {t('intake.section.files')}")
    files = words.reconciled(asks.files(scope, month=filters.month, extract=extract))
    st.markdown(words.adds_up(files))
    st.caption(t("intake.files_note"))
    table(files, words.columns("file_name", *words.ROWS, "adds_up_words"), key="intake_files")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"#### {t('intake.section.repairs')}")
        repairs = words.repairs(files)
        if repairs.is_empty():
            st.markdown(t("intake.no_repairs"))
        else:
            table(repairs, words.columns("what", "cells"), key="intake_repairs")
    with right:
        st.markdown(f"#### {t('intake.section.links')}")
        links = asks.links(scope, month=filters.month, extract=extract)
        if links.is_empty():
            st.markdown(t("intake.no_links"))
        else:
            table(words.linked(links), words.columns("words", "rows_linkable", "share"), key="intake_links")

with held:
    st.markdown(f"#### {t('finding.intake_section')}")
    contradictions = findings_by_rule(scope, month=filters.month, extract=extract)
    if contradictions.is_empty():
        st.markdown(t("finding.intake_none"))
    else:
        st.markdown(finding_words.summary(contradictions, filters.label))
        table(finding_words.worded(contradictions), finding_words.columns(), key="intake_findings")
    st.markdown(f"#### {t('intake.section.rejected')}")
    reasons = asks.reasons(scope, month=filters.month, extract=extract)
    if not scope.rejected_rows:
        st.markdown(t("intake.no_rejected_role"))
    elif reasons.is_empty():
        st.markdown(t("intake.no_rejected"))
    else:
        rows = words.rejected(asks.rejected(scope, month=filters.month, extract=extract))
        st.caption(words.listed(int(reasons["rows_rejected"].sum()), rows.height))
        table(words.reasons(reasons), words.columns("reason", "rows_rejected"), key="intake_why")
        table(rows, words.columns("list", "file_name", *words.WHY), key="intake_rejected")
        offer_download(
            scope,
            t("intake.download"),
            lambda: words.export(rows, served(scope), filters.label),
            f"{t('intake.download_file')}_{filters.period}.xlsx",
            XLSX,
            key="intake_download",
        )
    if scope.may_build:
        aliases_section(scope)
    st.markdown(f"#### {t('intake.section.refused')}")
    refused = words.refused(asks.refused(scope))
    if refused.is_empty():
        st.markdown(t("intake.no_refused"))
    else:
        table(refused, words.columns("month", "file_name", "received_on", "reason"), key="intake_refused")


with answers:
    scorecard_section(scope, filters)


def check(name: str, content: bytes, month: dt.date) -> None:
    """Check a file as it was sent and keep what was found until it is imported or another one is sent."""
    with st.spinner(t("intake.checking")):
        found = dry_run(content, name, month, settings, load_profile(settings.profile))
    st.session_state["intake_found"] = (found, name, content, month)


def found_in(found: DryRun) -> bool:
    """What the check found. Returns whether the file can be imported."""
    record = found.record
    st.markdown(f"**{t('intake.dry.title')}**")
    if refusal := found.refusal_text(language()):
        st.error(t("intake.dry.refused", reason=words.literal(refusal)))
        return False
    if record.extract not in own:
        st.error(t("intake.not_own"))
        return False
    for sentence in words.outcome(record, titles[record.extract]):
        st.markdown(f"- {sentence}")
    if found.quarantined.height:
        st.markdown(f"**{t('intake.dry.quarantined')}**")
        rows = words.explained_here(found.quarantined.head(asks.LISTED))
        table(rows, words.columns(*words.WHY), key="intake_dry_rejected")
    if found.fixes.height:
        st.markdown(f"**{t('intake.dry.fixes')}**")
        villages = {area.area_code: area.name for area in load_profile(settings.profile).villages}
        examples = words.columns("column_title", "what", "cells", "row_no", "before", "after")
        table(words.fixes(found.fixes, villages), examples, key="intake_dry_fixes")
    return record.outcome != "unchanged"


def land(name: str, content: bytes, month: dt.date, load_id: str) -> None:
    """Import the file that was checked."""
    try:
        with st.spinner(t("intake.importing")), tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(name).name
            path.write_bytes(content)
            report = import_files([path], settings, load_profile(settings.profile), month=month, limits=UPLOAD)
    except BusyError:
        st.warning(t("intake.busy"))
        return
    note(scope, Action.UPLOADED, load_id, file=path.name, month=f"{month:%Y-%m}", summary=report.summary)
    st.session_state["intake_landed"] = words.landed(report)
    st.session_state.pop("intake_found", None)
    st.rerun()


def upload() -> None:
    """Choose a file, check it, see what would happen, import it."""
    if done := st.session_state.pop("intake_landed", None):
        st.success(done)
    with st.form("intake_upload", border=False):
        sent = st.file_uploader(t("intake.upload"), type=["xlsx", "xls", "et", "csv"], key="intake_file")
        first, second = st.columns(2)
        days = (dt.date.fromisoformat(day) for day in (snapshot().first_month, snapshot().last_month))
        month = first.selectbox(
            t("intake.upload_month"), words.months(*days), index=1, format_func=fmt_month, key="intake_month"
        )
        kind = second.selectbox(
            t("intake.upload_list"),
            ["", *own],
            format_func=lambda name: titles.get(name) or t("intake.by_file_name"),
            key="intake_kind",
        )
        if st.form_submit_button(t("intake.check")) and sent is not None:
            check(
                sent.name if not kind or sent.name.startswith(kind) else f"{kind}__{sent.name}", sent.getvalue(), month
            )
    if "intake_found" in st.session_state:
        found, name, content, of_month = st.session_state["intake_found"]
        with st.container(border=True):
            if found_in(found):
                if not scope.may_build:
                    st.info(t("intake.only_office"))
                elif st.button(t("intake.import"), type="primary", key="intake_import"):
                    land(name, content, of_month, found.record.load_id)


@st.fragment(run_every="2s" if build_state(settings).is_running else None)
def building() -> None:
    """The build: start it, watch it, see how it ended."""
    state = build_state(settings)
    if state.is_running:
        seconds = (dt.datetime.now(dt.UTC) - state.started_at).seconds if state.started_at else 0
        st.info(t("intake.build_running", seconds=fmt_number(seconds)))
        st.session_state["intake_watched"] = True
    elif st.session_state.pop("intake_watched", False):
        st.session_state["intake_built"] = True
        st.rerun()
    if not state.is_running and st.button(t("intake.build"), key="intake_build"):
        try:
            start_build(settings)
        except BusyError:
            st.warning(t("intake.build_busy"))
            return
        note(scope, Action.BUILT, state.started_at.isoformat() if state.started_at else "first")
        st.session_state["intake_watched"] = True
        st.rerun()
    if state.lines:
        with st.expander(t("intake.build_log")):
            st.code("\n".join(state.lines), language=None)


with send:
    if scope.may_upload:
        st.markdown(f"#### {t('intake.section.upload')}")
        upload()
    st.markdown(f"#### {t('intake.section.template')}")
    wanted = st.selectbox(t("intake.list"), own, format_func=lambda name: titles[name], key="intake_template_list")
    file_name = f"{titles[wanted]}_{t('intake.template_file')}.xlsx"
    offer_download(scope, t("intake.template"), lambda: template(wanted), file_name, XLSX, key="intake_template")
    if scope.may_build:
        st.markdown(f"#### {t('intake.section.build')}")
        st.caption(t("intake.build_note"))
        if waiting.is_empty():
            st.markdown(t("intake.waiting_none"))
        else:
            table(waiting, words.columns("file_name", "month", "received_on", "rows_accepted"), key="intake_waiting")
        if failure := last_failure(settings):
            at = dt.datetime.fromisoformat(failure["failed_at"]).astimezone()
            st.error(t("intake.build_failed", at=fmt_instant(at)))
            st.code(failure["reason"], language=None)
        elif st.session_state.pop("intake_built", False):
            st.success(t("intake.build_done"))
        building()
