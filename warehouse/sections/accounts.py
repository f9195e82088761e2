"""Accounts on the administrator's page: who may sign in, as what, for where; temporary passwords, told once."""

from __future__ import annotations

import datetime as dt
from html import escape

import streamlit as st

from warehouse.app_db import app_db, sessions, users
from warehouse.app_db.models import User
from warehouse.app_db.users import AccountRefusedError
from warehouse.i18n import t
from warehouse.profiles import Profile
from warehouse.scope import ALL, HOUSEHOLDS_IF_GRANTED, SEES_AREAS, Role, Scope
from warehouse.session import table
from warehouse.words import admin as words

_LEAST = 35


def accounts_section(scope: Scope, profile: Profile) -> None:
    """All accounts, one of them to change, and a new one."""
    db, now = app_db(), dt.datetime.now(dt.UTC)
    everyone = users.list_users(db)
    st.markdown(words.counted(everyone, sessions.open_sessions(db).height, now))
    _told()
    shown = words.accounts(everyone, sessions.last_use(db), profile, now)
    table(shown, words.account_columns(), key="admin_accounts", height=min(420, _LEAST * shown.height + 38))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"## {t('admin.section.change')}")
        named = {user.name: user for user in everyone}
        name = st.selectbox(t("admin.account"), list(named), key="admin_name")
        _change(scope, profile, named[name], words.state_of(named[name], now))
    with right:
        st.markdown(f"## {t('admin.section.new')}")
        _new(scope, profile)


def _told() -> None:
    """What the last action did. A temporary password is told here, once, and kept nowhere."""
    if done := st.session_state.pop("admin_done", None):
        st.success(done)
    if secret := st.session_state.pop("admin_secret", None):
        name, password = secret
        with st.container(border=True):
            st.markdown(t("admin.secret", name=name))
            style = "font-size:1.5rem;letter-spacing:0.05em;user-select:all"
            st.html(f'<code data-testid="kanhu-secret" style="{style}">{escape(password)}</code>')
            st.caption(t("admin.secret_note"))


def _done(words_: str, secret: tuple[str, str] | None = None) -> None:
    st.session_state["admin_done"] = words_
    if secret:
        st.session_state["admin_secret"] = secret
    st.rerun()


def _refused(refused: AccountRefusedError) -> None:
    st.error(" ".join(t(f"admin.refused.{fault}") for fault in refused.faults))


def _grants(profile: Profile, key: str, user: User | None) -> tuple[Role, list[str], list[str], bool]:
    """Role, and what the role can be granted. Boxes of what it cannot be are not shown."""
    roles = list(Role)
    first = roles.index(Role(user.role)) if user else roles.index(Role.CADRE)
    role = st.selectbox(
        t("admin.column.role"), roles, index=first, format_func=lambda one: t(f"shell.role.{one}"), key=f"{key}_role"
    )
    areas: list[str] = []
    departments: list[str] = []
    households = False
    if role in SEES_AREAS:
        names = words.area_names(profile)
        held = [row.area_code for row in user.areas if row.area_code in names] if user else []
        options = [code for code in names if code != ALL or role is not Role.CADRE]
        default = [code for code in held if code in options] or ([] if role is Role.CADRE else [ALL])
        areas = st.multiselect(
            t("admin.areas"),
            options,
            default=default,
            format_func=names.__getitem__,
            placeholder=t("admin.choose"),
            key=f"{key}_areas_{role}",
        )
    if role is Role.DEPARTMENT:
        lists = words.department_names(profile)
        held = [row.department_code for row in user.departments if row.department_code in lists] if user else []
        departments = st.multiselect(
            t("admin.departments"),
            list(lists),
            default=held,
            format_func=lists.__getitem__,
            placeholder=t("admin.choose"),
            key=f"{key}_departments",
        )
    if role in HOUSEHOLDS_IF_GRANTED:
        was = user.households if user else False
        households = st.checkbox(t("admin.households"), value=was, key=f"{key}_households")
    return role, areas, departments, households


def _new(scope: Scope, profile: Profile) -> None:
    turn = st.session_state.get("admin_turn", 0)
    name = st.text_input(t("admin.new_name"), max_chars=64, key=f"admin_new_name_{turn}")
    role, areas, departments, households = _grants(profile, f"admin_new_{turn}", None)
    if not st.button(t("admin.add"), type="primary", key="admin_add"):
        return
    password = users.temporary_password()
    try:
        users.add_user(
            app_db(),
            name.strip(),
            role,
            password,
            areas=areas,
            departments=departments,
            households=households,
            must_change=True,
            by=scope.user_name,
        )
    except AccountRefusedError as refused:
        _refused(refused)
        return
    st.session_state["admin_turn"] = turn + 1
    _done(t("admin.added", name=name.strip()), (name.strip(), password))


def _change(scope: Scope, profile: Profile, user: User, state: str) -> None:
    """Change one account. What the account cannot need now is not offered."""
    key, by, db = f"admin_{user.user_id}", scope.user_name, app_db()
    role, areas, departments, households = _grants(profile, key, user)
    try:
        if st.button(t("admin.save"), key=f"{key}_save"):
            granted = {"areas": areas, "departments": departments}
            users.set_access(db, user.name, role, **granted, households=households, by=by)
            _done(t("admin.saved", name=user.name))
        buttons = st.container(horizontal=True, gap="small")
        if not user.is_demo and buttons.button(t("admin.temporary"), key=f"{key}_temporary"):
            password = users.set_temporary_password(db, user.name, by=by)
            _done(t("admin.password_set", name=user.name), (user.name, password))
        if user.failures and buttons.button(t("admin.unlock"), key=f"{key}_unlock"):
            users.unlock(db, user.name, by=by)
            _done(t("admin.unlocked", name=user.name))
        if buttons.button(t("admin.sign_out"), key=f"{key}_sign_out"):
            users.sign_out(db, user.name, by=by)
            _done(t("admin.signed_out", name=user.name))
        if user.is_disabled:
            if buttons.button(t("admin.enable"), key=f"{key}_enable"):
                users.enable(db, user.name, by=by)
                _done(t("admin.enabled", name=user.name))
        elif buttons.button(t("admin.disable"), key=f"{key}_disable"):
            users.disable(db, user.name, by=by)
            _done(t("admin.disabled", name=user.name))
    except AccountRefusedError as refused:
        _refused(refused)
