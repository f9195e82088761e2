"""The pages of docs/ that are made from the catalogues say what the catalogues say now."""

from __future__ import annotations

import re

import pytest

from warehouse.contracts import load_contracts
from warehouse.findings import load_findings
from warehouse.metrics import load_metrics
from warehouse.policy import KNOWN
from warehouse.reference import DOCS, pages, write_pages

PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_made_page_is_fresh(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name], f"docs/{name} is old: run `kanhu docs`"


def test_every_entry_of_a_catalogue_has_its_place() -> None:
    """A page that is fresh but leaves something out would pass the test above."""
    assert re.findall(r"^## (\w+)$", PAGES["metrics.md"], re.MULTILINE) == list(load_metrics())
    assert re.findall(r"^## (\w+)$", PAGES["extracts.md"], re.MULTILINE) == list(load_contracts())
    assert sorted(re.findall(r"^\| `(\w+)` ", PAGES["findings.md"], re.MULTILINE)) == sorted(load_findings())
    assert re.findall(r"^\| `(\w+)` ", PAGES["parameters.md"], re.MULTILINE) == list(KNOWN)


def test_every_heading_that_is_understood_is_told() -> None:
    text = PAGES["extracts.md"]
    untold = {
        heading
        for contract in load_contracts().values()
        for column in contract.columns
        for heading in column.headings
        if heading.replace("|", "\\|") not in text
    }
    assert untold == set()


def test_each_place_has_its_own_value_and_mark() -> None:
    """Baixingtu's document states the line; Dabancheng's is of another place; Dunji's sets none."""
    row = next(line for line in PAGES["parameters.md"].splitlines() if line.startswith("| `monitoring_line`"))
    assert [cell.strip() for cell in row.split("|")[5:10]] == ["7500", "*8600*", "—", "*7500*", "*7260*"]


def test_only_pages_that_changed_are_written(tmp_path) -> None:
    assert sorted(path.name for path in write_pages(tmp_path)) == sorted(PAGES)
    (tmp_path / "metrics.md").write_text("old", encoding="utf-8")
    assert write_pages(tmp_path) == [tmp_path / "metrics.md"]
