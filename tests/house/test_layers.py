"""What may use what. A rule that is broken on purpose is changed here, where a reviewer sees it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted([*ROOT.glob("warehouse/**/*.py"), *ROOT.glob("pages/*.py"), ROOT / "app.py"])
PAGES = sorted(ROOT.glob("pages/*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module}
    return found


def modules_that(pattern: str) -> set[str]:
    return {name(path) for path in PRODUCT if re.search(pattern, path.read_text(encoding="utf-8"))}


def test_there_is_a_product_to_look_at() -> None:
    assert len(PRODUCT) > 20
    assert PAGES


def test_only_these_open_a_database() -> None:
    """One door to a snapshot (gate.py); builds and snapshots write; the bench reads landed files into memory."""
    assert modules_that(r"duckdb\.connect\(") == {
        "warehouse/bench/builds.py",
        "warehouse/build.py",
        "warehouse/gate.py",
        "warehouse/snapshots.py",
    }


def test_only_settings_reads_the_environment() -> None:
    allowed = {"warehouse/settings.py", "warehouse/build.py", "warehouse/demo.py"}
    assert modules_that(r"os\.environ|os\.getenv") <= allowed


def test_streamlit_stays_in_the_session_and_the_pages() -> None:
    users = {name(path) for path in PRODUCT if any(i.split(".")[0] == "streamlit" for i in imports(path))}
    # The server holds Streamlit as an ASGI app and the bench measures it; pages show through the session alone.
    serving = {f"warehouse/server/{module}.py" for module in ("asgi", "html", "run")}
    measuring = {f"warehouse/bench/{module}.py" for module in ("pages", "yardstick")}
    # Parts that several pages show are written like pages.
    parts = {name(path) for path in ROOT.glob("warehouse/sections/*.py")}
    assert users <= {"app.py", "warehouse/session.py", *serving, *measuring, *parts, *map(name, PAGES)}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_asks_for_its_scope_first(page: Path) -> None:
    """Files in pages/ can be reached before app.py ran: the first statement after the imports is the scope."""
    body = ast.parse(page.read_text(encoding="utf-8")).body
    statements = [
        node
        for node in body
        if not isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    assert ast.unparse(statements[0]).startswith("scope = require_scope(")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_holds_no_sql_and_builds_no_charts(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"\bselect\b.*\bfrom\b", text, re.IGNORECASE | re.DOTALL) or "select_" in text
    assert {i.split(".")[0] for i in imports(page)}.isdisjoint({"duckdb", "altair", "sqlalchemy"})


def test_exports_and_charts_ask_no_questions() -> None:
    """Charts and export writers turn frames into pictures and bytes; what is in the frames is decided elsewhere."""
    for path in PRODUCT:
        if name(path).startswith("warehouse/charts/"):
            assert imports(path).isdisjoint({"warehouse.gate", "warehouse.snapshots", "duckdb", "streamlit"}), path


def test_the_tree_names_no_machine() -> None:
    """Nothing of the place where it was written: no absolute home, work or temporary paths in what is shipped."""
    texts = [*PRODUCT, *ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("dbt_project/models/**/*.sql")]
    for path in texts:
        assert not re.search(r"/(?:work|root|home)/", path.read_text(encoding="utf-8")), path
