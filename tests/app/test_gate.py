"""The gate: no query of any role sees a row outside its scope, and no text or value gets round the views."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.app.conftest import DEPARTMENTS, TOWN, VILLAGES, Tiny
from warehouse import gate, session
from warehouse.app_db import app_db, audit
from warehouse.errors import AccessDeniedError, ConfigError, SnapshotError
from warehouse.gate import MARTS, SQL, Gate, checked_sql, sql_text
from warehouse.scope import ALL, Role, Scope
from warehouse.settings import load_settings
from warehouse.snapshots import current_snapshot

ROOT = Path(gate.__file__).parents[1]
NOBODY = Scope(0, "nobody", None)


@pytest.fixture
def door(tiny: Tiny) -> Gate:
    return gate.open_gate(tiny.snapshot)


def rows(door: Gate, scope: Scope, text: str, **params: object) -> pl.DataFrame:
    """What a query file with this text would give."""
    cursor = door.connection.cursor()
    for name, value in door.variables(scope).items():
        cursor.execute(f"set variable {name} = $value", {"value": value})
    return cursor.sql(checked_sql("test/text", text), params=params).pl()


def scopes(tiny: Tiny) -> dict[str, Scope]:
    return {
        "leader": tiny.scope(Role.LEADER),
        "leader_granted": tiny.scope(Role.LEADER, households=True),
        "office": tiny.scope(Role.OFFICE),
        "cadre": tiny.scope(Role.CADRE, (VILLAGES[1],)),
        "department": tiny.scope(Role.DEPARTMENT, ()),
        "administrator": tiny.scope(Role.ADMINISTRATOR, ()),
        "office_without_areas": tiny.scope(Role.OFFICE, ()),
        "cadre_of_nowhere": tiny.scope(Role.CADRE, ("999999999999",)),
        "nobody": NOBODY,
    }


ROLES = (
    "leader",
    "leader_granted",
    "office",
    "cadre",
    "department",
    "administrator",
    "office_without_areas",
    "cadre_of_nowhere",
    "nobody",
)
PRESENT = sorted(set(MARTS) & set(re.findall(r"create table (\w+)", (ROOT / "tests/app/conftest.py").read_text())))


def allowed_canaries(scope: Scope) -> set[str]:
    """What a scope may find: its villages, the units above them, the profile, its departments."""
    areas = {f"canary-{code}" for code in scope.areas}
    above = {f"canary-{TOWN}", "canary-profile"} if scope.areas else set()
    return areas | above | {f"canary-{code}" for code in scope.departments}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "mart", [mart for mart in PRESENT if not mart.startswith(("meta_snapshot", "dim_dep", "dim_ex"))]
)
def test_no_row_outside_the_scope(door: Gate, tiny: Tiny, mart: str, role: str) -> None:
    """One canary row per village and department: whatever a mart gives is the scope's own."""
    scope = scopes(tiny)[role]
    found = set(rows(door, scope, f"select canary from {mart}")["canary"])
    assert found <= allowed_canaries(scope)


@pytest.mark.parametrize(
    ("role", "mart", "count", "why"),
    [
        ("office", "dim_area", 4, "three villages and the town above them"),
        ("cadre", "dim_area", 2, "own village and the town"),
        ("administrator", "dim_area", 0, "no areas"),
        ("leader", "agg_area_month", 8, "two months of three villages and of the whole"),
        ("cadre", "agg_area_month", 4, "two months of one village and of the whole, to compare with"),
        ("cadre_of_nowhere", "agg_area_month", 0, "without a village of this place not even the whole"),
        ("leader", "fct_household_month", 0, "aggregates only"),
        ("leader_granted", "fct_household_month", 6, "households were granted"),
        ("office", "fct_household_month", 6, "all"),
        ("cadre", "fct_household_month", 2, "own village"),
        ("department", "fct_household_month", 0, "no household pages"),
        ("administrator", "fct_household_month", 0, "no household data"),
        ("cadre", "fct_person_month", 2, "limited through the household: the mart has no area"),
        ("leader", "fct_person_month", 0, "aggregates only"),
        ("leader", "metric_values", 7, "profile, three villages, three departments"),
        ("cadre", "metric_values", 5, "profile, own village, three departments"),
        ("department", "metric_values", 1, "own department"),
        ("office_without_areas", "metric_values", 3, "departments; without areas not even the profile's figure"),
        ("department", "fct_push", 2, "own list, two months"),
        ("cadre", "fct_push", 6, "which lists came is for everyone who reads figures"),
        ("office", "quarantine", 3, "all rejected rows"),
        ("department", "quarantine", 1, "own rejected row"),
        ("administrator", "quarantine", 3, "loads are the administrator's work"),
        ("leader", "quarantine", 0, "rejected rows show single cells"),
        ("cadre", "quarantine", 0, "rejected rows have no village"),
        ("nobody", "meta_snapshot", 0, "nobody signed in"),
        ("office", "meta_snapshot", 1, "signed in"),
    ],
)
def test_what_each_role_sees(door: Gate, tiny: Tiny, role: str, mart: str, count: int, why: str) -> None:
    assert rows(door, scopes(tiny)[role], f"select * from {mart}").height == count, why


@pytest.mark.parametrize("mart", PRESENT)
def test_unset_null_and_empty_give_no_rows(door: Gate, mart: str) -> None:
    """A cursor whose variables nobody set, or set to null or to an empty list, sees nothing."""
    for areas in ("", "null", "[]::varchar[]"):
        cursor = door.connection.cursor()
        if areas:
            for name in ("areas", "departments"):
                cursor.execute(f"set variable {name} = {areas}")
            cursor.execute("set variable households = null")
            cursor.execute("set variable role = null")
        assert cursor.sql(f"select * from {mart}").pl().height == 0


def test_every_query_file_runs_for_every_role_and_gives_nothing_to_nobody(door: Gate, tiny: Tiny) -> None:
    """Query files whose marts the tiny snapshot has; the others are run on the sample town by the pages' tests."""
    ran = []
    for path in sorted(SQL.rglob("*.sql")):
        name = path.relative_to(SQL).with_suffix("").as_posix()
        text = sql_text(name)
        named = set(re.findall(r"\b(?:dim|fct|agg|meta)_\w+|\bquarantine\b|\bmetric_values\b", text))
        if name.split("/")[0] != "shell":
            continue
        assert named <= set(PRESENT)
        params = dict.fromkeys(re.findall(r"\$(\w+)", text), "2025-12-01")
        for role, scope in scopes(tiny).items():
            frame = door.query(name, scope, params)
            if role in ("nobody",):
                assert frame.is_empty(), name
            for column in ("area_code", "owner"):
                if column in frame.columns:
                    above = {TOWN} if scope.areas else set()  # the names of those above own villages
                    assert set(frame[column]) <= {*scope.areas, *above, *scope.departments}, (name, role)
        ran.append(name)
    assert len(ran) >= 3


def test_every_mart_of_the_models_has_its_line() -> None:
    """A new mart is closed until someone says who may see it; this says that it has to be said."""
    models = {path.stem for path in (ROOT / "dbt_project" / "models" / "marts").rglob("*.sql")}
    assert models - set(MARTS) == set()


def test_a_mart_nobody_spoke_of_does_not_exist(door: Gate, tiny: Tiny) -> None:
    with pytest.raises(duckdb.CatalogException, match="secret_of_tomorrow does not exist"):
        rows(door, tiny.scope(Role.OFFICE), "select * from secret_of_tomorrow")


def test_identities_are_masked_and_birth_dates_become_ages(door: Gate, tiny: Tiny) -> None:
    people = rows(door, tiny.scope(Role.CADRE, (VILLAGES[0],)), "select * from dim_person order by person_key")
    assert people["name"].to_list() == ["王*勇", "张*"]
    assert "birth_on" not in people.columns
    assert "id_key" not in people.columns
    # 31 December 1980, told on 31 December 2025: the birthday counts. 1 January 2010 was 15 years before.
    assert people["age"].to_list() == [45, 15]


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小勇", "王*勇"),
        ("张三", "张*"),
        ("欧阳修", "欧阳*"),
        ("欧阳小明", "欧阳**"),
        ("阿", "*"),
        ("阿依古丽", "阿**丽"),
    ],
)
def test_masks(door: Gate, name: str, masked: str) -> None:
    assert door.connection.cursor().execute("select mask_name($n)", {"n": name}).fetchone() == (masked,)


def test_a_leader_sees_an_issue_but_not_whose_house_it_is(door: Gate, tiny: Tiny) -> None:
    text = "select household_key, description, area_code from fct_issue order by area_code"
    assert rows(door, tiny.scope(Role.LEADER), text).row(0) == (None, None, VILLAGES[0])
    assert rows(door, tiny.scope(Role.OFFICE), text).row(0) == ("h1", "王小勇家漏保", VILLAGES[0])


@pytest.mark.parametrize(
    "text",
    [
        "select * from snapshot.main.dim_person",
        "select * from Snapshot . main.dim_person",
        "select * from query('select 1')",
        "select * from query_table('dim_person')",
        "select * from read_csv('/etc/passwd')",
        "select * from glob('/etc/*')",
        "select getvariable('areas')",
        "select * from duckdb_tables()",
        "select * from information_schema.tables",
        "set variable areas = ['340621109200']",
        "select 1; select 2",
        "detach snapshot",
        "create table t as select 1",
        "copy (select 1) to '/tmp/leak.csv'",
        "selekt 1",
    ],
)
def test_a_query_file_that_reaches_behind_the_views_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        checked_sql("test/text", text)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "shell/../shell/areas",
        "shell",
        "shell/areas.sql",
        "/etc/passwd",
        "shell/none",
        "SHELL/areas",
        "",
    ],
)
def test_a_name_is_only_a_name(door: Gate, tiny: Tiny, name: str) -> None:
    with pytest.raises(ConfigError):
        door.query(name, tiny.scope(Role.OFFICE), {})


@pytest.mark.parametrize("value", ["2025-12-01' or 1=1 --", "'; drop table dim_area; --", "2025-12-01); select 1"])
def test_a_parameter_is_only_a_value(door: Gate, tiny: Tiny, value: str) -> None:
    """It is bound, so the text fails to be a date; and the message does not repeat it."""
    with pytest.raises(SnapshotError) as caught:
        door.query("shell/freshness", tiny.scope(Role.OFFICE), {"month": value})
    assert value not in str(caught.value)


def test_areas_of_a_scope_are_values_too(door: Gate) -> None:
    scope = Scope(1, "x", Role.CADRE, ("x') or 1=1 --", "340621109200' , '"), households=True)
    assert door.query("shell/areas", scope, {}).is_empty()


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from '/etc/passwd'",
        "attach '/tmp/other.duckdb'",
        "copy (select 1) to '/tmp/leak.csv'",
        "export database '/tmp/leak'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "set max_execution_time = 0",
        "set memory_limit = '64GB'",
        "insert into snapshot.main.dim_area select * from snapshot.main.dim_area",
        "drop table snapshot.main.dim_area",
        "select * from tiny",
    ],
)
def test_the_connection_is_locked(door: Gate, statement: str) -> None:
    """Even SQL that came past the check of the files cannot leave the snapshot or loosen the settings."""
    tiny = pl.DataFrame({"leak": [1]})
    assert tiny.height == 1
    with pytest.raises(duckdb.Error):
        door.connection.cursor().execute(statement).fetchall()


def test_a_query_that_runs_too_long_is_stopped(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit must hold for the cursors, not only for the connection they come from."""
    monkeypatch.setattr(gate, "TIME_LIMIT_MS", 200)
    door = gate.open_gate.__wrapped__(tiny.snapshot)
    with pytest.raises(duckdb.InterruptException, match="maximum execution time"):
        door.connection.cursor().sql("select count(*) from range(100000) a, range(100000) b where random() > 2").pl()


def test_sixteen_threads_with_different_scopes_never_mix(door: Gate, tiny: Tiny) -> None:
    barrier = threading.Barrier(16)

    def ask(n: int) -> bool:
        village = VILLAGES[n % 3]
        scope = tiny.scope(Role.CADRE, (village,))
        barrier.wait(10)
        return all(door.query("shell/areas", scope, {})["area_code"].to_list() == [village] for _ in range(20))

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(16)))


def test_a_query_without_a_scope_is_refused(door: Gate) -> None:
    with pytest.raises(AccessDeniedError):
        door.query("shell/areas", None, {})  # type: ignore[arg-type]


def test_the_pointer_decides_which_snapshot_is_read(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANHU_DATA_DIR", str(tiny.settings.data_dir))
    assert gate.query("shell/snapshot", tiny.scope(Role.OFFICE))["profile_name"].to_list() == ["孙疃镇"]
    monkeypatch.setenv("KANHU_DATA_DIR", str(tiny.settings.data_dir / "empty"))
    with pytest.raises(SnapshotError, match="kanhu build"):
        gate.query("shell/snapshot", tiny.scope(Role.OFFICE))


def test_a_grant_of_all_is_written_out(door: Gate, tiny: Tiny) -> None:
    assert door.villages == VILLAGES
    assert door.departments == DEPARTMENTS
    assert tiny.scope(Role.LEADER, (ALL,)).areas == VILLAGES
    assert tiny.scope(Role.ADMINISTRATOR, (ALL,)).areas == (), "a grant does not give a role what it is not for"


def test_only_the_doors_open_duckdb() -> None:
    """The planted line below shows that the pattern finds what it must."""
    pattern = re.compile(r"duckdb\s*\.\s*connect|from duckdb import .*connect")
    assert pattern.search("con = duckdb.connect(path)")
    files = [*(ROOT / "warehouse").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
    found = {path.name for path in files if pattern.search(path.read_text(encoding="utf-8"))}
    assert found <= {"gate.py", "build.py", "snapshots.py", "builds.py"}, "builds.py of the bench, in memory"


@pytest.mark.parametrize("value", ["unset", None, False])
def test_names_are_masked_unless_a_query_is_a_reveal(door: Gate, tiny: Tiny, value: object) -> None:
    """Unset, null and false: masked."""
    cursor = door.connection.cursor()
    told = door.variables(tiny.scope(Role.OFFICE)) | ({} if value == "unset" else {"unmasked": value})
    for name, held in told.items():
        cursor.execute(f"set variable {name} = $value", {"value": held})
    assert set(cursor.sql("select name from dim_person").pl()["name"]) == {"王*勇", "张*"}


def test_a_reveal_shows_whole_names_of_the_scope_and_nothing_else(door: Gate, tiny: Tiny) -> None:
    """Names of own villages; an ID stays masked, a key or a birth date has no column; the next cursor is masked."""
    cursor = door.connection.cursor()
    for name, held in {**door.variables(tiny.scope(Role.CADRE, (VILLAGES[1],))), "unmasked": True}.items():
        cursor.execute(f"set variable {name} = $value", {"value": held})
    frame = cursor.sql("select * from dim_person").pl()
    assert set(frame["name"]) == {"王小勇", "张三"}
    assert set(frame["canary"]) == {f"canary-{VILLAGES[1]}"}
    assert set(frame["id_masked"]) == {"340621************"}
    assert not {"id_key", "birth_on"} & set(frame.columns)
    after = rows(door, tiny.scope(Role.OFFICE), "select name from dim_person")
    assert set(after["name"]) == {"王*勇", "张*"}


@pytest.mark.parametrize("role", ["leader", "department", "administrator", "nobody"])
def test_who_sees_no_household_reveals_nothing(door: Gate, tiny: Tiny, role: str) -> None:
    with pytest.raises(AccessDeniedError, match="expected one that sees households"):
        door.query("shell/area_tree", scopes(tiny)[role], {}, is_revealed=True)


def test_a_reveal_is_audited_before_a_row_is_read(tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a question that cannot be asked leaves its entry; without a reason, or for a leader, there is neither."""
    monkeypatch.setenv("KANHU_DATA_DIR", str(tiny.settings.data_dir))
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    session._snapshot.set(current_snapshot(tiny.settings))
    db = app_db(load_settings())
    for scope, reason in ((tiny.scope(Role.OFFICE), " "), (tiny.scope(Role.LEADER), "入户核查")):
        with pytest.raises(AccessDeniedError):
            session.revealed("household/none", scope, reason=reason, target="h1")
    assert audit.entries(db, action=audit.Action.REVEALED).is_empty()
    with pytest.raises(ConfigError):
        session.revealed("household/none", tiny.scope(Role.OFFICE), reason="入户核查", target="h1")
    entry = audit.entries(db, action=audit.Action.REVEALED).row(0, named=True)
    assert entry["target"] == "h1"
    assert "入户核查" in entry["detail"]
