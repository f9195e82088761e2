"""Are problems put right, and do they stay right? The 22/22 tracker, the problems by state, and what came back."""

import datetime as dt

import polars as pl
import streamlit as st

from warehouse.charts import ageing_bars, funnel, tracker
from warehouse.charts.look_back import burn_down, states_by
from warehouse.i18n import fmt_date, t
from warehouse.queries import look_back as asks
from warehouse.queries.metrics import metrics as period_metrics
from warehouse.queries.served import place, served
from warehouse.session import (
    XLSX,
    area_name,
    area_tree,
    chart,
    empty_state,
    filters_bar,
    freshness_line,
    header,
    is_village,
    link,
    may_go_to,
    newly_picked,
    offer_download,
    require_scope,
    snapshot,
    spec,
    table,
)
from warehouse.stats.funnel import share_limits
from warehouse.words import look_back as words

scope = require_scope("look_back")
header(t("look_back.title"), t("look_back.question"))
filters = filters_bar(scope, kinds=("year", "quarter", "month"))
freshness_line(scope, filters)
as_of = dt.date.fromisoformat(snapshot().as_of)
st.caption(t("look_back.as_of", day=fmt_date(as_of), period=filters.label))

tree = area_tree(scope)
names = {code: area_name(scope, code) for code in filters.compared}
town = area_name(scope, filters.within) if filters.within else place(scope)
is_one = is_village(scope, filters.area)
villages = asks.villages(scope, year=filters.end.year, until=filters.end, areas=filters.compared)
issues = asks.issues(scope, area=filters.area)
metrics = period_metrics(scope, area=filters.area, period=filters.period, only=asks.METRICS)
if filters.area and is_one:
    st.markdown(f"**{t('look_back.village_chosen', name=names[filters.area])}**")
    if st.button(t("look_back.all_villages"), key="look_back_all"):
        st.query_params.update({"area": filters.within} if filters.within else {})
        if not filters.within:
            st.query_params.pop("area", None)
        st.rerun()
    if may_go_to(scope, "village"):
        link("village", t("look_back.to_village", name=names[filters.area]), area=filters.area)
with st.container(border=True):
    seen = villages.filter(pl.col("area_code") == filters.area) if is_one else villages
    for sentence in words.verdict(seen, issues, min(filters.end, as_of)):
        st.markdown(f"- {sentence}")

st.markdown(f"#### {t('look_back.section.tracker')}")
picked = chart(spec(tracker, villages), key=f"look_back_tracker_{filters.within}", on_select=True)
if newly_picked("look_back_tracker", picked) and picked:
    st.query_params["area"] = picked["area_code"]
    st.rerun()
st.caption(t("look_back.note.tracker"))

st.markdown(f"#### {t('look_back.section.metrics')}")
for box, card in zip(st.columns(5), words.cards(metrics), strict=False):
    with box:
        st.metric(card.name, card.value)
        st.caption("  \n".join(card.words))
        with st.popover(t("metric.how")):
            st.markdown(card.definition)

if issues.is_empty():
    empty_state("no_rows")
    st.stop()
st.markdown(f"#### {t('look_back.section.states')}")
by = st.segmented_control(
    t("look_back.by"),
    ("category", "unit", "village"),
    default="category",
    format_func=lambda kind: t(f"look_back.by.{kind}"),
    label_visibility="collapsed",
    key="look_back_by",
)
parts = issues.with_columns(pl.col("area_code").replace(tree.part_of(filters.area)))
chart(spec(states_by, words.states_by(parts, by or "category", names)), key="look_back_states")
st.caption(t("look_back.note.states"))
left, right = st.columns(2, gap="large")
with left:
    st.markdown(f"#### {t('look_back.section.burn_down')}")
    chart(spec(burn_down, asks.burn_down(scope, area=filters.area)), key="look_back_burn_down")
    st.caption(t("look_back.note.burn_down"))
with right:
    st.markdown(f"#### {t('look_back.section.ages')}")
    ages = asks.ages(issues)
    if asks.has_unsolved(issues):
        chart(spec(ageing_bars, words.aged(ages)), key="look_back_ages")
    else:
        st.markdown(t("look_back.none_unsolved"))

if not is_one:
    st.markdown(f"#### {t('look_back.section.villages', year=filters.end.year)}")
    judged = words.judged(asks.rectified_by_village(scope, year=filters.end.year, areas=filters.compared), town)
    for sentence in judged.sentences:
        st.markdown(f"- {sentence}")
    if judged.p0 is not None:
        limits = share_limits(judged.p0, judged.frame["denominator"])
        named = {"place": judged.place, "counted": t("look_back.counted")}
        drawn = spec(funnel, judged.frame, limits, judged.p0, better="high", **named)
        picked = chart(drawn, key=f"look_back_funnel_{filters.within}", on_select=True)
        if newly_picked("look_back_funnel", picked) and picked:
            st.query_params["area"] = picked["area_code"]
            st.rerun()

for part in ("overdue", "failed", "repeat"):
    st.markdown(f"#### {t(f'look_back.section.{part}')}")
    rows = words.listed(issues, part)
    if rows.frame.is_empty():
        st.markdown(t(f"look_back.none_{part}"))
    else:
        st.caption(rows.words)
        table(rows.frame, rows.columns, key=f"look_back_{part}")
offer_download(
    scope,
    t("look_back.download"),
    lambda: words.export(issues, served(scope), filters.label),
    f"{t('look_back.download.file')}_{filters.period}.xlsx",
    XLSX,
    key="look_back_download",
)
