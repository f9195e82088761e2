"""An ID is read as what it is: valid, upgraded, cut by a spreadsheet, none, or rejected. A cut ID is never an ID."""

from __future__ import annotations

import datetime as dt
import random

import polars as pl
import pytest
from stdnum.cn import ric

from warehouse.contracts import load_contracts
from warehouse.intake.columns import IdBook, read_column
from warehouse.intake.repair import Context, check_digit, read_text

COLUMN = load_contracts()["major_disease"].column("id_no")
OPEN = Context(dt.date(2025, 4, 8), True)
CLOSED = Context(dt.date(2025, 4, 8), False)


def whole(digits: str) -> str:
    return digits + check_digit(digits)


GOOD = whole("99010019610214123")
ENDS_IN_X = next(found for number in range(1, 99) if (found := whole(f"99010019700505{number:03d}")).endswith("X"))


@pytest.mark.parametrize(
    ("written", "read", "repair"),
    [
        (GOOD, f"valid:{GOOD}", None),
        (f"'{GOOD}", f"valid:{GOOD}", "id_apostrophe"),
        (f'="{GOOD}"', f"valid:{GOOD}", "id_apostrophe"),  # how a CSV export keeps a spreadsheet from cutting it
        (f"{GOOD[:6]} {GOOD[6:14]} {GOOD[14:]}", f"valid:{GOOD}", "spaces"),
        (ENDS_IN_X.lower(), f"valid:{ENDS_IN_X}", "id_lower_x"),
        (GOOD.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}), f"valid:{GOOD}", "width"),
        (f"{GOOD}42", f"valid:{GOOD}", "id_certificate"),
        (f"{GOOD}42B1", f"valid:{GOOD}", "id_certificate"),  # a certificate that was issued again
        ("999999", "none:", None),
        ("990100610214123", f"upgraded15:{GOOD}", "id_15_upgraded"),
        ("990100610214123.0", f"upgraded15:{GOOD}", "id_15_upgraded"),  # a column held as numbers; nothing is lost
        ("999999196102141234", "none:", None),
        ("9.90100196102141E+17", "lossy:990100196102141", "id_lossy"),
        ("9.9010019610214E+17", "lossy:990100196102140", "id_lossy"),
        ("9.901E+17", "lossy:", "id_lossy"),
        ("990100196102141000", "lossy:990100196102141", "id_lossy"),
    ],
)
def test_forms_of_an_id(written, read, repair):
    reading = read_text(written, COLUMN, OPEN)
    assert reading.value == read
    assert repair is None or repair in reading.repairs


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        (GOOD[:17], "id_length"),
        (GOOD[:16] + "AB", "id_characters"),
        (GOOD[:17] + ("1" if GOOD[17] != "1" else "2"), "id_check_digit"),
        (whole("99010019611331123"), "id_date"),  # month 13
        (whole("99010019610230123"), "id_date"),  # 30 February
        (whole("99010020250409123"), "id_date"),  # the day after the file came
        (whole("99010019041231123"), "id_date"),  # 121 in the year
        ("王勇", "id_length"),
        ("9.90100196113311E+17", "id_date"),  # cut, and month 13
    ],
)
def test_what_no_id_is(written, rule):
    assert read_text(written, COLUMN, OPEN).fault == rule


def test_sample_ids_only_where_they_are_allowed():
    assert read_text(GOOD, COLUMN, CLOSED).fault == "id_sample"
    assert read_text("9.90100196102141E+17", COLUMN, CLOSED).fault == "id_sample"
    assert read_column(pl.Series([GOOD]), None, COLUMN, CLOSED)["fault"].to_list() == ["id_sample"]


def test_born_on_the_day_the_file_came_is_real():
    assert read_text(whole("99010020250408123"), COLUMN, OPEN).fault is None


def many_ids(count: int) -> list[str]:
    chance = random.Random(20250408)
    days = [dt.date(1930, 1, 1) + dt.timedelta(chance.randrange(34_000)) for _ in range(count)]
    ids = [whole(f"990100{day:%Y%m%d}{chance.randrange(1000):03d}") for day in days]
    return [text for text in ids if text[17] != "X"]


@pytest.mark.parametrize("writer", ["excel", "excel as text", "another program"])
def test_of_20_000_ids_kept_as_numbers_none_is_accepted_as_an_id(writer):
    ids = many_ids(20_000)
    kept = {
        "excel": [str(int(float(text[:15] + "000"))) for text in ids],  # 15 places, then read back from binary
        "excel as text": [text[:15] + "000" for text in ids],
        "another program": [str(int(float(text))) for text in ids],  # all places, the nearest binary number
    }[writer]
    marks = None if writer == "excel as text" else pl.repeat(True, len(ids), eager=True)
    value = read_column(pl.Series(kept), marks, COLUMN, OPEN)["value"]
    assert value.str.starts_with("lossy:").all()
    told = pl.DataFrame({"sure": value.str.strip_prefix("lossy:"), "true": [text[:15] for text in ids]})
    told = told.filter(pl.col("sure") != "")
    assert (told["sure"] == told["true"]).all(), "a place that the cut made unsure was told as sure"
    assert told.height == len(ids) if writer != "another program" else told.height > 0.85 * len(ids)


def test_agrees_with_an_independent_check_where_that_holds():
    """python-stdnum knows regions of its own. What it takes we take; what we take it disputes by region only."""
    chance = random.Random(7)
    texts = []
    for _ in range(3_000):
        day = dt.date(1930, 1, 1) + dt.timedelta(chance.randrange(34_000))
        text = whole(f"{chance.choice(('110101', '340621'))}{day:%Y%m%d}{chance.randrange(1, 1000):03d}")
        if chance.random() < 0.5:
            place = chance.randrange(6, 18)
            text = text[:place] + chance.choice("0123456789") + text[place + 1 :]
        if not text.endswith("000"):  # those may have been cut by a spreadsheet: ours is stricter on purpose
            texts.append(text)
    by_column = read_column(pl.Series(texts), None, COLUMN, CLOSED)["value"].to_list()
    for text, value in zip(texts, by_column, strict=True):
        ours = read_text(text, COLUMN, CLOSED).value
        assert ours == value, "the rule for a column and the rule for one text differ"
        born = text[6:10] if text[6:10].isdigit() else "0"
        if 1910 <= int(born) <= 2024:  # stdnum has no upper age and its own idea of today
            assert (ours == f"valid:{text}") == ric.is_valid(text)
    assert sum(value is not None for value in by_column) > 1_000


def test_keys_say_the_same_of_a_person_and_nothing_else():
    book = IdBook(bytes(range(32)))
    values = [f"valid:{GOOD}", f"upgraded15:{GOOD}", f"lossy:{GOOD[:15]}", "lossy:", "none:", None]
    frame = book.columns(COLUMN, pl.Series(values))
    keys, prefixes = frame["id_key"].to_list(), frame["id_prefix_key"].to_list()
    assert keys[0] == keys[1]
    assert keys[2:] == [None] * 4, "a cut ID has no key"
    assert prefixes[0] == prefixes[1] == prefixes[2]
    assert prefixes[3:] == [None] * 3
    assert len({keys[0], prefixes[0]}) == 2
    assert frame["id_kind"].to_list() == ["valid", "upgraded15", "lossy", "lossy", "none", None]
    assert frame["id_birth_on"].to_list()[:3] == [dt.date(1961, 2, 14)] * 3
    assert frame["id_sex"].to_list() == ["男", "男", None, None, None, None]
    assert frame["id_masked"].to_list()[0] == "990100************"
    assert IdBook(bytes(32)).columns(COLUMN, pl.Series(values[:1]))["id_key"].to_list() != keys[:1]


def test_no_landed_file_holds_an_id(take, write, make_rows, settings):
    contract = load_contracts()["dibao_recipients"]
    rows = make_rows(contract)
    rows[2][3] = ""  # a rejected row: the quarantine must not hold it either
    take(write.xlsx(rows), "dibao_recipients.xlsx")
    for path in settings.landed.rglob("*.parquet"):
        for column in pl.read_parquet(path).iter_columns():
            assert not column.cast(pl.String).str.contains(r"\d{15}|99010019\d").any(), f"{path.name} {column.name}"
