"""Parts of the household page: choosing one, its first screen, and the four views below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
import streamlit as st

from warehouse.app_db.audit import Action
from warehouse.charts import timeline
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.household_file import household_file
from warehouse.exports.visit_list import VisitPaper, visit_sheet
from warehouse.i18n import fmt_date, fmt_number, t, t_n
from warehouse.queries import household as asks
from warehouse.queries import village
from warehouse.queries.served import served
from warehouse.scope import Scope
from warehouse.sections.papers import offer_papers
from warehouse.session import Column, Filters, chart, empty_state, findings_box, go_to, note, snapshot, spec, table
from warehouse.words import household as words
from warehouse.words import household_ledgers as ledger_words
from warehouse.words import household_tables as tables
from warehouse.words.exports import meta
from warehouse.words.village import work as worded_work
from warehouse.words.visit_list import visit_list

# Rows of the work list that stand on the first screen; the others open below them.
DUE_SHOWN: Final = 4


@dataclass(frozen=True)
class Chosen:
    """The household that is looked at: its key, its figures of the month, and the reason for names whole, or none."""

    scope: Scope
    filters: Filters
    key: str
    file: Mapping[str, Any]
    reason: str | None

    @property
    def month(self) -> dt.date:
        return self.filters.month


def choose(scope: Scope, filters: Filters) -> None:
    """The households of the scope, those with most gaps first; a click opens one."""
    search = st.text_input(t("household.search"), key="household_search", max_chars=30).strip() or None
    if search:
        note(scope, Action.SEARCHED, "household")
    found = asks.choices(scope, month=filters.month, area=filters.area, search=search)
    if found.is_empty():
        empty_state("no_rows")
        return
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


def back_to_list() -> None:
    """The way back to the households."""
    if st.button(t("household.back"), key="household_back"):
        st.query_params.pop("household", None)
        st.rerun()


def first_screen(chosen: Chosen, steps: pl.DataFrame, measures: pl.DataFrame) -> None:
    """Where it stands and why; what is due here and by when; what its file lacks."""
    left, right = st.columns([11, 9], gap="large")
    with left:
        _verdict(chosen)
    with right:
        st.markdown(f"**{t('household.section.due')}**")
        _due(chosen)
        st.markdown(f"**{t('household.section.missing')}**")
        done = measures.filter(pl.col("done_on").is_not_null()).height
        st.markdown(ledger_words.completeness(chosen.file, steps, done))
        for lost in words.missing(chosen.file, steps, measures.height) or [t("household.missing_none")]:
            st.markdown(f"- {lost}")


def _verdict(chosen: Chosen) -> None:
    file = chosen.file
    first, *gaps = words.verdict(file)
    known = file["tier_eligible"] != "unknown"
    none = t("household.no_gap" if known else "household.no_gap_unknown")
    found = asks.difference(chosen.scope, household=chosen.key, month=chosen.month)
    said = [words.why(file), *(gaps or [none]), words.risk(file)]
    findings_box(
        [*said, *ledger_words.ways_out(file), ledger_words.difference(found), ledger_words.watched(file)], first
    )


def _due(chosen: Chosen) -> None:
    work = worded_work(_work(chosen))
    if work.is_empty():
        st.markdown(t("household.due_none"))
        return
    st.html(tables.due_table(work.head(DUE_SHOWN)).html)
    if work.height > DUE_SHOWN:
        with st.expander(t("household.due_more", n=fmt_number(work.height - DUE_SHOWN))):
            st.html(tables.due_table(work.slice(DUE_SHOWN)).html)


def _work(chosen: Chosen) -> pl.DataFrame:
    return asks.due(chosen.scope, household=chosen.key, area=chosen.file["area_code"], month=chosen.month)


def papers(chosen: Chosen) -> None:
    """The visit sheet and the file of the household, in Word and PDF; names whole while they are on the page."""
    scope, file, no = chosen.scope, chosen.file, chosen.file["household_no"]
    place, period = served(scope), chosen.filters.label
    work = _work(chosen)
    if work.height:
        homes = village.visit_households(scope, area=file["area_code"], month=chosen.month)
        # The head's name is as on the page: whole only while this household is revealed.
        homes = homes.filter(pl.col("household_key") == chosen.key).with_columns(
            pl.lit(file["head_name"], dtype=pl.String).alias("head_name")
        )
        as_of = dt.date.fromisoformat(snapshot().as_of)
        paper = VisitPaper(file["area_name"], period, as_of, chosen.month, village.contacts(scope))

        def sheet(form: FormName) -> bytes:
            return FORMS[form].write(visit_sheet(visit_list(work, homes), paper, meta(place)))

        offer_papers(
            scope, sheet, t("visit.file_one", no=no, period=chosen.filters.period), ("pdf", "docx"),
            title=t("visit.print_one", matters=fmt_number(work.height)), key="household_visit",
        )  # fmt: skip

    def whole_file(form: FormName) -> bytes:
        whole = asks.whole(scope, file, month=chosen.month, reason=chosen.reason)
        return FORMS[form].write(household_file(whole, meta(place), period=period, reason=chosen.reason))

    offer_papers(
        scope, whole_file, t("household.paper.name", no=no, period=chosen.filters.period), ("pdf", "docx"),
        title=t("household.paper.offer"), key="household_file",
    )  # fmt: skip


# -- the views --------------------------------------------------------------------------------------------------------


def measured(chosen: Chosen) -> None:
    """Income term by term, each test, property, the tiers, what would change it."""
    file, scope, month = chosen.file, chosen.scope, chosen.month
    parameters = asks.parameters(scope, month=month)
    st.markdown(f"## {t('household.section.income')}")
    if file["income_known"]:
        start, end = fmt_date(file["income_period_start"]), fmt_date(file["income_period_end"])
        st.caption(t("household.income_note", start=start, end=end))
        for place, (title, ledger) in zip(st.columns(3, gap="medium"), tables.ledger_tables(file), strict=True):
            place.markdown(f"**{title}**")
            place.html(ledger.html)
    else:
        st.info(words.income_unknown(parameters))
    st.markdown(f"## {t('household.section.tests')}")
    members = asks.members(scope, household=chosen.key, month=month)
    st.html(tables.tests_table(words.tests(file, parameters, members)).html)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**{t('household.assets.title')}**")
        st.html(tables.assets_table(file, asks.checked(scope, household=chosen.key, month=month)).html)
    with right:
        st.markdown(f"## {t('household.section.tier')}")
        st.html(tables.tiers_table(file).html)
        st.markdown(f"## {t('household.section.changes')}")
        for sentence in words.changes(file) or [t("household.no_change")]:
            st.markdown(f"- {sentence}")
        st.caption(t("household.changes_note"))


def history(chosen: Chosen) -> None:
    """What happened, the measures, the steps of monitoring against their limits, and whether it may end."""
    st.markdown(f"## {t('household.section.timeline')}")
    events = asks.events(chosen.scope, household=chosen.key)
    if events.is_empty():
        st.markdown(t("household.timeline_none"))
    else:
        told = words.told(events)
        chart(spec(timeline, words.drawn(told)), key="household_timeline")
        with st.expander(t("household.timeline_list", n=fmt_number(told.height)), expanded=told.height <= 12):
            st.html(tables.events_table(told).html)
    st.markdown(f"## {t('household.section.measures')}")
    measures = asks.measures(chosen.scope, household=chosen.key)
    if measures.is_empty():
        st.markdown(t("household.measures_none"))
    else:
        st.html(tables.measures_table(measures).html)
    steps = asks.steps(chosen.scope, household=chosen.key)
    if steps.is_empty():
        return
    publicity = asks.parameters(chosen.scope, month=chosen.month).get("publicity_days", {}).get("number")
    st.markdown(f"## {t('household.section.steps')}")
    for spell in steps.iter_rows(named=True):
        st.markdown(words.spell_words(spell))
        st.html(tables.steps_table(spell, publicity).html)
    newest = steps.row(0, named=True)
    st.markdown(f"## {t('household.section.ready')}")
    st.markdown(ledger_words.ready_words(newest))
    st.html(tables.readiness_table(newest).html)


def people(chosen: Chosen) -> None:
    """Who lives there, what the other ledgers say of them, and what their data contradict."""
    asked: dict[str, Any] = {"household": chosen.key, "month": chosen.month, "reason": chosen.reason}
    st.markdown(f"## {t('household.section.members')}")
    st.caption(t("household.members_note" if chosen.reason is None else "household.members_note_whole"))
    st.html(tables.members_table(asks.members(chosen.scope, **asked)).html)
    st.markdown(f"## {t('household.section.ledgers')}")
    items = asks.ledgers(chosen.scope, **asked)
    if items.is_empty():
        st.markdown(t("household.ledgers_none"))
    else:
        st.html(tables.ledgers_table(items).html)
    st.markdown(f"## {t('finding.section')}")
    contradictions = asks.findings(chosen.scope, **asked)
    if contradictions.is_empty():
        st.markdown(t("finding.none"))
    else:
        st.html(tables.findings_table(contradictions).html)


def sources(chosen: Chosen) -> None:
    """The cells that the figures stand in."""
    st.markdown(f"## {t('household.section.sources')}")
    st.caption(t("household.sources_note"))
    found = asks.sources(chosen.scope, household=chosen.key, month=chosen.month, reason=chosen.reason)
    table(
        words.worded_sources(found),
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


VIEWS: Final[Mapping[str, Callable[[Chosen], None]]] = {
    "measured": measured,
    "history": history,
    "people": people,
    "sources": sources,
}
