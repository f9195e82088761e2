"""What a careless clerk or an attacker sends: one sentence or the right rows, in little time."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from warehouse.contracts import load_contracts
from warehouse.intake import dry_run, import_files
from warehouse.intake.messages import RefusedError
from warehouse.intake.precheck import UPLOAD, precheck
from warehouse.intake.repair import context_for, read_text

HEAD = ["姓名", "身份证号码", "村", "病种", "确诊日期"]
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@pytest.fixture
def take_disease(take, write):
    return lambda rows: take(write.xlsx([HEAD, *rows]), "major_disease.xlsx")


@pytest.mark.parametrize(
    "sign", ["\u202a{}\u202c", "\u2066{}\u2069", "{}\u200e", "\u00ad{}", "\ufeff{}", "\u180e{}", "\u2060{}"]
)
def test_signs_that_nobody_sees_come_off(take_disease, make_id, sign):
    """Text copied from a chat or a file's properties carries marks of the writing direction."""
    row = ["王勇", make_id(1), "杨柳村", "尿毒症", "2025-03-05"]
    taken = take_disease([[sign.format(cell) for cell in row]])
    assert taken.rows.select("name", "id_kind", "area_code", "diagnosed_on").row(0) == (
        "王勇", "valid", "340621109204", dt.date(2025, 3, 5),
    )  # fmt: skip


def test_digits_of_any_script_are_digits(take, write, make_id):
    """Polars' and Python's digit classes take them, no cast does: one such cell ended the whole import."""
    head = ["户编号", "村", "年度", "轮次", "入户日期"]
    rows = [["HH00001".translate(ARABIC), "杨柳村", "2025".translate(ARABIC), "1", "2025-03-05".translate(ARABIC)]]
    visits = take(write.xlsx([head, *rows]), "survey_visits.xlsx")
    assert visits.rows.select("household_no", "year", "visited_on").row(0) == ("HH00001", 2025, dt.date(2025, 3, 5))
    homes = [["姓名", "身份证号码", "房屋性质", "面积", "登记日期"]]
    homes += [["王勇", make_id(1).translate(ARABIC), "宅基地", "８９.5".translate(ARABIC), "2025-03-05"]]
    taken = take(write.xlsx(homes), "real_estate.xlsx")
    assert taken.rows.select("id_kind", "area_m2").row(0) == ("valid", 89.5)


def test_headings_in_chinese_brackets(take, write, make_id):
    head = ["姓名【必填】", "身份证号码〔18位〕", "村【规范名称】", "病种【必填】", "确诊日期【必填】"]
    row = ["王勇", make_id(1), "杨柳村", "尿毒症", "2025-03-05"]
    assert take(write.xlsx([head, row]), "major_disease.xlsx").record.rows_accepted == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("<!-- 导出 --><html><table><tr><td>姓名</td></tr></table>".encode("gbk"), "a comment first"),
        (b"\xef\xbb\xbf  <style>td{}</style><table></table>", "a style first"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "an XML table"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html>", "a web page as one file"),
    ],
)
def test_web_pages_under_the_name_of_a_table(content, why):
    with pytest.raises(RefusedError) as refused:
        precheck(content, UPLOAD)
    assert refused.value.code == "markup", why


@pytest.mark.parametrize("line", [b"," * 15_000_000, b"\t" * 5_000, b"a;" * 2_000])
def test_text_as_wide_as_no_table_is(line):
    """A line of commas alone held a reader for 40 seconds."""
    started = time.monotonic()
    with pytest.raises(RefusedError) as refused:
        precheck(",".join(HEAD).encode() + b"\n" + line, UPLOAD)
    assert refused.value.facts["row"] == "2"
    assert (refused.value.code, time.monotonic() - started < 2) == ("too_wide", True)


def test_a_file_of_nothing_but_rejected_rows_takes_seconds(take, write):
    """Every cell differs and none can be read: the slowest way through the checks."""
    rows = [[f"x{n}", f"bad{n}", f"村{n}", f"病{n}", "2025-03-05"] for n in range(20_000)]
    started = time.monotonic()
    taken = take(write.csv([HEAD, *rows]), "major_disease.csv")
    assert taken.record.rows_quarantined == 20_000
    assert time.monotonic() - started < 15


def test_name_too_long_for_a_disk_is_said(settings, profile):
    """Among the earlier versions it gets a prefix, and 255 bytes is all a file system takes."""
    name = f"新增大病人员名单{'关于报送材料的函' * 9}.xlsx"
    found = dry_run(b"x", name, dt.date(2025, 3, 1), settings, profile)
    assert found.record.refusal["code"] == "name_too_long"


@pytest.mark.parametrize(
    "manifest",
    [
        bytes(range(256)),
        b"file,received_on\nmajor_disease.xlsx,0025-04-02\n",
        b"file,received_on\nmajor_disease.xlsx,2999-04-02\n",
        b"file,received_on\nmajor_disease.xlsx,2025-02-30\n",
        "文件,收到日期\nmajor_disease.xlsx,2025-04-02\n".encode("utf-16"),
    ],
)
def test_manifest_that_cannot_be_meant_is_said(settings, profile, tmp_path, write, make_rows, manifest):
    """A year of two digits would make every ID one of the future; noise ended the import with a traceback."""
    folder = tmp_path / "2025-03"
    folder.mkdir()
    (folder / "major_disease.xlsx").write_bytes(write.xlsx(make_rows(load_contracts()["major_disease"])))
    (folder / "manifest.csv").write_bytes(manifest)
    (record,) = import_files([folder], settings, profile).loads
    assert record.refusal is not None
    assert record.refusal["code"] == "bad_manifest"


def test_reading_never_gives_what_a_column_cannot_hold(profile):
    """Every reader's value is in plain digits, whatever script it was written in."""
    context = context_for(profile, dt.date(2025, 4, 8), True)
    for contract in load_contracts().values():
        for column in contract.columns:
            for text in ("٣", "１２", "۱۲.۵", "२०२५", "٢٠٢٥-٠٣-٠٥"):
                value = read_text(text, column, context).value
                assert column.type in ("text", "name") or value is None or value.isascii()
