"""The parts of the page on duties, one shown at a time: the stages, who answers for what, and what was passed on."""

from __future__ import annotations

import datetime as dt
from typing import Final

import polars as pl
import streamlit as st

from warehouse import meetings
from warehouse.app_db import app_db
from warehouse.app_db.decisions import decisions
from warehouse.charts.duties import stages as stages_chart
from warehouse.i18n import t
from warehouse.queries import duties as asks
from warehouse.queries.about import parameters, titles
from warehouse.queries.served import place
from warehouse.queries.warnings import not_expected
from warehouse.scope import Scope
from warehouse.sections.passport import figure_popover
from warehouse.session import (
    Filters,
    box_in_url,
    chart,
    choice_in_url,
    empty_state,
    link,
    may_go_to,
    snapshot,
    spec,
    table,
)
from warehouse.words import duties as words


def stages(scope: Scope, filters: Filters) -> None:
    """The stages and checks of the calendar, or its meetings, with what was done in the days of each."""
    st.markdown(f"## {t('duties.section.stages')}")
    calendar = asks.calendar(scope)
    kinds = [kind for kind in ("stages", "meetings") if calendar["kind"].is_in(getattr(words, kind.upper())).any()]
    if not kinds:
        empty_state("no_rows")
        return
    show, year = kinds[0], ""
    if len(kinds) > 1:
        show = choice_in_url("show", kinds, t("duties.show"), lambda kind: t(f"duties.show.{kind}"))
    part = words.part_of(calendar, show)
    if len(years := words.years(part)) > 1:
        year = choice_in_url("year", years, t("duties.year"), str)
    part = part.filter(pl.col("year") == int(year or years[0]))
    chart(spec(stages_chart, words.bars(part), as_of=_as_of()), key=f"duties_stages_{show}_{year}")
    st.html(words.entries_table(words.entries(part, words.progress_of(asks.progress(scope)))))
    st.caption(t("duties.note.stages"))


def duties(scope: Scope, filters: Filters) -> None:
    """Every duty with the figures and lists that count it, and the directory of units."""
    st.markdown(f"## {t('duties.section.duties')}")
    found = asks.units(scope, filters)
    units, names = words.units(found), words.unit_names(found)
    chosen = box_in_url("department", list(names), t("duties.department"), lambda code: names[code])
    listed = asks.duties(scope)
    listed = listed.filter(pl.col("department_code") == chosen) if chosen else listed
    note = t("duties.note.duties", period=filters.label, place=place(scope))
    if listed.is_empty():
        empty_state("no_rows")
    else:
        metrics = asks.metrics(scope, filters)
        counted = words.duties(
            listed,
            metrics,
            asks.pushes(scope, filters),
            titles(scope),
            names,
            decided=_decided(scope),
            unasked=set(not_expected(scope)["extract"]),
        )
        st.html(words.duties_table(counted))
        st.caption(note)
        if figures := words.duty_figures(listed, metrics, filters.period):
            figure_popover(scope, note, *figures)
    with st.expander(t("duties.section.units", n=units.height), expanded=False):
        st.caption(t("duties.note.units"))
        table(units, words.units_columns(), key="duties_units", height=35 * units.height + 38)
    if may_go_to(scope, "intake"):
        link("intake", t("duties.to_intake"))


def _decided(scope: Scope) -> pl.DataFrame | None:
    """The decisions of all meetings, for those who see the meeting."""
    if not may_go_to(scope, "joint_meeting"):
        return None
    db = app_db()
    return decisions(db, meetings.today(db))


def passed_on(scope: Scope, filters: Filters) -> None:
    """Surveys, training, referrals and needs: counted by area, so not for who sees none."""
    unasked = set(not_expected(scope)["extract"])
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"## {t('duties.section.surveys')}")
        for sentence in words.surveys(asks.surveys(scope, filters.end)) or [t("duties.none_surveyed")]:
            st.markdown(f"- {sentence}")
    with right:
        st.markdown(f"## {t('duties.section.trainings', year=str(filters.end.year))}")
        held = asks.trainings(scope, filters.end.year)
        in_force = parameters(scope).filter(pl.col("is_in_force"), pl.col("parameter") == "trainings_per_half_year")
        wanted = in_force["number"].item() if in_force.height else None
        is_asked = held.height > 0 or "trainings" not in unasked
        told = words.trainings(held, filters.end.year, wanted, _as_of())
        for sentence in told if is_asked else [t("duties.not_asked")]:
            st.markdown(f"- {sentence}")
    _referrals(scope, filters, is_asked="referrals" not in unasked)
    _needs(scope, filters, is_asked=not {"referrals", "service_needs"} <= unasked)


def _referrals(scope: Scope, filters: Filters, *, is_asked: bool) -> None:
    st.markdown(f"## {t('duties.section.referrals', period=filters.label)}")
    passed = asks.referrals(scope, filters)
    if passed.is_empty():
        st.markdown(t("duties.none_referred" if is_asked else "duties.not_asked"))
        return
    st.markdown(words.referrals_sentence(passed))
    shown = words.referrals(passed)
    table(shown, words.referrals_columns(), key="duties_referrals", height=35 * shown.height + 38)


def _needs(scope: Scope, filters: Filters, *, is_asked: bool) -> None:
    st.markdown(f"## {t('duties.section.needs', period=filters.label)}")
    needed = asks.needs(scope, filters)
    if needed.is_empty():
        st.markdown(t("duties.none_needed" if is_asked else "duties.not_asked"))
        return
    shown = words.needs(needed)
    table(shown, words.needs_columns(), key="duties_needs", height=35 * shown.height + 38)
    st.caption(t("duties.note.needs"))


def _as_of() -> dt.date:
    return dt.date.fromisoformat(snapshot().as_of)


PARTS: Final = {"stages": stages, "duties": duties, "passed_on": passed_on}


def parts_for(scope: Scope) -> list[str]:
    """The parts that are for the scope."""
    return [part for part in PARTS if part != "passed_on" or scope.areas]


def part_asked(scope: Scope) -> str:
    """The part that is chosen; a link to a unit opens the duties."""
    if "part" not in st.query_params and "department" in st.query_params:
        st.query_params["part"] = "duties"
    return choice_in_url("part", parts_for(scope), t("duties.parts"), lambda part: t(f"duties.part.{part}"))
