"""The sample of any place: villages as that place writes them, lists by town in a county, only what the place asks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from warehouse.contracts import load_contracts
from warehouse.profiles import Profile, load_profile
from warehouse.sample import SampleReport, write_sample
from warehouse.sample.clock import Window
from warehouse.sample.deliveries import Delivery, town_days
from warehouse.sample.places import BY_COLUMN, BY_FILE, BY_PATH, NOWHERE, SENT_BY_TOWN, STYLES, Places
from warehouse.sample.units import DEPARTMENT_OF_MEASURE, unit_of

PLACES = ("suntuan", "dunji", "yanling", "baixingtu", "dabancheng")


@pytest.fixture(scope="module", params=PLACES)
def place(request: pytest.FixtureRequest) -> Profile:
    return load_profile(request.param)


def sample_of(profile: Profile, folder: Path, households: int = 60, months: int = 3) -> SampleReport:
    return write_sample(folder, profile, households=households, months=months, until=profile.sample.until, seed=4)


def test_every_place_has_its_sample(place: Profile, tmp_path: Path) -> None:
    """60 households in a town of 7 villages and in a county of 396: only the lists that the place asks for."""
    report = sample_of(place, tmp_path / "s")
    files = pl.read_parquet(report.folder / "truth_files.parquet")
    asked = {extract for extract in load_contracts() if place.expects(extract)}
    assert set(files["extract"]) == asked
    truth = pl.read_parquet(report.folder / "truth.parquet")
    assert set(truth["area_code"]) <= {area.area_code for area in place.villages}
    assert truth["month"].max() == place.sample.until


def test_what_a_place_has_no_parameter_for_is_unknown(tmp_path: Path) -> None:
    """Dunji's plan of 2020 names no income line: nobody is below it, and who passes nothing else is unknown."""
    report = sample_of(load_profile("dunji"), tmp_path / "s", households=300, months=1)
    truth = pl.read_parquet(report.folder / "truth.parquet")
    assert truth["below_line"].null_count() == truth.height
    assert truth["monitored_type_eligible"].null_count() == truth.height
    assert set(truth["tier_eligible"]) <= {"tekun", "dibao", "dibao_edge", "rigid_expense", "unknown"}
    assert truth["dibao_income"].null_count() < truth.height


def test_a_county_sends_the_towns_lists_by_town(tmp_path: Path) -> None:
    county = load_profile("yanling")
    report = sample_of(county, tmp_path / "s", households=400, months=2)
    files = pl.read_parquet(report.folder / "truth_files.parquet").filter(pl.col("folder") == "")
    towns = {area.name for area in county.groups}
    parts = files.with_columns(part=pl.col("file").str.extract(r"__([^.]+)\.", 1))
    by_town = parts.filter(pl.col("extract").is_in(SENT_BY_TOWN))
    assert set(by_town["part"]) <= towns
    exported = pl.col("extract").is_in(["dibao_edge_members", "rigid_expense_members"])
    others = parts.filter(~pl.col("extract").is_in(SENT_BY_TOWN) & ~exported)
    assert others["part"].null_count() == others.height
    first = by_town.filter((pl.col("extract") == "household_roster") & (pl.col("month") == files["month"].min()))
    assert set(first["part"]) == towns, "the first roster of each town always comes"


def test_towns_are_late_or_silent_now_and_then() -> None:
    window = Window(dt.date(2022, 12, 1), 60)
    found = [town_days(Delivery("household_income", month, window.ends[month] + 6), 12, seed=3) for month in range(60)]
    days = [(month, day) for month, row in enumerate(found) for day in row]
    missing = sum(day is None for _, day in days) / len(days)
    late = sum(day is not None and day > window.ends[month] + 10 for month, day in days) / len(days)
    assert 0.004 < missing < 0.03
    assert 0.02 < late < 0.07
    first = town_days(Delivery("household_roster", 0, window.ends[0] + 6), 500, seed=3)
    assert None not in first


@pytest.mark.parametrize("telling", [BY_FILE, BY_COLUMN, BY_PATH, NOWHERE])
def test_every_way_of_writing_a_village_is_read_as_that_village(place: Profile, telling: str) -> None:
    """Names repeat between towns of a county: no form may be read as another village, or as none."""
    places = Places(place)
    for at, forms in enumerate(places.texts(telling)):
        told = places.town_names[at] if telling in (BY_FILE, BY_COLUMN) else None
        codes = {place.find_village(form, told) for form in forms}
        assert codes == {place.villages[at].area_code}, forms
        assert len(forms) == len(STYLES)


def test_a_gacha_keeps_its_word() -> None:
    written = {form for forms in Places(load_profile("baixingtu")).texts(NOWHERE) for form in forms}
    assert "白兴吐嘎查" in written
    assert "白兴吐嘎查村委会" in written
    assert not any(form.endswith("嘎村") or "嘎查行政村" in form for form in written)


def test_units_are_those_of_the_place() -> None:
    assert unit_of(load_profile("yanling"), "housing") == "县住建局"
    assert unit_of(load_profile("suntuan"), "housing") == "建设所"
    # Dunji's plan names no housing department: who leads the work answers.
    assert unit_of(load_profile("dunji"), "housing") == "镇扶贫部门"
    for name in PLACES:
        assert all(unit_of(load_profile(name), code) for code in DEPARTMENT_OF_MEASURE.values())


def test_a_county_exports_two_registers_from_the_platform(tmp_path: Path) -> None:
    """Headings word for word, on the third row, months as YYYYMM, all cells text; both files hold the same heads."""
    report = sample_of(load_profile("yanling"), tmp_path / "s", households=600, months=1)
    month = report.months[0]
    names = ("dibao_edge_members__低保边缘人员查询.xlsx", "dibao_edge_members__低保边缘家庭查询.xlsx")
    persons, households = (
        CalamineWorkbook.from_path(str(report.folder / month / name)).get_sheet_by_index(0).to_python()
        for name in names
    )
    assert persons[2][:6] == ["所属区划", "家庭地址", "姓名", "身份证号", "与户主关系", "户主身份证号"]
    assert persons[2][-1] == households[2][-1] == "纳入月份"
    assert all(isinstance(cell, str) for row in persons[2:] + households[2:] for cell in row)
    assert all(len(row[-1]) == 6 and row[-1].isdigit() for row in persons[3:])
    heads = {row[5] for row in persons[3:]}
    assert heads
    assert heads == {row[1] for row in households[3:]}
