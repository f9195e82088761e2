"""One household: who lives there, why it is in its tier, what would change that, what happened, where it is written."""

import polars as pl
import streamlit as st

from warehouse.app_db.audit import Action
from warehouse.charts import timeline
from warehouse.i18n import fmt_date, fmt_number, t, t_n
from warehouse.queries import household as asks
from warehouse.queries.findings import findings_of_household
from warehouse.sections.household import elimination, other_ledgers, standing
from warehouse.session import (
    Column,
    chart,
    empty_state,
    filters_bar,
    freshness_line,
    go_to,
    header,
    link,
    may_go_to,
    note,
    require_scope,
    spec,
    table,
)
from warehouse.words import findings as finding_words
from warehouse.words import household as words
from warehouse.words.household_ledgers import completeness

scope = require_scope("household")
header(t("household.title"), t("household.question"))
filters = filters_bar(scope, kinds=("month",))
freshness_line(scope, filters)
chosen = st.query_params.get("household")

if not chosen:
    search = st.text_input(t("household.search"), key="household_search", max_chars=30).strip() or None
    if search:
        note(scope, Action.SEARCHED, "household")
    found = asks.choices(scope, month=filters.month, area=filters.area, search=search)
    if found.is_empty():
        empty_state("no_rows")
        st.stop()
    total = found["found"][0]
    more = t("household.found_more", found=fmt_number(total), shown=fmt_number(found.height))
    st.caption(more if total > found.height else t_n("household.found", total))
    row = table(
        words.worded_choices(found),
        {
            "area_name": t("household.area"),
            "household_no": t("household.no"),
            "head_name": t("household.head"),
            "members": Column(t("household.members"), "number"),
            "tier_eligible": t("household.tier_eligible"),
            "tier_registered": t("household.tier_registered"),
            "risk_level": t("household.risk_level"),
            "gaps": Column(t("household.gaps"), "number"),
        },
        key="household_choices",
        on_select=True,
        height=560,
    )
    if row:
        go_to("household", household=row["household_key"])
    st.stop()

file = asks.file(scope, household=chosen, month=filters.month)
if st.button(t("household.back"), key="household_back"):
    st.query_params.pop("household", None)
    st.rerun()
if file is None:
    empty_state("not_found")
    st.stop()
note(scope, Action.HOUSEHOLD_VIEWED, chosen, month=f"{filters.month:%Y-%m}")
members = asks.members(scope, household=chosen, month=filters.month)
steps = asks.steps(scope, household=chosen)
parameters = asks.parameters(scope, month=filters.month)
events = asks.events(scope, household=chosen)
st.subheader(words.heading(file), anchor=False)
if may_go_to(scope, "village"):
    link("village", t("household.to_village", area=file["area_name"]), area=file["area_code"])

with st.container(border=True):
    first, *gaps = words.verdict(file)
    st.markdown(f"**{first}**")
    known = file["tier_eligible"] != "unknown"
    for gap in gaps or [t("household.no_gap" if known else "household.no_gap_unknown")]:
        st.markdown(f"- {gap}")
    st.markdown(words.risk(file))
    standing(scope, file, filters.month)

st.markdown(f"#### {t('household.section.income')}")
if file["income_known"]:
    start, end = fmt_date(file["income_period_start"]), fmt_date(file["income_period_end"])
    st.caption(t("household.income_note", start=start, end=end))
    ledgers = {
        "household.income.title": words.income_ledger(file),
        "household.income.dibao_title": words.dibao_ledger(file),
        "household.income.rigid_title": words.expense_ledger(file),
    }
    for place, (title, lines) in zip(st.columns(3, gap="medium"), ledgers.items(), strict=True):
        place.markdown(f"**{t(title)}**")
        place.html(words.ledger_table(lines))
else:
    months = parameters.get("income_valid_months", {}).get("number")
    st.info(t("household.income_unknown", months=fmt_number(months)))

st.markdown(f"#### {t('household.section.tests')}")
st.html(words.tests_table(words.tests(file, parameters, members)))
left, right = st.columns(2, gap="large")
with left:
    st.markdown(f"**{t('household.assets.title')}**")
    st.html(words.assets_table(file, asks.checked(scope, household=chosen, month=filters.month)))
    st.markdown(f"#### {t('household.section.changes')}")
    for sentence in words.changes(file) or [t("household.no_change")]:
        st.markdown(f"- {sentence}")
    st.caption(t("household.changes_note"))
with right:
    st.markdown(f"#### {t('household.section.tier')}")
    st.markdown(words.why(file))
    st.html(words.tiers_table(file))

st.markdown(f"#### {t('household.section.members')}")
st.caption(t("household.members_note"))
st.html(words.members_table(members))

st.markdown(f"#### {t('household.section.timeline')}")
if events.is_empty():
    st.markdown(t("household.timeline_none"))
else:
    told = words.told(events)
    chart(spec(timeline, words.drawn(told)), key="household_timeline")
    with st.expander(t("household.timeline_list", n=fmt_number(told.height)), expanded=told.height <= 12):
        st.html(words.events_table(told))

other_ledgers(scope, chosen, filters.month)

left, right = st.columns(2, gap="large")
with left:
    st.markdown(f"#### {t('household.section.work')}")
    work = asks.open_work(scope, household=chosen)
    if work.is_empty():
        st.markdown(t("household.work_none"))
    else:
        st.html(words.work_table(work))
with right:
    st.markdown(f"#### {t('household.section.missing')}")
    measures = events.filter(pl.col("kind") == "measure")
    done = measures.filter(pl.col("more").is_in(["within", "over"])).height
    st.markdown(completeness(file, steps, done))
    for lost in words.missing(file, steps, measures.height) or [t("household.missing_none")]:
        st.markdown(f"- {lost}")
st.markdown(f"#### {t('finding.section')}")
contradictions = findings_of_household(scope, household=chosen, month=filters.month)
if contradictions.is_empty():
    st.markdown(t("finding.none"))
else:
    st.html(words.findings_table(finding_words.household_heads(), finding_words.of_household(contradictions)))
if steps.height:
    st.markdown(f"#### {t('household.section.steps')}")
    for spell in steps.iter_rows(named=True):
        st.markdown(words.spell_words(spell))
        st.html(words.steps_table(spell, parameters.get("publicity_days", {}).get("number")))
    elimination(steps)

st.markdown(f"#### {t('household.section.sources')}")
st.caption(t("household.sources_note"))
table(
    words.worded_sources(asks.sources(scope, household=chosen, month=filters.month)),
    {
        "list": t("household.source_list"),
        "list_month": Column(t("household.source_month"), "month"),
        "name": t("household.source_person"),
        "file_name": Column(t("household.source_file"), width="medium"),
        "row_no": Column(t("household.source_row"), "number"),
        "linked_by": t("household.source_method"),
        "received_on": Column(t("household.source_received"), "date"),
    },
    key="household_sources",
)
