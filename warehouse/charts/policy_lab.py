"""Charts of the policy lab: who comes in and who goes out by area, and each tier before and after."""

from __future__ import annotations

import altair as alt
import polars as pl

from warehouse.charts.theme import Chart, finish, look, pick, text_mark, value_axis, with_words
from warehouse.i18n import fmt_number, t

# A bar of one household is not drawn across the chart.
_FEWEST = 4


def in_and_out(frame: pl.DataFrame) -> Chart:
    """How many households does it bring in and put out, area by area? Out to the left, in to the right.

    Takes one row per area in the order of codes: area_code, name, gained, lost (households), gained_people,
    lost_people. Click gives pick.area_code.
    """
    p = look().palette
    data = with_words(frame, "in_words", _words, "gained", "gained_people")
    data = with_words(data, "out_words", _words, "lost", "lost_people").with_columns(out=-pl.col("lost"))
    data = data.select("area_code", "name", "gained", "out", "in_words", "out_words")
    widest = max(_FEWEST, *frame["gained"], *frame["lost"])
    # Room for the words beside the bars, on a side that has any.
    left, right = (widest * 1.45 if (frame[side] > 0).any() else 0 for side in ("lost", "gained"))
    scale = alt.Scale(domain=[-left, right], nice=False)
    axis = alt.Axis(labels=False, ticks=False, grid=False, domain=False, title=None)
    base = alt.Chart(data).encode(
        y=alt.Y("name:N", sort=data["name"].to_list(), title=None, axis=alt.Axis(labelColor=p.ink)),
        tooltip=[
            alt.Tooltip("name:N", title=t("chart.area")),
            alt.Tooltip("in_words:N", title=t("policy_lab.chart.in")),
            alt.Tooltip("out_words:N", title=t("policy_lab.chart.out")),
        ],
    )
    gained = base.mark_bar(color=p.accent, cursor="pointer", height={"band": 0.66}).encode(
        x=alt.X("gained:Q", scale=scale, axis=axis)
    )
    lost = base.mark_bar(color=p.grey_3, cursor="pointer", height={"band": 0.66}).encode(
        x=alt.X("out:Q", scale=scale, axis=axis)
    )
    zero = alt.Chart(pl.DataFrame({"at": [0]})).mark_rule(color=p.rule).encode(x=alt.X("at:Q", scale=scale))
    words = [
        text_mark(base, align="left", dx=6)
        .transform_filter("datum.gained > 0")
        .encode(x="gained:Q", text="in_words:N"),
        text_mark(base, align="right", dx=-6, color=p.muted)
        .transform_filter("datum.out < 0")
        .encode(x="out:Q", text="out_words:N"),
    ]
    return finish(alt.layer(gained.add_params(pick("area_code")), lost, zero, *words), height=alt.Step(look().row))


def before_after(frame: pl.DataFrame) -> Chart:
    """How many households stand in each tier now, and how many would? A grey bar over one in the accent, by tier.

    Takes one row per tier in their order: code, name, before, after.
    """
    p, size = look().palette, look().size
    order = frame["name"].to_list()
    whens = [t("policy_lab.before"), t("policy_lab.after")]
    data = frame.unpivot(on=["before", "after"], index=["code", "name"], variable_name="when", value_name="households")
    data = data.with_columns(
        pl.col("when").replace_strict(dict(zip(("before", "after"), whens, strict=True)), return_dtype=pl.String)
    )
    data = with_words(data, "said", fmt_number, "households").select("name", "when", "households", "said")
    scale = alt.Scale(domain=[0, max(1, *data["households"]) * 1.15], nice=False)
    base = alt.Chart(data).encode(
        y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelColor=p.ink)),
        yOffset=alt.YOffset("when:N", sort=whens, scale=alt.Scale(paddingInner=0.1, paddingOuter=0.25)),
        x=alt.X("households:Q", scale=scale, title=None, axis=value_axis(grid=False, ticks=4)),
        tooltip=[
            alt.Tooltip("name:N", title=t("chart.part")),
            alt.Tooltip("when:N", title=t("policy_lab.chart.when")),
            alt.Tooltip("said:N", title=t("chart.households")),
        ],
    )
    bars = base.mark_bar().encode(
        color=alt.Color("when:N", sort=whens, scale=alt.Scale(domain=whens, range=[p.grey_3, p.accent]))
    )
    said = text_mark(base, align="left", dx=5, fontSize=size - 1).encode(text="said:N")
    return finish(alt.layer(bars, said), height=alt.Step(round(size * 1.35)), right=size * 2)


def _words(households: int, people: int) -> str:
    return t("policy_lab.households_people", households=fmt_number(households), people=fmt_number(people))
