"""One household: where it stands and why, what is due here and by when, what its file lacks; then the proof of it."""

import streamlit as st

from warehouse.app_db.audit import Action
from warehouse.i18n import t
from warehouse.queries import household as asks
from warehouse.sections.household import VIEWS, Chosen, back_to_list, choose, first_screen, papers
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
top = st.container()
filters = filters_bar(scope, kinds=("month",))
key = st.query_params.get("household")
file = asks.file(scope, household=key, month=filters.month) if key else None
if key is None or file is None:
    with top:
        header(t("household.title"), t("household.question"))
    freshness_line(scope, filters)
    if key is None:
        choose(scope, filters)
    else:
        empty_state("not_found")
        back_to_list()
    st.stop()

note(scope, Action.HOUSEHOLD_VIEWED, key, month=f"{filters.month:%Y-%m}")
with st.container(horizontal=True, vertical_alignment="center"):
    back_to_list()
    if may_go_to(scope, "village"):
        link("village", t("household.to_village", area=file["area_name"]), area=file["area_code"])
    reason = reveal_control(scope, key)
if reason:
    file = asks.file(scope, household=key, month=filters.month, reason=reason) or file
with top:
    header(t("household.title"), words.heading(file))
chosen = Chosen(scope, filters, key, file, reason)
first_screen(chosen, asks.steps(scope, household=key), asks.measures(scope, household=key))
papers(chosen)
freshness_line(scope, filters)
view = choice_in_url("view", tuple(VIEWS), t("household.view"), lambda name: t(f"household.view.{name}"))
VIEWS[view](chosen)
