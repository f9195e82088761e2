"""What came of each list, whether every row ended somewhere, and what was refused, why and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import polars as pl
import streamlit as st

from warehouse.charts import heat_month
from warehouse.i18n import language, t
from warehouse.intake import annotated
from warehouse.profiles import load_profile
from warehouse.queries import intake as asks
from warehouse.queries.findings import findings_by_rule
from warehouse.queries.served import served
from warehouse.scope import Role, Scope
from warehouse.sections.aliases import aliases_section
from warehouse.session import XLSX, Filters, chart, newly_picked, offer_download, spec, table
from warehouse.settings import load_settings
from warehouse.words import findings as finding_words
from warehouse.words import intake as words


def list_box(titles: Mapping[str, str]) -> str | None:
    """One list of the user's or all of them (null); the choice lives in the URL."""
    asked = st.query_params.get("list")
    extract = asked if asked in titles else None
    if st.session_state.get("intake_list") != (extract or ""):
        st.session_state["intake_list"] = extract or ""
    st.selectbox(
        t("intake.list"),
        ["", *titles],
        format_func=lambda name: titles.get(name) or t("intake.all_lists"),
        key="intake_list",
        on_change=_choose_list,
    )
    return extract


def _choose_list() -> None:
    st.query_params.pop("list", None)
    if st.session_state["intake_list"]:
        st.query_params["list"] = st.session_state["intake_list"]


def came_section(scope: Scope, filters: Filters, everything: pl.DataFrame, extract: str | None) -> None:
    """Which list came in which month, how each list of the month did, and where the rows of every file ended."""
    pushes = everything.filter(pl.col("month") == filters.month)
    st.markdown(f"## {t('intake.section.lists')}")
    shown = words.lists(pushes.filter(pl.col("extract") == extract) if extract else pushes)
    names = ("list", "state_words", "due_on", "received_on", *words.ROWS[4:], "link_rate", "department")
    table(shown, words.columns(*names), key="intake_lists")
    st.markdown(f"## {t('intake.section.matrix')}")
    st.caption(t("intake.matrix_note"))
    picked = chart(spec(heat_month, words.matrix(everything)), key="intake_matrix", on_select=True)
    if newly_picked("intake_matrix", picked) and picked:
        st.query_params["list"], st.query_params["period"] = picked["key"], picked["month"]
        st.rerun()
    st.markdown(f"## {t('intake.section.files')}")
    files = words.reconciled(asks.files(scope, month=filters.month, extract=extract))
    st.markdown(words.adds_up(files))
    st.caption(t("intake.files_note"))
    table(files, words.columns("file_name", *words.ROWS, "adds_up_words"), key="intake_files")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"## {t('intake.section.repairs')}")
        repairs = words.repairs(files)
        if repairs.is_empty():
            st.markdown(t("intake.no_repairs"))
        else:
            table(repairs, words.columns("what", "cells"), key="intake_repairs")
    with right:
        st.markdown(f"## {t('intake.section.links')}")
        links = asks.links(scope, month=filters.month, extract=extract)
        if links.is_empty():
            st.markdown(t("intake.no_links"))
        else:
            table(words.linked(links), words.columns("words", "rows_linkable", "share"), key="intake_links")


def held_section(scope: Scope, filters: Filters, extract: str | None) -> None:
    """Rows and files that were refused, with reason and fix; what the data contradict; names that wait for a person."""
    st.markdown(f"## {t('intake.section.rejected')}")
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
    if scope.role is Role.DEPARTMENT:
        _copies(scope, filters, extract)
    st.markdown(f"## {t('intake.section.refused')}")
    refused = words.refused(asks.refused(scope))
    if refused.is_empty():
        st.markdown(t("intake.no_refused"))
    else:
        table(refused, words.columns("month", "file_name", "received_on", "reason"), key="intake_refused")
    if scope.may_build:
        aliases_section(scope)
    st.markdown(f"## {t('finding.intake_section')}")
    contradictions = findings_by_rule(scope, month=filters.month, extract=extract)
    if contradictions.is_empty():
        st.markdown(t("finding.intake_none"))
    else:
        st.markdown(finding_words.summary(contradictions, filters.label))
        table(finding_words.worded(contradictions), finding_words.columns(), key="intake_findings")


def _copies(scope: Scope, filters: Filters, extract: str | None) -> None:
    """Its own file back to the department that answers for it: whole numbers are in it, so to nobody else."""
    held = asks.files(scope, month=filters.month, extract=extract).filter(pl.col("rows_quarantined") > 0)
    if held.is_empty():
        return
    names = dict(held.select("load_id", "file_name").iter_rows())
    load_id = st.selectbox(t("upload.copy_of"), list(names), format_func=lambda one: names[one], key="intake_copy_of")
    came = asks.as_it_came(load_id)
    if came is None:
        st.caption(t("upload.copy_gone"))
        return
    content, received_on = came
    settings = load_settings()
    profile = load_profile(settings.profile)
    make = partial(annotated, content, names[load_id], filters.month, settings, profile, language=language())
    file_name = f"{Path(names[load_id]).stem}_{t('upload.copy_file')}.xlsx"
    offer_download(scope, t("upload.copy"), partial(make, received_on=received_on), file_name, XLSX, key="intake_copy")
    st.caption(t("upload.copy_note_own"))
