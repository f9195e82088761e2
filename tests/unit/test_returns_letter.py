"""The letter to a department says what the workbook says: what came, what was refused and why, and by when to mend."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.conftest import Town
from warehouse.exports.notice import docx_text
from warehouse.exports.returns_letter import letter, write
from warehouse.gate import current_gate
from warehouse.queries.returns import Returns, returns
from warehouse.scope import Role, Scope

MONTH = dt.date(2025, 12, 1)


@pytest.fixture
def found(town: Town) -> Returns:
    own = Scope(0, "", Role.DEPARTMENT, departments=("civil_affairs",))
    gate = current_gate(town.settings)
    return returns(lambda name, /, **params: gate.query(name, own, params), department="civil_affairs", month=MONTH)


def test_the_letter_counts_what_was_refused_and_why(found: Returns) -> None:
    text = docx_text(write(found, "docx"))
    assert "民政：" in text
    assert found.rejected.height > 0
    assert f"共退回 {found.rejected.height} 行" in text
    assert int(found.files["rows_quarantined"].sum()) == found.rejected.height
    assert "附表：被退回的行" in text


def test_it_asks_for_the_day_the_next_lists_are_due(found: Returns) -> None:
    """Lists of December are due on 10 January: what is wrong is to be right in those of January, due on 10 February."""
    due = found.pushes.filter(found.pushes["month"] == MONTH)["due_on"].drop_nulls().max()
    assert due == dt.date(2026, 1, 10)
    assert "请于 2026年2月10日前" in docx_text(write(found, "docx"))


def test_it_is_internal_and_equal_bytes_for_equal_input(found: Returns) -> None:
    assert letter(found).is_internal
    assert write(found, "pdf") == write(found, "pdf")
