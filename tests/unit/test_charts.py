"""Each chart builds in both languages, is valid Vega-Lite, sends only what it draws, and marks without colour alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import altair as alt
import polars as pl
import pytest
from altair.utils import core as altair_core
from altair.vegalite.v6 import api as altair_api

from warehouse import charts
from warehouse.charts.cards import metric_card
from warehouse.charts.theme import PALETTES, page_css, set_look, spec
from warehouse.i18n import set_language
from warehouse.stats.funnel import share_limits, with_verdict
from warehouse.stats.intervals import with_share
from warehouse.stats.survival import kaplan_meier
from warehouse.stats.xmr import xmr


@pytest.fixture(autouse=True)
def _context_is_put_back() -> Iterator[None]:
    yield
    set_language("zh_CN")
    set_look()


def villages() -> pl.DataFrame:
    """One to check (9/41), one to note (7/41), one plain, one with none to count; a column no chart may send."""
    frame = pl.DataFrame(
        {
            "area_code": ["01", "02", "03", "04"],
            "name": ["杨柳村", "大田村", "王楼村", "陈楼村"],
            "tile_row": [1, 1, 2, 2],
            "tile_col": [1, 2, 1, 2],
            "numerator": [9, 7, 2, 0],
            "denominator": [41, 41, 41, 0],
            "text": ["9/41", "7/41", "2/41", "—"],
            "head_name": ["secret"] * 4,
            "inspected": [True, True, False, False],
            "looked_back": [True, False, False, False],
        }
    )
    return with_verdict(with_share(frame), 0.062)


PERIODS = [f"2025-{month:02d}" for month in range(1, 13)] + ["2026-01"]
SHARES = [*[0.915, 0.925] * 6, 0.96]
BUILDERS: dict[str, Callable[[], Any]] = {
    "tile_map": lambda: charts.tile_map(villages(), better="low"),
    "tracker": lambda: charts.tracker(villages()),
    "funnel": lambda: charts.funnel(
        villages(), share_limits(0.062, [41]), 0.062, place="whole", counted="counted", better="low"
    ),
    "interval_dots": lambda: charts.interval_dots(villages(), 0.062, place="whole", better="low", target=0.05),
    "trend": lambda: charts.trend(
        pl.DataFrame({"period": PERIODS, "value": SHARES}), target=0.95, limits=xmr(SHARES, highest=1.0)
    ),
    "heat_month": lambda: charts.heat_month(
        pl.DataFrame(
            {
                "row": ["A"] * 5,
                "key": ["a"] * 5,
                "month": [date(2025, month, 1) for month in range(1, 6)],
                "state": ["on_time", "late", "missing", "not_due", "zero_report"],
            }
        )
    ),
    "timeline": lambda: charts.timeline(
        pl.DataFrame(
            {
                "on": [date(2025, 1, 5), date(2025, 6, 5)],
                "until": [None, date(2025, 7, 1)],
                "kind": ["warning", "admitted"],
                "text": ["x", "y"],
            }
        )
    ),
    "done_curve": lambda: charts.done_curve(kaplan_meier([1, 2, 3], [True, True, False]), limit=15),
    "stacked_share": lambda: charts.stacked_share(
        pl.DataFrame(
            {
                "key": ["01"] * 3,
                "name": ["杨柳村"] * 3,
                "part": ["covered", "suspected_missed", "unknown"],
                "households": [30, 9, 2],
            }
        ),
        kind="coverage",
        parts=["covered", "suspected_missed", "unknown"],
        accent="suspected_missed",
    ),
    "class_matrix": lambda: charts.class_matrix(
        pl.DataFrame(
            {
                "by_data": ["dibao", "dibao", "none"],
                "on_register": ["dibao", "none", "unknown"],
                "households": [30, 9, 2],
                "secret": ["x", "y", "z"],
            }
        ),
        kind="tier",
        codes=("dibao", "none", "unknown"),
    ),
    "income_histogram": lambda: charts.income_histogram(
        pl.DataFrame({"from_yuan": [6000, 7500, 11250], "to_yuan": [7500, 11250, None], "households": [5, 9, 20]}),
        line=7500,
        multiple=1.5,
        unknown=3,
    ),
    "cause_bars": lambda: charts.cause_bars(
        pl.DataFrame({"code": ["illness", "housing"], "households": [5, 2], "earlier": [4, None]}), accent=["illness"]
    ),
    "cause_matrix": lambda: charts.cause_matrix(
        pl.DataFrame({"cause_a": ["illness", "illness"], "cause_b": ["illness", "housing"], "households": [5, 2]}),
        ["illness", "housing"],
    ),
    "transition_matrix": lambda: charts.transition_matrix(
        pl.DataFrame({"before": ["dibao", "none"], "after": ["none", "none"], "households": [2, 90]})
    ),
    "ageing_bars": lambda: charts.ageing_bars(
        pl.DataFrame({"band": ["0-30", "31+"], "open_in_time": [4, 0], "overdue": [0, 3]})
    ),
}


def rows(chart: Any) -> list[dict[str, Any]]:
    """Every row of data that a chart sends."""
    return [row for table in chart.to_dict()["datasets"].values() for row in table]


def test_every_builder_is_tested() -> None:
    assert set(BUILDERS) == set(charts.__all__)


@pytest.mark.parametrize("name", sorted(BUILDERS))
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_chart_is_valid_and_small(name: str, language: str) -> None:
    """to_dict() validates against the Vega-Lite schema; nothing is fetched, and columns not drawn are not sent."""
    set_language(language)
    chart = BUILDERS[name]()
    text = json.dumps(chart.to_dict(), ensure_ascii=False)
    assert "secret" not in text
    assert "url" not in {key for table in chart.to_dict()["datasets"].values() for row in table for key in row}
    assert '"url"' not in text
    assert len(text) < 40_000
    assert spec(chart)["config"]["font"].startswith("Noto Sans SC")


def altairs_own(channels: Any, given: Any, encoding: str) -> Any:
    """How Altair itself makes a channel of what encode() is given, written out from its documentation of from_dict."""
    if isinstance(given, alt.SchemaBase):
        return given
    if isinstance(given, list):
        return [altairs_own(channels, each, encoding) for each in given]
    parts = {"shorthand": given} if isinstance(given, str) else given
    kind = channels.name_to_channel[encoding]["value" if "value" in parts else "field"]
    return kind.from_dict(parts, validate=False)


def altairs_own_parameter(parameter: Any) -> dict[str, Any]:
    """The same for what Altair compares parameters by: checked against the schema, without the views."""
    return {key: value for key, value in parameter.to_dict().items() if key != "views"}


@pytest.mark.parametrize("name", sorted(BUILDERS))
def test_quick_steps_say_what_altairs_own_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """theme.py puts two quicker steps into Altair; only the names Altair makes up for views may differ."""
    quick = BUILDERS[name]().to_dict()
    monkeypatch.setattr(altair_core._ChannelCache, "_wrap_in_channel", altairs_own)
    monkeypatch.setattr(altair_api, "_viewless_dict", altairs_own_parameter)
    own = BUILDERS[name]().to_dict()
    without_names = [re.sub(r'"view_\w+"', '"view"', json.dumps(found, sort_keys=True)) for found in (quick, own)]
    assert without_names[0] == without_names[1]


@pytest.mark.parametrize("name", sorted(set(BUILDERS) - {"timeline", "done_curve"}))
def test_a_click_picks_what_the_page_drills_into(name: str) -> None:
    picked = [p for p in BUILDERS[name]().to_dict()["params"] if p["name"] == "pick"]
    assert len(picked) == 1
    fields = picked[0]["select"]["fields"]
    assert fields
    assert all(any(field in row for row in rows(BUILDERS[name]())) for field in fields)


@pytest.mark.parametrize("name", sorted(BUILDERS))
def test_words_on_charts_follow_the_language(name: str) -> None:
    """With data that hold no Chinese, an English chart holds none either."""
    set_language("en")
    text = json.dumps(BUILDERS[name]().to_dict(), ensure_ascii=False)
    for own in ("杨柳村", "大田村", "王楼村", "陈楼村"):
        text = text.replace(own, "")
    assert re.findall("[\u4e00-\u9fff]", text) == []


def test_tiles_say_the_verdict_in_words() -> None:
    set_language("zh_CN")
    marks = {row["name"]: row["mark"] for row in rows(BUILDERS["tile_map"]())}
    assert marks == {"杨柳村": "● 查", "大田村": "○ 留意", "王楼村": "", "陈楼村": ""}


def test_the_funnel_names_only_villages_outside() -> None:
    chart = BUILDERS["funnel"]().to_dict()
    named = [layer for layer in chart["layer"] if "transform" in layer]
    names = {row["name"] for layer in named for row in chart["datasets"][layer["data"]["name"]]}
    assert names == {"杨柳村", "大田村"}
    assert "陈楼村" not in {row.get("name") for row in rows(BUILDERS["funnel"]())}  # none to count is no point


def test_villages_keep_the_order_given() -> None:
    """No ranking: the dots follow the codes, not the values."""
    chart = BUILDERS["interval_dots"]().to_dict()
    sorts = [layer["encoding"]["y"]["sort"] for layer in chart["layer"] if "sort" in layer["encoding"].get("y", {})]
    assert sorts
    assert all(order == ["杨柳村", "大田村", "王楼村", "陈楼村"] for order in sorts)


def test_unknown_is_a_part_of_the_whole() -> None:
    parts = {row["part"]: (row["from"], row["to"]) for row in rows(BUILDERS["stacked_share"]()) if "part" in row}
    assert parts["unknown"] == (pytest.approx(39 / 41), pytest.approx(1.0))
    bars = rows(BUILDERS["income_histogram"]())
    assert [row["households"] for row in bars if row.get("words", "").startswith("未知")] == [3]
    assert [row["band"] for row in bars if "band" in row] == ["below", "band", "above"]


def test_special_causes_are_ringed() -> None:
    signals = [row["signal"] for row in rows(BUILDERS["trend"]()) if row.get("signal")]
    assert signals == ["beyond"]


def test_dark_and_large_looks() -> None:
    set_look("dark", 20)
    found = BUILDERS["trend"]().to_dict()["config"]
    assert found["axis"]["labelColor"] == PALETTES["dark"].muted
    assert found["axis"]["labelFontSize"] == 20


@pytest.mark.parametrize("name", sorted(BUILDERS))
def test_a_dark_chart_has_no_colour_of_the_light_look(name: str) -> None:
    """Ink, axes and grounds all turn: one colour left behind is text that nobody can read."""
    set_look("dark")
    drawn = json.dumps(BUILDERS[name]().to_dict()).upper()
    light, dark = vars(PALETTES["light"]), set(vars(PALETTES["dark"]).values())
    assert [role for role, colour in light.items() if colour not in dark and colour in drawn] == []
    assert PALETTES["dark"].ink in drawn


def test_every_chart_has_the_same_margins() -> None:
    """Room on the right for words apart, the sides are those of the theme: charts under each other line up."""
    for name, build in BUILDERS.items():
        spec_of = build().to_dict()
        padding = spec_of.get("padding", spec_of["config"]["padding"])
        assert (padding["left"], padding["top"], padding["bottom"]) == (4, 8, 4), name


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read_against_its_ground(mode: Any) -> None:
    """WCAG contrast: text at least 4.5, accent against paper at least 3."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        high, low = sorted((luminance(one), luminance(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    p = PALETTES[mode]
    assert contrast(p.ink, p.paper) > 7
    assert contrast(p.ink, p.grey_2) > 4.5
    assert contrast(p.muted, p.paper) > 4.5
    assert contrast(p.on_accent, p.accent) > 4.5
    assert contrast(p.accent, p.paper) > 4.5
    assert contrast(p.accent, p.grey_3) > 1.5  # told apart in a grey print


def test_a_dark_page_prints_on_white_without_the_shell() -> None:
    """On paper no menu, button or picker; dark colours turn to the light ones; no figure is cut in two."""
    _, printed = page_css().split("@media print", 1)
    for part in ("stSidebar", "stHeader", "stPopover", "stButtonGroup", "stElementToolbar", "stPageLink"):
        assert f'[data-testid="{part}"]' in printed.split("display: none", 1)[0], part
    light = PALETTES["light"]
    turned = re.search(r':root\[data-look="dark"\] \{([^}]*)\}', printed)
    assert turned
    for name, colour in (("accent", light.accent), ("ink", light.ink), ("muted", light.muted), ("rule", light.rule)):
        assert f"--kanhu-{name}: {colour.lower()}" in turned.group(1)
    assert "break-inside: avoid" in printed
    assert "size: A4" in printed


def test_style_sheet_colours_are_those_of_the_charts() -> None:
    for mode, found in zip(("light", "dark"), re.findall(r":root[^{,]*\{([^}]*)\}", page_css())[:2], strict=True):
        palette = PALETTES[mode]  # type: ignore[index]
        for name, colour in (("accent", palette.accent), ("ink", palette.ink), ("muted", palette.muted)):
            assert f"--kanhu-{name}: {colour.lower()}" in found, mode


def test_style_sheet_fetches_nothing() -> None:
    assert "@media print" in page_css()
    assert "url(" not in page_css()
    assert "@import" not in page_css()


def test_metric_card() -> None:
    row = {"metric": "coverage_rate", "state": "known", "numerator": 934, "denominator": 1000, "unknown": 37}
    row |= {"value": 0.934, "low": 0.917, "high": 0.948, "target": 0.95}
    card = metric_card(
        row, row | {"numerator": 880}, name="应保尽保率", better="high", earlier_name="上季度", series=(0.88, 0.934)
    )
    assert (card.value, card.counts, card.interval) == ("93.4%", "934/1,000", "95% 区间 91.7%–94.8%")
    assert card.change_tone == "better"
    assert card.target == "未达目标 95.0%（−1.6 个百分点）"
    assert card.unknown == "另有 37 户情况未知，不计入比率。"
    nothing = row | {"state": "none_to_count", "numerator": 0, "denominator": 0, "value": None, "unknown": 0}
    empty = metric_card(nothing, None, name="应保尽保率", better="high", earlier_name="上季度")
    assert (empty.value, empty.counts, empty.change) == ("—", None, None)
    assert empty.state == "本期无应计对象，不计算比率。"
    late = metric_card(
        row | {"state": "list_missing", "value": None},
        None,
        name="x",
        better="high",
        earlier_name="y",
        missing="低保名册",
    )
    assert (late.value, late.state) == ("清单未到", "低保名册未到，无法计算。")


def test_a_town_of_many_villages_says_their_names_without_the_word_for_them() -> None:
    """Eight columns leave room for four signs; villages that would be called alike keep their words."""
    names = ["李孟居委会", "前许章甫村委会", "东街居委会", "东街村", "未来社区"]
    frame = villages().head(1).drop("name", "tile_col", "area_code", "value", "text")
    many = pl.concat([frame] * len(names)).with_columns(
        pl.Series("name", names), pl.Series("tile_col", [4, 5, 6, 7, 8]), pl.Series("area_code", list("abcde")),
        pl.Series("value", [0.1, None, 0.2, 0.0, 0.3]),
        pl.Series("text", ["1/10 10%", "无应计对象", "2/10", "0/10", "3/10"]),
    )  # fmt: skip
    shown = rows(charts.tile_map(many))
    assert [row["short"] for row in shown] == ["李孟", "前许章甫", "东街居…", "东街村", "未来"]
    assert [row["words"] for row in shown] == ["1/10 10%", "—", "2/10", "0/10", "3/10"]
    few = rows(charts.tile_map(many.with_columns(pl.Series("tile_col", [1, 2, 3, 4, 5]))))
    assert [row["short"] for row in few] == names
