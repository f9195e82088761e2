"""How do we stand, what changed, and what must be decided? The page a joint meeting opens with (YL-5a, YL-5b)."""

import polars as pl
import streamlit as st

from warehouse.exports.meeting_report import meeting_minutes, meeting_pack
from warehouse.i18n import t
from warehouse.queries import joint_meeting as asks
from warehouse.sections.joint_meeting import SECTIONS, head
from warehouse.sections.meeting_shown import gather
from warehouse.sections.papers import offer_papers
from warehouse.sections.present import present
from warehouse.session import (
    cached,
    choice_in_url,
    empty_state,
    filters_bar,
    filters_in_url,
    freshness_line,
    header,
    link,
    require_scope,
)

scope = require_scope("joint_meeting")
if "period" not in st.query_params and (full := asks.default_period(scope)):
    st.query_params["period"] = full
if "present" in st.query_params:
    present(gather(scope, filters_in_url(scope, kinds=("quarter", "month"))))
    st.stop()
title, enter = st.columns([9, 1.6], vertical_alignment="bottom")
with title:
    header(t("joint_meeting.title"), t("joint_meeting.question"))
with enter:
    link("joint_meeting", t("present.enter"), present="1")
filters = filters_bar(scope, kinds=("quarter", "month"), area="none")
freshness_line(scope, filters)
shown = gather(scope, filters)
if shown.meeting.metrics.is_empty():
    empty_state("no_rows")
    st.stop()
head(shown)


def ask(question: str, /, **given: object) -> pl.DataFrame:
    return cached(question, scope, **given)


offer_papers(
    scope,
    lambda form: meeting_pack(ask, filters.period, form=form, record=shown.record),
    f"{t('joint_meeting.pack.file')}_{filters.period}",
    ("docx", "pdf", "pptx", "xlsx"),
    title=t("joint_meeting.pack"),
    key="meeting_pack",
    is_of_whole=True,
)
if shown.opened:
    offer_papers(
        scope,
        lambda form: meeting_minutes(ask, filters.period, shown.record, form=form),
        f"{t('minutes.papers.file')}_{filters.period}",
        ("docx", "pdf"),
        title=t("minutes.papers"),
        key="meeting_minutes",
        is_of_whole=True,
    )
section = choice_in_url(
    "section", tuple(SECTIONS), t("joint_meeting.sections"), lambda name: t(f"joint_meeting.tab.{name}")
)
SECTIONS[section](shown)
