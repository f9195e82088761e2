"""The table of all metrics as a page of print: value, counts, interval, target, change, and small bars beside each.

HTML and not a data grid: a definition opens beside each metric, words wrap, and the whole prints as it stands.
Nothing in it comes from extracts; every text is escaped all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, Protocol

import polars as pl

from warehouse.charts.areas import funnel
from warehouse.charts.series import trend
from warehouse.charts.theme import Chart
from warehouse.i18n import t
from warehouse.stats.funnel import share_limits
from warehouse.stats.verdicts import Better
from warehouse.stats.xmr import xmr


def metric_trend(months: pl.DataFrame, *, share: bool, target: float | None, limited: bool) -> Chart:
    """Is the metric changing, month by month? With the process limits of a whole if `limited`.

    Takes one row per month: period, value. Click gives pick.period.
    """
    limits = xmr(months["value"], lowest=0.0, highest=1.0 if share else None) if limited else None
    return trend(months, share=share, target=target, limits=limits)


def village_funnel(frame: pl.DataFrame, p0: float, *, place: str, counted: str, better: Better) -> Chart:
    """Which are off by more than chance? The funnel with exact limits for the sizes there are."""
    return funnel(frame, share_limits(p0, frame["denominator"]), p0, place=place, counted=counted, better=better)


_HEADS: Final = ("metric", "value", "spot", "counts", "change", "target", "series")
_CHIP: Final = {"better": " kanhu-chip-note", "worse": " kanhu-chip-check"}
_WIDTH, _HEIGHT = 7, 26


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
    def item(self) -> str: ...
    @property
    def beside(self) -> str: ...
    @property
    def spot(self) -> tuple[float, float, float, float | None] | None: ...
    @property
    def target(self) -> str: ...
    @property
    def change(self) -> str: ...
    @property
    def change_tone(self) -> str: ...
    @property
    def detail(self) -> tuple[str, ...]: ...
    @property
    def series(self) -> tuple[float | None, ...]: ...
    @property
    def is_share(self) -> bool: ...
    @property
    def code(self) -> str: ...


def metric_table(themes: Mapping[str, Sequence[Line]], *, earlier: str) -> str:
    """The metrics by theme. `earlier` names the period that changes are told against. Without a target in any of them
    there is no column of targets; a single theme needs no heading of its own."""
    kept = [
        head for head in _HEADS if head != "target" or any(line.target for part in themes.values() for line in part)
    ]
    heads = "".join(f"<th>{escape(t(f'evaluation.head.{head}', earlier=earlier))}</th>" for head in kept)
    body = ""
    for theme, lines in themes.items():
        if len(themes) > 1:
            words = escape(t(f"evaluation.theme.{theme}"))
            body += f'<tr style="break-after:avoid"><th colspan="{len(kept)}" style="{_THEME}">{words}</th></tr>'
        body += "".join(_row(line, kept) for line in lines)
    return (
        f'<table style="{_TABLE}"><thead><tr style="text-align:left">{heads}</tr></thead><tbody>{body}</tbody></table>'
    )


_TABLE: Final = "width:100%;border-collapse:collapse;line-height:1.45"
_THEME: Final = "text-align:left;padding-top:1rem;font-weight:700;border-bottom:1.5px solid var(--kanhu-ink)"
_CELL: Final = "border-bottom:1px solid var(--kanhu-rule);vertical-align:top"
_OPENS: Final = "cursor:pointer;font-weight:600"
_SMALL: Final = "color:var(--kanhu-muted);font-size:.88em"


def _row(line: Line, kept: Sequence[str]) -> str:
    cells = {
        "metric": _definition(line),
        "value": f'<strong style="font-size:1.15em;white-space:nowrap">{escape(line.value)}</strong>',
        "spot": _spot(line),
        "counts": _counts(line),
        "change": _change(line),
        "target": escape(line.target),
        "series": small_bars(line.series, share=line.is_share),
    }
    return "<tr>" + "".join(f'<td style="{_CELL}">{cells[head]}</td>' for head in kept) + "</tr>"


def _counts(line: Line) -> str:
    """Numerator and denominator, what they count, and what stands beside them."""
    beside = f'<br><span style="{_SMALL}">{escape(line.beside)}</span>' if line.beside else ""
    return f'<span>{escape(line.counts)}</span> <span style="{_SMALL}">{escape(line.item)}</span>{beside}'


def _spot(line: Line) -> str:
    """A share from 0 to 100%: the interval as a bar, the value as a dot, the target as a line across."""
    if line.spot is None:
        return ""
    low, value, high, target = line.spot
    width = max(high - low, 0.005)
    marks = f'<i style="left:{low:.1%};width:{width:.1%}"></i>'
    if target is not None:
        marks += f'<u style="left:{target:.1%}"></u>'
    words = escape(line.detail[0] if line.detail else line.value)
    marks += f'<b style="left:{value:.1%}"></b>'
    return f'<span class="kanhu-spot" role="img" aria-label="{words}" title="{words}">{marks}</span>'


def _change(line: Line) -> str:
    """A real change for the worse is filled, one for the better dashed, as verdicts are; the rest is words."""
    if line.change_tone in _CHIP and line.change:
        return f'<span class="kanhu-chip{_CHIP[line.change_tone]}">{escape(line.change)}</span>'
    return f'<span style="{_SMALL}">{escape(line.change)}</span>'


def _definition(line: Line) -> str:
    """The name, which opens how the metric is counted."""
    parts = "".join(f"<div>{escape(words)}</div>" for words in line.detail)
    parts += "".join(f"<div><em>{escape(head)}</em> {escape(words)}</div>" for head, words in line.definition)
    return (
        f'<details style="min-width:9rem;max-width:34rem"><summary style="{_OPENS}">{escape(line.name)}</summary>'
        f'<div style="{_SMALL}">{parts}{_passport(line)}</div></details>'
    )


def _passport(line: Line) -> str:
    """The code, which opens the passport."""
    if not line.code:
        return ""
    code = escape(line.code)
    address = f"/about?section=passport&amp;code={code}"
    return (
        f"<div><em>{escape(t('passport.column.code'))}</em> <code>{code}</code> "
        f'<a href="{address}" target="_self" style="color:var(--kanhu-accent)">{escape(t("passport.open"))}</a></div>'
    )


def small_bars(values: Sequence[float | None], *, share: bool) -> str:
    """The values of earlier periods and this one (last, in the accent) as small bars from zero; a gap is a dot.

    From zero, so that a change that is none does not look like one. Shares over a half stand on a scale to 100%.
    """
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    top = 1.0 if share and max(known) > 0.5 else max(known) or 1.0
    bars = [_bar(value, top, is_last=i == len(values) - 1) for i, value in enumerate(values)]
    return f'<span style="display:inline-flex;align-items:flex-end;height:{_HEIGHT}px;gap:2px">{"".join(bars)}</span>'


def _bar(value: float | None, top: float, *, is_last: bool) -> str:
    colour = "var(--kanhu-accent)" if is_last else "var(--kanhu-rule)"
    height = 2 if value is None else max(2, round(value / top * _HEIGHT))
    return f'<span style="width:{_WIDTH}px;height:{height}px;background:{colour}"></span>'
