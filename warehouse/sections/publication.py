"""The sheet of figures that may be published, offered where reports are made."""

from __future__ import annotations

import polars as pl
import streamlit as st

from warehouse.exports import publication as paper
from warehouse.exports.forms import FormName
from warehouse.i18n import t
from warehouse.queries.publication import published
from warehouse.queries.served import holds_all, served
from warehouse.scope import Role, Scope
from warehouse.sections.papers import offer_papers
from warehouse.session import Filters, cached
from warehouse.words.exports import meta


def may_publish(scope: Scope) -> bool:
    """Whether figures are the scope's to give away: the office's, of a whole place."""
    return scope.role is Role.OFFICE and holds_all(scope)


def publication_section(scope: Scope, filters: Filters) -> None:
    """What the office may give away of the month's figures. Source: 07-trust "Small cells"."""

    def ask(question: str, /, **given: object) -> pl.DataFrame:
        return cached(question, scope, **given)

    def write(form: FormName) -> bytes:
        return paper.write(published(ask, month=filters.month), meta(served(scope)), form)

    offer_papers(
        scope,
        write,
        f"{t('publication.file')}_{filters.month:%Y-%m}",
        paper.PUBLIC_FORMS,
        key="publication",
    )
    st.caption(t("publication.note"))
