"""Profiles and policies are refused at start, with file, line and what to write instead."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from pathlib import Path

import pytest

from warehouse.errors import ConfigError
from warehouse.profiles import PROFILES, load_profile, village_stem


@pytest.fixture
def profile_copy(tmp_path: Path) -> Path:
    """Suntuan's files, to be broken one at a time."""
    return Path(shutil.copytree(PROFILES / "suntuan", tmp_path / "suntuan"))


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_suntuan_has_the_22_villages_of_its_annex() -> None:
    profile = load_profile("suntuan")
    assert len(profile.villages) == 22
    assert {area.code_system for area in profile.areas} == {"NBS-2023"}
    assert profile.village_codes["杨柳"] == "340621109204"
    assert len({(area.tile_row, area.tile_col) for area in profile.villages}) == 22


def test_a_stand_in_says_whose_value_it_is() -> None:
    stand_ins = [parameter for parameter in load_profile("suntuan").policy if parameter.is_stand_in]
    assert {"monitoring_line", "dibao_standard", "disposable_income_per_head"} <= {p.parameter for p in stand_ins}
    assert all(parameter.note for parameter in stand_ins)


@pytest.mark.parametrize(
    ("written", "stem"),
    [
        ("杨柳", "杨柳"),
        ("杨柳村", "杨柳"),
        ("杨柳村委会", "杨柳"),
        ("杨柳村村民委员会", "杨柳"),  # the official list doubles 村
        ("杨柳行政村", "杨柳"),
        (" 杨 柳 村 ", "杨柳"),
        ("村", "村"),  # a name that is nothing but a suffix stays
    ],
)
def test_village_stem(written: str, stem: str) -> None:
    assert village_stem(written) == stem


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "areas.csv",
            "340621109201,炮楼村,village,340621109,",
            "340621109200,炮楼村,village,340621109,",
            "more than once",
        ),
        ("areas.csv", "NBS-2023,1,1", "NBS-2023,1,2", "without a tile of their own"),
        ("areas.csv", "NBS-2023,1,1", "GB,1,1", "code_system 'GB'"),
        ("areas.csv", "village,340621109,340621109200", "village,999,340621109200", "parent_code 999"),
        ("policy.csv", "monitoring_line,7500", "monitoring_lin,7500", "parameter 'monitoring_lin'"),
        ("policy.csv", "rigid_ratio_min,0.5", "rigid_ratio_min,50", "from 0 to 1"),
        ("policy.csv", "gradual_exit_months,12", "gradual_exit_months,12.5", "whole number"),
        ("policy.csv", "2022-06-30", "2022-06-31", "expected a day"),
        ("policy.csv", "2022-06-30", "2019-06-30", "valid_to before valid_from"),
        ("calendar.csv", "survey,", "surveys,", "kind 'surveys'"),
        ("departments.csv", "civil_affairs,民政", ",民政", "empty code or name"),
        ("profile.yml", 'top_area: "340621109"', "top_area: 340621109", "'top_area'"),
    ],
)
def test_a_broken_profile_is_refused_with_its_place(
    profile_copy: Path, file: str, old: str, new: str, said: str
) -> None:
    spoil(profile_copy / file, old, new)
    with pytest.raises(ConfigError, match=said) as caught:
        load_profile(str(profile_copy))
    assert file in str(caught.value)


def test_all_faults_are_said_at_once(profile_copy: Path) -> None:
    spoil(profile_copy / "policy.csv", "monitoring_line,7500", "monitoring_line,much")
    spoil(profile_copy / "areas.csv", "NBS-2023,1,1", "GB,1,1")
    with pytest.raises(ConfigError) as caught:
        load_profile(str(profile_copy))
    assert len(caught.value.faults) == 2


def test_two_values_from_one_day_are_refused(profile_copy: Path) -> None:
    path = profile_copy / "policy.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="two values of monitoring_line from 2020-01-01"):
        load_profile(str(profile_copy))


def test_an_unknown_profile_names_the_known_ones() -> None:
    with pytest.raises(ConfigError, match="suntuan"):
        load_profile("nowhere")


def test_the_dates_of_the_dibao_standard_do_not_leave_a_gap() -> None:
    spans = sorted(
        (p.valid_from, p.valid_to) for p in load_profile("suntuan").policy if p.parameter == "dibao_standard"
    )
    for (_, ends), (starts, _) in itertools.pairwise(spans):
        assert ends is not None
        assert starts == ends + dt.timedelta(days=1)
