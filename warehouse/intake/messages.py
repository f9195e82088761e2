"""What intake says: refusals of whole files, and for each quarantined row why and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import polars as pl
import yaml

from warehouse.errors import IntakeError
from warehouse.i18n import LOCALE_DIR, Language, with_units


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """The texts of intake alone: a fault in the text of some page must never stop an import."""
    path = LOCALE_DIR / language / "quarantine.yml"
    return MappingProxyType(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


class RefusedError(IntakeError):
    """A file is refused whole. `facts` fill the sentence `refusal.<code>` in either language."""

    def __init__(self, code: str, **facts: object) -> None:
        self.facts = {key: str(value) for key, value in facts.items()}
        super().__init__(refusal_text(code, self.facts, "en"), code=code)


def refusal_text(code: str, facts: dict[str, str], language: Language) -> str:
    """One sentence: what was found, what was expected, what to do."""
    return with_units(catalogue(language)[f"refusal.{code}"], language).format(**facts)


def explained(quarantined: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Quarantined rows with two more columns: reason and fix, in that language."""
    facts = quarantined.select("rule", "column_title", "hint").rows()
    texts = [row_texts(rule, title, hint, language) for rule, title, hint in facts]
    return quarantined.with_columns(
        reason=pl.Series([reason for reason, _ in texts], dtype=pl.String),
        fix=pl.Series([fix for _, fix in texts], dtype=pl.String),
    )


def row_texts(rule: str, title: str, hint: str | None, language: Language) -> tuple[str, str]:
    """Why a row is kept out by that rule, and what to do."""
    texts = catalogue(language)
    near = texts.get(f"quarantine.{rule}.fix_near") if hint else None
    fix = near or texts[f"quarantine.{rule}.fix"]
    facts = {"column": title, "hint": hint or ""}
    reason = texts[f"quarantine.{rule}.reason"]
    return with_units(reason, language).format(**facts), with_units(fix, language).format(**facts)
