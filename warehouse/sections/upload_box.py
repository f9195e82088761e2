"""The box that files are dropped into, in the reader's language: Streamlit's own words in it are English only."""

from __future__ import annotations

import json
from typing import Any

import streamlit as st

from warehouse.i18n import t

_BOX = '[data-testid="stFileUploaderDropzone"]'


def upload_box(label: str, *, key: str) -> list[tuple[str, bytes]]:
    """Files just dropped, as (name, bytes). The box is empty again at once: what was sent is listed by the page."""
    st.html(f"<style>{_style()}</style>")
    number = st.session_state.setdefault(f"{key}_number", 0)
    sent: list[Any] = st.file_uploader(label, accept_multiple_files=True, key=f"{key}_{number}") or []
    if sent:
        st.session_state[f"{key}_number"] = number + 1
    return [(one.name, one.getvalue()) for one in sent]


def _style() -> str:
    """Words that are not drawn are not read out either: the name of the button is then the one put in their place."""
    button, hint, drop, large = (
        # As CSS wants text: in quotes, with nothing that could end the rule or the element.
        json.dumps(t(f"upload.box.{name}"), ensure_ascii=False).replace("<", "\\3c ")
        for name in ("button", "hint", "drop", "large")
    )
    over = f"{_BOX} > div:not([data-testid]):not(:has([data-testid]))"
    chip = '[data-testid="stFileChip"]'
    return f"""
{_BOX} > span button > * {{ display: none; }}
{_BOX} > span button::after {{ content: {button}; }}
[data-testid="stFileUploaderDropzoneInstructions"] > * {{ display: none; }}
[data-testid="stFileUploaderDropzoneInstructions"]::after {{ content: {hint}; color: var(--kanhu-muted); }}
{over} > * {{ display: none; }}
{over}::after {{ content: {drop}; color: var(--kanhu-accent); font-weight: 600; }}
[data-testid="stFileUploaderDropzoneInput"] {{ display: none; }}
[data-testid="stFileChips"] > button, [data-testid="stFileChips"] > .stTooltipIcon {{ display: none; }}
{chip}:not([aria-invalid]) [data-testid="stFileChipDeleteBtn"], {chip} [role="alert"] {{ display: none; }}
{chip}[aria-invalid]::after {{ content: {large}; padding-inline: 0.5rem; }}
"""
