"""What does each word mean, and where does each figure come from?"""

import streamlit as st

from warehouse.i18n import t
from warehouse.queries import about as asks
from warehouse.queries.served import place
from warehouse.sections.lineage import lineage_section
from warehouse.sections.passport_page import passport_section
from warehouse.sections.releases import releases_overview
from warehouse.session import choice_in_url, freshness_line, header, link, may_go_to, require_scope, snapshot, table
from warehouse.words import about as words
from warehouse.words import findings as finding_words
from warehouse.words.metric import name_of

scope = require_scope("about")
header(t("about.title"), t("about.question"))
freshness_line(scope)
town = place(scope)
section = choice_in_url("section", words.SECTIONS, t("about.sections"), lambda name: t(f"about.section.{name}"))

if section == "method":
    for rule in words.METHOD:
        st.markdown(f"**{t(f'about.method.{rule}')}**  \n{t(f'about.method.{rule}.why', place=town)}")

    st.markdown(f"## {t('finding.rules_section')}")
    st.caption(t("finding.rules_note"))
    book = finding_words.rule_book()
    table(book, finding_words.rule_columns(), key="about_finding_rules", height=words.whole(book))

if section == "passport":
    passport_section(scope)

if section == "terms":
    search = st.text_input(t("about.search"), key="about_search").strip()
    found, like = words.terms(search, place=town), words.metrics_like(search)
    st.caption(t("about.found", n=found.height))
    if found.height:
        st.html(words.terms_table(found))
    if like.height:
        st.markdown(f"## {t('about.terms.metrics', n=like.height)}")
        st.html(words.metrics_like_table(like))

if section == "metrics":
    catalogue = words.metrics()
    st.caption(t("about.metrics.note", n=catalogue.height))
    row = table(catalogue, words.metrics_columns(), key="about_metrics", on_select=True, height=words.whole(catalogue))
    if row:
        st.query_params.update(section="lineage", metric=row["metric"])
        st.rerun()

if section == "parameters":
    frame = asks.parameters(scope)
    st.markdown(words.counted(frame))
    if absent := words.not_set(frame):
        st.markdown(absent)
    held = words.parameters(frame)
    for is_held, heading in ((True, "in_force"), (False, "not_in_force")):
        part = held.filter(held["is_in_force"] == is_held)
        if part.height:
            st.markdown(f"## {t(f'about.parameters.{heading}')}")
            st.html(words.parameters_table(part))

if section == "lineage":
    catalogue = words.metrics()
    options, asked = catalogue["metric"].to_list(), st.query_params.get("metric")
    metric = st.selectbox(
        t("about.choose_metric"),
        options,
        index=options.index(asked) if asked in options else 0,
        format_func=name_of,
        key="about_metric",
        on_change=lambda: st.query_params.update(metric=st.session_state["about_metric"]),
    )
    st.markdown(words.definition(metric))
    st.markdown(words.needed(metric, asks.titles(scope)))
    if may_go_to(scope, "evaluation"):
        link("evaluation", t("about.to_evaluation", name=name_of(metric)), metric=metric)
    lineage_section(scope, words.model_of(metric), key=f"about_path_{metric}")

if section == "lists":
    lists = words.extracts(asks.extracts(scope))
    st.caption(t("about.lists.note", n=lists.height))
    table(lists, words.extracts_columns(), key="about_lists", height=words.whole(lists))

if section == "snapshot":
    for line in words.snapshot_lines(snapshot(), asks.loads(scope)):
        st.markdown(f"- {line}")
    st.caption(t("about.snapshot.note"))
    releases_overview(scope)
