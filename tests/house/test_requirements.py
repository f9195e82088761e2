"""docs/requirements.md answers for every clause: the models, the page and the test it names are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
DOC = ROOT / "docs" / "requirements.md"
# Every clause of the five documents that asks something of the product, by the id it is cited with.
CLAUSES = {
    "ST": "1a 1b 1c 1d 2a 2b 2c 3 4a 5a 5b 5c 6a 6b 7",
    "DJ": "1a 1b 2a 2b 3 4 5 6 7 8",
    "YL": "1 2a 3* 3x 4 5a 5b 6",
    "BX": "1 2 3 4 5 6 7a 7b 7c 8",
    "DB": "1 2 3 4 5 6 7 8 9 10",
}
IDS = [f"{place}-{clause}" for place, clauses in CLAUSES.items() for clause in clauses.split()]


def rows() -> dict[str, dict[str, list[str]]]:
    """Clause id -> column -> the names in backticks of its cell."""
    found: dict[str, dict[str, list[str]]] = {}
    heads: list[str] = []
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "id":
            heads = cells
        elif re.fullmatch(r"[A-Z]{2}-\S+", cells[0]):
            assert cells[0] not in found, f"{cells[0]} has two rows"
            found[cells[0]] = {head: re.findall(r"`([^`]+)`", cell) for head, cell in zip(heads, cells, strict=True)}
    return found


ROWS = rows()
MODELS = {path.stem for path in (ROOT / "dbt_project" / "models").rglob("*.sql")} | {"meta_model", "meta_column"}
PAGES = {path.stem for path in (ROOT / "pages").glob("*.py")}


def test_every_clause_has_a_row() -> None:
    assert sorted(ROWS) == sorted(IDS)


@pytest.mark.parametrize("clause", IDS)
def test_what_a_row_names_is_there(clause: str) -> None:
    """No clause without a model that counts it, a page that shows it and a test that guards it."""
    row = ROWS[clause]
    for column in ("models", "pages", "tests"):
        assert row[column], f"{clause} names no {column}"
    assert set(row["models"]) <= MODELS
    assert set(row["pages"]) <= PAGES
    for name in row["tests"]:
        file, _, test = name.partition("::")
        assert (ROOT / file).is_file(), f"{clause}: no file {file}"
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not test or re.search(rf"^\s*(def|- name:) {re.escape(test)}\b", text, re.MULTILINE), f"{clause}: {name}"


@cache
def module_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def file_of(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def modules_of(page: str) -> set[Path]:
    """The page and every module of ours it comes to use, but for the frame that all pages share."""
    waiting, seen = [ROOT / "pages" / f"{page}.py"], set[Path]()
    while waiting:
        path = waiting.pop()
        if path in seen or path.name in ("session.py", "gate.py"):
            continue
        seen.add(path)
        for node in ast.walk(module_tree(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            waiting += [file for name in names if name.startswith("warehouse") and (file := file_of(name))]
    return seen


@cache
def marts_of(page: str) -> set[str]:
    """Every mart that a question of the page reads."""
    texts = {
        node.value
        for path in modules_of(page)
        for node in ast.walk(module_tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"\w+/\w+", node.value)
    }
    questions = [ROOT / "warehouse" / "sql" / f"{text}.sql" for text in texts]
    words = {word for file in questions if file.is_file() for word in re.findall(r"\w+", file.read_text("utf-8"))}
    return words & MODELS


@pytest.fixture(scope="module")
def readers(town) -> dict[str, set[str]]:
    """Model -> the models that read it, as the build recorded them."""
    with duckdb.connect(str(town.database), read_only=True) as con:
        lines = con.execute("select model, reads from meta_model").fetchall()
    found: dict[str, set[str]] = {}
    for model, reads in lines:
        for read in filter(None, reads.split("、")):
            found.setdefault(read, set()).add(model)
    return found


@pytest.mark.parametrize("clause", IDS)
def test_a_page_of_the_row_reads_a_model_of_it(clause: str, readers: dict[str, set[str]]) -> None:
    """Each page named shows one of the models, or something made of them."""
    made = set(ROWS[clause]["models"])
    waiting = list(made)
    while waiting:
        more = readers.get(waiting.pop(), set()) - made
        made |= more
        waiting += more
    for page in ROWS[clause]["pages"]:
        assert made & marts_of(page), f"{clause}: {page} reads none of {', '.join(ROWS[clause]['models'])}"
