"""What is said of eliminated risks: check before you mark, rules broken, and households that came back (BX-6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from warehouse.i18n import code_text, fmt_interval, fmt_number, fmt_ratio, fmt_share, join_words, label, t
from warehouse.session import Column
from warehouse.stats.intervals import wilson
from warehouse.stats.verdicts import none_found_sentence

RULES: Final = (
    "monitored_too_short", "publicity_short", "income_below_line", "housing", "water", "schooling", "medical",
    "no_labour",
)  # fmt: skip
_OF_AREAS: Final = (
    "active", "ready", "not_ready", "ready_unknown", "proposed", "proposed_not_ready", "held",
    "should_be_held_not_held", "eliminated", "with_fault", "relapsed",
)  # fmt: skip


def sentences(row: Mapping[str, Any], period: str) -> list[str]:
    """Candidates on the snapshot's day, then what was marked in the period. row: of queries.look_back.eliminations."""
    said = {name: fmt_number(row[name]) for name in row if isinstance(row[name], int)}
    words = [t("look_back.out.candidates", **said)]
    words.append(t("look_back.out.proposed" if row["proposed"] else "look_back.out.none_proposed", **said))
    words.append(t("look_back.out.held", **said))
    if not row["eliminated"]:
        return [*words, t("look_back.out.none_eliminated", period=period)]
    judged = row["sound"] + row["with_fault"]
    share = t("format.none_to_count")
    if judged:
        low, high = (float(bound) for bound in wilson(row["with_fault"], judged))
        ratio = fmt_ratio(row["with_fault"], judged)
        share = f"{ratio} {fmt_share(row['with_fault'] / judged)}, {fmt_interval(low, high)}"
    words.append(t("look_back.out.eliminated", period=period, share=share, **said))
    if judged and not row["with_fault"]:
        words.append(none_found_sentence(judged, t("look_back.out.what")))
    words.append(t("look_back.out.relapsed" if row["relapsed"] else "look_back.out.none_relapsed", **said))
    return words


def rules(row: Mapping[str, Any]) -> pl.DataFrame:
    """How many eliminations of the period break each rule; one may break several. Returns: name, eliminations."""
    names = [label("elimination", rule) for rule in RULES]
    return pl.DataFrame(
        {"name": names, "eliminations": [row[rule] for rule in RULES]},
        schema={"name": pl.String, "eliminations": pl.Int64},
    )


def rule_columns() -> dict[str, Column]:
    """The columns of the table of rules."""
    return {
        "name": Column(t("look_back.out.rule")),
        "eliminations": Column(t("look_back.out.eliminations"), "number"),
    }


def area_columns() -> dict[str, Column]:
    """The columns of the table of areas."""
    named = {name: Column(t(f"look_back.out.column.{name}"), "number") for name in _OF_AREAS}
    return {"name": Column(t("coverage.column.name"))} | named


def worded(spells: pl.DataFrame) -> pl.DataFrame:
    """The spells with words for their codes: type, verdict, rules."""
    rows = spells.to_dicts()
    return spells.with_columns(
        pl.Series("monitored_type", [code_text(row["monitored_type"]) for row in rows], dtype=pl.String),
        pl.Series("verdict", [_verdict(row) for row in rows], dtype=pl.String),
        *(pl.Series(name, [_rules(row[name]) for row in rows], dtype=pl.String) for name in ("reasons", "unknowns")),
    )


def _verdict(row: Mapping[str, Any]) -> str:
    if row["eliminated_on"] is not None:
        return t("look_back.out.verdict.faulty" if row["reasons"] else "look_back.out.verdict.marked")
    ready = row["ready_to_eliminate"]
    return t(f"look_back.out.verdict.{'unknown' if ready is None else 'ready' if ready else 'not_ready'}")


def _rules(codes: str | None) -> str:
    return join_words([label("elimination", code) for code in codes.split("、")]) if codes else ""


def spell_columns(part: str) -> dict[str, Column]:
    """The columns of a list of spells."""
    days = {
        "proposed": ["exit_publicity_from"],
        "faulty": ["eliminated_on"],
        "relapsed": ["eliminated_on", "relapsed_on"],
    }
    names = ["area_name", "household_no", "head_name", "monitored_type", "approved_on", *days.get(part, [])]
    names += ["verdict", "reasons", "unknowns"]
    return {
        name: Column(
            t(f"look_back.out.spell.{name}"), "date" if name.endswith("_on") or name.endswith("_from") else "text"
        )
        for name in names
    }
