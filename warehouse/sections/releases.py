"""Frozen releases: which there are, freezing one, and what changed since, with the reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st

from warehouse.build_child import build_state, start_build
from warehouse.differences import difference
from warehouse.errors import BusyError, UsageError
from warehouse.exports.periodic_report import REPORTS
from warehouse.i18n import fmt_number, fmt_period, t
from warehouse.periods import PeriodKind, kind_of, period_days
from warehouse.queries import about
from warehouse.queries import releases as asks
from warehouse.queries.served import served
from warehouse.releases import Release, freeze
from warehouse.scope import Scope
from warehouse.sections.papers import offer_papers
from warehouse.session import XLSX, box_in_url, offer_download, periods, snapshot, table
from warehouse.settings import load_settings
from warehouse.words import releases as words
from warehouse.words.exports import meta

WORK = "page_explain"
KINDS: tuple[PeriodKind, ...] = ("quarter", "month", "year")


def releases_section(scope: Scope, area: str | None = None) -> None:
    """All of it: the list, freezing for who may, and what changed since the release that is chosen."""
    found = releases_overview(scope)
    if not found:
        return
    names = {release.name: release for release in found}
    chosen = box_in_url("release", list(names), t("releases.choose"), lambda name: name)
    if chosen:
        _since(scope, names[chosen], area)


def releases_overview(scope: Scope) -> list[Release]:
    """The releases there are, and freezing another for who may. Returns them, the newest first."""
    st.markdown(f"## {t('releases.section')}")
    st.caption(t("releases.note"))
    if done := st.session_state.pop("releases_done", None):
        st.success(done)
    found = asks.frozen()
    if found:
        table(words.listed(found), words.listed_columns(), key="releases_list")
    else:
        st.markdown(t("releases.none"))
    if scope.may_freeze:
        _freezing(scope)
    return found


def _freezing(scope: Scope) -> None:
    """Choose a period that the served snapshot holds to its end, and freeze it."""
    first, last = (_day(text) for text in (snapshot().first_month, snapshot().last_month))
    ended = [one for kind in KINDS for one in periods(kind, first, last) if _has_ended(one)]
    left, right = st.columns([3, 5], vertical_alignment="bottom")
    period = left.selectbox(t("releases.period"), ended, format_func=fmt_period, key="releases_period")
    if not right.button(t("releases.freeze", period=fmt_period(period)), key="releases_freeze"):
        return
    try:
        with st.spinner(t("releases.freezing")):
            release = freeze(load_settings(), period, by=scope.user_name)
    except UsageError:
        st.warning(t("releases.already", period=fmt_period(period)))
    except BusyError:
        st.warning(t("releases.busy"))
    else:
        st.session_state["releases_done"] = t("releases.frozen", name=release.name, snapshot=release.snapshot_id)
        st.rerun()


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _has_ended(period: str) -> bool:
    """Whether the served snapshot holds the period's last month."""
    return period_days(period)[1].replace(day=1) <= _day(snapshot().last_month)


def _since(scope: Scope, release: Release, area: str | None) -> None:
    """What changed since the release: in sentences, in tables, as a file; and the report as it was then."""
    kind, report = REPORTS[kind_of(release.period)]
    ask = partial(asks.frozen_query, release, scope)
    offer_papers(
        scope,
        lambda form: report(ask, release.period, frozen=release.frozen, form=form),
        f"{t(f'evaluation.{kind}.file')}_{release.name}",
        ("docx", "pdf", "pptx", "xlsx"),
        title=t("releases.report", name=release.name),
        key=f"releases_report_{release.name}",
        is_of_whole=True,
    )
    if release.snapshot_id == snapshot().snapshot_id:
        st.markdown(t("releases.same", name=release.name))
        return
    path = asks.compared(release)
    if path is None:
        if st.button(t("releases.compare", name=release.name), key="releases_compare"):
            with st.spinner(t("releases.comparing")):
                difference(load_settings(), release.name)
            st.rerun()
        return
    _difference(scope, release, path, area)
    if asks.info(scope, path)["proof"] == "rows" and scope.may_freeze:
        _explaining(scope, release)


def _difference(scope: Scope, release: Release, path: Path, area: str | None) -> None:
    info, titles = asks.info(scope, path), about.titles(scope)
    counts, figures = asks.counts(scope, path, area), asks.figures(scope, path, area)
    with st.container(border=True):
        for sentence in words.standing(asks.totals(scope, path, area), counts, release):
            st.markdown(f"- {sentence}")
    st.markdown(f"**{t('releases.what_differs')}**")
    for sentence in words.what_differs(asks.lists(scope, path), asks.settings(scope, path), info):
        st.markdown(f"- {sentence}")
    st.caption(words.proof_text(info))
    if figures.height:
        st.markdown(f"**{t('releases.figures', period=fmt_period(release.period))}**")
        table(words.changed_figures(figures), words.figure_columns(), key="releases_figures")
    if counts.height:
        st.markdown(f"**{t('releases.counts', period=fmt_period(release.period))}**")
        table(words.counted(counts), words.count_columns(), key="releases_counts")
    rows = words.changed_rows(asks.rows(scope, path, area), titles)
    if rows.height:
        st.markdown(f"**{t('releases.rows')}**")
        if rows.height > asks.LISTED:
            st.caption(t("releases.rows_limited", shown=fmt_number(asks.LISTED), all=fmt_number(rows.height)))
        table(rows.head(asks.LISTED), words.row_columns(), key="releases_rows")
    offer_download(
        scope,
        t("releases.xlsx"),
        lambda: words.as_xlsx(figures, counts, rows, replace(meta(served(scope)), frozen=release.frozen), release),
        f"{t('releases.file')}_{release.name}.xlsx",
        XLSX,
        key=f"releases_xlsx_{release.name}",
    )


def _explaining(scope: Scope, release: Release) -> None:
    """Builds that prove the reasons run beside the pages and can be left."""
    state = build_state(load_settings(), WORK)
    if state.is_running:
        st.info(t("releases.explaining"))
        return
    if st.button(t("releases.explain"), key="releases_explain"):
        try:
            start_build(load_settings(), WORK, "release", "diff", release.name, "--explain")
        except BusyError:
            st.warning(t("releases.busy"))
            return
        st.info(t("releases.explaining"))
    st.caption(t("releases.explain_note"))
