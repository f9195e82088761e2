"""The parts of the risk page, one shown at a time: what is not shown is not asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl
import streamlit as st

from warehouse.charts import cause_bars, cause_matrix, class_matrix, income_histogram, transition_matrix, trend
from warehouse.charts.risk import cause_months, levels_by
from warehouse.i18n import fmt_period, fmt_quarter, label, t
from warehouse.queries import about, evaluation
from warehouse.queries import risk as asks
from warehouse.queries.served import served
from warehouse.queries.village import Chosen, households
from warehouse.scope import Scope
from warehouse.session import (
    XLSX,
    Filters,
    box_in_url,
    chart,
    choice_in_url,
    empty_state,
    go_down,
    go_to,
    link,
    may_go_to,
    newly_picked,
    offer_download,
    spec,
    table,
    whole_height,
)
from warehouse.words import risk as words
from warehouse.words.classes import SHORT, classes, watched
from warehouse.words.coverage import found
from warehouse.words.gaps import worded
from warehouse.words.hazards import hazards
from warehouse.words.parameters import unset_note
from warehouse.words.steps import channel_lines


@dataclass(frozen=True)
class Shown:
    """What every part of the page knows: who asks, what is chosen, and what the head of the page has asked already.

    place: the name of the chosen area or the whole. month: the newest with data; earlier: the end of the period before,
    null where there are no data. months, villages, causes, lines: as queries.risk gives them.
    """

    scope: Scope
    filters: Filters
    place: str
    is_village: bool
    month: dt.date
    earlier: dt.date | None
    months: pl.DataFrame
    villages: pl.DataFrame
    causes: pl.DataFrame
    lines: pl.DataFrame


def levels(shown: Shown) -> None:
    """Where is risk, and is it rising?"""
    left, right = st.columns([11, 9], gap="large")
    with left:
        st.markdown(f"## {t('risk.section.villages')}")
        key = f"risk_villages_{shown.filters.within}"
        picked = chart(
            spec(levels_by, words.by_village(shown.villages)),
            key=key,
            on_select=True,
            alt_text=t("risk.section.villages"),
        )
        st.caption(t("risk.note.villages"))
    with right:
        st.markdown(f"## {t('risk.section.months', place=shown.place)}")
        limits = None if shown.is_village else words.series(shown.months)
        drawn = spec(trend, words.by_month(shown.months), share=False, limits=limits)
        chart(drawn, key="risk_months", alt_text=t("risk.section.months", place=shown.place))
        st.caption(t("village.note.trends" if shown.is_village else "risk.note.months"))
    go_down(shown.scope, "risk_villages", {"area_code": picked["key"]} if picked else None)


def population(shown: Shown) -> None:
    """One population of six kinds, on the registers and by the data (DB-1), and who is watched beyond it (DB-3)."""
    _classes(shown, "tier")
    st.markdown(f"## {t('risk.section.watch', place=shown.place)}")
    asked = asks.watch(shown.scope, month=shown.month, earlier=shown.earlier, area=shown.filters.area)
    if asked.is_empty():
        empty_state("no_rows")
        return
    told = watched(asked)
    st.markdown(told.sentence)
    table(told.table, told.columns, key="risk_watch")
    st.caption(t("risk.note.watch"))
    if unset := unset_note(about.unset(shown.scope, "rejected_window_months", "left_dibao_window_months")):
        st.caption(unset)


def types(shown: Shown) -> None:
    """The three types of monitored households, by the data and on the register (BX-2); how they were found (BX-3)."""
    _classes(shown, "type")
    filters = shown.filters
    st.markdown(f"## {t('risk.section.channels', period=fmt_period(filters.period), place=shown.place)}")
    channels = evaluation.channels(shown.scope, start=filters.start, end=filters.end, area=filters.area)
    st.markdown("\n".join(f"- {sentence}" for sentence in channel_lines(channels)))
    st.caption(t("risk.note.channels"))
    link("evaluation", t("joint_meeting.link.evaluation"), metric="unforeseen_admissions")


def _classes(shown: Shown, kind: str) -> None:
    st.markdown(f"## {t(f'risk.section.{kind}', place=shown.place)}")
    asked = asks.classes(shown.scope, month=shown.month, kind=kind, area=shown.filters.area)
    if asked.is_empty():
        empty_state("no_rows")
        return
    told = classes(asked, kind)
    st.markdown("\n".join(f"- {sentence}" for sentence in told.sentences))
    table(told.table, told.columns, key=f"risk_{kind}")
    st.caption(t(f"risk.note.{kind}"))
    chart(spec(class_matrix, told.pairs, kind=SHORT[kind], codes=told.codes), key=f"risk_{kind}_pairs")
    st.caption(t("risk.note.class_matrix"))
    if may_go_to(shown.scope, "coverage"):
        link("coverage", t("joint_meeting.link.coverage"))


def causes(shown: Shown) -> None:
    """Of what are households at risk, which causes come together, and how far are incomes from the line?"""
    order = shown.causes["cause"].to_list()
    area = shown.filters.area
    left, right = st.columns([9, 11], gap="large")
    with left:
        st.markdown(f"## {t('risk.section.causes', place=shown.place)}")
        bars = shown.causes.rename({"cause": "code"})
        accent = words.hazard_causes(shown.causes)
        picked = chart(spec(cause_bars, bars, accent=accent), key="risk_causes", on_select=True)
        st.caption(t("risk.note.causes"))
        if newly_picked("risk_causes", picked) and picked:
            _list("cause", picked["code"])
    with right:
        st.markdown(f"## {t('risk.section.cause_months')}")
        by_month = asks.cause_months(shown.scope, month=shown.month, area=area)
        chart(spec(cause_months, by_month, order), key="risk_cause_months")
        st.caption(t("risk.note.cause_months"))
    st.markdown(f"## {t('risk.section.pairs')}")
    pairs = asks.pairs(shown.scope, month=shown.month, area=area)
    if pairs.is_empty():
        st.markdown(t("risk.no_pairs"))
    else:
        chart(spec(cause_matrix, pairs, order), key="risk_pairs")
        st.caption(t("risk.note.pairs"))


def incomes(shown: Shown) -> None:
    """How do incomes lie against the monitoring line?"""
    st.markdown(f"## {t('risk.section.incomes', place=shown.place)}")
    asked = asks.incomes(shown.scope, month=shown.month, area=shown.filters.area)
    drawn = words.histogram(asked, shown.lines)
    if drawn is None:
        empty_state("no_rows")
        return
    left, right = st.columns([13, 7], gap="large")
    with left:
        bars = spec(income_histogram, drawn.bins, line=drawn.line, multiple=drawn.multiple, unknown=drawn.unknown)
        chart(bars, key="risk_incomes", alt_text=t("risk.section.incomes", place=shown.place))
    with right:
        st.markdown("\n".join(f"- {sentence}" for sentence in drawn.words))
        st.caption(words.stand_ins(shown.lines) or "")


def large_scale(shown: Shown) -> None:
    """Where do new warnings go beyond chance? (YL-2a)"""
    st.markdown(f"## {t('risk.section.hazards')}")
    asked = asks.hazards(shown.scope, month=shown.month, areas=shown.filters.compared)
    if asked.is_empty():
        empty_state("no_rows")
        return
    told = hazards(asked, shown.month)
    st.markdown("\n".join(f"- {sentence}" for sentence in told.sentences))
    left, right = st.columns([11, 9], gap="medium")
    with left:
        columns = told.columns(t("coverage.column.name"), causes=False)
        key = f"risk_hazards_{shown.filters.within}"
        picked = table(told.areas, columns, key=key, on_select=True, height=whole_height(told.areas.height, 24))
    with right:
        columns = told.columns(t("chart.cause"), causes=True)
        table(told.causes, columns, key="risk_hazard_causes", height=whole_height(told.causes.height))
    st.caption(t("risk.note.hazards"))
    go_down(shown.scope, "risk_hazards", {"area_code": picked["area_code"]} if picked else None)


def focus(shown: Shown) -> None:
    """How large are the focus groups, and are they covered? (ST-1d)"""
    st.markdown(f"## {t('risk.section.focus')}")
    area = shown.filters.area
    groups = words.focus_table(asks.focus(shown.scope, month=shown.month, earlier=shown.earlier, area=area))
    picked = table(groups, words.focus_columns(t("risk.focus.name"), change=True), key="risk_focus", on_select=True)
    st.caption(t("risk.note.focus"))
    if newly_picked("risk_focus", {"focus": picked["focus"]} if picked else None) and picked:
        st.query_params["focus"] = picked["focus"]
        st.rerun()
    offer_download(
        shown.scope,
        t("coverage.download"),
        lambda: words.export_focus(groups, served(shown.scope), shown.filters.label),
        f"{t('risk.section.focus_file')}_{shown.filters.period}.xlsx",
        XLSX,
        key="risk_focus_file",
    )
    group = box_in_url("focus", groups["focus"].to_list(), t("risk.focus.name"), lambda code: label("focus", code))
    if not group:
        st.markdown(t("risk.focus.choose"))
        return
    st.markdown(f"**{t('risk.focus.by_village', group=label('focus', group))}**")
    asked = asks.focus_villages(shown.scope, month=shown.month, focus=group, areas=shown.filters.compared)
    columns = words.focus_columns(t("coverage.column.name"), change=False)
    table(words.focus_villages(asked), columns, key=f"risk_focus_{group}", height=420)


def moves(shown: Shown) -> None:
    """Who moved between tiers and levels since the quarter before?"""
    quarter = f"{shown.month.year}Q{(shown.month.month + 2) // 3}"
    st.markdown(f"## {t('risk.section.moves', quarter=fmt_quarter(quarter))}")
    kind = choice_in_url("moves", words.KINDS, t("risk.moves"), lambda k: t(f"risk.moves.{k}"))
    asked = asks.moves(shown.scope, quarter=quarter, kind=kind, area=shown.filters.area)
    moved = words.moves(asked, kind)
    if moved is None:
        st.markdown(t("risk.no_moves"))
        return
    st.markdown(moved.words)
    drawn = spec(transition_matrix, moved.frame, kind=moved.kind, codes=moved.codes)
    chart(drawn, key=f"risk_moves_{kind}")
    st.caption(t("risk.note.moves"))


def who(shown: Shown) -> None:
    """The households of a cause, a focus group or a level, for whom may see them."""
    st.markdown(f"## {t('risk.section.who')}")
    if not shown.scope.households:
        empty_state("no_households")
        return
    boxes = st.columns(3)
    with boxes[0]:
        group = box_in_url("focus", words.FOCUS, t("risk.focus.name"), lambda code: label("focus", code))
    with boxes[1]:
        order = shown.causes["cause"].to_list()
        cause = box_in_url("cause", order, t("chart.cause"), lambda code: label("cause", code))
    with boxes[2]:
        risk = box_in_url("risk", words.LEVELS, t("village.filter.risk"), lambda code: label("risk_level", code))
    chosen = Chosen(cause=cause, focus=group, risk=risk)
    if not chosen.is_any:
        st.markdown(t("risk.choose"))
        return
    listed = households(shown.scope, month=shown.month, area=shown.filters.area, chosen=chosen)
    if listed.is_empty():
        empty_state("no_rows")
        return
    st.caption(f"{words.chosen_words(cause, group, risk)} · {found(listed)}")
    row = table(worded(listed), words.household_columns(), key="risk_households", on_select=True)
    if row:
        go_to("household", household=row["household_key"])


def _list(name: str, value: str) -> None:
    """List the households behind a mark that was clicked."""
    st.query_params.update({name: value, "section": "who"})
    st.rerun()


SECTIONS = {
    "levels": levels,
    "population": population,
    "types": types,
    "causes": causes,
    "incomes": incomes,
    "hazards": large_scale,
    "focus": focus,
    "moves": moves,
    "who": who,
}
