"""Two registers against each other, and the groups whose cover is watched: sections of the coverage page."""

from __future__ import annotations

import polars as pl
import streamlit as st

from warehouse.i18n import label, t
from warehouse.queries import about
from warehouse.queries import coverage as asks
from warehouse.queries.village import Chosen, households
from warehouse.sections.desk import Desk, by_area, heading, rows
from warehouse.session import box_in_url, choice_in_url, table
from warehouse.words import registers as words
from warehouse.words.desk import columns
from warehouse.words.gaps import worded
from warehouse.words.parameters import unset_note

POPULATIONS = ("not_lifted", "lifted", "edge", "watch", "watch_monitored", "watch_rejected", "watch_left_dibao")
FOCUS = (
    *("serious_illness", "severe_disability", "incapacitated_tekun", "unstable_employment"),
    *("failed_industry", "disaster", "no_labour"),
)


def registers(desk: Desk, villages: pl.DataFrame) -> None:
    """What civil affairs and revitalisation say differently, why, and the one office that must act (ST-2a, DB-4)."""
    month, scope = desk.filters.month, desk.scope
    every = asks.registers(scope, month=month, areas=desk.filters.compared)
    own = desk.own(every)
    on_both = int(desk.own(villages)["on_both"].sum())
    heading(
        desk,
        t("registers.title"),
        words.sentences(own, on_both, desk.place, desk.filters.label),
        t("registers.how"),
        "register_agreement",
    )
    reasons = words.reasons(own)
    if reasons.height:
        st.markdown(f"**{t('registers.by_reason')}**")
        table(reasons, columns(("kind", "reason", "office", "households", "members")), key="registers_reasons")
    by_area(desk, words.by_area(every), ("name", *words.KINDS, "to_act"), key="registers_areas")
    kind = reason = None
    if scope.households:
        known = own.drop_nulls("reason").select("reason").unique(maintain_order=True)["reason"].to_list()
        left, right = st.columns(2)
        with left:
            kind = box_in_url("of_kind", words.KINDS, t("desk.column.kind"), lambda code: label("difference", code))
        with right:
            said = lambda code: label("difference_reason", code)  # noqa: E731
            reason = box_in_url("reason", known, t("desk.column.reason"), said)

    def ask(limit: int) -> pl.DataFrame:
        return asks.register_rows(scope, month=month, area=desk.filters.area, kind=kind, reason=reason, limit=limit)

    names: tuple[str, ...] = ("area_name", "household_no", "head_name", "kind", "reason", "office", "since_month")
    names = (*names, "tier_eligible", "tier_registered", "types")
    rows(desk, t("registers.rows"), ask, words.rows, names, key="registers_rows")


def groups(desk: Desk) -> None:
    """Groups of the comparison, watch population, focus groups: are they covered (DJ-1a, DB-3, ST-1d)?"""
    month, scope, area = desk.filters.month, desk.scope, desk.filters.area
    every = asks.populations(scope, month=month, areas=desk.filters.compared)
    own = desk.own(every)
    heading(
        desk,
        t("groups.title"),
        words.group_sentences(own, desk.place, desk.filters.label),
        t("groups.how"),
        "agg_area_month.watch_population",
    )
    names: tuple[str, ...] = (
        "group",
        "households",
        "people",
        "covered_of",
        "registered",
        "ineligible",
        "unmonitored",
        "eligible_unknown",
    )
    table(words.group_totals(own, "population"), columns(names), key="groups_populations")
    if unset := unset_note(about.unset(scope, "rejected_window_months", "left_dibao_window_months")):
        st.caption(unset)
    focus = asks.focus(scope, month=month, areas=desk.filters.compared)
    st.markdown(f"**{t('groups.focus')}**")
    names = ("group", "households", "covered_of", "registered", "monitored_only", "eligible_unknown")
    table(words.group_totals(desk.own(focus), "focus"), columns(names), key="groups_focus")
    st.markdown(f"**{t('groups.one')}**")
    of = choice_in_url("of", (*POPULATIONS, *FOCUS), t("groups.one"), _name)
    kind = "focus" if of in FOCUS else "population"
    shown = words.group_by_area(focus if of in FOCUS else every, kind, of)
    by_area(desk, shown, ("name", "households", "covered_of", "registered", "eligible_unknown"), key="groups_areas")
    chosen = Chosen(focus=of) if of in FOCUS else Chosen(population=of)

    def ask(limit: int) -> pl.DataFrame:
        return households(scope, month=month, area=area, chosen=chosen, limit=limit)

    names = ("area_name", "household_no", "head_name", "members", "tier_eligible", "tier_registered")
    rows(desk, _name(of), ask, worded, names, key="groups_rows")


def _name(code: str) -> str:
    return label("focus" if code in FOCUS else "watched", code)
