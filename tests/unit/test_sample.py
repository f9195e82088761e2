"""The sample: equal arguments give equal files, the place is plausible, every kind of mess occurs and is recorded."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from pathlib import Path

import numpy as np
import openpyxl
import polars as pl
import pytest
import xlwt
from python_calamine import CalamineWorkbook

from warehouse.contracts import load_contracts
from warehouse.errors import UsageError
from warehouse.profiles import Profile, load_profile
from warehouse.sample import SampleReport, write_sample
from warehouse.sample.ids import is_valid
from warehouse.sample.truth import GAP_FLAGS

SMALL = {"households": 300, "months": 3, "until": dt.date(2025, 12, 1), "seed": 11}
MIDDLE = {"households": 3_000, "months": 6, "until": dt.date(2025, 12, 1), "seed": 12}
FIRST_FOUR = ["tekun", "dibao", "dibao_edge", "rigid_expense"]


@pytest.fixture(scope="module")
def profile() -> Profile:
    return load_profile("suntuan")


@pytest.fixture(scope="module")
def small(profile: Profile, tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    return write_sample(tmp_path_factory.mktemp("small"), profile, **SMALL)


@pytest.fixture(scope="module")
def middle(profile: Profile, tmp_path_factory: pytest.TempPathFactory) -> SampleReport:
    return write_sample(tmp_path_factory.mktemp("middle"), profile, **MIDDLE)


def truth(report: SampleReport, name: str = "truth") -> pl.DataFrame:
    return pl.read_parquet(report.folder / f"{name}.parquet")


def contents(folder: Path) -> dict[str, object]:
    """CSV and Parquet by digest of their bytes or rows, workbooks by their cells."""
    found: dict[str, object] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(path.relative_to(folder))
        if path.suffix == ".csv":
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
        elif path.suffix == ".parquet":
            found[name] = pl.read_parquet(path).write_csv()
        else:
            book = CalamineWorkbook.from_path(str(path))
            found[name] = [(sheet, book.get_sheet_by_name(sheet).to_python()) for sheet in book.sheet_names]
    return found


def test_equal_arguments_give_equal_files(small: SampleReport, profile: Profile, tmp_path: Path) -> None:
    again = write_sample(tmp_path / "again", profile, **SMALL)
    assert contents(again.folder) == contents(small.folder)


def test_another_seed_gives_another_place(small: SampleReport, profile: Profile, tmp_path: Path) -> None:
    other = write_sample(tmp_path / "other", profile, **{**SMALL, "seed": 99})
    assert set(truth(other, "truth_persons")["person_id"]) & set(truth(small, "truth_persons")["person_id"]) == set()


def test_a_second_sample_replaces_the_first_and_nothing_else(profile: Profile, tmp_path: Path) -> None:
    """A shorter sample in the same folder leaves no month of the longer one behind; a foreign folder is refused."""
    write_sample(tmp_path / "s", profile, households=40, months=2, until=dt.date(2025, 12, 1), seed=1)
    write_sample(tmp_path / "s", profile, households=40, months=1, until=dt.date(2025, 12, 1), seed=1)
    assert sorted(path.name for path in (tmp_path / "s").iterdir() if path.is_dir()) == ["2025-12", "_resent"]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("keep me")
    with pytest.raises(UsageError, match="expected an empty one"):
        write_sample(tmp_path / "mine", profile, households=40, months=1)
    assert (tmp_path / "mine" / "letter.txt").read_text() == "keep me"


def test_too_small_a_place_is_refused(profile: Profile, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 20"):
        write_sample(tmp_path, profile, households=19)


def test_identity_numbers_are_valid_and_nobodys(middle: SampleReport) -> None:
    persons = truth(middle, "truth_persons")
    numbers = persons["person_id"].to_list()
    assert all(is_valid(number) and number.startswith("990100") for number in numbers)
    assert len(set(numbers)) == len(numbers)
    assert not any(number.endswith("000") for number in numbers), "a true number must not look cut"
    births = persons["birth_on"].dt.strftime("%Y%m%d").to_list()
    assert [number[6:14] for number in numbers] == births
    is_odd = [int(number[16]) % 2 == 1 for number in numbers]
    assert is_odd == (persons["sex"] == "男").to_list()


def test_the_published_example_has_the_check_digit_of_the_standard() -> None:
    """11010519491231002X is the example printed in GB 11643."""
    from warehouse.sample.ids import check_digit

    assert check_digit("11010519491231002") == "X"


def test_shares_are_those_of_a_rural_town(middle: SampleReport) -> None:
    """The bands of 02-extracts, with room for chance at 3,000 households."""
    last = truth(middle).filter(pl.col("month") == dt.date(2025, 12, 1))
    people = last["members"].sum()
    persons = truth(middle, "truth_persons")
    eligible = last.filter(pl.col("tier_eligible").is_in(FIRST_FOUR))
    registered = last.filter(pl.col("tier_registered").is_in(FIRST_FOUR))
    on_dibao = last.filter(pl.col("tier_registered") == "dibao")["members"].sum()
    shares = {
        "members": people / last.height,
        "disabled": (persons["disability_grade"] > 0).mean(),
        "dibao": on_dibao / people,
        "tekun": last.filter(pl.col("tier_registered") == "tekun")["members"].sum() / people,
        "monitored": last["monitored_type_registered"].is_not_null().mean(),
        "lifted": last["is_lifted"].mean(),
        "eligible": eligible.height / last.height,
        "missed": eligible["suspected_missed"].mean(),
        "ineligible": registered["suspected_ineligible"].mean(),
        "unknown": (last["tier_eligible"] == "unknown").mean(),
    }
    bands = {
        "members": (2.7, 3.5),
        "disabled": (0.04, 0.06),
        "dibao": (0.03, 0.06),
        "tekun": (0.0005, 0.01),
        "monitored": (0.005, 0.016),
        "lifted": (0.10, 0.16),
        "eligible": (0.04, 0.075),
        "missed": (0.03, 0.13),
        "ineligible": (0.01, 0.09),
        "unknown": (0.005, 0.04),
    }
    outside = {name: share for name, share in shares.items() if not bands[name][0] <= share <= bands[name][1]}
    assert outside == {}


def test_every_gap_occurs_in_half_a_year(middle: SampleReport) -> None:
    months = truth(middle)
    absent = [flag for flag in GAP_FLAGS if not months[flag].any()]
    assert absent == []


def test_three_villages_miss_more_and_the_truth_says_which(middle: SampleReport) -> None:
    villages = truth(middle, "truth_villages")
    assert villages.height == 22
    planted = villages.group_by("planted").agg(pl.len(), pl.col("missed_share").first()).sort("planted")
    assert planted.rows() == [
        ("late_checks", 1, 0.052),
        ("low_survey", 1, 0.052),
        ("missed_doubled", 3, 0.17),
        ("none", 17, 0.052),
    ]


def test_every_extract_has_a_folder_place_and_a_received_day(small: SampleReport) -> None:
    """All 39 come, but for the one that the education office forgot in the second month."""
    extracts = set(load_contracts())
    assert len(extracts) == 39
    for month, missing in (("2025-10", set()), ("2025-11", {"school_dropouts"}), ("2025-12", set())):
        with (small.folder / month / "manifest.csv").open(encoding="utf-8") as file:
            listed = {row["file"]: dt.date.fromisoformat(row["received_on"]) for row in csv.DictReader(file)}
        assert {name.split(".")[0].split("__")[0] for name in listed} == extracts - missing
        assert all((small.folder / month / name).is_file() for name in listed)
        first_of_next = dt.date.fromisoformat(f"{month}-28") + dt.timedelta(days=10)
        assert all(day >= first_of_next.replace(day=1) for day in listed.values())


def test_a_list_sent_again_has_the_same_name_more_rows_and_a_later_day(small: SampleReport) -> None:
    files = truth(small, "truth_files")
    again = files.filter(pl.col("folder") == "_resent")
    assert set(again["extract"]) == {"dibao_recipients", "major_disease"}
    first = again.join(files.filter(pl.col("folder") == ""), on=["month", "file"], suffix="_first")
    assert first.height == again.height
    dibao = first.filter(pl.col("extract") == "dibao_recipients")
    assert (dibao["rows"] > dibao["rows_first"]).all()
    assert (first["received_on"] > first["received_on_first"]).all()


def test_a_quiet_list_is_a_zero_report_and_not_missing(small: SampleReport) -> None:
    quiet = truth(small, "truth_files").filter(
        (pl.col("extract") == "accident_injuries") & (pl.col("month") == dt.date(2025, 12, 1))
    )
    assert quiet["rows"].to_list() == [0]
    assert "zero_report" in quiet["forms"][0]


DEFECTS = {
    "bad_check_digit", "id_blank", "lossy_id", "id_wrong_length", "id_none_999999", "id_spaces", "id_fullwidth",
    "id_apostrophe", "id_lower_x", "id15", "id20", "name_spaces", "name_trailing_space", "name_typo", "name_dot",
    "village_typo", "village_alias", "amount_thousands", "amount_yuan_sign", "amount_wan", "amount_fullwidth",
    "amount_none_word", "amount_dash", "amount_blank", "bad_date", "code_outside", "number_spaces", "duplicate_row",
    "conflicting_row",
}  # fmt: skip
FORMS = {
    "title_row", "unit_row", "two_row_header", "blank_column", "blank_row", "number_column", "extra_columns",
    "total_row", "subtotal_rows", "notes", "hidden_sheet", "note_sheet", "shuffled_columns", "messy_headings",
    "other_headings", "spaced_names", "apostrophe_ids", "lower_x_ids", "number_cells", "zero_report",
}  # fmt: skip


def test_every_kind_of_mess_occurs(middle: SampleReport) -> None:
    """Those of cells in the links, those of whole files in truth_files."""
    words = truth(middle, "truth_links")["defects"].str.split("|").explode()
    assert DEFECTS - {word.split(":")[1] for word in words.to_list() if word} == set()
    files = truth(middle, "truth_files")
    assert FORMS - set(files["forms"].str.split("|").explode()) == set()
    assert set(files["kind"]) == {"csv", "xlsx", "xls"}
    assert set(files["encoding"]) == {"", "gb18030", "utf-8", "utf-8-sig", "utf-16"}
    assert set(files["delimiter"]) == {"", ",", "\t", ";"}
    assert set(files["date_style"]) == {"iso", "slash", "dot", "compact", "chinese", "cell", "serial"}
    assert set(files["yes_no_style"]) == {"是/否", "有/无", "1/0", "Y/N", "√/否"}
    assert set(files["village_style"]) == {"村", "", "村委会", "村民委员会", "行政村"}


def read_rows(path: Path, line: dict[str, object]) -> list[list[object]]:
    """The data sheet of a file, row by row as a spreadsheet shows it."""
    if path.suffix == ".csv":
        with path.open(encoding=str(line["encoding"]), newline="") as file:
            return [list(row) for row in csv.reader(file, delimiter=str(line["delimiter"]))]
    book = CalamineWorkbook.from_path(str(path))
    sheet = next(name for name in book.sheet_names if name not in ("说明", "上月"))
    return [list(row) for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)]


def test_links_point_at_the_row_of_the_person(small: SampleReport) -> None:
    """In every kind of file the row of a clean link holds that person's ID where the truth says."""
    files = {
        row["file"]: row
        for row in truth(small, "truth_files").filter(pl.col("month") == dt.date(2025, 11, 1)).to_dicts()
    }
    links = truth(small, "truth_links").filter(
        (pl.col("month") == dt.date(2025, 11, 1)) & (pl.col("folder") == "") & (pl.col("defects") == "")
    )
    seen: dict[str, int] = {}
    for extract in (
        "dibao_recipients",
        "disabled_persons",
        "vehicles",
        "real_estate",
        "public_payroll",
        "monitored_households",
    ):
        for (name,), rows in links.filter(pl.col("extract") == extract).group_by("file", maintain_order=True):
            written = read_rows(small.folder / "2025-11" / str(name), files[str(name)])
            for row_no, person in rows.select("row_no", "person_id").rows():
                cells = [str(cell).strip("'").upper() for cell in written[row_no - 1]]
                assert person in cells, f"{name} row {row_no}"
            seen[extract] = rows.height
    assert min(seen.values()) > 0
    assert len(seen) == 6


def test_totals_at_the_foot_are_true_sums(small: SampleReport) -> None:
    """A 合计 row of a workbook holds the sum of the amounts over it, as an amount and not as a formula."""
    checked = 0
    files = truth(small, "truth_files").filter(
        pl.col("forms").str.contains("total_row") & (pl.col("extract") == "financial_assets")
    )
    for line in files.to_dicts():
        path = small.folder / f"{line['month']:%Y-%m}" / line["file"]
        rows = read_rows(path, line)
        heads = [str(cell).strip() for cell in rows[line["header_row"] - 1]]
        at = heads.index("金额") if "金额" in heads else None
        total = next(row for row in rows if any(str(cell) in ("合计", "总计") for cell in row))
        data = rows[line["header_row"] : rows.index(total)]
        amounts = [row[at] for row in data if row[at] != ""]
        exact = [float(str(cell).replace(",", "").strip("￥")) for cell in amounts if "万元" not in str(cell)]
        exact += [float(str(cell).removesuffix("万元")) * 10_000 for cell in amounts if "万元" in str(cell)]
        assert float(total[at]) == pytest.approx(sum(exact), abs=0.005)
        checked += 1
    assert checked == files.height


def test_a_workbook_hides_last_month_and_merges_its_title(middle: SampleReport) -> None:
    """openpyxl shows what calamine does not: hidden sheets and merged cells."""
    files = truth(middle, "truth_files").filter(
        (pl.col("kind") == "xlsx") & (pl.col("folder") == "") & (pl.col("rows") < 900)
    )
    hidden = files.filter(pl.col("forms").str.contains("hidden_sheet")).to_dicts()[0]
    book = openpyxl.load_workbook(middle.folder / f"{hidden['month']:%Y-%m}" / hidden["file"])
    assert book["上月"].sheet_state == "hidden"
    grouped = files.filter(pl.col("forms").str.contains("two_row_header")).to_dicts()[0]
    book = openpyxl.load_workbook(middle.folder / f"{grouped['month']:%Y-%m}" / grouped["file"])
    sheet = next(book[name] for name in book.sheetnames if name not in ("说明", "上月"))
    head = grouped["header_row"]
    assert any(area.min_row == head - 1 and area.max_row == head for area in sheet.merged_cells.ranges)


def test_a_cut_identity_number_is_a_number_in_a_workbook(middle: SampleReport) -> None:
    """In a workbook the cell is a number with 15 true digits; in text it is what Excel would have shown."""
    lossy = truth(middle, "truth_links").filter(
        pl.col("defects").str.contains(":lossy_id") & ~pl.col("defects").str.contains(r"\|")
    )
    files = {(row["month"], row["file"]): row for row in truth(middle, "truth_files").to_dicts() if not row["folder"]}
    first_fifteen = {number[:15] for number in truth(middle, "truth_persons")["person_id"]}
    numbers = texts = 0
    for link in lossy.filter(pl.col("folder") == "").to_dicts():
        line = files[link["month"], link["file"]]
        row = read_rows(middle.folder / f"{link['month']:%Y-%m}" / link["file"], line)[link["row_no"] - 1]
        if line["kind"] == "csv":
            cut = [cell for cell in row if str(cell).strip("'").endswith(("E+17", "000"))]
            assert cut, link
            texts += 1
        else:
            found = [cell for cell in row if isinstance(cell, float) and cell > 1e17]
            assert found, link
            kept = {f"{cell:.14e}".replace(".", "")[:15] for cell in found}
            assert kept <= first_fifteen
            numbers += 1
    assert numbers > 0
    assert texts > 0


def test_the_quarantined_are_those_that_cannot_be_read(middle: SampleReport) -> None:
    """Outcome follows from the defect: a blank ID is fatal where the ID is required, an odd dress of it is not."""
    links = truth(middle, "truth_links")
    by_defect = links.filter(pl.col("defects") != "").with_columns(
        fatal=pl.col("defects").str.contains("code_outside|duplicate_row|id_no:bad_check_digit|:id_no:id_blank"),
        mild=pl.col("defects").is_in(
            ["id_no:id_spaces", "id_no:id_fullwidth", "id_no:id15", "name:name_spaces", "id_no:lossy_id"]
        ),
    )
    required = by_defect.filter(
        ~pl.col("extract").is_in(["household_income", "warning_checks", "assistance_measures", "dibao_recipients"])
    )
    assert (required.filter("fatal")["expected"] == "quarantined").all()
    assert (by_defect.filter("mild")["expected"] == "accepted").all()
    counted = links.group_by("folder", "month", "file").agg((pl.col("expected") == "quarantined").sum().alias("found"))
    files = truth(middle, "truth_files").join(counted, on=["folder", "month", "file"], how="left")
    assert (files["rows_expected_quarantined"] == files["found"].fill_null(0)).all()


def test_households_of_the_truth_hang_together(middle: SampleReport) -> None:
    """Gap flags agree with the tiers they are made of, row by row."""
    months = truth(middle)
    order = {tier: place for place, tier in enumerate([*FIRST_FOUR, "other", "none"])}
    lower = months["tier_registered"].replace_strict(order) > months["tier_eligible"].replace_strict(order, default=9)
    eligible = months["tier_eligible"].is_in(FIRST_FOUR)
    assert ((lower & eligible) == months["suspected_missed"]).all()
    assert not (months["suspected_ineligible"] & months["gradual_exit"]).any()
    assert months.filter(~pl.col("income_known"))["tier_eligible"].unique().to_list() == ["unknown"]
    assert months.filter("potential_target")["tier_registered"].unique().to_list() == ["none"]
    assert (months["members"] > 0).all()
    assert np.isclose(
        months["income_per_head"].drop_nulls().to_numpy(),
        (
            (pl_sum(months, ["net_income", "insurance_claims"]) - months["compliant_self_paid"])
            / months["household_size"]
        )
        .drop_nulls()
        .to_numpy(),
    ).all()


def pl_sum(frame: pl.DataFrame, columns: list[str]) -> pl.Series:
    return frame.select(total=pl.sum_horizontal([pl.col(name) for name in columns], ignore_nulls=False))["total"]


def test_xls_needs_no_clock(tmp_path: Path) -> None:
    """The writer of old workbooks puts no time into them; else equal arguments would give unequal files."""
    for name in ("a", "b"):
        book = xlwt.Workbook(encoding="utf-8")
        book.add_sheet("x").write(0, 0, "村")
        book.save(str(tmp_path / name))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
