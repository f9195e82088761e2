"""What the other ledgers say of one household, in words: two registers, help and care, ways out, groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from warehouse.i18n import fmt_date, fmt_money, fmt_month, fmt_number, fmt_ratio, in_language, join_words, label, t
from warehouse.words.care import registers_on
from warehouse.words.desk import raw

CLAUSES: Final[Mapping[str, str]] = {
    "need": "ST-4a",
    "referral": "ST-5a, DB-5",
    "service_need": "DB-6",
    "assistance": "DJ-4",
    "subsidy": "DJ-5",
    "care_visit": "DJ-3, DJ-5",
}
WATCH: Final = ("watch_lifted", "watch_monitored", "watch_rejected", "watch_left_dibao")
# The terms of BX-6 in its order, each with the column of a spell that says whether it is met.
TERMS: Final[Mapping[str, str]] = {
    "monitored_too_short": "is_long_enough",
    "income_below_line": "is_income_over_line",
    "housing": "is_housing_safe",
    "water": "is_water_safe",
    "schooling": "is_schooling_secured",
    "medical": "is_medical_insured",
    "no_labour": "has_labour",
    "recent_warning": "is_without_warning",
}
_STATES: Final[Mapping[str, str]] = {
    "referral": "referral_state",
    "service_need": "service_state",
    "care_visit": "visit_state",
    "subsidy": "subsidy_state",
    "assistance": "followed",
    "need": "need_state",
}
Row = Mapping[str, Any]


def difference(found: Row | None) -> str:
    """What the two registers say differently, why, since when, and who must act; that they agree, if they do."""
    if found is None:
        return t("household.difference.none")
    said = {"kind": label("difference", found["kind"]), "reason": label("difference_reason", found["reason"])}
    if not found["is_to_resolve"]:
        return t("household.difference.not_needed", since=fmt_month(found["since_month"]), **said)
    office = in_language(found["office"] or "", found["office_en"])
    return t("household.difference.to_act", office=office, since=fmt_month(found["since_month"]), **said)


def ways_out(file: Row) -> list[str]:
    """Gradual exit with its months left, and until when dibao may be paid on after a voluntary exit (DJ-2b)."""
    said = []
    if file["gradual_exit"]:
        said.append(t("household.exit.gradual", months=fmt_number(file["gradual_exit_months_left"])))
    if file["voluntary_exit_bonus_until"]:
        said.append(t("household.exit.bonus", until=fmt_date(file["voluntary_exit_bonus_until"])))
    return said


def watched(file: Row) -> str:
    """Whether online monitoring covers the household, and by which of its groups (DB-3)."""
    groups = [label("watched", "lifted" if name == "watch_lifted" else name) for name in WATCH if file[name]]
    return t("household.watch.in", groups=join_words(groups)) if groups else t("household.watch.out")


def ledger_head() -> list[str]:
    """The headings of the table of items."""
    return [t(f"household.ledger.{name}") for name in ("kind", "what", "who", "since", "due", "state", "clause")]


def ledger_rows(items: pl.DataFrame) -> list[tuple[str, ...]]:
    """The items, needs first, each with its dates, state and clause."""
    order = list(CLAUSES)
    rows = sorted(items.iter_rows(named=True), key=lambda row: order.index(row["kind"]))
    return [
        (
            label("event", row["kind"]),
            _what(row),
            row["person_name"] or "",
            fmt_date(row["since"]) if row["since"] else "",
            fmt_date(row["due_on"]) if row["due_on"] else "",
            _state(row),
            CLAUSES[row["kind"]],
        )
        for row in rows
    ]


def _what(row: Row) -> str:
    kind, what, more = row["kind"], row["what"], row["more"]
    if kind == "care_visit":
        said = t("care.left_behind") if what == "left_behind" else label("tier_short", what)
        return f"{said}\n{t(f'household.ledger.{more}')}" if more else said
    if kind == "subsidy":
        standard = fmt_money(row["standard"]) if row["standard"] is not None else t("household.test.not_set")
        paid = fmt_money(row["amount"]) if row["amount"] is not None else t("household.ledger.nothing_paid")
        return f"{label('subsidy', what)}\n{t('household.ledger.paid', paid=paid, standard=standard)}"
    if kind == "need":
        done = fmt_ratio(int(row["standard"]), int(row["amount"])) if row["amount"] else ""
        return f"{raw(what)}\n{t('household.ledger.measures', done=done)}" if done else raw(what)
    if kind == "assistance":
        return f"{raw(what)}\n{fmt_money(row['amount'])}"
    return f"{raw(what)}\n{raw(more)}".strip()


def _state(row: Row) -> str:
    said = label(_STATES[row["kind"]], row["state"])
    if row["kind"] == "assistance" and row["more"]:
        said = f"{said}\n{registers_on(row['more'])}"
    return f"{said}\n{fmt_date(row['done_on'])}" if row["done_on"] else said


def readiness(spell: Row) -> list[tuple[str, str, str]]:
    """Each term of elimination (BX-6): what, what was found, result (pass, fail or unknown)."""
    results = {term: spell[column] for term, column in TERMS.items()}
    done = spell["measures_done"] == spell["measures"] and spell["measures"] > 0
    found = {"measures": fmt_ratio(spell["measures_done"], spell["measures"]) if spell["measures"] else "0"}
    results |= {"measures": done, "held": not spell["is_held"]}
    rows = [(t(f"household.ready.{term}"), found.get(term, ""), _result(value)) for term, value in results.items()]
    if spell["exit_publicity_from"]:
        days = fmt_number(spell["exit_publicity_days"])
        result = _result(None if spell["exit_publicity_days"] is None else spell["exit_publicity_state"] == "within")
        rows.append((t("household.ready.publicity"), t("household.ready.days", days=days), result))
    return rows


def _result(value: bool | None) -> str:
    return "unknown" if value is None else "pass" if value else "fail"


def ready_words(spell: Row) -> str:
    """Whether the spell may be eliminated, or was as the rules have it."""
    if not spell["is_active"]:
        if spell["elimination_faults"] is None:
            return t("household.ready.ended")
        return t("household.ready.sound" if not spell["elimination_faults"] else "household.ready.unsound")
    ready = spell["ready_to_eliminate"]
    said = t(f"household.ready.{'unknown' if ready is None else 'yes' if ready else 'no'}")
    return f"{said} {t('household.ready.should_hold')}" if spell["should_be_held"] and not spell["is_held"] else said


def completeness(file: Row, steps: pl.DataFrame, measures_done: int) -> str:
    """How much of the file is there (ST-5c): identity and income; of a monitored household contact, plan, measure."""
    parts = {"identity": True, "income": bool(file["income_known"])}
    active = steps.filter("is_active")
    if file["is_monitored"] and active.height:
        spell = active.row(0, named=True)
        parts |= {
            "contact": bool(spell["has_contact"]),
            "plan": spell["plan_on"] is not None,
            "measure": measures_done > 0,
        }
    said = [
        f"{t('household.mark.pass' if there else 'household.mark.fail')} {t(f'household.part.{part}')}"
        for part, there in parts.items()
    ]
    ratio = fmt_ratio(sum(parts.values()), len(parts))
    return t("household.complete", ratio=ratio, parts=t("household.separator").join(said))
