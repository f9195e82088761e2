"""Names whole, with a reason: a small control beside the one household, and a box beside what is printed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

import streamlit as st

from warehouse.app_db.free_text import fault_of
from warehouse.i18n import t
from warehouse.scope import Scope
from warehouse.session import REVEALED_FOR
from warehouse.words.markup import literal

REASONS: Final = ("site_check", "papers", "petition", "data_check")
_SHOWN: Final = "_names_shown"
# What is typed stands on the page and on paper: no ID or account number gets there by this way.
_LONG_NUMBER: Final = re.compile(r"\d{12,}[Xx]?")


def reveal_control(scope: Scope, household: str) -> str | None:
    """The control of one household. Returns: the reason in force, in the words of the audit trail; null: masked.

    Names stay whole for REVEALED_FOR, in this browser session, of this household alone. Source: 07-trust.
    """
    if not scope.may_reveal:
        return None
    # Of this user: a browser that signs in as another may keep its session here.
    own = (scope.user_id, household)
    shown: dict[tuple[int, str], tuple[str, dt.datetime]] = st.session_state.setdefault(_SHOWN, {})
    reason, until = shown.get(own, ("", dt.datetime.min.replace(tzinfo=dt.UTC)))
    if dt.datetime.now(dt.UTC) < until:
        st.caption(t("reveal.on", reason=literal(reason), until=f"{until.astimezone():%H:%M}"))
        if st.button(t("reveal.stop"), key="reveal_stop"):
            shown.pop(own)
            st.rerun()
        return reason
    shown.pop(own, None)
    with st.popover(t("reveal.popover")):
        why = st.radio(t("reveal.why"), REASONS, index=None, format_func=_reason, key="reveal_reason")
        more = _LONG_NUMBER.sub("…", st.text_input(t("reveal.more"), key="reveal_more", max_chars=80).strip())
        st.caption(t("reveal.rule", minutes=int(REVEALED_FOR.total_seconds() // 60)))
        if st.button(t("reveal.button"), key="reveal_button", disabled=why is None) and why is not None:
            if more and (fault := fault_of(more)):
                st.error(t(f"decided.refused.{fault}"))
                return None
            said = t("reveal.reason.with_more", reason=_reason(why), more=more) if more else _reason(why)
            shown[own] = (said, dt.datetime.now(dt.UTC) + REVEALED_FOR)
            st.rerun()
    return None


def reveal_box(scope: Scope, key: str) -> str | None:
    """A box beside a paper of several households. Returns: the reason for printing names whole; null: masked."""
    if not scope.may_reveal:
        return None
    how = st.selectbox(t("reveal.print"), ("", *REASONS), format_func=_print_words, key=f"{key}_reveal")
    return _reason(how) if how else None


def _reason(code: str) -> str:
    return t(f"reveal.reason.{code}")


def _print_words(code: str) -> str:
    return t("reveal.print.whole", reason=_reason(code)) if code else t("reveal.print.masked")
