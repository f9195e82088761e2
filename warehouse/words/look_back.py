"""What the look-back page says: coverage of villages, problems by state, five metrics, and the lists behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse.contracts import load_contracts
from warehouse.exports.cells import Kind
from warehouse.i18n import (
    code_text,
    fmt_date,
    fmt_days,
    fmt_interval,
    fmt_number,
    fmt_ratio,
    fmt_share,
    join_words,
    label,
    t,
    t_counts,
)
from warehouse.queries import look_back as asks
from warehouse.session import Column
from warehouse.stats.funnel import expected_outside, with_verdict
from warehouse.stats.intervals import wilson
from warehouse.stats.verdicts import Wording, side, verdict_words, villages_sentences
from warehouse.words.exports import sheet_of

LISTED: Final = 200


@dataclass(frozen=True)
class Listed:
    """Rows of a list as shown: the frame with words for codes, its columns, and how many there are."""

    frame: pl.DataFrame
    columns: Mapping[str, Column]
    words: str


def verdict(villages: pl.DataFrame, issues: pl.DataFrame, until: dt.date, *, is_asked: bool = True) -> list[str]:
    """Coverage of the villages where the place asks for visits, the problems by state, and how many came back."""
    said = [*_covered(villages, until)] if is_asked else [t("look_back.not_asked")]
    if issues.is_empty():
        return [*said, t("look_back.say.none")]
    counts = asks.counted_by_state(issues)
    in_order = {state: counts[state] for state in ("closed", "rectified", "open", "overdue", "failed")}
    states = t_counts("look_back.count", in_order)
    said.append(t("look_back.say.issues", total=fmt_number(issues.height), states=states))
    late = asks.overdue(issues)
    if late.height:
        row = late.row(0, named=True)
        said.append(
            t(
                "look_back.say.longest",
                days=fmt_days(row["days_overdue"]),
                village=row["area_name"],
                category=code_text(row["category"]),
                unit=row["responsible_unit"],
            )
        )
    back = asks.come_back(issues).height
    if back:
        said.append(t("look_back.say.repeat", closed=fmt_number(counts["closed"]), n=fmt_number(back)))
    return said


def _covered(villages: pl.DataFrame, until: dt.date) -> list[str]:
    said = [
        t(
            "look_back.say.covered",
            year=until.year,
            until=fmt_date(until),
            inspected=fmt_number(villages["villages_inspected"].sum()),
            looked_back=fmt_number(villages["villages_looked_back"].sum()),
            villages=fmt_number(villages["villages"].sum()),
            unit=t("look_back.unit"),
        )
    ]
    for column, key in (("inspected", "not_inspected"), ("looked_back", "not_looked_back")):
        lacking = villages.filter(~pl.col(column))["name"].to_list()
        if 0 < len(lacking) < villages.height:
            said.append(t(f"look_back.say.{key}", names=join_words(lacking)))
    return said


def states_by(issues: pl.DataFrame, by: str, areas: Mapping[str, str]) -> pl.DataFrame:
    """The issues by state for each category, responsible unit or village, in a fixed order: every village is there."""
    if by == "village":
        shown = set(issues["area_code"])
        groups = [(code, name) for code, name in areas.items() if len(shown) > 1 or code in shown]
        return asks.states_by(issues, "area_code", groups)
    if by == "category":
        codes = load_contracts()["inspection_issues"].column("category").codes
        return asks.states_by(issues, "category", [(code, code_text(code)) for code in codes])
    units = issues["responsible_unit"].drop_nulls().unique().sort().to_list()
    return asks.states_by(issues, "responsible_unit", [(unit, unit) for unit in units])


def aged(ages: pl.DataFrame) -> pl.DataFrame:
    """The ages with the words of their bands, as the chart takes them."""
    lower = [1, *(end + 1 for end in asks.AGE_BANDS)]
    bands = [
        t("look_back.age.over", days=asks.AGE_BANDS[-1])
        if up_to is None
        else t("look_back.age.up_to", from_days=start - 1 if start == 1 else start, to_days=up_to)
        for start, up_to in zip(lower, ages["up_to"], strict=True)
    ]
    return ages.with_columns(pl.Series("band", bands, dtype=pl.String))


@dataclass(frozen=True)
class Judged:
    """Villages against the whole: their frame with verdicts, the whole's share, its name, and what may be said."""

    frame: pl.DataFrame
    p0: float | None
    place: str
    sentences: list[str]


def judged(villages: pl.DataFrame, place: str) -> Judged:
    """Do villages differ in putting problems right in time? Exact verdicts, villages in the order of their codes."""
    counted = villages.with_columns(pl.col("numerator", "denominator").fill_null(0))
    done, due = (int(counted[name].sum()) for name in ("numerator", "denominator"))
    p0 = done / due if due else None
    said = Wording(t("look_back.measure"), place, t("look_back.unit_one"), "high")
    frame = with_verdict(counted, p0) if p0 is not None else counted
    return Judged(frame, p0, place, villages_sentences(counted, p0, said))


@dataclass(frozen=True)
class Returned:
    """Closed problems by group and how many came back, with verdicts, and what may be said."""

    frame: pl.DataFrame
    sentences: list[str]


def returned(issues: pl.DataFrame, by: str, areas: Mapping[str, str]) -> Returned:
    """Of the closed problems of each category, responsible unit or area, how many came back? Exact verdicts; areas in
    the order of their codes."""
    key = {"category": "category", "unit": "responsible_unit", "village": "area_code"}[by]
    found = asks.returned_by(issues, key)
    named = [code_text(code) if by == "category" else areas.get(code, code) for code in found["key"]]
    back, closed = (int(found[name].sum() or 0) for name in ("numerator", "denominator"))
    if not closed:
        return Returned(found, [t("look_back.returned.none_closed")])
    judged_by = with_verdict(found, back / closed)
    low, high = wilson(back, closed)
    said = {"closed": fmt_number(closed), "back": fmt_number(back), "share": fmt_share(back / closed)}
    words = [t("look_back.returned.say", interval=fmt_interval(float(low), float(high)), **said)]
    rows = judged_by.to_dicts()
    off = [
        f"{name} {fmt_ratio(row['numerator'], row['denominator'])}"
        for name, row in zip(named, rows, strict=True)
        if side(row["verdict"], "low") in ("check", "note")
    ]
    chance = fmt_number(expected_outside(found["denominator"], back / closed), 1)
    words.append(
        t("look_back.returned.off", names=join_words(off), chance=chance)
        if off
        else t("look_back.returned.no_off", n=fmt_number(len(rows)), chance=chance)
    )
    shown = judged_by.with_columns(
        pl.Series("name", named, dtype=pl.String),
        pl.Series("share", [fmt_share(row["numerator"] / row["denominator"]) for row in rows], dtype=pl.String),
        pl.Series("verdict", [verdict_words(row["verdict"], "low") for row in rows], dtype=pl.String),
    )
    return Returned(shown, words)


def returned_columns(by: str) -> dict[str, Column]:
    """The columns of the table of what came back."""
    return {
        "name": Column(t(f"look_back.by.{by}")),
        "denominator": Column(t("look_back.returned.closed"), "number"),
        "numerator": Column(t("look_back.returned.back"), "number"),
        "share": Column(t("look_back.returned.share")),
        "verdict": Column(t("look_back.returned.verdict")),
    }


_LISTS: Final = {
    "overdue": ("due_on", "days_overdue"),
    "failed": ("rectified_on", "lookback_on"),
    "repeat": ("closed_on", "came_back_on"),
}


def listed(issues: pl.DataFrame, part: str) -> Listed:
    """The overdue, failed or repeated issues as a table shows them."""
    chosen = {"overdue": asks.overdue, "failed": asks.failed, "repeat": asks.come_back}[part](issues)
    names = ["area_name", "issue_no", "category", "responsible_unit", "found_on", *_LISTS[part]]
    names += ["description"] if chosen["description"].is_not_null().any() else []
    shown = chosen.head(LISTED)
    key = "look_back.rows_first" if chosen.height > LISTED else "look_back.rows"
    counted = t(
        key, n=fmt_number(chosen.height), **({"shown": fmt_number(shown.height)} if chosen.height > LISTED else {})
    )
    return Listed(worded(shown), {name: _column(name) for name in names}, counted)


def worded(issues: pl.DataFrame) -> pl.DataFrame:
    """The issues with words for codes."""
    return issues.with_columns(
        pl.Series("category", [code_text(code) for code in issues["category"]], dtype=pl.String),
        pl.Series("inspection_kind", [code_text(code) for code in issues["inspection_kind"]], dtype=pl.String),
        pl.Series("state", [label("issue_state", state) for state in issues["state"]], dtype=pl.String),
        pl.Series(
            "lookback_result",
            [code_text(code) if code else "" for code in issues["lookback_result"]],
            dtype=pl.String,
        ),
    )


_TITLES: Final = {"area_name": "village", "responsible_unit": "unit"}
EXPORTED: Final = (
    "area_name", "issue_no", "inspection_kind", "category", "responsible_unit", "found_on", "due_on", "rectified_on",
    "lookback_on", "lookback_result", "closed_on", "state", "age_days", "days_overdue", "came_back_on",
)  # fmt: skip


def export(issues: pl.DataFrame, place: Mapping[str, Any], period: str) -> bytes:
    """The issues of the page as .xlsx, without what points to a household."""
    columns: dict[str, tuple[str, Kind]] = {name: (title(name), _kind(name)) for name in EXPORTED}
    return sheet_of(t("look_back.download.name"), worded(issues), columns, place, period)


def _kind(name: str) -> Kind:
    return "date" if name.endswith("_on") else "integer" if name in ("age_days", "days_overdue") else "text"


def _column(name: str) -> Column:
    return Column(title(name), "date" if name.endswith("_on") else "number" if name.startswith("days") else "text")


def title(name: str) -> str:
    """The heading of a column of issues."""
    return t(f"look_back.column.{_TITLES.get(name, name)}")
