"""What is said of figures that were reported otherwise: then, now, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from warehouse.i18n import fmt_instant, fmt_number, fmt_period, fmt_signed, join_words, t
from warehouse.reported import Differing, Reason, Value
from warehouse.session import Column
from warehouse.words.passport import figure_name, value_text, with_counts
from warehouse.words.releases import reason_text, reasons_text

NAMED: int = 4


def overall(found: Sequence[Differing], reported: int, period: str) -> str:
    """How many figures of the period differ from those last reported."""
    if not reported:
        return t("passport.reported.never", period=fmt_period(period))
    key = "passport.reported.some" if found else "passport.reported.none"
    return t(key, period=fmt_period(period), n=fmt_number(len(found)), all=fmt_number(reported))


def sentences(found: Sequence[Differing], titles: Mapping[str, str]) -> list[str]:
    """One sentence per figure: last reported, now, what moved, why."""
    return [
        t(
            "passport.reported.one",
            name=figure_name(one.figure),
            then=_text(one, one.then),
            now=_text(one, one.now),
            why=_why(one, titles),
        )
        for one in found
    ]


def _text(one: Differing, value: Value) -> str:
    """The value; of a share with its counts, since they are what moved."""
    counts = (value["numerator"], value["denominator"])
    shown = value_text(value["state"], value["value"], *counts, one.figure.what)
    return with_counts(one.figure, value["state"], shown, *counts)


def _why(one: Differing, titles: Mapping[str, str]) -> str:
    because = _because(one, titles)
    moved = [
        t(f"passport.reported.{name}", moved=fmt_signed(one.now[name] - one.then[name]))
        for name in ("numerator", "denominator")
        if one.now[name] is not None and one.then[name] is not None and one.now[name] != one.then[name]
    ]
    return t("passport.reported.why", moved=join_words(moved), because=because) if moved else because


def _because(one: Differing, titles: Mapping[str, str]) -> str:
    if one.steps:
        return t("passport.reported.because", reasons=reasons_text("、".join(one.steps), titles))
    return _reason(one.reason, titles)


def _reason(reason: Reason, titles: Mapping[str, str]) -> str:
    if not reason.is_known:
        return t("passport.reported.unknown")
    named = [
        t("releases.reason_of_list", reason=reason_text(kind), title=titles.get(extract, extract))
        for kind, extract in reason.lists
    ]
    more = [t("releases.and_more", n=len(named) - NAMED)] if len(named) > NAMED else []
    said = [*(reason_text(kind) for kind in reason.settings), *named[:NAMED], *more]
    return t("passport.reported.because", reasons=join_words(said)) if said else t("passport.reported.later")


def frame(found: Sequence[Differing], titles: Mapping[str, str]) -> pl.DataFrame:
    """One row per figure that differs: name, then, now, why, reported (words)."""
    rows = [
        {
            "name": figure_name(one.figure),
            "then": _text(one, one.then),
            "now": _text(one, one.now),
            "why": _why(one, titles),
            "reported": when(one),
        }
        for one in found
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("name", "then", "now", "why", "reported"), pl.String))


def when(one: Differing) -> str:
    """In what and when the figure was last reported."""
    at = fmt_instant(dt.datetime.fromisoformat(one.reported_at).astimezone())
    where = t("passport.reported.release", name=one.reported_in) if one.is_release else one.reported_in
    return t("passport.reported.when", at=at, file=where)


def columns() -> dict[str, Column]:
    heads = {"name": "metric", "then": "then", "now": "now", "why": "why", "reported": "reported"}
    return {name: Column(t(f"passport.column.{head}")) for name, head in heads.items()}
