"""How each department answers for its lists (YL-6), and the file that goes back to it."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from warehouse.exports.returns_letter import RETURN_FORMS
from warehouse.exports.returns_report import file_name, returns_file
from warehouse.i18n import in_language, t
from warehouse.passports import Figure
from warehouse.queries import intake as asks
from warehouse.scope import CORRECTS, Scope, as_department
from warehouse.sections.papers import offer_papers
from warehouse.sections.passport import figure_popover
from warehouse.session import Filters, cached, empty_state, snapshot, table
from warehouse.words import scorecard as words

COUNTED = ("push_on_time", "push_quality", "link_rate")


def scorecard_section(scope: Scope, filters: Filters) -> None:
    """Counts of the month department by department, then the file of what one of them must correct."""
    st.markdown(f"## {t('scorecard.section', month=filters.label)}")
    card = asks.scorecard(scope, month=filters.month)
    if card.is_empty():
        empty_state("no_rows")
        return
    for sentence in words.summary(card, filters.label):
        st.markdown(f"- {sentence}")
    table(words.told(card), words.columns(), key="intake_scorecard")
    st.caption(t("scorecard.note"))
    own = scope.departments[0] if len(scope.departments) == 1 else None
    if own or scope.areas:
        place = ("department", own) if own else ("profile", snapshot().profile)
        figure_popover(scope, *[Figure(metric, *place, filters.period) for metric in COUNTED])
    if scope.role in CORRECTS:
        _file(scope, filters, card)


def _file(scope: Scope, filters: Filters, card: pl.DataFrame) -> None:
    """The file for one department, made with the reach of that department."""
    st.markdown(f"## {t('scorecard.returns')}")
    st.caption(t("scorecard.returns_note"))
    names = {
        code: in_language(name, name_en)
        for code, name, name_en in card.select("department_code", "owner_name", "owner_name_en").iter_rows()
    }
    code = st.selectbox(
        t("warnings.column.department"), list(names), format_func=lambda code: names[code], key="scorecard_department"
    )
    own = as_department(scope, code)

    def ask(question: str, /, **given: object) -> pl.DataFrame:
        return cached(question, own, **given)

    offer_papers(
        scope,
        partial(returns_file, ask, code, filters.month),
        file_name(names[code], filters.period),
        RETURN_FORMS,
        title=t("scorecard.download", department=names[code]),
        key="scorecard_returns",
    )
