"""One household's file as tables of texts: the same on the page and on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from warehouse.eligibility import TESTS_OF_TIER
from warehouse.i18n import Number, code_text, fmt_date, fmt_number, has_text, in_language, join_words, label, t
from warehouse.words import findings as finding_words
from warehouse.words import household, household_ledgers
from warehouse.words.household import (
    ASSETS,
    File,
    Line,
    Tested,
    assets,
    result_words,
    step_rows,
    tiers,
)
from warehouse.words.tables import Grid, grid

# The list that tells each part of the assets test.
_LIST_OF_ASSET: Final = {
    "asset_vehicle": "vehicles",
    "asset_homes": "real_estate",
    "asset_business": "businesses",
    "asset_public_payroll": "public_payroll",
    "asset_financial": "financial_assets",
}


def ledger_table(lines: Sequence[Line]) -> Grid:
    """A ledger: sign, what with its note, number."""
    sums = [i for i, line in enumerate(lines) if line.is_sum]
    rows = [(line.sign, f"{line.words}\n{line.note}".strip(), line.amount) for line in lines]
    head = ("", t("household.income.head.what"), t("household.income.head.amount"))
    return grid(head, rows, right=(2,), wrap=(1,), strong=sums)


def ledger_tables(file: File) -> list[tuple[str, Grid]]:
    """The three ledgers of income, each with its title: income a head, as dibao counts it, rigid spending."""
    ledgers = {
        "household.income.title": household.income_ledger(file),
        "household.income.dibao_title": household.dibao_ledger(file),
        "household.income.rigid_title": household.expense_ledger(file),
    }
    return [(t(title), ledger_table(lines)) for title, lines in ledgers.items()]


def tests_table(rows: Sequence[Tested]) -> Grid:
    """The household tests."""
    head = [t(f"household.test.{name}") for name in ("name", "value", "threshold", "result", "source", "clause")]
    cells = [(row.name, row.value, row.threshold, result_words(row.result), row.source, row.clause) for row in rows]
    return grid(head, cells, right=(1, 2), wrap=(1, 4))


def assets_table(file: File, checked: pl.DataFrame) -> Grid:
    """The parts of the assets test with the department that answers for each; what is asked and not tested below."""
    lists = {row["extract"]: row for row in checked.iter_rows(named=True)}
    head = [t(f"household.assets.head.{name}") for name in ("part", "found", "result", "unit")]
    rows = [
        (what, found, result_words(result), _unit(lists.get(_LIST_OF_ASSET[part])))
        for part, (what, found, result) in zip(ASSETS, assets(file), strict=True)
    ]
    rows += [
        (in_language(row["title"], row["title_en"]), _rows_found(row), t("household.assets.untested"), _unit(row))
        for extract, row in lists.items()
        if extract not in _LIST_OF_ASSET.values()
    ]
    return grid(head, rows, wrap=(0, 1, 3))


def _unit(row: Mapping[str, Any] | None) -> str:
    return in_language(row["unit"] or "", row["unit_en"]) if row else ""


def _rows_found(row: Mapping[str, Any]) -> str:
    if row["found"] is None:
        return t("household.assets.list_missing" if row["is_expected"] else "household.assets.not_asked")
    return t("household.assets.rows", n=fmt_number(row["found"])) if row["found"] else t("household.assets.not_found")


def tiers_table(file: File) -> Grid:
    """The four tiers, each with the marks of its tests; the one the household is in by the data in bold."""
    head = [t(f"household.tier.{name}") for name in ("name", "tests", "result")]
    rows = [
        (
            name,
            t("household.separator").join(f"{t(f'household.mark.{mark}')} {test}" for test, mark in tests),
            result_words(whole),
        )
        for name, tests, whole in tiers(file)
    ]
    strong = [i for i, tier in enumerate(TESTS_OF_TIER) if tier == file["tier_eligible"]]
    return grid(head, rows, wrap=(1,), strong=strong)


def members_table(members: pl.DataFrame) -> Grid:
    """Who lives there; names as the query gave them."""
    names = ("name", "relation", "sex", "age", "hukou", "resident", "labour", "employment", "disability", "registers")
    head = [t(f"household.member.{name}") for name in (*names, "remark")]
    return grid(head, [_member(row) for row in members.iter_rows(named=True)], right=(3,), wrap=(9, 10))


def _member(row: Mapping[str, Any]) -> list[str]:
    grade = ""
    if row["disability_grade"]:
        kind = code_text(row["disability_kind"]) if row["disability_kind"] else ""
        grade = t("household.member.grade", kind=kind, grade=row["disability_grade"])
    remarks = {
        "dead_or_moved_active": "dead_or_moved",
        "single_cover_candidate": "single_cover",
        "disability_subsidy_gap": "subsidy",
    }
    registers = [label("tier_short", tier) for tier in (row["registers_active"] or "").split("、") if tier]
    resident = (
        t("format.unknown") if row["is_resident"] is None else t(f"format.{'yes' if row['is_resident'] else 'no'}")
    )
    return [
        row["name"],
        _relation(row["relation"]),
        code_text(row["sex"]),
        fmt_number(row["age"]),
        code_text(row["hukou_status"]),
        resident,
        code_text(row["labour_capacity"]),
        code_text(row["employment_status"]),
        grade,
        join_words(registers),
        join_words([t(f"household.member.{key}") for flag, key in remarks.items() if row[flag]]),
    ]


def _relation(word: str | None) -> str:
    """The usual words of the register in the reader's language; others as they were written."""
    return t(f"household.relation.{word}") if has_text(f"household.relation.{word}") else code_text(word)


def events_table(told: pl.DataFrame) -> Grid:
    """Every event by date, newest first."""
    head = [t(f"household.event.{name}") for name in ("on", "until", "kind", "what")]
    rows = [
        (fmt_date(on), fmt_date(until) if until else "", label("event", kind), text)
        for on, until, kind, text in told.select("on", "until", "kind", "text").iter_rows()
    ]
    return grid(head, rows, wrap=(3,))


def due_table(work: pl.DataFrame) -> Grid:
    """What is to be done here, most urgent first: rows of words.village.work."""
    head = [t(f"village.column.{name}") for name in ("task", "when", "clause")]
    rows = [
        (
            f"{row['task']}\n{row['what']}".strip(),
            f"{row['when']}\n{fmt_date(row['due_on'])}" if row["due_on"] else row["when"],
            row["clause"],
        )
        for row in work.iter_rows(named=True)
    ]
    late = [i for i, over in enumerate(work["days_over"]) if over is not None and over > 0]
    return grid(head, rows, wrap=(0,), strong=late)


def measures_table(measures: pl.DataFrame) -> Grid:
    """The measures: category and content, by whom, by when, done when, state."""
    head = [t(f"household.measure.{name}") for name in ("category", "content", "unit", "due", "done", "state")]
    rows = [
        (
            code_text(row["category"]),
            row["content"] or "",
            row["responsible_unit"] or "",
            fmt_date(row["due_on"]) if row["due_on"] else "",
            fmt_date(row["done_on"]) if row["done_on"] else "",
            label("step_state", row["state"]),
        )
        for row in measures.iter_rows(named=True)
    ]
    return grid(head, rows, wrap=(1, 2))


def ledgers_table(items: pl.DataFrame) -> Grid:
    """Needs and what answers them, referrals, services, temporary help, subsidies, visits."""
    return grid(household_ledgers.ledger_head(), household_ledgers.ledger_rows(items), wrap=(1, 5))


def readiness_table(spell: Mapping[str, Any]) -> Grid:
    """Each term of BX-6 for a spell of monitoring."""
    head = [t(f"household.ready.{name}") for name in ("term", "found", "result")]
    rows = [(term, found, result_words(result)) for term, found, result in household_ledgers.readiness(spell)]
    return grid(head, rows, wrap=(0,))


def findings_table(found: pl.DataFrame) -> Grid:
    """What the data contradict, who must correct it, since when."""
    return grid(finding_words.household_heads(), finding_words.of_household(found), wrap=(0, 1, 3))


def steps_table(spell: Mapping[str, Any], publicity_days: Number | None) -> Grid:
    """The steps of a monitored spell against their limits."""
    head = [t(f"household.step.{name}") for name in ("name", "when", "limit", "days", "state")]
    return grid(head, step_rows(spell, publicity_days), wrap=(1, 2))
