"""Every text exists in every language, every used key exists, and no page holds words of its own."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from warehouse.i18n import LANGUAGES, LOCALE_DIR, UnitWords, catalogue, unit_words

ROOT = Path(__file__).resolve().parents[2]
CALLS = {"t": "{}", "t_n": "{}.other", "label": "label.{}."}
CJK = re.compile(r"[㐀-鿿＀-￯]")


def sources() -> list[Path]:
    own = sorted((ROOT / "warehouse").rglob("*.py")) + sorted((ROOT / "pages").glob("*.py"))
    return [path for path in [*own, ROOT / "app.py"] if path.exists()]


def used_keys(path: Path) -> Iterator[tuple[str, bool, int]]:
    """Key (or its fixed beginning), whether it is whole, line: from t("…"), t_n("…"), label("…", …) in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS and node.args):
            continue
        form, first = CALLS[node.func.id], node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            key = form.format(first.value)
            yield key, not key.endswith("."), node.lineno
        elif isinstance(first, ast.JoinedStr) and isinstance(first.values[0], ast.Constant):
            yield form.split("{")[0] + str(first.values[0].value), False, node.lineno


def words_in_code(path: Path) -> list[str]:
    """String literals with Chinese characters, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    doc_lines = {
        node.body[0].value.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and isinstance(node.body[0].value, ast.Constant)
    }
    return [
        f"{path.name}:{node.lineno} {node.value[:20]}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CJK.search(node.value)
        and node.lineno not in doc_lines
    ]


def placeholders(text: str) -> set[str]:
    """What a caller must give: words of the place stand in every text by themselves, one or several as grammar asks."""
    given = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    return given - set(unit_words("en", UnitWords(), UnitWords()))


def test_every_language_has_the_same_keys() -> None:
    first, *others = (set(catalogue(name)) for name in LANGUAGES)
    for other in others:
        assert first ^ other == set()


def test_placeholders_agree_between_languages() -> None:
    chinese, english = catalogue("zh_CN"), catalogue("en")
    differing = {k for k in chinese.keys() & english.keys() if placeholders(chinese[k]) != placeholders(english[k])}
    assert differing == set()


def test_no_key_stands_twice_in_one_file() -> None:
    """YAML keeps the last of two equal keys in silence."""
    for path in LOCALE_DIR.rglob("*.yml"):
        keys = [
            line.split(": ")[0] for line in path.read_text(encoding="utf-8").splitlines() if re.match(r"\S+: ", line)
        ]
        assert sorted(keys) == sorted(set(keys)), path


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_used_key_exists(path: Path) -> None:
    keys = set(catalogue("zh_CN"))
    lost = [
        f"{path.name}:{line} {key}"
        for key, whole, line in used_keys(path)
        if (key not in keys if whole else not any(known.startswith(key) for known in keys))
    ]
    assert lost == []


def test_pages_and_charts_hold_no_words_of_their_own() -> None:
    files = [*(ROOT / "pages").glob("*.py"), *(ROOT / "warehouse" / "charts").rglob("*.py")]
    files += [path for path in (ROOT / "app.py", ROOT / "warehouse" / "session.py") if path.exists()]
    assert [found for path in files for found in words_in_code(path)] == []


def test_every_code_of_the_contracts_has_words() -> None:
    """A code set that grows without a translation would show Chinese on an English page."""
    known = set(catalogue("en"))
    missing = set()
    for path in (ROOT / "warehouse" / "contracts").glob("*.yml"):
        for column in yaml.safe_load(path.read_text(encoding="utf-8")).get("columns", []):
            codes = [str(code) for code in column.get("codes", [])]
            missing |= {code for code in codes if CJK.search(code) and f"label.code.{code}" not in known}
    assert missing == set()


def test_every_code_of_the_marts_has_words() -> None:
    """Causes come from the project file, focus flags from the fact's columns."""
    project = yaml.safe_load((ROOT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    fact = (ROOT / "dbt_project/models/marts/core/fct_household_month.yml").read_text(encoding="utf-8")
    wanted = {f"label.cause.{cause}" for cause in project["vars"]["causes"]}
    wanted |= {f"label.focus.{name}" for name in re.findall(r"- name: focus_(\w+)", fact)}
    assert len(wanted) > 15
    assert wanted - set(catalogue("en")) == set()


def test_the_checks_see_what_they_must(tmp_path: Path) -> None:
    """Planted faults: a lost key and a Chinese literal are both found."""
    page = tmp_path / "planted.py"
    page.write_text('"""说明"""\nprint(t("no.such.key"), label("tier", code), "漏保")\n', encoding="utf-8")
    assert list(used_keys(page)) == [("no.such.key", True, 2), ("label.tier.", False, 2)]
    assert words_in_code(page) == ["planted.py:2 漏保"]
