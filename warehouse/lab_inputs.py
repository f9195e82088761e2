"""What the policy lab computes from, kept in every snapshot: for the newest month, the rows that the models between the
parameters and a household's tier, type, gaps and risk read.

The cut of the models: what no parameter of the lab decides is kept as the build found it (`KEPT`), what a parameter
decides is computed again by the models' own compiled SQL (`cut`). The tables are closed to pages like `meta_input`:
household keys, area codes, facts and amounts; no name, no number of a person or a household, no birth date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb

from warehouse.policy import KNOWN

PREFIX = "lab_"
PARAMETERS = "int_parameters_by_month"
# What the lab asks of the models, in the end.
TARGETS = ("int_household_gaps_by_month", "int_household_risks_by_month")


@dataclass(frozen=True)
class Kept:
    """A relation kept as the build left it. columns: those that the models of the cut name. blank: columns that they
    name and that say nothing here (name -> type). where: which rows. schema: where the compiled SQL looks for it."""

    columns: tuple[str, ...]
    blank: Mapping[str, str] | None = None
    where: str = "true"
    schema: str = "intermediate"

    @property
    def is_of_households(self) -> bool:
        return "household_key" in self.columns


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_PERSON = "person_key"
KEPT: dict[str, Kept] = {
    "months": Kept(_columns("month month_end month_index quarter year"), schema="landed"),
    "int_households_by_month": Kept(
        _columns("month household_key area_code members is_resident"), {"household_no": "varchar"}
    ),
    "int_lists_by_month": Kept(_columns("month extract is_received")),
    "int_income_records": Kept(
        _columns(
            "household_key period_start period_end period_end_index household_size employed_members wage_income "
            "business_net_income property_net_income transfer_net_income insurance_claims compliant_self_paid "
            "medical_expense education_expense other_rigid_expense net_income rigid_expense housing_safe water_safe "
            "schooling_secured medical_insured"
        ),
        {"load_id": "varchar", "row_no": "bigint"},
        where="period_end <= (select month_end from newest)",
    ),
    "int_household_holdings_by_month": Kept(_columns("month household_key extract kind things amount")),
    "int_household_people_by_month": Kept(
        _columns("month household_key all_dependent is_without_labour has_severe_disability has_unemployed")
    ),
    "int_household_registers_by_month": Kept(
        _columns(
            "month household_key tier_of_registers on_dibao is_covered_singly is_covered_only_singly "
            "gradual_exit_months_left is_gradual_exit_unknown voluntary_exit_bonus_until dead_or_moved_active "
            "double_registered no_check has_incapacitated_tekun_elder dropped"
        )
    ),
    "int_household_standing_by_month": Kept(
        _columns(
            "month household_key is_monitored is_ever_monitored is_lifted is_refused has_left_dibao "
            "monitored_type_registered"
        )
    ),
    "int_warnings_by_household": Kept(
        _columns("household_key extract cause list_month_index cleared_on"),
        where="list_month_index <= (select month_index from newest)",
    ),
    "int_person_conditions_by_month": Kept(
        _columns("month person_key household_key is_member is_severely_disabled has_major_disease on_dibao")
    ),
    "int_subsidies_by_month": Kept(
        _columns("month person_key household_key kind is_gap"), where="is_gap and kind in ('living', 'nursing')"
    ),
    # Not of the cut: the amounts behind warnings, of every month, for limits on the lists themselves.
    "int_warning_amounts": Kept(_columns("household_key extract list_month amount")),
}
_OF_EVERY_MONTH = frozenset({"int_warning_amounts"})


def table_of(relation: str) -> str:
    """The table of the snapshot that holds what was kept of the relation."""
    return PREFIX + relation.removeprefix("int_")


def keep_inputs(con: duckdb.DuckDBPyConnection) -> None:
    """Keep the inputs of the cut in a build file, as tables of its marts."""
    con.execute("create temp table newest as from landed.months where month = (select max(month) from landed.months)")
    con.execute(
        "create temp table here as select household_key from intermediate.int_households_by_month "
        "where month = (select month from newest)"
    )
    # A person is a number that means nothing outside these tables.
    con.execute(
        "create temp table numbered as "
        "select person_key, cast(dense_rank() over (order by person_key) as varchar) as number "
        "from intermediate.int_person_conditions_by_month "
        "where month = (select month from newest) and household_key in (select household_key from here)"
    )
    for relation, kept in KEPT.items():
        con.execute(f"create or replace table marts.{table_of(relation)} as {_kept_rows(relation, kept)}")


def _kept_rows(relation: str, kept: Kept) -> str:
    shown = ", ".join("numbered.number as person_key" if name == _PERSON else f"rows.{name}" for name in kept.columns)
    numbered = "inner join numbered on rows.person_key = numbered.person_key" if _PERSON in kept.columns else ""
    limits = [kept.where]
    if "month" in kept.columns:
        limits.append("rows.month = (select month from newest)")
    if kept.is_of_households and relation not in _OF_EVERY_MONTH:
        limits.append("rows.household_key in (select household_key from here)")
    return f"select {shown} from {kept.schema}.{relation} as rows {numbered} where {' and '.join(limits)} order by all"


@dataclass(frozen=True)
class Model:
    """A model as it ran: what it reads and its compiled SQL."""

    name: str
    reads: frozenset[str]
    sql: str


def models_of(rows: Iterable[tuple[str, str, str]]) -> dict[str, Model]:
    """The models of mart meta_model: rows of model, reads (parted by 、), compiled_sql."""
    return {name: Model(name, frozenset(filter(None, reads.split("、"))), sql) for name, reads, sql in rows}


def cut(models: Mapping[str, Model]) -> tuple[Model, ...]:
    """The models that are computed again, each after those it reads: upstream of the targets down to what is kept."""
    ordered: dict[str, Model] = {}

    def visit(name: str) -> None:
        if name in models and name not in KEPT and name not in ordered:
            for above in sorted(models[name].reads):
                visit(above)
            ordered[name] = models[name]

    for target in TARGETS:
        visit(target)
    return tuple(ordered.values())


def parameters_of_cut(models: Mapping[str, Model]) -> tuple[str, ...]:
    """The parameters that the lab can change: a model of the cut names them, and nothing that is kept hangs on them.

    A window that also feeds what is kept (months of gradual exit, of warnings) is none: a part of what it does would
    not be told.
    """
    run = cut(models)
    changed = {name for model in run if model.name != PARAMETERS for name in _named(model)}
    fixed = {name for model in _above(models, KEPT.keys() - _OF_EVERY_MONTH) for name in _named(model)}
    return tuple(name for name in KNOWN if name in changed - fixed)


def _above(models: Mapping[str, Model], names: Iterable[str]) -> list[Model]:
    """The models of those names and all upstream of them, but for the one that gives the parameters."""
    found: dict[str, Model] = {}
    waiting = [name for name in names if name in models]
    while waiting:
        name = waiting.pop()
        if name in models and name not in found and name != PARAMETERS:
            found[name] = models[name]
            waiting += models[name].reads
    return list(found.values())


def _named(model: Model) -> set[str]:
    words = set(re.findall(r"\w+", re.sub(r"--[^\n]*", "", model.sql)))
    return words & KNOWN.keys()
