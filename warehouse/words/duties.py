"""What the page on duties says: the stage we are in, what was done in each, who has which duty, and what became of
needs that were passed on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import polars as pl

from warehouse.i18n import (
    code_text,
    fmt_date,
    fmt_days,
    fmt_number,
    fmt_ratio,
    fmt_share,
    in_language,
    join_words,
    label,
    t,
    t_n,
)
from warehouse.metrics import load_metrics
from warehouse.passports import Figure
from warehouse.session import Column
from warehouse.words.metric import name_of
from warehouse.words.tables import html_table

# What a stage calendar is made of; meetings are told apart from it, there are many.
STAGES: Final = ("stage", "survey", "inspection", "lookback", "evaluation", "training")
MEETINGS: Final = ("meeting", "work_meeting")
# Counted of all departments, whoever has the duty: their items are what is followed up.
_FOLLOWED: Final = frozenset({"action_items_done", "carried_actions"})
Progress = Mapping[tuple[str, int, int], Sequence[Mapping[str, Any]]]


def progress_of(frame: pl.DataFrame) -> Progress:
    """What was counted in each entry of the calendar, by kind, year and number."""
    found: dict[tuple[str, int, int], list[Mapping[str, Any]]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault((row["kind"], row["year"], row["number"]), []).append(row)
    return found


def part_of(calendar: pl.DataFrame, show: str) -> pl.DataFrame:
    """The stages and checks of the calendar, or its meetings: stages first, each kind by its first day."""
    kinds = STAGES if show == "stages" else MEETINGS
    places = pl.col("kind").replace_strict({kind: place for place, kind in enumerate(kinds)}, return_dtype=pl.Int64)
    return calendar.filter(pl.col("kind").is_in(kinds)).sort(places, "starts_on", "number")


def years(calendar: pl.DataFrame) -> list[str]:
    """The years of the calendar, newest first."""
    return [str(year) for year in sorted(set(calendar["year"]), reverse=True)]


def where_we_stand(calendar: pl.DataFrame, as_of: dt.date) -> list[str]:
    """The stages that run on the day up to which the data speak, or which was the last and which comes next."""
    stages = calendar.filter(pl.col("kind") == "stage")
    chosen = stages if stages.height else calendar.filter(pl.col("kind").is_in(STAGES))
    if chosen.is_empty():
        return []
    said = []
    running = chosen.filter(pl.col("state") == "running")
    for row in running.iter_rows(named=True):
        left = (row["ends_on"] - as_of).days
        said.append(t("duties.say.running", name=_name(row), until=fmt_date(row["ends_on"]), days=fmt_days(left)))
    if running.is_empty():
        ended = chosen.filter(pl.col("state") == "ended").sort("ends_on")
        if ended.height == chosen.height:
            last = ended.row(-1, named=True)
            said.append(t("duties.say.ended", name=_name(last), on=fmt_date(last["ends_on"])))
        else:
            said.append(t("duties.say.between", day=fmt_date(as_of)))
    ahead = chosen.filter(pl.col("state") == "ahead").sort("starts_on")
    if ahead.height:
        row = ahead.row(0, named=True)
        said.append(t("duties.say.next", name=_name(row), on=fmt_date(row["starts_on"])))
    return said


def _name(row: Mapping[str, Any]) -> str:
    return in_language(row["name"], row["name_en"])


def bars(calendar: pl.DataFrame) -> pl.DataFrame:
    """The entries as the chart takes them: key, name, kind (words), starts_on, ends_on, state."""
    rows = calendar.iter_rows(named=True)
    kinds = [label("calendar_kind", kind) for kind in calendar["kind"]]
    return pl.DataFrame(
        {
            "key": [
                f"{kind}-{year}-{number}" for kind, year, number in calendar.select("kind", "year", "number").rows()
            ],
            "name": [_name(row) for row in rows],
            "kind": kinds,
            "starts_on": calendar["starts_on"],
            "ends_on": calendar["ends_on"],
            "state": calendar["state"],
        }
    )


def entries(calendar: pl.DataFrame, progress: Progress) -> pl.DataFrame:
    """The calendar as a table: name, kind, starts_on, ends_on, state, done (what was counted in its days), clause."""
    rows = list(calendar.iter_rows(named=True))
    return pl.DataFrame(
        {
            "name": [_name(row) for row in rows],
            "kind": [label("calendar_kind", row["kind"]) for row in rows],
            "starts_on": calendar["starts_on"],
            "ends_on": calendar["ends_on"],
            "state": [label("stage_state", row["state"]) for row in rows],
            "done": [_done(row, progress) for row in rows],
            "clause": [row["clause"] for row in rows],
        },
        schema_overrides=dict.fromkeys(("name", "kind", "state", "done", "clause"), pl.String),
    )


def _done(entry: Mapping[str, Any], progress: Progress) -> str:
    """What the ledgers tell of an entry; what did not happen is told only where it was the whole of the entry."""
    if entry["state"] == "ahead":
        return ""
    if entry["kind"] == "evaluation":
        return t("duties.done.evaluation")
    counted = progress.get((entry["kind"], entry["year"], entry["number"]), ())
    said = []
    for row in counted:
        if row["counted_of"]:
            shown = fmt_ratio(row["counted"], row["counted_of"])
            said.append(t(f"duties.measure.{row['measure']}", n=shown))
        elif row["counted"] or entry["kind"] != "stage":
            said.append(t(f"duties.measure.{row['measure']}", n=fmt_number(row["counted"])))
    return t("duties.separator").join(said) or t("duties.done.nothing")


def entries_table(entries: pl.DataFrame) -> str:
    """The calendar as a table whose long words break into lines."""
    head = [t(f"duties.column.{name}") for name in ("name", "days", "state", "done", "clause")]
    rows = [
        (
            f"{row['name']}\n{row['kind']}",
            _days(row["starts_on"], row["ends_on"]),
            row["state"],
            row["done"],
            row["clause"],
        )
        for row in entries.iter_rows(named=True)
    ]
    return html_table(head, rows, wrap=(3,))


def _days(first: dt.date, last: dt.date) -> str:
    return fmt_date(first) if first == last else f"{fmt_date(first)} – {fmt_date(last)}"


# -- who answers for what ---------------------------------------------------------------------------------------------


def units(frame: pl.DataFrame) -> pl.DataFrame:
    """The directory of units: department_code, unit, name, contact_post, duties, lists, came, overdue (words)."""
    rows = list(frame.iter_rows(named=True))
    return frame.with_columns(
        pl.Series("name", [in_language(row["name"], row["name_en"]) for row in rows], dtype=pl.String),
        pl.Series("came", [_came(row) for row in rows], dtype=pl.String),
        pl.Series("overdue", [_overdue(row) for row in rows], dtype=pl.String),
    )


def _came(row: Mapping[str, Any]) -> str:
    if row["lists_on_time"] is None:
        return ""
    counts = {name: row[f"lists_{name}"] for name in ("on_time", "late", "part", "missing")}
    said = [t(f"duties.came.{name}", n=fmt_number(n)) for name, n in counts.items() if n]
    return t("duties.separator").join(said)


def _overdue(row: Mapping[str, Any]) -> str:
    if not row["warnings"]:
        return ""
    return t("duties.warnings", n=fmt_number(row["warnings"]), overdue=fmt_number(row["warnings_overdue"]))


def unit_names(frame: pl.DataFrame) -> dict[str, str]:
    """The units by their codes; in English by their field, since their own names are Chinese."""
    rows = frame.iter_rows(named=True)
    return {row["department_code"]: in_language(row["unit"] or row["name"], row["name_en"]) for row in rows}


def units_columns() -> dict[str, Column]:
    kinds = {"duties": "number", "lists": "number"}
    names = ("unit", "name", "contact_post", "duties", "lists", "came", "overdue")
    return {name: Column(t(f"duties.column.{name}"), kinds.get(name, "text")) for name in names}  # type: ignore[arg-type]


def duties(
    frame: pl.DataFrame,
    metrics: pl.DataFrame,
    pushes: pl.DataFrame,
    titles: Mapping[str, str],
    names: Mapping[str, str],
    *,
    decided: pl.DataFrame | None = None,
    unasked: Collection[str] = (),
) -> pl.DataFrame:
    """The duties with what counts them in the period: department_code, unit, duty, counted (words), clause.

    titles, names: of lists and units by their codes. decided: decisions of the meetings as kept here; null where they
    are not the reader's to see. unasked: lists that the place never asks for.
    """
    told = _metric_rows(metrics)
    lists = {row["extract"]: row for row in pushes.iter_rows(named=True)}
    rows = list(frame.iter_rows(named=True))

    def counted(row: Mapping[str, Any]) -> str:
        said = []
        for code in filter(None, row["counts"].split("、")):
            if code in titles:
                said.append(_list_words(titles[code], lists.get(code)))
            else:
                said.append(_metric_words(code, told(code, row["department_code"]), unasked))
        if _FOLLOWED & set(row["counts"].split("、")) and decided is not None:
            said.append(_decided_words(decided))
        return t("duties.separator").join(filter(None, said))

    return frame.with_columns(
        pl.Series("unit", [names[row["department_code"]] for row in rows], dtype=pl.String),
        pl.Series("duty", [in_language(row["duty_zh"], row["duty_en"]) for row in rows], dtype=pl.String),
        pl.Series("counted", [counted(row) for row in rows], dtype=pl.String),
    ).select("department_code", "unit", "duty", "counted", "clause")


def _metric_rows(metrics: pl.DataFrame) -> Callable[[str, str], Mapping[str, Any] | None]:
    """The row of a metric that is told of a department: its own where it is known, else that of the whole. Who follows
    up what meetings settled answers for the items of all."""
    figures = {(row["metric"], row["scope"], row["scope_code"]): row for row in metrics.iter_rows(named=True)}
    whole = {metric: row for (metric, scope, _), row in figures.items() if scope == "profile"}

    def told(metric: str, department: str) -> Mapping[str, Any] | None:
        own = None if metric in _FOLLOWED else figures.get((metric, "department", department))
        counts = own is not None and own["state"] == "known"
        return own if counts else whole.get(metric, own)

    return told


def duty_figures(frame: pl.DataFrame, metrics: pl.DataFrame, period: str) -> list[Figure]:
    """The figures that count the duties, each once, in the order in which they are told."""
    told = _metric_rows(metrics)
    rows = [
        told(code, row["department_code"])
        for row in frame.iter_rows(named=True)
        for code in row["counts"].split("、")
        if code in load_metrics()
    ]
    found = [Figure(row["metric"], row["scope"], row["scope_code"], period) for row in rows if row is not None]
    return list(dict.fromkeys(found))


def _list_words(title: str, row: Mapping[str, Any] | None) -> str:
    if row is None:
        return ""
    counts = {name: row[name] for name in ("on_time", "late", "part", "missing") if row[name]}
    if not counts and row["came"]:
        counts = {"came": row["came"]}
    came = t("duties.separator").join(t(f"duties.came.{name}", n=fmt_number(n)) for name, n in counts.items())
    rows = t_n("duties.rows", row["rows_accepted"] or 0)
    return t("duties.list", title=title, came=came or t("duties.came.none"), rows=rows)


def _metric_words(code: str, row: Mapping[str, Any] | None, unasked: Collection[str]) -> str:
    if row is None:
        return ""
    name, metric = name_of(code), load_metrics()[code]
    if row["state"] != "known" or row["value"] is None:
        is_never = row["state"] == "list_missing" and not set(unasked).isdisjoint(metric.needs)
        state = label("metric_state", "not_asked" if is_never else row["state"])
        return t("duties.metric_state", name=name, state=state)
    ratio = fmt_ratio(row["numerator"], row["denominator"])
    if metric.unit == "share":
        return t("duties.metric", name=name, value=fmt_share(row["value"]), ratio=ratio)
    shown = {"villages": ratio, "count": fmt_number(row["numerator"])}.get(metric.unit, fmt_number(row["value"], 1))
    return t("duties.metric_state", name=name, state=shown)


def _decided_words(decided: pl.DataFrame) -> str:
    """What became of the decisions kept here, of all meetings and departments."""
    is_open = decided.filter(pl.col("state") == "open")
    counts = {
        "all": decided.height,
        "done": decided.filter(pl.col("state") == "done").height,
        "open": is_open.height,
        "overdue": is_open.filter("is_overdue").height,
        "carried": is_open.filter("is_carried").height,
    }
    if not decided.height:
        return t("duties.decided.none")
    return t("duties.decided", **{name: fmt_number(n) for name, n in counts.items()})


def duties_table(duties: pl.DataFrame) -> str:
    """The duties as a table whose long words break into lines; a unit is named once."""
    head = [t(f"duties.column.{name}") for name in ("unit", "duty", "counted", "clause")]
    shown, before = [], ""
    for row in duties.iter_rows(named=True):
        shown.append((row["unit"] if row["unit"] != before else "", row["duty"], row["counted"], row["clause"]))
        before = row["unit"]
    return html_table(head, shown, wrap=(0, 1, 2))


# -- surveys, training, needs -----------------------------------------------------------------------------------------


def surveys(frame: pl.DataFrame) -> list[str]:
    """One sentence per round: visited of the residents, forms missing, households visited more than once."""
    return [
        t(
            "duties.survey",
            year=str(row["year"]),
            round=fmt_number(row["round"]),
            ratio=fmt_ratio(row["visited"], row["resident_households"]),
            share=fmt_share(row["visited"] / row["resident_households"] if row["resident_households"] else None),
            missing=fmt_number(row["forms_missing"]),
            again=fmt_number(row["visited_more_than_once"]),
        )
        for row in frame.iter_rows(named=True)
    ]


def trainings(frame: pl.DataFrame, year: int, wanted: float | None, as_of: dt.date) -> list[str]:
    """One sentence per half-year that has begun: how many were held, of how many; the half that runs is not late."""
    said = []
    for half, (starts, ends) in enumerate(
        ((dt.date(year, 1, 1), dt.date(year, 6, 30)), (dt.date(year, 7, 1), dt.date(year, 12, 31))), start=1
    ):
        if starts > as_of:
            continue
        held = frame.filter(pl.col("held_on").is_between(starts, ends))
        key = "open" if ends >= as_of else "over"
        if wanted is None:
            key = "unset"
        elif held.height >= wanted:
            key = "held"
        days = join_words([fmt_date(day) for day in held["held_on"]]) or t("duties.none")
        said.append(
            t(
                f"duties.training.{key}",
                half=t(f"duties.half.{half}", year=str(year)),
                n=fmt_number(held.height),
                wanted=fmt_number(wanted) if wanted is not None else "",
                days=days,
            )
        )
    return said


def referrals(frame: pl.DataFrame) -> pl.DataFrame:
    """Referrals by the unit they were passed to: name, counts of each stage, in_time (words)."""
    rows = list(frame.iter_rows(named=True))
    names = [in_language(row["name"], row["name_en"]) if row["name"] else t("duties.nobody") for row in rows]
    return frame.with_columns(
        pl.Series("name", names, dtype=pl.String),
        pl.Series("in_time", [fmt_ratio(row["due_completed"], row["due"]) if row["due"] else "" for row in rows]),
        pl.col("open_at_end", "overdue_at_end").fill_null(0),
    )


def referrals_columns() -> dict[str, Column]:
    kinds = dict.fromkeys(("accepted", "forwarded", "completed", "open_at_end", "overdue_at_end"), "number")
    names = ("name", "accepted", "forwarded", "completed", "in_time", "open_at_end", "overdue_at_end")
    return {name: Column(t(f"duties.referral.{name}"), kinds.get(name, "text")) for name in names}  # type: ignore[arg-type]


def referrals_sentence(frame: pl.DataFrame) -> str:
    """All of them together."""
    shown = {name: int(frame[name].sum() or 0) for name in ("accepted", "completed", "open_at_end", "overdue_at_end")}
    return t("duties.say.referrals", **{name: fmt_number(n) for name, n in shown.items()})


def needs(frame: pl.DataFrame) -> pl.DataFrame:
    """Needs and what met them: kind, need, registered, met, open_at_end, without_provider."""
    return frame.with_columns(
        pl.Series("kind", [t(f"duties.need.{kind}") for kind in frame["kind"]], dtype=pl.String),
        pl.Series("need", [code_text(need) for need in frame["need"]], dtype=pl.String),
        pl.col("open_at_end").fill_null(0),
    )


def needs_columns() -> dict[str, Column]:
    kinds = dict.fromkeys(("registered", "met", "open_at_end", "without_provider"), "number")
    names = ("kind", "need", "registered", "met", "open_at_end", "without_provider")
    return {name: Column(t(f"duties.needs.{name}"), kinds.get(name, "text")) for name in names}  # type: ignore[arg-type]
