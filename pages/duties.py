"""Who answers for what, and which stage are we in? The calendar with what was done, duties with live counts, needs."""

import datetime as dt

import polars as pl
import streamlit as st

from warehouse.charts.duties import stages
from warehouse.i18n import fmt_date, t
from warehouse.queries import duties as asks
from warehouse.queries.about import parameters, titles
from warehouse.queries.warnings import not_expected
from warehouse.sections.decide import my_decisions
from warehouse.sections.passport import figure_popover
from warehouse.session import (
    box_in_url,
    chart,
    choice_in_url,
    empty_state,
    filters_bar,
    findings_box,
    freshness_line,
    header,
    link,
    may_go_to,
    require_scope,
    snapshot,
    spec,
    table,
)
from warehouse.words import duties as words

scope = require_scope("duties")
header(t("duties.title"), t("duties.question"))
filters = filters_bar(scope, kinds=("quarter", "month", "year"), area="none")
freshness_line(scope, filters)
as_of = dt.date.fromisoformat(snapshot().as_of)
calendar, done = asks.calendar(scope), words.progress_of(asks.progress(scope))
findings_box(words.where_we_stand(calendar, as_of), t("duties.say.as_of", day=fmt_date(as_of)))

my_decisions(scope)
st.markdown(f"#### {t('duties.section.stages')}")
kinds = [kind for kind in ("stages", "meetings") if calendar["kind"].is_in(getattr(words, kind.upper())).any()]
if not kinds:
    empty_state("no_rows")
else:
    show, year = kinds[0], ""
    if len(kinds) > 1:
        show = choice_in_url("show", kinds, t("duties.show"), lambda kind: t(f"duties.show.{kind}"))
    part = words.part_of(calendar, show)
    if len(years := words.years(part)) > 1:
        year = choice_in_url("year", years, t("duties.year"), str)
    part = part.filter(pl.col("year") == int(year or years[0]))
    chart(spec(stages, words.bars(part), as_of=as_of), key=f"duties_stages_{show}_{year}")
    st.caption(t("duties.note.stages"))
    st.html(words.entries_table(words.entries(part, done)))

st.markdown(f"#### {t('duties.section.duties')}")
st.caption(t("duties.note.duties", period=filters.label))
found = asks.units(scope, filters)
units = words.units(found)
names = words.unit_names(found)
chosen = box_in_url("department", list(names), t("duties.department"), lambda code: names[code])
listed = asks.duties(scope).filter(pl.col("department_code") == chosen) if chosen else asks.duties(scope)
if listed.is_empty():
    empty_state("no_rows")
else:
    metrics = asks.metrics(scope, filters)
    counted = words.duties(listed, metrics, asks.pushes(scope, filters), titles(scope), names)
    st.html(words.duties_table(counted))
    if figures := words.duty_figures(listed, metrics, filters.period):
        figure_popover(scope, t("duties.note.duties", period=filters.label), *figures)
with st.expander(t("duties.section.units", n=units.height), expanded=False):
    st.caption(t("duties.note.units"))
    table(units, words.units_columns(), key="duties_units", height=35 * units.height + 38)
if may_go_to(scope, "intake"):
    link("intake", t("duties.to_intake"))

if not scope.areas:
    st.stop()
unasked = set(not_expected(scope)["extract"])
left, right = st.columns(2, gap="large")
with left:
    st.markdown(f"#### {t('duties.section.surveys')}")
    for sentence in words.surveys(asks.surveys(scope, filters.end)) or [t("duties.none_surveyed")]:
        st.markdown(f"- {sentence}")
with right:
    st.markdown(f"#### {t('duties.section.trainings', year=str(filters.end.year))}")
    held = asks.trainings(scope, filters.end.year)
    in_force = parameters(scope).filter(pl.col("is_in_force"), pl.col("parameter") == "trainings_per_half_year")
    wanted = in_force["number"].item() if in_force.height else None
    is_asked = held.height > 0 or "trainings" not in unasked
    for sentence in words.trainings(held, filters.end.year, wanted, as_of) if is_asked else [t("duties.not_asked")]:
        st.markdown(f"- {sentence}")

st.markdown(f"#### {t('duties.section.referrals', period=filters.label)}")
passed = asks.referrals(scope, filters)
if passed.is_empty():
    st.markdown(t("duties.not_asked" if "referrals" in unasked else "duties.none_referred"))
else:
    st.markdown(words.referrals_sentence(passed))
    shown = words.referrals(passed)
    table(shown, words.referrals_columns(), key="duties_referrals", height=35 * shown.height + 38)
st.markdown(f"#### {t('duties.section.needs', period=filters.label)}")
st.caption(t("duties.note.needs"))
needed = asks.needs(scope, filters)
if needed.is_empty():
    st.markdown(t("duties.not_asked" if {"referrals", "service_needs"} <= unasked else "duties.none_needed"))
else:
    shown = words.needs(needed)
    table(shown, words.needs_columns(), key="duties_needs", height=35 * shown.height + 38)
