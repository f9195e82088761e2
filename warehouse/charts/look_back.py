"""Charts of problems and their state: by category, unit or village, and how many were left at each month's end."""

from __future__ import annotations

from typing import Final

import altair as alt
import polars as pl

from warehouse.charts.theme import Chart, finish, look, pick, text_mark
from warehouse.i18n import fmt_period_short, label, t

# From what is done to what is not: the end of the bar is what the reader looks for.
STATES: Final = ("failed", "overdue", "open", "rectified", "closed")


def states_by(frame: pl.DataFrame) -> Chart:
    """How do the problems of each group stand? Stacked bars of counts, what is late or failed in the accent, first.

    Takes one row per group and state, groups in the order to show: key, name, state (of label.issue_state), issues.
    Click gives pick.key and pick.state.
    """
    p, size = look().palette, look().size
    words = [label("issue_state", state) for state in STATES]
    data = frame.select(
        "key",
        "name",
        "state",
        "issues",
        pl.col("state").replace_strict(dict(zip(STATES, words, strict=True)), return_dtype=pl.String).alias("words"),
        pl.col("state").replace_strict({s: i for i, s in enumerate(STATES)}, return_dtype=pl.Int64).alias("place"),
    )
    data = data.sort("place", maintain_order=True).with_columns(
        (pl.col("issues").cum_sum().over("key") - pl.col("issues")).alias("from"),
        pl.col("issues").cum_sum().over("key").alias("to"),
    )
    order = frame["name"].unique(maintain_order=True).to_list()
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelColor=p.ink)))
    fills = [p.grey_4, p.accent, p.accent_soft, p.grey_2, p.grey_1]
    bars = base.mark_bar(stroke=p.paper, strokeWidth=1, cursor="pointer", height={"band": 0.74}).encode(
        x=alt.X("from:Q", axis=None, title=None),
        x2="to:Q",
        color=alt.Color("words:N", scale=alt.Scale(domain=words, range=fills), sort=words),
        tooltip=[
            alt.Tooltip("name:N", title=t("look_back.group")),
            alt.Tooltip("words:N", title=t("chart.state")),
            alt.Tooltip("issues:Q", title=t("chart.items"), format=",d"),
        ],
    )
    most = float(data["to"].max() or 1)  # type: ignore[arg-type]
    wide = base.transform_filter(f"datum.issues >= {most * 0.025}").transform_calculate(
        at="(datum.from + datum.to) / 2"
    )
    counts = text_mark(wide, fontSize=size - 1).encode(
        x="at:Q",
        text="issues:Q",
        color=alt.condition(
            alt.FieldOneOfPredicate(field="state", oneOf=["overdue", "failed"]),
            alt.value(p.on_accent),
            alt.value(p.ink),
        ),
    )
    return finish(alt.layer(bars.add_params(pick("key", "state")), counts), height=alt.Step(look().row))


def burn_down(frame: pl.DataFrame) -> Chart:
    """Are problems put right faster than new ones are found? What was left at each month's end.

    Takes one row per month in order: period (2025-12), not_put_right, awaiting, found, closed. Click gives pick.period.
    """
    p, size = look().palette, look().size
    names = {"not_put_right": t("look_back.not_put_right"), "awaiting": t("look_back.awaiting")}
    order = [fmt_period_short(period) for period in frame["period"]]
    data = frame.with_columns(pl.Series("label", order, dtype=pl.String)).unpivot(
        on=list(names), index=["period", "label", "found", "closed"], variable_name="part", value_name="issues"
    )
    data = data.with_columns(
        pl.col("part").replace_strict(names, return_dtype=pl.String).alias("words"),
        pl.col("part").replace_strict({"not_put_right": 0, "awaiting": 1}, return_dtype=pl.Int64).alias("place"),
        pl.when(pl.col("issues") > 0).then(pl.col("issues").cast(pl.String)).otherwise(pl.lit("")).alias("count"),
    )
    axis = alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=size * 0.6, domain=True)
    x = alt.X("label:O", sort=order, title=None, axis=axis)
    y = alt.Y("issues:Q", stack="zero", axis=None, title=None)
    base = alt.Chart(data).encode(order=alt.Order("place:Q"))
    words = list(names.values())
    bars = base.mark_bar(cursor="pointer", width={"band": 0.72}).encode(
        x=x,
        y=y,
        color=alt.Color("words:N", scale=alt.Scale(domain=words, range=[p.accent, p.grey_2]), sort=words),
        tooltip=[
            alt.Tooltip("label:O", title=t("chart.period")),
            alt.Tooltip("words:N", title=t("chart.state")),
            alt.Tooltip("issues:Q", title=t("chart.items"), format=",d"),
            alt.Tooltip("found:Q", title=t("look_back.found_in_month"), format=",d"),
            alt.Tooltip("closed:Q", title=t("look_back.closed_in_month"), format=",d"),
        ],
    )
    counts = text_mark(base).encode(
        x=x,
        y=alt.Y("issues:Q", stack="zero", bandPosition=0.5),
        text="count:N",
        detail="words:N",
        color=alt.condition("datum.part === 'not_put_right'", alt.value(p.on_accent), alt.value(p.ink)),
    )
    return finish(alt.layer(bars.add_params(pick("period")), counts), height=size * 17)
