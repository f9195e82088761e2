"""What the page on warnings says: did lists come, how far did warnings get, which lists waste visits."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse.i18n import (
    code_text,
    fmt_date,
    fmt_month,
    fmt_number,
    fmt_ratio,
    fmt_share,
    in_language,
    join_words,
    label,
    t,
    t_counts,
    t_n,
)
from warehouse.session import Column, ColumnKind
from warehouse.stats.intervals import with_share
from warehouse.words.findings import list_title

# How a list stands, in the words of label.push_state, in the order they are told.
STATES: Final = ("on_time", "zero_report", "late", "zero_late", "part", "missing", "not_due", "received", "no_day")
_KINDS: Final[Mapping[str, ColumnKind]] = {
    "month": "month",
    "due_on": "date",
    "since": "date",
    "approved_on": "date",
    "link_rate": "share",
    "accepted_share": "share",
    "share": "share",
    "low": "share",
    "high": "share",
    "value": "share",
}
_TEXTS: Final = frozenset(
    {
        "department",
        "list",
        "step_words",
        "area_name",
        "name",
        "household_no",
        "head_name",
        "channel_words",
        "causes_words",
    }
)
# Of what was checked, the ends that are no hit.
_NO_HIT: Final = ("already_monitored", "no_risk", "not_found", "result_unknown")


def columns(*names: str) -> dict[str, Column]:
    """The columns of a table of this page, by name."""
    return {
        name: Column(t(f"warnings.column.{name}"), _KINDS.get(name, "text" if name in _TEXTS else "number"))
        for name in names
    }


# -- did lists come? --------------------------------------------------------------------------------------------------


def with_department(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with `department`, and `list` where it is about lists, in the reader's language."""
    owners = [in_language(name, name_en) for name, name_en in frame.select("owner_name", "owner_name_en").iter_rows()]
    told = frame.with_columns(pl.Series("department", owners, dtype=pl.String))
    if "title" not in frame.columns:
        return told
    titles = [in_language(title, title_en) for title, title_en in frame.select("title", "title_en").iter_rows()]
    return told.with_columns(pl.Series("list", titles, dtype=pl.String))


def matrix(pushes: pl.DataFrame) -> pl.DataFrame:
    """The lists as the month chart takes them, each after its department: row, key, month, state."""
    late = pl.when((pl.col("state") == "zero_report") & (pl.col("push_state") == "late")).then(pl.lit("zero_late"))
    told = with_department(pushes).with_columns(late.otherwise("state").alias("state"))
    return told.select(
        pl.concat_str("department", "list", separator=" · ").alias("row"),
        pl.col("extract").alias("key"),
        "month",
        "state",
    )


_OFF: Final = ("late", "part", "missing")


def ever_off(pushes: pl.DataFrame) -> pl.DataFrame:
    """The lists that were late, missing or not sent by some places in one of the months, with all their months."""
    off = pushes.filter(pl.col("push_state").is_in(_OFF))["extract"].unique()
    return pushes.filter(pl.col("extract").is_in(off.implode()))


def matrix_sentence(pushes: pl.DataFrame, off: pl.DataFrame) -> str:
    """How many lists were ever off, of how many, in how many months."""
    n, every = off["extract"].n_unique(), pushes["extract"].n_unique()
    said = {"months": fmt_number(pushes["month"].n_unique()), "all": fmt_number(every)}
    if not n:
        return t("warnings.matrix.none", **said)
    if n == every:
        return t_n("warnings.matrix.each", n, months=said["months"])
    return t("warnings.matrix.off", n=fmt_number(n), rest=fmt_number(every - n), **said)


def sent(pushes: pl.DataFrame, period: str) -> list[str]:
    """How the lists of a period came, and which are late or missing, department by department."""
    if not pushes.height:
        return [t("warnings.say.no_lists", period=period)]
    came, stands = Counter(pushes["push_state"]), Counter(matrix(pushes)["state"])
    owed = sum(n for state, n in came.items() if state not in (None, "not_due"))
    ratio = fmt_ratio(came["on_time"], owed)
    counts = [f"{label('push_state', state)} {fmt_number(n)}" for state, n in sorted(stands.items(), key=_in_order)]
    states = t("warnings.say.states", states=join_words(counts))
    on_time = t("warnings.say.on_time", period=period, ratio=ratio)
    said = [t("warnings.say.two", first=on_time, second=states) if owed else states]
    for state in ("missing", "part", "late"):
        rows = with_department(pushes.filter(pl.col("push_state") == state))
        if rows.height:
            said.append(t(f"warnings.say.{state}", lists=join_words(_by_department(rows))))
    return said


def _in_order(counted: tuple[str, int]) -> int:
    return STATES.index(counted[0]) if counted[0] in STATES else len(STATES)


def _by_department(rows: pl.DataFrame) -> list[str]:
    """The lists of each department in one phrase, each list once."""
    grouped = rows.group_by("department", maintain_order=True).agg(pl.col("list").unique(maintain_order=True))
    return [t("warnings.say.of", department=name, lists=join_words(lists)) for name, lists in grouped.iter_rows()]


def due_days(pushes: pl.DataFrame) -> str:
    """By which day the lists of the newest month are due, as clause and parameter have it."""
    days = sorted({day for day in pushes["due_on"] if day is not None})
    if not days:
        return ""
    return t("warnings.note.due", day=fmt_date(days[-1]), month=fmt_month(max(pushes["month"].to_list())))


def never_asked(lists: pl.DataFrame) -> str:
    """The lists the place never asks for: they are not missing."""
    titles = [in_language(title, title_en) for title, title_en in lists.select("title", "title_en").iter_rows()]
    return t("warnings.note.not_expected", lists=join_words(titles)) if titles else ""


def shares_of(calendar: pl.DataFrame) -> pl.DataFrame:
    """The calendar with department, accepted_share and link_rate (null: nothing to divide)."""
    return with_department(calendar).with_columns(
        _ratio("rows_accepted", "rows_read").alias("accepted_share"),
        _ratio("rows_linked", "rows_linkable").alias("link_rate"),
    )


def _ratio(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole)).otherwise(None)


# -- how far do warnings get? -----------------------------------------------------------------------------------------


def funnel_steps(lists: pl.DataFrame) -> pl.DataFrame:
    """From rows pushed to help given. Returns: one row per step: step, name, n, before (count of the step before; null:
    it counts something else), open (of the step before, what waits), words."""
    n = {name: int(lists[name].sum() or 0) for name in lists.columns if lists.schema[name] == pl.Int64}
    rows: list[dict[str, Any]] = [
        {"step": "pushed", "n": n["rows_accepted"], "before": None, "open": None},
        {"step": "linked", "n": n["rows_linked"], "before": n["rows_accepted"], "open": None},
        {"step": "warnings", "n": n["warnings"], "before": None, "open": None},
        {"step": "checked", "n": n["checked"], "before": n["warnings"], "open": n["warnings"] - n["checked"]},
        {"step": "admitted", "n": n["admitted"], "before": n["checked"], "open": n["result_unknown"]},
        {"step": "approved", "n": n["approved"], "before": n["admitted"], "open": n["admitted"] - n["approved"]},
        {"step": "planned", "n": n["planned"], "before": n["approved"], "open": n["approved"] - n["planned"]},
        {"step": "plan_helped", "n": n["plan_helped"], "before": n["planned"], "open": n["planned"] - n["plan_helped"]},
    ]
    for row in rows:
        row["beside"] = n["helped"]
        row["name"], row["words"] = t(f"warnings.step.{row['step']}"), _step_words(row)
    counts = dict.fromkeys(("n", "before", "open"), pl.Int64)
    return pl.DataFrame(rows, schema={"step": pl.String, **counts, "name": pl.String, "words": pl.String})


def _step_words(row: Mapping[str, Any]) -> str:
    said = []
    if row["before"]:
        said.append(t("warnings.step.share", share=fmt_share(row["n"] / row["before"])))
    if row["step"] == "linked" and row["n"] < row["before"]:
        said.append(t("warnings.step.unlinked", n=fmt_number(row["before"] - row["n"])))
    if row["step"] == "admitted" and row["beside"]:
        said.append(t("warnings.step.helped", n=fmt_number(row["beside"])))
    if row["open"]:
        said.append(t(f"warnings.step.open.{row['step']}", n=fmt_number(row["open"])))
    return t("warnings.step.separator").join(said)


def handled(lists: pl.DataFrame, period: str) -> list[str]:
    """What the checks of a period's warnings found, and what waits past its limit."""
    n = {name: int(lists[name].sum() or 0) for name in lists.columns if lists.schema[name] == pl.Int64}
    if not n.get("warnings"):
        return [t("warnings.say.none", period=period)]
    waiting = n["warnings"] - n["checked"]
    handled_so_far = t("warnings.say.handled", period=period, **{name: fmt_number(count) for name, count in n.items()})
    left = t("warnings.say.none_waiting")
    if waiting:
        left = t("warnings.say.waiting", n=fmt_number(waiting), overdue=fmt_number(n["overdue"]))
    said = [t("warnings.say.two", first=handled_so_far, second=left)]
    if results := t_counts("warnings.result", {name: n[name] for name in ("admitted", "helped", *_NO_HIT)}):
        said.append(t("warnings.say.results", results=results))
    return said


# -- what is late? ----------------------------------------------------------------------------------------------------


def cases(rows: pl.DataFrame) -> pl.DataFrame:
    """The late cases in words: step_words, list."""
    return rows.with_columns(
        pl.Series("step_words", [label("step", step) for step in rows["step"]], dtype=pl.String),
        pl.Series("list", [list_title(name) if name else "" for name in rows["list"]], dtype=pl.String),
    )


def counted(rows: pl.DataFrame, as_of: dt.date) -> str:
    """How many cases are late, and how many of them are listed."""
    total = int(rows["total"][0])
    key = "warnings.late.first" if total > rows.height else "warnings.late.all"
    return t(key, n=fmt_number(total), shown=fmt_number(rows.height), day=fmt_date(as_of))


def late_areas(areas: pl.DataFrame) -> str:
    """How many warnings wait past their limit, in how many of the areas."""
    late = areas.filter(pl.col("overdue") > 0)
    if late.is_empty():
        return t("warnings.late.none")
    return t("warnings.late.areas", n=fmt_number(int(late["overdue"].sum())), areas=fmt_number(late.height))


# -- which lists tell what? -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Yield:
    """The table of lists and what is to be said of it."""

    frame: pl.DataFrame
    sentences: list[str]


def yields(lists: pl.DataFrame) -> Yield:
    """The share of each list's checked warnings that led to admission or help, with interval; duplicates beside it."""
    told = with_share(
        with_department(lists).with_columns((pl.col("admitted") + pl.col("helped")).alias("hits")), "hits", "checked"
    ).with_columns((pl.col("no_risk") + pl.col("not_found")).alias("false_alarms"))
    checked, hits = int(told["checked"].sum() or 0), int(told["hits"].sum() or 0)
    if not checked:
        return Yield(told, [t("warnings.yield.none")])
    said = [
        t(
            "warnings.yield.all",
            ratio=fmt_ratio(hits, checked),
            false=fmt_number(int(told["false_alarms"].sum())),
            duplicates=fmt_ratio(int(told["duplicates"].sum()), int(told["warnings"].sum())),
        )
    ]
    return Yield(told, said)


def channels(rows: pl.DataFrame) -> pl.DataFrame:
    """The share of each channel of discovery. Returns: one row per channel: channel_words, discovered, approved, share,
    low, high."""
    total = int(rows["discovered"].sum() or 0)
    told = with_share(rows.with_columns(pl.lit(total).alias("every")), "discovered", "every")
    names = [code_text(channel) for channel in rows["channel"]]
    return told.rename({"value": "share"}).with_columns(pl.Series("channel_words", names, dtype=pl.String))


def unforeseen(rows: pl.DataFrame) -> pl.DataFrame:
    """Admissions that no list foresaw, in words: channel_words, causes_words."""
    return rows.with_columns(
        pl.Series("channel_words", [code_text(channel) for channel in rows["channel"]], dtype=pl.String),
        pl.Series("causes_words", [code_text(causes) for causes in rows["causes"]], dtype=pl.String),
    )
