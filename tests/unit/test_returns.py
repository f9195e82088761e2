"""What goes back to a department: all it must put right, with what to do, and nothing of any other department."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.conftest import Town
from warehouse.app_db import app_db, audit
from warehouse.contracts import load_contracts
from warehouse.errors import AccessDeniedError, UsageError
from warehouse.exports.returns import returns_workbook, told_findings, unread_values
from warehouse.exports.returns_report import returns_file, write_returns
from warehouse.gate import open_gate
from warehouse.i18n import set_language
from warehouse.queries.returns import returns
from warehouse.scope import Role, Scope, as_department

MONTH = dt.date(2025, 12, 1)
TABS = ["说明", "被退回的行", "无法读取的值", "疑点数据", "未关联的行", "报送情况"]


def office(town: Town) -> Scope:
    gate = open_gate(town.database)
    return Scope(1, "o", Role.OFFICE, areas=gate.villages, households=True, departments=gate.departments)


def asker(town: Town, department: str) -> Callable[..., pl.DataFrame]:
    """Questions with the reach of one department."""
    gate, scope = open_gate(town.database), as_department(office(town), department)
    return lambda question, /, **given: gate.query(question, scope, given)


def mart(town: Town, sql: str, *parameters: object) -> pl.DataFrame:
    with duckdb.connect(str(town.database), read_only=True) as connection:
        return connection.sql(sql, params=list(parameters)).pl()


def rows_of(page: Worksheet) -> list[dict[str, object]]:
    """The rows of the table on a sheet, by heading; the header is the first row with a frozen pane under it."""
    header = int(page.freeze_panes[1:]) - 1
    heads = [cell.value for cell in page[header]]
    found = [dict(zip(heads, (cell.value for cell in row), strict=False)) for row in page.iter_rows(min_row=header + 1)]
    return [row for row in found if sum(value is not None for value in row.values()) > 1]


def book_of(town: Town, department: str) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(returns_file(asker(town, department), department, MONTH)))


def departments(town: Town) -> list[str]:
    return mart(town, "select distinct owner from fct_push order by 1")["owner"].to_list()


def test_each_sheet_holds_all_that_the_marts_hold(town: Town) -> None:
    """Counted against the marts, department by department; every row says what to do."""
    own = "owner = ? and month = ?"
    counts = {
        "被退回的行": f"select count(*) as n from quarantine where {own}",
        "疑点数据": f"select count(*) as n from fct_finding where {own} and subject in ('household', 'person')",
        "未关联的行": f"select count(*) as n from fct_unlinked_row where {own}",
    }
    seen = dict.fromkeys(counts, 0)
    for department in departments(town):
        book = book_of(town, department)
        assert book.sheetnames == TABS
        for tab, sql in counts.items():
            rows = rows_of(book[tab])
            assert len(rows) == mart(town, sql, department, MONTH)["n"][0], f"{department} {tab}"
            assert all(row["怎么办"] for row in rows)
            seen[tab] += len(rows)
    assert min(seen.values()) > 0, "the sample plants something for every sheet"


def test_a_file_holds_nothing_of_another_department(town: Town) -> None:
    """No file, no list and no refused value of another; a fact of another's list is said to stand there, not told."""
    contracts = load_contracts()
    owner = dict(mart(town, "select extract, owner from dim_extract").iter_rows())
    sent = mart(town, "select distinct file_name, extract from meta_load where is_winning and status = 'landed'")
    for department in departments(town):
        own_titles = {contracts[name].title for name in owner if owner[name] == department}
        own_files = {name for name, extract in sent.iter_rows() if owner[extract] == department}
        book = book_of(town, department)
        for tab in TABS[1:]:
            for row in rows_of(book[tab]):
                assert row["名单"] in own_titles, f"{department} {tab}"
                assert row.get("文件") is None or row["文件"] in own_files


def test_a_fact_of_another_list_is_not_told(town: Town) -> None:
    """The income list contradicts the roster, which the police keep: its owner learns that, not the roster's number."""
    sql = "select second_fact from fct_finding where rule = 'size_mismatch' and month = ?"
    assert mart(town, sql, MONTH)["second_fact"].null_count() == 0, "the office knows it"
    rows = [row for row in rows_of(book_of(town, "town")["疑点数据"]) if row["疑点"] == "家庭人口不一致"]
    assert rows
    assert all(
        "户籍名册在册（内容见《农户家庭成员信息表》，归其他部门，此处不列）人" in str(row["说明"]) for row in rows
    )


def test_the_reach_of_a_department_gives_no_rows_of_another(town: Town) -> None:
    """Asked for another department by its code, the views give nothing: the parameter chooses, it grants nothing."""
    ask = asker(town, "health")
    for question in ("returns/rejected", "returns/files", "returns/unlinked", "returns/pushes"):
        assert ask(question, department="town", month=MONTH).is_empty(), question
    asked = {"department": "town", "month": MONTH, "extract": None, "limit": 10}
    assert ask("findings/of_department", **asked).is_empty()


@pytest.mark.parametrize("role", [Role.LEADER, Role.CADRE, Role.ADMINISTRATOR, None])
def test_only_the_office_and_the_department_take_its_place(town: Town, role: Role | None) -> None:
    with pytest.raises(AccessDeniedError):
        as_department(replace(office(town), role=role), "town")


def test_a_department_takes_no_other_departments_place(town: Town) -> None:
    own = Scope(1, "d", Role.DEPARTMENT, departments=("health",))
    assert as_department(own, "health").departments == ("health",)
    with pytest.raises(AccessDeniedError):
        as_department(own, "town")


def test_no_names_no_ids_no_formulas(town: Town) -> None:
    """Against the truth: no name of anybody, no ID number, no cell that a spreadsheet would run."""
    people = set(town.truth("truth")["name"].unique()) if "name" in town.truth("truth").columns else set()
    for department in departments(town):
        for page in book_of(town, department):
            for row in page.iter_rows():
                for cell in row:
                    assert cell.data_type != "f"
                    text = str(cell.value or "")
                    assert text not in people
                    assert "99010" not in text or "*" in text


def test_a_value_that_looks_like_a_formula_is_text(town: Town) -> None:
    found = returns(asker(town, "town"), department="town", month=MONTH)
    planted = found.rejected.head(1).with_columns(
        shown=pl.lit('=HYPERLINK("http://x","y")'), file_name=pl.lit("@a.csv")
    )
    assert planted.height == 1
    book = openpyxl.load_workbook(BytesIO(returns_workbook(replace(found, rejected=planted))))
    [row] = rows_of(book["被退回的行"])
    assert row["内容（已遮蔽）"] == '\'=HYPERLINK("http://x","y")'
    assert row["文件"] == "'@a.csv"


def test_cells_are_typed_and_the_file_says_whence(town: Town) -> None:
    book = book_of(town, "town")
    pushes = rows_of(book["报送情况"])
    assert all(isinstance(row["报送期限"], dt.datetime) for row in pushes if row["报送期限"] is not None)
    assert all(isinstance(row["行号"], int) for row in rows_of(book["被退回的行"]))
    head = "\n".join(str(book["说明"].cell(row, 1).value) for row in range(1, 6))
    assert "2025年12月" in head
    assert town.database.stem in head
    assert "样例数据" in head


def test_a_zero_report_is_no_missing_list(town: Town) -> None:
    """Of a month with both: the one is told to be sent, of the other there is nothing to do."""
    both = mart(
        town,
        "select owner, month from fct_push group by all "
        "having count(*) filter (where state = 'missing') > 0 order by month desc, owner limit 1",
    ).row(0, named=True)
    ask = asker(town, both["owner"])
    data = returns_file(ask, both["owner"], both["month"])
    states = {
        (row["名单"], row["状态"]): row["怎么办"] for row in rows_of(openpyxl.load_workbook(BytesIO(data))["报送情况"])
    }
    assert [fix for (_, state), fix in states.items() if state == "未到"] == ["请尽快补报；没有人员的报零报告"]
    zero = mart(
        town, "select owner from fct_push where is_zero_report and state = 'on_time' and month = ? limit 1", MONTH
    )
    rows = rows_of(book_of(town, zero["owner"][0])["报送情况"])
    assert next(row["怎么办"] for row in rows if row["状态"] == "零报告") is None


def test_a_list_missing_in_an_earlier_month_is_still_told(town: Town) -> None:
    row = mart(
        town,
        "select owner, month, title from fct_push join dim_extract using (extract, owner) "
        "where state = 'missing' order by month, extract limit 1",
    )
    owner, month, title = row.row(0)
    told = [(r["数据月份"], r["名单"]) for r in rows_of(book_of(town, owner)["报送情况"]) if r["状态"] == "未到"]
    assert (dt.datetime(month.year, month.month, 1), title) in told


def test_values_not_read_are_counted_by_column(town: Town) -> None:
    files = pl.DataFrame(
        {
            "extract": ["household_income", "household_income"],
            "title": ["甲", "甲"],
            "title_en": ["a", "a"],
            "file_name": ["x.xlsx", "y.xlsx"],
            "nulled": ['{"wage_income": 3, "period_end": 1}', "{}"],
        }
    )
    told = unread_values(files)
    assert told.select("file_name", "cells").rows() == [("x.xlsx", 1), ("x.xlsx", 3)]
    assert set(told["column_title"]).isdisjoint({"wage_income", "period_end"}), "columns as the sheet heads them"


def test_refused_rows_are_not_told_twice(town: Town) -> None:
    """Findings on refused rows and unread columns stand in sheets of their own."""
    found = returns(asker(town, "town"), department="town", month=MONTH)
    assert {"id_check_digit", "value_unreadable", "id_length"}.isdisjoint(told_findings(found.findings)["rule"])


def test_the_command_writes_one_file_for_each(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    written = write_returns(town.settings, "2025-12", tmp_path / "out", "en")
    set_language("zh_CN")
    assert len(written) == len(departments(town)) == len({path.name for path in written})
    assert openpyxl.load_workbook(written[0]).sheetnames[1] == "Rows refused"
    noted = audit.entries(app_db(town.settings), action=audit.Action.EXPORTED)
    assert sorted(noted["target"]) == sorted(path.name for path in written)
    for month in ("2031-01", "2025-13", "Q4"):
        with pytest.raises(UsageError):
            write_returns(town.settings, month, tmp_path / "out", "zh_CN")
