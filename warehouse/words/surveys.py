"""How far the surveys got and what they found, how often people came, what is needed and what answers it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.i18n import fmt_date, fmt_number, fmt_ratio, fmt_share, label, t
from warehouse.words.desk import codes, ratio, raw

LISTS: Final = ("form_missing", "repeated", "with_findings")
_COUNTS: Final = (
    *("resident_households", "visited", "forms_done", "forms_missing", "forms_unknown", "with_findings"),
    "visited_more_than_once",
)


def rounds(surveys: pl.DataFrame) -> list[int]:
    """The rounds of the year that have begun."""
    return sorted(surveys["round"].drop_nulls().unique().to_list())


def sentences(surveys: pl.DataFrame) -> list[str]:
    """Each round: who was reached, forms, findings, visits too many. One that has not begun is said to be ahead."""
    said, begun = [], rounds(surveys)
    for number in sorted({1, 2, *begun}):
        if number not in begun:
            said.append(t("coverage.say.round_ahead", round=t(f"coverage.round.{number}")))
            continue
        own = surveys.filter(pl.col("round") == number)
        sums = {name: int(own[name].sum()) for name in _COUNTS}
        counts = {name: fmt_number(value) for name, value in sums.items()}
        residents = sums["resident_households"]
        share = fmt_share(sums["visited"] / residents) if residents else t("coverage.none_to_count")
        span = {"start": fmt_date(own["starts_on"].min()), "end": fmt_date(own["ends_on"].max())}  # type: ignore[arg-type]
        said.append(t("surveys.say.round", round=t(f"coverage.round.{number}"), share=share, **span, **counts))
    return said


def by_area(surveys: pl.DataFrame, number: int) -> pl.DataFrame:
    """One round in every area: visited of the residents, forms, findings, visits too many."""
    counts = surveys.filter(pl.col("round") == number).select("area_code", *_COUNTS)
    areas = surveys.select("area_code", "name").unique(maintain_order=True)
    frame = areas.join(counts, on="area_code", how="left", maintain_order="left")
    return with_words(frame, "survey_of", ratio, "visited", "resident_households")


def items(found: pl.DataFrame) -> pl.DataFrame:
    """The ten items with their words: at how many of the visited households each was found."""
    return with_words(found, "item", lambda item: f"{item}. {label('survey_item', str(item))}", "item").rename(
        {"found": "with_item"}
    )


def items_sentence(found: pl.DataFrame) -> str:
    """What was found most; nothing found in a round is not nothing there."""
    top = found.sort("found", "item", descending=[True, False]).head(1)
    if top.is_empty() or not top["found"][0]:
        return t("surveys.say.no_item", visited=fmt_number(top["visited"][0] if top.height else 0))
    item, n, visited = top["item"][0], top["found"][0], top["visited"][0]
    return t(
        "surveys.say.items",
        item=label("survey_item", str(item)),
        ratio=fmt_ratio(n, visited),
        share=fmt_share(n / visited),
    )


def rows(listed: pl.DataFrame) -> pl.DataFrame:
    """Households in words: day, form, visits, what was found."""
    frame = with_words(listed, "findings", lambda found: codes(found, "survey_item"), "findings")
    return with_words(frame, "form_done", _done, "form_done")


def _done(done: bool | None) -> str:
    return t("format.unknown") if done is None else t(f"format.{'yes' if done else 'no'}")


def burden_sentence(burden: pl.DataFrame, place: str, period: str) -> str:
    """How often people came and how much was written; visits too many, or that no limit tells."""
    lines = ("survey", "warning_check", "identification", "look_back", "care_visits")
    names = ("household_days", *lines, "forms", "households_visited")
    counts = {name: fmt_number(int(burden[name].sum())) for name in names}
    known = burden["households_repeated"].drop_nulls()
    repeated = (
        t("surveys.say.repeated", n=fmt_number(int(known.sum()))) if known.len() else t("surveys.say.repeat_unset")
    )
    return f"{t('surveys.say.burden', place=place, period=period, **counts)}{repeated}"


def need_sentences(needs: pl.DataFrame, place: str, period: str) -> list[str]:
    """How many needs there are, met, planned, unanswered; which cause is answered least often."""
    sums = {name: int(needs[name].sum() or 0) for name in ("needs", "met", "planned", "without_measure")}
    if not sums["needs"]:
        return [t("needs.say.none", place=place, period=period)]
    counts = {name: fmt_number(value) for name, value in sums.items()}
    share = fmt_share((sums["met"] + sums["planned"]) / sums["needs"])
    return [t("needs.say.total", place=place, period=period, share=share, **counts)]


def need_totals(needs: pl.DataFrame, answers: Mapping[str, Sequence[str]]) -> pl.DataFrame:
    """One row per cause, the commonest first: needs, met, planned, without; and which help answers it."""
    counts = pl.col("needs", "met", "planned", "without_measure").sum()
    frame = needs.drop_nulls("cause").group_by("cause").agg(counts).sort("needs", "cause", descending=[True, False])
    frame = with_words(frame, "answered_by", lambda cause: _answers(answers.get(cause)), "cause")
    return with_words(frame, "cause", raw, "cause")


def _answers(categories: Sequence[str] | None) -> str:
    if categories is None:
        return ""
    return t("format.list_separator").join(raw(category) for category in categories) or t("needs.any_help")


def needs_by_area(needs: pl.DataFrame) -> pl.DataFrame:
    """One row per area: needs and what answers them."""
    counts = pl.col("needs", "met", "planned", "without_measure").sum()
    frame = needs.group_by("area_code", "name").agg(counts).sort("area_code")
    answered = frame.with_columns((pl.col("needs") - pl.col("without_measure")).alias("answered"))
    return with_words(answered, "needs_of", ratio, "answered", "needs")


def need_rows(listed: pl.DataFrame) -> pl.DataFrame:
    """Households in words: the cause, and whether help is planned."""
    frame = with_words(listed, "cause", raw, "cause")
    return with_words(frame, "state", lambda state: label("need_state", state), "state")
