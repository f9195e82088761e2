"""What the two registers say differently and who must act; how each group whose cover is watched stands."""

from __future__ import annotations

from typing import Final

import polars as pl

from warehouse.charts.theme import with_words
from warehouse.i18n import fmt_number, label, t
from warehouse.words.desk import labelled, ratio, with_office

KINDS: Final = ("civil_only", "monitored_only", "class_conflict")


def sentences(differences: pl.DataFrame, on_both: int, place: str, period: str) -> list[str]:
    """How many households the two sides speak of differently, how many somebody must act on, kind by kind."""
    act = int(differences.filter("is_to_resolve")["households"].sum())
    total = int(differences["households"].sum())
    said = {"place": place, "period": period, "total": fmt_number(total), "act": fmt_number(act)}
    lines = [t("registers.say.total", none=fmt_number(total - act), **said)]
    for kind in KINDS:
        found = differences.filter(pl.col("kind") == kind)
        lines.append(
            t(
                f"registers.say.{kind}",
                n=fmt_number(int(found["households"].sum())),
                act=fmt_number(int(found.filter("is_to_resolve")["households"].sum())),
            )
        )
    return [*lines, t("registers.say.both", n=fmt_number(on_both))]


def reasons(differences: pl.DataFrame) -> pl.DataFrame:
    """The differences by reason, those to act on first: kind, reason, office in words; households, members."""
    keys = ("kind", "reason", "office", "office_en", "is_to_resolve")
    frame = differences.filter(pl.col("kind").is_not_null()).group_by(keys).agg(pl.col("households", "members").sum())
    frame = frame.sort("is_to_resolve", "households", "kind", "reason", descending=[True, True, False, False])
    return labelled(with_office(frame), kind="difference", reason="difference_reason")


def by_area(differences: pl.DataFrame) -> pl.DataFrame:
    """One row per area: households of each kind, and those to act on."""
    kinds = [pl.col("households").filter(pl.col("kind") == kind).sum().alias(kind) for kind in KINDS]
    act = pl.col("households").filter(pl.col("is_to_resolve").fill_null(False)).sum().alias("to_act")
    return differences.group_by("area_code", "name").agg(*kinds, act).sort("area_code")


def rows(listed: pl.DataFrame) -> pl.DataFrame:
    """Households in words: what differs, why, who must act, both sides."""
    frame = with_words(with_office(listed), "types", _types, "monitored_type_eligible", "monitored_type_registered")
    tiers = {"tier_eligible": "tier_short", "tier_registered": "tier_short"}
    return labelled(frame, kind="difference", reason="difference_reason", **tiers)


def _types(by_data: str | None, registered: str | None) -> str:
    return t(
        "registers.types",
        data=label("monitored_type", by_data or "none"),
        register=label("monitored_type", registered or "none"),
    )


def group_totals(groups: pl.DataFrame, group: str) -> pl.DataFrame:
    """The groups of all areas together, in their order, with `group` in words and the covered of the eligible.

    group: the column that names them, population or focus.
    """
    counts = [name for name, kind in groups.schema.items() if kind.is_numeric() and not name.endswith("_order")]
    frame = groups.group_by(group, f"{group}_order").agg(pl.col(counts).sum()).sort(f"{group}_order")
    kind = "watched" if group == "population" else group
    frame = with_words(frame, "group", lambda code: label(kind, code), group)
    return with_words(frame, "covered_of", ratio, "covered", "eligible")


def group_by_area(groups: pl.DataFrame, group: str, chosen: str) -> pl.DataFrame:
    """One group in every area, by code, with the covered of the eligible."""
    frame = groups.filter(pl.col(group) == chosen).sort("area_code")
    return with_words(frame, "covered_of", ratio, "covered", "eligible")


def group_sentences(groups: pl.DataFrame, place: str, period: str) -> list[str]:
    """How far the three groups of the comparison are covered, and how many are watched beyond the registers."""
    totals = {row["population"]: row for row in group_totals(groups, "population").iter_rows(named=True)}
    said = [
        t(
            "groups.say.compared",
            group=label("watched", name),
            **{key: fmt_number(totals[name][key]) for key in ("households", "eligible", "covered", "ineligible")},
            missed=fmt_number(totals[name]["eligible"] - totals[name]["covered"]),
            unknown=fmt_number(totals[name]["eligible_unknown"]),
        )
        for name in ("not_lifted", "lifted", "edge")
    ]
    watch = {name: fmt_number(row["households"]) for name, row in totals.items()}
    return [*said, t("groups.say.watch", place=place, period=period, **watch)]
