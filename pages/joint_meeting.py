"""How do we stand, what changed, and what must be decided? The page a joint meeting opens with (YL-5a)."""

import datetime as dt

import streamlit as st

from warehouse.i18n import fmt_date, fmt_period, join_words, t
from warehouse.queries import about
from warehouse.queries import joint_meeting as asks
from warehouse.queries.served import place
from warehouse.session import (
    empty_state,
    filters_bar,
    freshness_line,
    go_to,
    header,
    is_village,
    link,
    may_go_to,
    require_scope,
    snapshot,
    table,
)
from warehouse.words import joint_meeting as words
from warehouse.words.parameters import parameter

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

st.markdown(f"#### {t('joint_meeting.section.headlines')}")
cards = words.headlines(meeting, earlier, titles)
for first in range(0, len(cards), 3):
    for box, shown in zip(st.columns(3), cards[first : first + 3], strict=False):
        with box.container(border=True, height="stretch"):
            st.metric(shown.card.name, shown.card.value)
            st.caption("  \n".join(shown.lines))
            with st.container(horizontal=True, vertical_alignment="center"):
                with st.popover(t("metric.how"), type="tertiary"):
                    st.markdown(shown.definition)
                link(shown.page, t(f"joint_meeting.link.{shown.page}"), **shown.query)
if stand_ins := about.stand_ins(scope):
    st.caption(t("joint_meeting.stand_in", names=join_words([parameter(name) for name in stand_ins])))

st.markdown(f"#### {t('joint_meeting.section.tasks')}")
tasks = (
    ("1", words.identified(meeting, earlier), ("coverage", {})),
    ("2", words.measures(meeting, earlier), ("evaluation", {"metric": "measures_done"})),
    ("3", words.hazards(meeting), ("risk", {})),
)
for box, (number, lines, (page, query)) in zip(st.columns(3), tasks, strict=True):
    with box.container(border=True, height="stretch"):
        st.markdown(f"**{t(f'joint_meeting.task.{number}')}**\n" + "".join(f"\n- {line}" for line in lines))
        link(page, t(f"joint_meeting.link.{page}"), **query)

st.markdown(f"#### {t('joint_meeting.section.decide')}")
as_of = fmt_date(dt.date.fromisoformat(snapshot().as_of))
st.caption(f"{t('joint_meeting.decide.note')} {t('joint_meeting.as_of', day=as_of)}")
matters = words.decisions(meeting, compared)
for matter in matters:
    amount, what, where_to = st.columns([2, 8, 2], vertical_alignment="center")
    amount.markdown(f"**{matter.amount}**")
    what.markdown(matter.matter + (f"  \n:gray[{matter.where}]" if matter.where else ""))
    with where_to:
        link(matter.page, t(f"joint_meeting.link.{matter.page}"), **matter.query)
if not matters:
    st.markdown(t("joint_meeting.decide.none"))

st.markdown(f"#### {t('joint_meeting.section.exceptions')}")
off = words.villages_off(compared)
st.markdown(off.sentence)
if off.frame.height and (row := table(off.frame, off.columns, key="meeting_villages", on_select=True)):
    go_to("village" if is_village(scope, row["area_code"]) else "coverage", area=row["area_code"])
off = words.lists_off(meeting.lists, words.rows_of(meeting).get("push_on_time"))
st.markdown(off.sentence)
if off.frame.height:
    table(off.frame, off.columns, key="meeting_lists")
if may_go_to(scope, "intake"):
    link("intake", t("joint_meeting.link.intake"))
off = words.issues_off(meeting.issues)
st.markdown(off.sentence)
whole = 35 * (off.frame.height + 1) + 3  # all villages concerned, without scrolling inside the table
if off.frame.height and (row := table(off.frame, off.columns, key="meeting_issues", on_select=True, height=whole)):
    go_to("look_back", area=row["area_code"])
