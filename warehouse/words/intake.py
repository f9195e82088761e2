"""What the intake page says: which lists came, where every row ended, why rows and files were refused."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from warehouse.contracts import load_contracts
from warehouse.exports.cells import Kind
from warehouse.i18n import fmt_date, fmt_number, fmt_share, in_language, join_words, label, language, t, t_counts, t_n
from warehouse.intake import LoadRecord, explained
from warehouse.intake.messages import refusal_text
from warehouse.session import Column, ColumnKind
from warehouse.words.exports import sheet_of
from warehouse.words.markup import literal

ROWS: Final = (
    "rows_total",
    "rows_header",
    "rows_blank",
    "rows_note",
    "rows_read",
    "rows_accepted",
    "rows_quarantined",
    "rows_repaired",
)
WHY: Final = ("row_no", "shown", "reason", "fix")
STATES: Final = ("on_time", "late", "part", "missing", "zero_report", "not_due")
# No day is set for them: they can be neither in time nor late.
UNDATED: Final = ("received", "no_day")


# Columns of the page's tables whose heading is that of another name, and those that are not text.
_HEADINGS: Final = {
    "state_words": "state",
    "column_title": "column",
    "words": "method",
    "rows_linkable": "rows",
    "rows_rejected": "rows",
    "adds_up_words": "adds_up",
}
_NUMBERS: Final = frozenset({*ROWS, "files", "cells", "row_no", "rows_linkable", "rows_rejected"})
_KINDS: Final[Mapping[str, ColumnKind]] = {
    "due_on": "date",
    "received_on": "date",
    "month": "month",
    "link_rate": "share",
    "share": "share",
}
_WIDE: Final = frozenset({"fix"})
_MIDDLE: Final = frozenset({"state_words", "reason"})


def columns(*names: str) -> dict[str, Column]:
    """The columns of a table of this page, by name."""
    return {
        name: Column(
            t(f"intake.column.{_HEADINGS.get(name, name)}"),
            "number" if name in _NUMBERS else _KINDS.get(name, "text"),
            width="small" if name in _NUMBERS else "large" if name in _WIDE else "medium" if name in _MIDDLE else None,
        )
        for name in names
    }


def named(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with the list's title in the reader's language as `list`."""
    titles = [in_language(title, title_en) for title, title_en in frame.select("title", "title_en").iter_rows()]
    return frame.with_columns(pl.Series("list", titles, dtype=pl.String))


def verdict(pushes: pl.DataFrame, month: str, waiting: int, *, is_sender: bool = False) -> list[str]:
    """How the lists of a month came, what is to be done, where their rows ended, and what landed since."""
    counts = Counter(pushes["state"].to_list())
    states = {state: counts[state] for state in STATES}
    said = [t("intake.say.lists_none", month=month)]
    if total := sum(states.values()):
        said = [t("intake.say.lists", month=month, total=fmt_number(total), states=t_counts("intake.state", states))]
    if undated := sum(counts[state] for state in UNDATED):
        said[0] += t("intake.say.undated", n=fmt_number(undated), received=fmt_number(counts["received"]))
    missing, late = (pushes.filter(pl.col("state") == state) for state in ("missing", "late"))
    if missing.height:
        said.append(t("intake.say.missing", lists=_with_days(missing)))
        if is_sender:
            said.append(t("intake.say.next"))
    if late.height:
        said.append(t("intake.say.late", lists=join_words(named(late)["list"].to_list())))
    if parts := with_towns(pushes):
        said.append(t("intake.say.part", lists=join_words(parts)))
    rows = {name: int(pushes[name].sum() or 0) for name in ("rows_read", "rows_accepted", "rows_quarantined")}
    said.append(t("intake.say.rows", **{name: fmt_number(n) for name, n in rows.items()}))
    linkable, linked = (int(pushes[name].sum() or 0) for name in ("rows_linkable", "rows_linked"))
    if linkable:
        said.append(
            t(
                "intake.say.linked",
                linked=fmt_number(linked),
                linkable=fmt_number(linkable),
                share=fmt_share(linked / linkable),
                unlinked=fmt_number(linkable - linked),
            )
        )
    if waiting:
        said.append(t_n("intake.say.waiting", waiting))
    return said


def _with_days(pushes: pl.DataFrame) -> str:
    """Lists, each with the day it was due."""
    rows = named(pushes).select("list", "due_on").iter_rows()
    return join_words([t("intake.say.due", list=name, due=fmt_date(due)) if due else name for name, due in rows])


def with_towns(pushes: pl.DataFrame) -> list[str]:
    """The lists that some towns did not send, each with these towns."""
    rows = named(pushes.filter(pl.col("towns_missing").is_not_null())).select("list", "towns_missing").rows()
    return [t("intake.say.of_towns", list=name, towns=join_words(towns.split("、"))) for name, towns in rows]


def matrix(pushes: pl.DataFrame) -> pl.DataFrame:
    """The pushes as the month chart takes them: row, key, month, state."""
    return named(pushes).select(pl.col("list").alias("row"), pl.col("extract").alias("key"), "month", "state")


def lists(pushes: pl.DataFrame) -> pl.DataFrame:
    """One month's lists with words: list, department, state_words, link_rate."""
    owners = [in_language(name, name_en) for name, name_en in pushes.select("owner_name", "owner_name_en").iter_rows()]
    states = [label("push_state", state) for state in pushes["state"]]
    return named(pushes).with_columns(
        pl.Series("department", owners, dtype=pl.String),
        pl.Series("state_words", states, dtype=pl.String),
        pl.when(pl.col("rows_linkable") > 0)
        .then(pl.col("rows_linked") / pl.col("rows_linkable"))
        .otherwise(None)
        .alias("link_rate"),
    )


def reconciled(files: pl.DataFrame) -> pl.DataFrame:
    """The files with `list` and `adds_up`, in words too: whether every row of the file ended in exactly one place."""
    parts = pl.col("rows_header") + pl.col("rows_blank") + pl.col("rows_note") + pl.col("rows_read")
    ends = pl.col("rows_accepted") + pl.col("rows_quarantined")
    return (
        named(files)
        .with_columns(
            ((pl.col("rows_total") == parts) & (pl.col("rows_read") == ends)).alias("adds_up"),
        )
        .with_columns(
            pl.when("adds_up").then(pl.lit(t("format.yes"))).otherwise(pl.lit(t("format.no"))).alias("adds_up_words")
        )
    )


def adds_up(files: pl.DataFrame) -> str:
    """Whether the rows of all the files add up, in one sentence."""
    bad = files.filter(~pl.col("adds_up")).height
    if bad:
        return t("intake.some_do_not", n=fmt_number(files.height), bad=fmt_number(bad))
    return t("intake.all_add_up", n=fmt_number(files.height))


def listed(total: int, shown: int) -> str:
    """How many rows there are, and how many of them are listed."""
    if total > shown:
        return t("intake.rejected_first", n=fmt_number(total), shown=fmt_number(shown))
    return t("intake.rejected_count", n=fmt_number(total))


def repairs(files: pl.DataFrame) -> pl.DataFrame:
    """What was repaired in the files, and which optional values became empty.

    Returns: one row per rule or column, most first: what (in words), cells.
    """
    fixed: Counter[str] = Counter()
    emptied: Counter[str] = Counter()
    for extract, text, nulled in files.select("extract", "repairs", "nulled").iter_rows():
        fixed.update(json.loads(text or "{}"))
        emptied.update({_column_title(extract, name): n for name, n in json.loads(nulled or "{}").items()})
    rows = [(t(f"repair.{rule}"), cells) for rule, cells in fixed.most_common()]
    rows += [(t("intake.nulled", column=column), cells) for column, cells in emptied.most_common()]
    return pl.DataFrame(rows, schema={"what": pl.String, "cells": pl.Int64}, orient="row")


def rejected(rows: pl.DataFrame) -> pl.DataFrame:
    """The refused rows with list, reason and fix in the reader's language."""
    return explained(named(rows), language())


def reasons(frame: pl.DataFrame) -> pl.DataFrame:
    """The reasons of a month, most first. Returns: one row per rule and column of all lists: reason, rows_rejected."""
    summed = frame.group_by("rule", "column_title").agg(pl.col("rows_rejected").sum())
    ranked = summed.sort("rows_rejected", "rule", "column_title", descending=[True, False, False])
    words = [
        t(f"quarantine.{rule}.reason", column=column or "", hint="")
        for rule, column in ranked.select("rule", "column_title").iter_rows()
    ]
    return ranked.with_columns(pl.Series("reason", words, dtype=pl.String))


def refused(frame: pl.DataFrame) -> pl.DataFrame:
    """The refused files with the reason in the reader's language."""
    texts = []
    for text in frame["refusal"]:
        said = json.loads(text or "{}")
        texts.append(refusal_text(str(said.get("code", "damaged")), said.get("facts") or {}, language()))
    return frame.with_columns(pl.Series("reason", texts, dtype=pl.String))


def linked(links: pl.DataFrame) -> pl.DataFrame:
    """How the rows of all lists shown were linked. Returns: one row per method: method, words, rows_linkable, share."""
    summed = links.group_by("method").agg(pl.col("rows_linkable").sum())
    order = (
        "id",
        "id15",
        "lossy_name",
        "name_village_birth",
        "name_village",
        "number",
        "head_id",
        "person",
        "unlinked",
    )
    ranked = summed.with_columns(
        pl.col("method").replace_strict({m: i for i, m in enumerate(order)}, return_dtype=pl.Int64).alias("place"),
        (pl.col("rows_linkable") / pl.col("rows_linkable").sum()).alias("share"),
    ).sort("place")
    words = [t(f"intake.method.{method}") for method in ranked["method"]]
    return ranked.drop("place").with_columns(pl.Series("words", words, dtype=pl.String))


def _column_title(extract: str | None, column: str) -> str:
    """The column as the sheet heads it."""
    contract = load_contracts().get(extract or "")
    titles = {known.name: known.title for known in contract.columns} if contract else {}
    return titles.get(column, column)


def outcome(record: LoadRecord) -> list[str]:
    """What an import of the file would do: where its rows end, what it repairs, what it lacks."""
    counts: Mapping[str, Any] = {name: fmt_number(getattr(record, name)) for name in ROWS}
    said = [t("intake.dry.rows", **counts)]
    if record.repairs:
        fixed = [
            t("intake.dry.repair", what=t(f"repair.{rule}"), n=fmt_number(n)) for rule, n in record.repairs.items()
        ]
        said.append(t("intake.dry.repairs", rows=fmt_number(record.rows_repaired), what=join_words(fixed)))
    for column, cells in record.nulled.items():
        said.append(t("intake.dry.nulled", column=_column_title(record.extract, column), n=fmt_number(cells)))
    if record.columns_missing:
        missing = [_column_title(record.extract, column) for column in record.columns_missing]
        said.append(t("intake.dry.columns_missing", columns=join_words(missing)))
    if record.columns_unknown:
        said.append(t("intake.dry.columns_unknown", columns=join_words([*map(literal, record.columns_unknown)])))
    if record.sheets_skipped:
        said.append(t("intake.dry.sheets_skipped", sheets=join_words([*map(literal, record.sheets_skipped)])))
    return said


def explained_here(quarantined: pl.DataFrame) -> pl.DataFrame:
    """The rows a dry run would quarantine, with reason and fix in the reader's language."""
    return explained(quarantined, language())


def fixes(frame: pl.DataFrame, villages: Mapping[str, str]) -> pl.DataFrame:
    """The repairs of a dry run with words for rules and names for village codes; a personal value is not shown."""
    return frame.with_columns(
        pl.Series("what", [t(f"repair.{rule}") for rule in frame["rule"]], dtype=pl.String),
        pl.col("after").replace(dict(villages)),
    )


def months(first: dt.date, last: dt.date) -> list[dt.date]:
    """The months a file may speak of: from the month after the newest back to the first."""
    month = (last + dt.timedelta(days=32)).replace(day=1)
    found = []
    while month >= first:
        found.append(month)
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return found


def export(rows: pl.DataFrame, place: Mapping[str, Any], period: str) -> bytes:
    """The quarantined rows of the page as .xlsx, for the department that must correct them."""
    named_columns = columns("list", "file_name", "sheet", "row_no", "column_title", "shown", "reason", "fix")
    kinds: dict[str, tuple[str, Kind]] = {
        name: (column.label, "integer" if column.kind == "number" else "text") for name, column in named_columns.items()
    }
    return sheet_of(t("intake.download_file"), rows, kinds, place, period)
