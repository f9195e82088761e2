"""Charts of risk: the levels of every village or month as parts of all households, and causes from month to month."""

from __future__ import annotations

from typing import Final

import altair as alt
import polars as pl

from warehouse.charts.theme import Chart, finish, look, pick, text_mark, value_axis, with_words
from warehouse.i18n import fmt_number, fmt_period_short, fmt_ratio, fmt_share, label, t

# From what must be looked at first to what is not known; those without risk are the rest of the households.
SHOWN_LEVELS: Final = ("urgent", "high", "watch", "unknown")


def levels_by(frame: pl.DataFrame) -> Chart:
    """How many of all households stand at each level? Stacked shares of those at risk or unknown; the rest is none.

    Takes one row per village in the order of codes: key, name, households (all), urgent, high, watch, unknown. The
    figure at the end of a bar counts urgent and high. Click gives pick.key.
    """
    p, size = look().palette, look().size
    words = [label("risk_level", level) for level in SHOWN_LEVELS]
    data = frame.unpivot(
        on=list(SHOWN_LEVELS), index=["key", "name", "households"], variable_name="level", value_name="n"
    )
    data = data.with_columns(
        (pl.col("n") / pl.col("households")).fill_nan(0.0).alias("share"),
        pl.col("level")
        .replace_strict(dict(zip(SHOWN_LEVELS, words, strict=True)), return_dtype=pl.String)
        .alias("words"),
        pl.col("level")
        .replace_strict({v: i for i, v in enumerate(SHOWN_LEVELS)}, return_dtype=pl.Int64)
        .alias("place"),
    ).sort("place", maintain_order=True)
    data = data.with_columns(
        (pl.col("share").cum_sum().over("key") - pl.col("share")).alias("from"),
        pl.col("share").cum_sum().over("key").alias("to"),
    )
    data = with_words(with_words(data, "count", fmt_ratio, "n", "households"), "percent", fmt_share, "share")
    ends = data.group_by("key", "name", maintain_order=True).agg(pl.col("to").max())
    ends = ends.join(frame.select("key", (pl.col("urgent") + pl.col("high")).alias("n"), "households"), on="key")
    ends = with_words(ends, "said", _end_words, "n", "households").select("name", "to", "said")
    order = frame["name"].to_list()
    y = alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelColor=p.ink))
    top = float(data["to"].max() or 0.01)  # type: ignore[arg-type]
    scale = alt.Scale(domain=[0, top * 1.02], nice=False)
    fills = [p.accent, p.accent_soft, p.grey_2, p.paper]
    bars = (
        alt.Chart(data.select("key", "name", "words", "count", "percent", "from", "to"))
        .mark_bar(stroke=p.grey_3, strokeWidth=0.6, cursor="pointer", height={"band": 0.74})
        .encode(
            x=alt.X("from:Q", scale=scale, axis=value_axis(share=True, grid=False), title=None),
            x2="to:Q",
            y=y,
            color=alt.Color("words:N", scale=alt.Scale(domain=words, range=fills), sort=words),
            tooltip=[
                alt.Tooltip("name:N", title=t("chart.area")),
                alt.Tooltip("words:N", title=t("chart.part")),
                alt.Tooltip("count:N", title=t("chart.households")),
                alt.Tooltip("percent:N", title=t("chart.share")),
            ],
        )
    )
    said = text_mark(alt.Chart(ends), align="left", dx=7, color=p.ink).encode(
        x=alt.X("to:Q", scale=scale), y=y, text="said:N"
    )
    return finish(alt.layer(bars.add_params(pick("key")), said), height=alt.Step(look().row), right=size * 8)


def cause_months(frame: pl.DataFrame, causes: list[str]) -> Chart:
    """Does a cause touch more households than before? One row per cause, one column per month, the number in the cell;
    the shade compares the months of one cause, not the causes.

    Takes one row per cause and month: cause, month, households. `causes` is the order of the rows. Click gives
    pick.cause.
    """
    p, size = look().palette, look().size
    names = [label("cause", cause) for cause in causes]
    months = [fmt_period_short(f"{month:%Y-%m}") for month in frame["month"].unique().sort()]
    data = frame.with_columns(
        pl.col("cause").replace_strict(dict(zip(causes, names, strict=True)), return_dtype=pl.String).alias("row"),
        pl.Series("label", [fmt_period_short(f"{month:%Y-%m}") for month in frame["month"]], dtype=pl.String),
        (pl.col("households") / pl.col("households").max().over("cause")).fill_nan(0.0).alias("part"),
        (pl.col("households").max().over("cause") == pl.col("households").min().over("cause")).alias("flat"),
    )
    data = with_words(data, "words", fmt_number, "households").select("cause", "row", "label", "words", "part", "flat")
    axis = alt.Axis(orient="top", labelAngle=0, labelOverlap="greedy", labelSeparation=size * 0.4)
    base = alt.Chart(data).encode(
        x=alt.X("label:O", sort=months, title=None, axis=axis),
        y=alt.Y("row:N", sort=names, title=None, axis=alt.Axis(labelColor=p.ink)),
    )
    cells = base.mark_rect(stroke=p.paper, strokeWidth=2, cursor="pointer").encode(
        color=alt.condition(
            "datum.flat",
            alt.value(p.grey_1),
            alt.Color(
                "part:Q",
                legend=None,
                scale=alt.Scale(domain=[0, 1], range=[p.paper, p.accent_soft], interpolate="rgb"),
            ),
        ),
        tooltip=[
            alt.Tooltip("row:N", title=t("chart.cause")),
            alt.Tooltip("label:O", title=t("chart.period")),
            alt.Tooltip("words:N", title=t("chart.households")),
        ],
    )
    numbers = text_mark(base, fontSize=size - 1).encode(text="words:N")
    return finish(alt.layer(cells.add_params(pick("cause")), numbers), height=alt.Step(look().row))


def _end_words(n: int, households: int) -> str:
    return f"{fmt_number(n)} · {fmt_share(n / households)}" if households else t("format.none_to_count")
