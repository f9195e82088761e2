"""How do we stand, what changed, and what must be decided? The page a joint meeting opens with (YL-5a, YL-5b)."""

from functools import partial

import streamlit as st

from warehouse.exports.meeting_report import meeting_pack
from warehouse.i18n import fmt_period, t
from warehouse.queries import about
from warehouse.queries import joint_meeting as asks
from warehouse.queries.served import place
from warehouse.sections.joint_meeting import SECTIONS, Shown
from warehouse.session import (
    XLSX,
    cached,
    choice_in_url,
    empty_state,
    filters_bar,
    freshness_line,
    header,
    offer_download,
    require_scope,
)
from warehouse.words import joint_meeting as words
from warehouse.words.meeting_parts import actions_say

scope = require_scope("joint_meeting")
header(t("joint_meeting.title"), t("joint_meeting.question"))
if "period" not in st.query_params and (full := asks.default_period(scope)):
    st.query_params["period"] = full
filters = filters_bar(scope, kinds=("quarter", "month"), area="none")
freshness_line(scope, filters)
meeting = asks.meeting(scope, filters)
if meeting.metrics.is_empty():
    empty_state("no_rows")
    st.stop()
earlier, titles = fmt_period(filters.before().period), about.titles(scope)
compared = words.judged(meeting)

with st.container(border=True):
    for sentence in words.findings(meeting, compared, place(scope), earlier, titles):
        st.markdown(f"- {sentence}")
    if meeting.actions.height:
        st.markdown(f"- {t('joint_meeting.find.actions', said=actions_say(meeting.actions))}")
offer_download(
    scope,
    t("joint_meeting.pack"),
    partial(meeting_pack, partial(cached, scope=scope), filters.period),
    f"{t('joint_meeting.pack.file')}_{filters.period}.xlsx",
    XLSX,
    key="meeting_pack",
)

section = choice_in_url(
    "section", tuple(SECTIONS), t("joint_meeting.sections"), lambda name: t(f"joint_meeting.tab.{name}")
)
SECTIONS[section](Shown(scope, filters, meeting, compared, earlier, titles))
