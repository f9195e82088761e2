"""What the policy lab asks: which parameters may be changed, what a scenario changes, whom it changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from warehouse import lab, lab_leads, session
from warehouse.lab import LabError, Scenario
from warehouse.lab_leads import Leads
from warehouse.lab_outcome import Outcome
from warehouse.policy import KNOWN
from warehouse.queries import about
from warehouse.scope import Scope
from warehouse.session import Filters
from warehouse.settings import load_settings
from warehouse.snapshots import snapshot_path

# What a joint meeting changes first; the others are beside them.
MAIN = ("dibao_standard", "edge_multiple", "monitoring_line")


@dataclass(frozen=True)
class Setting:
    """A parameter that may be changed, with the value in force in the newest month (null: the place sets none).

    kind: number, whole or kinds. lowest, highest: what the policy file may hold. row: its line of about.parameters.
    held: of kinds, those that households hold.
    """

    parameter: str
    kind: str
    lowest: float
    highest: float
    value: str | None
    row: Mapping[str, Any] | None
    held: tuple[str, ...] = ()

    @property
    def number(self) -> float | None:
        return None if self.value is None or self.kind == "kinds" else float(self.value)

    @property
    def kinds(self) -> list[str]:
        return [kind for kind in (self.value or "").split("、") if kind] if self.kind == "kinds" else []

    def written(self, value: float | None) -> str | None:
        """The value as a policy file would write it, if it is one and not the present one."""
        if value is None or not self.lowest <= value <= self.highest:
            return None
        if self.kind == "whole" and value != int(value):
            return None
        return None if value == self.number else f"{value:g}" if abs(value) < 100_000 else f"{value:.0f}"


def settings(scope: Scope, month: dt.date) -> list[Setting]:
    """The parameters that may be changed, the main ones first, each with its value on the last day of the month; the
    income per head of the year before as the rule takes it, at the end of that year.

    Raises: LabError if the snapshot does not hold what the lab computes from.
    """
    names = lab.parameters(_path())
    rows = about.parameters(scope)
    ordered = [*(name for name in MAIN if name in names), *(name for name in names if name not in MAIN)]
    held = lab.kinds_held(_path())
    return [replace(_setting(name, rows, month), held=held.get(name, ())) for name in ordered]


def _setting(name: str, rows: pl.DataFrame, month: dt.date) -> Setting:
    day = dt.date(month.year - 1, 12, 31) if name == "disposable_income_per_head" else _last_day(month)
    in_force = rows.filter(
        pl.col("parameter") == name,
        pl.col("valid_from") <= day,
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= day),
    ).sort("valid_from")
    row = in_force.row(-1, named=True) if in_force.height else None
    return Setting(name, *KNOWN[name], row["value"] if row else None, row)


def _last_day(month: dt.date) -> dt.date:
    return (month.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


def scenario_in(query: Mapping[str, str], settings: list[Setting]) -> Scenario:
    """The values that a link asks for; what is no value of its parameter, or is the present one, is left out."""
    chosen = []
    for setting in settings:
        asked = query.get(setting.parameter)
        if asked is None:
            continue
        if setting.kind == "kinds":
            kinds = "、".join(kind for kind in asked[:200].split("、") if kind)
            value = None if kinds == (setting.value or "") else kinds
        else:
            value = setting.written(_number(asked))
        if value is not None:
            chosen.append((setting.parameter, value))
    return tuple(sorted(chosen))


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if abs(found) < 1e9 else None


def outcome(scope: Scope, filters: Filters, scenario: Scenario) -> Outcome:
    """What the scenario changes in the chosen area. Raises: as lab.outcome."""
    return lab.outcome(_path(), scope, _villages(scope, filters), scenario)


def leads(scope: Scope, filters: Filters) -> Leads:
    """The leads with amounts of the chosen area. Raises: as lab_leads.leads."""
    return lab_leads.leads(_path(), scope, _villages(scope, filters))


def by_area(scope: Scope, filters: Filters, frame: pl.DataFrame) -> pl.DataFrame:
    """Counts by village as counts of the areas compared, in the order of their codes, each of them there.

    `frame`: area_code (a village) and counts. Returns: area_code, name, the counts.
    """
    tree = session.area_tree(scope)
    part_of = tree.part_of(filters.area)
    shown = [code for code in filters.compared if not filters.area or code == filters.area or code != filters.within]
    named = pl.DataFrame({"area_code": shown, "name": [tree.areas[code].name for code in shown]})
    counts = [name for name, kind in frame.schema.items() if name != "area_code" and kind.is_numeric()]
    summed = (
        frame.with_columns(pl.col("area_code").replace_strict(part_of, default=None))
        .group_by("area_code")
        .agg(pl.col(counts).sum())
    )
    return named.join(summed, on="area_code", how="left", maintain_order="left").with_columns(
        pl.col(counts).fill_null(0)
    )


def households(scope: Scope, month: dt.date, keys: list[str]) -> pl.DataFrame:
    """The households of these keys, masked: household_key, area_name, household_no, head_name, household_size,
    income_per_head, dibao_income_per_head; by village and number."""
    return session.cached("policy_lab/households", scope, month=month, keys=",".join(sorted(keys)))


def _villages(scope: Scope, filters: Filters) -> tuple[str, ...]:
    tree = session.area_tree(scope)
    own = [code for code in tree.villages if code in set(scope.areas)]
    if filters.area is None:
        return tuple(own)
    return tuple(code for code in own if filters.area in (code, *tree.line(code)))


def _path() -> Any:
    return snapshot_path(load_settings(), session.snapshot().snapshot_id)


__all__ = ["LabError", "Setting", "by_area", "households", "leads", "outcome", "scenario_in", "settings"]
