"""Each extract: a good file lands whole in its exact schema; a broken one loses only its broken rows, with reasons."""

from __future__ import annotations

import polars as pl
import pytest

from warehouse.contracts import load_contracts
from warehouse.intake import explained, landed_schema, template

EXTRACTS = sorted(load_contracts())
FORMATS = ("xlsx", "xls", "csv")


@pytest.mark.parametrize("extract", EXTRACTS)
def test_good_file_lands_whole(extract, take, write, make_rows):
    contract = load_contracts()[extract]
    kind = FORMATS[EXTRACTS.index(extract) % 3]
    taken = take(getattr(write, kind)(make_rows(contract)), f"{extract}.{kind}")

    assert taken.record.status == "landed"
    assert (taken.record.rows_read, taken.record.rows_accepted, taken.record.rows_quarantined) == (3, 3, 0)
    assert dict(taken.rows.schema) == landed_schema(contract)
    assert taken.column("row_no") == [2, 3, 4]
    for column in contract.columns:
        name = {"village": "area_code", "id": f"{column.name.removesuffix('_no')}_key"}.get(column.type, column.name)
        assert taken.rows[name].null_count() == 0, f"{name} lost a value"


@pytest.mark.parametrize("extract", EXTRACTS)
def test_broken_rows_are_quarantined_and_the_others_land(extract, take, write, make_rows):
    contract = load_contracts()[extract]
    rows = make_rows(contract, 4)
    places = {column.name: place for place, column in enumerate(contract.columns)}
    blank = contract.required[0]
    rows[1][places[blank.name]] = ""  # a required cell is blank
    coded = next((column for column in contract.columns if column.type in ("code", "codes", "grade")), None)
    expected = [(2, blank.name, "required_blank")]
    if coded:
        rows[2][places[coded.name]] = "没有这一类"  # outside the code set
        expected.append((3, coded.name, "code_unknown"))
    taken = take(write.xlsx(rows), f"{extract}.xlsx")

    assert taken.rules == expected
    assert taken.record.rows_accepted == 4 - len(expected)
    for language in ("zh_CN", "en"):
        texts = explained(taken.rejected, language)
        assert texts.select(pl.all_horizontal(pl.col("reason", "fix").str.len_chars() > 3)).to_series().all()


@pytest.mark.parametrize("extract", EXTRACTS)
def test_file_without_a_required_column_is_refused_whole(extract, take, write, make_rows):
    contract = load_contracts()[extract]
    lost = contract.required[-1]
    place = contract.columns.index(lost)
    taken = take(write.csv([[*row[:place], *row[place + 1 :]] for row in make_rows(contract)]), f"{extract}.csv")

    assert taken.refusal == "missing_column"
    assert lost.title in taken.record.refusal_text
    assert taken.rows.is_empty()


@pytest.mark.parametrize("extract", EXTRACTS[::8])
def test_template_comes_back_as_a_zero_report(extract, take):
    taken = take(template(extract), f"{extract}.xlsx")
    assert (taken.record.status, taken.record.rows_read) == ("landed", 0)
    assert dict(taken.rows.schema) == landed_schema(load_contracts()[extract])
