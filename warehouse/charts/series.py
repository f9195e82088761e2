"""Charts along time: a series with its limits, months by list, one household's events, time until done."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import polars as pl

from warehouse.charts.theme import Chart, finish, look, pick, text_mark, value_axis
from warehouse.i18n import fmt_date, fmt_days, fmt_number, fmt_period_short, fmt_share, label, t
from warehouse.stats.xmr import Series


def trend(
    frame: pl.DataFrame,
    *,
    share: bool = True,
    target: float | None = None,
    limits: Series | None = None,
    from_zero: bool = False,
) -> Chart:
    """Is it changing? One line, its newest value written at its end.

    Takes one row per period in order: period (2025-12, 2025Q4 or 2025), value (null: gap). `limits` of stats.xmr over
    the same rows draws centre and limits and rings special causes; `from_zero` for small counts, where an axis cut
    short makes a step of two households a cliff. Click gives pick.period.
    """
    p, size = look().palette, look().size
    form: Callable[[float | None], str] = fmt_share if share else fmt_number
    periods = frame["period"].to_list()
    order = [fmt_period_short(period) for period in periods]
    said = [form(value) for value in frame["value"]]
    signals = (
        limits.points["signal"].to_list() if limits and limits.points.height == frame.height else [None] * len(order)
    )
    data = pl.DataFrame(
        {"period": periods, "label": order, "value": frame["value"], "words": said, "signal": signals},
        schema_overrides={"signal": pl.String, "value": pl.Float64, "period": pl.String},
    )
    axis = alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=size * 0.6, domain=True)
    x = alt.X("label:O", sort=order, title=None, axis=axis)
    reach = _reach(data, target, limits, share)
    if from_zero:
        reach = [0.0, max(reach[1], 1.0)]
    scale = alt.Scale(domain=reach, nice=False)
    # Within a few points whole percents would stand twice on the axis.
    digits = 1 if reach[1] - reach[0] < 0.06 else 0
    y = alt.Y("value:Q", scale=scale, axis=value_axis(share=share, digits=digits, is_whole=not share), title=None)
    base = alt.Chart(data).encode(x=x, y=y)
    values = data["value"].to_list()
    layers: list[alt.Chart] = []
    if limits and limits.centre is not None and limits.lower is not None and limits.upper is not None:
        layers += _limit_lines(limits, form, scale, values)
    if target is not None:
        layers += _line(target, f"{t('chart.target')} {form(target)}", [6, 4], scale, values)
    layers.append(base.mark_line(color=p.accent, strokeWidth=3, interpolate="linear"))
    points = base.mark_point(filled=True, size=size * 4.5, color=p.accent, opacity=1, cursor="pointer").encode(
        tooltip=[
            alt.Tooltip("label:N", title=t("chart.period")),
            alt.Tooltip("words:N", title=t("chart.value")),
        ]
    )
    layers.append(points.add_params(pick("period")))
    special = base.transform_filter("isValid(datum.signal)")
    layers.append(special.mark_point(size=size * 18, color=p.ink, strokeWidth=2.5, filled=False))
    newest = data.filter(pl.col("value").is_not_null()).tail(1).select("label", "value", "words")
    last = alt.Chart(newest).encode(x=alt.X("label:O", sort=order), y=alt.Y("value:Q", scale=scale))
    layers.append(
        text_mark(last, align="left", dx=10, fontWeight="bold", color=p.accent, fontSize=size + 2).encode(
            text="words:N"
        )
    )
    return finish(alt.layer(*layers), height=size * 17, right=size * 5)


def heat_month(frame: pl.DataFrame) -> Chart:
    """Which list came when? One row per list, one column per month; state by symbol and shade.

    Takes one row per list and month, lists in the order to show: row (the list's name in the reader's language), key
    (its code), month (date or 2025-12), state (on_time, late, part, missing, not_due, zero_report, zero_late; received
    or no_day where no day is set).
    Click gives pick.key and pick.month.
    """
    p = look().palette
    months = [f"{m:%Y-%m}" if not isinstance(m, str) else m[:7] for m in frame["month"]]
    order = [fmt_period_short(m) for m in sorted(set(months))]
    states = frame["state"].to_list()
    data = pl.DataFrame(
        {
            "key": frame["key"],
            "row": frame["row"],
            "month": months,
            "label": [fmt_period_short(m) for m in months],
            "state": states,
            "words": [label("push_state", state) for state in states],
            "mark": [t(f"chart.push_{state}") for state in states],
        }
    )
    shades = {
        "on_time": p.grey_1,
        "zero_report": p.grey_1,
        "zero_late": p.accent_soft,
        "late": p.accent_soft,
        "part": p.accent_soft,
        "missing": p.accent,
        "not_due": p.paper,
        "received": p.grey_1,
        "no_day": p.paper,
    }
    base = alt.Chart(data).encode(
        x=alt.X("label:O", sort=order, title=None, axis=alt.Axis(orient="top", labelAngle=0, labelOverlap="greedy")),
        y=alt.Y(
            "row:N",
            sort=frame["row"].unique(maintain_order=True).to_list(),
            title=None,
            axis=alt.Axis(labelColor=p.ink, labelLimit=look().size * 34),
        ),
    )
    cells = base.mark_rect(cornerRadius=2, stroke=p.paper, strokeWidth=2, cursor="pointer").encode(
        color=alt.Color("state:N", legend=None, scale=alt.Scale(domain=list(shades), range=list(shades.values()))),
        tooltip=[
            alt.Tooltip("row:N", title=t("chart.list")),
            alt.Tooltip("label:N", title=t("chart.period")),
            alt.Tooltip("words:N", title=t("chart.state")),
        ],
    )
    marks = text_mark(base).encode(
        text="mark:N",
        color=alt.condition("datum.state === 'missing'", alt.value(p.on_accent), alt.value(p.ink)),
    )
    return finish(alt.layer(cells.add_params(pick("key", "month")), marks), height=alt.Step(look().row))


def timeline(frame: pl.DataFrame) -> Chart:
    """What happened in this household, in order? One lane per kind of event.

    Takes one row per event: on (date), until (date or null), kind (code of label.event), text (short words).
    """
    p, size = look().palette, look().size
    kinds = [label("event", kind) for kind in frame["kind"]]
    data = pl.DataFrame(
        {
            "on": frame["on"],
            "until": frame["until"],
            "lane": kinds,
            "text": frame["text"],
            "day": [fmt_date(day) for day in frame["on"]],
        },
        schema_overrides={"on": pl.Date, "until": pl.Date},
    )
    lanes = data.sort("on")["lane"].unique(maintain_order=True).to_list()
    first = data["on"].min()
    middle = data.select((pl.col("on").min() + (pl.col("on").max() - pl.col("on").min()) * 0.62).alias("at"))["at"][0]
    base = alt.Chart(data).encode(
        y=alt.Y("lane:N", sort=lanes, title=None, axis=alt.Axis(labelColor=p.ink, grid=True)),
        x=alt.X(
            "on:T", title=None, axis=alt.Axis(format="%Y-%m", tickCount=8, domain=True), scale=alt.Scale(nice="month")
        ),
        tooltip=[
            alt.Tooltip("day:N", title=t("chart.day")),
            alt.Tooltip("lane:N", title=t("chart.kind")),
            alt.Tooltip("text:N", title=t("chart.what")),
        ],
    )
    layers: list[alt.Chart] = []
    if first is not None:
        spans = base.transform_filter("isValid(datum.until)")
        layers.append(spans.mark_rule(strokeWidth=4, color=p.accent_soft, strokeCap="round").encode(x2="until:T"))
    layers.append(base.mark_point(filled=True, size=size * 7, color=p.accent, opacity=1))
    for left in (True, False):
        part = data.filter(pl.col("on") <= middle if left else pl.col("on") > middle) if middle is not None else data
        near = alt.Chart(part).encode(y=alt.Y("lane:N", sort=lanes), x="on:T", text="text:N")
        layers.append(
            text_mark(near, align="left" if left else "right", dx=9 if left else -9, dy=-size * 0.8, limit=320)
        )
    return finish(alt.layer(*layers), height=alt.Step(round(look().row * 1.25)))


def done_curve(frame: pl.DataFrame, *, limit: float | None = None) -> Chart:
    """How long does it take? The share done after so many days, open cases counted (stats.survival.kaplan_meier).

    Takes days, done_share. `limit` draws the limit in days, named.
    """
    p, size = look().palette, look().size
    start = pl.DataFrame({"days": [0.0], "done_share": [0.0]})
    data = pl.concat([start, frame.select(pl.col("days").cast(pl.Float64), pl.col("done_share").cast(pl.Float64))])
    base = alt.Chart(data).encode(
        x=alt.X("days:Q", title=t("chart.days"), axis=alt.Axis(domain=True, tickCount=6, format=",d")),
        y=alt.Y("done_share:Q", scale=alt.Scale(domain=[0, 1]), axis=value_axis(share=True), title=None),
    )
    layers: list[alt.Chart] = [base.mark_line(interpolate="step-after", color=p.accent, strokeWidth=3)]
    if limit is not None:
        at = alt.Chart(pl.DataFrame({"days": [limit], "words": [t("chart.limit", days=fmt_days(limit))]}))
        layers.append(at.mark_rule(color=p.grey_4, strokeDash=[6, 4]).encode(x="days:Q"))
        layers.append(
            text_mark(at, align="left", dx=6, color=p.grey_4).encode(
                x="days:Q", y=alt.value(alt.expr("height - 14")), text="words:N"
            )
        )
    return finish(alt.layer(*layers), height=size * 17)


def _limit_lines(
    limits: Series, form: Callable[[float | None], str], scale: alt.Scale, values: list[float | None]
) -> list[alt.Chart]:
    layers = []
    for value, name, dash in (
        (limits.upper, "upper", [2, 3]),
        (limits.centre, "centre", [1, 0]),
        (limits.lower, "lower", [2, 3]),
    ):
        key = f"chart.{name}_trial" if limits.trial and name != "centre" else f"chart.{name}"
        if value is not None:
            layers += _line(value, f"{t(key)} {form(value)}", dash, scale, values)
    return layers


def _line(at: float, words: str, dash: list[int], scale: alt.Scale, values: list[float | None]) -> list[alt.Chart]:
    """A level across the chart, its name at the end where the series keeps farther away from it."""
    p, size = look().palette, look().size
    frame = alt.Chart(pl.DataFrame({"at": [at], "words": [words]}))
    y = alt.Y("at:Q", scale=scale)
    rule = frame.mark_rule(color=p.grey_3, strokeDash=dash, strokeWidth=1.5).encode(y=y)
    left = _room(values[:2], at) > _room(values[-2:], at)
    text = text_mark(frame, align="left" if left else "right", color=p.muted, dy=-size * 0.55, fontSize=size - 1)
    place = alt.value(0) if left else alt.value(alt.expr("width"))
    return [rule, text.encode(y=y, x=place, text="words:N")]


def _room(values: list[float | None], at: float) -> float:
    """How far the values keep from a level; none where they cross it."""
    gaps = [value - at for value in values if value is not None]
    return 0.0 if not gaps or min(gaps) <= 0 <= max(gaps) else min(map(abs, gaps))


def _reach(data: pl.DataFrame, target: float | None, limits: Series | None, share: bool) -> list[float]:
    seen = [value for value in data["value"] if value is not None]
    seen += [v for v in (target, limits and limits.lower, limits and limits.upper) if v is not None]
    if not seen:
        return [0.0, 1.0]
    low, high = min(seen), max(seen)
    pad = (high - low) * 0.15 or abs(high) * 0.1 or 0.1
    floor = max(0.0, low - pad) if low >= 0 else low - pad
    return [floor, min(1.0, high + pad) if share and high <= 1 else high + pad]
