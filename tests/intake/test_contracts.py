"""A bad contract is refused at start with file, column and what to write; a good one is found by every heading."""

from __future__ import annotations

import shutil

import pytest

from warehouse.contracts import CONTRACTS, load_contracts, squeeze
from warehouse.errors import ConfigError


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "contracts"
    place.mkdir()
    for name in ("petitions.yml", "dibao_recipients.yml", "_synonyms.yml"):
        shutil.copy(CONTRACTS / name, place / name)
    return place


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("petitions.yml", "kind: warning", "kind: alarm", "petitions.yml: got kind 'alarm', expected one of register"),
        ("petitions.yml", "type: name", "type: nam", "petitions.yml column name: got type 'nam'"),
        ("petitions.yml", "title: 姓名", "title: 村", "got title '村' on two columns"),
        ("petitions.yml", "extract: petitions", "extract: petition", "expected 'petitions' as the file is named"),
        ("petitions.yml", "title_en:", "titel_en:", "got key titel_en"),
        ("petitions.yml", "sensitivity: public", "sensitivity: none", "got sensitivity 'none'"),
        ("petitions.yml", "columns:", "columns: [", "is not YAML"),
        ("dibao_recipients.yml", "codes: [整户保, 单人保]", "codes: []", "got 0 codes for type code"),
        ("dibao_recipients.yml", "  cover_mode:\n    整户保", "  cover_mod:\n    整户保", "got column 'cover_mod'"),
        ("dibao_recipients.yml", "    单人保: [", "    两人保: [", "values of cover_mode: got code '两人保'"),
    ],
)
def test_fault_is_told_with_file_and_column(folder, file, old, new, said):
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_contracts(folder)
    assert said in str(raised.value)


def test_every_fault_is_told_at_once(folder):
    for file in ("petitions.yml", "dibao_recipients.yml"):
        path = folder / file
        path.write_text(path.read_text("utf-8").replace("kind: ", "kind: x"), "utf-8")
    with pytest.raises(ConfigError) as raised:
        load_contracts(folder)
    assert len(raised.value.faults) == 2


def test_no_heading_names_two_columns_of_an_extract():
    for contract in load_contracts().values():
        headings = [squeeze(heading) for column in contract.columns for heading in set(map(squeeze, column.headings))]
        twice = {heading for heading in headings if headings.count(heading) > 1}
        assert not twice, f"{contract.extract}: {twice}"


def test_every_code_reads_as_itself():
    for contract in load_contracts().values():
        for column in contract.columns:
            assert all(column.values[squeeze(code)] == code for code in column.codes)


def test_household_and_health_are_marked_personal():
    contracts = load_contracts()
    assert contracts["major_disease"].column("disease").is_personal
    assert contracts["household_roster"].column("id_no").is_personal
    assert not contracts["household_roster"].column("village").is_personal
