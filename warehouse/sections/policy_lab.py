"""The parts of the policy lab: what may be changed, and what a scenario changes, one part shown at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
import streamlit as st

from warehouse.charts.policy_lab import before_after, in_and_out
from warehouse.exports.forms import FORMS, FormName
from warehouse.i18n import code_text, fmt_number, fmt_share, t
from warehouse.lab import Scenario
from warehouse.lab_leads import at_limits
from warehouse.lab_outcome import MEASURES, Outcome
from warehouse.queries import about
from warehouse.queries import policy_lab as asks
from warehouse.queries.policy_lab import MAIN, Setting
from warehouse.queries.served import served
from warehouse.queries.village import LISTED
from warehouse.scope import Scope
from warehouse.sections.papers import offer_papers
from warehouse.session import (
    XLSX,
    Filters,
    chart,
    choice_in_url,
    empty_state,
    go_down,
    go_to,
    offer_download,
    spec,
    table,
)
from warehouse.words import parameters as named
from warehouse.words import policy_lab as words
from warehouse.words import policy_lab_paper as paper

# Rises of the standard that a meeting asks for, and of the line.
_RISES = (0.05, 0.08, 0.10)
_LINE_RISE = 0.10
# How far a slider goes from the present value, either way; the box takes what the policy file may hold.
_REACH = 0.5
_STEPS = {"dibao_standard": 1.0, "monitoring_line": 50.0, "edge_multiple": 0.05}
# Limits set side by side: times the smallest amount on the list.
_TIMES = (1.0, 1.5, 2.0, 3.0, 5.0)


@dataclass(frozen=True)
class Lab:
    """What every part knows: who asks, of which area, the parameters, the scenario and what it changes."""

    scope: Scope
    filters: Filters
    place: str
    settings: list[Setting]
    scenario: Scenario
    found: Outcome


def is_sound(found: Outcome) -> bool:
    """Whether the models run here tell what the warehouse tells; if not, the page says so and shows nothing."""
    if found.differing:
        empty_state("lab_differs", n=fmt_number(found.differing))
    return not found.differing


# -- what may be changed ----------------------------------------------------------------------------------------------


def controls(settings: list[Setting], scenario: Scenario) -> None:
    """Scenarios of one click, a slider and a box for the main parameters, boxes for the others; all kept in the URL."""
    chosen = dict(scenario)
    main = [setting for setting in settings if setting.parameter in MAIN]
    others = [setting for setting in settings if setting.parameter not in MAIN]
    with st.container(border=True):
        _presets(settings, chosen)
        for column, setting in zip(st.columns(len(main), gap="large"), main, strict=True):
            with column:
                _slider(setting, chosen.get(setting.parameter, setting.value))
        is_open = any(setting.parameter in chosen for setting in others)
        with st.expander(t("policy_lab.more", n=len(others)), expanded=is_open):
            columns = st.columns(3, gap="large")
            for place, setting in enumerate(others):
                with columns[place % 3]:
                    _box(setting, chosen.get(setting.parameter, setting.value))
                    st.caption(_present(setting))
        st.caption(t("policy_lab.link_note"))


def _presets(settings: list[Setting], chosen: dict[str, str]) -> None:
    by_name = {setting.parameter: setting for setting in settings}
    offered: list[tuple[str, str, float]] = []
    if by_name.get("dibao_standard") and by_name["dibao_standard"].number:
        offered += [("standard", "dibao_standard", rise) for rise in _RISES]
    if by_name.get("monitoring_line") and by_name["monitoring_line"].number:
        offered.append(("line", "monitoring_line", _LINE_RISE))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{t('policy_lab.presets')}**")
        for name, parameter, rise in offered:
            # Standards and lines are set in whole yuan.
            value = f"{round((by_name[parameter].number or 0) * (1 + rise)):d}"
            is_chosen = chosen == {parameter: value}
            st.button(
                t(f"policy_lab.preset.{name}", share=fmt_share(rise, 0)),
                key=f"lab_preset_{name}_{rise}",
                type="primary" if is_chosen else "secondary",
                on_click=_write_scenario,
                args=(list(by_name), {parameter: value}),
            )
        st.button(
            t("policy_lab.preset.reset"),
            key="lab_preset_reset",
            type="tertiary",
            disabled=not chosen,
            on_click=_write_scenario,
            args=(list(by_name), {}),
        )


def _write_scenario(names: Sequence[str], values: dict[str, str]) -> None:
    for name in names:
        if name in values:
            st.query_params[name] = values[name]
        else:
            st.query_params.pop(name, None)


def _slider(setting: Setting, value: str | None) -> None:
    """The parameter on a slider about its present value, and in a box beside it."""
    st.markdown(f"**{named.parameter(setting.parameter)}**")
    step = _STEPS.get(setting.parameter, 1.0)
    low = max(float(setting.lowest), _rounded((setting.number or 0) * (1 - _REACH), step))
    high = min(float(setting.highest), _rounded((setting.number or 0) * (1 + _REACH), step))
    number = None if value is None else float(value)
    if number is not None and setting.number and low < high:
        low, high = min(low, number), max(high, number)
        left, right = st.columns([3, 2], vertical_alignment="center")
        with left:
            key = f"lab_slider_{setting.parameter}"
            if st.session_state.get(key) != number:
                st.session_state[key] = number
            st.slider(
                named.parameter(setting.parameter),
                low,
                high,
                step=step,
                format=_format(setting),
                key=key,
                label_visibility="collapsed",
                on_change=_write_value,
                args=(setting, key),
            )
        with right:
            _box(setting, value, is_named=False)
    else:
        _box(setting, value, is_named=False)
    st.caption(_present(setting))


def _rounded(value: float, step: float) -> float:
    return round(round(value / step) * step, 6)


def _box(setting: Setting, value: str | None, *, is_named: bool = True) -> None:
    key = f"lab_box_{setting.parameter}"
    name = named.parameter(setting.parameter)
    if setting.kind == "kinds":
        kinds = [kind for kind in (value or "").split("、") if kind]
        if st.session_state.get(key) != kinds:
            st.session_state[key] = kinds
        options = list(dict.fromkeys([*setting.kinds, *kinds, *setting.held]))
        st.multiselect(
            name,
            options,
            key=key,
            format_func=code_text,
            placeholder=t("policy_lab.no_kinds"),
            on_change=_write_value,
            args=(setting, key),
        )
        return
    number = None if value is None else float(value)
    if key not in st.session_state or st.session_state[key] != number:
        st.session_state[key] = number
    st.number_input(
        name,
        float(setting.lowest),
        float(setting.highest),
        step=_step(setting),
        format=_format(setting),
        key=key,
        label_visibility="visible" if is_named else "collapsed",
        on_change=_write_value,
        args=(setting, key),
    )


def _format(setting: Setting) -> str:
    return "%.2f" if setting.kind == "number" and setting.highest <= 10 else "%.0f"


def _step(setting: Setting) -> float:
    if setting.parameter in _STEPS or setting.kind == "whole":
        return _STEPS.get(setting.parameter, 1.0)
    return 0.05 if setting.highest <= 10 else 100.0 if setting.highest >= 20_000 else 10.0


def _write_value(setting: Setting, key: str) -> None:
    value = st.session_state[key]
    if setting.kind == "kinds":
        written = "、".join(value)
        is_present = sorted(value) == sorted(setting.kinds)
        text = None if is_present else written
    else:
        text = setting.written(value)
    if text is None:
        st.query_params.pop(setting.parameter, None)
    else:
        st.query_params[setting.parameter] = text


def _present(setting: Setting) -> str:
    return t("policy_lab.present", value=words.value_words(setting, setting.value), source=words.source_words(setting))


# -- what it changes --------------------------------------------------------------------------------------------------


def areas(lab: Lab) -> None:
    """Who comes in and who goes out by area, and each tier before and after."""
    measure = _measure(lab)
    by_area = asks.by_area(lab.scope, lab.filters, lab.found.villages.filter(pl.col("measure") == measure))
    left, right = st.columns([11, 9], gap="large")
    with left:
        st.markdown(f"## {t('policy_lab.section.areas')}")
        if by_area["gained"].sum() or by_area["lost"].sum():
            key = f"lab_areas_{measure}_{lab.filters.within}"
            go_down(lab.scope, key, chart(spec(in_and_out, by_area), key=key, on_select=True))
            st.caption(t("policy_lab.note.areas"))
        else:
            st.markdown(t("policy_lab.note.nobody"))
    with right:
        st.markdown(f"## {t('policy_lab.section.tiers')}")
        chart(spec(before_after, words.tier_bars(lab.found)), key="lab_tiers")
        st.caption(t("policy_lab.note.tiers"))
    heads = words.shown(words.tier_columns())
    table(words.tier_table(lab.found), heads, key="lab_tier_table")
    with st.expander(t("policy_lab.section.areas")):
        height = min(35 * by_area.height + 38, 840)
        key = f"lab_area_table_{lab.filters.within}"
        row = table(by_area, words.shown(words.village_columns()), key=key, on_select=True, height=height)
        go_down(lab.scope, key, row)
    _papers(lab, measure)


def _measure(lab: Lab) -> str:
    """Which class is looked at: first the one that the scenario is most about."""
    changed = {name for name, _ in lab.scenario}
    is_of_line = bool(changed & {"monitoring_line", "watch_multiple"}) and "dibao_standard" not in changed
    order = sorted(MEASURES, key=lambda measure: (measure != "monitored") if is_of_line else MEASURES.index(measure))
    if changed == {"edge_multiple"}:
        order = ["aid", *(measure for measure in order if measure != "aid")]
    return choice_in_url("measure", order, t("policy_lab.pick_measure"), lambda name: t(f"policy_lab.measure.{name}"))


def money(lab: Lab) -> None:
    """What it costs and why, and where it would send visits."""
    st.markdown(f"## {t('policy_lab.section.money')}")
    table(words.cost_table(lab.found), words.shown(words.cost_columns()), key="lab_cost")
    st.markdown(f"## {t('policy_lab.section.visits')}")
    wide = lab.found.visits.pivot("flag", index="area_code", values="households", maintain_order=True)
    by_area = asks.by_area(lab.scope, lab.filters, wide)
    heads = words.shown(words.visit_columns())
    height = min(35 * by_area.height + 38, 840)
    key = f"lab_visits_{lab.filters.within}"
    row = table(words.visit_table(by_area), heads, key=key, on_select=True, height=height)
    go_down(lab.scope, key, row)


def lines(lab: Lab) -> None:
    """Who sits within a twentieth of a line."""
    st.markdown(f"## {t('policy_lab.section.lines')}")
    for sentence in words.line_sentences(lab.found):
        st.markdown(f"- {sentence}")
    table(words.line_table(lab.found), words.shown(words.line_columns()), key="lab_lines")


def households(lab: Lab) -> None:
    """The households that change, for those who may see households."""
    st.markdown(f"## {t('policy_lab.section.households')}")
    if not lab.scope.households:
        st.caption(t("policy_lab.note.counts_only"))
        return
    changed = lab.found.changed
    if changed.is_empty():
        st.markdown(t("policy_lab.note.unchanged"))
        return
    keys = changed.sort("area_code", "household_key")["household_key"].to_list()
    first = words.listed(changed, asks.households(lab.scope, lab.filters.month, keys[:LISTED]))
    is_cut = changed.height > first.height
    words_of = {"n": fmt_number(changed.height), "shown": fmt_number(first.height)}
    st.caption(t("policy_lab.note.list_first" if is_cut else "policy_lab.note.list", **words_of))
    row = table(first, words.shown(words.listed_columns()), key="lab_households", on_select=True)
    if row:
        go_to("household", household=row["household_key"])

    def made() -> bytes:
        listed = words.listed(changed, asks.households(lab.scope, lab.filters.month, keys))
        return paper.workbook_of(_scenario(lab), lab.found, None, listed, served(lab.scope))

    offer_download(
        lab.scope,
        t("policy_lab.download"),
        made,
        f"{t('policy_lab.paper.internal')}.xlsx",
        XLSX,
        key="lab_households_file",
    )


def limits(lab: Lab) -> None:
    """What another limit on a warning list would have sent."""
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    left.markdown(f"## {t('policy_lab.section.limits')}")
    with right.popover(t("metric.how")):
        st.markdown(t("policy_lab.how.limits"))
    found = asks.leads(lab.scope, lab.filters)
    known = found.leads.filter(pl.col("amount").is_not_null())
    lists = known["extract"].unique().sort().to_list()
    if not lists:
        st.markdown(t("policy_lab.limits_none", place=lab.place))
        return
    # The list whose limit the policy file itself holds comes first.
    lists.sort(key=lambda extract: (extract != "high_medical_bills", extract))
    called = about.titles(lab.scope)
    extract = choice_in_url("list", lists, t("policy_lab.list"), lambda name: called.get(name, name))
    own = known.filter(pl.col("extract") == extract)
    least = min(own["amount"])
    present = _present_limit(lab, extract, least)
    st.caption(t("policy_lab.limits_raise_only"))
    box, _ = st.columns([2, 5])
    with box:
        asked = st.number_input(
            t("policy_lab.limit_box"),
            present,
            None,
            present * 2 or None,
            step=1000.0,
            format="%.0f",
            key=f"lab_limit_{extract}",
        )
    limit = float(asked or present)
    rows = at_limits(found, extract, sorted({*(round(present * times) for times in _TIMES), limit}))
    at = rows.filter(pl.col("limit") == limit).row(0, named=True)
    months = own["month"].sort().to_list()
    now, title = rows.row(0, named=True), called.get(extract, extract)
    for sentence in words.limit_sentences(at, now, title, months[0], months[-1], found.days):
        st.markdown(f"- {sentence}")
    table(words.limit_table(rows), words.shown(words.limit_columns()), key=f"lab_limits_{extract}")


def _present_limit(lab: Lab, extract: str, least: float) -> float:
    """The limit the list is made by, if the place sets one; of other lists the smallest amount on it."""
    if extract == "high_medical_bills":
        row = about.parameters(lab.scope).filter(pl.col("parameter") == "medical_bill_limit", "is_in_force")
        if row.height:
            return float(row["number"][0])
    return float(int(least))


def _scenario(lab: Lab) -> paper.ScenarioPaper:
    return paper.ScenarioPaper(lab.place, lab.filters.month, lab.settings, lab.scenario)


def _papers(lab: Lab, measure: str) -> None:
    by_area = asks.by_area(lab.scope, lab.filters, lab.found.villages.filter(pl.col("measure") == measure))

    def make(form: FormName) -> bytes:
        place = served(lab.scope)
        if form == "xlsx":
            return paper.workbook_of(_scenario(lab), lab.found, (measure, by_area), None, place)
        return FORMS[form].write(paper.document_of(_scenario(lab), lab.found, measure, by_area, place))

    forms: tuple[FormName, ...] = ("docx", "pdf", "xlsx")
    offer_papers(lab.scope, make, t("policy_lab.paper.title"), forms, title=t("policy_lab.paper"), key="lab_paper")


SECTIONS = {"areas": areas, "money": money, "lines": lines, "households": households, "limits": limits}
