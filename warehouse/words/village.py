"""What the village page says: how a village stands beside the whole, and what is to be done, most urgent first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.exports.cells import Kind
from warehouse.i18n import (
    code_text,
    fmt_date,
    fmt_days,
    fmt_interval,
    fmt_month,
    fmt_number,
    fmt_ratio,
    fmt_share,
    in_language,
    label,
    t,
    t_counts,
    t_n,
)
from warehouse.metrics import load_metrics
from warehouse.session import Column
from warehouse.stats.funnel import with_verdict
from warehouse.stats.verdicts import Wording, better_of, change, village_sentence
from warehouse.words.exports import sheet_of
from warehouse.words.findings import name_of as findings_name
from warehouse.words.metric import measure_of, name_of

# Kinds of work in the order in which those without a limit are done, and the clause each comes from.
CLAUSES: Final[Mapping[str, str]] = {
    "warning": "BX-4",
    "check": "BX-4",
    "review": "BX-4",
    "identify": "BX-4",
    "plan": "BX-5",
    "measure": "YL-2a",
    "issue_failed": "ST-6a",
    "issue": "ST-6a",
    "lookback": "ST-6a",
    "referral": "ST-5a, DB-5",
    "care_visit": "DJ-3, DJ-5",
    "need": "ST-4a",
    "service_need": "DB-6",
    "after_help": "DJ-4",
    "dropped": "DJ-7",
    "suspected_missed": "ST-1a, DJ-7",
    "household_missed": "DJ-2a",
    "single_cover_missed": "ST-1b",
    "suspected_unmonitored": "BX-2",
    "disability_subsidy_gap": "DJ-5",
    "child_subsidy": "DJ-5",
    "agreement": "DJ-3",
    "difference": "ST-2a, DB-4",
    "dead_or_moved_active": "ST-5b",
    "double_registered": "DB-4",
    "suspected_ineligible": "ST-5b",
    "gradual_exit": "DJ-2b",
    "no_check": "ST-2b",
    "contact": "BX-5",
    "potential_target": "DJ-1b, DB-3",
    "eliminate": "BX-6",
    "hold": "BX-6",
    "survey_form": "DB-7",
    "income_unknown": "BX-8",
    "finding": "BX-8",
}
DATA_GAPS: Final = ("income_unknown", "finding")
SOON_DAYS: Final = 7
GAPS: Final = (
    "suspected_missed",
    "suspected_ineligible",
    "suspected_unmonitored",
    "dropped",
    "single_cover_missed",
    "household_missed",
    "dead_or_moved_active",
    "double_registered",
    "disability_subsidy_gap",
    "no_check",
    "gradual_exit",
    "potential_target",
    "income_unknown",
)
TRENDS: Final = ("registered", "monitored", "at_high_risk", "new_warnings")
# A round of the survey fills up while it runs: its state a quarter ago is no level to compare with.
_PROGRESS: Final = ("survey_coverage",)
_COUNTED: Final = {"suspected_missed": "missed", "suspected_ineligible": "ineligible"}


def headline(name: str, months: pl.DataFrame, period: str) -> str:
    """The village in one sentence: its households, who is registered, monitored, at high risk, and unknown."""
    row = months.row(-1, named=True)
    names = ("households", "members", "registered", "monitored", "at_high_risk", "income_unknown")
    return t("village.say.headline", name=name, period=period, **{key: fmt_number(row[key]) for key in names})


def findings(figures: pl.DataFrame, name: str, place: str) -> list[str]:
    """The figures in which the village differs from the whole by more than chance; what chance does, if none."""
    said = []
    for row in figures.filter(~pl.col("verdict").is_in(["none", "none_to_count"])).iter_rows(named=True):
        entry = load_metrics()[row["metric"]]
        words = Wording(measure_of(row["metric"]), place, t("coverage.unit"), better_of(entry.direction))
        said.append(village_sentence(name, row["numerator"], row["denominator"], row["whole_value"], words))
    n = figures.filter(pl.col("verdict") != "none_to_count").height
    if not said:
        return [t("village.say.no_difference", name=name, place=place, n=fmt_number(n))]
    return [*said, t("village.say.chance", n=fmt_number(n), expected=fmt_number(n * 0.05, 1))]


def judged(metrics: pl.DataFrame) -> pl.DataFrame:
    """The metrics in the order of the catalogue, each with its exact verdict against the whole."""
    order = {metric: place for place, metric in enumerate(load_metrics())}
    verdicts = []
    for row in metrics.iter_rows(named=True):
        one = pl.DataFrame({"numerator": [row["numerator"] or 0], "denominator": [row["denominator"] or 0]})
        verdicts.append(with_verdict(one, row["whole_value"])["verdict"][0])
    places = [order.get(metric, len(order)) for metric in metrics["metric"]]
    return (
        metrics.with_columns(pl.Series("verdict", verdicts, dtype=pl.String), pl.Series("place", places))
        .sort("place")
        .drop("place")
    )


def compared(figures: pl.DataFrame) -> pl.DataFrame:
    """The table of the village beside the whole: one row per metric, all in words."""
    rows = [
        {
            "name": name_of(row["metric"]),
            "ratio": fmt_ratio(row["numerator"], row["denominator"]) if row["denominator"] else "—",
            "value": fmt_share(row["value"]),
            "interval": fmt_interval(row["low"], row["high"]) if row["value"] is not None else "",
            "whole": fmt_share(row["whole_value"]),
            "verdict": _verdict(row),
            "change": _changed(row),
            "unknown": row["unknown"],
        }
        for row in figures.iter_rows(named=True)
    ]
    columns = ("name", "ratio", "value", "interval", "whole", "verdict", "change")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String) | {"unknown": pl.Int64})


def _verdict(row: Mapping[str, Any]) -> str:
    said = label("verdict", row["verdict"])
    better = better_of(load_metrics()[row["metric"]].direction)
    return f"{said} {t('village.better')}" if better and row["verdict"].endswith(better) else said


def _changed(row: Mapping[str, Any]) -> str:
    if row["metric"] in _PROGRESS:
        return t("village.change.progress")
    found = change(row["numerator"], row["denominator"], row["earlier_numerator"], row["earlier_denominator"])
    return t(f"village.change.{found.kind}", earlier=fmt_share(row["earlier_value"]))


def compared_columns() -> dict[str, Column]:
    """The columns of that table."""
    names = ("name", "ratio", "value", "interval", "whole", "verdict", "change", "unknown")
    wide = {"name": 185, "unknown": 100}  # in pixels: the longest names of metrics are read whole
    return {
        name: Column(t(f"village.figure.{name}"), "number" if name == "unknown" else "text", width=wide.get(name))
        for name in names
    }


def work(items: pl.DataFrame) -> pl.DataFrame:
    """The work list, most urgent first: overdue, due within a week, without a limit, later, data to complete.

    Takes the frame of queries.village.work. Returns: the same rows with band (0-4), task, what, when, clause, and what
    stood in `what` as code.
    """
    order = {kind: place for place, kind in enumerate(CLAUSES)}
    frame = items.with_columns(
        pl.when(pl.col("days_over") > 0)
        .then(0)
        .when(pl.col("days_over") >= -SOON_DAYS)
        .then(1)
        .when(pl.col("kind").is_in(DATA_GAPS))
        .then(4)
        .when(pl.col("due_on").is_null())
        .then(2)
        .otherwise(3)
        .alias("band"),
        pl.col("kind").replace_strict(order, default=len(order), return_dtype=pl.Int64).alias("place"),
        pl.col("kind").replace_strict(dict(CLAUSES), default=None, return_dtype=pl.String).alias("clause"),
        pl.col("what").alias("code"),
    ).sort("band", "due_on", "place", "household_no", nulls_last=True, maintain_order=True)
    frame = with_words(frame, "task", lambda kind: t(f"village.work.{kind}"), "kind")
    frame = with_words(frame, "what", _what, "kind", "what", "title", "title_en")
    return with_words(frame, "when", _when, "days_over").drop("place")


# Kinds whose content is a code of the marts.
_CODES: Final[Mapping[str, str]] = {"difference": "difference_reason"}


def _what(kind: str, what: str | None, title: str | None, title_en: str | None) -> str:
    if kind == "warning":
        return in_language(title or what or "", title_en)
    if kind in ("suspected_missed", "suspected_ineligible"):
        return t(f"village.what.{kind}", tier=label("tier_short", what))
    if kind == "suspected_unmonitored":
        return label("monitored_type", what)
    if kind == "finding" and what is not None:
        return findings_name(what)
    if kind in _CODES and what is not None:
        return label(_CODES[kind], what)
    if kind == "care_visit":
        return t("care.left_behind") if what == "left_behind" else label("tier_short", what)
    if kind == "survey_form" and what in ("1", "2"):
        return t(f"coverage.round.{what}")
    return code_text(what) if what else ""


def _when(days_over: int | None) -> str:
    if days_over is None:
        return t("village.when.no_limit")
    if days_over > 0:
        return t("village.when.overdue", days=fmt_days(days_over))
    return t("village.when.today") if days_over == 0 else t("village.when.left", days=fmt_days(-days_over))


def work_summary(items: pl.DataFrame, as_of: dt.date, month: dt.date) -> str:
    """How much there is to do, and how much of it is late."""
    counts = dict(items.group_by("band").len().iter_rows())
    bands = {f"n{band}": counts.get(band, 0) for band in range(5)}
    households = fmt_number(items["household_key"].drop_nulls().n_unique())
    return t(
        "village.say.work",
        total=fmt_number(items.height),
        households=households,
        bands=t_counts("village.band", bands, soon=fmt_number(SOON_DAYS)),
        as_of=fmt_date(as_of),
        month=fmt_month(month),
    )


def ledger(steps: pl.DataFrame) -> pl.DataFrame:
    """What fell due, step by step: step in words, done in time, late, not at all, not yet due, not counted."""
    return with_words(steps, "step", lambda step: label("step", step), "step")


def ledger_columns() -> dict[str, Column]:
    """The columns of that table."""
    names = ("step", "due", "in_time", "late", "never_done", "not_due", "not_counted")
    return {name: Column(t(f"village.ledger.{name}"), "text" if name == "step" else "number") for name in names}


_IN_LEDGER: Final[Mapping[str, tuple[str, ...]]] = {
    "issues": ("found", "rectified", "issues_open", "issues_overdue", "awaiting_lookback"),
    "referrals": ("accepted", "completed", "referrals_open", "referrals_overdue"),
}


def ledger_sentences(counts: Mapping[str, int], period: str) -> list[str]:
    """What came in and went out, and what is open at the period's end: warnings, problems, referrals, findings."""
    came = {name: fmt_number(counts[name]) for name in ("new_warnings", "findings")}
    said = [t("village.say.ledger_warnings", period=period, **came)]
    for kind, names in _IN_LEDGER.items():
        some = t_counts(f"village.{kind}", {name: counts[name] for name in names})
        said.append(t(f"village.say.ledger_{kind}", counts=some) if some else t(f"village.say.ledger_{kind}_none"))
    return said


_WORK: Final[Mapping[str, Kind]] = {
    "when": "text",
    "due_on": "date",
    "task": "text",
    "household_no": "text",
    "head_name": "text",
    "what": "text",
    "since": "date",
    "clause": "text",
}
_LISTED: Final[Mapping[str, Kind]] = {
    "household_no": "text",
    "head_name": "text",
    "members": "integer",
    "tier_eligible": "text",
    "tier_registered": "text",
    "risk_level": "text",
    "risk_causes": "text",
    "income_per_head": "money",
}
_FIRST: Final[Mapping[str, Kind]] = {
    name: _LISTED[name] for name in ("household_no", "head_name", "tier_eligible", "tier_registered")
}
_SHOWN: Final[Mapping[Kind, Any]] = {"integer": "number", "money": "money", "date": "date"}


def work_columns() -> dict[str, Column]:
    """The columns of the work list."""
    return {
        name: Column(t(f"village.column.{name}"), _SHOWN.get(kind, "text"), width="medium" if name == "what" else None)
        for name, kind in _WORK.items()
    }


def export_work(items: pl.DataFrame, name: str, place: Mapping[str, Any], period: str) -> bytes:
    """The work list as .xlsx, masked as shown."""
    columns = {column: (t(f"village.column.{column}"), kind) for column, kind in _WORK.items()}
    return sheet_of(t("village.export.work", name=name), items, columns, place, period)


def household_columns(*, why: bool) -> dict[str, Column]:
    """The columns of the list of households; `why` when a gap is chosen."""
    named: Mapping[str, Kind] = {**_FIRST, "why": "text", **_LISTED} if why else _LISTED
    return {name: Column(t(f"village.column.{name}"), _SHOWN.get(kind, "text")) for name, kind in named.items()}


def export_households(households: pl.DataFrame, name: str, place: Mapping[str, Any], period: str) -> bytes:
    """The list of households as .xlsx, masked as shown."""
    kinds: Mapping[str, Kind] = {**_LISTED, "why": "text"} if "why" in households.columns else _LISTED
    columns = {column: (t(f"village.column.{column}"), kind) for column, kind in kinds.items()}
    return sheet_of(t("village.export.households", name=name), households, columns, place, period)


def found(frame: pl.DataFrame) -> str:
    """How many households fit the filters and how many of them are shown."""
    total = int(frame["found"][0]) if frame.height else 0
    if total > frame.height:
        return t("village.rows_first", n=fmt_number(total), shown=fmt_number(frame.height))
    return t_n("village.rows", total)


def gap_counts(months: pl.DataFrame) -> pl.DataFrame:
    """The gaps of the newest month as numbers, for who sees no households. Returns: gap, found."""
    row = months.row(-1, named=True)
    return pl.DataFrame({"gap": [label("gap", g) for g in GAPS], "found": [row[_COUNTED.get(g, g)] for g in GAPS]})


def trend_of(months: pl.DataFrame, column: str) -> pl.DataFrame:
    """One count from month to month, as the chart takes it: period, value."""
    return pl.DataFrame(
        {"period": [f"{month:%Y-%m}" for month in months["month"]], "value": months[column].cast(pl.Float64)}
    )
