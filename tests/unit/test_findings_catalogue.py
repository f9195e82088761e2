"""The catalogue of findings is whole: every rule has its test, and a broken entry is refused with every fault."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest
import yaml

from warehouse.errors import ConfigError
from warehouse.findings import CATALOGUE, findings_frame, load_findings, unread_values
from warehouse.i18n import LANGUAGES, set_language
from warehouse.inputs import DBT_PROJECT
from warehouse.words import findings as words

MODELS = DBT_PROJECT / "models/intermediate/findings"


def test_every_rule_is_tested_by_a_model_and_at_its_limits() -> None:
    models = "".join(path.read_text(encoding="utf-8") for path in MODELS.glob("int_findings_of_*.sql"))
    cases = (MODELS / "findings_unit_tests.yml").read_text(encoding="utf-8")
    assert [rule for rule in load_findings() if f"'{rule}'" not in models] == []
    assert [rule for rule in load_findings() if f"rule: {rule}," not in cases and f"rule: {rule}}}" not in cases] == []


def test_no_model_finds_what_the_catalogue_does_not_tell() -> None:
    cases = yaml.safe_load((MODELS / "findings_unit_tests.yml").read_text(encoding="utf-8"))["unit_tests"]
    found = {row["rule"] for case in cases for row in case["expect"]["rows"] if "rule" in row}
    assert found - set(load_findings()) == set()


def test_the_frame_leaves_the_list_open_where_it_is_the_findings_own() -> None:
    frame = findings_frame()
    assert frame.filter(pl.col("rule") == "name_differs")["owner_extract"].to_list() == [None]
    assert frame.filter(pl.col("rule") == "no_measure")["owner_extract"].to_list() == ["assistance_measures"]
    assert frame["rule_order"].to_list() == list(range(1, frame.height + 1))


def test_all_faults_of_a_broken_catalogue_are_named_at_once(tmp_path: Path) -> None:
    entries = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))[:5]
    entries[0]["severity"] = "fatal"  # not a severity
    entries[1]["owner_extract"] = "somebody"  # no list
    del entries[2]["fix_en"]
    entries[3]["text_en"] = "Without the fact that the Chinese text shows"
    entries[4]["text_zh"] = entries[4]["text_en"] = "{name}"  # a person is never named
    entries.append(yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))[5])
    entries.append(dict(entries[5]))  # the same rule twice
    broken = tmp_path / "findings.yml"
    broken.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_findings(broken)
    said = ("'fatal'", "'somebody'", "no fix_en", "first and none", "name and name", "twice")
    assert [part in fault for part, fault in zip(said, error.value.faults, strict=True)] == [True] * 6


def test_unread_values_come_from_the_loads_in_force() -> None:
    loads = pl.DataFrame(
        {
            "extract": ["petitions", "petitions", "vehicles"],
            "month": [dt.date(2025, 1, 1)] * 3,
            "load_id": ["a", "b", "c"],
            "nulled": ['{"content": 2, "area": 1}', '{"content": 9}', "{}"],
            "is_winning": [True, False, True],  # b was sent again, c could be read whole
        }
    )
    rows = unread_values(loads).select("load_id", "column_name", "values_unread").rows()
    assert rows == [("a", "area", 1), ("a", "content", 2)]


@pytest.mark.parametrize(
    ("row", "chinese", "english"),
    [
        (
            {"rule": "size_mismatch", "first_fact": "3", "second_fact": "4", "limit_value": None},
            "收入测算按3人计，户籍名册在册4人",
            "Income was worked out for 3 people; the roster has 4",
        ),
        (
            {"rule": "income_jump", "first_fact": "9000", "second_fact": "20000", "limit_value": 0.5},
            "人均收入由9,000元变为20,000元，变动超过50.0%",
            "Income per head went from 9,000 to 20,000 yuan: a change of more than 50.0%",
        ),
        (
            {"rule": "name_differs", "first_fact": "vehicles", "second_fact": None, "limit_value": None},
            "《机动车登记信息》上的姓名与户籍名册不一致，身份证号相同",
            None,
        ),
        (
            {
                "rule": "impossible_step_order",
                "first_fact": "verified_on",
                "second_fact": "discovered_on",
                "limit_value": None,
            },
            "监测台账中入户核实日期早于发现日期",
            "In the monitoring ledger the on-site check comes before the day of discovery",
        ),
    ],
)  # fmt: skip
def test_a_finding_is_said_in_the_readers_language(row: dict[str, object], chinese: str, english: str | None) -> None:
    row = {"extract": "monitored_households", **row}
    for language, expected in zip(LANGUAGES, (chinese, english), strict=True):
        set_language(language)
        if expected:
            assert words.sentence(row) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rule_book_tells_every_rule(language: str) -> None:
    set_language(language)
    book = words.rule_book()
    assert book.height == len(load_findings())
    assert not book["said"].str.contains(r"[{}]").any()
