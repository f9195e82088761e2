"""Who is at risk, of what, where, and is it rising? Levels, kinds, causes, incomes, hazards, focus groups, moves."""

import streamlit as st

from warehouse.i18n import t
from warehouse.queries import risk as asks
from warehouse.queries.passport import count_figure
from warehouse.queries.served import summed_place
from warehouse.sections.passport import figure_popover
from warehouse.sections.risk import SECTIONS, Shown
from warehouse.session import (
    choice_in_url,
    empty_state,
    filters_bar,
    findings_box,
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
whole = summed_place(scope, filters.within)
months = asks.months(scope, month=month, area=area)
if months.is_empty():
    empty_state("no_rows")
    st.stop()
before = filters.before().end.replace(day=1)
earlier = before if (months["month"] == before).any() else None
shown = Shown(
    scope=scope,
    filters=filters,
    place=summed_place(scope, area),
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

findings_box(
    [
        words.where(shown.villages, whole),
        *([] if shown.is_village else [words.rising(months)]),
        *words.hazards(shown.villages, shown.causes, month),
    ],
    words.headline(months, shown.place),
    words.filling(months, shown.lines),
)
for column, level in zip(st.columns(len(words.LEVELS)), words.levels(months, earlier), strict=True):
    with column:
        st.metric(level.name, level.value)
        st.caption(level.words)
counted = [count_figure(f"agg_area_month.risk_{level}", month, area) for level in words.LEVELS]
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    section = choice_in_url("section", tuple(SECTIONS), t("risk.sections"), lambda name: t(f"risk.tab.{name}"))
    figure_popover(scope, t("risk.definition"), *counted)
SECTIONS[section](shown)
