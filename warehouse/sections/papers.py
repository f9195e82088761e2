"""A paper in the forms it may be had in: one row of buttons, then a link that gives the file once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from warehouse.exports.forms import MIMES, FormName
from warehouse.i18n import t
from warehouse.queries.served import holds_all
from warehouse.scope import Scope
from warehouse.session import hand_over

# Pixels, so that the buttons of several papers stand under each other.
_TITLE_WIDTH = 320


def offer_papers(
    scope: Scope,
    make: Callable[[FormName], bytes],
    name: str,
    forms: Sequence[FormName],
    *,
    title: str = "",
    key: str,
    is_of_whole: bool = False,
) -> None:
    """A row: what the paper is, unless it is said above, and a button for each form. `make` writes the form that is
    pressed.

    name: of the file, without its end. is_of_whole: it is in the name of the whole place, and sums over the areas of
    the scope stand in it: for who holds all of them. The download is audited.
    """
    if is_of_whole and not holds_all(scope):
        st.caption(t("shell.whole_only"))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if title:
            st.markdown(f"**{title}**", width=_TITLE_WIDTH)
        pressed = [form for form in forms if st.button(t(f"paper.form.{form}"), key=f"{key}_{form}")]
    for form in pressed:
        hand_over(scope, lambda form=form: make(form), f"{name}.{form}", MIMES[form])  # type: ignore[misc]
