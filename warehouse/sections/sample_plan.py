"""The sample planner of the yearly inspection: how many households to visit, which, and what may be said afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from warehouse.exports import sample_plan as paper
from warehouse.exports.cells import Kind
from warehouse.exports.forms import FormName
from warehouse.i18n import fmt_share, t
from warehouse.queries import sample_plan as asks
from warehouse.queries.served import served, summed_place
from warehouse.scope import Scope
from warehouse.sections.papers import offer_papers
from warehouse.sections.reveal import reveal_box
from warehouse.session import Column, ColumnKind, Filters, choice_in_url, table
from warehouse.words import sample_plan as words
from warehouse.words.exports import meta

CLAIMS: Final = ("0.05", "0.01", "0.02", "0.03", "0.1", "0.2")
_DEFAULT_CAPACITY: Final = 200
_LONGEST_SEED: Final = 32
_SHOWN: Final[dict[Kind, ColumnKind]] = {"integer": "number", "share": "share"}


def sample_plan(scope: Scope, filters: Filters) -> None:
    """Plan, draw, print; then what was found. All of it lives in the URL. Source: 05-pages 12; ST-6a."""
    st.markdown(f"## {t('sample_plan.section')}")
    st.caption(t("sample_plan.question"))
    plan = _plan(scope, filters)
    said = words.overview(plan, summed_place(scope))
    for sentence in said:
        st.markdown(f"- {sentence}")
    heads = {column.name: Column(column.title, _SHOWN.get(column.kind, "text")) for column in paper.plan_columns()}
    table(plan.frame, heads, key="sample_plan", height=min(420, 35 * plan.frame.height + 38))
    st.caption(paper.how(plan))
    st.markdown(f"## {t('sample_plan.section.result')}")
    results = _results(plan)
    rows = {row["area_code"]: row for row in plan.frame.iter_rows(named=True)}
    found = [
        words.result_sentence(rows[code]["name"], hits, visited, rows[code]["households"])
        for code, (visited, hits) in results.items()
    ]
    for sentence in found:
        st.markdown(f"- {sentence}")
    if not found:
        st.markdown(t("sample_plan.no_result"))
    if not plan.visits:
        return
    reason = reveal_box(scope, "sample_plan")

    def write(form: FormName) -> bytes:
        drawn = asks.drawn(scope, month=filters.month, who=plan.who, seed=plan.seed, counts=plan.counts, reason=reason)
        return paper.write(plan, drawn, [*said, *found], meta(served(scope)), filters.label, form)

    name = f"{t('sample_plan.file')}_{filters.period}_{plan.seed}"
    offer_papers(scope, write, name, paper.SAMPLE_FORMS, title=t("sample_plan.print"), key="sample_plan_paper")


def _plan(scope: Scope, filters: Filters) -> words.Plan:
    basis = choice_in_url("basis", ("claim", "capacity"), t("sample_plan.basis"), lambda b: t(f"sample_plan.basis.{b}"))
    first, second, third = st.columns(3)
    with first:
        who = _box("who", asks.GROUPS, t("sample_plan.who"), lambda code: t(f"sample_plan.who.{code}"))
    claim = capacity = None
    with second:
        if basis == "claim":
            below = _box("claim", CLAIMS, t("sample_plan.claim"), lambda code: fmt_share(float(code), 0))
            claim = float(below)
        else:
            capacity = _number("capacity", t("sample_plan.capacity"), _DEFAULT_CAPACITY, 0, 100_000)
    with third:
        seed = _seed(str(filters.end.year))
    return words.plan_of(asks.sizes(scope, month=filters.month), who, seed, claim=claim, capacity=capacity)


def _results(plan: words.Plan) -> dict[str, tuple[int, int]]:
    """What was found in each village, entered one by one and kept in the URL."""
    results = words.results_of(st.query_params.get("results", ""), plan)
    households = dict(plan.frame.select("area_code", "households").iter_rows())
    names = dict(plan.frame.select("area_code", "name").iter_rows())
    with st.form("sample_plan_results", border=False):
        boxes = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
        code = boxes[0].selectbox(
            t("sample_plan.column.name"), list(names), format_func=names.__getitem__, key="sample_village"
        )
        visited = boxes[1].number_input(
            t("sample_plan.visited"), 0, max(households.values(), default=0), key="sample_visited"
        )
        hits = boxes[2].number_input(t("sample_plan.found"), 0, max(households.values(), default=0), key="sample_found")
        sent = boxes[3].form_submit_button(t("sample_plan.enter"))
    if sent and code is not None:
        if hits > visited or visited > households[code]:
            st.error(t("sample_plan.impossible", households=households[code]))
        else:
            results[code] = (int(visited), int(hits))
            st.query_params["results"] = words.results_text(results)
    return results


def _box(name: str, options: tuple[str, ...], label: str, words_of: Callable[[str], str]) -> str:
    asked = st.query_params.get(name, options[0])
    value = asked if asked in options else options[0]
    key = f"sample_{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.selectbox(label, options, format_func=words_of, key=key, on_change=_keep, args=(name, key))
    return value


def _number(name: str, label: str, default: int, least: int, most: int) -> int:
    asked = st.query_params.get(name, "")
    value = min(max(int(asked), least), most) if asked.isascii() and asked.isdigit() and len(asked) < 9 else default
    key = f"sample_{name}"
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.number_input(label, least, most, key=key, on_change=_keep, args=(name, key))
    return value


def _seed(default: str) -> str:
    value = st.query_params.get("seed", "").strip()[:_LONGEST_SEED] or default
    if st.session_state.get("sample_seed") != value:
        st.session_state["sample_seed"] = value
    st.text_input(
        t("sample_plan.seed"), key="sample_seed", max_chars=_LONGEST_SEED, on_change=_keep, args=("seed", "sample_seed")
    )
    return value


def _keep(name: str, key: str) -> None:
    st.query_params[name] = str(st.session_state[key])
