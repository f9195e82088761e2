"""Charts of how many: parts of a whole, incomes against the line, causes, movements between tiers, ages of issues."""

from __future__ import annotations

from typing import Final

import altair as alt
import polars as pl

from warehouse.charts.theme import Chart, finish, look, pick, text_mark, value_axis, with_words
from warehouse.i18n import fmt_money, fmt_number, fmt_share, label, t, t_n

TIERS: Final = ("tekun", "dibao", "dibao_edge", "rigid_expense", "other", "none", "unknown")
BANDS: Final = ("below", "band", "above")
_LINES: Final = "split(datum.label, '\\n')"
_COLUMN_LETTERS: Final = 10
_COLUMN_SIGNS: Final = 5


def stacked_share(frame: pl.DataFrame, *, kind: str, parts: list[str], accent: str) -> Chart:
    """What is each group made of? Bars of 100%, unknown kept as a part.

    Takes one row per group and part, groups in the order to show: key, name, part (a code of label.<kind>), households.
    `parts` gives the order; `accent` is the part the chart is about. Counts stand in parts that are wide enough.
    Click gives pick.key and pick.part.
    """
    p, size = look().palette, look().size
    totals = frame.group_by("key").agg(pl.col("households").sum().alias("total"))
    data = frame.join(totals, on="key", how="left", maintain_order="left").with_columns(
        pl.col("part").replace_strict({part: i for i, part in enumerate(parts)}, return_dtype=pl.Int64).alias("place"),
        (pl.col("households") / pl.col("total")).fill_nan(0.0).alias("share"),
    )
    data = data.sort("place", maintain_order=True).with_columns(
        (pl.col("share").cum_sum().over("key") - pl.col("share")).alias("from"),
        pl.col("share").cum_sum().over("key").alias("to"),
        pl.col("part")
        .replace_strict({part: label(kind, part) for part in parts}, return_dtype=pl.String)
        .alias("words"),
    )
    data = with_words(with_words(data, "count", fmt_number, "households"), "percent", fmt_share, "share")
    data = data.select("key", "name", "part", "words", "count", "percent", "share", "from", "to")
    order = frame["name"].unique(maintain_order=True).to_list()
    words = [label(kind, part) for part in parts]
    fills = _part_fills(parts, accent)
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelColor=p.ink)))
    bars = base.mark_bar(stroke=p.grey_3, strokeWidth=0.6, cursor="pointer", height={"band": 0.74}).encode(
        x=alt.X("from:Q", axis=value_axis(share=True, grid=False), scale=alt.Scale(domain=[0, 1]), title=None),
        x2="to:Q",
        color=alt.Color("words:N", scale=alt.Scale(domain=words, range=fills), sort=words),
        tooltip=[
            alt.Tooltip("name:N", title=t("chart.area")),
            alt.Tooltip("words:N", title=t("chart.part")),
            alt.Tooltip("count:N", title=t("chart.households")),
            alt.Tooltip("percent:N", title=t("chart.share")),
        ],
    )
    wide = base.transform_filter("datum.share >= 0.07").transform_calculate(at="(datum.from + datum.to) / 2")
    dark = [part for part, fill in zip(parts, fills, strict=True) if fill in (p.accent, p.grey_4)]
    counts = text_mark(wide, fontSize=size - 1).encode(
        x="at:Q",
        text="count:N",
        color=alt.condition(
            alt.FieldOneOfPredicate(field="part", oneOf=dark), alt.value(p.on_accent), alt.value(p.ink)
        ),
    )
    return finish(alt.layer(bars.add_params(pick("key", "part")), counts), height=alt.Step(look().row))


def income_histogram(frame: pl.DataFrame, *, line: float, multiple: float, unknown: int) -> Chart:
    """How do incomes lie against the line? Bins below the line, in the 1x-1.5x band, above; unknown as its own bar.

    Takes one row per bin in order: from_yuan, to_yuan (null: open end), households. The line and line x multiple should
    be bin edges. Click gives pick.from_yuan.
    """
    p, size = look().palette, look().size
    width = float(frame.select((pl.col("to_yuan") - pl.col("from_yuan")).drop_nulls().median()).item() or 1.0)
    data = with_words(frame, "words", _bin_words, "from_yuan", "to_yuan")
    data = data.with_columns(pl.col("to_yuan").fill_null(pl.col("from_yuan") + width).alias("to")).select(
        pl.col("from_yuan").cast(pl.Float64),
        pl.col("to").cast(pl.Float64),
        pl.col("households").cast(pl.Int64),
        pl.when(pl.col("from_yuan") < line)
        .then(pl.lit("below"))
        .when(pl.col("from_yuan") < line * multiple)
        .then(pl.lit("band"))
        .otherwise(pl.lit("above"))
        .alias("band"),
        "words",
        pl.lit(0).alias("ground"),
    )
    edge = float(data["to"].max() or 1.0)  # type: ignore[arg-type]
    far = edge + width * 3.2
    most = max([*data["households"].to_list(), unknown, 1])
    x_scale = alt.Scale(domain=[float(data["from_yuan"].min() or 0.0), far], nice=False)  # type: ignore[arg-type]
    y_scale = alt.Scale(domain=[0, most * 1.22], nice=False)
    ticks = [v for v in data["from_yuan"].to_list() if round(v / width) % 4 == 0]
    axis = alt.Axis(values=ticks, format=",d", title=t("chart.income_axis"), domain=False)
    bars = (
        alt.Chart(data)
        .mark_bar(stroke=p.paper, strokeWidth=1, cursor="pointer")
        .encode(
            x=alt.X("from_yuan:Q", scale=x_scale, axis=axis),
            x2="to:Q",
            y=alt.Y("households:Q", scale=y_scale, axis=value_axis(), title=None),
            y2="ground:Q",
            color=alt.Color(
                "band:N", legend=None, scale=alt.Scale(domain=list(BANDS), range=[p.accent, p.accent_soft, p.grey_2])
            ),
            tooltip=[
                alt.Tooltip("words:N", title=t("chart.income_axis")),
                alt.Tooltip("households:Q", title=t("chart.households"), format=",d"),
            ],
        )
    )
    aside = alt.Chart(
        pl.DataFrame(
            {
                "a": [edge + width],
                "b": [edge + width * 2.6],
                "households": [unknown],
                "ground": [0],
                "words": [_unknown_words(unknown)],
            }
        )
    )
    unknown_bar = aside.mark_rect(fill=p.paper, stroke=p.grey_3, strokeWidth=1.5, strokeDash=[4, 3]).encode(
        x=alt.X("a:Q", scale=x_scale), x2="b:Q", y=alt.Y("households:Q", scale=y_scale), y2="ground:Q"
    )
    unknown_text = text_mark(aside.transform_calculate(at="(datum.a + datum.b) / 2"), dy=-size * 1.9, lineBreak="\n")
    lines = alt.Chart(
        pl.DataFrame(
            {
                "at": [float(line), float(line * multiple)],
                "words": [
                    t("chart.line", line=fmt_money(line)),
                    t("chart.band", multiple=fmt_number(multiple, 1), line=fmt_money(line * multiple)),
                ],
                "y": [most * 1.17, most * 1.17],
                "side": ["right", "left"],  # away from each other, so that neither name crosses the other line
            }
        )
    )
    return finish(
        alt.layer(
            bars.add_params(pick("from_yuan")),
            unknown_bar,
            unknown_text.encode(x=alt.X("at:Q", scale=x_scale), y=alt.Y("households:Q", scale=y_scale), text="words:N"),
            lines.mark_rule(color=p.ink, strokeWidth=1.5).encode(x=alt.X("at:Q", scale=x_scale)),
            *(
                text_mark(lines, align=side, dx=-6 if side == "right" else 6)
                .transform_filter(f"datum.side === '{side}'")
                .encode(x=alt.X("at:Q", scale=x_scale), y=alt.Y("y:Q", scale=y_scale), text="words:N")
                for side in ("right", "left")
            ),
        ),
        height=size * 21,
    )


def cause_bars(frame: pl.DataFrame, *, kind: str = "cause", accent: list[str] | None = None) -> Chart:
    """How many households does each cause touch? Bars with their number; a tick marks the earlier period.

    Takes one row per cause in the order to show: code (of label.<kind>), households, earlier (null: none to compare).
    `accent` names the codes the page speaks of. Click gives pick.code.
    """
    p, size = look().palette, look().size
    codes = frame["code"].to_list()
    data = frame.select("code", "households", "earlier").with_columns(
        pl.Series("name", [label(kind, code) for code in codes], dtype=pl.String),
        pl.Series("words", [fmt_number(n) for n in frame["households"]], dtype=pl.String),
        pl.Series("tone", ["accent" if code in (accent or []) else "plain" for code in codes], dtype=pl.String),
    )
    order = data["name"].to_list()
    base = alt.Chart(data).encode(y=alt.Y("name:N", sort=order, title=None, axis=alt.Axis(labelColor=p.ink)))
    x = alt.X("households:Q", axis=None)
    bars = base.mark_bar(cursor="pointer", height={"band": 0.68}, cornerRadiusEnd=2).encode(
        x=x,
        color=alt.condition("datum.tone === 'accent'", alt.value(p.accent), alt.value(p.grey_3)),
        tooltip=[
            alt.Tooltip("name:N", title=t("chart.cause")),
            alt.Tooltip("words:N", title=t("chart.households")),
            alt.Tooltip("earlier:Q", title=t("chart.earlier"), format=",d"),
        ],
    )
    before = base.transform_filter("isValid(datum.earlier)").mark_tick(
        color=p.ink, thickness=2.5, height=look().row * 0.85
    )
    values = text_mark(base.transform_calculate(at="max(datum.households, datum.earlier)"), align="left", dx=7)
    layers = [bars.add_params(pick("code")), before.encode(x="earlier:Q"), values.encode(x="at:Q", text="words:N")]
    return finish(alt.layer(*layers), height=alt.Step(look().row), right=size * 4)


def cause_matrix(frame: pl.DataFrame, causes: list[str]) -> Chart:
    """Which causes come together? Households with both; a cause alone stands on the diagonal.

    Takes one row per pair: cause_a, cause_b, households. `causes` is the order of both axes; only the lower half is
    drawn. Click gives pick.cause_a and pick.cause_b.
    """
    p = look().palette
    place = {cause: i for i, cause in enumerate(causes)}
    names = {cause: label("cause", cause) for cause in causes}
    a, b = frame["cause_a"].to_list(), frame["cause_b"].to_list()
    turned = [(x, y) if place[x] >= place[y] else (y, x) for x, y in zip(a, b, strict=True)]
    data = pl.DataFrame(
        {
            "cause_a": [x for x, _ in turned],
            "cause_b": [y for _, y in turned],
            "row": [names[x] for x, _ in turned],
            "col": [names[y] for _, y in turned],
            "households": frame["households"],
            "single": [x == y for x, y in turned],
            "words": [fmt_number(n) for n in frame["households"]],
        }
    )
    return _matrix(data, [names[c] for c in causes], [names[c] for c in causes], "cause_a", "cause_b", p.grey_1)


def transition_matrix(frame: pl.DataFrame, *, kind: str = "tier_short", codes: tuple[str, ...] = TIERS) -> Chart:
    """Who moved between tiers? From (rows) to (columns); those who stayed are on the grey diagonal.

    Takes one row per pair: before, after (codes of label.<kind>), households. Click gives pick.before and pick.after.
    """
    p = look().palette
    names = {code: label(kind, code) for code in codes}
    data = with_words(frame, "words", fmt_number, "households")
    data = data.filter(pl.col("before").is_in(codes) & pl.col("after").is_in(codes)).select(
        "before",
        "after",
        pl.col("before").replace_strict(names, return_dtype=pl.String).alias("row"),
        pl.col("after").replace_strict(names, return_dtype=pl.String).alias("col"),
        "households",
        (pl.col("before") == pl.col("after")).alias("single"),
        "words",
    )
    order = list(names.values())
    titles = (t("chart.before"), t("chart.after"))
    return _matrix(data, order, order, "before", "after", p.grey_1, titles=titles)


def class_matrix(frame: pl.DataFrame, *, kind: str, codes: tuple[str, ...]) -> Chart:
    """Do the data and the registers say the same? By the data (rows) and on the registers (columns); where both agree,
    or one is unknown, is grey.

    Takes one row per pair: by_data, on_register (codes of label.<kind>), households. Click gives pick.by_data and
    pick.on_register.
    """
    names = {code: label(kind, code) for code in codes}
    data = with_words(frame, "words", fmt_number, "households").select(
        "by_data",
        "on_register",
        pl.col("by_data").replace_strict(names, return_dtype=pl.String).alias("row"),
        pl.col("on_register").replace_strict(names, return_dtype=pl.String).alias("col"),
        "households",
        (
            (pl.col("by_data") == pl.col("on_register"))
            | (pl.col("by_data") == "unknown")
            | (pl.col("on_register") == "unknown")
        ).alias("single"),
        "words",
    )
    order = list(names.values())
    titles = (t("chart.by_data"), t("chart.on_register"))
    return _matrix(data, order, order, "by_data", "on_register", look().palette.grey_1, titles=titles)


def ageing_bars(frame: pl.DataFrame) -> Chart:
    """How long have open items been open? Items by age, those past their date in the accent.

    Takes one row per age band in order: band (text), open_in_time, overdue (counts). Click gives pick.band.
    """
    p, size = look().palette, look().size
    order = frame["band"].to_list()
    names = {"open_in_time": t("chart.in_time"), "overdue": t("chart.overdue")}
    data = frame.select("band", *names).unpivot(on=list(names), index="band", variable_name="state", value_name="items")
    data = data.with_columns(
        pl.col("state").replace_strict(names, return_dtype=pl.String).alias("words"),
        pl.when(pl.col("items") > 0).then(pl.col("items").cast(pl.String)).otherwise(pl.lit("")).alias("count"),
        pl.col("state").replace_strict({"overdue": 0, "open_in_time": 1}, return_dtype=pl.Int64).alias("place"),
    )
    x = alt.X("band:O", sort=order, title=None, axis=alt.Axis(labelAngle=0, labelColor=p.ink, domain=True))
    y = alt.Y("items:Q", stack="zero", axis=None, title=None)
    base = alt.Chart(data).encode(order=alt.Order("place:Q"))
    shades = alt.Scale(domain=[names["overdue"], names["open_in_time"]], range=[p.accent, p.grey_2])
    bars = base.mark_bar(cursor="pointer", width={"band": 0.72}).encode(
        x=x,
        y=y,
        color=alt.Color("words:N", scale=shades, sort=[names["overdue"], names["open_in_time"]]),
        tooltip=[
            alt.Tooltip("band:N", title=t("chart.age")),
            alt.Tooltip("words:N", title=t("chart.state")),
            alt.Tooltip("items:Q", title=t("chart.items"), format=",d"),
        ],
    )
    middle = alt.Y("items:Q", stack="zero", bandPosition=0.5)
    counts = text_mark(base).encode(
        x=x,
        y=middle,
        text="count:N",
        detail="words:N",
        color=alt.condition("datum.state === 'overdue'", alt.value(p.on_accent), alt.value(p.ink)),
    )
    return finish(alt.layer(bars.add_params(pick("band")), counts), height=size * 15)


def _matrix(
    data: pl.DataFrame,
    rows: list[str],
    columns: list[str],
    first: str,
    second: str,
    plain: str,
    *,
    titles: tuple[str | None, str | None] = (None, None),
) -> Chart:
    """Cells with their number, shaded by it off the diagonal."""
    p = look().palette
    off = data.filter(~pl.col("single"))["households"].max()
    headings, line = [_folded(name) for name in columns], look().size + 3
    padding = 6 + line * max(heading.count("\n") for heading in headings)  # Vega sets the first line at the padding
    data = data.with_columns(pl.Series("heading", [_folded(name) for name in data["col"]], dtype=pl.String))
    base = alt.Chart(data).encode(
        x=alt.X(
            "heading:N",
            sort=headings,
            title=titles[1],
            scale=alt.Scale(domain=headings),
            axis=alt.Axis(
                orient="top",
                labelAngle=0,
                labelColor=p.ink,
                labelExpr=_LINES,
                labelLineHeight=line,
                labelPadding=padding,
            ),
        ),
        y=alt.Y("row:N", sort=rows, title=titles[0], scale=alt.Scale(domain=rows), axis=alt.Axis(labelColor=p.ink)),
    )
    top = float(off or 1)  # type: ignore[arg-type]
    cells = base.mark_rect(stroke=p.paper, strokeWidth=2, cursor="pointer").encode(
        color=alt.condition(
            "datum.single || datum.households == 0",
            alt.value(plain),
            alt.Color(
                "households:Q",
                legend=None,
                scale=alt.Scale(type="sqrt", domain=[0, top], range=[p.paper, p.accent], interpolate="rgb"),
            ),
        ),
        tooltip=[
            alt.Tooltip("row:N", title=titles[0] or t("chart.cause")),
            alt.Tooltip("col:N", title=titles[1] or t("chart.and_cause")),
            alt.Tooltip("words:N", title=t("chart.households")),
        ],
    )
    numbers = text_mark(base).encode(
        text="words:N",
        color=alt.condition(
            f"!datum.single && datum.households > {top * 0.33}", alt.value(p.on_accent), alt.value(p.ink)
        ),
    )
    return finish(alt.layer(cells.add_params(pick(first, second)), numbers), height=alt.Step(round(look().row * 1.15)))


def _folded(name: str) -> str:
    """The name in lines no longer than a column of a matrix is wide: parted between words, or in half without any."""
    if name.isascii():
        lines = [""]
        for word in name.split():
            fits = len(lines[-1]) + len(word) < _COLUMN_LETTERS
            lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if fits else [*lines, word]
        return "\n".join(line for line in lines if line)
    half = -(-len(name) // 2)
    return f"{name[:half]}\n{name[half:]}" if len(name) > _COLUMN_SIGNS else name


def _part_fills(parts: list[str], accent: str) -> list[str]:
    p = look().palette
    greys = iter((p.grey_2, p.grey_4, p.grey_3, p.grey_1, p.grey_2))
    return [p.accent if part == accent else p.paper if part == "unknown" else next(greys) for part in parts]


def _bin_words(from_yuan: float, to_yuan: float | None) -> str:
    if to_yuan is None:
        return t("chart.bin_open", low=fmt_money(from_yuan))
    return t("chart.bin", low=fmt_number(from_yuan), high=fmt_money(to_yuan))


def _unknown_words(unknown: int) -> str:
    return f"{t('chart.unknown')}\n{t_n('format.households', unknown)}"
