"""The calendar of a place: what is to be done when, and where the data stand."""

from __future__ import annotations

import datetime as dt

import altair as alt
import polars as pl

from warehouse.charts.theme import Chart, finish, look, text_mark
from warehouse.i18n import fmt_date, label, t

# A span of few days is still drawn, and a day has a width.
LEAST_SHARE = 0.008


def stages(frame: pl.DataFrame, *, as_of: dt.date) -> Chart:
    """Which stage are we in? One bar per entry of the calendar from its first day to its last; the line is the day up
    to which the data speak.

    Takes one row per entry in the order to show: key (its own), name, kind (words), starts_on, ends_on, state (of
    label.stage_state).
    """
    p, size = look().palette, look().size
    first, last = min(frame["starts_on"].to_list()), max(frame["ends_on"].to_list())
    end = last + dt.timedelta(days=1)
    day, where = min(max(as_of, first), end), "before" if as_of < first else "after" if as_of > last else "within"
    least = dt.timedelta(days=max(1, round((last - first).days * LEAST_SHARE)))
    data = frame.with_columns(
        pl.max_horizontal(pl.col("ends_on") + pl.duration(days=1), pl.col("starts_on") + least).alias("until"),
        pl.Series("days", [f"{fmt_date(a)} – {fmt_date(b)}" for a, b in frame.select("starts_on", "ends_on").rows()]),
        pl.Series("state_words", [label("stage_state", state) for state in frame["state"]]),
    ).select("key", "name", "kind", "starts_on", "until", "state", "state_words", "days")
    order = frame["key"].to_list()
    names = dict(frame.select("key", "name").rows())
    titles = " : ".join([*(f"datum.value === '{key}' ? {name!r}" for key, name in names.items()), "''"])
    y = alt.Y("key:N", sort=order, title=None, axis=alt.Axis(labelExpr=titles, labelColor=p.ink, labelLimit=size * 24))
    span = alt.Scale(domain=[first.isoformat(), end.isoformat()])
    base = alt.Chart(data).encode(
        y=y,
        tooltip=[
            alt.Tooltip("name:N", title=t("chart.what")),
            alt.Tooltip("kind:N", title=t("chart.kind")),
            alt.Tooltip("days:N", title=t("chart.day")),
            alt.Tooltip("state_words:N", title=t("chart.state")),
        ],
    )
    states, fills = ["ended", "running", "ahead"], [p.grey_2, p.accent, p.grey_1]
    bars = base.mark_bar(height={"band": 0.62}, cornerRadius=2).encode(
        x=alt.X("starts_on:T", title=None, scale=span, axis=alt.Axis(format="%m-%d", tickCount=8, domain=True)),
        x2="until:T",
        color=alt.Color("state:N", legend=None, scale=alt.Scale(domain=states, range=fills)),
    )
    mark = pl.DataFrame({"day": [day], "words": [t(f"duties.chart.{where}", day=fmt_date(as_of))]})
    line = alt.Chart(mark).mark_rule(color=p.accent, strokeWidth=2, strokeDash=[4, 3]).encode(x="day:T")
    words = text_mark(
        alt.Chart(mark),
        align="left" if where == "before" else "right",
        dx=-6,
        dy=-size * 0.9,
        color=p.accent,
        fontWeight="bold",
        baseline="bottom",
    ).encode(x="day:T", y=alt.value(0), text="words:N")
    return finish(alt.layer(bars, line, words), height=alt.Step(look().row))
