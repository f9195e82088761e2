"""What is paid, who is visited; what followed temporary assistance; whose cover runs out (DJ-2b, DJ-3, DJ-4, DJ-5)."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.i18n import fmt_number, fmt_ratio, fmt_share, join_words, label, t
from warehouse.words.desk import labelled, ratio, raw

SUBSIDIES: Final = ("nursing", "living", "child")
FOLLOWED: Final = ("already_covered", "admitted", "monitored", "waiting", "nothing", "unknown")
_DUE: Final = ("entitled", "entitled_paid", "entitled_short", "entitled_over", "entitled_unpaid", "entitled_unknown")


def _sums(frame: pl.DataFrame) -> dict[str, int]:
    return {name: int(frame[name].sum()) for name, kind in frame.schema.items() if kind.is_numeric()}


def _share(part: int, whole: int) -> str:
    return fmt_share(part / whole) if whole else t("coverage.none_to_count")


def subsidy_sentences(subsidies: pl.DataFrame) -> list[str]:
    """Each subsidy: to how many it is due, how it is paid, and paid though not due. Where no standard is set, whether
    it is paid at all is told: of the unpaid alone no share paid at the standard can be said."""
    said = []
    for kind in SUBSIDIES:
        sums = _sums(subsidies.filter(pl.col("kind") == kind))
        counts = {name: fmt_number(sums[name]) for name in (*_DUE, "not_entitled_paid")}
        key = "care.say.subsidy" if sums["entitled"] else "care.say.subsidy_none"
        if sums["entitled_unknown"]:
            key = "care.say.subsidy_no_standard"
        share = ratio(sums["entitled_paid"] + sums["entitled_unknown"], sums["entitled"])
        said.append(t(key, kind=label("subsidy", kind), share=share, **counts))
    return said


def subsidy_totals(subsidies: pl.DataFrame) -> pl.DataFrame:
    """One row per kind: due, and how it is paid."""
    counts = (*_DUE, "not_entitled_paid", "paid")
    frame = subsidies.drop_nulls("kind").group_by("kind").agg(pl.col(counts).sum())
    return labelled(frame.sort(pl.col("kind").replace_strict({k: i for i, k in enumerate(SUBSIDIES)})), kind="subsidy")


def subsidies_by_area(subsidies: pl.DataFrame) -> pl.DataFrame:
    """One row per area: of each kind the paid (at the standard, where one is set) of those due, and how many of all
    are paid where none is set."""
    frame = subsidies.select("area_code", "name").unique(maintain_order=True)
    for kind in SUBSIDIES:
        paid = pl.col("entitled_paid") + pl.col("entitled_unknown")
        own = subsidies.filter(pl.col("kind") == kind).select("area_code", "entitled", paid.alias("is_paid"))
        frame = frame.join(own, on="area_code", how="left", maintain_order="left")
        frame = with_words(frame, f"{kind}_of", ratio, "is_paid", "entitled").drop("is_paid", "entitled")
    unknown = subsidies.group_by("area_code").agg(pl.col("entitled_unknown").sum())
    return frame.join(unknown, on="area_code", how="left", maintain_order="left")


def subsidy_rows(listed: pl.DataFrame) -> pl.DataFrame:
    """People in words: which subsidy, what for, paid against standard."""
    frame = with_words(listed, "state", _subsidy_state, "state", "is_entitled")
    return labelled(with_words(frame, "because", _because, "kind", "because"), kind="subsidy")


def _subsidy_state(state: str, is_entitled: bool) -> str:
    return label("subsidy_state", state if is_entitled else "not_entitled")


def _because(kind: str, because: str | None) -> str:
    if because in ("1", "2", "3", "4"):
        return t("care.grade", grade=because)
    return raw(because)


def care_sentences(care: pl.DataFrame) -> list[str]:
    """People on tekun: centralised, at home with an agreement; left-behind elderly; who was visited in time."""
    n = _sums(care)
    counts: dict[str, Any] = {name: fmt_number(value) for name, value in n.items()}
    return [
        t(
            "care.say.tekun",
            share=_share(n["tekun_centralised"], n["tekun"]),
            **_only(counts, "tekun", "tekun_centralised", "tekun_home"),
        ),
        t(
            "care.say.agreement",
            ratio=fmt_ratio(n["tekun_home_agreed"], n["tekun_home"]),
            share=_share(n["tekun_home_agreed"], n["tekun_home"]),
        ),
        t(
            "care.say.visits",
            share=ratio(n["visited"], n["to_visit"] - n["visit_unknown"]),
            **_only(counts, "left_behind", "to_visit", "visited", "visit_overdue", "visit_never", "visit_unknown"),
        ),
    ]


def _only(counts: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: counts[name] for name in names}


def care_by_area(care: pl.DataFrame) -> pl.DataFrame:
    """One row per area: parts of wholes with their shares."""
    frame = with_words(care, "centralised_of", ratio, "tekun_centralised", "tekun")
    frame = with_words(frame, "agreed_of", ratio, "tekun_home_agreed", "tekun_home")
    frame = frame.with_columns((pl.col("to_visit") - pl.col("visit_unknown")).alias("known"))
    return with_words(frame, "visited_of", ratio, "visited", "known")


def care_rows(listed: pl.DataFrame) -> pl.DataFrame:
    """People in words: why they are looked after, agreement, newest visit."""
    frame = with_words(listed, "care", care_of, "is_tekun", "is_left_behind", "self_care")
    frame = with_words(frame, "agreement", agreement, "is_home_care", "has_agreement")
    return labelled(frame, state="visit_state")


def care_of(is_tekun: bool, is_left_behind: bool, self_care: str | None) -> str:
    """Why somebody must be visited."""
    parts = [label("tier_short", "tekun")] if is_tekun else []
    parts += [raw(self_care)] if self_care else []
    return join_words([*parts, *([t("care.left_behind")] if is_left_behind else [])])


def agreement(is_home_care: bool | None, has_agreement: bool | None) -> str:
    """Whether a care agreement stands; nothing for who needs none."""
    if not is_home_care:
        return ""
    return t("format.unknown") if has_agreement is None else t(f"format.{'yes' if has_agreement else 'no'}")


def followed_sentence(assistance: pl.DataFrame, place: str, period: str) -> str:
    """How many payments there were, and what followed them."""
    counts = {name: fmt_number(value) for name, value in _sums(assistance).items()}
    return t(
        "help.say.followed" if counts["payments"] != "0" else "help.say.no_payment",
        place=place,
        period=period,
        **counts,
    )


def followed_rows(listed: pl.DataFrame) -> pl.DataFrame:
    """Payments in words: what followed, when, on which register."""
    frame = with_words(listed, "followed_by", registers_on, "followed_by")
    return labelled(with_words(frame, "reason", raw, "reason"), state="followed")


def registers_on(listed: str | None) -> str:
    """Registers, and monitoring, parted by 、, in words."""
    codes = listed.split("、") if listed else []
    return join_words([t("care.monitored") if code == "monitored" else label("tier_short", code) for code in codes])


def exit_sentence(exits: pl.DataFrame) -> str:
    """How many are in gradual exit, may be paid on after a voluntary exit, or were dropped."""
    return t("help.say.exits", **{name: fmt_number(value) for name, value in _sums(exits).items()})


def exit_rows(listed: pl.DataFrame) -> pl.DataFrame:
    """Households in words."""
    return labelled(listed, tier_eligible="tier_short", tier_registered="tier_short")
