"""Charts that set villages side by side: tiles, funnel, intervals, tracker. Villages keep the order of their codes."""

from __future__ import annotations

import altair as alt
import polars as pl

from warehouse.charts.theme import FONT, Chart, finish, look, pick, text_mark, value_axis, with_words
from warehouse.i18n import fmt_ratio, fmt_share, t
from warehouse.profiles import village_stem
from warehouse.stats.verdicts import Better, side, verdict_words

_TILE_ROWS = 5.2
# Of more columns than this a tile holds a name of so many signs.
WIDE_COLUMNS, NARROW_SIGNS = 6, 4


def _tiles_height(rows: int, size: int) -> int:
    """Room for that many rows of tiles; a few have as much margin around them as many, so each gets a little more."""
    return round(size * (rows * _TILE_ROWS + max(0, 4 - rows) * 0.6))


def tile_map(frame: pl.DataFrame, *, better: Better = None, share: bool = True) -> Chart:
    """Where does each village stand? A schematic of equal tiles.

    Takes one row per village: area_code, name, tile_row, tile_col, value (null: unknown or none to count), text (what
    the tile says under the name), verdict (of stats.funnel). Check and note are said in words and by a ring; the shade
    is the value, from light to mid grey. Click gives pick.area_code.
    """
    p, size = look().palette, look().size
    data = _toned(frame, better).select(
        "area_code", "name", "tile_row", "tile_col", "value", "text", "tone", "verdict_text", "mark"
    )
    data = data.with_columns(_names(data), _tile_words(data))
    rows = int(data["tile_row"].max() or 1)  # type: ignore[arg-type]
    base = alt.Chart(data).encode(
        x=alt.X("tile_col:O", axis=None, scale=alt.Scale(paddingInner=0.07, paddingOuter=0.03)),
        y=alt.Y("tile_row:O", axis=None, scale=alt.Scale(paddingInner=0.09, paddingOuter=0.03)),
        tooltip=[
            alt.Tooltip("name:N", title=t("chart.area")),
            alt.Tooltip("text:N", title=t("chart.value")),
            alt.Tooltip("verdict_text:N", title=t("chart.verdict")),
        ],
    )
    values = [value for value in data["value"] if value is not None]
    span = [min([0.0, *values]) if share else min(values, default=0.0), max(values, default=1.0) or 1.0]
    shade = alt.Scale(domain=span, range=[p.grey_1, p.grey_2], interpolate="rgb")
    tiles = base.mark_rect(cornerRadius=4, cursor="pointer", invalid="show").encode(
        color=alt.Color("value:Q", legend=None, scale=shade),
        stroke=_by_tone({"check": p.accent}, p.rule),
        strokeWidth=_by_tone({"check": 4}, 1),
    )
    uncounted = base.transform_filter("datum.value === null").mark_rect(
        cornerRadius=4, fill=p.paper, stroke=p.grey_3, strokeDash=[3, 3]
    )
    noted = base.transform_filter("datum.tone === 'note'").mark_rect(
        cornerRadius=4, fillOpacity=0, fill=p.paper, stroke=p.accent, strokeWidth=2.5, strokeDash=[6, 4]
    )
    words = [
        text_mark(base, dy=-size * 1.35, fontWeight="bold").encode(text="short:N"),
        text_mark(base, dy=size * 0.15, fontSize=size + 1).encode(text="words:N"),
        text_mark(base, dy=size * 1.6, color=p.accent, fontWeight="bold").encode(text="mark:N"),
    ]
    return finish(
        alt.layer(tiles.add_params(pick("area_code")), uncounted, noted, *words), height=_tiles_height(rows, size)
    )


def _is_narrow(data: pl.DataFrame) -> bool:
    """Whether a town has so many villages that a tile holds four signs."""
    return int(data["tile_col"].max() or 1) > WIDE_COLUMNS  # type: ignore[arg-type]


def _names(data: pl.DataFrame) -> pl.Series:
    """What a tile calls its area: in narrow tiles without the word for what it is, unless two would be called alike."""
    names = data["name"].to_list()
    stems = [village_stem(name) for name in names]
    if _is_narrow(data):
        names = [stem if stems.count(stem) == 1 else name for name, stem in zip(names, stems, strict=True)]
        names = [name if len(name) <= NARROW_SIGNS else f"{name[: NARROW_SIGNS - 1]}…" for name in names]
    return pl.Series("short", names, dtype=pl.String)


def _tile_words(data: pl.DataFrame) -> pl.Series:
    """What a tile says under the name: a dash where there is nothing to say and no room to say so."""
    words = data["text"].to_list()
    if _is_narrow(data):
        words = ["—" if value is None else text for value, text in zip(data["value"], words, strict=True)]
    return pl.Series("words", words, dtype=pl.String)


def tracker(frame: pl.DataFrame) -> Chart:
    """Which villages were inspected this year, and which were looked back at?

    Takes one row per village: area_code, name, tile_row, tile_col, inspected, looked_back (booleans). A tile is filled
    when both are done. Click gives pick.area_code.
    """
    p, size = look().palette, look().size
    done, not_done = t("chart.done_mark"), t("chart.not_done_mark")
    mark = {
        name: pl.when(pl.col(name)).then(pl.lit(done)).otherwise(pl.lit(not_done))
        for name in ("inspected", "looked_back")
    }
    data = frame.select(
        "area_code",
        "name",
        "tile_row",
        "tile_col",
        (pl.col("inspected").cast(pl.Int8) + pl.col("looked_back").cast(pl.Int8)).alias("steps"),
        pl.concat_str(mark["inspected"], pl.lit(" " + t("chart.inspected"))).alias("first"),
        pl.concat_str(mark["looked_back"], pl.lit(" " + t("chart.looked_back"))).alias("second"),
    )
    data = data.with_columns(_names(data))
    rows = int(data["tile_row"].max() or 1)  # type: ignore[arg-type]
    base = alt.Chart(data).encode(
        x=alt.X("tile_col:O", axis=None, scale=alt.Scale(paddingInner=0.07, paddingOuter=0.03)),
        y=alt.Y("tile_row:O", axis=None, scale=alt.Scale(paddingInner=0.09, paddingOuter=0.03)),
        tooltip=[
            alt.Tooltip("name:N", title=t("chart.area")),
            alt.Tooltip("first:N", title=t("chart.inspected")),
            alt.Tooltip("second:N", title=t("chart.looked_back")),
        ],
    )
    tiles = base.mark_rect(cornerRadius=4, cursor="pointer", strokeWidth=1).encode(
        color=alt.Color("steps:O", legend=None, scale=alt.Scale(domain=[0, 1, 2], range=[p.paper, p.grey_1, p.grey_2])),
        stroke=alt.condition("datum.steps == 2", alt.value(p.grey_2), alt.value(p.grey_3)),
    )
    words = [
        text_mark(base, dy=-size * 1.35, fontWeight="bold").encode(text="short:N"),
        text_mark(base, dy=size * 0.15).encode(text="first:N"),
        text_mark(base, dy=size * 1.55).encode(text="second:N"),
    ]
    return finish(alt.layer(tiles.add_params(pick("area_code")), *words), height=_tiles_height(rows, size))


def funnel(
    frame: pl.DataFrame,
    limits: pl.DataFrame,
    p0: float,
    *,
    place: str,
    counted: str,
    better: Better = None,
) -> Chart:
    """Which villages are off by more than chance? Share against number counted, with exact limits.

    Takes one row per village: area_code, name, numerator, denominator, value, verdict; and `limits` of
    stats.funnel.share_limits. `place` names the whole (全镇), `counted` the x axis
    (符合条件户数). Only villages outside a limit are named. Click gives pick.area_code.
    """
    p, size = look().palette, look().size
    data = _toned(frame.filter(pl.col("value").is_not_null()), better)
    data = with_words(data, "ratio", fmt_ratio, "numerator", "denominator").select(
        "area_code", "name", "denominator", "value", "ratio", "tone", "verdict_text"
    )
    outside = data.filter(pl.col("tone").is_in(["check", "note", "better"]))
    band = limits.with_columns(
        pl.col("check_low", "note_low").fill_null(0.0), pl.col("check_high", "note_high").fill_null(1.0)
    )
    x_scale, turn = _funnel_scale(data, limits)
    top = min(1.0, max([p0 * 1.5, *data["value"].to_list(), *_inner(band, "check_high", data)]) * 1.08)
    low = [p0 * 0.9, *data["value"].to_list(), *_inner(band, "check_low", data)]
    bottom = 0.0 if min(low) < 0.25 else max(0.0, min(low) - (top - min(low)) * 0.1)
    y_scale = alt.Scale(domain=[bottom, top], nice=False)
    y = alt.Y("value:Q", axis=value_axis(share=True), scale=y_scale, title=None)
    x = alt.X("denominator:Q", scale=x_scale, title=counted, axis=alt.Axis(format=",d", tickCount=6))

    def region(name: str, fill: str) -> alt.Chart:
        area: alt.Chart = (
            alt.Chart(band.select("n", f"{name}_low", f"{name}_high"))
            .mark_area(interpolate="step", color=fill, clip=True, stroke=p.rule, strokeWidth=1)
            .encode(x=alt.X("n:Q", scale=x_scale), y=alt.Y(f"{name}_low:Q", scale=y_scale), y2=f"{name}_high:Q")
        )
        return area

    base = alt.Chart(data).encode(x=x, y=y)
    points = base.mark_point(filled=True, size=size * 7, strokeWidth=1.5, opacity=1, cursor="pointer").encode(
        fill=_by_tone({"check": p.accent, "note": p.paper, "better": p.grey_4}, p.grey_3),
        stroke=_by_tone({"check": p.accent, "note": p.accent, "better": p.grey_4}, p.paper),
        strokeWidth=_by_tone({"note": 3}, 1.5),
        tooltip=[
            alt.Tooltip("name:N", title=t("chart.area")),
            alt.Tooltip("ratio:N", title=t("chart.ratio")),
            alt.Tooltip("value:Q", title=t("chart.value"), format=".1%"),
            alt.Tooltip("verdict_text:N", title=t("chart.verdict")),
        ],
    )
    whole = alt.Chart(pl.DataFrame({"value": [p0], "words": [f"{place} {fmt_share(p0)}"]}))
    line = whole.mark_rule(color=p.grey_4, strokeWidth=1.5).encode(y=y)
    line_text = text_mark(whole, align="left", dy=-size * 0.6, dx=4, color=p.grey_4).encode(
        y=y, x=alt.value(0), text="words:N"
    )
    names = [
        text_mark(
            alt.Chart(outside.filter(pl.col("denominator") <= turn if left else pl.col("denominator") > turn)),
            align="left" if left else "right",
            dx=9 if left else -9,
            fontWeight="bold",
        )
        .encode(
            x=alt.X("denominator:Q", scale=x_scale),
            y=y,
            text=alt.Text("words:N"),
        )
        .transform_calculate(words="datum.name + '  ' + datum.ratio")
        for left in (True, False)
    ]
    layers = [region("check", p.grey_1), region("note", p.grey_2 if look().mode == "dark" else "#DDE3E7")]
    edges = _edge_names(band, bottom, top)
    edge_text = text_mark(alt.Chart(edges), align="right", dx=-4, color=p.muted, fontSize=size - 1, dy=-size * 0.6)
    edge_text = edge_text.encode(x=alt.value(alt.expr("width")), y=alt.Y("at:Q", scale=y_scale), text="words:N")
    layers += [line, line_text, edge_text, points.add_params(pick("area_code"))]
    return finish(alt.layer(*layers, *names), height=size * 26)


def interval_dots(
    frame: pl.DataFrame, p0: float | None, *, place: str, better: Better = None, target: float | None = None
) -> Chart:
    """How sure is each village's share? Dots with Wilson intervals against the whole, in the order given (codes).

    Takes one row per village: area_code, name, numerator, denominator, value, low, high (null: none to count),
    verdict. Click gives pick.area_code.
    """
    p, size = look().palette, look().size
    data = _toned(frame, better)
    data = with_words(data, "words", _dot_text, "numerator", "denominator", "value", "mark").select(
        "area_code", "name", "value", "low", "high", "tone", "verdict_text", "words"
    )
    order = data["name"].to_list()
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelColor=p.ink))
    base = alt.Chart(data).encode(y=y)
    scale = alt.Scale(domain=_padded(data, p0, target), nice=False)
    bars = base.mark_rule(strokeWidth=3, strokeCap="round").encode(
        x=alt.X("low:Q", scale=scale, axis=value_axis(share=True), title=None),
        x2="high:Q",
        color=_by_tone({"check": p.accent, "note": p.accent}, p.grey_2),
    )
    dots = base.mark_point(filled=True, size=size * 6, opacity=1, cursor="pointer").encode(
        x=alt.X("value:Q", scale=scale),
        fill=_by_tone({"check": p.accent, "note": p.paper}, p.grey_4),
        stroke=_by_tone({"check": p.accent, "note": p.accent}, p.grey_4),
        strokeWidth=_by_tone({"note": 2.5}, 0),
        tooltip=[
            alt.Tooltip("name:N", title=t("chart.area")),
            alt.Tooltip("words:N", title=t("chart.ratio")),
            alt.Tooltip("low:Q", title=t("chart.low"), format=".1%"),
            alt.Tooltip("high:Q", title=t("chart.high"), format=".1%"),
            alt.Tooltip("verdict_text:N", title=t("chart.verdict")),
        ],
    )
    words = base.mark_text(font=FONT, fontSize=size, align="left", dx=8, clip=False).encode(
        x=alt.value(alt.expr("width")),
        text="words:N",
        color=_by_tone({"check": p.accent, "note": p.accent, "unknown": p.muted}, p.muted),
    )
    marks: list[alt.Chart] = [bars, dots.add_params(pick("area_code")), words]
    for at, said, dash in ((p0, place, [1, 0]), (target, t("chart.target"), [5, 4])):
        if at is not None:
            line = alt.Chart(pl.DataFrame({"at": [at], "words": [f"{said} {fmt_share(at)}"]}))
            marks.insert(0, line.mark_rule(color=p.grey_4, strokeDash=dash).encode(x=alt.X("at:Q", scale=scale)))
            marks.append(
                text_mark(line, color=p.grey_4, baseline="bottom", dy=-4 if at == p0 else -4 - size * 1.2).encode(
                    x=alt.X("at:Q", scale=scale), y=alt.value(0), text="words:N"
                )
            )
    return finish(alt.layer(*marks), height=alt.Step(look().row), right=size * 9)


def _toned(frame: pl.DataFrame, better: Better) -> pl.DataFrame:
    """The frame with tone, verdict_text, and mark: the short word that a map or list prints (empty when nothing)."""
    verdicts = frame["verdict"].to_list()
    tones = [side(verdict, better) for verdict in verdicts]
    marks = [_mark(verdict, tone) for verdict, tone in zip(verdicts, tones, strict=True)]
    return frame.with_columns(
        pl.Series("tone", tones, dtype=pl.String),
        pl.Series("verdict_text", [verdict_words(verdict, better) for verdict in verdicts], dtype=pl.String),
        pl.Series("mark", marks, dtype=pl.String),
    )


def _mark(verdict: str, tone: str) -> str:
    if tone == "better":
        return t("chart.better_mark")
    level = verdict.split("_")[0]
    return t(f"chart.{level}_mark") if level in ("check", "note") and verdict != "none_to_count" else ""


def _dot_text(numerator: int | None, denominator: int | None, value: float | None, mark: str) -> str:
    if value is None:
        return t("format.none_to_count")
    words = fmt_ratio(numerator, denominator)
    return f"{words}  {mark}" if mark else words


def _by_tone(chosen: dict[str, object], otherwise: object) -> dict[str, object]:
    """A mark property by the tone of a village, as a Vega-Lite conditional value."""
    tests = [{"test": f"datum.tone === '{tone}'", "value": value} for tone, value in chosen.items()]
    return {"condition": tests, "value": otherwise}


def _funnel_scale(data: pl.DataFrame, limits: pl.DataFrame) -> tuple[alt.Scale, float]:
    """The x scale (log over a wide range) and the n from which names stand left of their points."""
    n = data["denominator"].to_list() or [1]
    least, most = max(1, int(limits["n"].min() or 1)), int(limits["n"].max() or 1)  # type: ignore[arg-type]
    if max(n) / max(1, min(n)) > 6:
        return alt.Scale(type="log", domain=[least, most], nice=False), (least * most**2) ** (1 / 3)
    return alt.Scale(domain=[least, most], nice=False), least + (most - least) * 0.7


def _edge_names(band: pl.DataFrame, bottom: float, top: float) -> pl.DataFrame:
    """The names of the limits where they leave the chart on the right, if they are inside it there."""
    last = band.tail(1)
    rows = [
        (last[f"{name}_{end}"][0], t(f"chart.{name}_line")) for name in ("check", "note") for end in ("high", "low")
    ]
    # Close under the upper edge there is no room for the name, and two of them would lie on one another.
    most = top - (top - bottom) * 0.12
    inside = [(at, words) for at, words in rows if at is not None and bottom < at < most and at not in (0.0, 1.0)]
    return pl.DataFrame(inside, schema={"at": pl.Float64, "words": pl.String}, orient="row")


def _inner(band: pl.DataFrame, name: str, data: pl.DataFrame) -> list[float]:
    """The limit at the median size: enough of the band is seen without the wide mouth of the funnel."""
    middle = data["denominator"].median()
    return [] if middle is None else band.filter(pl.col("n") >= middle)[name].head(1).to_list()


def _padded(data: pl.DataFrame, *lines: float | None) -> list[float]:
    seen = [v for name in ("low", "high") for v in data[name] if v is not None] + [v for v in lines if v is not None]
    if not seen:
        return [0.0, 1.0]
    pad = (max(seen) - min(seen)) * 0.06
    return [min(seen) - pad / 3, min(1.0, max(seen) + pad)]
