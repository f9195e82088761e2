"""Findings in words: what a rule says with the facts of a case, what to do, since when, whether it came back."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from warehouse.contracts import load_contracts
from warehouse.findings import FindingRule, load_findings
from warehouse.i18n import (
    code_text,
    fmt_date,
    fmt_month,
    fmt_number,
    fmt_share,
    has_text,
    in_language,
    label,
    t,
)
from warehouse.session import Column

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
COUNTS: Final = ("open_findings", "new_findings", "cleared_findings", "came_back", "households")


def rule_of(rule: str) -> FindingRule:
    """The rule of the catalogue."""
    return load_findings()[rule]


def name_of(rule: str) -> str:
    """The rule's name in the reader's language."""
    return in_language(rule_of(rule).name_zh, rule_of(rule).name_en)


def sentence(row: Mapping[str, Any]) -> str:
    """What the rule says of the case: its text with the facts of the row."""
    entry = rule_of(row["rule"])
    text = in_language(entry.text_zh, entry.text_en)
    return text.format(
        first=_fact(row["first_fact"], row["extract"], entry.first_from),
        second=_fact(row["second_fact"], row["extract"], entry.second_from),
        limit=_limit(row["limit_value"]),
    )


def fix(rule: str) -> str:
    """What to do about it."""
    entry = rule_of(rule)
    return in_language(entry.fix_zh, entry.fix_en)


def list_title(extract: str) -> str:
    """The title of a list in the reader's language."""
    contract = load_contracts()[extract]
    return in_language(contract.title, contract.title_en)


def since(row: Mapping[str, Any]) -> str:
    """Since when it stands, and whether it had been gone before."""
    month = fmt_month(row["first_seen_month"])
    said = t("finding.since_or_before", month=month) if row["is_older"] else t("finding.since", month=month)
    return t("finding.came_back", since=said) if row["came_back"] else said


def _fact(text: str | None, extract: str | None, other_list: str | None) -> str:
    """A fact as shown: a day, a number, a list, a step of the ledger, a column, a word of a code set.

    other_list: where it stands, if not in the list to be corrected; a reader who may not know it is told where it is.
    """
    if text is None:
        return t("finding.elsewhere", list=list_title(other_list)) if other_list else t("format.unknown")
    if _DAY.fullmatch(text):
        return fmt_date(dt.date.fromisoformat(text))
    if _NUMBER.fullmatch(text):
        return fmt_number(float(text), 2 if "." in text else 0)
    contracts = load_contracts()
    if text in contracts:
        return list_title(text)
    if has_text(f"finding.day.{text}"):
        return t(f"finding.day.{text}")
    contract = contracts.get(extract or "")
    titles = {column.name: column.title for column in contract.columns} if contract else {}
    return titles.get(text) or code_text(text)


def _limit(value: float | None) -> str:
    if value is None:
        return t("format.unknown")
    return fmt_share(value) if 0 < value < 1 else fmt_number(value)


def of_household(found: pl.DataFrame) -> list[tuple[str, ...]]:
    """Rows of a table: what contradicts, of whom, who must correct it and how, since when."""
    return [
        (
            name_of(row["rule"]),
            sentence(row),
            row["person_name"] or t(f"finding.about.{row['subject']}"),
            t("finding.owner", owner=in_language(row["owner_name"] or "", row["owner_name_en"]), fix=fix(row["rule"])),
            since(row),
        )
        for row in found.iter_rows(named=True)
    ]


def household_heads() -> list[str]:
    """The headings of that table."""
    return [t(f"finding.column.{name}") for name in ("rule", "said", "who", "owner", "since")]


def worded(found: pl.DataFrame) -> pl.DataFrame:
    """Counts by list and rule with words: list, rule_name, owner_words, severity_words, fix; most open first."""
    rows = found.sort("open_findings", "extract", "rule", descending=[True, False, False])
    return rows.with_columns(
        pl.Series("list", [list_title(extract) for extract in rows["extract"]], dtype=pl.String),
        pl.Series("rule_name", [name_of(rule) for rule in rows["rule"]], dtype=pl.String),
        pl.Series("severity_words", [label("severity", code) for code in rows["severity"]], dtype=pl.String),
        pl.Series("fix", [fix(rule) for rule in rows["rule"]], dtype=pl.String),
        pl.Series(
            "owner_words",
            [
                in_language(name or "", name_en)
                for name, name_en in rows.select("owner_name", "owner_name_en").iter_rows()
            ],
            dtype=pl.String,
        ),
    )


def columns() -> dict[str, Column]:
    """The columns of the table of counts."""
    named = ("owner_words", "list", "rule_name", "severity_words")
    texts = {name: Column(t(f"finding.column.{name}")) for name in named}
    counts = {name: Column(t(f"finding.column.{name}"), "number", width="small") for name in COUNTS}
    return {**texts, **counts, "fix": Column(t("finding.column.fix"), width="large")}


def summary(found: pl.DataFrame, month: str) -> str:
    """How many are open, new, gone and back."""
    totals = {name: fmt_number(int(found[name].sum())) for name in COUNTS[:-1]}
    return t("finding.summary", month=month, **totals)


def rule_book() -> pl.DataFrame:
    """Every rule with its words. Returns: one row per rule: rule_name, said, list, severity_words, fix, clause."""
    return pl.DataFrame(
        [
            {
                "rule_name": in_language(rule.name_zh, rule.name_en),
                "said": _template(rule),
                "list": t("finding.own_list") if rule.is_own else list_title(rule.owner_extract),
                "severity_words": label("severity", rule.severity),
                "fix": in_language(rule.fix_zh, rule.fix_en),
                "clause": rule.clause,
            }
            for rule in load_findings().values()
        ]
    )


def _template(rule: FindingRule) -> str:
    """The text of a rule with a sign in place of each fact."""
    return in_language(rule.text_zh, rule.text_en).format(first="…", second="…", limit="…")


def rule_columns() -> dict[str, Column]:
    """The columns of the rule book."""
    wide = {"said", "fix"}
    return {
        name: Column(t(f"finding.column.{name}"), width="large" if name in wide else None)
        for name in ("rule_name", "said", "list", "severity_words", "fix", "clause")
    }
