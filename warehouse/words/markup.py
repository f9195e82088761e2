"""Words as HTML and as Markdown: escaped, with what is between ** set strong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

_WHOLE = re.compile(r"\*\*[^*]+\*\*")
_STRONG = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
# What Markdown would take for a picture, a link, code, a formula, emphasis, an icon or HTML.
_MARKS = re.compile(r"[\\`*\[\]<>$~]|(?<=www)\.|:(?=[a-z/+])", re.IGNORECASE)


def strong(text: str) -> str:
    """The text as HTML; nothing in it but `**x**` is marked up."""
    return _STRONG.sub(r"<strong>\1</strong>", escape(text))


def literal(text: str) -> str:
    """Words of a person or a file (a decision, a reason, a heading) so that a sentence in Markdown shows them as they
    stand and never runs them."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))


def plain(text: str) -> str:
    """The text without its marks."""
    return text.replace("**", "")


def items(lines: Iterable[str]) -> str:
    """A list of sentences."""
    return "<ul>" + "".join(f"<li>{strong(line)}</li>" for line in lines) + "</ul>"


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: frozenset[int] = frozenset()) -> str:
    """A table of words. numbers: places of the columns that are set to the right. A cell that is strong as a whole has
    the class `strong`."""

    def cell(tag: str, at: int, text: str) -> str:
        kind = "number" if at in numbers else "strong" if _WHOLE.fullmatch(text) else ""
        return f"<{tag}{f' class={kind}' if kind else ''}>{strong(text)}</{tag}>"

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(cell(tag, at, text) for at, text in enumerate(row))

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f"<table><thead><tr>{cells('th', heads)}</tr></thead><tbody>{body}</tbody></table>"
