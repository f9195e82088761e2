"""Is everyone covered who should be, in every village? Where it differs by more than chance, and who is missed."""

import streamlit as st

from warehouse.charts import funnel, tile_map, tracker
from warehouse.i18n import t
from warehouse.queries import coverage as asks
from warehouse.queries.about import titles
from warehouse.queries.metrics import metrics as period_metrics
from warehouse.queries.served import place, served
from warehouse.queries.village import EXPORTED, Chosen, households
from warehouse.session import (
    XLSX,
    area_name,
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
    offer_download,
    require_scope,
    spec,
    table,
)
from warehouse.stats.funnel import share_limits
from warehouse.words import coverage as words
from warehouse.words.gaps import with_reason

scope = require_scope("coverage")
header(t("coverage.title"), t("coverage.question"))
filters = filters_bar(scope, kinds=("quarter", "month"))
freshness_line(scope, filters)
town = area_name(scope, filters.within) if filters.within else place(scope)
villages = asks.villages(scope, month=filters.month, until=filters.end, areas=filters.compared)
if filters.area and is_village(scope, filters.area):
    name = area_name(scope, filters.area)
    st.markdown(t("coverage.village_chosen", name=name))
    link("village", t("coverage.to_village", name=name))

metrics, lists = period_metrics(scope, area=filters.area, period=filters.period, only=asks.METRICS), titles(scope)
unsaid = words.cannot_say(metrics, lists)
with st.container(border=True):
    if unsaid:
        st.markdown(f"**{t('coverage.say.unknown', place=town, period=filters.label)}** {unsaid}")
    else:
        st.markdown(f"**{words.headline(villages, town, filters.label)}**")
        for sentence in words.where(villages, town):
            st.markdown(f"- {sentence}")

for column, figure in zip(st.columns(len(words.FIGURES)), words.figures(metrics, lists), strict=False):
    with column:
        st.metric(figure.name, figure.value)
        st.caption("  \n".join(figure.words))
        with st.popover(t("metric.how")):
            st.markdown(figure.definition)

if unsaid:
    st.stop()
st.markdown(f"#### {t('coverage.section.where')}")
show = choice_in_url("show", (*asks.SHARES, "inspection"), t("coverage.show"), lambda s: t(f"coverage.show.{s}"))
if show == "inspection":
    st.markdown(words.inspections(villages, filters.month.year))
    picked = chart(spec(tracker, villages), key=f"coverage_tracker_{filters.within}", on_select=True)
else:
    found = words.judged(villages, show, town)
    for sentence in found.sentences:
        st.markdown(f"- {sentence}")
    left, right = st.columns([11, 9], gap="large")
    with left:
        picked = chart(
            spec(tile_map, found.frame, better=found.better),
            key=f"coverage_map_{show}_{filters.within}",
            on_select=True,
        )
        st.caption(t("coverage.note.map"))
    with right:
        if found.p0 is None:
            empty_state("no_rows")
        else:
            limits = share_limits(found.p0, found.frame["denominator"])
            named = {"place": town, "counted": t(f"coverage.counted.{show}")}
            drawn = spec(funnel, found.frame, limits, found.p0, better=found.better, **named)
            picked = chart(drawn, key=f"coverage_funnel_{show}_{filters.within}", on_select=True) or picked
            st.caption(t("coverage.note.funnel"))
go_down(scope, "coverage_where", picked)

st.markdown(f"#### {t('coverage.section.villages')}")
shown = words.village_table(villages, town)
st.caption(t("coverage.note.villages"))
height = 35 * shown.height + 38
row = table(shown, words.table_columns(), key=f"coverage_villages_{filters.within}", on_select=True, height=height)
go_down(scope, "coverage_villages", row)
offer_download(
    scope,
    t("coverage.download"),
    lambda: words.export(shown, served(scope), filters.label),
    f"{t('coverage.title')}_{filters.period}.xlsx",
    XLSX,
    key="coverage_villages_file",
)

st.markdown(f"#### {t('coverage.section.gaps')}")
counts = words.gap_counts(villages, filters.area if filters.area != filters.within else None)
gap = choice_in_url("gap", tuple(asks.GAPS), t("coverage.gap"), lambda g: words.gap_name(g, counts))
st.markdown(t(f"coverage.gap.{gap}"))
if not counts[gap]:
    st.markdown(t("coverage.none_found"))
elif scope.households:
    listed = households(scope, month=filters.month, area=filters.area, chosen=Chosen(gap=gap))
    st.caption(words.found(listed))
    listed = with_reason(listed, gap)
    row = table(listed, words.listed_columns(), key=f"coverage_gap_{gap}", on_select=True)
    if row:
        go_to("household", household=row["household_key"])
    offer_download(
        scope,
        t("coverage.download"),
        lambda: words.export_households(
            with_reason(
                households(scope, month=filters.month, area=filters.area, chosen=Chosen(gap=gap), limit=EXPORTED), gap
            ),
            gap,
            served(scope),
            filters.label,
        ),
        f"{t(f'label.gap.{gap}')}_{filters.period}.xlsx",
        XLSX,
        key="coverage_gap_file",
    )
else:
    st.caption(t("coverage.counts_only"))
    by_village = words.gap_by_village(villages, gap)
    table(by_village, {"name": t("coverage.column.name"), "found": words.found_column(gap)}, key=f"coverage_gap_{gap}")

left, right = st.columns(2, gap="large")
with left:
    st.markdown(f"#### {t('coverage.section.surveys')}")
    for sentence in words.surveys(villages):
        st.markdown(f"- {sentence}")
    st.markdown(f"- {words.inspections(villages, filters.month.year)}")
    link("look_back", t("coverage.to_look_back"))
with right:
    st.markdown(f"#### {t('coverage.section.registers')}")
    st.markdown(words.registers(villages))
    st.caption(t("coverage.note.registers"))
