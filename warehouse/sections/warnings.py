"""The parts of the page on warnings: lists sent, how far warnings got, what is late, the yield of lists, discovery."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import polars as pl
import streamlit as st

from warehouse.charts import done_curve, heat_month, interval_dots
from warehouse.charts.warnings import funnel_bars
from warehouse.i18n import fmt_number, fmt_period, fmt_ratio, fmt_share, label, t
from warehouse.passports import Figure
from warehouse.queries import about
from warehouse.queries import evaluation as evaluated
from warehouse.queries import warnings as asks
from warehouse.queries.metrics import metrics as period_metrics
from warehouse.queries.served import place
from warehouse.scope import Scope
from warehouse.sections.headline import headline_figures
from warehouse.sections.passport import figure_popover, passport_popover
from warehouse.session import (
    Filters,
    area_name,
    chart,
    choice_in_url,
    empty_state,
    go_down,
    go_to,
    may_go_to,
    newly_picked,
    snapshot,
    spec,
    table,
)
from warehouse.stats.survival import duration_of, kaplan_meier_of
from warehouse.stats.verdicts import duration_sentence
from warehouse.words import evaluation as evaluation_words
from warehouse.words import warnings as words
from warehouse.words.headline import FEW
from warehouse.words.headline import headlines as headlines_of
from warehouse.words.metric import figure, name_of, unit
from warehouse.words.steps import limit_days, near_the_limit, step_table

# The steps from a warning to help (BX-4, BX-5).
STEPS: Final = ("check_warning", "check", "review", "publicity", "identify", "plan", "measure")
_CALENDAR: Final = (
    *("department", "month", "lists", "lists_on_time", "lists_late", "lists_part", "lists_missing", "zero_reports"),
    *("rows_read", "rows_accepted", "rows_quarantined", "accepted_share", "link_rate", "warnings", "warnings_checked"),
)
_YIELD: Final = (
    *("department", "list", "rows_accepted", "warnings", "checked", "admitted", "helped", "already_monitored"),
    *("false_alarms", "result_unknown", "value", "low", "high", "overdue", "duplicates"),
)


def headlines(scope: Scope, filters: Filters) -> None:
    """The figures of the page; for a department, which sees no area, its own."""
    if scope.areas:
        found = period_metrics(scope, area=filters.area, period=filters.period, only=asks.METRICS)
        told = evaluation_words.with_unasked(found, set(asks.not_expected(scope)["extract"]))
        earlier = fmt_period(filters.before().period)
        shown = headlines_of(told, asks.METRICS, earlier, about.titles(scope))
        headline_figures(scope, shown, earlier, area=filters.area)
    else:
        for box, (name, value, told_of, counted) in zip(st.columns(5), _of_departments(scope, filters), strict=False):
            with box:
                st.metric(name, value)
                st.caption(told_of)
                figure_popover(scope, *counted)
    st.caption(t("warnings.note.headlines", period=filters.label))


def _of_departments(scope: Scope, filters: Filters) -> list[tuple[str, str, str, list[Figure]]]:
    shown = []
    for metric in asks.OWN_METRICS:
        rows = asks.own_metric(scope, metric, period=filters.period)
        done, n = int(rows["numerator"].sum() or 0), int(rows["denominator"].sum() or 0)
        counted = [Figure(metric, "department", code, filters.period) for code in rows["department_code"]]
        value, told = fmt_share(done / n) if n else "—", f"{fmt_ratio(done, n)} {unit(metric)}"
        if n < FEW:
            value = fmt_ratio(done, n) if n else "—"
            told = t("headline.few", item=unit(metric)) if n else t("format.none_to_count")
        shown.append((name_of(metric), value, told, counted))
    return shown


def push(scope: Scope, filters: Filters, pushes: pl.DataFrame) -> None:
    """Which list came when (YL-3), and what each department sent and what came of it (ST-3)."""
    st.markdown(f"## {t('warnings.section.matrix')}")
    if pushes.is_empty():
        empty_state("no_rows")
        return
    _matrix(scope, filters, pushes)
    if never := words.never_asked(asks.not_expected(scope)):
        st.caption(never)
    st.markdown(f"## {t('warnings.section.calendar', period=filters.label)}")
    calendar = words.shares_of(asks.calendar(scope, start=filters.start, end=filters.end))
    table(calendar, words.columns(*_CALENDAR), key="warnings_calendar", height=min(640, 35 * calendar.height + 38))
    st.caption(t("warnings.note.calendar"))


def _matrix(scope: Scope, filters: Filters, pushes: pl.DataFrame) -> None:
    """The lists month by month: first those that were ever late or missing, all of them if asked."""
    rows = choice_in_url("rows", ["off", "all"], t("warnings.rows"), lambda kind: t(f"warnings.rows.{kind}"))
    seen = words.ever_off(pushes) if rows == "off" else pushes
    if rows == "off":
        st.markdown(words.matrix_sentence(pushes, seen))
    if seen.is_empty():
        return
    may_open = may_go_to(scope, "intake")
    picked = chart(spec(heat_month, words.matrix(seen)), key=f"warnings_matrix_{rows}", on_select=True)
    due = words.due_days(pushes.filter(pl.col("month") == filters.month))
    lines = [t("warnings.note.matrix"), due, t("warnings.note.click") if may_open else ""]
    st.caption("  \n".join(filter(None, lines)))
    if newly_picked(f"warnings_matrix_{rows}", picked) and picked and may_open:
        go_to("intake", list=picked["key"], period=picked["month"])


def work(scope: Scope, filters: Filters, lists: pl.DataFrame) -> None:
    """How far the warnings of the period got, and each step against its limit."""
    st.markdown(f"## {t('warnings.section.funnel', period=filters.label)}")
    if lists.is_empty():
        empty_state("no_rows")
    else:
        chart(spec(funnel_bars, words.funnel_steps(lists)), key="warnings_funnel")
        st.caption(t("warnings.note.funnel"))
    if scope.areas:
        _steps(scope, filters)


def _steps(scope: Scope, filters: Filters) -> None:
    """Time of each step against its limit: by due day, and how long it takes with open cases counted."""
    st.markdown(f"## {t('warnings.section.steps', period=filters.label)}")
    own = pl.col("step").is_in(STEPS)
    days = evaluated.step_days(scope, year=filters.end.year, area=filters.area).filter(own)
    due = evaluated.steps(scope, start=filters.start, end=filters.end, area=filters.area).filter(own)
    limits = evaluated.step_limits(scope, day=filters.end)
    told, heads = step_table(due, days, limits)
    if told.is_empty():
        empty_state("no_rows")
        return
    table(told, heads, key="warnings_steps", height=35 * told.height + 38)
    st.caption(t("evaluation.note.steps"))
    timed = [step for step in STEPS if step in set(days["step"])]
    if not timed:
        return
    step = choice_in_url("step", timed, t("evaluation.step.choose"), lambda code: label("step", code))
    curve = kaplan_meier_of(days.filter(pl.col("step") == step))
    st.markdown(f"### {t('evaluation.section.step_days', step=label('step', step))}")
    typical = duration_of(curve)
    st.markdown(f"- {duration_sentence(typical)}")
    limit = limit_days(step, limits)
    drawn = spec(done_curve, near_the_limit(curve, limit).select("days", "done_share"), limit=limit)
    chart(drawn, key=f"warnings_step_{step}")
    counted = {"cases": fmt_number(typical.cases), "open": fmt_number(typical.open_cases)}
    st.caption(t("evaluation.note.step_days", year=filters.end.year, **counted))


def late(scope: Scope, filters: Filters) -> None:
    """What is past its limit now: warnings by area, and the cases for who sees households."""
    as_of = dt.date.fromisoformat(snapshot().as_of)
    st.markdown(f"## {t('warnings.section.late_areas')}")
    areas = asks.late_by_area(scope, month=filters.month, areas=filters.compared)
    st.markdown(words.late_areas(areas))
    names = ("name", "warnings", "checked", "overdue")
    picked = table(areas, words.columns(*names), key="warnings_areas", on_select=True)
    go_down(scope, "warnings_areas", picked)
    st.caption(t("warnings.note.late_areas"))
    if not scope.households:
        return
    st.markdown(f"## {t('warnings.section.late_cases')}")
    rows = asks.late_cases(scope, month=filters.month, area=filters.area)
    if rows.is_empty():
        st.markdown(t("warnings.late.no_cases"))
        return
    st.caption(words.counted(rows, as_of))
    shown = ("step_words", "area_name", "household_no", "head_name", "list", "since", "due_on", "days_late")
    _open_household(scope, words.cases(rows), shown, "warnings_cases")


def _open_household(scope: Scope, rows: pl.DataFrame, shown: tuple[str, ...], key: str) -> None:
    """A table of cases; a click opens the household's file."""
    picked = table(rows, words.columns(*shown), key=key, on_select=may_go_to(scope, "household"))
    if newly_picked(key, picked) and picked:
        go_to("household", area=picked["area_code"], household=picked["household_key"])


def yields(scope: Scope, filters: Filters, lists: pl.DataFrame) -> None:
    """Which lists lead to help, and which waste visits (YL-4); leads sent twice (DB-7)."""
    st.markdown(f"## {t('warnings.section.yield', period=filters.label)}")
    if lists.is_empty():
        empty_state("no_rows")
        return
    told = words.yields(lists)
    for sentence in told.sentences:
        st.markdown(f"- {sentence}")
    if scope.areas and not filters.area:
        _judged(scope, filters)
    if scope.areas and not filters.area:
        st.caption(t("warnings.note.yield_dates", period=filters.label))
    table(told.frame, words.columns(*_YIELD), key="warnings_yield", height=35 * told.frame.height + 38)
    st.caption(t("warnings.note.yield"))


def _judged(scope: Scope, filters: Filters) -> None:
    """Each list's yield beside that of all, judged by exact tails."""
    rows = period_metrics(scope, period=filters.period, only=("lead_yield",))
    frame = evaluation_words.named_lists(evaluated.lists(scope, metric="lead_yield", period=filters.period))
    row: dict[str, Any] | None = rows.row(0, named=True) if rows.height else None
    found = evaluation_words.judged(frame, row, place(scope), unit="list") if row else None
    if found is None:
        return
    for sentence in found.sentences:
        st.markdown(f"- {sentence}")
    chart(spec(interval_dots, found.frame, found.p0, place=place(scope), better="high"), key="warnings_yield_dots")
    passport_popover(scope, {"metric": "lead_yield", "period": filters.period})


def found(scope: Scope, filters: Filters) -> None:
    """Through which channel cases were discovered (BX-3), and which admissions no list foresaw."""
    st.markdown(f"## {t('warnings.section.channels', period=filters.label)}")
    rows = evaluated.channels(scope, start=filters.start, end=filters.end, area=filters.area)
    if rows.is_empty():
        st.markdown(t("evaluation.channel.none"))
    else:
        shown = ("channel_words", "discovered", "share", "low", "high", "approved")
        table(words.channels(rows), words.columns(*shown), key="warnings_channels")
        st.caption(t("warnings.note.channels"))
    st.markdown(f"## {t('warnings.section.unforeseen', period=filters.label)}")
    metric = period_metrics(scope, area=filters.area, period=filters.period, only=("unforeseen_admissions",))
    for row in metric.iter_rows(named=True):
        one = figure(row, about.titles(scope))
        st.markdown(t("warnings.unforeseen", value=one.value, counts=fmt_ratio(row["numerator"], row["denominator"])))
        if row["unknown"]:
            st.markdown(t("warnings.unforeseen_unknown", n=fmt_number(row["unknown"])))
    if scope.households:
        cases = asks.unforeseen(scope, start=filters.start, end=filters.end, area=filters.area)
        if cases.height:
            shown = ("area_name", "household_no", "head_name", "channel_words", "causes_words", "approved_on")
            _open_household(scope, words.unforeseen(cases), shown, "warnings_unforeseen")
    st.caption(t("warnings.note.unforeseen", where=area_name(scope, filters.area) if filters.area else place(scope)))
