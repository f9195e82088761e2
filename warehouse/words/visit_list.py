"""One visit does all: the work list of a village by household, what to ask at each, what to bring, what to tick.

The matters are the rows of the village page's work list, merged by household and never chosen anew.
Source: ST-2a "results shared and mutually recognised", DB-7 "one visit, one form, shared result".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse.i18n import fmt_date, fmt_month, fmt_number, in_language, t
from warehouse.words import village
from warehouse.words.findings import fix

# A fortnight: what falls due before the next round of visits.
FORTNIGHT: Final = 14
# What may be ticked. Of a warning the words are those of the ledger of checks, so that they go back into it as ticked.
_CHECKED: Final = ("to_monitor", "monitored", "helped", "no_risk", "nobody")
_DONE: Final = ("done", "under_way", "blocked")
_APPLIES: Final = ("apply", "not_entitled", "declines", "unclear")
_PAID: Final = ("full", "not_paid", "off_standard", "not_entitled")
_REGISTER: Final = ("list_wrong", "list_right", "unclear")
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "warning": _CHECKED,
    "check": _CHECKED,
    "review": _DONE,
    "identify": _DONE,
    "plan": _DONE,
    "measure": _DONE,
    "issue_failed": ("put_right", "under_way", "not_so"),
    "issue": ("put_right", "under_way", "not_so"),
    "lookback": ("passed", "failed"),
    "referral": _DONE,
    "care_visit": ("well", "needs_help", "away"),
    "need": _DONE,
    "service_need": _DONE,
    "after_help": ("over", "to_cover", "to_monitor", "again"),
    "dropped": ("keep", "exit_right", "gone", "unclear"),
    "suspected_missed": _APPLIES,
    "household_missed": ("change_cover", "not_entitled", "declines", "unclear"),
    "single_cover_missed": _APPLIES,
    "suspected_unmonitored": ("to_monitor", "no_risk", "unclear"),
    "disability_subsidy_gap": _PAID,
    "child_subsidy": _PAID,
    "agreement": _DONE,
    "difference": _REGISTER,
    "dead_or_moved_active": ("dead", "moved", "here"),
    "double_registered": _REGISTER,
    "suspected_ineligible": ("still", "no_longer", "unclear"),
    "gradual_exit": ("still", "no_longer", "unclear"),
    "no_check": _DONE,
    "contact": _DONE,
    "potential_target": ("still_hard", "eased", "to_monitor"),
    "eliminate": ("agree", "not_yet"),
    "hold": _DONE,
    "survey_form": _DONE,
    "income_unknown": ("collected", "away", "refused"),
    "finding": _REGISTER,
}
_BRING: Final[Mapping[str, tuple[str, ...]]] = {
    "warning": ("check_form",),
    "check": ("check_form", "income_form"),
    "review": ("review_record",),
    "identify": ("review_record",),
    "plan": ("plan_form",),
    "measure": ("measure_list",),
    "issue_failed": ("issue_notice",),
    "issue": ("issue_notice",),
    "lookback": ("issue_notice",),
    "referral": ("referral_slip",),
    "care_visit": ("care_record",),
    "need": ("measure_list",),
    "service_need": ("care_record",),
    "after_help": ("application_form",),
    "dropped": ("register_extract",),
    "suspected_missed": ("application_form", "consent_form", "income_form"),
    "household_missed": ("application_form", "consent_form", "income_form"),
    "single_cover_missed": ("application_form", "consent_form"),
    "suspected_unmonitored": ("check_form", "income_form"),
    "disability_subsidy_gap": ("subsidy_standard",),
    "child_subsidy": ("subsidy_standard",),
    "agreement": ("agreement_form",),
    "difference": ("register_extract",),
    "dead_or_moved_active": ("register_extract",),
    "double_registered": ("register_extract",),
    "suspected_ineligible": ("income_form", "consent_form"),
    "gradual_exit": ("income_form",),
    "no_check": ("consent_form",),
    "potential_target": ("application_form",),
    "eliminate": ("elimination_form",),
    "survey_form": ("survey_form",),
    "income_unknown": ("income_form",),
    "finding": ("register_extract",),
}
# What a paper left on a table would tell of a person: these matters are named without their content.
_UNTOLD: Final = frozenset({"after_help"})


@dataclass(frozen=True)
class VisitList:
    """What is to be done by visits in one village.

    households: one row per household, most urgent first: place (1, 2, …), household_key, household_no, head_name,
    members, last_visited_on, matters, overdue, due_on (the first), when, tasks.
    matters: one row per row of the work list about a household, in that order: place, household_key, kind, task,
    about, since, due_on, days_over, when, ask. of_village: rows of the work list about no single household.
    """

    households: pl.DataFrame
    matters: pl.DataFrame
    of_village: pl.DataFrame


def visit_list(
    work: pl.DataFrame, homes: pl.DataFrame, *, only: str = "all", household: str | None = None
) -> VisitList:
    """The work list of a village (queries.village.work) by household.

    homes: queries.village.visit_households. only: `all`, or `soon` for households with a matter due within FORTNIGHT
    or overdue, of which every matter is kept. household: that one alone.
    """
    items = village.work(work)
    of_village = items.filter(pl.col("household_key").is_null())
    items = items.filter(pl.col("household_key").is_not_null())
    if household is not None:
        items = items.filter(pl.col("household_key") == household)
    if only == "soon":
        near = items.filter(pl.col("days_over") >= -FORTNIGHT)["household_key"].unique()
        items = items.filter(pl.col("household_key").is_in(near.implode()))
    # The work list is sorted by urgency: a household stands where its most urgent matter stands.
    order = items.select("household_key").unique(maintain_order=True).with_row_index("place", offset=1)
    matters = items.join(order, on="household_key", maintain_order="left").sort("place", maintain_order=True)
    asked = [_ask(kind, what) for kind, what in matters.select("kind", "code").iter_rows()]
    matters = matters.with_columns(
        pl.Series("ask", asked, dtype=pl.String),
        pl.when(pl.col("kind").is_in(list(_UNTOLD))).then(pl.lit("")).otherwise(pl.col("what")).alias("about"),
    )
    by_household = matters.group_by("place", "household_key", maintain_order=True).agg(
        pl.col("household_no").first(),
        pl.len().alias("matters"),
        (pl.col("days_over") > 0).sum().alias("overdue"),
        pl.col("due_on").min(),
        pl.col("when").first(),
        pl.col("task"),
    )
    tasks = [_tasks(names) for names in by_household["task"].to_list()]
    people = homes.select("household_key", "head_name", "members", "last_visited_on")
    households = by_household.with_columns(pl.Series("tasks", tasks, dtype=pl.String)).drop("task")
    return VisitList(
        households.join(people, on="household_key", how="left", maintain_order="left"), matters, of_village
    )


def _ask(kind: str, code: str | None) -> str:
    """What to ask on site: of contradicting data, how the catalogue of rules says they are put right."""
    if kind == "finding" and code is not None:
        return t("visit.ask.finding", fix=fix(code))
    return t(f"visit.ask.{kind}")


def _tasks(names: list[str]) -> str:
    """The tasks of a household in their order, each once with how often."""
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return t("household.separator").join(
        t("visit.overview.more", task=name, n=fmt_number(n)) if n > 1 else name for name, n in counts.items()
    )


def options(kind: str) -> tuple[str, ...]:
    """What may be ticked for a matter of that kind."""
    return tuple(t(f"visit.option.{code}") for code in OPTIONS[kind])


def bring(kinds: list[str]) -> list[str]:
    """What to bring for matters of these kinds, each thing once."""
    return [
        t(f"visit.bring.{thing}") for thing in dict.fromkeys(thing for kind in kinds for thing in _BRING.get(kind, ()))
    ]


def burden(listed: VisitList) -> str:
    """How many trips one visit for everything saves."""
    matters, visits = listed.matters.height, listed.households.height
    key = "visit.say.burden" if matters > visits else "visit.say.burden_even"
    return t(key, matters=fmt_number(matters), visits=fmt_number(visits), saved=fmt_number(matters - visits))


def late(listed: VisitList) -> str:
    """How much is overdue, due within a fortnight, and without a limit."""
    over = listed.matters.filter(pl.col("days_over") > 0)
    soon = listed.matters.filter(pl.col("days_over").is_between(-FORTNIGHT, 0)).height
    return t(
        "visit.say.late",
        overdue=fmt_number(over.height),
        overdue_households=fmt_number(over["household_key"].n_unique()),
        soon=fmt_number(soon),
        days=fmt_number(FORTNIGHT),
        open=fmt_number(listed.matters["days_over"].null_count()),
    )


def as_of(day: dt.date, month: dt.date) -> str:
    """What days the list speaks of, and what becomes of it."""
    return t("visit.say.as_of", as_of=fmt_date(day), month=fmt_month(month))


def contacts(posts: pl.DataFrame) -> str:
    """Whom to ask: unit and post. Empty where the place names none."""
    told = [
        in_language(t("visit.contact", unit=row["unit"], post=row["contact_post"]), row["name_en"])
        for row in posts.iter_rows(named=True)
    ]
    return t("household.separator").join(told)


def matter_words(row: Mapping[str, Any], place: int) -> str:
    """A matter on a sheet: its number, task and content, by when, and what to ask."""
    about = t("visit.sheet.about", what=row["about"]) if row["about"] else ""
    when = (
        t("visit.sheet.by", due=fmt_date(row["due_on"]), when=row["when"])
        if row["due_on"]
        else t("visit.overview.soon")
    )
    return t("visit.sheet.matter", place=fmt_number(place), task=row["task"], about=about, when=when)
