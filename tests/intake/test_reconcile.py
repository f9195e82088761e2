"""Whatever stands in a sheet, every row of it ends in exactly one place."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.contracts import load_contracts
from warehouse.intake.check import check_sheets
from warehouse.intake.columns import IdBook
from warehouse.intake.messages import RefusedError
from warehouse.intake.reader import Sheet
from warehouse.intake.repair import context_for, read_text

WORDS = [
    "",
    " ",
    "王勇",
    "合计",
    "小计",
    "备注：",
    "杨柳村",
    "娄坊村",
    "2025-03-05",
    "45721",
    "990100196102141239",
    "1,234",
    "是",
]
CELLS = st.one_of(st.sampled_from(WORDS), st.text(max_size=12))
EXTRACTS = ("major_disease", "survey_visits", "warning_checks", "household_income")


@st.composite
def sheets(draw: st.DrawFn) -> tuple[str, Sheet]:
    extract = draw(st.sampled_from(EXTRACTS))
    titles = [column.title for column in load_contracts()[extract].columns]
    above = draw(st.lists(st.lists(CELLS, min_size=len(titles), max_size=len(titles)), max_size=3))
    below = draw(st.lists(st.lists(CELLS, min_size=len(titles), max_size=len(titles)), max_size=12))
    rows = [*above, titles, *below, *draw(st.sampled_from([[], below[:2]]))]
    return extract, Sheet("s", True, pl.DataFrame(rows, schema=[str(n) for n in range(len(titles))], orient="row"))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(made=sheets())
def test_every_row_ends_in_exactly_one_place(made, profile):
    extract, sheet = made
    context = context_for(profile, dt.date(2025, 4, 8), True)
    try:
        checked = check_sheets([sheet], load_contracts()[extract], dt.date(2025, 3, 1), context, IdBook(bytes(32)))
    except RefusedError:
        return
    assert checked.rows_total == sheet.texts.height
    assert checked.rows_total == checked.rows_header + checked.rows_blank + checked.rows_note + checked.rows_read
    accepted, rejected = checked.accepted["row_no"].to_list(), checked.quarantined["row_no"].to_list()
    assert len(set(accepted) | set(rejected)) == len(accepted) + len(rejected) == checked.rows_read
    for column in load_contracts()[extract].required:
        name = "area_code" if column.type == "village" else "id_kind" if column.type == "id" else column.name
        assert checked.accepted[name].null_count() == 0


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(text=st.one_of(st.text(min_size=1, max_size=20), st.from_regex(r"[\d.,年月日/元万Ee+-]{1,14}", fullmatch=True)))
def test_no_text_breaks_a_reader(text, profile):
    context = context_for(profile, dt.date(2025, 4, 8), True)
    for contract in ("household_income", "survey_visits", "warning_checks", "real_estate", "disabled_persons"):
        for column in load_contracts()[contract].columns:
            reading = read_text(text.strip() or "x", column, context)
            assert reading.value is None or reading.fault is None


@pytest.mark.parametrize("count", [25, 60])
def test_a_file_may_lose_every_row(take, write, make_rows, count):
    rows = make_rows(load_contracts()["petitions"], count)
    for row in rows[1:]:
        row[1] = "12345"
    taken = take(write.csv(rows), "petitions.csv")
    assert (taken.record.status, taken.record.rows_accepted, taken.record.rows_quarantined) == ("landed", 0, count)
