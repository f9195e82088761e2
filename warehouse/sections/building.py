"""A build: started, watched by whoever looks, left and come back to; and what it changed. Its state is on the disk."""

from __future__ import annotations

import datetime as dt

import polars as pl
import streamlit as st

from warehouse.app_db.audit import Action
from warehouse.build import last_failure
from warehouse.build_child import build_state, start_build
from warehouse.build_progress import DONE, told
from warehouse.errors import BusyError, without_values
from warehouse.i18n import fmt_instant, fmt_month, t
from warehouse.queries import intake as asks
from warehouse.scope import Scope
from warehouse.session import link, may_go_to, note, require_scope, snapshot, table
from warehouse.settings import load_settings
from warehouse.words import intake as words
from warehouse.words import uploads as said

_WATCHED, _ENDED = "build_watched", "build_ended"


def building_section(scope: Scope, waiting: pl.DataFrame) -> None:
    """Files that wait for a build, the build as it goes, and what the last one brought."""
    st.markdown(f"## {t('upload.build')}")
    if waiting.is_empty():
        st.markdown(t("intake.waiting_none"))
    else:
        table(waiting, words.columns("file_name", "month", "received_on", "rows_accepted"), key="intake_waiting")
    is_running = build_state(load_settings()).is_running
    # Only the part that watches runs again: what the user filled in or unfolded elsewhere on the page stays.
    st.fragment(_watch, run_every="2s" if is_running else None)()
    if not is_running:
        _ended(scope)


def at_work() -> str | None:
    """One line while a build runs; null else."""
    return t("upload.at_work_short") if build_state(load_settings()).is_running else None


def _watch() -> None:
    # A part that runs again by itself runs without the page around it: who asks, and in which language, is asked anew.
    scope = require_scope("intake")
    settings = load_settings()
    state, progress = build_state(settings), told(settings.builds)
    if state.is_running:
        st.session_state[_WATCHED] = True
        seconds = (dt.datetime.now(dt.UTC) - state.started_at).seconds if state.started_at else 0
        share = progress.share if progress and progress.step != DONE else 0.0
        st.progress(share, said.at_work(progress, seconds))
        return
    if st.session_state.pop(_WATCHED, False):
        st.session_state[_ENDED] = True
        st.rerun()
    if not scope.may_build:
        st.caption(t("upload.build_by_office"))
        return
    st.caption(t("intake.build_note"))
    if st.button(t("intake.build"), type="primary", key="intake_build"):
        try:
            start_build(settings)
        except BusyError:
            st.warning(t("intake.build_busy"))
            return
        note(scope, Action.BUILT, state.started_at.isoformat() if state.started_at else "first")
        st.session_state[_WATCHED] = True
        st.rerun()


def _ended(scope: Scope) -> None:
    """How the newest build ended: what it changed, or where and why it stopped and what is shown instead."""
    settings = load_settings()
    progress, failure = told(settings.builds), last_failure(settings)
    just_now = st.session_state.pop(_ENDED, False)
    if failure:
        at = dt.datetime.fromisoformat(failure["failed_at"]).astimezone()
        st.error(t("upload.failed", at=fmt_instant(at), step=said.stopped(progress)))
        if scope.may_build:
            with st.expander(t("upload.failed_why")):
                st.code(without_values(failure["reason"]), language=None)
        return
    if progress and progress.step != DONE:
        st.error(t("upload.stopped", step=said.stopped(progress)))
        lines = build_state(settings).lines
        if lines and scope.may_build:
            with st.expander(t("upload.failed_why")):
                st.code(without_values("\n".join(lines)), language=None)
        return
    at = dt.datetime.fromisoformat(snapshot().built_at).astimezone()
    facts = {"at": fmt_instant(at), "month": fmt_month(snapshot().last_month[:7])}
    if just_now:
        st.success(t("upload.built", **facts))
    else:
        st.markdown(t("upload.built_last", **facts))
    if progress and progress.served and progress.snapshot == snapshot().snapshot_id:
        brought = asks.brought(scope, progress.served)
        if brought is not None:
            st.markdown(f"**{t('upload.brought')}**")
            for line in said.brought(*brought):
                st.markdown(f"- {line}")
    with st.container(horizontal=True):
        if may_go_to(scope, "joint_meeting"):
            link("joint_meeting", t("upload.go_meeting"))
        if may_go_to(scope, "coverage"):
            link("coverage", t("upload.go_coverage"))
