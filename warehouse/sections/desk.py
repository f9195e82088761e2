"""What the sections of the coverage page share: the areas they speak of, their tables by area, their lists of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from warehouse.i18n import t
from warehouse.queries.passport import count_figure, own_figure
from warehouse.queries.served import served
from warehouse.queries.village import EXPORTED, LISTED
from warehouse.scope import Scope
from warehouse.sections.passport import figure_popover
from warehouse.session import XLSX, Filters, go_down, go_to, offer_download, table
from warehouse.words import desk as words


@dataclass(frozen=True)
class Desk:
    """Who asks, for which period and areas. place: the name of the area whose figures are told; whole: of the one that
    the areas compared are parts of."""

    scope: Scope
    filters: Filters
    place: str
    whole: str

    def own(self, by_area: pl.DataFrame) -> pl.DataFrame:
        """The rows of the areas that the figures are about: all compared, or the one village chosen."""
        chosen = self.filters.area
        return by_area.filter(pl.col("area_code") == chosen) if chosen != self.filters.within else by_area


def heading(desk: Desk, title: str, sentences: Sequence[str], how: str, *counted: str) -> None:
    """A section's question, what the data answer, and how that is counted: metrics, and counts of a month."""
    filters = desk.filters
    figures = [
        count_figure(what, filters.month, filters.area)
        if "." in what
        else own_figure({"metric": what, "period": filters.period}, filters.area)
        for what in counted
    ]
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    left.markdown(f"## {title}")
    with right:
        figure_popover(desk.scope, how, *figures)
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def by_area(desk: Desk, frame: pl.DataFrame, names: Sequence[str], *, key: str) -> None:
    """One row per area compared, by code; a click goes down."""
    key = f"{key}_{desk.filters.within}"
    st.caption(t("desk.by_area"))
    height = min(35 * frame.height + 38, 840)
    picked = table(frame, words.columns(names), key=key, on_select=True, height=height)
    go_down(desk.scope, key, picked)


def rows(
    desk: Desk,
    title: str,
    ask: Callable[[int], pl.DataFrame],
    told: Callable[[pl.DataFrame], pl.DataFrame],
    names: Sequence[str],
    *,
    key: str,
) -> None:
    """The households or people behind the counts, for who may see them; a click opens the household.

    ask: the question, given how many rows at most; told: its rows in words, with every column of `names`.
    """
    if not desk.scope.households:
        st.caption(t("coverage.counts_only"))
        return
    st.markdown(f"**{title}**")
    listed = ask(LISTED)
    if listed.is_empty():
        st.markdown(t("desk.no_rows"))
        return
    st.caption(words.found(listed))
    shown = told(listed)
    picked = table(shown, words.columns(names), key=key, on_select=True, height=min(35 * shown.height + 38, 520))
    if picked and picked["household_key"]:
        go_to("household", household=picked["household_key"])
    offer_download(
        desk.scope,
        t("coverage.download"),
        lambda: words.export(title, told(ask(EXPORTED)), names, served(desk.scope), desk.filters.label),
        f"{title}_{desk.filters.period}.xlsx",
        XLSX,
        key=f"{key}_file",
    )
