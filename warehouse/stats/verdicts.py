"""What the statistics let one say, as a sentence in the reader's language; and what they do not let one say.

Words come from locale/<language>/verdict.yml, every sentence is tested in both languages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

from warehouse.i18n import (
    compared_words,
    fmt_days,
    fmt_interval,
    fmt_number,
    fmt_points,
    fmt_ratio,
    fmt_share,
    fmt_signed,
    join_words,
    label,
    language,
    t,
    t_n,
)
from warehouse.stats.funnel import NOTE, expected_outside, with_verdict
from warehouse.stats.intervals import difference, none_found_upper, wilson
from warehouse.stats.survival import Duration
from warehouse.stats.xmr import TRIAL_UNDER, Series

Better = Literal["high", "low"] | None
Tone = Literal["check", "note", "better", "plain", "unknown"]
_NAMED: Final = 5


@dataclass(frozen=True)
class Wording:
    """The words a comparison of villages needs.

    measure: what is counted (疑似漏保 / suspected missed). place: the whole compared with (全镇 / the town).
    unit: what one area is called (村 / village), as the profile says. better: which side is good, None if neither.
    """

    measure: str
    place: str
    unit: str
    better: Better = None

    @property
    def units(self) -> str:
        """Plural of the unit; Chinese has none."""
        if language() != "en":
            return self.unit
        return words.en_several if (words := compared_words()).en == self.unit else f"{self.unit}s"


@dataclass(frozen=True)
class Change:
    """A share against an earlier one. kind: up, down, none (no real change) or unknown; gap, low, high as shares."""

    kind: Literal["up", "down", "none", "unknown"]
    gap: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Chip:
    """A verdict as a few words and a tone; the words carry it, the tone only helps the eye."""

    text: str
    tone: Tone


def better_of(direction: str) -> Better:
    """The good side of a metric by its direction in the catalogue: up, down, or anything else (neither)."""
    return {"up": "high", "down": "low"}.get(direction)  # type: ignore[return-value]


def change(x1: int | None, n1: int | None, x0: int | None, n0: int | None) -> Change:
    """Now x1/n1 against earlier x0/n0: a change only if Newcombe's 95% interval of the difference leaves out 0.

    The two periods share most households; taking them as independent widens the interval, so it errs towards "no real
    change".
    """
    if not n1 or not n0 or x1 is None or x0 is None:
        return Change("unknown")
    gap, low, high = (float(part) for part in difference(x1, n1, x0, n0))
    kind: Literal["up", "down", "none"] = "up" if low > 0 else "down" if high < 0 else "none"
    return Change(kind, gap, low, high)


def change_sentence(found: Change, earlier: str) -> str:
    """How a share moved against `earlier` (上季度 / last quarter)."""
    if found.kind == "unknown":
        return t("verdict.change.unknown", earlier=earlier)
    return t(
        f"verdict.change.{found.kind}",
        earlier=earlier,
        gap=fmt_points(found.gap),
        low=fmt_signed((found.low or 0) * 100, 1),
        high=fmt_signed((found.high or 0) * 100, 1),
    )


def side(verdict: str, better: Better) -> Tone:
    """The tone of a village's verdict: the good side is "better", either side is a check where none is good."""
    if verdict == "none_to_count":
        return "unknown"
    if verdict == "none":
        return "plain"
    level, direction = verdict.split("_")
    if better is not None and direction == better:
        return "better"
    return "check" if level == "check" else "note"


def verdict_words(verdict: str, better: Better) -> str:
    """A verdict in a few words: 应查（偏高）, 无明显差异; on the good side no alarm: 较好（偏低）."""
    if side(verdict, better) == "better":
        return label("verdict", f"better_{verdict.split('_')[1]}")
    return label("verdict", verdict)


def chip(verdict: str, better: Better = None) -> Chip:
    """A village's verdict as a chip: 应查（偏高）, 留意（偏低）, 较好（偏低）, 无明显差异."""
    return Chip(verdict_words(verdict, better), side(verdict, better))


def villages_sentences(frame: pl.DataFrame, p0: float | None, words: Wording) -> list[str]:
    """What a comparison of all villages says: whom to check, whom to note, who is better, and what chance does.

    `frame`: one row per village in its fixed order: name, numerator, denominator.
    """
    if p0 is None:
        return [t("verdict.villages.nothing", place=words.place)]
    judged = with_verdict(frame, p0)
    tones = [side(verdict, words.better) for verdict in judged["verdict"]]
    said = {"total": fmt_number(frame.height), "units": words.units, "unit": words.unit, "place": words.place}
    said |= {"measure": words.measure, "p0": fmt_share(p0)}
    counted = frame.filter(pl.col("denominator") > 0)
    sentences = []
    for tone in ("check", "note", "better"):
        rows = judged.filter(pl.Series(tones) == tone)
        if rows.height:
            names = _named(rows)
            sentences.append(t_n(f"verdict.villages.{tone}", rows.height, villages=names, **said))
    if not sentences:
        sentences.append(t("verdict.villages.none", **said))
    expected = expected_outside(counted["denominator"], p0, NOTE)
    if expected < 0.1:
        sentences.append(t("verdict.villages.chance_small", **said))
    else:
        sentences.append(t("verdict.villages.chance", expected=fmt_number(expected, 1), **said))
    uncounted = frame.height - counted.height
    if uncounted:
        sentences.append(t_n("verdict.villages.uncounted", uncounted, **said))
    return sentences


def village_sentence(name: str, x: int | None, n: int | None, p0: float | None, words: Wording) -> str:
    """One village against the whole, with its interval: check, note, better, no real difference, or none to count."""
    if not n or x is None:
        return t("verdict.village.none_to_count", name=name, measure=words.measure)
    low, high = (float(bound) for bound in wilson(x, n))
    said = {"name": name, "measure": words.measure, "ratio": fmt_ratio(x, n), "share": fmt_share(x / n)}
    said |= {"interval": fmt_interval(low, high), "place": words.place, "p0": fmt_share(p0)}
    if p0 is None:
        return t("verdict.village.alone", **said)
    row = with_verdict(pl.DataFrame({"numerator": [x], "denominator": [n]}), p0).row(0, named=True)
    tone = side(row["verdict"], words.better)
    if tone == "plain":
        return t("verdict.village.none", **said)
    said["direction"] = t(f"verdict.village.{'above' if row['verdict'].endswith('high') else 'below'}")
    return t(f"verdict.village.{tone}", chance=_chance(min(row["tail_low"], row["tail_high"])), **said)


def target_sentence(x: int | None, n: int | None, target: float | None, better: Better) -> str | None:
    """A share against its target; None where there is no target or nothing was counted."""
    if target is None or not n or x is None or better is None:
        return None
    value = x / n
    low, high = (float(bound) for bound in wilson(x, n))
    met = value >= target if better == "high" else value <= target
    if met:
        return t("verdict.target.met", target=fmt_share(target))
    kind = "chance" if low <= target <= high else "missed"
    return t(f"verdict.target.{kind}", target=fmt_share(target), gap=fmt_points(value - target))


def none_found_sentence(checked: int, what: str) -> str:
    """What a check that found nothing supports: "none found" is not "none"."""
    if not checked:
        return t("verdict.none_found.none_checked", what=what)
    upper = float(none_found_upper(checked))
    return t_n("verdict.none_found", checked, what=what, upper=fmt_share(upper))


def unknown_sentence(unknown: int | None, what: str | None = None) -> str | None:
    """How many households stand outside a ratio because something about them is unknown; None if there are none."""
    if not unknown:
        return None
    return t_n("verdict.unknown", unknown, what=what or t("verdict.unknown.what"))


def state_sentence(state: str, missing: str | None = None) -> str | None:
    """Why a figure is not there: nothing to count, or a list (named in `missing`) that did not come, or that the place
    never asks for."""
    if state in ("list_missing", "not_asked") and missing:
        return t(f"verdict.state.{state}_named", missing=missing)
    return None if state == "known" else t(f"verdict.state.{state}")


def series_sentence(series: Series, periods: list[str]) -> str:
    """What an XmR reading says; `periods` names its points in the reader's language."""
    if series.centre is None:
        return t("verdict.series.too_short")
    said = series.points.filter(pl.col("signal").is_not_null())
    if said.is_empty():
        text = t_n("verdict.series.none", len(periods))
    else:
        last = said.row(-1, named=True)
        text = t(f"verdict.series.{last['signal']}_{last['side']}", period=periods[last["position"]])
    return f"{text}{t('verdict.series.trial', least=TRIAL_UNDER)}" if series.trial else text


def duration_sentence(found: Duration) -> str:
    """A typical duration, open cases counted."""
    if not found.cases:
        return t("format.none_to_count")
    said = {"median": fmt_days(found.median), "p90": fmt_days(found.p90), "longest": fmt_days(found.longest)}
    kind = "all" if found.p90 is not None else "median" if found.median is not None else "open"
    text = t(f"verdict.duration.{kind}", **said)
    return text + t_n("verdict.duration.open_cases", found.open_cases) if found.open_cases else text


def hazard_sentence(name: str, count: int, expected: float) -> str:
    """A village or cause whose new warnings exceed the upper 99.8% Poisson limit (YL-2a)."""
    return t_n("verdict.hazard", count, name=name, expected=fmt_number(expected, 1))


def _named(rows: pl.DataFrame) -> str:
    names = [f"{row['name']} {fmt_ratio(row['numerator'], row['denominator'])}" for row in rows.to_dicts()]
    listed = join_words(names[:_NAMED])
    return listed if len(names) <= _NAMED else t("verdict.villages.more", listed=listed, n=len(names))


def _chance(tail: float) -> str:
    return t("verdict.chance.thousandth") if tail <= 0.001 else t("verdict.chance.share", share=fmt_share(tail))
