"""Why a household stands on a list of gaps, in one line with the numbers that say so. Source: 03-rules Gaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.i18n import fmt_money, fmt_share, join_words, label, t, t_n

Row = Mapping[str, Any]


def with_reason(households: pl.DataFrame, gap: str) -> pl.DataFrame:
    """The frame of queries.village.households with `why` for the gap, and words for tiers, risk and causes."""
    reasons = [reason(row, gap) for row in households.iter_rows(named=True)]
    return worded(households).with_columns(pl.Series("why", reasons, dtype=pl.String))


def worded(households: pl.DataFrame) -> pl.DataFrame:
    """The frame with words for its codes: tiers, level of risk, causes."""
    for column, kind in (("tier_eligible", "tier_short"), ("tier_registered", "tier_short"), ("risk_level",) * 2):
        households = with_words(households, column, lambda code, kind=kind: label(kind, code), column)
    return with_words(households, "risk_causes", causes, "risk_causes")


def causes(listed: str | None) -> str:
    """Causes of risk as the mart lists them (parted by 、), in words; empty if none."""
    return join_words([label("cause", code) for code in listed.split("、")]) if listed else ""


def reason(row: Row, gap: str) -> str:
    """The one line. An unknown input is never told as a fault."""
    if gap == "suspected_missed":
        return " ".join(_why_eligible(row))
    if gap == "suspected_ineligible":
        return t("format.list_separator").join(_why_ineligible(row)) or t("gap.why.see_file")
    if gap == "suspected_unmonitored":
        return _why_to_monitor(row)
    if gap == "gradual_exit":
        return t_n("gap.why.gradual_exit", row["gradual_exit_months_left"])
    if gap in ("potential_target", "income_unknown"):
        return t(f"gap.why.{gap}")
    who = join_words(row["people"].split("、")) if row["people"] else t("gap.someone")
    if gap == "household_missed":
        return t("gap.why.household_missed", who=who, test=_dibao_income(row, passes=True))
    return t(f"gap.why.{gap}", who=who)


def _why_eligible(row: Row) -> list[str]:
    tier = row["tier_eligible"]
    if tier == "rigid_expense":
        return [_rigid_income(row, passes=True), _rigid_spend(row, passes=True)]
    if tier == "dibao_edge":
        return [_edge_income(row, passes=True)]
    said = _dibao_income(row, passes=True)
    return [t("household.separator").join((said, t("gap.why.all_dependent")))] if tier == "tekun" else [said]


def _why_ineligible(row: Row) -> list[str]:
    tier, said = row["tier_registered"], []
    if tier in ("tekun", "dibao") and row["dibao_income"] is False:
        said.append(_dibao_income(row, passes=False))
    if tier == "dibao_edge" and row["edge_income"] is False:
        said.append(_edge_income(row, passes=False))
    if tier == "rigid_expense" and row["rigid_income"] is False:
        said.append(_rigid_income(row, passes=False))
    if tier == "rigid_expense" and row["rigid_spend"] is False:
        said.append(_rigid_spend(row, passes=False))
    if tier == "tekun" and row["all_dependent"] is False:
        said.append(t("gap.why.not_all_dependent"))
    if row["assets_ok"] is False:
        found = [t(f"gap.asset.{part}") for part in (row["asset_conflicts"] or "").split("、") if part]
        said.append(t("gap.why.assets", found=join_words(found)))
    return said


def _why_to_monitor(row: Row) -> str:
    kind = label("monitored_type", row["monitored_type_eligible"])
    if row["monitored_type_eligible"] == "sudden_hardship":
        return f"{kind}{t('gap.colon')}{_rigid_spend(row, passes=True)}"
    said = _compared("below_line", row["income_per_head"], row["monitoring_line"], passes=True)
    return f"{kind}{t('gap.colon')}{said}"


def _dibao_income(row: Row, *, passes: bool) -> str:
    return _compared("dibao", row["dibao_income_per_head"], row["dibao_standard_year"], passes=passes)


def _edge_income(row: Row, *, passes: bool) -> str:
    return _compared("edge", row["dibao_income_per_head"], row["edge_line"], passes=passes)


def _rigid_income(row: Row, *, passes: bool) -> str:
    return _compared("rigid", row["income_per_head"], row["disposable_income_per_head"], passes=passes)


def _rigid_spend(row: Row, *, passes: bool) -> str:
    if row["rigid_ratio"] is None:
        return t("gap.why.rigid_no_income", spent=fmt_money(row["rigid_expense"]))
    said = {"ratio": fmt_share(row["rigid_ratio"], 0), "least": fmt_share(row["rigid_ratio_min"], 0)}
    return t(f"gap.why.rigid_spend_{'met' if passes else 'short'}", **said)


def _compared(line: str, income: object, threshold: object, *, passes: bool) -> str:
    said = {"income": fmt_money(income), "line": fmt_money(threshold)}  # type: ignore[arg-type]
    return t(f"gap.why.{line}_{'under' if passes else 'over'}", **said)
