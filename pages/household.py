"""One household: where it stands and why, what is due here and by when, what its file lacks; then the proof of it."""

import streamlit as st

from warehouse.app_db.audit import Action
from warehouse.i18n import t
from warehouse.queries import household as asks
from warehouse.sections.household import VIEWS, Chosen, choose, first_screen, papers
from warehouse.sections.reveal import reveal_control
from warehouse.session import (
    choice_in_url,
    empty_state,
    filters_bar,
    freshness_line,
    header,
    link,
    may_go_to,
    note,
    require_scope,
)
from warehouse.words import household as words

scope = require_scope("household")
header(t("household.title"), t("household.question"))
filters = filters_bar(scope, kinds=("month",))
freshness_line(scope, filters)
key = st.query_params.get("household")
if not key:
    choose(scope, filters)
    st.stop()

if st.button(t("household.back"), key="household_back"):
    st.query_params.pop("household", None)
    st.rerun()
file = asks.file(scope, household=key, month=filters.month)
if file is None:
    empty_state("not_found")
    st.stop()
note(scope, Action.HOUSEHOLD_VIEWED, key, month=f"{filters.month:%Y-%m}")
title, names = st.columns([4, 1], vertical_alignment="center")
with names:
    reason = reveal_control(scope, key)
if reason:
    file = asks.file(scope, household=key, month=filters.month, reason=reason) or file
title.subheader(words.heading(file), anchor=False)
if may_go_to(scope, "village"):
    link("village", t("household.to_village", area=file["area_name"]), area=file["area_code"])
chosen = Chosen(scope, filters, key, file, reason)
first_screen(chosen, asks.steps(scope, household=key), asks.measures(scope, household=key))
papers(chosen)
view = choice_in_url("view", tuple(VIEWS), t("household.view"), lambda name: t(f"household.view.{name}"))
VIEWS[view](chosen)
