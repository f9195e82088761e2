"""What is said of steps with limits: due cohorts, typical days with open cases counted, channels of discovery."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from warehouse.i18n import code_text, fmt_days, fmt_interval, fmt_number, fmt_share, label, t
from warehouse.session import Column
from warehouse.stats.intervals import wilson, with_share
from warehouse.stats.survival import Duration, duration_of, kaplan_meier_of

# In the order of the work; the parameter of each one's limit (null: each item has a day of its own).
STEPS: Final[dict[str, str | None]] = {
    "check_warning": "check_days",
    "check": "check_days",
    "review": "review_days",
    "publicity": "publicity_days",
    "identify": "identify_days",
    "plan": "plan_days",
    "measure": None,
    "exit_publicity": "exit_publicity_days",
    "referral": "referral_days",
    "rectify": None,
}
AT_LEAST: Final = frozenset({"publicity", "exit_publicity"})


def step_table(steps: pl.DataFrame, days: pl.DataFrame, limits: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, Column]]:
    """One row per step that fell due or was timed, with its headings; words in the reader's language.

    steps, days, limits: as queries.evaluation gives them. Returns: columns step (name), limit, due, in_time, late,
    never_done, not_due, not_counted (counts), share, interval, typical (text), code (of the step; has no heading).
    """
    counts = {row["step"]: row for row in steps.iter_rows(named=True)}
    timed = {key[0]: part for key, part in days.partition_by("step", as_dict=True).items()}
    known = {row["parameter"]: row for row in limits.iter_rows(named=True)}
    rows = [
        _row(step, counts.get(step, {}), typical(timed.get(step)), limit_text(step, known.get(parameter or "")))
        for step, parameter in STEPS.items()
        if step in counts or step in timed
    ]
    counted = ("due", "in_time", "late", "never_done", "not_due", "not_counted")
    heads = ("step", "limit", *counted, "share", "interval", "typical")
    schema: dict[str, Any] = {name: pl.Int64 if name in counted else pl.String for name in heads}
    return pl.DataFrame(rows, schema=schema | {"code": pl.String}), {
        name: Column(
            t(f"evaluation.step.{name}"),
            "number" if name in counted else "text",
            width="large" if name == "typical" else "small" if name in (*counted, "share") else None,
        )
        for name in heads
    }


def _row(step: str, counted: dict[str, Any], duration: Duration | None, limit: str) -> dict[str, Any]:
    numbers = {
        name: counted.get(name, 0) for name in ("due", "in_time", "late", "never_done", "not_due", "not_counted")
    }
    due, in_time = numbers["due"], numbers["in_time"]
    low, high = (float(bound) for bound in wilson(in_time, due))
    return {
        "step": label("step", step),
        "code": step,
        "limit": limit,
        **numbers,
        "share": fmt_share(in_time / due) if due else t("format.none_to_count"),
        "interval": fmt_interval(low, high) if due else "",
        "typical": typical_text(duration),
    }


def typical(counts: pl.DataFrame | None) -> Duration | None:
    """The typical duration from counts by days; null for a step that is not timed."""
    return None if counts is None else duration_of(kaplan_meier_of(counts))


def typical_text(found: Duration | None) -> str:
    """Median and 90% quantile; where the curve stays above, what cannot be said yet."""
    if found is None or not found.cases:
        return ""
    said = {"median": fmt_days(found.median), "p90": fmt_days(found.p90), "longest": fmt_days(found.longest)}
    kind = "all" if found.p90 is not None else "median" if found.median is not None else "open"
    return t(f"evaluation.typical.{kind}", **said)


def limit_text(step: str, limit: dict[str, Any] | None) -> str:
    """The limit as the clause puts it; for a step without one in force, nothing."""
    if STEPS[step] is None:
        return t("evaluation.step.own_day")
    if limit is None:
        return "—"
    kind = "at_least" if step in AT_LEAST else "within"
    if limit["unit"] == "working_day":
        kind += "_working"
    return t(f"evaluation.step.{kind}", n=fmt_number(limit["value"]))


def near_the_limit(curve: pl.DataFrame, limit: float | None) -> pl.DataFrame:
    """The curve to half beyond the last case done or the limit: after that it is flat as long as a case stays open."""
    done = curve.filter(pl.col("done") > 0)["days"].to_list()
    end = max([*done[-1:], limit or 0.0, 1.0]) * 1.5
    near = curve.filter(pl.col("days") <= end)
    return near if near.height == curve.height else pl.concat([near, near.tail(1).with_columns(days=pl.lit(end))])


def limit_days(step: str, limits: pl.DataFrame) -> float | None:
    """The limit of a step in calendar days, drawn beside its curve; null where it has none or counts otherwise."""
    rows = limits.filter(pl.col("parameter") == STEPS[step], pl.col("unit") != "working_day") if STEPS[step] else None
    return None if rows is None or rows.is_empty() else float(rows["value"][0])


def channel_lines(channels: pl.DataFrame) -> list[str]:
    """The share of each channel of discovery, in the order of their names."""
    total = int(channels["discovered"].sum() or 0)
    if not total:
        return [t("evaluation.channel.none")]
    told = with_share(channels.with_columns(pl.lit(total).alias("all")), "discovered", "all")
    return [
        t(
            "evaluation.channel.line",
            channel=code_text(row["channel"]),
            n=fmt_number(row["discovered"]),
            all=fmt_number(total),
            share=fmt_share(row["value"]),
            interval=fmt_interval(row["low"], row["high"]),
        )
        for row in told.iter_rows(named=True)
    ]
