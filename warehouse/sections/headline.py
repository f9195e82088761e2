"""The figures at the head of a page in one row, each with how it is counted a click away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from warehouse.i18n import t
from warehouse.queries.passport import own_figure
from warehouse.scope import Scope
from warehouse.sections.passport import figure_passports
from warehouse.words.headline import Headline, unchanged


def headline_figures(scope: Scope, shown: Sequence[Headline], earlier: str, *, area: str | None) -> None:
    """Value, counts, real change and target of each; interval, change in numbers, people, unknowns in its popover."""
    if not shown:
        return
    for box, one in zip(st.columns(len(shown)), shown, strict=True):
        with box:
            st.metric(one.name, one.value)
            st.caption("  \n".join(one.under))
            with st.popover(t("metric.how"), type="tertiary"):
                if one.more:
                    st.markdown("\n".join(f"- {line}" for line in one.more))
                figure_passports(scope, own_figure(one.row, area))
    if said := unchanged(shown, earlier):
        st.caption(said)
