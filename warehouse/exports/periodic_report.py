"""The monthly report and the annual evaluation of a snapshot: asks for what it holds, in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl

from warehouse import i18n
from warehouse.app_db import app_db, audit
from warehouse.exports.codes import count_code
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.periodic import AnnualFrames, MonthlyFrames, annual_workbook, monthly_workbook
from warehouse.exports.quarterly_report import COMMAND_LINE, compared_of, evaluation_of, office_ask, quarterly_report
from warehouse.exports.report_frames import Ask, told_of
from warehouse.exports.report_paper import annual_paper, monthly_paper
from warehouse.exports.xlsx import Frozen
from warehouse.gate import current_gate
from warehouse.i18n import in_language, label, t
from warehouse.metrics import load_metrics
from warehouse.passports import counts
from warehouse.periods import PeriodKind, period_before, period_days
from warehouse.printed import made_and_kept
from warehouse.settings import Settings
from warehouse.stats.intervals import with_share
from warehouse.words.metric import name_of
from warehouse.words.steps import step_table
from warehouse.words.themes import themes


class Report(Protocol):
    """A report in the form asked for, saying which release its figures come from, if they are those of one."""

    def __call__(self, ask: Ask, period: str, *, frozen: Frozen | None = None, form: FormName = "xlsx") -> bytes: ...


# A line of the monthly report: the column of report/overview, what it counts.
OVERVIEW: Final[tuple[tuple[str, str], ...]] = (
    ("households", "household"), ("members", "person"), ("lifted", "household"), ("lifted_people", "person"),
    ("ever_monitored", "household"), ("ever_monitored_people", "person"), ("monitored", "household"),
    ("monitored_people", "person"), ("new_warnings", "warning"), ("payments", "person"), ("amount", "yuan"),
    ("gradual_exit", "household"), ("found", "issue"), ("rectified", "issue"), ("open_at_end", "issue"),
    ("overdue_at_end", "issue"), ("failed_at_end", "issue"),
)  # fmt: skip


_OVERVIEW: Final = {"line": pl.String, "now": pl.Int64, "before": pl.Int64, "unit": pl.String, "code": pl.String}


def write_report(
    settings: Settings, report: Report, period: str, to: Path, language: str, form: FormName = "xlsx"
) -> None:
    """Write a report of `period` from the snapshot that is served, in `language`; put in the audit trail.

    Raises: UsageError for a period the snapshot does not hold, ConfigError for a language there is not.
    """
    i18n.set_language(language)
    ask = office_ask(current_gate(settings))
    make = partial(report, ask, period, form=form)
    to.write_bytes(made_and_kept(app_db(settings), COMMAND_LINE, to.name, make, settings))
    audit.record(app_db(settings), COMMAND_LINE, audit.Action.EXPORTED, to.name)


def monthly_report(ask: Ask, period: str, *, frozen: Frozen | None = None, form: FormName = "xlsx") -> bytes:
    """What a town reports before the month's end (2025-12), in the form asked for.

    Raises: UsageError for a month the snapshot does not hold. Source: DJ-8.
    """
    evaluation, said, tree = evaluation_of(ask, period, r"\d{4}-(0[1-9]|1[0-2])", "a month such as 2025-12", frozen)
    month, before = period_days(period)[0], period_days(period_before(period))[0]
    frames = MonthlyFrames(
        overview=_overview(
            ask("report/overview", month=month, before=before), month, ask("shell/snapshot").row(0, named=True)
        ),
        registers=ask("report/registers", month=month),
        villages=ask("report/villages", month=month, areas=compared_of(tree)),
        gaps=ask("report/gaps", month=month),
        evaluation=evaluation,
    )
    with i18n.units_of(tree.words(None), tree.lowest):
        if form == "xlsx":
            return monthly_workbook(period, period_before(period), frames, said)
        return FORMS[form].write(monthly_paper(frames, told_of(ask, period, compared_of(tree)), said))


def annual_report(ask: Ask, period: str, *, frozen: Frozen | None = None, form: FormName = "xlsx") -> bytes:
    """The evaluation of a year (2025), in the form asked for.

    Raises: UsageError for a year the snapshot does not hold. Source: ST-6b.
    """
    evaluation, said, tree = evaluation_of(ask, period, r"\d{4}", "a year such as 2025", frozen)
    start, end = period_days(period)
    areas = compared_of(tree)
    surveys = ask("report/surveys", year=int(period), end=end, areas=areas)
    last = ask("shell/snapshot").row(0, named=True)["last_month"]
    visits = ask("report/inspections", year=int(period), end=end, areas=areas)
    frames = AnnualFrames(
        quarters=_quarters(ask("report/quarters", year=period)),
        inspections=visits if ask("look_back/asked")["is_expected"].any() else visits.clear(),
        surveys=with_share(surveys, "visited", "resident_households").rename({"value": "share"}),
        steps=_steps(
            ask("evaluation/steps", start=start, end=end, area=None),
            ask("evaluation/step_days", year=int(period), area=None),
            ask("evaluation/step_limits", day=end),
        ),
        findings=_findings(ask("report/findings", start=start, month=min(end.replace(day=1), last))),
        evaluation=evaluation,
    )
    with i18n.units_of(tree.words(None), tree.lowest):
        if form == "xlsx":
            return annual_workbook(period, period_before(period), frames, said)
        return FORMS[form].write(annual_paper(frames, told_of(ask, period, compared_of(tree)), said))


def _overview(months: pl.DataFrame, month: Any, place: Mapping[str, Any]) -> pl.DataFrame:
    now = months.filter(pl.col("month") == month)
    before = months.filter(pl.col("month") < month)
    rows = [
        {
            "line": t(f"export.overview.{name}"),
            "now": round(now[name][0] or 0) if now.height else None,
            "before": round(before[name][0] or 0) if before.height else None,
            "unit": t("export.yuan") if item == "yuan" else label("item", item),
            "code": _code(name, now, month, place),
        }
        for name, item in OVERVIEW
    ]
    return pl.DataFrame(rows, schema=_OVERVIEW)


def _code(name: str, now: pl.DataFrame, month: dt.date, place: Mapping[str, Any]) -> str | None:
    """The code of a line of the overview, found in the mart that counts it."""
    what = next(what for what in counts() if what.split(".")[1] == name)
    number = int(now[name][0]) if now.height and now[name][0] is not None else None
    return count_code(what, f"{month:%Y-%m}", number, place)


def _quarters(values: pl.DataFrame) -> pl.DataFrame:
    """Metric by metric in reading order, the quarters across; a count has no share."""
    counts = [metric for metric, entry in load_metrics().items() if entry.unit in ("count", "rate")]
    order = [metric for part in themes().values() for metric in part]
    frame = pl.DataFrame({"metric": order, "name": [name_of(metric) for metric in order]})
    told = values.with_columns(pl.when(pl.col("metric").is_in(counts)).then(None).otherwise("value").alias("share"))
    for (period,), part in told.partition_by("period", as_dict=True).items():
        fields = part.select(
            "metric", *(pl.col(name).alias(f"{period} {name}") for name in ("numerator", "denominator", "share"))
        )
        frame = frame.join(fields, on="metric", how="left", maintain_order="left")
    return frame


def _steps(steps: pl.DataFrame, days: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    """The steps as the page words them, their shares as numbers."""
    told, _ = step_table(steps, days, limits)
    shares = with_share(told.drop("share", "interval"), "in_time", "due").rename({"value": "share"})
    return shares.rename({"due": "step_due", "late": "step_late"})


def _findings(findings: pl.DataFrame) -> pl.DataFrame:
    names = [in_language(row["name_zh"], row["name_en"]) for row in findings.iter_rows(named=True)]
    return findings.with_columns(pl.Series("finding", names, dtype=pl.String))


# The report of a period of each kind: the name of its files, and what makes it.
REPORTS: Final[dict[PeriodKind, tuple[str, Report]]] = {
    "month": ("monthly", monthly_report),
    "quarter": ("quarterly", quarterly_report),
    "year": ("annual", annual_report),
}
