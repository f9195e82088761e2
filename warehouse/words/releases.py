"""What is said of releases: what was frozen, by how much the figures differ now, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from warehouse.differences import PARTED
from warehouse.exports.cells import Column as FileColumn
from warehouse.exports.cells import Kind
from warehouse.exports.xlsx import Meta, Sheet, workbook
from warehouse.i18n import (
    catalogue,
    fmt_date,
    fmt_instant,
    fmt_month,
    fmt_number,
    fmt_period,
    fmt_ratio,
    fmt_share,
    fmt_signed,
    in_language,
    join_words,
    label,
    language,
    t,
)
from warehouse.metrics import load_metrics
from warehouse.releases import Release
from warehouse.session import Column
from warehouse.words.metric import name_of
from warehouse.words.parameters import parameter

# The states told in sentences, in this order; the table has all.
TOLD: Final = (
    "suspected_missed", "suspected_ineligible", "suspected_unmonitored", "single_cover_missed", "dropped",
    "potential_target", "disability_subsidy_gap",
)  # fmt: skip
NAMED_LISTS: Final = 6


def listed(found: Sequence[Release]) -> pl.DataFrame:
    """One row per release: name, period, frozen_at, by, as_of, snapshot_id, rules_version."""
    rows = [
        {
            "name": release.name,
            "period": fmt_period(release.period),
            "frozen_at": fmt_instant(dt.datetime.fromisoformat(release.frozen_at).astimezone()),
            "by": release.by,
            "as_of": dt.date.fromisoformat(release.as_of),
            "snapshot_id": release.snapshot_id,
            "rules_version": release.rules_version,
        }
        for release in found
    ]
    return pl.DataFrame(rows)


def listed_columns() -> dict[str, Column]:
    return {
        "name": Column(t("releases.column.name")),
        "period": Column(t("releases.column.period")),
        "frozen_at": Column(t("releases.column.frozen_at")),
        "by": Column(t("releases.column.by")),
        "as_of": Column(t("releases.column.as_of"), "date"),
        "snapshot_id": Column(t("releases.column.snapshot")),
        "rules_version": Column(t("releases.column.rules")),
    }


def state_name(state: str) -> str:
    return t(f"releases.state.{state}")


def value_text(state: str, value: str) -> str:
    """A value of a state in words."""
    if value in ("absent", "present"):
        return t(f"releases.value.{value}")
    if value in ("true", "false"):
        return t(f"releases.value.{value}")
    kinds = {"tier_eligible": "tier", "tier_registered": "tier", "risk_level": "risk_level"}
    kind = kinds.get(state, "monitored_type" if "_type_" in state else None)
    if kind and f"label.{kind}.{value}" in catalogue(language()):
        return label(kind, value)
    return t("releases.value.unknown") if value == "unknown" else value


def reason_text(reason: str) -> str:
    return t(f"releases.reason.{reason}")


def reasons_text(reasons: str, titles: Mapping[str, str]) -> str:
    """`policy` and `late:dibao_recipients` in words, lists by their titles."""
    parts = []
    for part in reasons.split(PARTED):
        kind, _, extract = part.partition(":")
        words = reason_text(kind)
        parts.append(
            t("releases.reason_of_list", reason=words, title=titles.get(extract, extract)) if extract else words
        )
    return join_words(parts)


def standing(totals: pl.DataFrame, counts: pl.DataFrame, release: Release) -> list[str]:
    """How many households each gap had then and has now, and what the difference is made of."""
    then = {(row["state"], row["value"]): row for row in totals.to_dicts()}
    said = []
    for state in TOLD:
        parts = counts.filter(pl.col("state") == state, pl.col("value") == "true").to_dicts()
        if not parts:
            continue
        row = then.get((state, "true"), {"old_households": 0, "new_households": 0})
        because = join_words(
            [t("releases.because", reason=reason_text(part["reason"]), moved=_moved(part)) for part in parts]
        )
        said.append(
            t(
                "releases.say.state",
                state=state_name(state),
                old=fmt_number(row["old_households"]),
                new=fmt_number(row["new_households"]),
                difference=fmt_signed(row["new_households"] - row["old_households"]),
                because=because,
            )
        )
    if not said:
        return [t("releases.say.no_gap_changed", period=fmt_period(release.period))]
    return said


def _moved(part: Mapping[str, Any]) -> str:
    moves = [fmt_signed(value) for value in (part["gained"], -part["lost"]) if value]
    return " ".join(moves)


def what_differs(lists: pl.DataFrame, settings: pl.DataFrame, info: Mapping[str, Any]) -> list[str]:
    """Sentences on lists, policy, rules and profile that are others now."""
    said = []
    for kind in ("correction", "late", "reread", "gone"):
        part = lists.filter(pl.col("kind") == kind).to_dicts()
        if part:
            said.append(t(f"releases.say.{kind}", n=len(part), names=_first([_list_name(row) for row in part])))
    backdated = lists.filter("is_backdated")
    if backdated.height:
        said.append(t("releases.say.backdated", names=_first([_list_name(row) for row in backdated.to_dicts()])))
    later = lists.filter(pl.col("kind") == "later").height
    if later:
        said.append(t("releases.say.later", n=later))
    for row in settings.filter(pl.col("kind") == "policy").to_dicts():
        old, new = (row[side] or t("releases.value.not_set") for side in ("old_value", "new_value"))
        day = fmt_date(row["valid_from"])
        said.append(t("releases.say.policy", name=parameter(row["name"]), day=day, old=old, new=new))
    for kind in ("rule", "profile"):
        names = [row["name"].rsplit("/", 1)[-1] for row in settings.filter(pl.col("kind") == kind).to_dicts()]
        if names:
            shown = [
                *names[:NAMED_LISTS],
                *([t("releases.and_more", n=len(names) - NAMED_LISTS)] if len(names) > NAMED_LISTS else []),
            ]
            said.append(t(f"releases.say.{kind}", n=len(names), names=join_words(shown)))
    if info["old_as_of"] != info["new_as_of"]:
        said.append(t("releases.say.day", old=fmt_date(info["old_as_of"]), new=fmt_date(info["new_as_of"])))
    return said or [t("releases.say.nothing_differs")]


def _first(names: list[str]) -> str:
    """The first few, and how many more there are."""
    more = len(names) - NAMED_LISTS
    return join_words([*names[:NAMED_LISTS], *([t("releases.and_more", n=more)] if more > 0 else [])])


def _list_name(row: Mapping[str, Any]) -> str:
    title = in_language(row["title"], row["title_en"]) if row["title"] else row["extract"]
    day = fmt_date(row["received_on"]) if row["received_on"] else t("releases.value.not_set")
    return t("releases.list", title=title, month=fmt_month(row["month"]), day=day)


def proof_text(info: Mapping[str, Any]) -> str:
    return t(f"releases.proof.{info['proof']}")


def changed_figures(figures: pl.DataFrame) -> pl.DataFrame:
    """The changed figures in words: metric, old, new, difference."""
    rows = []
    for row in figures.to_dicts():
        entry = load_metrics().get(row["metric"])
        is_count = entry is not None and entry.unit == "count"
        old, new = (_figure_text(row, side, is_count=is_count) for side in ("old", "new"))
        moved = [row[f"{side}_numerator"] for side in ("new", "old")]
        difference = fmt_signed(moved[0] - moved[1]) if None not in moved else t("releases.value.unknown")
        name = name_of(row["metric"]) if entry else row["metric"]
        rows.append({"metric": name, "old": old, "new": new, "difference": difference})
    return pl.DataFrame(rows, schema=dict.fromkeys(("metric", "old", "new", "difference"), pl.String))


def _figure_text(row: Mapping[str, Any], side: str, *, is_count: bool) -> str:
    state = row[f"{side}_state"]
    if state is None:
        return t("releases.value.not_set")
    if state == "list_missing":
        return t("format.list_missing")
    if is_count:
        return fmt_number(row[f"{side}_numerator"])
    counts = fmt_ratio(row[f"{side}_numerator"], row[f"{side}_denominator"])
    return t("releases.figure", counts=counts, value=fmt_share(row[f"{side}_value"]))


def figure_columns() -> dict[str, Column]:
    return {name: Column(t(f"releases.column.{name}")) for name in ("metric", "old", "new", "difference")}


def changed_rows(rows: pl.DataFrame, titles: Mapping[str, str]) -> pl.DataFrame:
    """The households in words: month, area_name, household_no, head_name, state, old, new, reasons."""
    found = rows.to_dicts()
    return rows.select("month", "area_name", "household_no", "head_name").with_columns(
        pl.Series("state", [state_name(row["state"]) for row in found], dtype=pl.String),
        pl.Series("old", [value_text(row["state"], row["old_value"]) for row in found], dtype=pl.String),
        pl.Series("new", [value_text(row["state"], row["new_value"]) for row in found], dtype=pl.String),
        pl.Series("reasons", [reasons_text(row["reasons"], titles) for row in found], dtype=pl.String),
    )


def row_columns() -> dict[str, Column]:
    kinds = {"month": "month"}
    names = ("month", "area_name", "household_no", "head_name", "state", "old", "new", "reasons")
    return {name: Column(t(f"releases.column.{name}"), kinds.get(name, "text")) for name in names}  # type: ignore[arg-type]


def counted(counts: pl.DataFrame) -> pl.DataFrame:
    """Households that came and went by state and reason, in words: state, reason, gained, lost."""
    found = counts.to_dicts()
    return counts.select("gained", "lost").with_columns(
        pl.Series("state", [_state_and_value(row) for row in found], dtype=pl.String),
        pl.Series("reason", [reason_text(row["reason"]) for row in found], dtype=pl.String),
    )


def _state_and_value(row: Mapping[str, Any]) -> str:
    if row["value"] == "true":
        return state_name(row["state"])
    return t("releases.state_value", state=state_name(row["state"]), value=value_text(row["state"], row["value"]))


def count_columns() -> dict[str, Column]:
    return {
        "state": Column(t("releases.column.state")),
        "reason": Column(t("releases.column.reason")),
        "gained": Column(t("releases.column.gained"), "number"),
        "lost": Column(t("releases.column.lost"), "number"),
    }


def as_xlsx(figures: pl.DataFrame, counts: pl.DataFrame, rows: pl.DataFrame, meta: Meta, release: Release) -> bytes:
    """What changed since the release as .xlsx: figures, households by reason, and the rows where the role sees them."""
    parts: list[tuple[str, pl.DataFrame, Mapping[str, Column]]] = [
        ("figures", changed_figures(figures), figure_columns()),
        ("counts", counted(counts), count_columns()),
    ]
    if rows.height:
        parts.append(("rows", rows, row_columns()))
    title = t("releases.file_title", name=release.name, place=meta.place)
    sheets = [
        Sheet(t(f"releases.tab.{name}"), title, [_file_column(key, column) for key, column in heads.items()], frame)
        for name, frame, heads in parts
    ]
    return workbook(sheets, meta, period=fmt_period(release.period))


def _file_column(name: str, column: Column) -> FileColumn:
    kinds: dict[str, Kind] = {"number": "integer", "month": "month", "date": "date"}
    return FileColumn(name, column.label, kinds.get(column.kind, "text"))
