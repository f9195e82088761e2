"""How far warnings get: one bar per step, what reached it filled, what stayed behind named."""

from __future__ import annotations

import altair as alt
import polars as pl

from warehouse.charts.theme import Chart, finish, look, text_mark
from warehouse.i18n import fmt_number, t


def funnel_bars(frame: pl.DataFrame) -> Chart:
    """How many get from each step to the next? Bars of counts; beside each, the share of the step before, and what of
    it is open.

    Takes one row per step in their order: name, n (count), words (share and what is open).
    """
    p, size = look().palette, look().size
    data = frame.select("name", "n", "words").with_columns(
        pl.Series("count", [fmt_number(n) for n in frame["n"]], dtype=pl.String)
    )
    order = data["name"].to_list()
    most = float(data["n"].max() or 1)  # type: ignore[arg-type]
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelColor=p.ink)))
    # The words stand right of the longest bar they could meet: half of the room is theirs.
    x = alt.X("n:Q", axis=None, scale=alt.Scale(domain=[0, most * 2.2]))
    bars = base.mark_bar(height={"band": 0.68}, cornerRadiusEnd=2, color=p.grey_3).encode(
        x=x,
        tooltip=[
            alt.Tooltip("name:N", title=t("warnings.step")),
            alt.Tooltip("count:N", title=t("chart.value")),
            alt.Tooltip("words:N", title=t("warnings.of_step_before")),
        ],
    )
    counts = text_mark(base, align="left", dx=7, fontWeight="bold").encode(x=x, text="count:N")
    words = text_mark(
        base.transform_calculate(at=f"datum.n + {most * 0.14}"), align="left", color=p.muted, fontSize=size - 1
    ).encode(x=alt.X("at:Q", axis=None), text="words:N")
    return finish(alt.layer(bars, counts, words), height=alt.Step(look().row))
