"""How well does the work do, against targets and the period before? Every metric, and one at a time in detail."""

from functools import partial

import polars as pl
import streamlit as st

from warehouse.charts import done_curve, interval_dots
from warehouse.charts.evaluation import metric_table, metric_trend, village_funnel
from warehouse.exports.csv_file import csv_file
from warehouse.exports.periodic_report import annual_report, monthly_report
from warehouse.exports.quarterly_report import quarterly_report
from warehouse.i18n import fmt_number, fmt_period, join_words, label, t
from warehouse.metrics import load_metrics
from warehouse.queries import about
from warehouse.queries import evaluation as asks
from warehouse.queries.metrics import metrics as period_metrics
from warehouse.queries.passport import codes_of
from warehouse.queries.served import place, served
from warehouse.sections.papers import offer_papers
from warehouse.sections.passport import passport_popover
from warehouse.sections.publication import publication_section
from warehouse.sections.releases import releases_section
from warehouse.sections.reported import reported_section
from warehouse.session import (
    CSV,
    XLSX,
    area_name,
    cached,
    chart,
    choice_in_url,
    empty_state,
    filters_bar,
    findings_box,
    freshness_line,
    header,
    is_village,
    newly_picked,
    offer_download,
    open_area,
    require_scope,
    spec,
    table,
)
from warehouse.stats.survival import duration_of, kaplan_meier_of
from warehouse.stats.verdicts import duration_sentence
from warehouse.words import evaluation as words
from warehouse.words.exports import meta
from warehouse.words.metric import figure, name_of
from warehouse.words.parameters import parameter
from warehouse.words.steps import STEPS, channel_lines, limit_days, step_table
from warehouse.words.themes import HEADLINES, themes

scope = require_scope("evaluation")
header(t("evaluation.title"), t("evaluation.question"))
filters = filters_bar(scope, kinds=("quarter", "month", "year"))
freshness_line(scope, filters)
metrics = period_metrics(scope, period=filters.period, area=filters.area)
if metrics.is_empty():
    empty_state("no_rows")
    st.stop()
is_one = is_village(scope, filters.area)
town = area_name(scope, filters.within) if filters.within else place(scope)
earlier, titles = fmt_period(filters.before().period), about.titles(scope)
where = area_name(scope, filters.area) if filters.area else town
rows = {row["metric"]: row for row in metrics.iter_rows(named=True)}

findings_box(words.overview(metrics, earlier, titles))
stand_ins = [parameter(name) for name in about.stand_ins(scope)]
if stand_ins:
    st.caption(t("evaluation.stand_in", names=join_words(stand_ins)))

st.markdown(f"#### {t('evaluation.section.headline', where=where, period=filters.label)}")
shown = [figure(rows[metric], titles) for metric in HEADLINES if metric in rows]
for line in (shown[:4], shown[4:]):
    for box, one in zip(st.columns(4), line, strict=False):
        with box:
            st.metric(one.name, one.value)
            st.caption("  \n".join(one.words))
            passport_popover(scope, one.row, area=filters.area)

st.markdown(f"#### {t('evaluation.section.table', where=where, period=filters.label)}")
series = asks.series(scope, period=filters.period, area=filters.area)
st.html(metric_table(words.lines(metrics, series, earlier, titles, codes_of(metrics, filters.area)), earlier=earlier))
st.caption(t("evaluation.note.table"))

name = f"{t('evaluation.title')}_{filters.period}"
quarter = f"{filters.end.year}Q{(filters.month.month + 2) // 3}"
year = str(filters.end.year)
month = f"{filters.month:%Y-%m}"
reports = (
    ("monthly", month, t("evaluation.monthly", month=fmt_period(month)), monthly_report),
    ("quarterly", quarter, t("evaluation.quarterly", quarter=fmt_period(quarter)), quarterly_report),
    ("annual", year, t("evaluation.annual", year=fmt_period(year)), annual_report),
)
for kind, period, title, report in reports:
    make = partial(report, lambda question, **given: cached(question, scope, **given), period)
    file_name = f"{t(f'evaluation.{kind}.file')}_{period}"
    offer_papers(
        scope,
        lambda form, make=make: make(form=form),  # type: ignore[misc]
        file_name,
        ("docx", "pdf", "pptx", "xlsx"),
        title=title,
        key=f"evaluation_{kind}",
    )
boxes = st.columns(3)
with boxes[0]:
    offer_download(
        scope,
        t("evaluation.xlsx"),
        lambda: words.as_xlsx(*words.exported(metrics, earlier, titles), meta(served(scope)), where, filters.label),
        f"{name}.xlsx",
        XLSX,
        key="evaluation_xlsx",
    )
with boxes[1]:
    offer_download(
        scope,
        t("evaluation.csv"),
        lambda: csv_file(*words.exported(metrics, earlier, titles)),
        f"{name}.csv",
        CSV,
        key="evaluation_csv",
    )

publication_section(scope, filters)

st.markdown(f"#### {t('evaluation.section.steps', period=filters.label)}")
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
    st.markdown(f"##### {t('evaluation.section.step_days', step=label('step', step))}")
    typical = duration_of(curve)
    st.markdown(f"- {duration_sentence(typical)}")
    drawn = spec(done_curve, curve.select("days", "done_share"), limit=limit_days(step, step_limits))
    chart(drawn, key=f"evaluation_step_{step}")
    counted = {"cases": fmt_number(typical.cases), "open": fmt_number(typical.open_cases)}
    st.caption(t("evaluation.note.step_days", year=filters.end.year, **counted))
st.markdown(f"#### {t('evaluation.section.channel', period=filters.label)}")
for sentence in channel_lines(asks.channels(scope, start=filters.start, end=filters.end, area=filters.area)):
    st.markdown(f"- {sentence}")

st.markdown(f"#### {t('evaluation.section.one')}")
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
entry, row = load_metrics()[metric], rows[metric]
for sentence in words.standing(row, earlier, titles):
    st.markdown(f"- {sentence}")
passport_popover(scope, row, area=filters.area)

months = words.from_first_known(asks.months(scope, metric=metric, until=filters.end, area=filters.area))
st.markdown(f"##### {t('evaluation.section.trend', metric=name_of(metric), where=where)}")
if months.is_empty():
    empty_state("no_rows")
else:
    limits = None if is_one else words.limits(months, metric)
    st.markdown(t("evaluation.village_trend") if is_one else words.moved(months, limits))
    shape = {"share": entry.unit != "count", "target": entry.target, "limited": limits is not None}
    chart(spec(metric_trend, months.select("period", "value"), **shape), key=f"evaluation_trend_{metric}")
    if limits is not None:
        st.caption(t("evaluation.note.limits"))

compared = []
if not is_one and "area" in entry.scopes and entry.unit != "villages":
    by_area = asks.villages(scope, metrics=[metric], period=filters.period, areas=filters.compared)
    compared.append(("village", by_area))
if not filters.area and "department" in entry.scopes:
    compared.append(
        ("department", words.named_departments(asks.departments(scope, metric=metric, period=filters.period)))
    )
if not filters.area and "list" in entry.scopes:
    compared.append(("list", words.named_lists(asks.lists(scope, metric=metric, period=filters.period))))
for unit, frame in compared:
    st.markdown(f"##### {t(f'evaluation.section.{unit}', metric=name_of(metric), place=town)}")
    found = words.judged(frame, row, town, unit=unit)
    if found is None:
        empty_state("no_rows")
        continue
    for sentence in found.sentences:
        st.markdown(f"- {sentence}")
    left, right = st.columns([6, 5], gap="large")
    good = words.better(metric)
    with left:
        dots = spec(interval_dots, found.frame, found.p0, place=town, better=good, target=entry.target)
        key = f"evaluation_dots_{unit}_{metric}_{filters.within}"
        picked = chart(dots, key=key, on_select=unit == "village")
        to_village = newly_picked(key, picked) and picked
    with right:
        named = {"place": town, "counted": t("evaluation.counted"), "better": good}
        drawn = spec(village_funnel, found.frame, found.p0, **named)
        key = f"evaluation_funnel_{unit}_{metric}_{filters.within}"
        picked = chart(drawn, key=key, on_select=unit == "village")
        to_village = (newly_picked(key, picked) and picked) or to_village
    st.caption(t("evaluation.note.order"))
    if to_village:
        open_area(scope, to_village["area_code"])
if entry.unit == "villages" and not is_one:
    by_area = asks.villages(scope, metrics=[metric], period=filters.period, areas=filters.compared)
    st.markdown(words.villages_left(by_area))

if not filters.area:
    reported_section(scope, metrics, filters.period)
releases_section(scope, filters.area)
