"""Profiles and policies are refused at start, with file, line and what to write instead."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from pathlib import Path

import pytest

from warehouse.errors import ConfigError
from warehouse.profiles import PROFILES, known_profiles, load_profile, village_stem


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


def test_the_directory_of_suntuan_holds_every_member_of_its_taskforce() -> None:
    """ST-7: the annex names the taskforce, its office, 19 offices, hospitals, schools, two banks and the villages. The
    police, which only sends lists, stands beside them without a duty."""
    profile = load_profile("suntuan")
    assert all(department.unit and department.contact_post for department in profile.departments)
    of_annex = {duty.department_code for duty in profile.duties if duty.clause == "ST 附件"}
    assert {"taskforce", "party_office", "trade_union", "justice", "power_supply", "agricultural_bank"} <= of_annex
    assert {department.department_code for department in profile.departments} - {"public_security"} == {
        duty.department_code for duty in profile.duties
    }


@pytest.mark.parametrize("name", known_profiles())
def test_a_directory_holds_posts_and_no_persons(name: str) -> None:
    """ST-7, YL-1: what names a post ends as posts do; a name or a telephone would not."""
    ends = ("主任", "负责人", "长", "主席", "专干", "内勤", "村民委员会", "干部", "主办", "科员", "理事长", "领导")
    posts = {department.contact_post for department in load_profile(name).departments if department.contact_post}
    assert posts
    assert {post for post in posts if not post.endswith(ends) or any(letter.isdigit() for letter in post)} == set()


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


COUNTY = """area_code,name,level,parent_code,division_code,code_system,tile_row,tile_col,aliases
411024,鄢陵县,county,,411024000000,NBS-2023,,,
411024101,马栏镇,town,411024,411024101000,NBS-2023,1,1,
411024101200,张庄村,village,411024101,411024101200,NBS-2023,1,1,
411024101201,马栏村,village,411024101,411024101201,NBS-2023,1,2,
411024101001,马栏社区,village,411024101,411024101001,NBS-2023,1,3,
411024102,柏梁镇,town,411024,411024102000,NBS-2023,1,2,白梁镇
411024102200,张庄村,village,411024102,411024102200,NBS-2023,1,1,
411024102201,刘庄村,village,411024102,411024102201,NBS-2023,1,2,刘家庄
"""


@pytest.fixture
def county(profile_copy: Path) -> Path:
    """Suntuan's files with the areas of a small county: two towns, a village name in both."""
    (profile_copy / "areas.csv").write_text(COUNTY, encoding="utf-8")
    spoil(profile_copy / "profile.yml", 'top_area: "340621109"', 'top_area: "411024"')
    spoil(profile_copy / "profile.yml", "level: town", "level: county")
    return profile_copy


@pytest.mark.parametrize(
    ("text", "town", "code"),
    [
        ("刘庄村", None, "411024102201"),  # once in the county: its name is enough
        ("刘家庄", None, "411024102201"),  # a known alias
        ("张庄村", None, None),  # in both towns: nothing is guessed
        ("张庄村", "马栏镇", "411024101200"),
        ("张庄", "柏梁", "411024102200"),  # stems of both
        ("张庄", "411024102", "411024102200"),
        ("张庄村委会", "白梁镇", "411024102200"),  # the town by an alias
        ("马栏镇张庄村", None, "411024101200"),
        ("马栏镇/张庄村", None, "411024101200"),
        ("鄢陵县马栏镇张庄村", None, "411024101200"),
        ("河南省许昌市鄢陵县柏梁镇 张庄村", None, "411024102200"),
        ("鄢陵县刘庄村", None, "411024102201"),  # the path leaves the town out
        ("大马栏镇张庄村", None, None),  # another town's name that ends alike
        ("马栏镇张庄村", "柏梁镇", None),  # path and column contradict each other
        ("张庄村", "陈化店镇", None),  # a town that is not known
        ("马栏村", None, "411024101201"),  # beside a community of the same stem
        ("马栏社区居委会", None, "411024101001"),
        ("马栏村委会", None, "411024101201"),
        ("马栏居委会", None, "411024101001"),
        ("马栏", None, None),  # village or community
        ("马栏镇", None, None),  # a town is no village
        ("", None, None),
    ],
)
def test_a_village_is_found_by_its_path_and_never_by_a_guess(
    county: Path, text: str, town: str | None, code: str | None
) -> None:
    assert load_profile(str(county)).find_village(text, town) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("马栏镇", "411024101"),
        ("马栏", "411024101"),
        ("鄢陵县马栏镇", "411024101"),
        ("411024102", "411024102"),
        ("白梁镇", "411024102"),
        ("柏梁镇人民政府", "411024102"),
        ("鄢陵县", "411024"),
        ("张庄村", None),
        ("大马栏镇", None),
        ("", None),
    ],
)
def test_a_town_is_found_by_name_alias_or_stem(county: Path, text: str, code: str | None) -> None:
    assert load_profile(str(county)).find_group(text) == code


def test_levels_have_words_of_their_own(county: Path) -> None:
    profile = load_profile(str(county))
    assert profile.words_of("village") == ("村", "village", "villages")
    assert profile.words_of("town") == ("乡镇", "town", "towns")
    path = county / "profile.yml"
    path.write_text(path.read_text(encoding="utf-8") + "level_words: {town: [镇, town, towns]}\n", encoding="utf-8")
    assert load_profile(str(county)).words_of("town") == ("镇", "town", "towns")
    spoil(path, "[镇, town, towns]", "镇")
    with pytest.raises(ConfigError, match="level_words of town"):
        load_profile(str(county))


def test_tiles_are_unique_among_siblings_alone(county: Path) -> None:
    assert [area.area_code for area in load_profile(str(county)).groups] == ["411024101", "411024102"]
    spoil(county / "areas.csv", "411024101201,NBS-2023,1,2", "411024101201,NBS-2023,1,1")
    with pytest.raises(ConfigError, match="tile of their own"):
        load_profile(str(county))
