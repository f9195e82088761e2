"""A publicity notice tells village, head, people, class and amount of a household, whatever else its rows hold."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.errors import PublicationError
from warehouse.exports import notice as paper
from warehouse.exports.document import Paragraph
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.notice import NoticeRow, check_bytes, docx_text, notice_of, pdf_text, write
from warehouse.exports.xlsx import Meta
from warehouse.i18n import set_language
from warehouse.profiles import load_profile

ROOT = Path(__file__).resolve().parents[2]
SQL = (ROOT / "warehouse/sql/notice/rows.sql").read_text(encoding="utf-8")
META = Meta(
    "专班办公室",
    "孙疃镇",
    "20261122T093425Z-af062da89b",
    dt.datetime(2026, 1, 12, 8, 30, tzinfo=dt.UTC),
    dt.date(2025, 12, 1),
    "af062d79ed7f",
)
MONTH = {"area": "v1", "start": dt.date(2025, 12, 1), "end": dt.date(2025, 12, 31)}
# What the question joins and filters by; every other text column of every mart it reads is hostile.
PLAIN = {
    "area_code",
    "household_key",
    "person_key",
    "head_person_key",
    "register",
    "state",
    "household_no",
    "monitored_type",
}
TYPES = {"string": "varchar", "double": "double", "bigint": "bigint", "boolean": "boolean", "date": "date"}
TABLES: dict[str, dict[str, object]] = {
    "dim_area": {"area_code": "v1", "name": "孙疃村"},
    "dim_household": {"household_key": "h1", "area_code": "v1", "head_person_key": "p1", "household_no": "1"},
    "dim_household_member": {"household_key": "h1", "person_key": "p1", "area_code": "v1", "age": 61},
    "fct_household_month": {"month": dt.date(2025, 12, 1), "household_key": "h1", "area_code": "v1", "members": 4},
    "fct_register_entry": {
        "month": dt.date(2025, 12, 1), "register": "dibao", "household_key": "h1", "area_code": "v1",
        "person_key": "p1", "is_covering": True, "is_active": True, "admitted_on": dt.date(2025, 12, 5),
        "monthly_amount": Decimal("310.00"),
    },
    "fct_application": {
        "household_key": "h1", "area_code": "v1", "kind": "低保", "state": "open",
        "applied_on": dt.date(2025, 12, 1), "checked_on": dt.date(2025, 12, 9),
    },
    "fct_identification": {
        "household_key": "h1", "area_code": "v1", "monitored_type": "边缘易致贫户",
        "publicity_from": dt.date(2025, 12, 8), "publicity_to": dt.date(2025, 12, 14),
        "exit_publicity_from": dt.date(2025, 12, 20), "exit_publicity_to": dt.date(2025, 12, 26),
    },
}  # fmt: skip


def columns_of(table: str) -> dict[str, str]:
    path = next((ROOT / "dbt_project/models/marts").rglob(f"{table}.yml"))
    columns = yaml.safe_load(path.read_text(encoding="utf-8"))["models"][0]["columns"]
    return {c["name"]: TYPES.get(c["data_type"], c["data_type"]) for c in columns}


def rows(hostile: str, head: str = "王伟", age: int | None = 61) -> pl.DataFrame:
    """What the notice's question gives of marts whose texts are hostile throughout."""
    with duckdb.connect() as connection:
        for table, values in TABLES.items():
            columns = columns_of(table)
            row: dict[str, object] = {
                name: hostile for name, kind in columns.items() if kind == "varchar" and name not in PLAIN
            }
            row |= values
            if table == "dim_household":
                row["head_name"] = head
            if table == "dim_household_member":
                row["age"] = age
            connection.execute(f"create table {table} ({', '.join(f'{n} {k}' for n, k in columns.items())})")
            marks = ", ".join("?" for _ in row)
            connection.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))
        found: pl.DataFrame = connection.cursor().sql(SQL, params=MONTH).pl()
        return found


def notice(kind: str, found: pl.DataFrame) -> paper.Notice:
    return notice_of(kind, "孙疃村", found, days=5, own_document="孙疃镇实施方案（2023）")


digits = st.text("0123456789", min_size=9, max_size=19)
wide = str.maketrans("0123456789", "０１２３４５６７８９")
chinese = str.maketrans("0123456789", "〇一二三四五六七八九")
hostile = st.one_of(
    digits,
    digits.map(lambda text: text.translate(wide)),
    digits.map(lambda text: text.translate(chinese)),
    digits.map(lambda text: " ".join(text)),
    digits.map(lambda text: "-".join(re.findall(".{1,4}", text))),
    digits.map(lambda text: "​".join(text)),
    st.sampled_from(["340621196503012419", "１３９５６１２３４５６", "139 5612 3456", "6217 0018 3000 1234 567"]),
    st.sampled_from(
        ["因病", "肺癌晚期", "视力残疾一级", "精神分裂症", "尿毒症透析", "1965年3月1日生", "1965-03-01", "19650301"]
    ),
    st.sampled_from(["村东头12号", "三组5户对面八号", "开户行信用社", "丧偶", "服刑人员家属", "上访户"]),
)


@settings(max_examples=12, deadline=None)
@given(hostile)
def test_no_text_of_any_source_column_reaches_a_notice(text: str) -> None:
    found = rows(text)
    assert set(found["notice"]) == {"admitted_dibao", "proposed_dibao", "monitored", "eliminated"}
    for kind in ("admitted_dibao", "monitored"):
        words = docx_text(write(notice(kind, found), META, "docx"))
        assert "王伟" in words
        assert text not in words


@settings(max_examples=3, deadline=None)
@given(hostile)
def test_nor_the_pages_of_a_pdf(text: str) -> None:
    words = pdf_text(write(notice("eliminated", rows(text)), META, "pdf"))
    assert "王伟" in words
    assert text not in words


@settings(max_examples=25, deadline=None)
@given(hostile, st.sampled_from(["{}", "王伟{}", "{}王", "王 伟 {}", "王伟（{}）", "王​{}"]))
def test_a_name_that_holds_more_than_a_name_is_refused(text: str, how: str) -> None:
    with pytest.raises(PublicationError) as refused:
        notice("admitted_dibao", rows("", head=how.format(text)))
    assert text not in str(refused.value), "the error names the rule, not what broke it"


@settings(max_examples=15, deadline=None)
@given(hostile, st.sampled_from(["docx", "pdf"]))
def test_the_finished_file_is_read_back(text: str, form: FormName) -> None:
    """A notice that was given more than a row allows, by whatever mistake: the bytes themselves are refused."""
    good = paper.document(notice("admitted_dibao", rows("")), META)
    leaking = dataclasses.replace(good, blocks=(*good.blocks, Paragraph(f"备注：{text}。")))
    made = FORMS["docx"].write(leaking)  # a page costs 0.2 s; of Word and PDF one is enough for most texts
    if form == "pdf" and len(text) < 6:
        made = FORMS["pdf"].write(leaking)
        with pytest.raises(PublicationError):
            check_bytes(made, "pdf", META)
        return
    with pytest.raises(PublicationError):
        check_bytes(made, "docx", META)


def test_what_a_notice_says() -> None:
    found = rows("")
    told = notice("monitored", found)
    assert told.rows == (NoticeRow(1, "孙疃村", "王伟", 4, "边缘易致贫户", None),)
    assert told.publicity == (dt.date(2025, 12, 8), dt.date(2025, 12, 14))
    words = docx_text(write(told, META, "docx"))
    assert "拟认定防止返贫致贫对象公示" in words
    assert "公示期不少于 5 天" in words
    assert "2025年12月8日至2025年12月14日" in words
    assert "根据《孙疃镇实施方案（2023）》" in words
    admitted = notice("admitted_dibao", found)
    assert admitted.rows[0].monthly_amount == Decimal("310.00")
    assert [column.name for column in paper.columns(admitted)] == ["no", "village", "head", "people", "amount"]
    assert notice("proposed_dibao", found).publicity is None, "the ledger of applications has no publicity days"


@pytest.mark.parametrize(
    ("head", "told"), [("王小明", "王某"), ("王*明", "王某"), ("欧阳小明", "欧阳某"), ("欧阳**", "欧阳某")]
)
@pytest.mark.parametrize("age", [17, None])
def test_a_minor_is_not_named(head: str, told: str, age: int | None) -> None:
    """Under 18, and where the age is not known; 18 on the last day is an adult."""
    assert notice("admitted_dibao", rows("", head=head, age=age)).rows[0].head == told
    assert notice("admitted_dibao", rows("", head=head, age=18)).rows[0].head == head


def test_a_household_that_is_not_found_is_counted() -> None:
    found = rows("").with_columns(head_name=pl.lit(None, pl.String))
    assert notice("monitored", found).rows == ()
    assert notice("monitored", found).unlinked == 1


@pytest.mark.parametrize(
    ("rule", "row"),
    [
        ("kind", NoticeRow(1, "孙疃村", "王伟", 1, None, None).__dict__ | {"kind": "单人保"}),
        ("number", NoticeRow(1, "孙疃村", "王伟", 1, None, None).__dict__ | {"people": 1965}),
        ("number", NoticeRow(1, "孙疃村", "王伟", 1, None, None).__dict__ | {"monthly_amount": Decimal(13956123456)}),
        ("name", NoticeRow(1, "孙疃村", "王伟", 1, None, None).__dict__ | {"head": "Wang Wei"}),
        ("health", NoticeRow(1, "孙疃村", "王伟", 1, None, None).__dict__ | {"head": "王伟患病"}),
    ],
)
def test_a_row_takes_no_more_than_it_may(rule: str, row: dict[str, object]) -> None:
    with pytest.raises(PublicationError) as refused:
        NoticeRow(**row)  # type: ignore[arg-type]
    assert refused.value.rule == rule


@pytest.mark.parametrize("place", ["suntuan", "dunji", "yanling", "baixingtu", "dabancheng"])
def test_no_village_is_refused_for_its_name(place: str) -> None:
    names = [village.name for village in load_profile(place).villages]
    told = [NoticeRow(at, name, "额尔德木图·巴雅尔", 3, None, None) for at, name in enumerate(names, start=1)]
    assert write(paper.Notice("monitored", names[0], tuple(told), 5, None), META, "docx")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("kind", paper.NOTICES)
def test_the_words_of_every_notice_pass_their_own_check(kind: str, language: str) -> None:
    set_language(language)
    every = pl.concat([rows("").with_columns(notice=pl.lit(kind))])
    assert write(notice(kind, every.head(1)), META, "docx") == write(notice(kind, every.head(1)), META, "docx")
