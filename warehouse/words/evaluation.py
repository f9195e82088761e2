"""What the evaluation page says: every metric as a line of a table, one metric in detail, and the exported tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

import polars as pl

from warehouse.exports.cells import Column, Kind
from warehouse.exports.xlsx import Meta, Sheet, workbook
from warehouse.i18n import (
    fmt_interval,
    fmt_number,
    fmt_period,
    fmt_ratio,
    fmt_share,
    in_language,
    join_words,
    label,
    t,
)
from warehouse.metrics import load_metrics
from warehouse.stats.funnel import with_verdict
from warehouse.stats.intervals import with_share
from warehouse.stats.verdicts import (
    Better,
    Change,
    Wording,
    better_of,
    change,
    change_sentence,
    series_sentence,
    state_sentence,
    target_sentence,
    unknown_sentence,
    villages_sentences,
)
from warehouse.stats.xmr import Series, xmr
from warehouse.words.findings import list_title
from warehouse.words.metric import name_of
from warehouse.words.themes import themes

Tone = Literal["better", "worse", "plain", "unknown"]
# Filled up over a round or a year: the period before is a part of the way, not a level to compare with.
CUMULATIVE: Final = frozenset({"survey_coverage", "inspection_coverage", "lookback_coverage", "relapse_rate"})
_SHOWN_AS_NONE: Final = 0.0005  # a difference that reads ±0.0 points


# -- one row of metric_values in words --------------------------------------------------------------------------------


def better(metric: str) -> Better:
    """Which side is good."""
    return better_of(load_metrics()[metric].direction)


def value_text(row: Mapping[str, Any]) -> str:
    """The value as shown: a share, a count, villages of all villages; or why there is none."""
    if row["state"] != "known":
        return t(f"format.{row['state']}")
    unit = load_metrics()[row["metric"]].unit
    if unit == "count":
        return fmt_number(row["numerator"])
    if unit == "rate":
        return fmt_number(row["value"], 1)
    return counts_text(row) if unit == "villages" else fmt_share(row["value"])


def unknown_text(row: Mapping[str, Any]) -> str | None:
    """How many stand outside the ratio because something about them is unknown."""
    return unknown_sentence(row["unknown"])


def why_not(row: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    """Why there is no value: nothing to count, a list that did not come, or one the place never asks for."""
    if row["state"] == "not_asked":  # by their plain names: that they are not asked for is said already
        return state_sentence("not_asked", _plain_names(row["lists_missing"].split("、"))) or ""
    return state_sentence(row["state"], list_names(row["lists_missing"], titles) or None) or ""


def _plain_names(codes: Collection[str]) -> str:
    return join_words([list_title(code) for code in codes])


def with_unasked(metrics: pl.DataFrame, unasked: Collection[str]) -> pl.DataFrame:
    """The rows; a metric whose missing list the place never asks for is `not_asked`, naming those lists alone: nobody
    is late with it."""
    states, lists = [], []
    for state, missing in metrics.select("state", "lists_missing").iter_rows():
        never = [code for code in (missing or "").split("、") if code in unasked]
        is_never = state == "list_missing" and bool(never)
        states.append("not_asked" if is_never else state)
        lists.append("、".join(never) if is_never else missing)
    return metrics.with_columns(
        pl.Series("state", states, dtype=pl.String), pl.Series("lists_missing", lists, dtype=pl.String)
    )


def counts_text(row: Mapping[str, Any]) -> str:
    """Numerator over denominator; empty where a list is missing."""
    return fmt_ratio(row["numerator"], row["denominator"]) if row["numerator"] is not None else ""


def interval_text(row: Mapping[str, Any]) -> str:
    """The 95% interval; empty for what has none: a count, a full count of villages, nothing to count."""
    return fmt_interval(row["low"], row["high"]) if row["low"] is not None else ""


def is_whole(metric: str) -> bool:
    """Whether the figure is a full count of all there is, in which nothing is chance: the five numbers."""
    entry = load_metrics()[metric]
    return entry.unit == "count" and entry.direction == "none"


def people_text(row: Mapping[str, Any]) -> str:
    """The people beside the households; empty where people make no sense."""
    if row["denominator_people"] is None or row["state"] != "known":
        return ""
    if is_whole(row["metric"]):
        return t("evaluation.count_people", n=fmt_number(row["numerator_people"]))
    return t("evaluation.people", ratio=fmt_ratio(row["numerator_people"], row["denominator_people"]))


def change_of(row: Mapping[str, Any]) -> Change:
    """The metric against the period before; unknown unless both are known, and for what fills up over a round or year.

    Of hundreds of thousands of rows any difference is beyond chance: one that reads ±0.0 points is no real change.
    """
    if row["state"] != "known" or row["metric"] in CUMULATIVE or is_whole(row["metric"]):
        return Change("unknown")
    found = change(row["numerator"], row["denominator"], row["earlier_numerator"], row["earlier_denominator"])
    return replace(found, kind="none") if found.gap is not None and abs(found.gap) < _SHOWN_AS_NONE else found


def change_text(row: Mapping[str, Any], earlier: str) -> str:
    """The change as a sentence; of what fills up, where it stood at the end of the period before."""
    if is_whole(row["metric"]) and row["earlier_denominator"]:
        return t("evaluation.change.was_text", earlier=earlier, was=fmt_number(row["earlier_numerator"]))
    if row["metric"] not in CUMULATIVE:
        return change_sentence(change_of(row), earlier)
    was = fmt_ratio(row["earlier_numerator"], row["earlier_denominator"])
    if not row["earlier_denominator"]:
        return t("verdict.change.unknown", earlier=earlier)
    return t("evaluation.change.cumulative_text", earlier=earlier, was=was)


def change_short(row: Mapping[str, Any]) -> str:
    """The change in a few words: no real change, up or down by how much, or where it stood."""
    if is_whole(row["metric"]) and row["earlier_denominator"]:
        return t("evaluation.change.was", was=fmt_number(row["earlier_numerator"]))
    if row["metric"] in CUMULATIVE and row["earlier_denominator"]:
        return t("evaluation.change.cumulative", was=fmt_ratio(row["earlier_numerator"], row["earlier_denominator"]))
    found = change_of(row)
    gap = t("format.points", value=fmt_number(abs(found.gap or 0) * 100, 1))  # up or down is said in words
    return t(f"evaluation.change.{found.kind}", gap=gap)


def list_names(codes: str | None, titles: Mapping[str, str]) -> str:
    """The lists of `lists_missing` by their titles."""
    return join_words([titles.get(code, code) for code in (codes or "").split("、") if code])


# -- the table of all metrics -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A metric as the table shows it.

    counts: numerator over denominator, or which list is missing; beside: people and what is not counted. spot: of a
    share its low, value, high and target (null: none), from 0 to 1. change: a real change or where it stood, empty for
    no real change; change_tone: for the better, the worse, neither (plain), or not judged (unknown). detail: what the
    opened definition says first. code: of the figure's passport; empty where none is given.
    """

    metric: str
    name: str
    definition: tuple[tuple[str, str], ...]
    value: str
    counts: str
    item: str
    beside: str
    spot: tuple[float, float, float, float | None] | None
    target: str
    change: str
    change_tone: Tone
    detail: tuple[str, ...]
    series: tuple[float | None, ...]
    is_share: bool
    code: str = ""


def lines(
    metrics: pl.DataFrame,
    series: Mapping[str, list[float | None]],
    earlier: str,
    titles: Mapping[str, str],
    codes: Mapping[str, str] | None = None,
) -> dict[str, list[Line]]:
    """Every metric as a line, by theme in reading order; a theme without any is left out. codes: metric -> code."""
    coded = codes or {}
    rows = {row["metric"]: row for row in metrics.iter_rows(named=True)}
    found = {
        theme: [
            replace(_line(rows[metric], series.get(metric, []), earlier, titles), code=coded.get(metric, ""))
            for metric in chosen
            if metric in rows
        ]
        for theme, chosen in themes().items()
    }
    if _is_same(rows.get("lead_yield"), rows.get("warning_yield")):
        same = t("evaluation.same_as", name=name_of("warning_yield"))
        found = {theme: [_said_once(line, same) for line in part] for theme, part in found.items()}
    return {theme: part for theme, part in found.items() if part}


def _is_same(row: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two metrics are one figure: they differ only where lists are told apart."""
    parts = ("state", "numerator", "denominator")
    return row is not None and other is not None and all(row[part] == other[part] for part in parts)


def _said_once(line: Line, same: str) -> Line:
    """The line of the yield by list, which for all lists together would say another line's figure again."""
    if line.metric != "lead_yield":
        return line
    return replace(line, value="", counts=same, item="", beside="", spot=None, change="", series=())


def _line(row: dict[str, Any], series: list[float | None], earlier: str, titles: Mapping[str, str]) -> Line:
    unit, known = load_metrics()[row["metric"]].unit, row["state"] == "known"
    is_share, is_said = unit != "count", unit == "villages"  # of villages the value is the count itself
    outside = t("evaluation.outside", n=fmt_number(row["unknown"])) if row["unknown"] else ""
    interval = t("card.interval", interval=interval_text(row)) if row["low"] is not None else ""
    change_in_full = change_text(row, earlier) if known else ""
    return Line(
        metric=row["metric"],
        name=name_of(row["metric"]),
        definition=_parts(row["metric"]),
        value=value_text(row) if known else "—",
        counts=("" if is_said else counts_text(row)) if known else why_not(row, titles),
        item=label("item", load_metrics()[row["metric"]].item) if known and not is_said else "",
        beside=join_words([words for words in (people_text(row), outside) if words]),
        spot=_spot(row) if is_share else None,
        target=target_text(row),
        change=change_words(row),
        change_tone=tone_of(change_of(row), better(row["metric"])),
        detail=tuple(filter(None, (interval, change_in_full))),
        series=tuple(series),
        is_share=is_share,
    )


def _spot(row: Mapping[str, Any]) -> tuple[float, float, float, float | None] | None:
    """Where a share lies with its interval and target; null for what has no interval, full counts among them."""
    if row["low"] is None or row["value"] is None or row["state"] != "known":
        return None
    return row["low"], row["value"], row["high"], row["target"]


def change_words(row: Mapping[str, Any]) -> str:
    """A real change with its direction, for better or worse where one is; where it stood; or nothing to compare with.
    Empty for no real change: that is said once for all."""
    if row["state"] != "known":
        return ""
    if is_whole(row["metric"]) or row["metric"] in CUMULATIVE:
        return change_short(row)
    found = change_of(row)
    if found.kind == "none":
        return ""
    tone = tone_of(found, better(row["metric"]))
    return (
        change_short(row) if tone in ("plain", "unknown") else t(f"evaluation.change.{tone}", words=change_short(row))
    )


def notable(metrics: pl.DataFrame) -> list[str]:
    """What to look at first: metrics that really changed, that miss their target, or whose list has not come."""

    def stands_out(row: Mapping[str, Any]) -> bool:
        if row["state"] != "known":
            return bool(row["state"] == "list_missing")
        return tone_of(change_of(row), better(row["metric"])) in ("better", "worse") or misses(row)

    return [row["metric"] for row in metrics.iter_rows(named=True) if stands_out(row)]


def misses(row: Mapping[str, Any]) -> bool:
    """Whether a metric with a target is short of it."""
    return row["target"] is not None and row["state"] == "known" and bool(row["value"] < row["target"])


def _parts(metric: str) -> tuple[tuple[str, str], ...]:
    """Heading and words of each part of a metric's definition."""
    found = load_metrics()[metric]
    told = {
        "question": in_language(found.question_zh, found.question_en),
        "numerator": in_language(found.numerator_zh, found.numerator_en),
        "denominator": in_language(found.denominator_zh, found.denominator_en),
        "clause": found.clause,
        "caveat": in_language(found.caveat_zh, found.caveat_en),
        "model": found.model,
    }
    return tuple((t(f"evaluation.part.{part}"), words) for part, words in told.items())


def target_text(row: Mapping[str, Any]) -> str:
    """Whether the target is met; all villages are counted, so that of villages leaves nothing to chance."""
    if row["target"] is None:
        return ""
    if row["state"] == "known" and load_metrics()[row["metric"]].unit == "villages":
        left = row["denominator"] - row["numerator"]
        return t("evaluation.villages_left", n=fmt_number(left)) if left else t("evaluation.villages_done")
    words = target_sentence(row["numerator"], row["denominator"], row["target"], better(row["metric"]))
    return words or fmt_share(row["target"])


def tone_of(moved: Change, good: Better) -> Tone:
    """Whether a change is a real one for the better or the worse."""
    if moved.kind == "unknown":
        return "unknown"
    if moved.kind == "none" or good is None:
        return "plain"
    return "better" if (moved.kind == "up") == (good == "high") else "worse"


def overview(metrics: pl.DataFrame, earlier: str, titles: Mapping[str, str]) -> list[str]:
    """Which metrics really changed, which miss their target, which cannot be counted; and what chance does."""
    rows = metrics.to_dicts()
    moves = {row["metric"]: change_of(row) for row in rows}
    tones = {metric: tone_of(found, better(metric)) for metric, found in moves.items()}
    named = {
        tone: [name_of(metric) for metric, found in tones.items() if found == tone] for tone in ("better", "worse")
    }
    compared = sum(found.kind != "unknown" for found in moves.values())
    said = []
    if compared:
        moved = [
            t(f"evaluation.say.moved.{tone}", n=fmt_number(len(names)), names=_bracketed(names))
            for tone, names in named.items()
            if names
        ]
        key = "evaluation.say.change" if moved else "evaluation.say.change_none"
        chance = fmt_number(compared * 0.05, 1)
        said.append(t(key, earlier=earlier, n=compared, chance=chance, moved=join_words(moved)))
    else:
        said.append(t("evaluation.say.no_earlier", earlier=earlier))
    aimed = [row for row in rows if row["target"] is not None and row["state"] == "known"]
    short = [row for row in aimed if misses(row)]
    if aimed:
        told = [t("evaluation.say.short", name=name_of(row["metric"]), value=value_text(row)) for row in short]
        missed = t("evaluation.say.not_met", names=join_words(told)) if told else ""
        said.append(t("evaluation.say.target", n=len(aimed), met=len(aimed) - len(short), short=missed))
    lost = [row for row in rows if row["state"] == "list_missing"]
    if lost:
        lists_lost = sorted({code for row in lost for code in (row["lists_missing"] or "").split("、") if code})
        names = join_words([name_of(row["metric"]) for row in lost])
        said.append(t("evaluation.say.lost", names=names, lists=list_names("、".join(lists_lost), titles)))
    never = [row for row in rows if row["state"] == "not_asked"]
    if never:
        codes = sorted({code for row in never for code in row["lists_missing"].split("、")})
        names = join_words([name_of(row["metric"]) for row in never])
        said.append(t("evaluation.say.not_asked", names=names, lists=_plain_names(codes)))
    return said


def _bracketed(names: list[str]) -> str:
    return t("evaluation.say.bracketed", names=join_words(names)) if names else ""


# -- one metric in detail ---------------------------------------------------------------------------------------------


def standing(row: Mapping[str, Any], earlier: str, titles: Mapping[str, str]) -> list[str]:
    """How the metric stands in the period, as sentences: value, change, target, what is outside."""
    if row["state"] != "known":
        return [why_not(row, titles)]
    said = {"name": name_of(row["metric"]), "value": value_text(row), "counts": counts_text(row)}
    words = t("evaluation.stands", **said)
    if row["low"] is not None:
        words = t("evaluation.stands_interval", interval=interval_text(row), **said)
    told = (words, change_text(row, earlier), target_text(row), unknown_text(row))
    return [sentence[0].upper() + sentence[1:] for sentence in told if sentence]


def from_first_known(months: pl.DataFrame) -> pl.DataFrame:
    """The months from the first with a value: before it there was nothing to count yet."""
    return months.filter(pl.col("value").is_not_null().cum_max()) if months.height else months


def limits(months: pl.DataFrame, metric: str) -> Series | None:
    """XmR limits of a monthly series of a whole; null where a month has none: its points would not be neighbours."""
    values = months["value"]
    if values.is_empty() or values.null_count():
        return None
    share = load_metrics()[metric].unit != "count"
    return xmr(values, lowest=0.0, highest=1.0 if share else None)


def moved(months: pl.DataFrame, series: Series | None) -> str:
    """What the monthly series says."""
    if series is None:
        return t("evaluation.no_limits")
    return series_sentence(series, [fmt_period(period) for period in months["period"]])


@dataclass(frozen=True)
class Judged:
    """Villages or departments against the whole: frame with verdicts, p0, and what may be said of them."""

    frame: pl.DataFrame
    p0: float
    sentences: list[str]


def judged(frame: pl.DataFrame, row: Mapping[str, Any], place: str, *, unit: str) -> Judged | None:
    """Every village (department) against the whole, in the order of codes; null where nothing was counted.

    frame: area_code, name, numerator, denominator, value, low, high. unit: village or department.
    """
    if frame.is_empty() or row["state"] != "known" or not row["denominator"]:
        return None
    p0 = row["numerator"] / row["denominator"]
    if load_metrics()[row["metric"]].unit == "count":  # compared as shares: the count needs its size beside it
        frame = with_share(frame.drop("value", "low", "high"))
    said = Wording(name_of(row["metric"]), place, t(f"evaluation.unit.{unit}"), better(row["metric"]))
    return Judged(with_verdict(frame, p0), p0, villages_sentences(frame, p0, said))


def villages_left(frame: pl.DataFrame) -> str:
    """Which villages a full count of villages still lacks."""
    lacking = frame.filter(pl.col("numerator") < pl.col("denominator"))
    done, n = int(frame["numerator"].sum()), int(frame["denominator"].sum())
    if lacking.is_empty():
        return t("evaluation.villages_all", n=n)
    left = [
        row["name"] if row["denominator"] == 1 else f"{row['name']} {fmt_ratio(row['numerator'], row['denominator'])}"
        for row in lacking.iter_rows(named=True)
    ]
    return t("evaluation.villages_lacking", done=done, n=n, names=join_words(left))


def named_departments(frame: pl.DataFrame) -> pl.DataFrame:
    """Departments as charts of areas take them: area_code is the department's code, name in the reader's language."""
    names = [in_language(row["name"], row["name_en"]) for row in frame.iter_rows(named=True)]
    return frame.rename({"department_code": "area_code"}).with_columns(pl.Series("name", names, dtype=pl.String))


def named_lists(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as charts of areas take them: area_code is the list's code, name its title in the reader's language."""
    names = [in_language(row["title"], row["title_en"]) for row in frame.iter_rows(named=True)]
    return frame.rename({"extract": "area_code"}).with_columns(pl.Series("name", names, dtype=pl.String))


# -- exports ----------------------------------------------------------------------------------------------------------

_COLUMNS: tuple[tuple[str, Kind], ...] = (
    ("theme", "text"), ("metric", "text"), ("numerator", "integer"), ("denominator", "integer"), ("item", "text"),
    ("numerator_people", "integer"), ("denominator_people", "integer"), ("value", "text"), ("share", "share"),
    ("low", "share"), ("high", "share"), ("unknown", "integer"), ("target", "share"), ("state", "text"),
    ("change", "text"), ("lists_missing", "text"),
)  # fmt: skip


def exported(metrics: pl.DataFrame, earlier: str, titles: Mapping[str, str]) -> tuple[pl.DataFrame, list[Column]]:
    """The shown table as a frame with its columns: typed numbers beside the words."""
    rows = {row["metric"]: row for row in metrics.iter_rows(named=True)}
    told = [
        {
            "theme": t(f"evaluation.theme.{theme}"),
            "metric": name_of(metric),
            "numerator": row["numerator"],
            "denominator": row["denominator"],
            "item": label("item", load_metrics()[metric].item),
            "numerator_people": row["numerator_people"],
            "denominator_people": row["denominator_people"],
            "value": value_text(row),
            "share": row["numerator"] / row["denominator"] if row["denominator"] and not is_whole(metric) else None,
            "low": row["low"],
            "high": row["high"],
            "unknown": row["unknown"],
            "target": row["target"],
            "state": label("metric_state", row["state"]),
            "change": change_text(row, earlier),
            "lists_missing": list_names(row["lists_missing"], titles),
        }
        for theme, chosen in themes().items()
        for metric, row in ((metric, rows[metric]) for metric in chosen if metric in rows)
    ]
    schema: dict[str, Any] = {
        name: {"text": pl.String, "integer": pl.Int64, "share": pl.Float64}[kind] for name, kind in _COLUMNS
    }
    columns = [Column(name, t(f"evaluation.column.{name}"), kind) for name, kind in _COLUMNS]
    return pl.DataFrame(told, schema=schema), columns


def as_xlsx(frame: pl.DataFrame, columns: list[Column], meta: Meta, where: str, period: str) -> bytes:
    """The shown table as .xlsx with the metrics' definitions on a second sheet."""
    title = t("evaluation.file_title", where=where)
    definitions = pl.DataFrame(
        [{"name": name_of(metric), **definition_row(metric)} for part in themes().values() for metric in part]
    )
    heads = [Column("name", t("export.definition.name"))]
    heads += [Column(part, t(f"export.definition.{part}")) for part in definitions.columns if part != "name"]
    sheets = [
        Sheet(t("evaluation.tab"), title, columns, frame, (t("export.summary.note_interval"),)),
        Sheet(t("export.definitions.tab"), t("export.definitions.title"), heads, definitions),
    ]
    return workbook(sheets, meta, period=period)


def definition_row(metric: str) -> dict[str, str]:
    """A metric on a sheet of definitions: metric (id), question, numerator, denominator, clause, caveat, model."""
    keys = ("question", "numerator", "denominator", "clause", "caveat", "model")
    return {"metric": metric, **{key: words for key, (_, words) in zip(keys, _parts(metric), strict=True)}}
