"""The audit trail on the administrator's page: searched by who, what, when and words, exported, its chain verified."""

from __future__ import annotations

import datetime as dt

import polars as pl
import streamlit as st

from warehouse.app_db import app_db, audit
from warehouse.app_db.audit import Action, Search
from warehouse.i18n import fmt_number, t
from warehouse.queries.served import served
from warehouse.scope import Scope
from warehouse.session import CSV, XLSX, offer_download, table
from warehouse.words import admin as words

PAGE = 100
EXPORTED = 50_000


def audit_section(scope: Scope) -> None:
    """Whether the chain is whole, the search, a page of entries, and the same as a file."""
    verdict = audit.verify(app_db())
    (st.success if verdict.is_whole else st.error)(words.chain(verdict))
    st.caption(t("admin.chain.note"))
    wanted = _wanted()
    if wanted is None:
        return
    found, total = audit.search(app_db(), wanted, size=PAGE)
    if not total:
        st.markdown(t("admin.audit.none"))
        return
    pages = -(-total // PAGE)
    place, boxes = st.columns([5, 1], vertical_alignment="bottom")
    page = boxes.selectbox(
        t("admin.audit.page"), range(pages), format_func=lambda n: f"{n + 1} / {pages}", key=f"admin_page_{pages}"
    )
    if page:
        found, _ = audit.search(app_db(), wanted, page=page, size=PAGE)
    first = page * PAGE + 1
    shown = {"first": fmt_number(first), "last": fmt_number(first + found.height - 1), "n": fmt_number(total)}
    place.markdown(t("admin.audit.shown", **shown))
    table(words.trail(found), words.trail_columns(), key="admin_trail", height=min(560, 35 * found.height + 38))
    _files(scope, wanted)


def _wanted() -> Search | None:
    """What is searched for; null while a day is not one."""
    anyone = t("shell.filter.any")
    first, second, third, fourth, fifth = st.columns([2, 2, 1.5, 1.5, 3])
    user = first.selectbox(
        t("admin.column.user_name"), ["", *audit.names(app_db())], format_func=lambda n: n or anyone, key="admin_user"
    )
    action = second.selectbox(
        t("admin.column.action"),
        ["", *map(str, Action)],
        format_func=lambda one: words.action_name(one) if one else anyone,
        key="admin_action",
    )
    begin = third.text_input(t("admin.audit.from"), placeholder="2026-01-01", max_chars=10, key="admin_from")
    end = fourth.text_input(t("admin.audit.to"), placeholder="2026-12-31", max_chars=10, key="admin_to")
    text = fifth.text_input(t("admin.audit.text"), max_chars=64, key="admin_text")
    try:
        days = [dt.date.fromisoformat(day.strip()) if day and day.strip() else None for day in (begin, end)]
    except ValueError:
        st.error(t("admin.audit.no_day"))
        return None
    return Search(user or None, action or None, days[0], days[1], (text or "").strip() or None)


def _files(scope: Scope, wanted: Search) -> None:
    now = dt.datetime.now().astimezone()
    name = f"{t('admin.section.audit')}_{now:%Y%m%d_%H%M}"

    def everything() -> pl.DataFrame:
        return audit.search(app_db(), wanted, size=EXPORTED)[0]

    left, right = st.columns(2)
    with left:
        offer_download(
            scope,
            t("admin.audit.xlsx"),
            lambda: words.trail_xlsx(everything(), served(scope), f"{now:%Y-%m-%d}"),
            f"{name}.xlsx",
            XLSX,
            key="admin_xlsx",
        )
    with right:
        offer_download(
            scope, t("admin.audit.csv"), lambda: words.trail_csv(everything()), f"{name}.csv", CSV, key="admin_csv"
        )
