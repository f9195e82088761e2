"""Who is at risk, of what, where, and is it rising? Levels, causes, incomes, focus groups, moves, hazards."""

import streamlit as st

from warehouse.charts import cause_bars, cause_matrix, income_histogram, transition_matrix, trend
from warehouse.charts.risk import cause_months, levels_by
from warehouse.i18n import fmt_quarter, label, t
from warehouse.queries import risk as asks
from warehouse.queries.served import place, served
from warehouse.queries.village import Chosen, households
from warehouse.session import (
    XLSX,
    Column,
    area_name,
    box_in_url,
    chart,
    choice_in_url,
    empty_state,
    filters_bar,
    freshness_line,
    go_down,
    go_to,
    header,
    is_village,
    link,
    newly_picked,
    offer_download,
    require_scope,
    spec,
    table,
)
from warehouse.words import risk as words
from warehouse.words.coverage import found
from warehouse.words.gaps import worded

scope = require_scope("risk")
header(t("risk.title"), t("risk.question"))
filters = filters_bar(scope, kinds=("quarter", "month"))
freshness_line(scope, filters)
area, month = filters.area, filters.month
town = area_name(scope, area) if area else place(scope)
whole = area_name(scope, filters.within) if filters.within else place(scope)
villages = asks.villages(scope, month=month, areas=filters.compared)
months = asks.months(scope, month=month, area=area)
if months.is_empty():
    empty_state("no_rows")
    st.stop()
before = filters.before().end.replace(day=1)
earlier = before if (months["month"] == before).any() else None
lines = asks.lines(scope, month=month)
causes = asks.causes(scope, month=month, earlier=earlier, area=area)
is_one = is_village(scope, area)
if is_one:
    st.markdown(t("risk.village_chosen", name=town))
    link("village", t("coverage.to_village", name=town))

with st.container(border=True):
    st.markdown(f"**{words.headline(months, town)}**")
    st.markdown(f"- {words.where(villages, whole)}")
    if not is_one:
        st.markdown(f"- {words.rising(months)}")
    for sentence in words.hazards(villages, causes, month):
        st.markdown(f"- {sentence}")
    if caution := words.filling(months, lines):
        st.caption(caution)
for column, level in zip(st.columns(len(words.LEVELS)), words.levels(months, earlier), strict=True):
    with column:
        st.metric(level.name, level.value)
        st.caption(level.words)
with st.popover(t("metric.how")):
    st.markdown(t("risk.definition"))

left, right = st.columns([11, 9], gap="large")
with left:
    st.markdown(f"#### {t('risk.section.villages')}")
    picked = chart(spec(levels_by, words.by_village(villages)), key=f"risk_villages_{filters.within}", on_select=True)
    st.caption(t("risk.note.villages"))
with right:
    st.markdown(f"#### {t('risk.section.months', place=town)}")
    limits = None if is_one else words.series(months)
    chart(spec(trend, words.by_month(months), share=False, limits=limits), key="risk_months")
    st.caption(t("risk.note.months" if not is_one else "village.note.trends"))
    st.markdown(f"#### {t('risk.section.hazards')}")
    warned = words.warnings_table(villages)
    table(
        warned,
        {
            "name": t("coverage.column.name"),
            "new": Column(t("risk.hazard.new"), "number"),
            "expected": Column(t("risk.hazard.expected"), "decimal"),
            "limit": Column(t("risk.hazard.limit"), "number"),
            "said": t("risk.hazard.said"),
        },
        key="risk_hazards",
        height=320,
    )
go_down(scope, "risk_villages", {"area_code": picked["key"]} if picked else None)

left, right = st.columns([9, 11], gap="large")
order = causes["cause"].to_list()
with left:
    st.markdown(f"#### {t('risk.section.causes', place=town)}")
    shown = causes.rename({"cause": "code"})
    picked = chart(spec(cause_bars, shown, accent=words.hazard_causes(causes)), key="risk_causes", on_select=True)
    st.caption(t("risk.note.causes"))
    if newly_picked("risk_causes", picked) and picked:
        st.query_params["cause"] = picked["code"]
        st.rerun()
with right:
    st.markdown(f"#### {t('risk.section.cause_months')}")
    chart(spec(cause_months, asks.cause_months(scope, month=month, area=area), order), key="risk_cause_months")
    st.caption(t("risk.note.cause_months"))

st.markdown(f"#### {t('risk.section.incomes', place=town)}")
drawn = words.histogram(asks.incomes(scope, month=month, area=area), lines)
if drawn is None:
    empty_state("no_rows")
else:
    left, right = st.columns([13, 7], gap="large")
    with left:
        bars = spec(income_histogram, drawn.bins, line=drawn.line, multiple=drawn.multiple, unknown=drawn.unknown)
        chart(bars, key="risk_incomes")
    with right:
        for sentence in drawn.words:
            st.markdown(f"- {sentence}")
        st.caption(words.stand_ins(lines) or "")

st.markdown(f"#### {t('risk.section.pairs')}")
pairs = asks.pairs(scope, month=month, area=area)
if pairs.is_empty():
    st.markdown(t("risk.no_pairs"))
else:
    chart(spec(cause_matrix, pairs, order), key="risk_pairs")
    st.caption(t("risk.note.pairs"))

st.markdown(f"#### {t('risk.section.focus')}")
groups = words.focus_table(asks.focus(scope, month=month, earlier=earlier, area=area))
picked = table(groups, words.focus_columns(t("risk.focus.name"), change=True), key="risk_focus", on_select=True)
st.caption(t("risk.note.focus"))
focus_picked = {"focus": picked["focus"]} if picked else None
if newly_picked("risk_focus", focus_picked) and focus_picked:
    st.query_params["focus"] = focus_picked["focus"]
    st.rerun()
offer_download(
    scope,
    t("coverage.download"),
    lambda: words.export_focus(groups, served(scope), filters.label),
    f"{t('risk.section.focus_file')}_{filters.period}.xlsx",
    XLSX,
    key="risk_focus_file",
)

quarter = f"{month.year}Q{(month.month + 2) // 3}"
st.markdown(f"#### {t('risk.section.moves', quarter=fmt_quarter(quarter))}")
kind = choice_in_url("moves", words.KINDS, t("risk.moves"), lambda k: t(f"risk.moves.{k}"))
moved = words.moves(asks.moves(scope, quarter=quarter, kind=kind, area=area), kind)
if moved is None:
    st.markdown(t("risk.no_moves"))
else:
    st.markdown(moved.words)
    chart(spec(transition_matrix, moved.frame, kind=moved.kind, codes=moved.codes), key=f"risk_moves_{kind}")
    st.caption(t("risk.note.moves"))

st.markdown(f"#### {t('risk.section.who')}")
cause = risk = None
boxes = st.columns(3)
with boxes[0]:
    focus = box_in_url("focus", groups["focus"].to_list(), t("risk.focus.name"), lambda code: label("focus", code))
if scope.households:
    with boxes[1]:
        cause = box_in_url("cause", order, t("chart.cause"), lambda code: label("cause", code))
    with boxes[2]:
        risk = box_in_url("risk", words.LEVELS, t("village.filter.risk"), lambda code: label("risk_level", code))
if focus:
    st.markdown(f"**{t('risk.focus.by_village', group=label('focus', focus))}**")
    by_village = words.focus_villages(asks.focus_villages(scope, month=month, focus=focus, areas=filters.compared))
    table(
        by_village, words.focus_columns(t("coverage.column.name"), change=False), key=f"risk_focus_{focus}", height=420
    )
if not scope.households:
    empty_state("no_households")
elif not (chosen := Chosen(cause=cause, focus=focus, risk=risk)).is_any:
    st.markdown(t("risk.choose"))
else:
    listed = households(scope, month=month, area=area, chosen=chosen)
    if listed.is_empty():
        empty_state("no_rows")
        st.stop()
    st.caption(f"{words.chosen_words(cause, focus, risk)} · {found(listed)}")
    row = table(worded(listed), words.household_columns(), key="risk_households", on_select=True)
    if row:
        go_to("household", household=row["household_key"])
