"""From a figure's model back to the lists: each model, what it reads, and the SQL that it ran as."""

from __future__ import annotations

import streamlit as st

from warehouse.i18n import join_words, t
from warehouse.queries import about as asks
from warehouse.queries.about import Lineage
from warehouse.scope import Scope
from warehouse.session import table
from warehouse.words import about as words


def lineage_of(scope: Scope, model: str) -> Lineage:
    """The models from `model` back to the lists, and the lists."""
    return asks.lineage(asks.models(scope), set(asks.titles(scope)), model)


def lineage_section(scope: Scope, model: str, *, key: str) -> None:
    """The way back as a table; the SQL of the model that is clicked, else of the figure's own."""
    lineage, titles = lineage_of(scope, model), asks.titles(scope)
    names = [titles[code] for code in lineage.extracts]
    path = words.path(lineage)
    st.markdown(t("about.lineage.counted", models=lineage.models.height, lists=len(names)))
    with st.popover(t("about.lineage.names", n=len(names)), type="tertiary"):
        st.markdown(join_words(names))
    st.caption(t("about.lineage.note"))
    row = table(path, words.path_columns(path), key=key, on_select=True)
    chosen = row["model"] if row else model
    with st.expander(t("about.sql", model=chosen), expanded=row is not None):
        st.code(asks.model_sql(scope, chosen), language="sql")
