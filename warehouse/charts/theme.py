"""One look for every chart: palette, type scale, fonts of the reader's machine.

One accent colour (deep teal) for what a chart is about, greys for the rest: it survives a projector, a grey print and
colour blindness. Marks never rely on colour alone. The look is a context variable like the language.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import altair as alt
import polars as pl
from altair.utils import core as altair_core
from altair.vegalite.v6 import api as altair_api

FONT = "Noto Sans SC, Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
PICK = "pick"
PADDING = {"left": 4, "right": 8, "top": 8, "bottom": 4}
Mode = Literal["light", "dark"]
Chart = alt.Chart | alt.LayerChart | alt.FacetChart  # never faceted here: the union is what alt.layer() is typed as


@dataclass(frozen=True)
class Palette:
    """ink: text. muted: secondary text. rule: axis lines. greys run from lightest to darkest. paper: background."""

    ink: str
    muted: str
    rule: str
    grey_1: str
    grey_2: str
    grey_3: str
    grey_4: str
    paper: str
    accent: str
    accent_soft: str
    on_accent: str


PALETTES: dict[Mode, Palette] = {
    "light": Palette(
        ink="#1C252C",
        muted="#57636D",
        rule="#C7CFD5",
        grey_1="#EDF0F2",
        grey_2="#CBD3D9",
        grey_3="#98A4AE",
        grey_4="#59656F",
        paper="#FFFFFF",
        accent="#0B6670",
        accent_soft="#A9D2D3",
        on_accent="#FFFFFF",
    ),
    "dark": Palette(
        ink="#E8ECEF",
        muted="#A7B3BC",
        rule="#46525B",
        grey_1="#222A30",
        grey_2="#39454E",
        grey_3="#65737E",
        grey_4="#A0ADB7",
        paper="#11171B",
        accent="#58C4C9",
        accent_soft="#1E555A",
        on_accent="#0B1518",
    ),
}


@dataclass(frozen=True)
class Look:
    """mode: light or dark. size: base type size in pixels (14 on a desk, 20 in present mode)."""

    mode: Mode = "light"
    size: int = 14

    @property
    def palette(self) -> Palette:
        return PALETTES[self.mode]

    @property
    def row(self) -> int:
        """Height of one row of bars or dots."""
        return round(self.size * 1.85)


_look: ContextVar[Look] = ContextVar("kanhu_look", default=Look())  # noqa: B039 (frozen)


def set_look(mode: Mode = "light", size: int = 14) -> Look:
    """Choose the look of this context: by the browser's theme, and bigger in present mode."""
    chosen = Look(mode, size)
    _look.set(chosen)
    return chosen


def look() -> Look:
    """The look of this context."""
    return _look.get()


def finish(chart: Chart, *, height: int | alt.Step | None = None, right: int | None = None) -> Chart:
    """The chart with the theme, ready for st.altair_chart(chart, theme=None, width="stretch").

    right: pixels of room on that side, for words that stand beside the marks.
    """
    # Not by properties(): it copies every layer, twice.
    if height is not None:
        chart.height = height
    if right is not None:
        chart.padding = {**PADDING, "right": right}
    chart.config = alt.Config(**config(look()))
    return chart


def warm_charts() -> None:
    """Make one chart, so that what Altair prepares at its first chart is there."""
    drawn = alt.Chart(pl.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q", color=alt.Color("x:N"))
    finish(alt.layer(drawn.add_params(pick("x")), drawn.mark_text())).to_dict()


def spec(chart: Chart) -> dict[str, Any]:
    """The chart as plain data, for st.vega_lite_chart and for caches: building it again costs 20 to 50 ms."""
    found: dict[str, Any] = chart.to_dict(validate=False)
    return found


def _in_channel(
    channels: altair_core._ChannelCache, given: Any, encoding: str
) -> alt.SchemaBase | list[alt.SchemaBase]:
    """`text="name:N"` or `x=alt.value(0)` as a channel of that encoding, without looking for classes of its parts."""
    if isinstance(given, alt.SchemaBase):
        return given
    if isinstance(given, list | tuple):
        return [_in_channel(channels, each, encoding) for each in given]  # type: ignore[misc]
    parts: dict[str, Any] = {"shorthand": given} if isinstance(given, str) else dict(given)
    kind = channels.name_to_channel[encoding]["value" if "value" in parts else "field"]
    return kind(**parts)


def _without_views(parameter: alt.Parameter) -> dict[str, Any]:
    """What a parameter says, apart from the views it is in: Altair compares parameters by it."""
    found = dict(parameter.to_dict(validate=False))  # type: ignore[call-arg]
    found.pop("views", None)
    return found


# Altair's own way sorts its 570 classes anew for every encoding given as text, 5 ms each, and checks each parameter
# against the schema again and again: more than half of building a chart. The specs are the same either way
# (tests/unit/test_charts.py), and its version is pinned.
altair_core._ChannelCache._wrap_in_channel = _in_channel  # type: ignore[method-assign]
altair_api._viewless_dict = _without_views  # type: ignore[assignment]


def pick(*fields: str) -> alt.Parameter:
    """The click selection of a chart: `on_select="rerun"` gives event["selection"]["pick"][0][field]."""
    return alt.selection_point(name=PICK, fields=list(fields), on="click", empty=False)


def value_axis(
    *,
    share: bool = False,
    grid: bool = True,
    title: str | None = None,
    ticks: int = 5,
    digits: int = 0,
    is_whole: bool = False,
) -> alt.Axis:
    """A quantitative axis: percent with `digits` for shares, thousands parted otherwise. is_whole: nothing is marked
    between whole numbers, as there is no part of a household."""
    step = 1 if is_whole else alt.Undefined
    form = f".{digits}%" if share else ",~f"
    return alt.Axis(format=form, grid=grid, title=title, tickCount=ticks, tickMinStep=step)


def with_words(frame: pl.DataFrame, name: str, words: Callable[..., str], *columns: str) -> pl.DataFrame:
    """The frame with a text column: `words` of each row's `columns`.

    Not map_elements: polars may run it in another thread, where the reader's language is not set.
    """
    said = [words(*row) for row in frame.select(columns).iter_rows()]
    return frame.with_columns(pl.Series(name, said, dtype=pl.String))


def text_mark(chart: alt.Chart, **options: Any) -> alt.Chart:
    """Text in the ink and size of the look; `options` override."""
    chosen: dict[str, Any] = {
        "font": FONT,
        "fontSize": look().size,
        "color": look().palette.ink,
        "clip": False,
    } | options
    text: alt.Chart = chart.mark_text(**chosen)
    return text


@cache
def config(chosen: Look) -> dict[str, Any]:
    """The Vega-Lite config of a look. Words and months reach a chart ready made, so it needs no locale."""
    p, size = chosen.palette, chosen.size
    axis = {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": size,
        "titleFontSize": size,
        "titleFontWeight": "normal",
        "labelColor": p.muted,
        "titleColor": p.muted,
        "labelPadding": 6,
        "titlePadding": 10,
        "labelLimit": size * 22,
        "gridColor": p.grey_1,
        "domainColor": p.rule,
        "tickColor": p.rule,
        "ticks": False,
        "domain": False,
    }
    return {
        "background": "transparent",
        "font": FONT,
        "padding": PADDING,
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"grid": False},
        "legend": {
            "labelFont": FONT,
            "titleFont": FONT,
            "labelFontSize": size,
            "labelColor": p.ink,
            "labelLimit": size * 22,
            "orient": "top",
            "direction": "horizontal",
            "title": None,
            "symbolType": "square",
            "symbolSize": size * 12,
            "symbolStrokeWidth": 1,
            "columnPadding": 18,
            "offset": 6,
        },
        "text": {"font": FONT, "fontSize": size, "color": p.ink},
        "header": {"labelFont": FONT, "labelFontSize": size},
    }


@cache
def page_css() -> str:
    """The style sheet of the pages: metric cards, verdict chips, tables, print."""
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
