"""The number passport on pages: beside a figure how it is counted and its code, and the whole passport on its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import streamlit as st

from warehouse.i18n import t
from warehouse.passports import Figure, code_of
from warehouse.queries import passport as asks
from warehouse.scope import Scope
from warehouse.session import link, may_go_to, snapshot
from warehouse.words import passport as words


def passport_popover(scope: Scope, row: Mapping[str, Any], *, area: str | None = None) -> None:
    """How is this counted? For a figure of a metric: a row of metric_values (metric, period), of the `area` chosen.

    A row that carries scope and scope_code speaks for itself.
    """
    figure_popover(scope, asks.own_figure(row, area))


def count_popover(
    scope: Scope, what: str, month: dt.date, *, area: str | None = None, code: str | None = None, words: str = ""
) -> None:
    """How is this counted? For a count that is no metric: `mart.column` of warehouse/passports.yml at a month.

    words: what the page says of how it is counted, above the code.
    """
    figure_popover(scope, asks.count_figure(what, month, area, code), words)


def figure_popover(scope: Scope, *figures: Figure | str) -> None:
    """One popover under a figure or the title of a chart. Texts among the figures stand above their codes."""
    with st.popover(t("metric.how"), type="tertiary"):
        figure_passports(scope, *figures)


def figure_passports(scope: Scope, *figures: Figure | str) -> None:
    """What such a popover holds, for those that lie elsewhere."""
    told = [one for one in figures if isinstance(one, Figure)]
    notes = [one for one in figures if isinstance(one, str) and one]
    for note in notes:
        st.markdown(note)
    for figure in told:
        code = code_of(figure, snapshot().snapshot_id)
        # What the page says itself is not said twice: the code stands in the link.
        words_of = t("passport.named_code", name=words.figure_name(figure), code=code)
        opens = words_of if notes else t("passport.open")
        if not notes:
            st.markdown(words.short(figure, code, dt.date.fromisoformat(snapshot().last_month)))
        if may_go_to(scope, "about"):
            link("about", f"{opens} →", section="passport", code=code)
        elif notes:
            st.markdown(words_of)
