"""A publicity notice (公示) of one village: who would be on it, and the paper."""

from __future__ import annotations

from functools import partial
from typing import Final

import polars as pl
import streamlit as st

from warehouse.errors import PublicationError
from warehouse.exports import notice as paper
from warehouse.exports.cells import Kind
from warehouse.exports.forms import FormName
from warehouse.i18n import fmt_number, t
from warehouse.periods import period_days
from warehouse.queries import notice as asks
from warehouse.queries.served import served
from warehouse.scope import Scope
from warehouse.sections.papers import offer_papers
from warehouse.sections.reveal import reveal_box
from warehouse.session import Column, ColumnKind, Filters, choice_in_url, table
from warehouse.words.exports import meta
from warehouse.words.parameters import document as named_document

_SHOWN: Final[dict[Kind, ColumnKind]] = {"integer": "number", "money": "money"}


def notice_section(scope: Scope, area: str, name: str, filters: Filters) -> None:
    """Which households are to be published, as they will stand on the notice, and the notice. Source: 05-pages 13."""
    st.markdown(f"## {t('notice.section')}")
    if not scope.households:
        st.caption(t("coverage.counts_only"))
        return
    asked = partial(asks.rows, scope, area=area, start=filters.start, end=period_days(f"{filters.month:%Y-%m}")[1])
    found = asked()
    counts = dict(found.group_by("notice").len().iter_rows())
    open_kinds = [kind for kind in paper.NOTICES if counts.get(kind)]
    if not open_kinds:
        st.markdown(t("notice.none", name=name, period=filters.label))
        st.caption(t("notice.none.why"))
        return
    st.caption(t("notice.rule"))
    chosen = choice_in_url(
        "notice",
        open_kinds,
        t("notice.choose"),
        lambda kind: t("notice.option", title=paper.title(kind), n=fmt_number(counts[kind])),
    )
    reason = reveal_box(scope, "notice")
    settings = asks.settings(scope)
    own = named_document(settings.own_clause) if settings.own_clause else None

    def made(rows: pl.DataFrame) -> paper.Notice:
        return paper.notice_of(chosen, name, rows, days=settings.days(chosen), own_document=own)

    try:
        shown = made(found)
        if shown.unlinked:
            st.warning(t("notice.unlinked", n=fmt_number(shown.unlinked)))
        if not shown.rows:
            return
        heads = {column.name: Column(column.title, _SHOWN.get(column.kind, "text")) for column in paper.columns(shown)}
        table(paper.rows_frame(shown), heads, key=f"notice_{chosen}")
        st.caption(t(f"notice.stage.{chosen.split('_')[0]}"))

        def write(form: FormName) -> bytes:
            return paper.write(made(asked(reason=reason)), meta(served(scope)), form)

        offer_papers(
            scope,
            write,
            f"{t('notice.file')}_{name}_{paper.what(chosen)}_{filters.period}",
            paper.NOTICE_FORMS,
            title=paper.title(chosen),
            key="notice_file",
        )
    except PublicationError as error:
        st.error(t("notice.refused", rule=t(f"notice.rule.{error.rule}")))
