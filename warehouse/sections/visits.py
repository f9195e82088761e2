"""The visit list of a village, to be printed or planned in Excel: for everything to do, or for what falls due."""

from __future__ import annotations

import datetime as dt

import polars as pl
import streamlit as st

from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.visit_list import VisitPaper, visit_document, visit_workbook
from warehouse.i18n import fmt_number, t
from warehouse.queries import village as asks
from warehouse.queries.served import served
from warehouse.scope import Scope
from warehouse.sections.papers import offer_papers
from warehouse.sections.reveal import reveal_box
from warehouse.session import Filters, snapshot
from warehouse.words.exports import meta
from warehouse.words.visit_list import FORTNIGHT, burden, visit_list


def offer_visits(scope: Scope, area: str, name: str, filters: Filters, work: pl.DataFrame) -> None:
    """Which households, with whose names, in which form. work: queries.village.work of the village.

    Nothing is offered to who sees no households. Source: DB-7 "one visit, one form".
    """
    if not scope.households:
        return
    with st.popover(t("visit.popover")):
        _choose_and_print(scope, area, name, filters, work)


def _choose_and_print(scope: Scope, area: str, name: str, filters: Filters, work: pl.DataFrame) -> None:
    only = st.segmented_control(
        t("visit.which"), ("all", "soon"), default="all", required=True, key="visit_which",
        format_func=lambda code: t(f"visit.which.{code}", days=fmt_number(FORTNIGHT)),
    )  # fmt: skip
    st.caption(t("visit.which.note"))
    reason = reveal_box(scope, "visit")
    homes = asks.visit_households(scope, area=area, month=filters.month)
    listed = visit_list(work, homes, only=only)
    if listed.households.is_empty():
        st.caption(t("visit.nothing"))
        return
    as_of = dt.date.fromisoformat(snapshot().as_of)
    paper = VisitPaper(name, filters.label, as_of, filters.month, asks.contacts(scope))

    def make(form: FormName) -> bytes:
        whole = listed
        if reason is not None:
            named = asks.visit_households(scope, area=area, month=filters.month, reason=reason)
            whole = visit_list(work, named, only=only)
        said = meta(served(scope))
        if form == "xlsx":
            return visit_workbook(whole, paper, said)
        return FORMS[form].write(visit_document(whole, paper, said))

    st.markdown(burden(listed))
    households, matters = fmt_number(listed.households.height), fmt_number(listed.matters.height)
    offer_papers(
        scope, make, t("visit.file", name=name, period=filters.period), ("pdf", "docx", "xlsx"),
        title=t("visit.print", households=households, matters=matters), key="visit_list",
    )  # fmt: skip
