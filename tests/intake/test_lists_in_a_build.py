"""What a build reads of lists in two files, of lists that came empty, and of lists that did not come."""

from __future__ import annotations

import contextlib
import datetime as dt

import duckdb
import pytest

from warehouse.build import plan_build, reconcile, register
from warehouse.contracts import load_contracts
from warehouse.intake import import_files
from warehouse.snapshots import Snapshot

MONTH = "2025-03"
HOUSEHOLDS = [
    "户主姓名",
    "户主身份证号",
    "家庭人口",
    "保障人口",
    "所属社区",
    "纳入月份",
    "家庭成员姓名",
    "家庭成员身份证号",
]
PERSONS = ["所属区划", "姓名", "身份证号", "与户主关系", "户主身份证号", "纳入月份"]


@pytest.fixture
def built(settings, profile, tmp_path, write, make_rows):
    """Import files beside a roster, register them as a build does, and ask the build file."""

    def asked(sql: str, **files: bytes) -> list[tuple[object, ...]]:
        folder = tmp_path / "in" / MONTH
        folder.mkdir(parents=True)
        (folder / "household_roster.xlsx").write_bytes(write.xlsx(make_rows(load_contracts()["household_roster"])))
        for name, content in files.items():
            (folder / f"{name}.xlsx").write_bytes(content)
        report = import_files([folder], settings, profile, received_on=dt.date(2025, 4, 8))
        assert not report.refused
        plan = plan_build(settings, profile, None)
        first = plan.months[0].isoformat()
        snapshot = Snapshot("s", "2025-04-08T00:00:00+00:00", profile.name, "2025-04-08", first, first, "r", True, {})
        database = tmp_path / "build.duckdb"
        register(database, settings, plan, snapshot)
        reconcile(database)
        with contextlib.closing(duckdb.connect(str(database), read_only=True)) as con:
            return con.execute(sql).fetchall()

    return asked


@pytest.fixture
def households(write, make_id):
    rows = [["王勇", make_id(1), "2", "1", "杨柳村", "202401", "李秀芳", make_id(2)]]
    rows += [["坏行", "12345", "2", "1", "杨柳村", "202401", "", ""]]
    return write.xlsx([["低保边缘家庭查询"], [], HOUSEHOLDS, *rows])


def test_persons_are_completed_and_each_file_adds_up(built, households, write, make_id):
    persons = write.xlsx(
        [["低保边缘人员查询"], [], PERSONS, ["濉溪县", "李秀芳", make_id(2), "配偶", make_id(1), "202401"]]
    )
    rows = built(
        "select name, head_name, area_code, admitted_on from landed.dibao_edge_members",
        低保边缘家庭查询_20250401=households,
        低保边缘人员查询_20250401=persons,
    )
    assert rows == [("李秀芳", "王勇", "340621109204", dt.date(2024, 1, 1))]


def test_households_alone_are_a_list_that_is_missing(built, households):
    """A list that counts as received and holds nobody would show every family as having left it."""
    received = "select extract from landed.loads where is_winning and extract = 'dibao_edge_members'"
    files = {"低保边缘家庭查询_20250401": households}
    assert built(f"select ({received}), (select count(*) from landed.dibao_edge_members)", **files) == [(None, 0)]


def test_a_list_without_rows_is_received(built, write):
    head = [column.title for column in load_contracts()["petitions"].columns]
    counted = "select extract, rows_read from landed.loads where extract in ('petitions', 'major_disease')"
    assert built(counted, petitions=write.xlsx([head, ["本月无新增"]])) == [("petitions", 0)]
