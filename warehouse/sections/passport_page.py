"""The whole passport of a figure, found by its code: definition, rows, lineage, lists, findings, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from warehouse.app_db import app_db
from warehouse.app_db.passports import LOOKED_AT
from warehouse.i18n import fmt_date, fmt_month, fmt_number, fmt_period, in_language, t
from warehouse.metrics import load_metrics
from warehouse.passports import PrintedFigure, rows_of
from warehouse.periods import kind_of
from warehouse.printed import keep
from warehouse.queries import about
from warehouse.queries import passport as asks
from warehouse.queries.evaluation import villages
from warehouse.queries.passport_change import Change, change_of
from warehouse.queries.served import place, served
from warehouse.scope import Scope
from warehouse.sections.lineage import lineage_of, lineage_section
from warehouse.session import area_tree, choice_in_url, go_to, link, may_go_to, snapshot, table
from warehouse.words import passport as words
from warehouse.words.about import whole
from warehouse.words.markup import literal
from warehouse.words.releases import reasons_text, what_differs

PARTS = ("numerator", "rest", "unknown")
SHOWN_ROWS = 15
# Letters that a code and what is typed around it may have.
_TYPED = 40


def passport_section(scope: Scope) -> None:
    """A box to type a code, and the passport of the figure it leads to."""
    asked = st.query_params.get("code", "")
    if st.session_state.get("about_code_of") != asked:
        st.session_state["about_code_of"], st.session_state["about_code"] = asked, asked[:_TYPED]

    def typed() -> None:
        st.query_params["code"] = st.session_state["about_code"].strip()

    st.text_input(t("passport.ask"), key="about_code", on_change=typed, max_chars=_TYPED, placeholder="KH-4T7M-9QXD")
    st.caption(t("passport.ask_help"))
    if not asked:
        st.markdown(t("passport.none_asked"))
        return
    lookup = asks.look_up(scope, asked[:_TYPED])
    shown = literal(lookup.code)
    if lookup.fault:
        st.warning(t(f"passport.fault.{lookup.fault}", code=shown))
    elif lookup.is_hidden:
        st.warning(t("passport.hidden", code=shown))
    elif not lookup.found:
        st.warning(t("passport.not_found", code=shown))
    else:
        _passport(scope, _chosen(scope, lookup.found))


def _chosen(scope: Scope, found: tuple[PrintedFigure, ...]) -> PrintedFigure:
    if len(found) == 1:
        return found[0]
    names = {one.figure.written(): one for one in found}
    return names[
        st.radio(
            t("passport.several"), list(names), format_func=lambda name: _title(scope, names[name]), key="about_of"
        )
    ]


def _title(scope: Scope, printed: PrintedFigure) -> str:
    figure = printed.figure
    areas = {code: area.name for code, area in area_tree(scope).areas.items()}
    departments = {
        row["owner"]: in_language(row["department"], row["department_en"])
        for row in about.extracts(scope).iter_rows(named=True)
    }
    where = words.where(figure, place(scope), areas, departments, about.titles(scope))
    return t("passport.title", name=words.figure_name(figure), where=where, period=fmt_period(figure.period))


def _passport(scope: Scope, then: PrintedFigure) -> None:
    figure, titles = then.figure, about.titles(scope)
    now, row = asks.now_of(scope, then), asks.standing(scope, then.figure)
    is_older = then.snapshot_id != snapshot().snapshot_id
    if not is_older and then.printed_in is None:
        # Whoever looks at a passport may write its code down: it is found again when the snapshot is gone.
        keep(app_db(), scope.user_name, LOOKED_AT, [then])
    st.markdown(f"## {_title(scope, then)}")
    st.markdown(t("passport.named_code", name=t("passport.column.code"), code=then.code))
    if is_older:
        st.markdown(words.then_and_now(then, now))
        if now is not None:
            st.caption(t("passport.code_now", code=now.code))
    else:
        st.metric(
            words.figure_name(figure),
            words.value_text(then.state, then.value, then.numerator, then.denominator, figure.what),
            label_visibility="collapsed",
        )
    if row is not None:
        st.caption(" · ".join(words.stands(figure, row, titles)))
    if printed := words.printed_words(then):
        st.caption(printed)
    if is_older:
        _why(scope, then, change_of(scope, then), titles)
    st.markdown(f"## {t('passport.section.counted')}")
    first, *rest = words.counted(figure)
    st.markdown(first)
    st.markdown("\n".join(f"- {line}" for line in rest))
    if row is None:
        return
    st.markdown(f"## {t('passport.section.rows')}")
    _rows(scope, then, row, titles)
    model = load_metrics()[figure.what].model if figure.is_metric else figure.what.split(".")[0]
    extracts = lineage_of(scope, model).extracts
    needed = load_metrics()[figure.what].needs if figure.is_metric else ()
    rested = _of_own(scope, then, needed or extracts)
    st.markdown(f"## {t('passport.section.loads')}")
    _loads(scope, then, row, rested)
    st.markdown(f"## {t('passport.section.findings')}")
    _findings(scope, then, row, rested)
    st.markdown(f"## {t('passport.section.lineage')}")
    lineage_section(scope, model, key=f"passport_path_{figure.what}")
    st.markdown(f"## {t('passport.section.snapshot')}")
    _snapshot(scope, then)


def _of_own(scope: Scope, then: PrintedFigure, extracts: tuple[str, ...]) -> tuple[str, ...]:
    """Of a department or a list, its own lists alone."""
    figure = then.figure
    if figure.scope == "list":
        return (figure.scope_code,)
    if figure.scope != "department":
        return extracts
    owned = about.extracts(scope).filter(pl.col("owner") == figure.scope_code)["extract"].to_list()
    return tuple(code for code in extracts if code in owned)


def _rows(scope: Scope, then: PrintedFigure, row: Mapping[str, Any], titles: Mapping[str, str]) -> None:
    figure = then.figure
    query = rows_of(figure)
    is_open = query is None or scope.households or query == "lists"
    st.markdown(words.rows_told(figure) if is_open else t("passport.rows.no_households"))
    if query and is_open:
        part = choice_in_url("of", PARTS, t("passport.part"), lambda name: t(f"passport.part.{name}"))
        rows = asks.rows(scope, figure, part, most=asks.EVERY)  # type: ignore[arg-type]
        if rows.is_empty():
            st.caption(t("passport.rows.empty"))
        else:
            if rows.height > asks.LISTED:
                st.caption(t("passport.rows.shown", all=fmt_number(rows.height), shown=fmt_number(asks.LISTED)))
            if with_findings := rows.filter(pl.col("findings") > 0)["household_key"].n_unique():
                st.caption(t("passport.rows.findings", n=fmt_number(with_findings)))
            told = words.listed(rows.head(asks.LISTED), titles)
            _open(scope, told, words.row_columns(told, figure), f"passport_rows_{part}")
    entry = load_metrics().get(figure.what)
    if scope.areas and figure.scope == "profile" and entry and "area" in entry.scopes:
        by_village = villages(scope, metrics=[figure.what], period=figure.period)
        if by_village.height:
            with st.expander(t("passport.rows.by_village"), expanded=not query or not scope.households):
                table(by_village, words.village_columns(), key="passport_villages", height=whole(by_village))


def _open(scope: Scope, told: pl.DataFrame, columns: Any, key: str) -> None:
    """A table of rows; a click opens the household."""
    height = min(whole(told), 35 * (SHOWN_ROWS + 1) + 3)
    picked = table(told, columns, key=key, on_select=True, height=height)
    if picked and picked["household_key"] and may_go_to(scope, "household"):
        go_to("household", household=picked["household_key"])


def _loads(scope: Scope, then: PrintedFigure, row: Mapping[str, Any], extracts: tuple[str, ...]) -> None:
    frame = asks.loads(scope, extracts, *asks.months_of(then.figure, row))
    if frame.is_empty():
        st.markdown(t("passport.loads.none"))
        return
    st.caption(t("passport.loads.note"))
    told = words.titled(frame)
    table(told, words.load_columns(), key="passport_loads", height=min(whole(told), 35 * (SHOWN_ROWS + 1) + 3))


def _findings(scope: Scope, then: PrintedFigure, row: Mapping[str, Any], extracts: tuple[str, ...]) -> None:
    frame = asks.findings(scope, then.figure, extracts, asks.months_of(then.figure, row)[1])
    if frame.is_empty():
        st.markdown(t("passport.findings.none"))
        return
    st.caption(t("passport.findings.note"))
    told = words.findings(frame)
    table(told, words.finding_columns(), key="passport_findings", height=min(whole(told), 35 * (SHOWN_ROWS + 1) + 3))


def _why(scope: Scope, then: PrintedFigure, change: Change, titles: Mapping[str, str]) -> None:
    """What came, what changed and which rows moved since the figure was printed."""
    st.markdown(f"## {t('passport.section.why')}")
    rules = served(scope)["rules_version"]
    if change.settings is None:
        st.caption(t("passport.why.gone"))
    days = {"old_as_of": change.then_as_of or change.now_as_of, "new_as_of": change.now_as_of}
    settings = change.settings if change.settings is not None else pl.DataFrame(schema=_NO_SETTINGS)
    said = what_differs(change.lists, settings, days)
    key = "passport.why.rules_same" if rules == then.rules_version else "passport.why.rules"
    for sentence in [*said, t(key, then=then.rules_version, now=rules)]:
        st.markdown(f"- {sentence}")
    if change.came is not None and change.left is not None:
        st.markdown(t("passport.why.moved", came=fmt_number(change.came.height), left=fmt_number(change.left.height)))
        for name, frame in (("came", change.came), ("left", change.left)):
            if frame.height:
                st.markdown(f"**{t(f'passport.why.{name}')}**")
                told = words.listed(_reasoned(frame.head(asks.LISTED), titles), titles)
                columns = words.row_columns(told, then.figure, with_why="why" in told.columns)
                _open(scope, told, columns, f"passport_{name}")
    if change.release is not None and may_go_to(scope, "evaluation"):
        st.caption(t("passport.why.release", name=change.release.name))
        period = then.figure.period if kind_of(then.figure.period) in ("quarter", "month", "year") else None
        link(
            "evaluation",
            t("passport.why.to_release", name=change.release.name),
            release=change.release.name,
            period=period,
        )


_NO_SETTINGS = {
    "kind": pl.String,
    "name": pl.String,
    "valid_from": pl.Date,
    "old_value": pl.String,
    "new_value": pl.String,
}


def _reasoned(rows: pl.DataFrame, titles: Mapping[str, str]) -> pl.DataFrame:
    if "reasons" not in rows.columns:
        return rows
    told = [reasons_text(reasons, titles) if reasons else "" for reasons in rows["reasons"]]
    return rows.with_columns(pl.Series("why", told, dtype=pl.String))


def _snapshot(scope: Scope, then: PrintedFigure) -> None:
    now = served(scope)
    st.markdown(f"- {t('passport.snapshot.id', snapshot=then.snapshot_id, rules=then.rules_version)}")
    if then.snapshot_id == now["snapshot_id"]:
        said = {"month": fmt_month(now["last_month"]), "day": fmt_date(now["as_of"])}
        st.markdown(f"- {t('passport.snapshot.month', **said)}")
