"""Surveys, visits asked of people, needs and what answers them: sections of the coverage page (ST-2a, BX-7c, DB-7)."""

from __future__ import annotations

import polars as pl
import streamlit as st

from warehouse.i18n import code_text, t
from warehouse.queries import coverage as asks
from warehouse.sections.desk import Desk, by_area, heading, rows
from warehouse.session import box_in_url, choice_in_url, link, table
from warehouse.words import surveys as words
from warehouse.words.desk import columns


def surveys(desk: Desk) -> None:
    """How far each round got, what it found of the ten items, forms that are missing, visits too many."""
    filters, scope = desk.filters, desk.scope
    year = filters.month.year
    every = asks.surveys(scope, year=year, until=filters.end, areas=filters.compared)
    own = desk.own(every)
    heading(desk, t("surveys.title", year=str(year)), words.sentences(own), t("surveys.how"), "survey_coverage")
    begun = words.rounds(every)
    if begun:
        _one_round(desk, every, begun)
    asked = asks.burden(scope, start=filters.start, until=filters.month, areas=filters.compared)
    said = words.burden_sentence(desk.own(asked), desk.place, filters.label)
    heading(desk, t("surveys.burden"), [said], t("surveys.how_burden"), "repeat_visits")
    names: tuple[str, ...] = (
        "name",
        "household_days",
        "survey",
        "warning_check",
        "identification",
        "look_back",
        "care_visits",
        "forms",
    )
    by_area(desk, asked, (*names, "households_visited", "households_repeated"), key="surveys_burden")
    link("look_back", t("coverage.to_look_back"))


def _one_round(desk: Desk, every: pl.DataFrame, begun: list[int]) -> None:
    filters, scope = desk.filters, desk.scope
    year = filters.month.year
    options = [str(number) for number in reversed(begun)]
    number = int(choice_in_url("round", options, t("surveys.round"), lambda n: t(f"coverage.round.{n}")))
    names: tuple[str, ...] = ("name", "survey_of", "forms_done", "forms_missing", "forms_unknown", "with_findings")
    by_area(desk, words.by_area(every, number), (*names, "visited_more_than_once"), key=f"surveys_areas_{number}")
    own = desk.own(every)["area_code"].unique().sort().to_list()
    found = asks.survey_items(scope, year=year, number=number, areas=own)
    st.markdown(f"**{t('surveys.items')}**")
    st.markdown(f"- {words.items_sentence(found)}")
    table(words.items(found), columns(("item", "with_item", "visited")), key=f"surveys_items_{number}", height=388)
    of = words.LISTS[0]
    if scope.households:
        of = choice_in_url("list", words.LISTS, t("surveys.rows"), lambda code: t(f"surveys.list.{code}"))

    def ask(limit: int) -> pl.DataFrame:
        return asks.survey_rows(scope, year=year, number=number, area=filters.area, of=of, limit=limit)

    names = ("area_name", "household_no", "head_name", "visited_on", "form_done", "visits", "findings")
    rows(desk, t(f"surveys.list.{of}"), ask, words.rows, names, key=f"surveys_rows_{number}_{of}")


def needs(desk: Desk) -> None:
    """What households under monitoring need, by the cause of their risk, and which help answers it (ST-4a)."""
    filters, scope = desk.filters, desk.scope
    every = asks.needs(scope, month=filters.month, areas=filters.compared)
    own = desk.own(every)
    heading(
        desk,
        t("needs.title"),
        words.need_sentences(own, desk.place, filters.label),
        t("needs.how"),
        "measured_households",
        "cause_matched_measures",
    )
    names: tuple[str, ...] = ("cause", "needs", "met", "planned", "without_measure", "answered_by")
    table(words.need_totals(own, asks.answers()), columns(names), key="needs_causes")
    by_area(
        desk, words.needs_by_area(every), ("name", "needs_of", "met", "planned", "without_measure"), key="needs_areas"
    )
    cause = None
    if scope.households:
        known = sorted(own["cause"].drop_nulls().unique().to_list())
        cause = box_in_url("cause", known, t("desk.column.cause"), code_text)

    def ask(limit: int) -> pl.DataFrame:
        return asks.need_rows(scope, month=filters.month, area=filters.area, cause=cause, limit=limit)

    names = ("area_name", "household_no", "head_name", "cause", "state", "measures", "measures_done")
    rows(desk, t("needs.rows"), ask, words.need_rows, names, key="needs_rows")
