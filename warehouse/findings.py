"""The catalogue of findings `findings.yml`: what each rule says of contradicting data, and who must correct it.

Source: 03-rules "Findings", BX-8, YL-6.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from warehouse.contracts import load_contracts
from warehouse.errors import ConfigError

CATALOGUE = Path(__file__).parent / "findings.yml"
OWN = "own"
GROUPS = (
    "identity",
    "completeness",
    "measures",
    "cause",
    "measure",
    "person",
    "steps",
    "elimination",
    "plausibility",
    "intake",
)
SUBJECTS = ("household", "person", "row", "column")
SEVERITIES = ("error", "warning", "hint")
FACTS = frozenset({"first", "second", "limit"})
OPTIONAL = frozenset({"first_from", "second_from"})


@dataclass(frozen=True)
class FindingRule:
    """One rule. Texts hold {first}, {second} (facts of the finding) and {limit} (the parameter it was held against).

    owner_extract: the list that must be corrected, `own` for the list in which the finding stands. first_from,
    second_from: the list a fact stands in, where that is another one: no department is told other departments' facts.
    """

    rule: str
    group: str
    subject: str
    severity: str
    owner_extract: str
    clause: str
    name_zh: str
    name_en: str
    text_zh: str
    text_en: str
    fix_zh: str
    fix_en: str
    first_from: str | None = None
    second_from: str | None = None

    @property
    def is_own(self) -> bool:
        return self.owner_extract == OWN


@cache
def load_findings(path: Path = CATALOGUE) -> dict[str, FindingRule]:
    """The rules by name, in the order of the catalogue. Raises: ConfigError with every fault found."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    faults: list[str] = []
    rules: dict[str, FindingRule] = {}
    for position, entry in enumerate(entries, start=1):
        rule = _rule(f"{path.name} rule {position} {entry.get('rule', '')}".rstrip(), entry, faults)
        if rule and rule.rule in rules:
            faults.append(f"{path.name}: got {rule.rule} twice, expected each rule once. Remove one of the two.")
        elif rule:
            rules[rule.rule] = rule
    if faults:
        raise ConfigError(faults)
    return rules


def _rule(place: str, entry: dict[str, Any], faults: list[str]) -> FindingRule | None:
    known = {field.name for field in fields(FindingRule)}
    found = [
        *(f"{place}: got key {key}, expected one of {', '.join(sorted(known))}." for key in sorted(set(entry) - known)),
        *(f"{place}: got no {key}, expected one. Add it." for key in sorted(known - OPTIONAL - set(entry))),
    ]
    rule = None if found else FindingRule(**entry)
    if rule:
        found = list(_faults(place, rule))
    faults += found
    return None if found else rule


def _faults(place: str, rule: FindingRule) -> Iterable[str]:
    sets: dict[str, tuple[str, ...]] = {"group": GROUPS, "subject": SUBJECTS, "severity": SEVERITIES}
    sets["owner_extract"] = (OWN, *load_contracts())
    for key, allowed in sets.items():
        if getattr(rule, key) not in allowed:
            yield f"{place}: got {key} {getattr(rule, key)!r}, expected one of {', '.join(allowed)}."
    for key in sorted(OPTIONAL):
        if getattr(rule, key) not in (None, *load_contracts()):
            yield f"{place}: got {key} {getattr(rule, key)!r}, expected a list. Correct it or leave it out."
    facts = {language: set(re.findall(r"{(\w*)}", getattr(rule, f"text_{language}"))) for language in ("zh", "en")}
    if facts["zh"] != facts["en"] or facts["zh"] - FACTS:
        said = " and ".join(", ".join(sorted(found)) or "none" for found in facts.values())
        yield f"{place}: got facts {said} in the two texts, expected the same of {', '.join(sorted(FACTS))} in both."


def findings_frame() -> pl.DataFrame:
    """What the models join. Returns: one row per rule: rule_order (place in the catalogue) and the catalogue's keys,
    `rule_group` for group; owner_extract null where the list is the finding's own."""
    rows = [
        {"rule_order": order, **asdict(rule), "owner_extract": None if rule.is_own else rule.owner_extract}
        for order, rule in enumerate(load_findings().values(), start=1)
    ]
    texts = dict.fromkeys(("owner_extract", *OPTIONAL), pl.String)
    return pl.DataFrame(rows, schema_overrides=texts, infer_schema_length=None).rename({"group": "rule_group"})


def unread_values(loads: pl.DataFrame) -> pl.DataFrame:
    """Values of optional columns that intake could not read and took as blank.

    Returns: one row per load in force and column: extract, month, load_id, column_name, values_unread.
    """
    winning = loads.filter("is_winning").select("extract", "month", "load_id", "nulled")
    rows = [
        (extract, month, load_id, column, count)
        for extract, month, load_id, nulled in winning.iter_rows()
        for column, count in sorted(json.loads(nulled or "{}").items())
    ]
    schema = {
        "extract": pl.String,
        "month": pl.Date,
        "load_id": pl.String,
        "column_name": pl.String,
        "values_unread": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")
