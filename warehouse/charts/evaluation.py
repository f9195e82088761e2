"""The table of all metrics as a page of print: value, counts, interval, target, change and a small line each.

HTML and not a data grid: a definition opens beside each metric, words wrap, and the whole prints as it stands.
Nothing in it comes from extracts; every text is escaped all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, Protocol

from warehouse.charts.theme import look
from warehouse.i18n import t

_HEADS: Final = ("metric", "value", "counts", "unknown", "target", "change", "series")
_CHIP: Final = {"better": "note", "worse": "check", "plain": "plain", "unknown": "unknown"}
_WIDTH, _HEIGHT = 96, 26


class Line(Protocol):
    """What a row of the table needs (warehouse.words.evaluation.Line)."""

    @property
    def metric(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def definition(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def value(self) -> str: ...
    @property
    def counts(self) -> str: ...
    @property
    def interval(self) -> str: ...
    @property
    def unknown(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def change(self) -> str: ...
    @property
    def change_tone(self) -> str: ...
    @property
    def change_detail(self) -> str: ...
    @property
    def series(self) -> tuple[float | None, ...]: ...


def metric_table(themes: Mapping[str, Sequence[Line]], *, earlier: str) -> str:
    """All metrics by theme. `earlier` names the period that changes are told against."""
    heads = "".join(f"<th>{escape(t(f'evaluation.head.{head}', earlier=earlier))}</th>" for head in _HEADS)
    body = "".join(
        f'<tr><th colspan="{len(_HEADS)}" style="{_THEME}">{escape(t(f"evaluation.theme.{theme}"))}</th></tr>'
        + "".join(_row(line) for line in lines)
        for theme, lines in themes.items()
    )
    return (
        f'<table style="{_TABLE}"><thead><tr style="text-align:left">{heads}</tr></thead><tbody>{body}</tbody></table>'
    )


_TABLE: Final = "width:100%;border-collapse:collapse;line-height:1.45"
_THEME: Final = "text-align:left;padding-top:1rem;font-weight:700;border-bottom:1.5px solid var(--kanhu-ink)"
_CELL: Final = "border-bottom:1px solid var(--kanhu-rule);vertical-align:top"
_SMALL: Final = "color:var(--kanhu-muted);font-size:.88em"


def _row(line: Line) -> str:
    cells = (
        f"<strong>{escape(line.name)}</strong>{_definition(line)}",
        f'<strong style="font-size:1.15em">{escape(line.value)}</strong><br>'
        f'<span style="{_SMALL};white-space:nowrap">{escape(line.interval)}</span>',
        escape(line.counts),
        escape(line.unknown),
        escape(line.target),
        f'<span class="kanhu-chip{_chip(line)}" title="{escape(line.change_detail)}">{escape(line.change)}</span>',
        sparkline(line.series),
    )
    return "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells) + "</tr>"


def _chip(line: Line) -> str:
    """A real change for the worse is filled, one for the better dashed, as villages' verdicts are."""
    kind = _CHIP[line.change_tone]
    return "" if kind == "plain" else f" kanhu-chip-{kind}"


def _definition(line: Line) -> str:
    parts = "".join(f"<div><em>{escape(head)}</em> {escape(words)}</div>" for head, words in line.definition)
    return (
        f'<details style="{_SMALL};max-width:34rem"><summary style="cursor:pointer">{escape(t("metric.how"))}</summary>'
        f"{parts}</details>"
    )


def sparkline(values: Sequence[float | None]) -> str:
    """A small line of the values as SVG, the newest as a dot; empty under two known values. Gaps stay gaps."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step = _WIDTH / max(1, len(values) - 1)
    at = [
        None if value is None else (round(3 + i * step, 1), round(_y(value, low, high), 1))
        for i, value in enumerate(values)
    ]
    path, begun = "", False
    for point in at:
        if point is not None:
            path += f"{'L' if begun else 'M'}{point[0]} {point[1]}"
        begun = point is not None
    x, y = next(point for point in reversed(at) if point is not None)
    colour = look().palette.accent
    return (
        f'<svg width="{_WIDTH + 8}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH + 8} {_HEIGHT}" aria-hidden="true">'
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="1.8"></path>'
        f'<circle cx="{x}" cy="{y}" r="2.8" fill="{colour}"></circle></svg>'
    )


def _y(value: float, low: float, high: float) -> float:
    return _HEIGHT / 2 if high == low else 4 + (high - value) / (high - low) * (_HEIGHT - 8)
