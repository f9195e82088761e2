"""One visit does all: the list holds the matters of the work list and no others, in order, whole on paper."""

from __future__ import annotations

import datetime as dt
import re
from io import BytesIO

import polars as pl
import pypdf
import pytest
from openpyxl import load_workbook

from tests.conftest import Town
from warehouse import gate
from warehouse.contracts import load_contracts
from warehouse.errors import AccessDeniedError
from warehouse.exports.cells import Column
from warehouse.exports.document import Choices, DataTable
from warehouse.exports.docx_file import docx
from warehouse.exports.pdf_file import pdf
from warehouse.exports.visit_list import VisitPaper, visit_document, visit_sheet, visit_workbook
from warehouse.exports.xlsx import Meta
from warehouse.gate import Gate
from warehouse.i18n import set_language, t
from warehouse.scope import ALL, Role, Scope, build_scope
from warehouse.words import village
from warehouse.words import visit_list as words
from warehouse.words.exports import meta
from warehouse.words.visit_list import OPTIONS, VisitList, visit_list

MONTH = dt.date(2025, 12, 1)
TODAY = dt.date(2026, 1, 10)
POSTS = pl.DataFrame({"name_en": ["Civil affairs"], "unit": ["社会事务办公室"], "contact_post": ["社会事务办主任"]})


def work(*rows: tuple[str | None, str, int | None]) -> pl.DataFrame:
    """Rows of the work list: household (null: the village itself), kind, days over (negative: still to go)."""
    return pl.DataFrame(
        {
            "kind": [kind for _, kind, _ in rows],
            "what": None,
            "title": None,
            "title_en": None,
            "household_key": [household and f"k{household}" for household, _, _ in rows],
            "household_no": [household for household, _, _ in rows],
            "head_name": None,
            "since": None,
            "due_on": [None if over is None else TODAY - dt.timedelta(days=over) for _, _, over in rows],
            "days_over": [over for _, _, over in rows],
        },
        schema_overrides={
            **dict.fromkeys(("what", "title", "title_en", "household_key", "household_no", "head_name"), pl.String),
            "since": pl.Date,
            "due_on": pl.Date,
            "days_over": pl.Int64,
        },
    )


def homes(*numbers: str) -> pl.DataFrame:
    """Households of those numbers, two people each, never visited."""
    return pl.DataFrame(
        {
            "household_key": [f"k{number}" for number in numbers],
            "household_no": list(numbers),
            "head_name": ["王*勇" for _ in numbers],
            "members": [2 for _ in numbers],
            "last_visited_on": pl.Series([None for _ in numbers], dtype=pl.Date),
        }
    )


PAPER = VisitPaper("杨柳村", "2025年第四季度", TODAY, MONTH, POSTS)
META = Meta("专班办公室", "孙疃镇", "s1", dt.datetime(2026, 1, 11, tzinfo=dt.UTC), MONTH, "rules-1", sample_data=True)
GIVEN = work(
    ("H3", "income_unknown", None),  # data to complete: last
    ("H1", "measure", -20),  # due in three weeks
    ("H2", "warning", 5),  # overdue
    ("H1", "issue", 40),  # overdue for longer: H1 comes first
    ("H4", "care_visit", -14),  # due on the last day of the fortnight
    ("H5", "plan", -15),  # a day later
    (None, "issue", 3),  # of the village itself
)
HOMES = homes("H1", "H2", "H3", "H4", "H5")


def pages(file: bytes) -> str:
    """All the text of a PDF, without blanks: typesetting puts them where lines break."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(file)).pages))


def test_households_stand_where_their_most_urgent_matter_stands() -> None:
    """Longest overdue first, then overdue, then by due day, data last; every matter of a household beside it."""
    found = visit_list(GIVEN, HOMES)
    assert found.households["household_no"].to_list() == ["H1", "H2", "H4", "H5", "H3"]
    first = found.households.row(0, named=True)
    assert (first["matters"], first["overdue"], first["due_on"]) == (2, 1, TODAY - dt.timedelta(days=40))
    assert found.matters.filter(pl.col("place") == 1)["kind"].to_list() == ["issue", "measure"]
    assert found.of_village["kind"].to_list() == ["issue"], "what is about no household is no visit"
    assert "逾期 40 天" in first["when"]


def test_the_fortnight_takes_the_household_with_all_its_matters() -> None:
    """Day 14 counted, day 15 not; of a household with something due the later matter comes along."""
    found = visit_list(GIVEN, HOMES, only="soon")
    assert set(found.households["household_no"]) == {"H1", "H2", "H4"}
    assert found.matters.filter(pl.col("household_no") == "H1").height == 2


def test_the_burden_is_matters_less_visits() -> None:
    said = words.burden(visit_list(GIVEN, HOMES))
    assert said == "6 件事合并为 5 次入户，少跑 1 趟。"
    assert "少跑" not in words.burden(visit_list(work(("H1", "plan", 1)), homes("H1")))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_kind_of_work_can_be_asked_and_ticked(language: str) -> None:
    """A new kind without a question, boxes or words would leave a hole on the sheet."""
    set_language(language)
    assert set(OPTIONS) == set(village.CLAUSES)
    rows = work(*((f"H{i}", kind, None) for i, kind in enumerate(OPTIONS)))
    rows = rows.with_columns(pl.when(pl.col("kind") == "finding").then(pl.lit("size_mismatch")).alias("what"))
    found = visit_list(rows, homes(*(f"H{i}" for i in range(len(OPTIONS)))))
    assert found.matters["ask"].n_unique() == len(OPTIONS)
    for kind in OPTIONS:
        assert len(words.options(kind)) >= 2
    told = visit_document(found, PAPER, META)
    assert sum(isinstance(block, Choices) for block in told.blocks) == len(OPTIONS)


def test_the_words_to_tick_for_a_warning_are_those_of_the_ledger_of_checks() -> None:
    columns = {column.name: column for column in load_contracts()["warning_checks"].columns}
    assert words.options("warning") == tuple(columns["result"].codes)


def test_a_reason_for_temporary_help_is_not_printed() -> None:
    """Its text may name an illness; the sheet lies on tables."""
    given = work(("H1", "after_help", None)).with_columns(pl.lit("突发疾病").alias("what"))
    told = visit_document(visit_list(given, homes("H1")), PAPER, META)
    assert "突发疾病" not in repr(told.blocks)
    assert "临时救助后" in repr(told.blocks)


# -- of the sample town -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def door(town: Town) -> Gate:
    return gate.open_gate(town.database)


def scope_of(door: Gate, role: Role, areas: tuple[str, ...] = (ALL,)) -> Scope:
    return build_scope(
        user_id=1,
        user_name="test",
        role=role,
        granted_areas=areas,
        granted_departments=(),
        granted_households=False,
        villages=door.villages,
        departments=door.departments,
        groups=door.groups,
    )


def listed(door: Gate, scope: Scope, area: str, *, is_revealed: bool = False) -> tuple[pl.DataFrame, VisitList]:
    asked = {"area": area, "month": MONTH}
    rows = door.query("village/work", scope, asked)
    found = visit_list(rows, door.query("village/visit_households", scope, asked, is_revealed=is_revealed))
    return rows, found


def paper_of(door: Gate, found: VisitList) -> tuple[VisitPaper, Meta]:
    office = scope_of(door, Role.OFFICE)
    place = door.query("shell/snapshot", office, {}).row(0, named=True)
    return VisitPaper("村", "2025", TODAY, MONTH, door.query("village/contacts", office, {})), meta(place)


@pytest.fixture(scope="module")
def largest(door: Gate) -> str:
    """The village with most to do."""
    office = scope_of(door, Role.OFFICE)
    return max(door.villages, key=lambda area: listed(door, office, area)[0].height)


def test_the_matters_are_the_rows_of_the_work_list(door: Gate) -> None:
    """In every village: none lost, none twice, none made up; what is about no household stands apart."""
    office = scope_of(door, Role.OFFICE)
    seen = 0
    for area in door.villages:
        rows, found = listed(door, office, area)
        named = ("kind", "code", "household_key", "since", "due_on", "days_over")
        told = pl.concat([part.select(named) for part in (found.matters, found.of_village)]).sort(named)
        asked = rows.rename({"what": "code"}).select(named).sort(named)
        assert told.equals(asked), area
        assert found.households["matters"].sum() == found.matters.height
        seen += rows.height
    assert seen > 300


def test_every_household_of_the_list_stands_on_paper(door: Gate, largest: str) -> None:
    office = scope_of(door, Role.OFFICE)
    _, found = listed(door, office, largest)
    paper, said = paper_of(door, found)
    document = visit_document(found, paper, said)
    text = pages(pdf(document))
    for number, head in found.households.select("household_no", "head_name").iter_rows():
        assert text.count(number) >= 2, "in the overview and on its sheet"
        assert head in text
    assert "内部资料" in text
    for task in found.matters["task"].unique():
        assert re.sub(r"\s", "", task) in text
    assert pdf(document) == pdf(document), "equal input, equal bytes"
    assert docx(document) == docx(document)


def test_names_on_paper_are_masked_until_revealed(door: Gate, town: Town, largest: str) -> None:
    office = scope_of(door, Role.OFFICE)
    _, masked = listed(door, office, largest)
    _, whole = listed(door, office, largest, is_revealed=True)
    assert not any("*" in name for name in whole.households["head_name"])
    paper, said = paper_of(door, masked)
    text = pages(pdf(visit_document(masked, paper, said)))
    assert not {name for name in whole.households["head_name"] if len(name) > 2 and name in text}
    text = pages(pdf(visit_document(whole, paper, said)))
    assert {name for name in whole.households["head_name"] if name in text} == set(whole.households["head_name"])
    assert not re.search(r"\d{17}[\dX]", text), "no ID number on paper, revealed or not"


def test_another_villages_cadre_and_a_leader_get_nothing(door: Gate, largest: str) -> None:
    other = next(area for area in door.villages if area != largest)
    for scope in (scope_of(door, Role.CADRE, (other,)), scope_of(door, Role.LEADER)):
        _, found = listed(door, scope, largest)
        assert found.households.is_empty()
        assert found.matters.is_empty()
    with pytest.raises(AccessDeniedError):
        listed(door, scope_of(door, Role.LEADER), largest, is_revealed=True)
    _, own = listed(door, scope_of(door, Role.CADRE, (largest,)), largest)
    assert own.households.height > 10


def test_the_workbook_holds_the_same_matters_with_room_for_results(door: Gate, largest: str) -> None:
    office = scope_of(door, Role.OFFICE)
    _, found = listed(door, office, largest)
    paper, said = paper_of(door, found)
    file = visit_workbook(found, paper, said)
    assert file == visit_workbook(found, paper, said)
    book = load_workbook(BytesIO(file))
    rows = [row for row in book.worksheets[1].iter_rows(values_only=True) if isinstance(row[0], int)]
    assert [row[1] for row in rows] == found.matters["household_no"].to_list()
    assert {row[-2] for row in rows} == {None}, "the result is for the visitor to write"


def test_one_household_alone_is_one_leaf_of_paper(door: Gate, largest: str) -> None:
    """Up to four matters stand on one page, the household with most of all on two sides of a leaf."""
    office = scope_of(door, Role.OFFICE)
    rows, all_of_them = listed(door, office, largest)
    asked = {"area": largest, "month": MONTH}
    homes_of = door.query("village/visit_households", office, asked)
    by_matters = all_of_them.households.sort("matters", descending=True)
    few = by_matters.filter(pl.col("matters") <= 4).row(0, named=True)
    for household, sides in ((by_matters.row(0, named=True), 2), (few, 1)):
        found = visit_list(rows, homes_of, household=household["household_key"])
        assert found.matters.height == household["matters"]
        paper, said = paper_of(door, found)
        file = pdf(visit_sheet(found, paper, said))
        assert len(pypdf.PdfReader(BytesIO(file)).pages) <= sides
        assert household["household_no"] in pages(file)


def test_two_hundred_households_are_all_there() -> None:
    """A large village: one sheet each, in one document."""
    numbers = [f"H{place:04d}" for place in range(200)]
    given = work(*((number, kind, 3) for number in numbers for kind in ("warning", "measure")))
    found = visit_list(given, homes(*numbers))
    document = visit_document(found, PAPER, META)
    file = pdf(document)
    assert len(pypdf.PdfReader(BytesIO(file)).pages) >= 200
    text = pages(file)
    assert [number for number in numbers if text.count(number) < 2] == []
    overview = next(block for block in document.blocks if isinstance(block, DataTable))
    assert overview.frame.height == 200
    assert overview.columns[0] == Column("place", t("visit.overview.place"), "integer")
