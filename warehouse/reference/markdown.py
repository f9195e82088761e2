"""Tables and words of the made pages: Chinese and English side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from warehouse.i18n import language, set_language, t

NONE = "—"


def page(title: str, source: str, intro: str, *parts: str) -> str:
    """A whole page. source: the files that it is made from."""
    made = f"Made from {source} by `kanhu docs`: change it there."
    return "\n\n".join([f"# {title}", intro, made, *(part for part in parts if part)]) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar inside a cell is kept a bar, a cell without words is a dash."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") or NONE for cell in line) + " |" for line in lines)


def code(words: Iterable[str]) -> str:
    """Names as code, parted by commas."""
    return ", ".join(f"`{word}`" for word in words)


def both(key: str) -> tuple[str, str]:
    """A text of the catalogues in Chinese and in English."""
    before = language()
    try:
        set_language("zh_CN")
        chinese = t(key)
        set_language("en")
        return chinese, t(key)
    finally:
        set_language(before)
