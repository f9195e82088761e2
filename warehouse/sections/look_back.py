"""The parts of the look-back page, one shown at a time: what is not shown is not asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
import streamlit as st

from warehouse.charts import ageing_bars, funnel, tracker
from warehouse.charts.look_back import burn_down, states_by
from warehouse.i18n import fmt_number, fmt_period, t
from warehouse.queries import about
from warehouse.queries import look_back as asks
from warehouse.queries.metrics import metrics as period_metrics
from warehouse.queries.served import served
from warehouse.queries.warnings import not_expected
from warehouse.scope import Role, Scope
from warehouse.sections.headline import headline_figures
from warehouse.sections.sample_plan import sample_plan
from warehouse.session import (
    XLSX,
    Filters,
    area_tree,
    chart,
    choice_in_url,
    empty_state,
    go_down,
    go_to,
    newly_picked,
    offer_download,
    spec,
    table,
)
from warehouse.stats.funnel import share_limits
from warehouse.words import eliminations as out
from warehouse.words import look_back as words
from warehouse.words.evaluation import with_unasked
from warehouse.words.headline import headlines


@dataclass(frozen=True)
class Shown:
    """What every part knows: who asks, what is chosen, and what the head of the page has asked already.

    place: the name of the area compared with. names: code -> name of the areas compared. villages, issues: as
    queries.look_back gives them.
    """

    scope: Scope
    filters: Filters
    place: str
    is_village: bool
    names: Mapping[str, str]
    villages: pl.DataFrame
    issues: pl.DataFrame


def covered(shown: Shown) -> None:
    """Which areas were inspected and looked back at (ST-6a); what a place does not ask for, the page's head says."""
    if asks.is_inspected(shown.scope):
        st.markdown(f"## {t('look_back.section.tracker')}")
        key = f"look_back_tracker_{shown.filters.within}"
        picked = chart(spec(tracker, shown.villages), key=key, on_select=True)
        if newly_picked("look_back_tracker", picked) and picked:
            _choose(picked["area_code"])
        st.caption(t("look_back.note.tracker"))
    st.markdown(f"## {t('look_back.section.metrics')}")
    found = period_metrics(shown.scope, area=shown.filters.area, period=shown.filters.period, only=asks.METRICS)
    metrics = with_unasked(found, set(not_expected(shown.scope)["extract"]))
    chosen = [metric for metric in asks.METRICS if _is_asked(metrics, metric)]
    earlier = fmt_period(shown.filters.before().period)
    told = headlines(metrics, chosen, earlier, about.titles(shown.scope))
    headline_figures(shown.scope, told, earlier, area=shown.filters.area)


def _is_asked(metrics: pl.DataFrame, metric: str) -> bool:
    """Whether the place asks for what the metric counts."""
    return metrics.filter(pl.col("metric") == metric, pl.col("state") == "not_asked").is_empty()


def states(shown: Shown) -> None:
    """How the problems stand, whether they get fewer, how old they are, and whether areas differ."""
    if shown.issues.is_empty():
        empty_state("no_rows")
        return
    st.markdown(f"## {t('look_back.section.states')}")
    by = choice_in_url("by", asks.GROUPED, t("look_back.by"), lambda kind: t(f"look_back.by.{kind}"))
    chart(spec(states_by, words.states_by(_parts(shown), by, shown.names)), key=f"look_back_states_{by}")
    st.caption(t("look_back.note.states"))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"## {t('look_back.section.burn_down')}")
        chart(spec(burn_down, asks.burn_down(shown.scope, area=shown.filters.area)), key="look_back_burn_down")
        st.caption(t("look_back.note.burn_down"))
    with right:
        st.markdown(f"## {t('look_back.section.ages')}")
        if asks.has_unsolved(shown.issues):
            chart(spec(ageing_bars, words.aged(asks.ages(shown.issues))), key="look_back_ages")
        else:
            st.markdown(t("look_back.none_unsolved"))
    if not shown.is_village:
        _compared(shown)


def _compared(shown: Shown) -> None:
    year, key = shown.filters.end.year, f"look_back_funnel_{shown.filters.within}"
    st.markdown(f"## {t('look_back.section.villages', year=year)}")
    asked = asks.rectified_by_village(shown.scope, year=year, areas=shown.filters.compared)
    judged = words.judged(asked, shown.place)
    for sentence in judged.sentences:
        st.markdown(f"- {sentence}")
    if judged.p0 is not None:
        limits = share_limits(judged.p0, judged.frame["denominator"])
        named = {"place": judged.place, "counted": t("look_back.counted")}
        drawn = spec(funnel, judged.frame, limits, judged.p0, better="high", **named)
        picked = chart(drawn, key=key, on_select=True)
        if newly_picked("look_back_funnel", picked) and picked:
            _choose(picked["area_code"])


def lists(shown: Shown) -> None:
    """The problems overdue, and those that failed their look-back."""
    for part in ("overdue", "failed"):
        _list(shown, part)
    offer_download(
        shown.scope,
        t("look_back.download"),
        lambda: words.export(shown.issues, served(shown.scope), shown.filters.label),
        f"{t('look_back.download.file')}_{shown.filters.period}.xlsx",
        XLSX,
        key="look_back_download",
    )


def returned(shown: Shown) -> None:
    """Which problems came back after closing: of what kind, whose, and where."""
    st.markdown(f"## {t('look_back.section.returned')}")
    by = choice_in_url("by", asks.GROUPED, t("look_back.by"), lambda kind: t(f"look_back.by.{kind}"))
    told = words.returned(_parts(shown), by, shown.names)
    for sentence in told.sentences:
        st.markdown(f"- {sentence}")
    if told.frame.height:
        table(told.frame, words.returned_columns(by), key=f"look_back_returned_{by}")
        st.caption(t("look_back.note.returned"))
    _list(shown, "repeat")


def eliminations(shown: Shown) -> None:
    """Do households stay out? Who may be eliminated, what was marked against a rule, who came back (BX-6)."""
    filters = shown.filters
    st.markdown(f"## {t('look_back.section.eliminations', period=filters.label)}")
    asked = asks.eliminations(
        shown.scope, start=filters.start, end=filters.end, area=filters.area, areas=filters.compared
    )
    mine = asked.filter(pl.col("area_code") == filters.area if filters.area else pl.col("scope") == "profile")
    if mine.is_empty():
        empty_state("no_rows")
        return
    row = mine.row(0, named=True)
    for sentence in out.sentences(row, filters.label):
        st.markdown(f"- {sentence}")
    areas = asked.filter(pl.col("area_code").is_in(filters.compared))
    picked = table(areas, out.area_columns(), key=f"look_back_out_{filters.within}", on_select=True)
    st.caption(t("look_back.note.eliminations"))
    if row["eliminated"]:
        table(out.rules(row), out.rule_columns(), key="look_back_rules")
    go_down(shown.scope, "look_back_out", {"area_code": picked["area_code"]} if picked else None)
    if not shown.scope.households:
        empty_state("no_households")
        return
    part = choice_in_url("list", asks.SPELLS, t("look_back.out.list"), lambda name: t(f"look_back.out.list.{name}"))
    spells = asks.spells(shown.scope, part=part, start=filters.start, end=filters.end, area=filters.area)
    if spells.is_empty():
        st.markdown(t("look_back.out.none_listed"))
        return
    st.caption(t("look_back.out.rows", n=fmt_number(spells.height)))
    chosen = table(out.worded(spells), out.spell_columns(part), key=f"look_back_out_{part}", on_select=True)
    if chosen and chosen["household_key"]:
        go_to("household", household=chosen["household_key"])


def _parts(shown: Shown) -> pl.DataFrame:
    """The issues with the compared area in which each lies, in place of its village."""
    tree = area_tree(shown.scope)
    return shown.issues.with_columns(pl.col("area_code").replace(tree.part_of(shown.filters.area)))


def _list(shown: Shown, part: str) -> None:
    st.markdown(f"## {t(f'look_back.section.{part}')}")
    rows = words.listed(shown.issues, part)
    if rows.frame.is_empty():
        st.markdown(t(f"look_back.none_{part}"))
        return
    st.caption(rows.words)
    table(rows.frame, rows.columns, key=f"look_back_{part}")


def _choose(area: str) -> None:
    st.query_params["area"] = area
    st.rerun()


def sample(shown: Shown) -> None:
    """The sample planner of the inspection: for the office, which plans it."""
    sample_plan(shown.scope, shown.filters)


def sections_for(scope: Scope) -> tuple[str, ...]:
    """The parts that are for the scope."""
    return tuple(name for name in SECTIONS if name != "sample" or scope.role is Role.OFFICE)


def tab_name(scope: Scope, name: str) -> str:
    """What a part is called: where no inspections are asked for, the first part tells of rectification alone."""
    is_rates = name == "covered" and not asks.is_inspected(scope)
    return t(f"look_back.tab.{'rates' if is_rates else name}")


SECTIONS = {
    "covered": covered,
    "states": states,
    "lists": lists,
    "returned": returned,
    "eliminations": eliminations,
    "sample": sample,
}
