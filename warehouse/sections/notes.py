"""What a village says of its own figures: dated notes beside them, and a form for who may write."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import polars as pl
import streamlit as st

from warehouse.app_db import app_db
from warehouse.app_db.free_text import MOST, TextRefusedError
from warehouse.app_db.notes import add_note, notes, withdraw_note
from warehouse.errors import UsageError
from warehouse.i18n import t, t_n
from warehouse.scope import Role, Scope
from warehouse.session import Filters, areas
from warehouse.words import notes as words


def notes_section(scope: Scope, area_code: str, filters: Filters, metric: str | None = None) -> None:
    """The notes of a village for the period, those of other periods folded, and the form.

    metric: only notes about that figure, or about the village as a whole. An area that is not a village of the scope
    has no notes here.
    """
    place = areas(scope).get(area_code)
    if place is None:
        return
    st.markdown(f"## {t('notes.section')}")
    st.caption(t("notes.note", place=place))
    if done := st.session_state.pop("notes_done", None):
        st.success(done)
    everything = words.about(notes(app_db(), [area_code]), [metric] if metric else None)
    shown = words.about(notes(app_db(), [area_code], filters.period), [metric] if metric else None)
    if shown.is_empty():
        st.markdown(t("notes.none", period=filters.label))
    _listed(scope, shown, place)
    others = everything.join(shown, on="note_id", how="anti", maintain_order="left")
    if others.height:
        with st.expander(t_n("notes.others", others.height)):
            _listed(scope, others, place)
    if scope.may_note(area_code):
        _form(scope, area_code, filters, metric)


def notes_beside(scope: Scope, codes: Sequence[str], filters: Filters, metrics: Sequence[str]) -> None:
    """What villages say of these figures in the period, beside the points they explain; nothing where none does."""
    places = {code: name for code, name in areas(scope).items() if code in set(codes)}
    shown = words.about(notes(app_db(), list(places), filters.period), metrics)
    if shown.is_empty():
        return
    st.markdown(f"### {t('notes.beside')}")
    for row in shown.sort("area_code", "written_at").iter_rows(named=True):
        st.html(words.note_html(row, places[row["area_code"]], scope))


def _listed(scope: Scope, shown: pl.DataFrame, place: str) -> None:
    for row in shown.iter_rows(named=True):
        text, button = st.columns([7, 1], vertical_alignment="center")
        text.html(words.note_html(row, place, scope))
        may_withdraw = scope.role is Role.OFFICE or row["author"] == scope.user_name
        if may_withdraw and scope.may_note(row["area_code"]):
            key = f"notes_withdraw_{row['note_id']}"
            if button.button(t("notes.withdraw"), key=key, help=t("notes.withdraw_help")):
                # Another may have withdrawn it since the page was made: it is gone either way.
                with suppress(UsageError):
                    withdraw_note(app_db(), scope.user_name, row["note_id"])
                st.session_state["notes_done"] = t("notes.withdrawn")
                st.rerun()


def _form(scope: Scope, area_code: str, filters: Filters, metric: str | None) -> None:
    """Kept, the form is empty again; refused, what was written stays, to be put right."""
    turn = st.session_state.get("notes_turn", 0)
    with st.form(f"notes_form_{area_code}_{turn}", border=True):
        about, written = (
            metric,
            st.text_area(
                t("notes.write", period=filters.label), max_chars=MOST, height=96, key=f"notes_text_{area_code}_{turn}"
            ),
        )
        st.caption(t("notes.rules", most=MOST))
        if metric is None:
            about = st.selectbox(
                t("notes.about"),
                ["", *words.metrics_of_villages()],
                format_func=words.metric_label,
                key=f"notes_metric_{area_code}_{turn}",
            )
        if not st.form_submit_button(t("notes.keep")):
            return
        try:
            add_note(app_db(), scope.user_name, area_code, filters.period, written or "", about or None)
        except TextRefusedError as refused:
            st.error(t(f"notes.refused.{refused.fault}", most=MOST))
            return
    st.session_state["notes_turn"], st.session_state["notes_done"] = turn + 1, t("notes.kept")
    st.rerun()
