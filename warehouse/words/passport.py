"""What a number passport says: the figure's name, how it is counted, and what it is now beside what was printed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from warehouse.app_db.passports import LOOKED_AT
from warehouse.i18n import (
    code_text,
    fmt_instant,
    fmt_interval,
    fmt_month,
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
from warehouse.passports import Figure, PrintedFigure, rows_of
from warehouse.session import Column
from warehouse.words.metric import definition, missing, name_of, unit

# What the codes of a count's column are called.
_CODES: Final = {"gap": "gap", "cause": "cause", "register": "tier"}


def figure_name(figure: Figure) -> str:
    """The figure without place and period: the metric's name, or what is counted."""
    if figure.is_metric:
        return name_of(figure.what)
    name = t(f"passport.count.{figure.what}")
    codes = [label(_CODES[column], code) for column, code in figure.only]
    return t("passport.count_of", name=name, code=join_words(codes)) if codes else name


def where(
    figure: Figure, place: str, areas: Mapping[str, str], departments: Mapping[str, str], titles: Mapping[str, str]
) -> str:
    """The place, area, department or list that a figure is of, by name."""
    names: Mapping[str, str] = {"area": areas, "department": departments, "list": titles}.get(figure.scope, {})
    return place if figure.scope == "profile" else names.get(figure.scope_code, figure.scope_code)


def short(figure: Figure, code: str, data_month: dt.date) -> str:
    """What stands in the popover beside a figure, in Markdown: how it is counted, its code, the newest data month."""
    if figure.is_metric:
        told = definition(load_metrics()[figure.what], figure.period)
    else:
        told = t(
            "passport.short_count",
            name=figure_name(figure),
            period=fmt_period(figure.period),
            model=figure.what.split(".")[0],
        )
    return f"{told}\n\n{t('passport.code', code=code, month=fmt_month(data_month))}"


def value_text(state: str, value: float | None, numerator: int | None, denominator: int | None, what: str) -> str:
    """The value as a page shows it: 94.8%, 12, or why there is none."""
    if state != "known":
        return t(f"format.{state}")
    entry = load_metrics().get(what)
    if entry is None or entry.unit == "count":
        return fmt_number(numerator)
    if entry.unit == "villages":
        return fmt_ratio(numerator, denominator)
    return fmt_number(value, 1) if entry.unit == "rate" else fmt_share(value)


def printed_text(printed: PrintedFigure) -> str:
    """What was printed: value, and the counts behind a share."""
    value = value_text(printed.state, printed.value, printed.numerator, printed.denominator, printed.figure.what)
    return with_counts(printed.figure, printed.state, value, printed.numerator, printed.denominator)


def with_counts(figure: Figure, state: str, value: str, numerator: int | None, denominator: int | None) -> str:
    """The value of a share with the counts behind it; any other value alone."""
    entry = load_metrics().get(figure.what)
    if state != "known" or entry is None or entry.unit not in ("share", "rate"):
        return value
    return t("passport.value", value=value, counts=fmt_ratio(numerator, denominator))


def counted(figure: Figure) -> list[str]:
    """How the figure is counted, line by line."""
    if not figure.is_metric:
        return [t("passport.counted.count", name=figure_name(figure), model=figure.what)]
    entry = load_metrics()[figure.what]
    return [
        f"**{in_language(entry.question_zh, entry.question_en)}**",
        t("passport.counted.numerator", text=in_language(entry.numerator_zh, entry.numerator_en)),
        t("passport.counted.denominator", text=in_language(entry.denominator_zh, entry.denominator_en)),
        t("passport.counted.clause", clause=entry.clause),
        t("passport.counted.when", counting=t(f"about.counting.{entry.counting}")),
        t("passport.counted.caveat", text=in_language(entry.caveat_zh, entry.caveat_en)),
    ]


def stands(figure: Figure, row: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    """Counts, interval and what is outside the ratio, as they are in the snapshot asked."""
    if not figure.is_metric:
        return []
    said = []
    if row["state"] == "known":
        said.append(
            t("passport.stands.counts", counts=fmt_ratio(row["numerator"], row["denominator"]), unit=unit(figure.what))
        )
        if row["low"] is not None:
            said.append(t("card.interval", interval=fmt_interval(row["low"], row["high"])))
    elif absent := missing(row, titles):
        said.append(t("verdict.state.list_missing_named", missing=absent))
    if row["unknown"]:
        said.append(t("passport.stands.unknown", n=fmt_number(row["unknown"]), unit=unit(figure.what)))
    if row["is_partial"]:
        said.append(t("passport.stands.partial"))
    return said


def printed_words(printed: PrintedFigure) -> str | None:
    """Where and when it was first printed; null if only the snapshot knows it."""
    if printed.printed_in is None or printed.printed_at is None:
        return None
    at = dt.datetime.fromisoformat(printed.printed_at).astimezone()
    if printed.printed_in == LOOKED_AT:
        return t("passport.looked_at", at=fmt_instant(at))
    return t("passport.printed", at=fmt_instant(at), file=printed.printed_in)


def then_and_now(then: PrintedFigure, now: PrintedFigure | None) -> str:
    """What was printed then beside what the same figure is now."""
    if now is None:
        return t("passport.now_gone", then=printed_text(then))
    key = "passport.now_same" if _same(then, now) else "passport.now_other"
    return t(key, then=printed_text(then), now=printed_text(now))


def _same(then: PrintedFigure, now: PrintedFigure) -> bool:
    return (then.state, then.numerator, then.denominator) == (now.state, now.numerator, now.denominator)


def rows_told(figure: Figure) -> str:
    """Whether the figure has its rows, or its counts by village only, and why."""
    if not figure.is_metric:
        return t("passport.rows.count")
    return t(f"passport.rows.{rows_of(figure) or 'none'}")


def listed(rows: pl.DataFrame, titles: Mapping[str, str]) -> pl.DataFrame:
    """The rows with what they are about in words: `about`."""
    return rows.with_columns(
        pl.Series("about", [_about(row, titles) for row in rows.iter_rows(named=True)], dtype=pl.String)
    )


def _about(row: Mapping[str, Any], titles: Mapping[str, str]) -> str:
    subject, kind = row["subject"], row["subject_kind"]
    if not subject:
        return ""
    if kind == "list":
        return titles.get(subject, subject)
    if kind == "causes":
        return join_words([label("cause", cause) for cause in subject.split("、") if cause])
    return code_text(subject) if kind == "code" else subject


def row_columns(rows: pl.DataFrame, figure: Figure, *, with_why: bool = False) -> dict[str, Column]:
    """The columns that hold something for this figure. with_why: the reasons too."""
    heads = {
        "area_name": Column(t("passport.column.area_name")),
        "household_no": Column(t("passport.column.household_no")),
        "head_name": Column(t("passport.column.head_name")),
        "about": Column(t(f"passport.column.about_{rows_of(figure)}")),
        "month": Column(t("passport.column.month"), "month"),
        "noted_on": Column(t("passport.column.noted_on"), "date"),
        "numerator": Column(t("passport.column.numerator"), "number"),
        "denominator": Column(t("passport.column.denominator"), "number"),
        "findings": Column(t("passport.column.findings"), "number"),
    }
    if rows_of(figure) != "lists":
        heads = {name: head for name, head in heads.items() if name not in ("numerator", "denominator", "month")}
    if with_why:
        heads["why"] = Column(t("passport.column.why"), width="large")
    return {name: head for name, head in heads.items() if _says(rows[name])}


def _says(column: pl.Series) -> bool:
    if column.dtype == pl.String:
        return bool((column.fill_null("") != "").any())
    if column.dtype.is_integer():
        return bool((column.fill_null(0) > 0).any())
    return column.null_count() < column.len()


def village_columns() -> dict[str, Column]:
    names = {"name": "text", "numerator": "number", "denominator": "number", "unknown": "number", "value": "share"}
    return {name: Column(t(f"passport.column.{name}"), kind) for name, kind in names.items()}  # type: ignore[arg-type]


def load_columns() -> dict[str, Column]:
    kinds = {
        "title": "text", "month": "month", "file_name": "text", "received_on": "date", "rows_read": "number",
        "rows_accepted": "number", "rows_quarantined": "number",
    }  # fmt: skip
    return {name: Column(t(f"passport.column.{name}"), kind) for name, kind in kinds.items()}  # type: ignore[arg-type]


def titled(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with list titles in the reader's language."""
    titles = [in_language(row["title"], row["title_en"]) for row in frame.iter_rows(named=True)]
    return frame.with_columns(pl.Series("title", titles, dtype=pl.String))


def findings(frame: pl.DataFrame) -> pl.DataFrame:
    """The findings in words: finding, severity, title, open_findings, households."""
    rows = frame.to_dicts()
    return titled(frame).with_columns(
        pl.Series("finding", [in_language(row["name_zh"], row["name_en"]) for row in rows], dtype=pl.String),
        pl.Series("severity", [label("severity", row["severity"]) for row in rows], dtype=pl.String),
    )


def finding_columns() -> dict[str, Column]:
    kinds = {"finding": "text", "severity": "text", "title": "text", "open_findings": "number", "households": "number"}
    return {name: Column(t(f"passport.column.{name}"), kind) for name, kind in kinds.items()}  # type: ignore[arg-type]
