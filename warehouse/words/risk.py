"""What the risk page says: who is at risk, of what, where, whether it rises, and where it is a hazard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.exports.cells import Kind
from warehouse.i18n import (
    fmt_interval,
    fmt_money,
    fmt_month,
    fmt_number,
    fmt_ratio,
    fmt_share,
    fmt_signed,
    join_words,
    label,
    t,
)
from warehouse.session import Column
from warehouse.stats.funnel import hazard_limit
from warehouse.stats.intervals import wilson
from warehouse.stats.verdicts import Wording, hazard_sentence, series_sentence, villages_sentences
from warehouse.stats.xmr import Series, xmr
from warehouse.words.exports import sheet_of
from warehouse.words.hazards import MONTHS_FOR_LIMITS

LEVELS: Final = ("urgent", "high", "watch", "none", "unknown")
KINDS: Final = ("tier_registered", "tier_eligible", "risk_level")
FOCUS: Final = (
    "serious_illness", "severe_disability", "incapacitated_tekun", "unstable_employment", "failed_industry", "disaster",
    "no_labour",
)  # fmt: skip
_TIERS: Final = ("tekun", "dibao", "dibao_edge", "rigid_expense", "other", "none", "unknown")


@dataclass(frozen=True)
class Level:
    """One level of risk: its name, its households, and the change from the earlier month in words."""

    name: str
    value: str
    words: str


@dataclass(frozen=True)
class Histogram:
    """Incomes against the line. bins: from_yuan, to_yuan, households, none of them open at the top."""

    bins: pl.DataFrame
    line: float
    multiple: float
    unknown: int
    above: int
    words: list[str]


@dataclass(frozen=True)
class Moves:
    """Who moved. frame: before, after, households; codes: the states in order; words: what it says."""

    frame: pl.DataFrame
    kind: str
    codes: tuple[str, ...]
    words: str


def headline(months: pl.DataFrame, place: str) -> str:
    """How many are at urgent and high risk, watched, without risk, unknown, at the end of the newest month."""
    row = months.row(-1, named=True)
    counts = {level: fmt_number(row[level]) for level in LEVELS}
    people = fmt_number(row["urgent_people"] + row["high_people"])
    total = fmt_number(row["households"])
    return t("risk.say.headline", place=place, month=fmt_month(row["month"]), people=people, total=total, **counts)


def where(villages: pl.DataFrame, place: str) -> str:
    """In which villages the share at urgent or high risk is more than chance."""
    frame = villages.select("name", (pl.col("urgent") + pl.col("high")).alias("numerator"), "households")
    frame = frame.rename({"households": "denominator"})
    total = int(frame["denominator"].sum())
    p0 = int(frame["numerator"].sum()) / total if total else None
    sentences = villages_sentences(frame, p0, Wording(t("risk.measure"), place, t("coverage.unit"), "low"))
    return f"**{t('risk.say.where')}**{t('gap.colon')}{t('gap.sentence_gap').join(sentences)}"


def filling(months: pl.DataFrame, lines: pl.DataFrame) -> str | None:
    """That causes rise while the window of warnings fills, as long as the months shown reach back to its beginning."""
    window = dict(lines.select("parameter", "number").iter_rows()).get("warning_active_months")
    if window is None or months.height > 2 * window:
        return None
    return t("risk.say.filling", window=fmt_number(window), first=fmt_month(months["month"][0]))


def series(months: pl.DataFrame) -> Series:
    """Process limits of the households at urgent or high risk: for the whole only, never for one village."""
    return xmr((months["urgent"] + months["high"]).cast(pl.Float64), lowest=0)


def rising(months: pl.DataFrame) -> str:
    """Whether the number at urgent or high risk moved by more than its usual wobble."""
    names = [fmt_month(month) for month in months["month"]]
    return f"**{t('risk.say.rising')}**{t('gap.colon')}{series_sentence(series(months), names)}"


def hazards(villages: pl.DataFrame, causes: pl.DataFrame, month: dt.date) -> list[str]:
    """Villages and causes whose new warnings are a large-scale hazard, and what the limits rest on (YL-2a)."""
    found = [hazard_sentence(row["name"], row["new_warnings"], row["expected_warnings"]) for row in _over(villages)]
    found += [
        hazard_sentence(label("cause", row["cause"]), row["new_warnings"], row["expected_warnings"])
        for row in _over(causes)
    ]
    rests_on = int(villages["months_before"].max() or 0)  # type: ignore[arg-type]
    if not rests_on:
        return [t("risk.say.no_rate", month=fmt_month(month))]
    if not found:
        said = {"villages": fmt_number(villages.height), "causes": fmt_number(causes.height)}
        found = [t("risk.say.no_hazard", month=fmt_month(month), **said)]
    first = causes.filter((pl.col("expected_warnings") == 0) & (pl.col("new_warnings") > 0))
    for row in first.iter_rows(named=True):
        found.append(t("risk.say.first", name=label("cause", row["cause"]), n=fmt_number(row["new_warnings"])))
    if rests_on < MONTHS_FOR_LIMITS:
        # It is a footing of the sentence before, not a finding of its own.
        rests = t("risk.say.trial", n=fmt_number(rests_on), least=fmt_number(MONTHS_FOR_LIMITS))
        found[-1] = f"{found[-1]}{t('gap.sentence_gap')}{rests}"
    return found


def hazard_causes(causes: pl.DataFrame) -> list[str]:
    """The causes over their limit."""
    return [row["cause"] for row in _over(causes)]


def _over(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows at or over their limit. Where none at all was expected there is no rate to compare with."""
    rows = frame.filter(pl.col("expected_warnings") > 0).iter_rows(named=True)
    return [row for row in rows if row["new_warnings"] >= hazard_limit(row["expected_warnings"])]


def levels(months: pl.DataFrame, earlier: dt.date | None) -> list[Level]:
    """The levels as headline numbers with their change."""
    row = months.row(-1, named=True)
    before = months.filter(pl.col("month") == earlier) if earlier else months.clear()
    return [
        Level(
            t(f"risk.level.name.{level}"),
            fmt_number(row[level]),
            _changed(row[level], before[level][0] if before.height else None, row["households"], earlier),
        )
        for level in LEVELS
    ]


def _changed(now: int, then: int | None, total: int, earlier: dt.date | None) -> str:
    share = t("risk.level.share", share=fmt_share(now / total if total else None), total=fmt_number(total))
    if then is None or earlier is None:
        return f"{share}  \n{t('risk.level.no_earlier')}"
    return f"{share}  \n{t('risk.level.change', month=fmt_month(earlier), gap=fmt_signed(now - then))}"


def by_village(villages: pl.DataFrame) -> pl.DataFrame:
    """The villages as the chart of levels takes them."""
    return villages.select(pl.col("area_code").alias("key"), "name", "households", "urgent", "high", "watch", "unknown")


def by_month(months: pl.DataFrame) -> pl.DataFrame:
    """Households at urgent or high risk at each month's end: period, value."""
    return pl.DataFrame(
        {
            "period": [f"{month:%Y-%m}" for month in months["month"]],
            "value": (months["urgent"] + months["high"]).cast(pl.Float64),
        }
    )


def histogram(incomes: pl.DataFrame, lines: pl.DataFrame) -> Histogram | None:
    """Incomes as the chart takes them; null where no line is in force or no income known."""
    numbers = dict(lines.select("parameter", "number").iter_rows())
    line, multiple = numbers.get("monitoring_line"), numbers.get("watch_multiple")
    known = incomes.filter(pl.col("band_from").is_not_null())
    if line is None or multiple is None or known.height < 2:
        return None
    bins = known.select(
        (pl.col("band_from") + line).alias("from_yuan"), (pl.col("band_to") + line).alias("to_yuan"), "households"
    )
    # The highest band is open: drawn as wide as the others it would look like a peak.
    above = int(bins["households"][-1]) if bins.height == known.height else 0
    unknown = int(incomes.filter(pl.col("band_from").is_null())["households"].sum())
    return Histogram(bins.head(-1), line, multiple, unknown, above, _income_words(bins, line, multiple, above, numbers))


def _income_words(
    bins: pl.DataFrame, line: float, multiple: float, above: int, numbers: Mapping[str, float]
) -> list[str]:
    under = int(bins.filter(pl.col("from_yuan") < line)["households"].sum())
    near = int(bins.filter((pl.col("from_yuan") >= line) & (pl.col("from_yuan") < line * multiple))["households"].sum())
    said = {"under": fmt_number(under), "near": fmt_number(near), "line": fmt_money(line)}
    words = [t("risk.income.say", **said, edge=fmt_money(line * multiple), multiple=fmt_number(multiple, 1))]
    if "dibao_standard" in numbers:
        words.append(t("risk.income.dibao", standard=fmt_money(numbers["dibao_standard"] * 12)))
    words.append(t("risk.income.above", n=fmt_number(above), top=fmt_money(bins["from_yuan"][-1])))
    return words


def stand_ins(lines: pl.DataFrame) -> str | None:
    """Which of the lines are another place's or set locally; null if none."""
    named = [
        t(f"risk.line.{row['parameter']}.{'stand_in' if row['is_stand_in'] else 'local'}")
        for row in lines.filter(pl.col("parameter") != "warning_active_months").iter_rows(named=True)
        if row["is_stand_in"] or row["is_local"]
    ]
    return t("risk.income.sources", names=join_words(named)) if named else None


def focus_table(groups: pl.DataFrame) -> pl.DataFrame:
    """The focus groups as the table shows them."""
    frame = with_words(groups, "name", lambda code: label("focus", code), "focus")
    frame = with_words(frame, "change", _gap, "households", "earlier")
    frame = with_words(frame, "covered_of", _covered, "covered", "eligible")
    return with_words(frame, "registered_of", _share_of, "registered", "households")


def focus_villages(villages: pl.DataFrame) -> pl.DataFrame:
    """One focus group in every village as the table shows it."""
    frame = with_words(villages, "covered_of", _covered, "covered", "eligible")
    return with_words(frame, "registered_of", _share_of, "registered", "households")


_FOCUS: Final[Mapping[str, Kind]] = {
    "name": "text",
    "households": "integer",
    "change": "text",
    "registered_of": "text",
    "monitored_only": "integer",
    "covered_of": "text",
    "eligible_unknown": "integer",
}


def focus_columns(first: str, *, change: bool) -> dict[str, Column]:
    """The columns of the table of groups, or of one group by village."""
    names = [name for name in _FOCUS if change or name != "change"]
    named = {name: Column(t(f"risk.focus.{name}"), "number" if _FOCUS[name] == "integer" else "text") for name in names}
    return named | {"name": Column(first)}


def export_focus(shown: pl.DataFrame, place: Mapping[str, Any], period: str) -> bytes:
    """The focus groups as .xlsx, as shown."""
    columns = {name: (t(f"risk.focus.{name}"), kind) for name, kind in _FOCUS.items()}
    return sheet_of(t("risk.section.focus"), shown, columns, place, period)


def _gap(now: int, then: int | None) -> str:
    return t("verdict.change.unknown", earlier=t("metric.earlier")) if then is None else fmt_signed(now - then)


def _covered(covered: int, eligible: int) -> str:
    if not eligible:
        return t("coverage.none_to_count")
    low, high = (float(bound) for bound in wilson(covered, eligible))
    said = {"ratio": fmt_ratio(covered, eligible), "share": fmt_share(covered / eligible)}
    return t("risk.focus.covered_words", **said, interval=fmt_interval(low, high, 0))


def _share_of(part: int, whole: int) -> str:
    return f"{fmt_ratio(part, whole)}  {fmt_share(part / whole, 0)}" if whole else t("coverage.none_to_count")


def moves(frame: pl.DataFrame, kind: str) -> Moves | None:
    """Who moved, as the chart takes it; null where the months do not reach back to the quarter before."""
    both = frame.filter(pl.col("before").is_not_null())
    if both.is_empty():
        return None
    order = LEVELS if kind == "risk_level" else _TIERS
    present = set(both["before"]) | set(both["after"])
    codes = tuple(code for code in order if code in present)
    known = both.filter((pl.col("before") != "unknown") & (pl.col("after") != "unknown"))
    rank = {code: place for place, code in enumerate(order)}
    step = known.with_columns(
        (
            pl.col("before").replace_strict(rank, return_dtype=pl.Int64)
            - pl.col("after").replace_strict(rank, return_dtype=pl.Int64)
        ).alias("up")
    )
    counts = {
        "up": int(step.filter(pl.col("up") > 0)["households"].sum()),
        "down": int(step.filter(pl.col("up") < 0)["households"].sum()),
        "same": int(step.filter(pl.col("up") == 0)["households"].sum()),
        "unknown": int(both["households"].sum()) - int(known["households"].sum()),
        "new": int(frame.filter(pl.col("before").is_null())["households"].sum()),
    }
    said = {name: fmt_number(n) for name, n in counts.items()}
    return Moves(
        both, "risk_level" if kind == "risk_level" else "tier_short", codes, t(f"risk.moves.say.{kind}", **said)
    )


def chosen_words(cause: str | None, focus: str | None, risk: str | None) -> str:
    """What the list of households below is limited to."""
    parts = [
        label(kind, code)
        for kind, code in (("cause", cause), ("focus", focus), ("risk_level", risk))
        if code is not None
    ]
    return join_words(parts)


def household_columns() -> dict[str, Column]:
    """The columns of the list of households."""
    kinds = {"members": "number", "income_per_head": "money"}
    names = ("area_name", "household_no", "head_name", "members", "risk_level", "risk_causes", "tier_eligible")
    return {
        name: Column(t(f"risk.column.{name}"), kinds.get(name, "text"))  # type: ignore[arg-type]
        for name in (*names, "tier_registered", "income_per_head")
    }
