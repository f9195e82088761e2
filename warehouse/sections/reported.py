"""Figures of a period that differ from those last reported, with the reason (the part of the evaluation page)."""

from __future__ import annotations

import polars as pl
import streamlit as st

from warehouse.app_db import app_db
from warehouse.exports.reported import figures_now
from warehouse.i18n import t
from warehouse.queries import about
from warehouse.queries.served import served
from warehouse.reported import differing
from warehouse.scope import Scope
from warehouse.session import cached, snapshot, table
from warehouse.settings import load_settings
from warehouse.words import reported as words
from warehouse.words.about import whole

IN_SENTENCES = 6


def reported_section(scope: Scope, metrics: pl.DataFrame, period: str) -> None:
    """What was reported of the period and is another now: a few in sentences, more in a table. Of the whole place.

    metrics: rows of metric_values of the whole in the period.
    """
    st.markdown(f"## {t('passport.reported.section')}")

    def ask(name: str, /, **params: object) -> pl.DataFrame:
        return cached(name, scope, **params)

    now = figures_now(ask, metrics, served(scope), period)
    found, reported = differing(app_db(), load_settings(), now, snapshot().snapshot_id)
    st.markdown(words.overall(found, reported, period))
    titles = about.titles(scope)
    if 0 < len(found) <= IN_SENTENCES:
        st.markdown("\n".join(f"- {line}" for line in words.sentences(found, titles)))
    elif found:
        told = words.frame(found, titles)
        table(told, words.columns(), key="reported_otherwise", height=min(whole(told), 560))
