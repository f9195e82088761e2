"""A tiny published snapshot whose every row carries a canary: the village or department it belongs to."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb
import pytest
from argon2 import PasswordHasher

from tests.clock import Clock
from warehouse.app_db import AppDb, app_db, open_app_db, users
from warehouse.app_db.sessions import session_id_of, start_session
from warehouse.scope import ALL, Role, Scope, build_scope
from warehouse.settings import ROOT, Settings
from warehouse.snapshots import Snapshot

VILLAGES = ("340621109200", "340621109201", "340621109202")
TOWN = "340621109000"
DEPARTMENTS = ("civil_affairs", "health", "rural_revitalisation")
PASSWORD = "wheat-field-42"

# One household of two persons in each village, one rejected row of each department. `canary` names the owner of a row,
# so that a test can look for what must not be there without knowing the columns.
MARTS = f"""
create table dim_area as select * from (values
    ('{TOWN}', '孙疃镇', 'town', null, false, 0, '镇', 'town', 'towns', 'canary-{TOWN}'),
    ('{VILLAGES[0]}', '杨柳村', 'village', '{TOWN}', true, 1, '村', 'village', 'villages', 'canary-{VILLAGES[0]}'),
    ('{VILLAGES[1]}', '代庙村', 'village', '{TOWN}', true, 1, '村', 'village', 'villages', 'canary-{VILLAGES[1]}'),
    ('{VILLAGES[2]}', '马家村', 'village', '{TOWN}', true, 1, '村', 'village', 'villages', 'canary-{VILLAGES[2]}')
) t(area_code, name, level, parent_code, is_unit, depth, level_word, level_word_en, level_words_en, canary);
create table village as select area_code, canary, row_number() over (order by area_code)::int as n
    from dim_area where level = 'village';
create table dim_department as select * from (values
    ('civil_affairs', '民政局', 'Civil affairs'), ('health', '卫健委', 'Health'),
    ('rural_revitalisation', '乡村振兴局', 'Revitalisation')
) t(department_code, name, name_en);
create table dim_extract as select * from (values
    ('dibao_recipients', '最低生活保障对象名册', 'Dibao recipients', 'civil_affairs'),
    ('major_disease', '新增大病人员名单', 'Major disease', 'health'),
    ('monitored_households', '防止返贫监测对象台账', 'Monitored households', 'rural_revitalisation')
) t(extract, title, title_en, owner);
create table meta_snapshot as select 'tiny' as snapshot_id, timestamp '2026-01-11 03:00' as built_at,
    'suntuan' as profile, '孙疃镇' as profile_name, 'Suntuan' as profile_name_en, date '2026-01-10' as as_of,
    date '2025-11-01' as first_month, date '2025-12-01' as last_month, true as sample_data, 'rules-1' as rules_version;
create table months as select * from (values (date '2025-11-01'), (date '2025-12-01')) t(month);
create table fct_push as select month, extract, owner, last_day(month) + 10 as due_on,
    case when extract <> 'major_disease' or month < date '2025-12-01' then last_day(month) + 8 end as received_on,
    case when extract <> 'major_disease' or month < date '2025-12-01' then 'on_time' else 'missing' end as state,
    'register' as kind, null::text as towns_missing,
    'canary-' || owner as canary from months, dim_extract;
create table meta_load as select extract, owner, extract || '.xlsx' as file_name, 'canary-' || owner as canary
    from dim_extract;
create table quarantine as select extract, owner, 3 as row_no, '身份证号码' as column_name, '3406**' as shown,
    'canary-' || owner as canary from dim_extract;
create table metric_values as
    select 'coverage_rate' as metric, 'area' as scope, area_code as scope_code, '2025-12' as period, canary from village
    union all select 'coverage_rate', 'profile', '{TOWN}', '2025-12', 'canary-profile'
    union all select 'push_on_time', 'department', department_code, '2025-12', 'canary-' || department_code
    from dim_department;
create table agg_area_month as select month, 'area' as scope, area_code, 100 as households, month as roster_month,
    canary from months, village
    union all select month, 'profile', null, 300, month, 'canary-profile' from months;
create table fct_issue as select 'i' || n as issue_no, area_code, 'h' || n as household_key,
    '王小勇家漏保' as description, canary from village;
create table dim_household as select 'h' || n as household_key, 'HN' || n as household_no, area_code,
    '王小勇' as head_name, canary from village;
create table fct_household_month as select month, 'h' || n as household_key, 'HN' || n as household_no, area_code,
    5000.0 as income_per_head, canary from months, village;
create table fct_person_month as select month, 'p' || n as person_key, 'h' || n as household_key, 40 as age, canary
    from months, village;
create table dim_person as
    select 'p' || n as person_key, 'h' || n as household_key, '王小勇' as name, 'k' || n as id_key,
        '340621************' as id_masked, date '1980-12-31' as birth_on, '男' as sex, area_code, canary from village
    union all
    select 'q' || n, 'h' || n, '张三', 'l' || n, '340621************', date '2010-01-01', '男', area_code, canary
    from village;
create table secret_of_tomorrow as select canary from village;
drop table village;
"""


@dataclass(frozen=True)
class Tiny:
    """A data folder with one snapshot, and its application database."""

    settings: Settings
    snapshot: Path

    @property
    def db(self) -> AppDb:
        return app_db(self.settings)

    def scope(self, role: Role, areas: tuple[str, ...] = (ALL,), households: bool = False) -> Scope:
        return build_scope(
            user_id=1,
            user_name="test",
            role=role,
            granted_areas=areas,
            granted_departments=("health",),
            granted_households=households,
            villages=VILLAGES,
            departments=DEPARTMENTS,
        )


def write_snapshot(folder: Path, snapshot_id: str = "tiny", *, sample_data: bool = True) -> Path:
    snapshots = folder / "snapshots"
    snapshots.mkdir(parents=True, exist_ok=True)
    path = snapshots / f"{snapshot_id}.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(MARTS)
    record = Snapshot(
        snapshot_id=snapshot_id,
        built_at="2026-01-11T03:00:00+00:00",
        profile="suntuan",
        as_of="2026-01-10",
        first_month="2025-11-01",
        last_month="2025-12-01",
        rules_version="rules-1",
        sample_data=sample_data,
        tables={},
    )
    (snapshots / f"{snapshot_id}.json").write_text(json.dumps(asdict(record)), encoding="utf-8")
    (snapshots / "current").write_text(snapshot_id + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    folder = tmp_path_factory.mktemp("tiny")
    return Tiny(Settings(data_dir=folder, sample_ids=True), write_snapshot(folder))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock) -> AppDb:
    """An application database of its own, at a moment the test chooses, with Argon2id at its cheapest."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return open_app_db(f"sqlite:///{tmp_path / 'app.db'}", b"k" * 32, clock, cheap)


@pytest.fixture
def page_session(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Sign a role in and give its session id, for `AppTest.user = {"kanhu_session": id}`."""
    monkeypatch.setenv("KANHU_DATA_DIR", str(tiny.settings.data_dir))
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    monkeypatch.delenv("KANHU_APP_DB", raising=False)

    def signed_in(role: Role, areas: tuple[str, ...] = (ALL,)) -> str:
        granted = areas if role in (Role.OFFICE, Role.LEADER, Role.CADRE) else ()
        return session_id_of(start_session(tiny.db, users.add_demo_user(tiny.db, role, granted)))

    return signed_in


@dataclass(frozen=True)
class Live:
    """A running server."""

    url: str
    settings: Settings
    process: subprocess.Popen[bytes] = field(repr=False)
    log: Path


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def start_server(settings: Settings, *, demo: bool, cwd: Path) -> Live:
    """`serve` in a process of its own, from another working directory than the repository's."""
    port = free_port()
    code = (
        "from pathlib import Path; from warehouse.server import serve; from warehouse.settings import Settings; "
        f"serve(Settings(data_dir=Path({str(settings.data_dir)!r}), sample_ids=True), "
        f"host='127.0.0.1', port={port}, demo={demo})"
    )
    log = cwd / f"server-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=cwd,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "900"},
        )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return Live(f"http://127.0.0.1:{port}", settings, process, log)
        time.sleep(0.1)
    process.kill()
    raise AssertionError(f"server did not start: {log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def live(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A server with sign-in: users `chief` (administrator), `office` and `yangliu` (cadre of the first village)."""
    users.add_user(tiny.db, "chief", Role.ADMINISTRATOR, PASSWORD)
    users.add_user(tiny.db, "office", Role.OFFICE, PASSWORD, areas=[ALL])
    users.add_user(tiny.db, "yangliu", Role.CADRE, PASSWORD, areas=[VILLAGES[0]])
    server = start_server(tiny.settings, demo=False, cwd=tmp_path_factory.mktemp("elsewhere"))
    yield server
    server.process.terminate()
    server.process.wait(20)


@pytest.fixture(scope="session")
def live_demo(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    server = start_server(tiny.settings, demo=True, cwd=tmp_path_factory.mktemp("demo"))
    yield server
    server.process.terminate()
    server.process.wait(20)
