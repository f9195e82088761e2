"""Backups on the administrator's page: when the last one was made, making one, and how to restore."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import streamlit as st

from warehouse.app_db import app_db
from warehouse.backup.child import PageBackup, page_backup, start_backup
from warehouse.backup.last import last_backup
from warehouse.backup.sealing import LEAST_PASSPHRASE
from warehouse.errors import BusyError
from warehouse.i18n import t
from warehouse.scope import Scope
from warehouse.session import hand_over_file, require_scope
from warehouse.settings import load_settings
from warehouse.words import admin as words

_FILE, _TURN = "admin_backup_file", "admin_backup_turn"


def backup_section(scope: Scope) -> None:
    """What was backed up last, the form for a new one or how far it is, and the commands that restore."""
    last, now = last_backup(app_db()), dt.datetime.now(dt.UTC)
    (st.warning if words.is_backup_due(last, now) else st.success)(words.backup_state(last, now))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"## {t('admin.backup.new')}")
        state = page_backup(load_settings())
        if state.is_running:
            # Only the part that watches runs again by itself.
            st.fragment(_watch, run_every="1s")()
        else:
            _ended(scope, state)
    with right:
        st.markdown(f"## {t('admin.backup.restore')}")
        st.markdown(t("admin.backup.restore_how"))
        st.code(words.RESTORE_COMMANDS, language=None)
        st.caption(t("admin.backup.restore_note"))


def _watch() -> None:
    # It runs without the page around it: who asks, and in which language, is asked anew.
    require_scope("admin")
    state = page_backup(load_settings())
    if not state.is_running:
        st.rerun()
    st.progress(state.share, t("admin.backup.at_work"))
    st.caption(t("admin.backup.may_leave"))


def _ended(scope: Scope, state: PageBackup) -> None:
    """What became of this session's own backup, and the form for the next one."""
    own = st.session_state.get(_FILE)
    if own and state.fault:
        st.session_state.pop(_FILE)
        st.error(t("admin.backup.failed", why=state.fault))
    elif own and state.is_made:
        st.success(t("admin.backup.made"))
        hand_over_file(scope, Path(own), key="admin_backup_link")
        return
    _form(scope)


def _form(scope: Scope) -> None:
    st.caption(t("admin.backup.holds"))
    turn = st.session_state.get(_TURN, 0)
    with st.form(f"admin_backup_{turn}", border=False):
        first = st.text_input(t("admin.backup.passphrase"), type="password", max_chars=200, key=f"backup_one_{turn}")
        again = st.text_input(t("admin.backup.again"), type="password", max_chars=200, key=f"backup_two_{turn}")
        st.caption(t("admin.backup.passphrase_note", n=LEAST_PASSPHRASE))
        if not st.form_submit_button(t("admin.backup.make"), type="primary", key="admin_backup_make"):
            return
    if len(first or "") < LEAST_PASSPHRASE:
        st.error(t("admin.backup.short", n=LEAST_PASSPHRASE))
    elif first != again:
        st.error(t("admin.backup.different"))
    else:
        try:
            st.session_state[_FILE] = str(start_backup(load_settings(), first, scope.user_name))
        except BusyError:
            st.warning(t("admin.backup.busy"))
            return
        # New boxes: the passphrase stays in none.
        st.session_state[_TURN] = turn + 1
        st.rerun()
