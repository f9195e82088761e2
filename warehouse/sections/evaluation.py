"""The parts of the evaluation page, one shown at a time: all metrics by theme, steps and limits, one metric in detail,
what was reported or frozen otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import polars as pl
import streamlit as st

from warehouse.charts import done_curve, interval_dots
from warehouse.charts.evaluation import metric_table, metric_trend, village_funnel
from warehouse.exports.csv_file import csv_file
from warehouse.exports.forms import FormName
from warehouse.exports.periodic_report import annual_report, monthly_report
from warehouse.exports.quarterly_report import quarterly_report
from warehouse.i18n import fmt_number, fmt_period, label, t
from warehouse.metrics import load_metrics
from warehouse.queries import evaluation as asks
from warehouse.queries.passport import codes_of
from warehouse.queries.served import served
from warehouse.scope import Scope
from warehouse.sections.papers import offer_papers
from warehouse.sections.passport import passport_popover
from warehouse.sections.publication import may_publish, publication_section
from warehouse.sections.releases import releases_section
from warehouse.sections.reported import reported_section
from warehouse.session import (
    CSV,
    XLSX,
    Filters,
    cached,
    chart,
    choice_in_url,
    empty_state,
    newly_picked,
    offer_download,
    open_area,
    spec,
    table,
)
from warehouse.stats.survival import duration_of, kaplan_meier_of
from warehouse.stats.verdicts import duration_sentence
from warehouse.words import evaluation as words
from warehouse.words.exports import meta
from warehouse.words.metric import name_of
from warehouse.words.steps import STEPS, channel_lines, limit_days, near_the_limit, step_table
from warehouse.words.themes import themes

_FORMS: Final[tuple[FormName, ...]] = ("docx", "pdf", "pptx", "xlsx")
_REPORTS: Final = {"monthly": monthly_report, "quarterly": quarterly_report, "annual": annual_report}


@dataclass(frozen=True)
class Shown:
    """What every part knows: who asks, what is chosen, and the metrics of the period.

    where: the name of what is shown; whole: of what its parts are compared with. earlier: the period before, in words.
    metrics: rows of metric_values. titles: of the lists by their codes.
    """

    scope: Scope
    filters: Filters
    where: str
    whole: str
    is_village: bool
    metrics: pl.DataFrame
    earlier: str
    titles: Mapping[str, str]

    @property
    def rows(self) -> dict[str, dict[str, Any]]:
        return {row["metric"]: row for row in self.metrics.iter_rows(named=True)}


def exports(shown: Shown) -> None:
    """One row: each report, the table of the page, and for the office the sheet that may be published."""
    scope, filters = shown.scope, shown.filters
    periods = {
        "monthly": f"{filters.month:%Y-%m}",
        "quarterly": f"{filters.end.year}Q{(filters.month.month + 2) // 3}",
        "annual": str(filters.end.year),
    }

    def ask(question: str, /, **given: object) -> pl.DataFrame:
        return cached(question, scope, **given)

    with st.container(horizontal=True, gap="small"):
        for kind, period in periods.items():
            with st.popover(t(f"evaluation.{kind}", **{_NAMED[kind]: fmt_period(period)})):
                make = partial(_REPORTS[kind], ask, period)
                name = f"{t(f'evaluation.{kind}.file')}_{period}"
                offer_papers(
                    scope,
                    lambda form, make=make: make(form=form),  # type: ignore[misc]
                    name,
                    _FORMS,
                    key=f"evaluation_{kind}",
                    is_of_whole=True,
                )
        with st.popover(t("evaluation.table")):
            _table_files(shown)
        if may_publish(scope):
            with st.popover(t("publication.offer")):
                publication_section(scope, filters)


_NAMED: Final = {"monthly": "month", "quarterly": "quarter", "annual": "year"}


def _table_files(shown: Shown) -> None:
    """The shown metrics as they stand, every one of them, as .xlsx and .csv."""
    name = f"{t('evaluation.title')}_{shown.filters.period}"
    told = words.exported(shown.metrics, shown.earlier, shown.titles)
    offer_download(
        shown.scope,
        t("evaluation.xlsx"),
        lambda: words.as_xlsx(*told, meta(served(shown.scope)), shown.where, shown.filters.label),
        f"{name}.xlsx",
        XLSX,
        key="evaluation_xlsx",
    )
    offer_download(shown.scope, t("evaluation.csv"), lambda: csv_file(*told), f"{name}.csv", CSV, key="evaluation_csv")


def metrics(shown: Shown) -> None:
    """Every metric, one theme at a time; first those that changed, miss a target or lack their list."""
    st.markdown(f"## {t('evaluation.section.table', where=shown.where, period=shown.filters.label)}")
    held = themes()
    first = words.notable(shown.metrics)
    chosen = choice_in_url(
        "theme", ["notable", *held, "all"], t("evaluation.themes"), lambda theme: t(f"evaluation.theme.{theme}")
    )
    if chosen == "notable":
        kept = first
    elif chosen == "all":
        kept = list(shown.rows)
    else:
        kept = list(held[chosen])
    seen = shown.metrics.filter(pl.col("metric").is_in(kept))
    if seen.is_empty():
        st.markdown(t("evaluation.none_notable", earlier=shown.earlier))
        return
    series = asks.series(shown.scope, period=shown.filters.period, area=shown.filters.area)
    lines = words.lines(seen, series, shown.earlier, shown.titles, codes_of(seen, shown.filters.area))
    st.html(metric_table(lines, earlier=shown.earlier))
    st.caption(t("evaluation.note.table"))


def steps(shown: Shown) -> None:
    """Which steps fell due, were they done in time, how long do they take, and where did households come from?"""
    scope, filters = shown.scope, shown.filters
    st.markdown(f"## {t('evaluation.section.steps', period=filters.label)}")
    days = asks.step_days(scope, year=filters.end.year, area=filters.area)
    due = asks.steps(scope, start=filters.start, end=filters.end, area=filters.area)
    step_limits = asks.step_limits(scope, day=filters.end)
    told, heads = step_table(due, days, step_limits)
    if told.is_empty():
        empty_state("no_rows")
    else:
        table(told, heads, key="evaluation_steps", height=35 * told.height + 38)
        st.caption(t("evaluation.note.steps"))
    timed = [step for step in STEPS if step in set(days["step"])]
    if timed:
        step = choice_in_url("step", timed, t("evaluation.step.choose"), lambda code: label("step", code))
        curve = kaplan_meier_of(days.filter(pl.col("step") == step))
        st.markdown(f"### {t('evaluation.section.step_days', step=label('step', step))}")
        typical = duration_of(curve)
        st.markdown(f"- {duration_sentence(typical)}")
        limit = limit_days(step, step_limits)
        drawn = spec(done_curve, near_the_limit(curve, limit).select("days", "done_share"), limit=limit)
        chart(drawn, key=f"evaluation_step_{step}")
        counted = {"cases": fmt_number(typical.cases), "open": fmt_number(typical.open_cases)}
        st.caption(t("evaluation.note.step_days", year=filters.end.year, **counted))
    st.markdown(f"## {t('evaluation.section.channel', period=filters.label)}")
    for sentence in channel_lines(asks.channels(scope, start=filters.start, end=filters.end, area=filters.area)):
        st.markdown(f"- {sentence}")


def one(shown: Shown) -> None:
    """One metric: how it stands, whether it moves, and where areas, departments or lists really differ."""
    st.markdown(f"## {t('evaluation.section.one')}")
    rows = shown.rows
    options = [metric for part in themes().values() for metric in part if metric in rows]
    asked = st.query_params.get("metric")
    metric = st.selectbox(
        t("evaluation.choose"),
        options,
        index=options.index(asked) if asked in options else 0,
        format_func=name_of,
        key="evaluation_metric",
        on_change=lambda: st.query_params.update(metric=st.session_state["evaluation_metric"]),
    )
    row = rows[metric]
    for sentence in words.standing(row, shown.earlier, shown.titles):
        st.markdown(f"- {sentence}")
    passport_popover(shown.scope, row, area=shown.filters.area)
    _trend(shown, metric)
    for unit, frame in _compared(shown, metric):
        _differences(shown, row, unit, frame)
    if load_metrics()[metric].unit == "villages" and not shown.is_village:
        by_area = asks.villages(
            shown.scope, metrics=[metric], period=shown.filters.period, areas=shown.filters.compared
        )
        st.markdown(words.villages_left(by_area))


def _trend(shown: Shown, metric: str) -> None:
    entry = load_metrics()[metric]
    months = words.from_first_known(
        asks.months(shown.scope, metric=metric, until=shown.filters.end, area=shown.filters.area)
    )
    st.markdown(f"### {t('evaluation.section.trend', metric=name_of(metric), where=shown.where)}")
    if months.is_empty():
        empty_state("no_rows")
        return
    limits = None if shown.is_village else words.limits(months, metric)
    st.markdown(t("evaluation.village_trend") if shown.is_village else words.moved(months, limits))
    shape = {"share": entry.unit != "count", "target": entry.target, "limited": limits is not None}
    chart(spec(metric_trend, months.select("period", "value"), **shape), key=f"evaluation_trend_{metric}")
    if limits is not None:
        st.caption(t("evaluation.note.limits"))


def _compared(shown: Shown, metric: str) -> list[tuple[str, pl.DataFrame]]:
    """What the metric is counted by below the whole: areas, departments, lists."""
    entry, scope, filters = load_metrics()[metric], shown.scope, shown.filters
    found: list[tuple[str, pl.DataFrame]] = []
    if not shown.is_village and "area" in entry.scopes and entry.unit != "villages":
        by_area = asks.villages(scope, metrics=[metric], period=filters.period, areas=filters.compared)
        found.append(("village", by_area))
    if not filters.area and "department" in entry.scopes:
        of_departments = asks.departments(scope, metric=metric, period=filters.period)
        found.append(("department", words.named_departments(of_departments)))
    if not filters.area and "list" in entry.scopes:
        found.append(("list", words.named_lists(asks.lists(scope, metric=metric, period=filters.period))))
    return found


def _differences(shown: Shown, row: Mapping[str, Any], unit: str, frame: pl.DataFrame) -> None:
    metric, place = row["metric"], shown.whole
    st.markdown(f"### {t(f'evaluation.section.{unit}', metric=name_of(metric), place=place)}")
    found = words.judged(frame, row, place, unit=unit)
    if found is None:
        empty_state("no_rows")
        return
    for sentence in found.sentences:
        st.markdown(f"- {sentence}")
    left, right = st.columns([6, 5], gap="large")
    good, within = words.better(metric), shown.filters.within
    with left:
        target = load_metrics()[metric].target
        dots = spec(interval_dots, found.frame, found.p0, place=place, better=good, target=target)
        key = f"evaluation_dots_{unit}_{metric}_{within}"
        picked = chart(dots, key=key, on_select=unit == "village")
        to_village = newly_picked(key, picked) and picked
    with right:
        named = {"place": place, "counted": t("evaluation.counted"), "better": good}
        drawn = spec(village_funnel, found.frame, found.p0, **named)
        key = f"evaluation_funnel_{unit}_{metric}_{within}"
        picked = chart(drawn, key=key, on_select=unit == "village")
        to_village = (newly_picked(key, picked) and picked) or to_village
    st.caption(t("evaluation.note.order"))
    if to_village:
        open_area(shown.scope, to_village["area_code"])


def since(shown: Shown) -> None:
    """Figures that differ from those last reported, and frozen releases with what changed since."""
    if not shown.filters.area:
        reported_section(shown.scope, shown.metrics, shown.filters.period)
    releases_section(shown.scope, shown.filters.area)


PARTS: Final = {"metrics": metrics, "steps": steps, "one": one, "since": since}
# A link that asks for one of these opens the part that shows it.
_ASKED: Final = {"metric": "one", "step": "steps", "release": "since"}


def part_asked() -> str:
    """The part that is chosen, or that a link from elsewhere needs."""
    if "part" not in st.query_params:
        for name, part in _ASKED.items():
            if name in st.query_params:
                st.query_params["part"] = part
                break
    return choice_in_url("part", list(PARTS), t("evaluation.parts"), lambda part: t(f"evaluation.part.{part}"))
