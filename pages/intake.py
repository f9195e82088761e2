"""What came in, what was refused, and why? And: send files, check them first, import them, build."""

import polars as pl
import streamlit as st

from warehouse.contracts import load_contracts
from warehouse.i18n import in_language, t
from warehouse.queries import intake as asks
from warehouse.sections.building import at_work, building_section
from warehouse.sections.intake_lists import came_section, held_section, list_box
from warehouse.sections.scorecard import scorecard_section
from warehouse.sections.uploads import templates_section, uploads_section
from warehouse.session import choice_in_url, filters_bar, freshness_line, header, require_scope
from warehouse.words import intake as words

scope = require_scope("intake")
header(t("intake.title"), t("intake.question"))
filters = filters_bar(scope, kinds=("month",), area="none")
freshness_line(scope, filters)
contracts = load_contracts()
titles = {name: in_language(contracts[name].title, contracts[name].title_en) for name in asks.own_lists(scope)}
everything = asks.pushes(scope)
waiting = asks.landed_since(scope)

with st.container(border=True):
    month = everything.filter(pl.col("month") == filters.month)
    for sentence in words.verdict(month, filters.label, waiting.height, is_sender=scope.may_upload):
        st.markdown(f"- {sentence}")
    if running := at_work():
        st.markdown(f"- {running}")
    is_lacking = scope.may_upload and "missing" in month["state"]
    if is_lacking and st.query_params.get("part") != "send" and st.button(t("upload.go"), type="primary"):
        st.query_params["part"] = "send"
        st.rerun()

parts = ("came", "held", "send", "card")
part = choice_in_url("part", parts, t("intake.parts"), lambda name: t(f"intake.part.{name}"))
if part in ("came", "held"):
    extract = list_box(titles)
if part == "came":
    came_section(scope, filters, everything, extract)
elif part == "held":
    held_section(scope, filters, extract)
elif part == "card":
    scorecard_section(scope, filters)
else:
    if scope.may_upload:
        st.markdown(f"## {t('intake.section.upload')}")
        uploads_section(scope, titles)
    building_section(scope, waiting)
    templates_section(scope, titles)
