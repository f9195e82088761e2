"""Who is covered in every area, and who is missed or must be checked again: the first section of the coverage page."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from warehouse.charts import funnel, tile_map, tracker
from warehouse.i18n import t
from warehouse.queries import about
from warehouse.queries import coverage as asks
from warehouse.queries.served import served
from warehouse.queries.village import EXPORTED, LISTED, Chosen, households
from warehouse.sections.desk import Desk
from warehouse.sections.notes import notes_beside
from warehouse.session import (
    XLSX,
    Column,
    chart,
    choice_in_url,
    empty_state,
    go_down,
    go_to,
    link,
    offer_download,
    spec,
    table,
    whole_height,
)
from warehouse.stats.funnel import share_limits
from warehouse.words import coverage as words
from warehouse.words.gaps import with_reason
from warehouse.words.parameters import unset_note

# Without these no household can be in the gap: the place sets no time for it.
GAP_PARAMETERS = {"gradual_exit": ("gradual_exit_months",), "potential_target": ("rejected_window_months",)}


def cover(desk: Desk, villages: pl.DataFrame) -> None:
    """Map and funnel beside the table of areas, and the list of each gap."""
    shown = words.village_table(villages, desk.whole)
    left, right = st.columns([3, 5], gap="medium")
    with left:
        st.markdown(f"## {t('coverage.section.where')}")
        picked = _where(desk, villages)
    with right:
        st.markdown(f"## {t('coverage.section.villages')}")
        key = f"coverage_villages_{desk.filters.within}"
        height = whole_height(shown.height)
        row = table(shown, words.table_columns(), key=key, on_select=True, height=height)
        st.caption(t("coverage.note.villages"))
        _file(desk, shown, "coverage_villages_file")
    go_down(desk.scope, "coverage_where", picked)
    go_down(desk.scope, "coverage_villages", row)
    notes_beside(desk.scope, villages["area_code"].to_list(), desk.filters, asks.METRICS)
    _gaps(desk, villages)


def _where(desk: Desk, villages: pl.DataFrame) -> dict[str, Any] | None:
    """Map and funnel of one measure. Returns: the mark that was clicked."""
    filters, town = desk.filters, desk.whole
    show = choice_in_url("show", tuple(asks.SHARES), t("coverage.show"), lambda s: t(f"coverage.show.{s}"))
    found = words.judged(villages, show, town)
    st.markdown("\n".join(f"- {sentence}" for sentence in found.sentences))
    drawn = spec(tile_map, found.frame, better=found.better)
    told = t(f"coverage.show.{show}")
    picked = chart(drawn, key=f"coverage_map_{show}_{filters.within}", on_select=True, alt_text=told)
    st.caption(t("coverage.note.map"))
    if found.p0 is None:
        empty_state("no_rows")
        return picked
    st.markdown(f"### {t('coverage.section.funnel')}")
    limits = share_limits(found.p0, found.frame["denominator"])
    named = {"place": town, "counted": t(f"coverage.counted.{show}")}
    drawn = spec(funnel, found.frame, limits, found.p0, better=found.better, **named)
    key = f"coverage_funnel_{show}_{filters.within}"
    picked = chart(drawn, key=key, on_select=True, alt_text=t("coverage.section.funnel")) or picked
    st.caption(t("coverage.note.funnel"))
    return picked


def tracked(desk: Desk, villages: pl.DataFrame) -> None:
    """What has reached every village this year: rounds of the survey, inspection, look-back."""
    year = desk.filters.month.year
    st.markdown(f"## {t('coverage.section.tracked', year=str(year))}")
    st.markdown("\n".join(f"- {sentence}" for sentence in words.visited(villages, year)))
    shown = words.village_table(villages, desk.whole)
    key, told = f"coverage_tracker_{desk.filters.within}", t("coverage.part.tracked")
    picked = chart(spec(tracker, villages), key=key, on_select=True, alt_text=told)
    st.caption(t("coverage.note.map"))
    height = whole_height(shown.height)
    key = f"coverage_tracked_{desk.filters.within}"
    row = table(shown, words.tracked_columns(), key=key, on_select=True, height=height)
    st.caption(t("coverage.note.villages"))
    _file(desk, shown, "coverage_tracked_file")
    link("look_back", t("coverage.to_look_back"))
    go_down(desk.scope, "coverage_where", picked)
    go_down(desk.scope, "coverage_tracked", row)


def _file(desk: Desk, shown: pl.DataFrame, key: str) -> None:
    offer_download(
        desk.scope,
        t("coverage.download"),
        lambda: words.export(shown, served(desk.scope), desk.filters.label),
        f"{t('coverage.title')}_{desk.filters.period}.xlsx",
        XLSX,
        key=key,
    )


def _gaps(desk: Desk, villages: pl.DataFrame) -> None:
    filters, scope = desk.filters, desk.scope
    st.markdown(f"## {t('coverage.section.gaps')}")
    counts = words.gap_counts(villages, filters.area if filters.area != filters.within else None)
    gap = choice_in_url("gap", tuple(asks.GAPS), t("coverage.gap"), lambda g: words.gap_name(g, counts))
    st.markdown(t(f"coverage.gap.{gap}"))
    if not counts[gap]:
        unset = about.unset(scope, *GAP_PARAMETERS.get(gap, ()))
        st.markdown(unset_note(unset) or t("coverage.none_found"))
        return
    if not scope.households:
        st.caption(t("coverage.counts_only"))
        by_village = words.gap_by_village(villages, gap)
        heads: dict[str, Column | str] = {"name": t("coverage.column.name"), "found": words.found_column(gap)}
        table(by_village, heads, key=f"coverage_gap_{gap}")
        return

    def listed(limit: int) -> pl.DataFrame:
        return households(scope, month=filters.month, area=filters.area, chosen=Chosen(gap=gap), limit=limit)

    first = listed(LISTED)
    st.caption(words.found(first))
    row = table(with_reason(first, gap), words.listed_columns(), key=f"coverage_gap_{gap}", on_select=True)
    if row:
        go_to("household", household=row["household_key"])
    offer_download(
        scope,
        t("coverage.download"),
        lambda: words.export_households(with_reason(listed(EXPORTED), gap), gap, served(scope), filters.label),
        f"{t(f'label.gap.{gap}')}_{filters.period}.xlsx",
        XLSX,
        key="coverage_gap_file",
    )
