"""Who is at risk, of what, where, and is it rising? Levels, kinds, causes, incomes, hazards, focus groups, moves."""

import streamlit as st

from warehouse.i18n import t
from warehouse.queries import risk as asks
from warehouse.queries.served import place
from warehouse.sections.risk import SECTIONS, Shown
from warehouse.session import (
    area_name,
    choice_in_url,
    empty_state,
    filters_bar,
    freshness_line,
    header,
    is_village,
    link,
    require_scope,
)
from warehouse.words import risk as words

scope = require_scope("risk")
header(t("risk.title"), t("risk.question"))
filters = filters_bar(scope, kinds=("quarter", "month"))
freshness_line(scope, filters)
area, month = filters.area, filters.month
whole = area_name(scope, filters.within) if filters.within else place(scope)
months = asks.months(scope, month=month, area=area)
if months.is_empty():
    empty_state("no_rows")
    st.stop()
before = filters.before().end.replace(day=1)
earlier = before if (months["month"] == before).any() else None
shown = Shown(
    scope=scope,
    filters=filters,
    place=area_name(scope, area) if area else place(scope),
    is_village=is_village(scope, area),
    month=month,
    earlier=earlier,
    months=months,
    villages=asks.villages(scope, month=month, areas=filters.compared),
    causes=asks.causes(scope, month=month, earlier=earlier, area=area),
    lines=asks.lines(scope, month=month),
)
if shown.is_village:
    st.markdown(t("risk.village_chosen", name=shown.place))
    link("village", t("coverage.to_village", name=shown.place))

with st.container(border=True):
    st.markdown(f"**{words.headline(months, shown.place)}**")
    st.markdown(f"- {words.where(shown.villages, whole)}")
    if not shown.is_village:
        st.markdown(f"- {words.rising(months)}")
    for sentence in words.hazards(shown.villages, shown.causes, month):
        st.markdown(f"- {sentence}")
    if caution := words.filling(months, shown.lines):
        st.caption(caution)
for column, level in zip(st.columns(len(words.LEVELS)), words.levels(months, earlier), strict=True):
    with column:
        st.metric(level.name, level.value)
        st.caption(level.words)
with st.popover(t("metric.how")):
    st.markdown(t("risk.definition"))

section = choice_in_url("section", tuple(SECTIONS), t("risk.sections"), lambda name: t(f"risk.tab.{name}"))
SECTIONS[section](shown)
