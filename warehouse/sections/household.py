"""One household in the other ledgers, and whether its monitoring may end: sections of the household page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from warehouse.i18n import t
from warehouse.queries import household as asks
from warehouse.scope import Scope
from warehouse.words import household as words
from warehouse.words import household_ledgers as ledger_words


def standing(scope: Scope, file: Mapping[str, Any], month: dt.date) -> None:
    """Ways out, the watch population, and what the two registers say differently, one line each."""
    found = asks.difference(scope, household=file["household_key"], month=month)
    for said in (*ledger_words.ways_out(file), ledger_words.difference(found)):
        st.markdown(f"- {said}")
    st.markdown(ledger_words.watched(file))


def other_ledgers(scope: Scope, household: str, month: dt.date) -> None:
    """Needs and what answers them, referrals, services, temporary help, subsidies, visits."""
    st.markdown(f"#### {t('household.section.ledgers')}")
    items = asks.ledgers(scope, household=household, month=month)
    if items.is_empty():
        st.markdown(t("household.ledgers_none"))
    else:
        st.html(words.html_table(ledger_words.ledger_head(), ledger_words.ledger_rows(items), wrap=(1, 5)))


def elimination(steps: pl.DataFrame) -> None:
    """Each term of BX-6 for the newest spell of monitoring."""
    spell = steps.row(0, named=True)
    st.markdown(f"#### {t('household.section.ready')}")
    st.markdown(ledger_words.ready_words(spell))
    head = [t(f"household.ready.{name}") for name in ("term", "found", "result")]
    rows = [(term, found, words.result_words(result)) for term, found, result in ledger_words.readiness(spell)]
    st.html(words.html_table(head, rows, wrap=(0,)))
