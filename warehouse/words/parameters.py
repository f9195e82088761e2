"""Policy parameters in the reader's language: their names, units and the documents they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.i18n import has_text, in_language, join_words, t


def parameter(code: str) -> str:
    """The parameter's name; one that has none yet keeps its code."""
    return t(f"about.parameter.{code}") if has_text(f"about.parameter.{code}") else code


def unset_note(codes: Sequence[str]) -> str:
    """That the place does not set the parameters, so that a nought that hangs on them says nothing; "" for none."""
    return t("about.unset", parameters=join_words([parameter(code) for code in codes])) if codes else ""


def document(clause: str) -> str:
    """The document that a clause such as `BX 二(四)1` is of; an unknown one keeps its letters."""
    letters = clause.split(" ")[0].split("-")[0]
    return t(f"about.document.{letters}") if has_text(f"about.document.{letters}") else letters


def unit(text: str) -> str:
    """The unit of a parameter, as the policy file words it (`yuan per head a year`); one not known stays as it is."""
    key = f"about.unit.{text.replace(' ', '_')}"
    return t(key) if has_text(key) else text


def note(row: Mapping[str, Any]) -> str:
    """What the policy file notes beside a value; one written in a single language stays as it is."""
    return in_language(row["note_zh"] or row["note"] or "", row["note"])
