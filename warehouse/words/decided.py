"""What meetings decided and what became of it: the ledger that departments send and what is recorded here, as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final, Literal

import polars as pl

from warehouse.app_db.decisions import CARRIED, DECISIONS
from warehouse.i18n import code_text, fmt_date, fmt_days, fmt_number, join_words, t
from warehouse.meetings import Record
from warehouse.session import Column, ColumnKind
from warehouse.words.joint_meeting import Exceptions

SCHEMA: Final[dict[str, Any]] = {
    "source": pl.String,
    "decision_id": pl.Int64,
    "met_on": pl.Date,
    "kind": pl.String,
    "text": pl.String,
    "owner": pl.String,
    "due_on": pl.Date,
    "closed_on": pl.Date,
    "state": pl.String,
    "days_late": pl.Int64,
    "meetings_since": pl.Int64,
    "is_carried": pl.Boolean,
    "told": pl.String,
}
_OPEN: Final = ("open", "overdue")


def together(
    ledger: pl.DataFrame,
    recorded: pl.DataFrame,
    held: pl.DataFrame,
    owners: Mapping[str, str],
    *,
    ledger_on: dt.date,
    today: dt.date,
) -> pl.DataFrame:
    """Decisions of both sources, those carried first, then those overdue, open and closed, each by its due day.

    ledger: queries.joint_meeting.actions, as it stood on `ledger_on`. recorded: app_db.decisions, as it stands
    `today`. held: kind, met_on of every meeting known, of either source: a later meeting counts wherever it is known
    from. owners: names of departments by code.

    Returns: source (ledger, recorded), decision_id (null: of the ledger), met_on, kind, text, owner, due_on, closed_on,
    state (within, over, open, overdue, dropped), days_late (null: not late), meetings_since (those it was open at),
    is_carried (null: the place has set no number), told (the newest report; empty: none). Source: YL-5a, YL-5b.
    """
    days = set(held.select("kind", "met_on").iter_rows())
    rows = [_of_ledger(row, days, ledger_on) for row in ledger.iter_rows(named=True)]
    rows += [_recorded(row, days, owners, today) for row in recorded.iter_rows(named=True)]
    order = {"overdue": 0, "open": 1, "over": 2, "within": 3, "dropped": 4}
    rows.sort(key=lambda row: (not row["is_carried"], order[row["state"]], row["due_on"], row["met_on"], row["text"]))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def before(
    ledger: pl.DataFrame, held: pl.DataFrame, record: Record, owners: Mapping[str, str], *, ledger_on: dt.date
) -> pl.DataFrame:
    """What a meeting opens with: `together` of the ledger and of what is kept here. held: meetings of the ledger."""
    days = pl.concat([held.select("kind", "met_on"), record.held]).unique()
    return together(ledger, record.before, days, owners, ledger_on=ledger_on, today=record.today)


def of_ledger(ledger: pl.DataFrame, held: pl.DataFrame, ledger_on: dt.date) -> pl.DataFrame:
    """The same of the ledger alone, as a snapshot holds it."""
    none = pl.DataFrame(schema=DECISIONS)
    return together(ledger, none, held, {}, ledger_on=ledger_on, today=ledger_on)


def newest_on(recorded: pl.DataFrame, matter_key: str) -> Mapping[str, Any] | None:
    """The newest decision on a matter, of app_db.decisions; null if there is none."""
    found = recorded.filter(matter_key=matter_key).sort("held_on", "decision_id")
    return found.row(-1, named=True) if found.height else None


def village_notes(record: Record, area: str, metric: str) -> list[str]:
    """What an area itself says of its point in the period, newest first."""
    return [
        t("joint_meeting.village_note", text=text, day=fmt_date(day)) for text, day in record.notes_of(area, metric)
    ]


def with_notes(off: Exceptions, record: Record) -> Exceptions:
    """Areas that are off with what each says of its own point, where any says anything."""
    pairs = off.frame.select("area_code", "metric_id").iter_rows()
    notes = [" ".join(village_notes(record, area, metric)) for area, metric in pairs]
    if not any(notes):
        return off
    frame = off.frame.with_columns(pl.Series("note", notes, dtype=pl.String))
    columns = {**off.columns, "note": Column(t("joint_meeting.column.note"), width="large")}
    return Exceptions(frame, columns, off.sentence)


def _since(days: set[tuple[str, dt.date]], kind: str, met_on: dt.date, until: dt.date) -> int:
    return sum(of == kind and met_on < day <= until for of, day in days)


def _of_ledger(row: Mapping[str, Any], days: set[tuple[str, dt.date]], on: dt.date) -> dict[str, Any]:
    is_open, carried = row["state"] in _OPEN, row["is_carried"]
    since = _since(days, row["kind"], row["met_on"], on if is_open else row["done_on"])
    if is_open and carried is not None:
        carried = carried or since >= CARRIED
    return {
        "source": "ledger",
        "decision_id": None,
        "met_on": row["met_on"],
        "kind": row["kind"],
        "text": row["action"],
        "owner": row["responsible_unit"],
        "due_on": row["due_on"],
        "closed_on": row["done_on"],
        "state": row["state"],
        "days_late": row["days_late"],
        "meetings_since": max(since, row["meetings_since"]) if is_open else since,
        "is_carried": carried,
        "told": "",
    }


def _recorded(
    row: Mapping[str, Any], days: set[tuple[str, dt.date]], owners: Mapping[str, str], today: dt.date
) -> dict[str, Any]:
    is_open = row["state"] == "open"
    until = today if is_open else row["state_on"]
    since = _since(days, row["kind"], row["held_on"], until)
    late = (until - row["due_on"]).days if row["state"] != "dropped" and until > row["due_on"] else None
    state = row["state"]
    if state == "done":
        state = "over" if late else "within"
    return {
        "source": "recorded",
        "decision_id": row["decision_id"],
        "met_on": row["held_on"],
        "kind": row["kind"],
        "text": row["decision"],
        "owner": owners.get(row["owner"], row["owner"]),
        "due_on": row["due_on"],
        "closed_on": None if is_open else row["state_on"],
        "state": "overdue" if is_open and late else state,
        "days_late": late,
        "meetings_since": since,
        "is_carried": is_open and since >= CARRIED,
        "told": row["state_text"],
    }


def carried(frame: pl.DataFrame) -> pl.DataFrame:
    """Those that two later meetings found open."""
    return frame.filter(pl.col("is_carried").fill_null(False))


def say(frame: pl.DataFrame) -> str:
    """How many there are and how they stand, by source; or that there are none. What is none is left out, save that
    none is overdue."""
    if frame.is_empty():
        return t("decided.none")
    counts = {state: frame.filter(state=state).height for state in ("within", "over", "open", "dropped", "overdue")}
    states = [_counted(state, n) for state, n in counts.items() if n or state == "overdue"]
    sources = {source: frame.filter(source=source).height for source in ("ledger", "recorded")}
    told = t(
        "decided.say",
        total=fmt_number(frame.height),
        sources=join_words([_counted(source, n) for source, n in sources.items() if n]),
        states=join_words(states),
    )
    many = carried(frame).height
    return told + (t("decided.say.carried", n=fmt_number(many)) if many else "")


def _counted(key: str, n: int) -> str:
    return t(f"decided.say.{key}", n=fmt_number(n))


def headline(frame: pl.DataFrame) -> str:
    """The same as the title of a screen: how many were settled, and what is late."""
    closed = frame.filter(pl.col("state").is_in(["within", "over", "dropped"])).height
    overdue = frame.filter(state="overdue").height
    said = t("decided.headline", total=fmt_number(frame.height), closed=fmt_number(closed), late=fmt_number(overdue))
    many = carried(frame).height
    return said + (t("decided.headline.carried", n=fmt_number(many)) if many else "")


def state_text(row: Mapping[str, Any]) -> str:
    """How one stands: carried three times stands before all else; else its state, with the days it is late."""
    return t("decided.state.carried") if row["is_carried"] else lateness(row)


def lateness(row: Mapping[str, Any]) -> str:
    """Its state, with the days it is late."""
    if row["state"] == "overdue":
        return t("decided.state.overdue_days", days=fmt_days(row["days_late"]))
    return t(f"decided.state.{row['state']}")


def column(name: str) -> Column:
    """How a column of decisions is shown."""
    kinds: dict[str, ColumnKind] = dict.fromkeys(("met_on", "due_on", "closed_on"), "date")
    kinds |= dict.fromkeys(("days_late", "meetings_since"), "number")
    width: Literal["large"] | None = "large" if name == "text" else None
    return Column(t(f"decided.column.{name}"), kinds.get(name, "text"), width=width)


def listed(frame: pl.DataFrame) -> Exceptions:
    """All of them as a table with the sentence above it."""
    rows = frame.to_dicts()
    shown = frame.with_columns(
        pl.Series("state", [state_text(row) for row in rows], dtype=pl.String),
        pl.Series("source", [t(f"decided.source.{row['source']}") for row in rows], dtype=pl.String),
        pl.Series("kind", [code_text(row["kind"]) for row in rows], dtype=pl.String),
    )
    names = ("state", "text", "owner", "due_on", "closed_on", "days_late", "told", "met_on", "kind", "meetings_since")
    columns = {name: column(name) for name in (*names, "source")}
    return Exceptions(shown, columns, say(frame))


def made(frame: pl.DataFrame, owners: Mapping[str, str]) -> Exceptions:
    """What one meeting decided (app_db.decisions), in order, as a table."""
    shown = frame.select(
        pl.col("matter"),
        pl.col("decision").alias("text"),
        pl.Series("owner", [owners.get(code, code) for code in frame["owner"]], dtype=pl.String),
        pl.col("due_on"),
        pl.Series("state", [t(f"decided.choose_state.{state}") for state in frame["state"]], dtype=pl.String),
    )
    columns = {name: column(name) for name in shown.columns}
    return Exceptions(shown, columns, t("decided.made.say", n=fmt_number(frame.height)))


def standing(row: Mapping[str, Any], owners: Mapping[str, str], today: dt.date) -> str:
    """What was decided on a matter before, and how it stands: a row of app_db.decisions as one sentence."""
    state = "overdue" if row["state"] == "open" and row["due_on"] < today else row["state"]
    if state == "done":
        state = "over" if row["state_on"] > row["due_on"] else "within"
    return t(
        "decided.before",
        held=fmt_date(row["held_on"]),
        decision=row["decision"].rstrip("。."),
        owner=owners.get(row["owner"], row["owner"]),
        due=fmt_date(row["due_on"]),
        state=t(f"decided.state.{state}"),
    )
