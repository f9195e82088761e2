"""Names of villages that nobody knows: what they may mean, and a person's word for it."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import polars as pl
import streamlit as st

from warehouse.app_db.audit import Action
from warehouse.errors import BusyError, UsageError
from warehouse.i18n import fmt_instant, fmt_number, join_words, t
from warehouse.intake import (
    aliases_of,
    confirm_alias,
    forget_alias,
    read_again,
    suggested_aliases,
    suggested_in,
    to_read_again,
)
from warehouse.profiles import Profile, load_profile
from warehouse.scope import Scope
from warehouse.session import Column, note, table
from warehouse.settings import Settings, load_settings
from warehouse.words.markup import literal


def aliases_section(scope: Scope) -> None:
    """All of it, for who may build: names that wait, names confirmed, and reading the rows held back again."""
    settings = load_settings()
    profile = load_profile(settings.profile)
    st.markdown(f"## {t('aliases.section')}")
    st.caption(t("aliases.note"))
    if done := st.session_state.pop("aliases_done", None):
        st.success(done)
    waiting = suggested_aliases(settings, profile)
    if waiting.is_empty():
        st.markdown(t("aliases.none_waiting"))
    else:
        _waiting(scope, settings, profile, waiting)
    _confirmed(scope, settings, profile)
    _again(scope, settings, profile)


def _waiting(scope: Scope, settings: Settings, profile: Profile, waiting: pl.DataFrame, key: str = "") -> None:
    """key: tells the boxes of one file from those of another."""
    end = f"_{key}" if key else ""
    table(_with_meaning(waiting), _columns("text", "rows", "files", "may_mean"), key=f"aliases_waiting{end}")
    with st.form(f"aliases_confirm{end}", border=False):
        first, second = st.columns(2)
        text = first.selectbox(t("aliases.name"), waiting["text"].to_list(), key=f"aliases_text{end}")
        names = _full_names(profile)
        near = list(dict.fromkeys(code for codes in waiting["codes"] for code in codes))
        order = ["", *near, *(code for code in names if code not in near)]
        code = second.selectbox(
            t("aliases.village"),
            order,
            format_func=lambda code: names.get(code, t("aliases.choose")),
            key=f"aliases_village{end}",
        )
        if st.form_submit_button(t("aliases.confirm")) and text and code:
            alias = confirm_alias(settings, profile, text, code, scope.user_name)
            st.session_state["aliases_done"] = t("aliases.kept", name=literal(alias.text), village=alias.village)
            st.rerun()


def unknown_names(scope: Scope, settings: Settings, profile: Profile, quarantined: pl.DataFrame, key: str) -> None:
    """Names of a file that was checked and that nobody knows, with what they may mean; who may build confirms here."""
    waiting = suggested_in(quarantined, settings, profile)
    if waiting.is_empty():
        return
    st.markdown(f"**{t('upload.near')}**")
    st.caption(t("upload.near_note_office" if scope.may_build else "upload.near_note"))
    if scope.may_build:
        _waiting(scope, settings, profile, waiting, key)
    else:
        table(_with_meaning(waiting), _columns("text", "rows", "may_mean"), key=f"aliases_waiting_{key}")


def _with_meaning(waiting: pl.DataFrame) -> pl.DataFrame:
    return waiting.with_columns(
        may_mean=pl.Series([_may_mean(row) for row in waiting.iter_rows(named=True)], dtype=pl.String)
    )


def _may_mean(row: dict[str, object]) -> str:
    villages = row["villages"]
    near = join_words(villages) if isinstance(villages, list) and villages else t("aliases.nothing_near")
    return t("aliases.tied", names=near) if row["is_tied"] else near


def _full_names(profile: Profile) -> dict[str, str]:
    """The villages by their codes, each after its town where there are towns."""
    names = {area.area_code: area.name for area in profile.areas}
    return {
        area.area_code: "".join(names[code] for code in profile.above(area.area_code)[1:]) for area in profile.villages
    }


def _confirmed(scope: Scope, settings: Settings, profile: Profile) -> None:
    known = aliases_of(settings, profile)
    if not known:
        return
    rows = [
        {
            "text": one.text,
            "village_name": one.village,
            "by": one.confirmed_by,
            "at": fmt_instant(dt.datetime.fromisoformat(one.confirmed_at).astimezone()),
        }
        for one in known
    ]
    table(pl.DataFrame(rows), _columns("text", "village_name", "by", "at"), key="aliases_known")
    with st.form("aliases_forget", border=False):
        text = st.selectbox(t("aliases.take_back"), [one.text for one in known], key="aliases_forgotten")
        if st.form_submit_button(t("aliases.forget")) and text:
            # Another may have taken it back since the page was made: it is gone either way.
            with suppress(UsageError):
                forget_alias(settings, profile, text, scope.user_name)
            st.session_state["aliases_done"] = t("aliases.forgotten", name=literal(text))
            st.rerun()


def _again(scope: Scope, settings: Settings, profile: Profile) -> None:
    kept, _ = to_read_again(settings, profile)
    if not kept:
        return
    st.markdown(t("aliases.again_note", files=fmt_number(len(kept))))
    if st.button(t("aliases.again"), key="aliases_again"):
        try:
            with st.spinner(t("intake.importing")):
                report = read_again(settings, profile)
        except BusyError:
            st.warning(t("intake.busy"))
            return
        note(scope, Action.UPLOADED, "read again", summary=report.summary)
        accepted = sum(load.rows_accepted for load in report.loads)
        st.session_state["aliases_done"] = t(
            "aliases.read", files=fmt_number(len(report.loads)), rows=fmt_number(accepted)
        )
        st.rerun()


def _columns(*names: str) -> dict[str, Column]:
    numbers = ("rows", "files")
    return {name: Column(t(f"aliases.column.{name}"), "number" if name in numbers else "text") for name in names}
