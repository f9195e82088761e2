"""Subsidies and care; temporary help and ways out: sections of the coverage page (DJ-2b, DJ-3, DJ-4, DJ-5)."""

from __future__ import annotations

import polars as pl
import streamlit as st

from warehouse.i18n import label, t
from warehouse.queries import about
from warehouse.queries import coverage as asks
from warehouse.sections.desk import Desk, by_area, heading, rows
from warehouse.session import box_in_url, table
from warehouse.words import care as words
from warehouse.words.desk import columns
from warehouse.words.parameters import unset_note


def care(desk: Desk) -> None:
    """Subsidies paid to all to whom they are due, at the standard; care agreed and visits made in time."""
    month, scope, area, compared = desk.filters.month, desk.scope, desk.filters.area, desk.filters.compared
    paid = asks.subsidies(scope, month=month, areas=compared)
    heading(
        desk, t("care.subsidies"), words.subsidy_sentences(desk.own(paid)), t("care.how_subsidies"), "subsidy_coverage"
    )
    names: tuple[str, ...] = ("kind", "entitled", "entitled_paid", "entitled_short", "entitled_over", "entitled_unpaid")
    names = (*names, "entitled_unknown", "not_entitled_paid")
    table(words.subsidy_totals(desk.own(paid)), columns(names), key="care_subsidies")
    by_area(
        desk,
        words.subsidies_by_area(paid),
        ("name", "nursing_of", "living_of", "child_of", "entitled_unknown"),
        key="care_paid",
    )
    kind = None
    if scope.households:
        kind = box_in_url("of_kind", words.SUBSIDIES, t("desk.column.kind"), lambda code: label("subsidy", code))

    def unpaid(limit: int) -> pl.DataFrame:
        return asks.subsidy_rows(scope, month=month, area=area, kind=kind, limit=limit)

    names = ("area_name", "household_no", "person_name", "kind", "because", "state", "paid", "standard")
    rows(desk, t("care.subsidy_rows"), unpaid, words.subsidy_rows, names, key="care_subsidy_rows")

    cared = asks.care(scope, month=month, areas=compared)
    heading(
        desk,
        t("care.title"),
        words.care_sentences(desk.own(cared)),
        t("care.how"),
        "tekun_agreement",
        "tekun_centralised",
        "visit_recency",
    )
    names = ("name", "tekun", "centralised_of", "agreed_of", "left_behind", "visited_of", "visit_overdue")
    by_area(desk, words.care_by_area(cared), (*names, "visit_never", "visit_unknown"), key="care_areas")

    def unvisited(limit: int) -> pl.DataFrame:
        return asks.care_rows(scope, month=month, area=area, limit=limit)

    names = ("area_name", "household_no", "person_name", "care", "agreement", "state", "last_visit_on")
    rows(desk, t("care.rows"), unvisited, words.care_rows, (*names, "days_since_visit"), key="care_rows")


def help_and_exits(desk: Desk) -> None:
    """Temporary assistance first and formal cover after; gradual exit and the months paid after a voluntary one."""
    filters, scope, area = desk.filters, desk.scope, desk.filters.area
    start, until = filters.start, filters.month
    helped = asks.assistance(scope, start=start, until=until, areas=filters.compared)
    said = words.followed_sentence(desk.own(helped), desk.place, filters.label)
    heading(desk, t("help.title"), [said], t("help.how"), "agg_temporary_assistance_month.payments")
    by_area(desk, helped, ("name", "payments", *words.FOLLOWED), key="help_areas")
    state = None
    if scope.households:
        state = box_in_url("state", words.FOLLOWED, t("help.what_followed"), lambda code: label("followed", code))

    def payments(limit: int) -> pl.DataFrame:
        asked = {"start": start, "until": until, "area": area, "state": state, "limit": limit}
        return asks.assistance_rows(scope, **asked)  # type: ignore[arg-type]

    names: tuple[str, ...] = (
        "area_name",
        "household_no",
        "head_name",
        "reason",
        "amount",
        "paid_on",
        "state",
        "followed_on",
        "followed_by",
    )
    rows(desk, t("help.rows"), payments, words.followed_rows, names, key="help_rows")

    ending = asks.exits(scope, month=until, areas=filters.compared)
    heading(
        desk,
        t("help.exits"),
        [words.exit_sentence(desk.own(ending))],
        t("help.how_exits"),
        "agg_area_month.gradual_exit",
    )
    if unset := unset_note(about.unset(scope, "gradual_exit_months", "voluntary_exit_bonus_months")):
        st.caption(unset)
    by_area(desk, ending, ("name", "gradual_exit", "voluntary_exit_bonus", "dropped"), key="help_exits")

    def leaving(limit: int) -> pl.DataFrame:
        return asks.exit_rows(scope, month=until, area=area, limit=limit)

    names = ("area_name", "household_no", "head_name", "tier_registered", "tier_eligible", "gradual_exit_months_left")
    names = (*names, "gradual_until", "voluntary_exit_bonus_until")
    rows(desk, t("help.exit_rows"), leaving, words.exit_rows, names, key="help_exit_rows")
