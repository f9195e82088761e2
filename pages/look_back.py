"""Are problems put right, do they stay right, and do households stay out? Coverage, problems, and eliminated risks."""

import datetime as dt

import polars as pl
import streamlit as st

from warehouse.i18n import fmt_date, t
from warehouse.queries import look_back as asks
from warehouse.queries.served import summed_place
from warehouse.sections.look_back import SECTIONS, Shown, sections_for, tab_name
from warehouse.session import (
    area_name,
    choice_in_url,
    filters_bar,
    findings_box,
    freshness_line,
    header,
    is_village,
    link,
    may_go_to,
    require_scope,
    snapshot,
)
from warehouse.words import look_back as words

scope = require_scope("look_back")
header(t("look_back.title"), t("look_back.question"))
filters = filters_bar(scope, kinds=("year", "quarter", "month"))
freshness_line(scope, filters)
as_of = dt.date.fromisoformat(snapshot().as_of)
st.caption(t("look_back.as_of", day=fmt_date(as_of), period=filters.label))

shown = Shown(
    scope=scope,
    filters=filters,
    place=summed_place(scope, filters.within),
    is_village=is_village(scope, filters.area),
    names={code: area_name(scope, code) for code in filters.compared},
    villages=asks.villages(scope, year=filters.end.year, until=filters.end, areas=filters.compared),
    issues=asks.issues(scope, area=filters.area),
)
if filters.area and shown.is_village:
    name = area_name(scope, filters.area)
    st.markdown(f"**{t('look_back.village_chosen', name=name)}**")
    if st.button(t("look_back.all_villages"), key="look_back_all"):
        st.query_params.update({"area": filters.within} if filters.within else {})
        if not filters.within:
            st.query_params.pop("area", None)
        st.rerun()
    if may_go_to(scope, "village"):
        link("village", t("look_back.to_village", name=name), area=filters.area)
seen = shown.villages.filter(pl.col("area_code") == filters.area) if shown.is_village else shown.villages
findings_box(words.verdict(seen, shown.issues, min(filters.end, as_of), is_asked=asks.is_inspected(scope)))

section = choice_in_url("section", sections_for(scope), t("look_back.sections"), lambda name: tab_name(scope, name))
SECTIONS[section](shown)
