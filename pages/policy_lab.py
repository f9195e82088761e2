"""What if the line or the standard changed? Who comes in and goes out, what it costs, by the warehouse's models."""

import streamlit as st

from warehouse.i18n import t
from warehouse.queries import policy_lab as asks
from warehouse.queries.served import summed_place
from warehouse.sections.policy_lab import SECTIONS, Lab, controls, is_sound
from warehouse.session import (
    choice_in_url,
    empty_state,
    filters_bar,
    findings_box,
    freshness_line,
    header,
    require_scope,
)
from warehouse.words import policy_lab as words

scope = require_scope("policy_lab")
header(t("policy_lab.title"), t("policy_lab.question"))
filters = filters_bar(scope, newest_only=True)
freshness_line(scope, filters)
st.caption(t("policy_lab.intro"))
try:
    settings = asks.settings(scope, filters.month)
    scenario = asks.scenario_in(st.query_params.to_dict(), settings)
    controls(settings, scenario)
    found = asks.outcome(scope, filters, scenario)
except asks.LabError:
    empty_state("no_lab")
    st.stop()
if not is_sound(found):
    st.stop()

where = summed_place(scope, filters.area)
findings_box(words.sentences(found), words.headline(settings, scenario, where))
for column, (name, value, change, lines) in zip(st.columns(4), words.figures(found), strict=True):
    with column:
        st.metric(name, value, change, delta_color="off", delta_arrow="off")
        st.caption("  \n".join(lines))
with st.popover(t("metric.how"), type="tertiary"):
    st.markdown(t("policy_lab.how"))

shown = Lab(scope, filters, where, settings, scenario, found)
section = choice_in_url("section", tuple(SECTIONS), t("policy_lab.part"), lambda name: t(f"policy_lab.part.{name}"))
SECTIONS[section](shown)
