"""What if the line or the standard were another: the warehouse's own compiled models, run again on rows of a scope.

Each run has a database of its own in memory, beside the gate and locked as it is: the inputs kept in the snapshot for
the newest month (`lab_inputs`), of the asked areas only, the parameters with some values changed, then the compiled SQL
of the models as the build ran it. What holds now is computed in the same way and compared with the snapshot's own
households, column by column: where they differ, nothing is shown.
Source: 05-pages "What-if by the same models".
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl

from warehouse.errors import AccessDeniedError, SnapshotError
from warehouse.gate import lock_down, memory_database
from warehouse.lab_inputs import KEPT, Model, cut, models_of, parameters_of_cut, table_of
from warehouse.lab_outcome import Outcome, compared
from warehouse.policy import KNOWN
from warehouse.scope import Scope, may_open
from warehouse.snapshots import quoted

PAGE = "policy_lab"
# A parameter and the value it would have, as the policy file would write it; sorted by parameter.
Scenario = tuple[tuple[str, str], ...]
# One run at a time: a run takes all the threads it may have, and a hundred at once would take all the memory.
_one_at_a_time = threading.Semaphore(1)

# Columns of the household month that the cut computes, as the models name them -> as the mart does.
_SAME_NAME = (
    *("household_size", "income_known", "net_income", "income_per_head", "dibao_income_per_head", "rigid_expense"),
    *("rigid_ratio", "monitoring_line", "watch_line", "dibao_standard_year", "edge_line"),
    *("disposable_income_per_head", "rigid_ratio_min", "below_line", "dibao_income", "edge_income"),
    *("rigid_income", "rigid_spend", "assets_ok", "commercial_homes", "financial_assets", "asset_conflicts"),
    *("all_dependent", "tier_eligible", "is_cover_unknown", "tier_registered", "monitored_type_eligible"),
    *("monitored_type_registered", "is_monitored", "suspected_missed", "suspected_unmonitored"),
    *("suspected_ineligible", "gradual_exit", "single_cover_missed", "household_missed", "potential_target"),
    *("watch_population", "disability_subsidy_gap", "risk_causes", "risk_level"),
)
COMPARED = {name: name for name in _SAME_NAME} | {
    "has_vehicle": "asset_vehicle",
    "has_homes": "asset_homes",
    "has_business": "asset_business",
    "has_public_payroll": "asset_public_payroll",
    "has_financial_assets": "asset_financial",
    "has_single_cover_candidate": "single_cover_candidate",
}

_JUDGED_BY_KIND = {"vehicle": "vehicles", "business": "businesses"}
_OF_RISKS = frozenset({"risk_causes", "risk_level"})


class LabError(SnapshotError):
    """The lab cannot answer from this snapshot."""


def parameters(path: Path) -> tuple[str, ...]:
    """The parameters that may be changed in this snapshot, in the order of the policy.

    Raises: LabError if the snapshot was built without what the lab computes from.
    """
    return _offered(path)


@lru_cache(maxsize=8)
def _offered(path: Path) -> tuple[str, ...]:
    with opened(path) as con:
        return parameters_of_cut(_models(con))


@lru_cache(maxsize=8)
def kinds_held(path: Path) -> dict[str, tuple[str, ...]]:
    """The kinds of vehicles and businesses that households hold, by the parameter that judges them."""
    with opened(path) as con:
        rows = con.execute(
            "select extract, list(distinct kind order by kind) from snapshot.main.lab_household_holdings_by_month "
            "where kind is not null group by extract"
        ).fetchall()
    held = dict(rows)
    return {f"{name}_kinds": tuple(held.get(extract, ())) for name, extract in _JUDGED_BY_KIND.items()}


def outcome(path: Path, scope: Scope, areas: tuple[str, ...], scenario: Scenario) -> Outcome:
    """What the scenario changes for the households of these villages.

    Raises: AccessDeniedError for a role that the page does not open for, or a village beyond the scope; LabError if the
    snapshot does not hold what is needed, or a value is no number.
    """
    if not may_open(scope, PAGE) or not set(areas) <= set(scope.areas):
        raise AccessDeniedError(
            f"policy lab: got role {scope.role} and {len(areas)} areas, expected those of the scope."
        )
    found = _outcome(path, tuple(sorted(areas)), scenario)
    return found if scope.households else _without_households(found)


def _without_households(found: Outcome) -> Outcome:
    return replace(found, changed=found.changed.clear())


@lru_cache(maxsize=64)
def _outcome(path: Path, areas: tuple[str, ...], scenario: Scenario) -> Outcome:
    before, differing = _baseline(path, areas)
    after = _computed(path, areas, scenario)[0] if scenario else before
    return compared(before, after, differing)


@lru_cache(maxsize=4)
def _baseline(path: Path, areas: tuple[str, ...]) -> tuple[pl.DataFrame, int]:
    return _computed(path, areas, (), is_checked=True)


def household_months(path: Path, areas: tuple[str, ...], scenario: Scenario) -> pl.DataFrame:
    """The households of the areas under the scenario, in the columns of fct_household_month that the models give.

    For proofs against the warehouse; pages get an `outcome`. Returns: household_key, area_code, members and the columns
    of COMPARED, by household_key.
    """
    with _ran(path, areas, scenario) as con:
        frame: pl.DataFrame = con.sql(f"{_as_in_the_mart(con)} order by household_key").pl()
    return frame


def _computed(
    path: Path, areas: tuple[str, ...], scenario: Scenario, *, is_checked: bool = False
) -> tuple[pl.DataFrame, int]:
    """The households of the areas by the models; with `is_checked` also how many the snapshot tells otherwise."""
    with _ran(path, areas, scenario) as con:
        return con.sql(_HOUSEHOLDS).pl(), _differing(con, areas) if is_checked else 0


@contextlib.contextmanager
def _ran(path: Path, areas: tuple[str, ...], scenario: Scenario) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private database in which the models of the cut have run."""
    with _one_at_a_time, opened(path) as con:
        _load(con, areas)
        _set_parameters(con, scenario)
        for model in cut(_models(con)):
            con.execute(f"create table build.intermediate.{model.name} as {model.sql}")
        yield con


@contextlib.contextmanager
def opened(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A private database that reads the snapshot alone, locked, with empty schemas where the models look for rows."""
    con = memory_database()
    try:
        con.execute(f"attach '{quoted(path)}' as snapshot (read_only)")
        con.execute("attach ':memory:' as build")
        con.execute("create schema build.landed; create schema build.intermediate")
        lock_down(con)
        held = con.execute("select table_name from duckdb_tables() where database_name = 'snapshot'").fetchall()
        if missing := {table_of(name) for name in KEPT} - {name for (name,) in held}:
            raise LabError(f"policy lab: got a snapshot without {min(missing)}, expected one. Run `kanhu build`.")
        yield con
    except duckdb.Error as error:
        raise LabError(f"policy lab: got {type(error).__name__}, expected the models to run. Build again.") from None
    finally:
        con.close()


def _models(con: duckdb.DuckDBPyConnection) -> dict[str, Model]:
    return models_of(con.execute("select model, reads, compiled_sql from snapshot.main.meta_model").fetchall())


def _load(con: duckdb.DuckDBPyConnection, areas: tuple[str, ...]) -> None:
    """The rows of the areas' households, under the names that the compiled models look for."""
    own = "where list_contains($areas, area_code)"
    for name, kept in KEPT.items():
        blank = [f"cast(null as {kind}) as {column}" for column, kind in (kept.blank or {}).items()]
        columns = ", ".join([*kept.columns, *blank])
        limit = ""
        if name == "int_households_by_month":
            limit = own
        elif kept.is_of_households:
            limit = "where household_key in (select household_key from build.intermediate.int_households_by_month)"
        values = {"areas": list(areas)} if "$areas" in limit else None
        table = f"build.{kept.schema}.{name}"
        con.execute(f"create table {table} as select {columns} from snapshot.main.{table_of(name)} {limit}", values)


def _set_parameters(con: duckdb.DuckDBPyConnection, scenario: Scenario) -> None:
    """The parameters as the snapshot has them; those of the scenario have its value at any time."""
    con.execute(
        "create table build.landed.parameters as select parameter, value, number, valid_from, valid_to "
        "from snapshot.main.meta_parameter"
    )
    for parameter, value in scenario:
        number = None if KNOWN[parameter][0] == "kinds" else float(value)
        con.execute("delete from build.landed.parameters where parameter = $parameter", {"parameter": parameter})
        con.execute(
            "insert into build.landed.parameters values ($parameter, $value, $number, date '1900-01-01', null)",
            {"parameter": parameter, "value": value, "number": number},
        )


_HOUSEHOLDS = """
select
    gaps.household_key, gaps.area_code, gaps.members, gaps.household_size, gaps.income_known,
    gaps.income_per_head, gaps.dibao_income_per_head, gaps.monitoring_line, gaps.dibao_standard_year, gaps.edge_line,
    gaps.tier_eligible, gaps.tier_registered, gaps.monitored_type_eligible, gaps.is_monitored,
    gaps.suspected_missed, gaps.suspected_unmonitored, gaps.suspected_ineligible,
    gaps.passes_dibao as dibao,
    case when gaps.is_cover_unknown then null
        else gaps.tier_eligible in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense') end as aid,
    case when gaps.is_type_unknown then null else gaps.monitored_type_eligible is not null end as monitored,
    risks.risk_level
from build.intermediate.int_household_gaps_by_month as gaps
inner join build.intermediate.int_household_risks_by_month as risks using (month, household_key)
order by gaps.area_code, gaps.household_key
"""


def _as_in_the_mart(con: duckdb.DuckDBPyConnection) -> str:
    """The rows of the models with the names and types of the mart."""
    kinds = dict(
        con.execute(
            "select column_name, data_type from duckdb_columns() "
            "where database_name = 'snapshot' and table_name = 'fct_household_month'"
        ).fetchall()
    )
    columns = ", ".join(
        f"cast({'risks' if name in _OF_RISKS else 'gaps'}.{name} as {kinds[mart]}) as {mart}"
        for name, mart in COMPARED.items()
    )
    return f"""
        select gaps.household_key, gaps.area_code, gaps.members, {columns}
        from build.intermediate.int_household_gaps_by_month as gaps
        inner join build.intermediate.int_household_risks_by_month as risks using (month, household_key)
    """


def _differing(con: duckdb.DuckDBPyConnection, areas: tuple[str, ...]) -> int:
    """Households that the models run here and the snapshot tell differently, in whatever column, or that one lacks."""
    found: int = con.execute(
        f"""
        with here as ({_as_in_the_mart(con)}),
        there as (
            select household_key, area_code, members, {", ".join(COMPARED.values())}
            from snapshot.main.fct_household_month
            where month = (select max(month) from build.landed.months) and list_contains($areas, area_code)
        )
        select count(distinct household_key) from (
            (select * from here except all select * from there)
            union all
            (select * from there except all select * from here)
        )
        """,
        {"areas": list(areas)},
    ).fetchall()[0][0]
    return found
