"""A table of texts: the page sets it as HTML that prints, a paper takes its head and rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Grid:
    """Finished texts. right: columns set to the right; wrap: columns whose text may break into lines; strong: rows in
    bold. A second line of a cell is small."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    wrap: tuple[int, ...] = ()
    strong: tuple[int, ...] = ()

    def without(self, head: str) -> Grid:
        """The same without the column of that head."""
        lost = self.head.index(head)
        return Grid(
            self.head[:lost] + self.head[lost + 1 :],
            tuple(row[:lost] + row[lost + 1 :] for row in self.rows),
            strong=self.strong,
        )

    @property
    def html(self) -> str:
        return html_table(self.head, self.rows, right=self.right, wrap=self.wrap, strong=self.strong)


def grid(
    head: Iterable[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[int] = (),
    wrap: Sequence[int] = (),
    strong: Sequence[int] = (),
) -> Grid:
    """The table of these heads and rows."""
    return Grid(tuple(head), tuple(tuple(row) for row in rows), tuple(right), tuple(wrap), tuple(strong))


def html_table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[int] = (),
    wrap: Sequence[int] = (),
    strong: Sequence[int] = (),
) -> str:
    """A plain table that prints. right: columns set to the right; wrap: columns whose text may break into lines;
    strong: rows in bold. Every text is escaped; a second line of a cell is small."""

    def cells(tag: str, row: Sequence[str], style: str) -> str:
        return "".join(
            f'<{tag} style="text-align:{"right" if place in right else "left"};'
            f'white-space:{"normal" if place in wrap else "nowrap"};{style}">{_cell(text)}</{tag}>'
            for place, text in enumerate(row)
        )

    plain = "border-bottom:1px solid var(--kanhu-rule)"
    body = "".join(
        f"<tr>{cells('td', row, plain + (';font-weight:600' if i in strong else ''))}</tr>"
        for i, row in enumerate(rows)
    )
    faint = f"{plain};color:var(--kanhu-muted);font-weight:400"
    top = f"<thead><tr>{cells('th', head, faint)}</tr></thead>" if head else ""
    return (
        '<div style="overflow-x:auto"><table style="width:100%;border-collapse:collapse">'
        f"{top}<tbody>{body}</tbody></table></div>"
    )


def _cell(text: str) -> str:
    first, *more = escape(text).split("\n")
    small = '<br><span style="color:var(--kanhu-muted);font-size:0.85em;font-weight:400;white-space:normal">'
    return first + "".join(f"{small}{line}</span>" for line in more)
