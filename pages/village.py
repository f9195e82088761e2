"""One village: what is to be done in it and by when, how it stands beside the whole, and its households."""

import datetime as dt

import polars as pl
import streamlit as st

from warehouse.charts import trend
from warehouse.i18n import fmt_number, label, t
from warehouse.queries import village as asks
from warehouse.queries.passport import own_figure
from warehouse.queries.served import place, served
from warehouse.sections.notes import notes_section
from warehouse.sections.notice import notice_section
from warehouse.sections.passport import figure_popover
from warehouse.sections.visits import offer_visits
from warehouse.session import (
    XLSX,
    Column,
    areas,
    box_in_url,
    chart,
    empty_state,
    filters_bar,
    findings_box,
    freshness_line,
    go_to,
    header,
    link,
    may_go_to,
    offer_download,
    require_scope,
    snapshot,
    spec,
    table,
)
from warehouse.words import village as words
from warehouse.words.gaps import with_reason, worded

scope = require_scope("village")
header(t("village.title"), t("village.question"))
filters = filters_bar(scope, kinds=("quarter", "month"), area="one")
freshness_line(scope, filters)
area = filters.area or ""
name, town = areas(scope)[area], place(scope)
months = asks.months(scope, area=area, month=filters.month)
metrics = words.judged(asks.metrics(scope, area=area, period=filters.period))
if months.is_empty():
    empty_state("no_rows")
    st.stop()
if may_go_to(scope, "coverage"):
    link("coverage", t("village.back"), area=filters.within)
st.markdown(f"**{words.headline(name, months, filters.label)}**")

due = asks.work(scope, area=area, month=filters.month)
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.markdown(f"## {t('village.section.work')}", width="content")
    offer_visits(scope, area, name, filters, due)
if scope.households:
    items = words.work(due)
    if items.is_empty():
        st.markdown(t("village.nothing_to_do"))
    else:
        st.markdown(words.work_summary(items, dt.date.fromisoformat(snapshot().as_of), filters.month))
        row = table(
            items, words.work_columns(), key="village_work", on_select=True, height=min(420, 35 * items.height + 38)
        )
        if row and row["household_key"]:
            go_to("household", household=row["household_key"])
        offer_download(
            scope,
            t("village.download.work"),
            lambda: words.export_work(items, name, served(scope), filters.label),
            f"{t('village.export.work', name=name)}_{filters.period}.xlsx",
            XLSX,
            key="village_work_file",
        )
else:
    st.caption(t("coverage.counts_only"))
    heads = {"gap": Column(t("coverage.gap")), "found": Column(t("village.column.found"), "number")}
    table(words.gap_counts(months), heads, key="village_gaps")

st.markdown(f"## {t('village.section.ledger')}")
counts = asks.ledger_counts(scope, area=area, start=filters.start, until=filters.month)
for sentence in words.ledger_sentences(counts, filters.label):
    st.markdown(f"- {sentence}")
steps = words.ledger(asks.ledger(scope, area=area, start=filters.start, until=filters.month))
if steps.height:
    table(steps, words.ledger_columns(), key="village_ledger")
st.caption(t("village.note.ledger"))

st.markdown(f"## {t('village.section.figures', place=town)}")
findings_box(words.findings(metrics, name, town))
is_counted = pl.col("verdict") != "none_to_count"
shown, empty = (words.compared(metrics.filter(which)) for which in (is_counted, ~is_counted))
table(shown, words.compared_columns(), key="village_figures", height=35 * shown.height + 38)
st.caption(t("village.note.figures"))
if empty.height:
    with st.expander(t("village.none_to_count", n=fmt_number(empty.height))):
        table(empty, words.compared_columns(), key="village_figures_empty", height=35 * empty.height + 38)
figure_popover(scope, *[own_figure(row, area) for row in metrics.iter_rows(named=True)])

notes_section(scope, area, filters)

st.markdown(f"## {t('village.section.trends')}")
for column, counted in zip(st.columns(len(words.TRENDS)), words.TRENDS, strict=True):
    with column:
        st.markdown(f"**{t(f'village.trend.{counted}')}**")
        chart(spec(trend, words.trend_of(months, counted), share=False, from_zero=True), key=f"village_trend_{counted}")
st.caption(t("village.note.trends"))

notice_section(scope, area, name, filters)

st.markdown(f"## {t('village.section.households')}")
if not scope.households:
    empty_state("no_households")
    st.stop()
tiers = ("tekun", "dibao", "dibao_edge", "rigid_expense", "other", "none")
levels = ("urgent", "high", "watch", "none", "unknown")
boxes = st.columns(4)
with boxes[0]:
    tier = box_in_url("tier", tiers, t("village.filter.tier"), lambda code: label("tier_short", code))
with boxes[1]:
    by_data = box_in_url(
        "tier_by_data", (*tiers, "unknown"), t("village.filter.by_data"), lambda code: label("tier_short", code)
    )
with boxes[2]:
    risk = box_in_url("risk", levels, t("village.filter.risk"), lambda code: label("risk_level", code))
with boxes[3]:
    gap = box_in_url("gap", words.GAPS, t("village.filter.gap"), lambda code: label("gap", code))
chosen = asks.Chosen(tier=tier, tier_by_data=by_data, risk=risk, gap=gap)
listed = asks.households(scope, month=filters.month, area=area, chosen=chosen)
if listed.is_empty():
    empty_state("no_rows")
    st.stop()
st.caption(words.found(listed))
told = with_reason(listed, gap) if gap else worded(listed)
height = min(560, 35 * told.height + 38)
row = table(told, words.household_columns(why=gap is not None), key="village_households", on_select=True, height=height)
if row:
    go_to("household", household=row["household_key"])


def everyone() -> pl.DataFrame:
    """The same list with all its rows, for the file."""
    found = asks.households(scope, month=filters.month, area=area, chosen=chosen, limit=asks.EXPORTED)
    return with_reason(found, gap) if gap else worded(found)


offer_download(
    scope,
    t("village.download.households"),
    lambda: words.export_households(everyone(), name, served(scope), filters.label),
    f"{t('village.export.households', name=name)}_{filters.period}.xlsx",
    XLSX,
    key="village_households_file",
)
