"""The parts of the joint-meeting page, one shown at a time: what is not shown is not asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from warehouse.i18n import code_text, fmt_date, fmt_month, fmt_number, join_words, t
from warehouse.meetings import kinds, may_decide
from warehouse.queries import about, evaluation
from warehouse.queries import joint_meeting as asks
from warehouse.queries.risk import hazards as hazards_of
from warehouse.sections.decide import made_section, matters_section, progress_form, tell_what_was_done
from warehouse.sections.meeting_shown import Shown
from warehouse.sections.passport import passport_popover
from warehouse.sections.screens import headline_figures
from warehouse.session import choice_in_url, go_to, is_village, link, may_go_to, snapshot, table
from warehouse.words import decided
from warehouse.words import joint_meeting as words
from warehouse.words import meeting_parts as parts
from warehouse.words.hazards import hazards as hazards_told
from warehouse.words.joint_meeting import Exceptions
from warehouse.words.markup import grid, strong
from warehouse.words.parameters import parameter

# Of what was carried, as many as fit under the sentence; the rest stands in its own part.
_FIRST = 5


def head(shown: Shown) -> None:
    """What the meeting opens with: what became of earlier decisions, how we stand, and what stands out."""
    st.markdown(f"## {t('joint_meeting.section.actions')}")
    st.markdown(decided.say(shown.decided))
    late = decided.carried(shown.decided)
    if late.height:
        heads = [t(f"decided.column.{name}") for name in ("state", "text", "owner", "due_on", "source")]
        rows = [
            (f"**{decided.lateness(row)}**", row["text"], row["owner"], fmt_date(row["due_on"]), _source(row))
            for row in late.head(_FIRST).iter_rows(named=True)
        ]
        st.html(f'<div class="kanhu-carried">{grid(heads, rows)}</div>')
    if shown.decided.height:
        link("joint_meeting", t("joint_meeting.link.decided", n=fmt_number(shown.decided.height)), section="actions")
    st.markdown(f"## {t('joint_meeting.section.stand')}")
    stand = words.cover_say(words.rows_of(shown.meeting), shown.earlier, shown.titles)
    st.html(f'<p class="kanhu-stand">{strong(stand or t("joint_meeting.stand.unknown"))}</p>')
    st.html(_strip(shown))
    st.markdown(f"## {t('joint_meeting.section.standouts')}")
    for one in shown.standouts.found:
        kind, said, where_to = st.columns([1.3, 9, 1.5], vertical_alignment="top")
        tone = "check" if one.kind in ("off", "over") else "note"
        kind.html(f'<span class="kanhu-chip kanhu-chip-{tone}">{t(f"standouts.kind.{one.kind}")}</span>')
        said.markdown(one.text)
        with where_to:
            link(one.page, t("joint_meeting.link.section"), **one.query)
    st.caption(shown.standouts.quiet)


def _strip(shown: Shown) -> str:
    """The headline figures at a glance: name, value, change and target in a few words."""
    cells = "".join(
        f"<div{' class=kanhu-main' if one.is_main else ''}><small>{escape(one.name)}</small><b>{escape(one.value)}</b>"
        f"<small>{escape(one.words)}</small></div>"
        for one in headline_figures(shown)
    )
    return f'<div class="kanhu-strip">{cells}</div>'


def _source(row: Mapping[str, Any]) -> str:
    return t(f"decided.source.{row['source']}")


def decide(shown: Shown) -> None:
    """What the meeting has to settle, and what it has settled so far."""
    st.markdown(f"## {t('joint_meeting.section.decide')}")
    as_of = fmt_date(dt.date.fromisoformat(snapshot().as_of))
    gap = t("gap.sentence_gap")
    st.caption(f"{t('joint_meeting.decide.note')}{gap}{t('joint_meeting.as_of', day=as_of)}")
    made_section(shown)
    matters_section(shown)


def overview(shown: Shown) -> None:
    """The headline figures against the period before and their targets, and how the three tasks stand."""
    meeting, earlier = shown.meeting, shown.earlier
    st.markdown(f"## {t('joint_meeting.section.headlines')}")
    cards, rows = words.headlines(meeting, earlier, shown.titles), words.rows_of(meeting)
    for first in range(0, len(cards), 3):
        for box, one in zip(st.columns(3), cards[first : first + 3], strict=False):
            with box.container(border=True, height="stretch"):
                st.metric(one.card.name, one.card.value)
                st.caption("  \n".join(one.lines))
                with st.container(horizontal=True, vertical_alignment="center"):
                    passport_popover(shown.scope, rows[one.card.metric])
                    link(one.page, t(f"joint_meeting.link.{one.page}"), **one.query)
    if stand_ins := about.stand_ins(shown.scope):
        st.caption(t("joint_meeting.stand_in", names=join_words([parameter(name) for name in stand_ins])))
    st.markdown(f"## {t('joint_meeting.section.tasks')}")
    tasks = (
        ("1", words.identified(meeting, earlier), "new"),
        ("2", words.measures(meeting, earlier), "measures"),
        ("3", words.hazards(meeting), "hazards"),
    )
    for box, (number, lines, section) in zip(st.columns(3), tasks, strict=True):
        with box.container(border=True, height="stretch"):
            st.markdown(f"**{t(f'joint_meeting.task.{number}')}**\n" + "".join(f"\n- {line}" for line in lines))
            link("joint_meeting", t("joint_meeting.link.section"), section=section)


def newly_monitored(shown: Shown) -> None:
    """Task one: who was identified, and who should be."""
    filters = shown.filters
    st.markdown(f"## {t('joint_meeting.section.new')}")
    asked = {"month": filters.month, "earlier": filters.before().month, "areas": filters.compared}
    told = parts.monitored(asks.monitored(shown.scope, **asked), shown.earlier)  # type: ignore[arg-type]
    st.markdown(told.sentence)
    for line in words.identified(shown.meeting, shown.earlier)[-2:]:
        st.markdown(f"- {line}")
    _areas(shown, told, "meeting_new")
    link("risk", t("joint_meeting.link.risk"), section="types")


def measures(shown: Shown) -> None:
    """Task two: are measures carried out, for every need, by every department and area?"""
    period = shown.filters.period
    st.markdown(f"## {t('joint_meeting.section.measures')}")
    for line in words.measures(shown.meeting, shown.earlier):
        st.markdown(f"- {line}")
    st.markdown(f"### {t('joint_meeting.part.measures_needs')}")
    _told(parts.needs(asks.needs(shown.scope, month=shown.filters.month)), "meeting_needs")
    st.markdown(f"### {t('joint_meeting.part.measures_departments')}")
    owed = evaluation.departments(shown.scope, metric="measures_done", period=period)
    _told(parts.measures_by_department(owed), "meeting_measures_departments")
    st.markdown(f"### {t('joint_meeting.part.measures_areas')}")
    values = evaluation.villages(shown.scope, metrics=parts.OF_AREAS, period=period, areas=shown.filters.compared)
    told = parts.measures_by_area(values)
    st.markdown(told.sentence)
    _areas(shown, told, "meeting_measures")
    link("evaluation", t("joint_meeting.link.evaluation"), metric="measures_done")


def large_scale(shown: Shown) -> None:
    """Task three: every month of the period against its limits; the newest in full."""
    st.markdown(f"## {t('joint_meeting.section.hazards')}")
    for line in words.hazards(shown.meeting):
        st.markdown(f"- {line}")
    month = shown.filters.month
    asked = hazards_of(shown.scope, month=month, areas=shown.filters.compared)
    if asked.is_empty():
        return
    told = hazards_told(asked, month)
    st.markdown(f"### {t('joint_meeting.part.hazard_month', month=fmt_month(month))}")
    for sentence in told.sentences:
        st.markdown(f"- {sentence}")
    left, right = st.columns([12, 8], gap="large")
    with left:
        table(told.areas, told.columns(t("joint_meeting.column.name"), causes=False), key="meeting_hazards")
    with right:
        table(told.causes, told.columns(t("chart.cause"), causes=True), key="meeting_hazard_causes")
    st.caption(t("risk.note.hazards"))
    link("risk", t("joint_meeting.link.risk"), section="hazards")


def departments(shown: Shown) -> None:
    """Did departments push their lists in time, and which lists are late or missing?"""
    st.markdown(f"## {t('joint_meeting.section.departments')}")
    _told(parts.pushes(shown.departments), "meeting_departments")
    off = words.lists_off(shown.meeting.lists, words.rows_of(shown.meeting).get("push_on_time"))
    _told(off, "meeting_lists")
    if may_go_to(shown.scope, "intake"):
        link("intake", t("joint_meeting.link.intake"))


def areas(shown: Shown) -> None:
    """What is off by more than chance among the areas, and whose problems are overdue."""
    st.markdown(f"## {t('joint_meeting.section.exceptions')}")
    st.caption(t("joint_meeting.off.click"))
    off = words.villages_off(shown.compared, shown.place)
    st.markdown(off.sentence)
    if off.frame.height:
        _areas(shown, decided.with_notes(off, shown.record), "meeting_villages")
    off = words.issues_off(shown.meeting.issues)
    st.markdown(off.sentence)
    if not off.frame.height:
        return
    whole = 35 * (off.frame.height + 1) + 3  # all areas concerned, without scrolling inside the table
    if row := table(off.frame, off.columns, key="meeting_issues", on_select=True, height=whole):
        go_to("look_back", area=row["area_code"])


def actions(shown: Shown) -> None:
    """What became of what earlier meetings decided, of one kind of meeting or all (YL-5a, YL-5b)."""
    st.markdown(f"## {t('joint_meeting.section.actions')}")
    ordered = kinds() if shown.filters.kind == "quarter" else kinds()[::-1]
    chosen = choice_in_url(
        "meeting",
        ("any", *ordered),
        t("joint_meeting.actions.kinds"),
        lambda kind: t("joint_meeting.actions.any") if kind == "any" else code_text(kind),
    )
    tell_what_was_done()
    frame = shown.decided if chosen == "any" else shown.decided.filter(kind=chosen)
    _told(decided.listed(frame), f"meeting_actions_{chosen}")
    if may_decide(shown.scope):
        numbers = frame["decision_id"].drop_nulls().to_list()
        progress_form(shown.scope, shown.recorded.filter(pl.col("decision_id").is_in(numbers)), key="earlier")
    st.caption(shown.decided_note)
    link("evaluation", t("joint_meeting.link.evaluation"), metric="action_items_done")


def _told(told: Exceptions, key: str) -> None:
    """A sentence and its table, whole."""
    st.markdown(told.sentence)
    if told.frame.height:
        table(told.frame, told.columns, key=key, height=min(35 * (told.frame.height + 1) + 3, 900))


def _areas(shown: Shown, told: Exceptions, key: str) -> None:
    """A table of areas; a click opens the village, or the cover of the town."""
    row = table(told.frame, told.columns, key=key, on_select=True)
    if row:
        go_to("village" if is_village(shown.scope, row["area_code"]) else "coverage", area=row["area_code"])


SECTIONS = {
    "matters": decide,
    "overview": overview,
    "new": newly_monitored,
    "measures": measures,
    "hazards": large_scale,
    "departments": departments,
    "areas": areas,
    "actions": actions,
}
