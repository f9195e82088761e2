"""Is everyone covered who should be, in every village? Where it differs by more than chance, and who is missed."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from warehouse.i18n import t
from warehouse.queries import coverage as asks
from warehouse.queries.about import titles
from warehouse.queries.metrics import metrics as period_metrics
from warehouse.queries.served import summed_place
from warehouse.sections.care import care, help_and_exits
from warehouse.sections.cover import cover, tracked
from warehouse.sections.desk import Desk
from warehouse.sections.passport import passport_popover
from warehouse.sections.registers import groups, registers
from warehouse.sections.surveys import needs, surveys
from warehouse.session import (
    choice_in_url,
    filters_bar,
    findings_box,
    freshness_line,
    header,
    is_village,
    link,
    require_scope,
)
from warehouse.words import coverage as words

scope = require_scope("coverage")
header(t("coverage.title"), t("coverage.question"))
filters = filters_bar(scope, kinds=("quarter", "month"))
freshness_line(scope, filters)
town = summed_place(scope, filters.within)
villages = asks.villages(scope, month=filters.month, until=filters.end, areas=filters.compared)
desk = Desk(scope, filters, summed_place(scope, filters.area) if filters.area else town, town)
if filters.area and is_village(scope, filters.area):
    st.markdown(t("coverage.village_chosen", name=desk.place))
    link("village", t("coverage.to_village", name=desk.place))

metrics, lists = period_metrics(scope, area=filters.area, period=filters.period, only=asks.METRICS), titles(scope)
unsaid = words.cannot_say(metrics, lists)
if unsaid:
    findings_box([unsaid], t("coverage.say.unknown", place=town, period=filters.label))
else:
    findings_box(words.where(villages, town), words.headline(villages, town, filters.label), words.unknown(villages))

    figures = words.figures(metrics, lists)
    for column, figure in zip(st.columns(len(words.FIGURES)), figures, strict=False):
        with column:
            st.metric(figure.name, figure.value)
            st.caption("  \n".join(figure.words))
            passport_popover(scope, figure.row, area=filters.area)
    if same := words.unchanged(figures):
        st.caption(same)

# Only the chosen section is asked for. What needs no register of cover is told also where one is missing.
sections: dict[str, Callable[[Desk], None]] = {
    "cover": partial(cover, villages=villages),
    "tracked": partial(tracked, villages=villages),
    "registers": partial(registers, villages=villages),
    "groups": groups,
    "care": care,
    "help": help_and_exits,
    "surveys": surveys,
    "needs": needs,
}
if unsaid:
    sections = {name: sections[name] for name in ("tracked", "care", "surveys", "needs")}
chosen = choice_in_url("section", tuple(sections), t("coverage.part"), lambda name: t(f"coverage.part.{name}"))
sections[chosen](desk)
