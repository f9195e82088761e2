"""Matters for decision, decisions as they are made, and what became of them: the meeting's own loop on its page."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import polars as pl
import streamlit as st

from warehouse import meetings
from warehouse.app_db import app_db
from warehouse.app_db.decisions import CARRIED, State
from warehouse.app_db.free_text import MOST, TextRefusedError
from warehouse.errors import UsageError
from warehouse.i18n import code_text, fmt_date, fmt_number, t
from warehouse.queries import joint_meeting as asks
from warehouse.scope import Role, Scope
from warehouse.sections.meeting_shown import Shown
from warehouse.session import link, table
from warehouse.words import decided as words
from warehouse.words.joint_meeting import Matter
from warehouse.words.markup import literal

_SAID = "decided_said"
_FREE = "free"
_DAYS = (7, 15, 30, 60, 90)
_MEETING_DAYS = 45
_DEFAULT_DAYS = 30


def matters_section(shown: Shown) -> None:
    """Matters for decision, each with what was decided before, a wording, the office that acts, and the form."""
    tell_what_was_done()
    for no, matter in enumerate(shown.matters):
        with st.container(key=f"matter_{no}", gap="small"):
            _matter(shown, matter)
    if not shown.matters:
        st.markdown(t("joint_meeting.decide.none"))
    if meetings.may_decide(shown.scope):
        with st.container(key="matter_free"):
            if _toggle(_FREE, t("decided.form.free")):
                decision_form(shown, None, key=_FREE)


def _matter(shown: Shown, matter: Matter) -> None:
    code = matter.owner(shown.owners)
    owner, settled = shown.owners.get(code, code), shown.settled(matter)
    amount, what, who = st.columns([1.7, 8, 2.6], gap="medium")
    amount.html(f'<p class="kanhu-amount">{escape(matter.amount)}</p>')
    told = literal(words.standing(settled, shown.owners, shown.today)) if settled else ""
    proposal = t("joint_meeting.decide.proposal", words=matter.proposal(owner))
    lines = [f"**{matter.matter}**", matter.where, told or proposal]
    what.markdown("  \n".join(line for line in lines if line))
    with who:
        st.markdown(t("joint_meeting.decide.owner", owner=owner))
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            link(matter.page, t("joint_meeting.link.section"), **matter.query)
            opened = meetings.may_decide(shown.scope) and _toggle(matter.key, t("decided.form.open"))
    if opened:
        decision_form(shown, matter, key=matter.key)


def _toggle(key: str, words: str) -> bool:
    """A button that opens the form of one matter, and only of one; returns whether it is open."""
    is_open = st.session_state.get("decided_open") == key

    def pressed() -> None:
        st.session_state["decided_open"] = None if is_open else key

    said = t("decided.form.close") if is_open else words
    st.button(said, key=f"decided_open_{key}", on_click=pressed)
    return is_open


def decision_form(shown: Shown, matter: Matter | None, *, key: str, is_wide: bool = True) -> None:
    """Write down what the meeting decides; without a matter, one that the figures do not show. For the office.

    is_wide: the boxes stand beside each other.
    """
    owners = list(shown.owners)
    with st.form(f"decide_{key}", border=False):
        refused = st.container()
        told = matter.matter if matter else st.text_input(t("decided.form.matter"), max_chars=MOST, key=f"matter_{key}")
        first = matter.owner(shown.owners) if matter else "town"
        proposal = matter.proposal(shown.owners.get(first, first)) if matter else ""
        decision = st.text_area(
            t("decided.form.decision"), proposal, max_chars=MOST, height=110 if is_wide else 190, key=f"decision_{key}"
        )
        who, when, held = st.columns(3) if is_wide else (st.container(), st.container(), st.container())
        owner = who.selectbox(
            t("decided.form.owner"),
            owners,
            index=owners.index(first) if first in owners else 0,
            format_func=shown.owners.__getitem__,
            key=f"owner_{key}",
        )
        days = due_days(shown.today)
        due_on = when.selectbox(
            t("decided.form.due_on"),
            days,
            index=days.index(shown.today + dt.timedelta(days=_DEFAULT_DAYS)),
            format_func=_due_words(shown.today),
            key=f"due_{key}",
        )
        of_meetings = meeting_days(shown.today, shown.opened["held_on"] if shown.opened else None)
        held_on = held.selectbox(t("decided.form.held_on"), of_meetings, format_func=fmt_date, key=f"held_{key}")
        if st.form_submit_button(t("decided.form.save"), type="primary"):
            with refused:
                _save(shown, matter, told or "", decision or "", owner, due_on, held_on)


def _save(
    shown: Shown, matter: Matter | None, told: str, decision: str, owner: str, due_on: dt.date, held_on: dt.date
) -> None:
    """Keep the decision in the meeting of that day, which is opened if it is new; what is refused is said."""

    def keep() -> None:
        meeting_id = meetings.open_meeting(shown.db, shown.scope, held_on=held_on, period=shown.filters.period)
        meetings.decide(
            shown.db,
            shown.scope,
            meeting_id,
            matter=told,
            matter_key=matter.key if matter else _FREE,
            decision=decision,
            owner=owner,
            due_on=due_on,
            households=matter.touched if matter and matter.is_of_households else None,
        )

    _told(keep, t("decided.form.saved", owner=shown.owners[owner], due=fmt_date(due_on)))


def _told(do: Callable[[], None], done: str) -> None:
    """Do it and run the page anew with `done` at its head, or say why it was refused."""
    try:
        do()
    except TextRefusedError as refused:
        st.error(t(f"decided.refused.{refused.fault}"))
        return
    except UsageError:
        st.error(t("decided.refused.other"))
        return
    st.session_state["decided_open"] = None
    st.session_state[_SAID] = done
    st.rerun()


def tell_what_was_done() -> None:
    """What was written in the run before."""
    if said := st.session_state.pop(_SAID, None):
        st.success(said)


def due_days(today: dt.date) -> list[dt.date]:
    """Days to choose from: some days from now, and the ends of the next months."""
    days = {today + dt.timedelta(days=n) for n in _DAYS}
    for ahead in range(7):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        days.add(dt.date(year, month + 1, calendar.monthrange(year, month + 1)[1]))
    return sorted(days)


def _due_words(today: dt.date) -> Callable[[dt.date], str]:
    def words_of(day: dt.date) -> str:
        n = (day - today).days
        key = "decided.form.in_days" if n in _DAYS else "decided.form.month_end"
        return t(key, day=fmt_date(day), n=fmt_number(n))

    return words_of


def meeting_days(today: dt.date, opened: dt.date | None) -> list[dt.date]:
    """Days on which the meeting may have been held: that of the meeting opened first, then today and back."""
    days = [today - dt.timedelta(days=n) for n in range(_MEETING_DAYS)]
    return [opened, *(day for day in days if day != opened)] if opened else days


# -- what became of them ----------------------------------------------------------------------------------------------


def made_section(shown: Shown) -> None:
    """What the meeting about the period has decided so far."""
    if shown.opened is None:
        st.caption(t("decided.session.none", period=shown.filters.label))
        return
    said = {"held": fmt_date(shown.opened["held_on"]), "kind": code_text(shown.opened["kind"])}
    st.markdown(t("decided.session.open", period=shown.filters.label, n=fmt_number(shown.made.height), **said))
    if shown.made.height:
        frame = shown.made.with_columns(
            pl.Series("owner", [shown.owners.get(code, code) for code in shown.made["owner"]], dtype=pl.String),
            pl.Series("state", [t(f"decided.choose_state.{state}") for state in shown.made["state"]], dtype=pl.String),
        ).rename({"decision": "text"})
        columns = {name: words.column(name) for name in ("text", "owner", "due_on", "state")}
        table(frame, columns, key="decided_made", height=min(35 * (frame.height + 1) + 3, 500))
    if meetings.may_decide(shown.scope) and shown.made.height:
        progress_form(shown.scope, shown.made, key="made")


def progress_form(scope: Scope, decisions: pl.DataFrame, *, key: str) -> None:
    """Report what became of one of these decisions (as app_db.decisions), for who may: the office, its department."""
    rows = {
        row["decision_id"]: row for row in decisions.iter_rows(named=True) if meetings.states_for(scope, row["owner"])
    }
    if not rows:
        return
    states: Sequence[State] = meetings.states_for(scope, next(iter(rows.values()))["owner"])
    with st.expander(t("decided.form.report")), st.form(f"report_{key}", border=False, clear_on_submit=True):
        which, how = st.columns([3, 1])
        chosen = which.selectbox(
            t("decided.form.which"), list(rows), format_func=lambda no: rows[no]["decision"], key=f"report_which_{key}"
        )
        state = how.selectbox(
            t("decided.form.state"),
            states,
            format_func=lambda state: t(f"decided.choose_state.{state}"),
            key=f"report_state_{key}",
        )
        text = st.text_area(t("decided.form.told"), max_chars=MOST, height=90, key=f"report_text_{key}")
        if st.form_submit_button(t("decided.form.report"), type="primary"):
            _told(
                lambda: meetings.report(app_db(), scope, chosen, state, text or ""),
                t("decided.form.reported"),
            )


def my_decisions(scope: Scope) -> None:
    """What meetings gave the departments of the scope to carry out, and the form to report on it."""
    if scope.role is not Role.DEPARTMENT:
        return
    db = app_db()
    today, found = meetings.today(db), meetings.of_department(db, scope)
    st.markdown(f"## {t('decided.mine')}")
    tell_what_was_done()
    if found.is_empty():
        st.markdown(t("decided.mine.none"))
        return
    is_open = found.filter(state="open")
    st.markdown(
        t(
            "decided.mine.say",
            open=fmt_number(is_open.height),
            overdue=fmt_number(is_open.filter(pl.col("due_on") < today).height),
            carried=fmt_number(is_open.filter(pl.col("meetings_since") >= CARRIED).height),
            closed=fmt_number(found.height - is_open.height),
        )
    )
    owners = asks.owners(scope)
    shown = found.with_columns(
        pl.Series("state", [_state(row, today) for row in found.iter_rows(named=True)], dtype=pl.String),
        pl.Series("owner", [owners.get(code, code) for code in found["owner"]], dtype=pl.String),
    ).rename({"decision": "text", "held_on": "met_on", "state_text": "told"})
    columns = {name: words.column(name) for name in ("state", "text", "owner", "due_on", "told", "met_on")}
    table(shown, columns, key="decided_mine", height=35 * (shown.height + 1) + 3)
    progress_form(scope, found, key="mine")


def _state(row: Mapping[str, Any], today: dt.date) -> str:
    if row["state"] == "open" and row["meetings_since"] >= CARRIED:
        return t("decided.state.carried")
    if row["state"] == "open" and row["due_on"] < today:
        return t("decided.state.overdue")
    return t(f"decided.choose_state.{row['state']}")
