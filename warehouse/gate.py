"""The one door to a snapshot: `query(name, scope, **params)` runs `sql/<name>.sql` on views limited to the scope.

The snapshot is attached under another name to an empty in-memory database whose views are all a query can name: a mart
that no line of MARTS speaks of does not exist for it. The views compare with variables of the cursor, and every query
has a cursor of its own; unset, null and empty give no rows. Then the configuration is locked.
Source: 07-trust "Nobody sees what is not theirs"; 09-facts "DuckDB 2.0".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

import duckdb
import polars as pl

from warehouse.errors import AccessDeniedError, ConfigError, SnapshotError
from warehouse.scope import Scope
from warehouse.settings import Settings, load_settings
from warehouse.snapshots import current_snapshot, quoted, snapshot_path

SQL = Path(__file__).parent / "sql"
TIME_LIMIT_MS = 10_000
MEMORY_LIMIT = "2GB"
THREADS = 2
OPEN_SNAPSHOTS = 8


class Reach(StrEnum):
    """How a scope limits a mart."""

    SIGNED_IN = "any role"
    AREA_NAMES = "own areas, and the areas above them"
    METRIC = "the profile's rows; areas and departments as the scope lists them"
    WITH_AREAS = "any role that sees areas"
    AREA = "own areas and the whole place, no single household in it"
    AREA_LEDGER = "own areas; what points to a household only with households"
    HOUSEHOLD = "own areas, only with households"
    DEPARTMENT = "lists of own departments"
    REJECTED = "lists of own departments, only with rejected rows"
    CORRECTION = "lists of own departments, for those who put them right: the office and the departments"


MARTS: dict[str, Reach] = {
    "dim_area": Reach.AREA_NAMES,
    "dim_area_scope": Reach.AREA_LEDGER,
    "dim_department": Reach.SIGNED_IN,
    "dim_extract": Reach.SIGNED_IN,
    "meta_snapshot": Reach.SIGNED_IN,
    "meta_model": Reach.SIGNED_IN,
    "meta_column": Reach.SIGNED_IN,
    "meta_parameter": Reach.SIGNED_IN,
    "meta_metric": Reach.SIGNED_IN,
    "meta_finding_rule": Reach.SIGNED_IN,
    "meta_calendar": Reach.SIGNED_IN,
    "meta_duty": Reach.SIGNED_IN,
    "agg_stage_progress": Reach.SIGNED_IN,
    "meta_load": Reach.DEPARTMENT,
    "metric_values": Reach.METRIC,
    "agg_area_month": Reach.AREA,
    "agg_class_month": Reach.AREA,
    "agg_area_cause_month": Reach.AREA,
    "agg_area_cause_pair_month": Reach.AREA,
    "agg_area_focus_month": Reach.AREA,
    "agg_population_month": Reach.AREA,
    "agg_area_issue_month": Reach.AREA,
    "agg_area_survey_round": Reach.AREA,
    "agg_step_month": Reach.AREA,
    "agg_temporary_assistance_month": Reach.AREA,
    "agg_gap_month": Reach.AREA,
    "agg_register_month": Reach.AREA,
    "agg_channel_month": Reach.AREA,
    "agg_step_days": Reach.AREA,
    "agg_finding_month": Reach.AREA,
    "agg_income_band_month": Reach.AREA,
    "agg_transition_quarter": Reach.AREA,
    "agg_link_month": Reach.DEPARTMENT,
    "agg_department_month": Reach.DEPARTMENT,
    "agg_finding_department_month": Reach.DEPARTMENT,
    "fct_push": Reach.DEPARTMENT,
    "fct_inspection": Reach.AREA_LEDGER,
    "fct_issue": Reach.AREA_LEDGER,
    "fct_meeting_action": Reach.WITH_AREAS,
    "fct_training": Reach.WITH_AREAS,
    "agg_referral_month": Reach.AREA,
    "agg_service_need_month": Reach.AREA,
    "agg_care_month": Reach.AREA,
    "agg_subsidy_month": Reach.AREA,
    "fct_care_visit": Reach.HOUSEHOLD,
    "fct_subsidy": Reach.HOUSEHOLD,
    "agg_area_need_month": Reach.AREA,
    "agg_register_difference_month": Reach.AREA,
    "fct_need_month": Reach.HOUSEHOLD,
    "fct_register_difference": Reach.HOUSEHOLD,
    "agg_assistance_followed_month": Reach.AREA,
    "agg_list_month": Reach.AREA,
    "agg_list_department_month": Reach.DEPARTMENT,
    "fct_unlinked_row": Reach.CORRECTION,
    "fct_temporary_assistance": Reach.HOUSEHOLD,
    "agg_hazard_month": Reach.AREA,
    "agg_burden_month": Reach.AREA,
    "agg_survey_item": Reach.AREA,
    "agg_elimination_candidate": Reach.AREA,
    "agg_elimination_month": Reach.AREA,
    "fct_referral": Reach.HOUSEHOLD,
    "fct_service_need": Reach.HOUSEHOLD,
    "fct_household_month": Reach.HOUSEHOLD,
    "fct_warning": Reach.HOUSEHOLD,
    "fct_identification": Reach.HOUSEHOLD,
    "fct_measure": Reach.HOUSEHOLD,
    "fct_survey_visit": Reach.HOUSEHOLD,
    "fct_application": Reach.HOUSEHOLD,
    "fct_transition": Reach.HOUSEHOLD,
    "fct_person_month": Reach.HOUSEHOLD,
    "fct_register_entry": Reach.HOUSEHOLD,
    "fct_source_row": Reach.HOUSEHOLD,
    "dim_household": Reach.HOUSEHOLD,
    "dim_person": Reach.HOUSEHOLD,
    "dim_household_member": Reach.HOUSEHOLD,
    "fct_finding": Reach.HOUSEHOLD,
    "fct_finding_row": Reach.CORRECTION,
    "quarantine": Reach.REJECTED,
    # What changed since a release: files of their own beside it.
    "release_info": Reach.SIGNED_IN,
    "release_setting": Reach.SIGNED_IN,
    "release_list": Reach.DEPARTMENT,
    "release_figure": Reach.METRIC,
    "release_step": Reach.METRIC,
    "release_total": Reach.AREA,
    "release_count": Reach.AREA,
    "release_difference": Reach.HOUSEHOLD,
}

MASKED_NAMES = frozenset({"name", "person_name", "head_name", "head", "contact_name", "guardian_name", "visitor"})
# Columns no page gets. A birth date beside a masked name makes the mask worthless: the view gives the age instead.
NEVER_SHOWN = frozenset({"id_no", "id_key", "id_prefix_key", "head_id_no", "head_id_key", "head_id_prefix_key"})
BIRTH_DATES = frozenset({"birth_on", "birth_date", "id_birth_on"})
POINTS_TO_HOUSEHOLD = frozenset({"household_no", "household_key", "description", "head_name"})
DOUBLE_SURNAMES = re.findall("..", "欧阳上官司马诸葛东方皇甫尉迟公孙慕容司徒夏侯令狐端木长孙宇文轩辕司空鲜于闾丘南宫")

_AREAS = "list_contains(getvariable('areas')::varchar[], {0})"
_ABOVE = "list_contains(getvariable('above')::varchar[], {0})"
_ANY_AREA = "coalesce(len(getvariable('areas')::varchar[]), 0) > 0"
_DEPARTMENTS = "list_contains(getvariable('departments')::varchar[], {0})"
_HOUSEHOLDS = "coalesce(getvariable('households')::boolean, false)"
_REJECTED = "coalesce(getvariable('rejected_rows')::boolean, false)"
_CORRECTS = "coalesce(getvariable('role')::varchar in ('office', 'department'), false)"
_UNMASKED = "coalesce(getvariable('unmasked')::boolean, false)"
_SIGNED_IN = "getvariable('role')::varchar is not null"

_ENDING = re.compile(r"^-- ends with: ([a-z0-9_]+/[a-z0-9_]+)\n\Z", re.MULTILINE)
# A query file asks; it does not look behind the views or outside the database.
_BANNED = re.compile(
    r"\b(snapshot|memory|temp|system)\s*\.|\b(query|query_table|getvariable|glob|read_\w+|\w+_scan|duckdb_\w+|pragma_\w+)\s*\("
    r"|information_schema|\bpg_",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Gate:
    """An open, locked snapshot. `villages` and `departments`: all it holds, what a grant of `*` is written out to.
    `groups`: every area above villages -> the villages below it; `top` is the one above all."""

    snapshot_id: str
    connection: duckdb.DuckDBPyConnection
    villages: tuple[str, ...]
    departments: tuple[str, ...]
    groups: Mapping[str, frozenset[str]]
    top: str | None

    def whole_groups(self, scope: Scope) -> tuple[str, ...]:
        """The areas between villages and the top of which the scope holds every village: their figures are its own.

        Of a town that it holds in part it sees no figure: with its own villages beside it, the others' would be told.
        The whole place is shown to everyone who sees areas, so that a village has something beside it.
        """
        own = set(scope.areas)
        return tuple(code for code, below in self.groups.items() if code != self.top and below and below <= own)

    def holds_all(self, scope: Scope) -> bool:
        """Whether the scope holds every village: sums over its own are then sums of the whole place."""
        return bool(self.villages) and set(self.villages) <= set(scope.areas)

    def query(
        self, name: str, scope: Scope, params: Mapping[str, object], *, is_revealed: bool = False
    ) -> pl.DataFrame:
        """The rows of `sql/<name>.sql` that the scope may see.

        is_revealed: names whole, for this one query; who asks so has put the reason into the audit trail before.

        Raises: AccessDeniedError without a scope, or for names whole without households; ConfigError if there is no
        such query, or it is not one SELECT; SnapshotError if it cannot run.
        """
        if not isinstance(scope, Scope):
            raise AccessDeniedError(f"query {name}: got no scope, expected one. Begin the page with require_scope().")
        if is_revealed and not scope.may_reveal:
            raise AccessDeniedError(
                f"query {name}: got role {scope.role}, expected one that sees households. Names stay masked."
            )
        text = sql_text(name)
        cursor = self.connection.cursor()
        try:
            for variable, value in {**self.variables(scope), "unmasked": is_revealed}.items():
                cursor.execute(f"set variable {variable} = $value", {"value": value})
            frame: pl.DataFrame = cursor.sql(text, params=dict(params)).pl()
            return frame
        except duckdb.Error as error:
            raise SnapshotError(_failure(name, error)) from None
        finally:
            cursor.close()

    def variables(self, scope: Scope) -> dict[str, object]:
        """What the views compare with. areas: own villages, and those above them that are own as a whole. above: every
        area above own villages, whose names may be told."""
        own = set(scope.areas)
        return {
            "role": scope.role,
            "areas": [*scope.areas, *self.whole_groups(scope)] or None,
            "above": [code for code, below in self.groups.items() if below & own] or None,
            "departments": list(scope.departments) or None,
            "households": scope.households,
            "rejected_rows": scope.rejected_rows,
        }


def query(name: str, scope: Scope, /, **params: object) -> pl.DataFrame:
    """The rows of `sql/<name>.sql` in the snapshot that is served, limited to the scope; `$param` in it is bound.

    Raises: as Gate.query; SnapshotError if nothing was published yet.
    """
    return current_gate().query(name, scope, params)


def current_gate(settings: Settings | None = None) -> Gate:
    """The gate to the snapshot that is served now. Raises: SnapshotError if there is none."""
    settings = settings or load_settings()
    snapshot = current_snapshot(settings)
    return open_gate(snapshot_path(settings, snapshot.snapshot_id))


@lru_cache(maxsize=OPEN_SNAPSHOTS)
def open_gate(path: Path) -> Gate:
    """Attach a snapshot file, make the views, lock the settings. One connection per file, kept for its readers."""
    if not path.is_file():
        raise SnapshotError(f"snapshot {path.stem}: got no file, expected one. Run `kanhu build`.")
    connection = memory_database()
    try:
        connection.execute(f"attach '{quoted(path)}' as snapshot (read_only)")
        columns = _columns(connection)
        connection.execute(_MASK)
        as_on = _as_on(connection, columns)
        for mart in sorted(columns.keys() & MARTS.keys()):
            connection.execute(_view(mart, columns, as_on))
        gate = Gate(
            path.stem, connection, *_villages_and_departments(connection, columns), *_groups(connection, columns)
        )
        lock_down(connection)
    except duckdb.Error as error:
        connection.close()
        raise SnapshotError(f"snapshot {path.stem}: got {type(error).__name__}, expected marts. {error}") from None
    return gate


def memory_database() -> duckdb.DuckDBPyConnection:
    """An empty database in memory, with bounds; what it may read is attached before `lock_down`."""
    return duckdb.connect(
        ":memory:",
        config={
            "memory_limit": MEMORY_LIMIT,
            "threads": THREADS,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "allow_persistent_secrets": False,
            "python_enable_replacements": False,
        },
    )


def lock_down(connection: duckdb.DuckDBPyConnection) -> None:
    """From here on it reads nothing but what is attached, within the time limit, and cannot be told otherwise."""
    # SET without GLOBAL holds for this cursor alone: those made from it would have no limit.
    connection.execute(f"set global max_execution_time = {TIME_LIMIT_MS}")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    rows = connection.execute(
        "select table_name, list(column_name order by column_index) from duckdb_columns() "
        "where database_name = 'snapshot' and schema_name = 'main' group by all"
    ).fetchall()
    return {table: list(names) for table, names in rows}


def _as_on(connection: duckdb.DuckDBPyConnection, columns: dict[str, list[str]]) -> dt.date:
    """The day ages are told for: the last day of the snapshot's newest month."""
    if "last_month" in columns.get("meta_snapshot", []):
        found = connection.execute("select last_day(last_month) from snapshot.main.meta_snapshot").fetchone()
        if found and isinstance(found[0], dt.date):
            return found[0]
    return dt.date.today()


def _villages_and_departments(
    connection: duckdb.DuckDBPyConnection, columns: dict[str, list[str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every area that figures are compared over, and every department."""
    villages: list[str] = []
    departments: list[str] = []
    if "dim_area" in columns:
        rows = connection.execute(
            "select area_code from snapshot.main.dim_area where is_unit order by area_code"
        ).fetchall()
        villages = [code for (code,) in rows]
    if "dim_department" in columns:
        rows = connection.execute("select department_code from snapshot.main.dim_department order by 1").fetchall()
        departments = [code for (code,) in rows]
    return tuple(villages), tuple(departments)


def _groups(
    connection: duckdb.DuckDBPyConnection, columns: dict[str, list[str]]
) -> tuple[dict[str, frozenset[str]], str | None]:
    """Every area above villages with the villages below it, and the top."""
    if "dim_area" not in columns:
        return {}, None
    rows = connection.execute(
        "select area_code, parent_code, is_unit from snapshot.main.dim_area order by area_code"
    ).fetchall()
    parents = {code: parent for code, parent, _ in rows}
    below: dict[str, set[str]] = {code: set() for code, _, is_unit in rows if not is_unit}
    for village in (code for code, _, is_unit in rows if is_unit):
        above = parents[village]
        while above in below and village not in below[above]:
            below[above].add(village)
            above = parents[above]
    top = next((code for code, parent, _ in rows if parent is None), None)
    return {code: frozenset(villages) for code, villages in below.items()}, top


_MASK = f"""
create macro mask_name(name) as case
    when name is null then null
    when {_UNMASKED} then name
    when length(name) <= 1 then '*'
    when length(name) >= 3 and left(name, 2) in ({", ".join(f"'{s}'" for s in DOUBLE_SURNAMES)})
        then left(name, 2) || repeat('*', length(name) - 2)
    when length(name) = 2 then left(name, 1) || '*'
    else left(name, 1) || repeat('*', length(name) - 2) || right(name, 1)
end
"""  # 王*勇, 张*, 欧阳**


def _view(mart: str, columns: dict[str, list[str]], as_on: dt.date) -> str:
    """The view through which queries see a mart: the rows of the scope, identities masked."""
    reach, names = MARTS[mart], columns[mart]
    shown = ", ".join(filter(None, (_shown(reach, name, names, as_on) for name in names)))
    return f'create view "{mart}" as select {shown} from snapshot.main."{mart}" where {_LIMITS[reach](names, columns)}'


def _shown(reach: Reach, column: str, columns: list[str], as_on: dt.date) -> str | None:
    if reach is Reach.AREA_LEDGER and column in POINTS_TO_HOUSEHOLD:
        return f'case when {_HOUSEHOLDS} then "{column}" end as "{column}"'
    if reach is not Reach.HOUSEHOLD:
        return f'"{column}"'
    if column in NEVER_SHOWN:
        return None
    if column in BIRTH_DATES:
        return None if "age" in columns else f"datesub('year', \"{column}\", date '{as_on}')::bigint as age"
    if column in MASKED_NAMES:
        return f'mask_name("{column}") as "{column}"'
    return f'"{column}"'


def _own_areas(columns: list[str], marts: dict[str, list[str]]) -> str:
    """Rows of own areas, by the mart's own area or its household's; a mart with neither shows nothing."""
    if "area_code" in columns:
        return _AREAS.format("area_code")
    if "household_key" in columns and "area_code" in marts.get("dim_household", []):
        own = f"select household_key from snapshot.main.dim_household where {_AREAS.format('area_code')}"
        return f"household_key in ({own})"
    return "false"


def _own_lists(columns: list[str], marts: dict[str, list[str]]) -> str:
    """Rows of own departments, by the mart's own department or that of its extract; with neither, nothing."""
    for column in ("owner", "department_code"):
        if column in columns:
            return _DEPARTMENTS.format(column)
    if "extract" in columns and "owner" in marts.get("dim_extract", []):
        return f"extract in (select extract from snapshot.main.dim_extract where {_DEPARTMENTS.format('owner')})"
    return "false"


def _area_names(columns: list[str], marts: dict[str, list[str]]) -> str:
    return f"{_AREAS.format('area_code')} or {_ABOVE.format('area_code')}"


def _area_figures(columns: list[str], marts: dict[str, list[str]]) -> str:
    """Own areas; where a mart carries rows of the whole place too, those, so that a village has something beside it."""
    whole = f" or (scope = 'profile' and {_ANY_AREA})" if "scope" in columns else ""
    return _own_areas(columns, marts) + whole


def _metrics(columns: list[str], marts: dict[str, list[str]]) -> str:
    own = f"select extract from snapshot.main.dim_extract where {_DEPARTMENTS.format('owner')}"
    lists = f"scope_code in ({own})" if "owner" in marts.get("dim_extract", []) else "false"
    return (
        f"(scope = 'profile' and {_ANY_AREA}) or (scope = 'area' and {_AREAS.format('scope_code')}) "
        f"or (scope = 'department' and {_DEPARTMENTS.format('scope_code')}) "
        f"or (scope = 'list' and {lists})"
    )


_LIMITS: dict[Reach, Callable[[list[str], dict[str, list[str]]], str]] = {
    Reach.SIGNED_IN: lambda columns, marts: _SIGNED_IN,
    Reach.AREA_NAMES: _area_names,
    Reach.METRIC: _metrics,
    Reach.WITH_AREAS: lambda columns, marts: _ANY_AREA,
    Reach.AREA: _area_figures,
    Reach.AREA_LEDGER: _own_areas,
    Reach.HOUSEHOLD: lambda columns, marts: f"{_HOUSEHOLDS} and {_own_areas(columns, marts)}",
    Reach.DEPARTMENT: _own_lists,
    Reach.REJECTED: lambda columns, marts: f"{_REJECTED} and {_own_lists(columns, marts)}",
    Reach.CORRECTION: lambda columns, marts: f"{_CORRECTS} and {_own_lists(columns, marts)}",
}


@cache
def sql_text(name: str) -> str:
    """The text of `sql/<name>.sql`, checked to be one SELECT that stays inside the views. Questions that end alike have
    `-- ends with: <page>/<ending>` as their last line: what stands in `sql/<page>/<ending>.end` follows there.

    Raises: ConfigError for a name that is no query's, or a text that is not such a SELECT.
    """
    path = SQL / f"{name}.sql"
    if not re.fullmatch(r"[a-z0-9_]+/[a-z0-9_]+", name) or not path.is_file():
        raise ConfigError(f"query: got {name!r}, expected <page>/<question> of a file in warehouse/sql.")
    text = path.read_text(encoding="utf-8")
    if shared := _ENDING.search(text):
        text = text[: shared.start()] + (SQL / f"{shared[1]}.end").read_text(encoding="utf-8")
    return checked_sql(name, text)


def checked_sql(name: str, text: str) -> str:
    """`text`, if it is one SELECT that names no more than views. Raises: ConfigError."""
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise ConfigError(f"query {name}: got {error}, expected SQL. Correct the file.") from None
    if len(statements) != 1 or statements[0].type is not duckdb.StatementType.SELECT:
        raise ConfigError(f"query {name}: got {len(statements)} statements, expected one SELECT. Correct the file.")
    code = re.sub(r"--[^\n]*", "", text)
    if found := _BANNED.search(code):
        raise ConfigError(f"query {name}: got {found[0]!r}, expected only marts. Read the mart by its bare name.")
    return text


def _failure(name: str, error: duckdb.Error) -> str:
    """What to say of a failed query. Only errors of the text itself are quoted: others may hold a value of the data."""
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException | duckdb.ParserException):
        return f"query {name}: {error}"
    return f"query {name}: got {type(error).__name__}, expected rows. Look at the query and its parameters."
