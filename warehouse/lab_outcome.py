"""What a scenario of the policy lab changes: households as they are now beside the same households as they would be.

Frames in, frames out: nothing here reads data.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

MEASURES = ("dibao", "aid", "monitored")
TIERS = ("tekun", "dibao", "dibao_edge", "rigid_expense", "other", "none", "unknown")
TYPES = ("unstable_lifted", "edge_poor", "sudden_hardship")
FLAGS = ("suspected_missed", "suspected_unmonitored", "suspected_ineligible")
# Within this share of a line on either side a household may pass or fail by a small change of its income.
NEAR = 0.05


@dataclass(frozen=True)
class Outcome:
    """What a scenario changes for the households of some areas in the newest month; every figure as it is now (before)
    and as it would be (after).

    differing: values by which the models run now differ from the snapshot; over 0 means that nothing else may be shown.
    tiers, types: code, households_before, people_before, households_after, people_after, households_in, people_in,
    households_out, people_out. measures: measure, households_before, people_before, households_after, people_after,
    gained, gained_people, gained_registered (of them on that register already), lost, lost_people, lost_registered,
    settled (unknown before, known after), unsettled, unknown. villages: the same per area_code. visits: area_code,
    flag (`any`: at least one of them), households (that did not have it before). lines: parameter; value_, under_,
    over_, under_people_, over_people_ before and after: who sits within a twentieth of it. cost: part,
    households_before, households_after, people, before and after (yuan a year). changed: households whose tier, type
    or flags change; empty without leave to see households.
    """

    differing: int
    households: int
    people: int
    income_unknown: int
    tiers: pl.DataFrame
    types: pl.DataFrame
    measures: pl.DataFrame
    villages: pl.DataFrame
    visits: pl.DataFrame
    lines: pl.DataFrame
    cost: pl.DataFrame
    changed: pl.DataFrame


_PAIRED = (
    *("household_size", "income_known", "income_per_head", "dibao_income_per_head"),
    *("monitoring_line", "dibao_standard_year", "edge_line"),
    *("tier_eligible", "monitored_type_eligible", *MEASURES, *FLAGS),
)


def compared(before: pl.DataFrame, after: pl.DataFrame, differing: int) -> Outcome:
    later = after.select("household_key", *(pl.col(name).alias(f"{name}_after") for name in _PAIRED))
    both = before.join(later, on="household_key", how="inner", maintain_order="left").with_columns(
        _cost(), _cost("_after")
    )
    return Outcome(
        differing=differing,
        households=both.height,
        people=int(both["members"].sum()),
        income_unknown=both.filter(~pl.col("income_known")).height,
        tiers=_moves(both, "tier_eligible", TIERS),
        types=_moves(both, "monitored_type_eligible", TYPES),
        measures=_measured(both, []),
        villages=_measured(both, ["area_code"]),
        visits=_visits(both),
        lines=_lines(both),
        cost=_costs(both),
        changed=_changed(both),
    )


def _cost(suffix: str = "") -> pl.Expr:
    """What a household that passes for dibao would be paid by the year: the standard less its income, for each of its
    people; of tekun the place's own standard is in no list."""
    short = pl.col(f"dibao_standard_year{suffix}") - pl.col(f"dibao_income_per_head{suffix}")
    is_paid = pl.col(f"tier_eligible{suffix}") == "dibao"
    return pl.when(is_paid).then(short * pl.col(f"household_size{suffix}")).otherwise(0.0).alias(f"cost{suffix}")


def _moves(both: pl.DataFrame, column: str, codes: tuple[str, ...]) -> pl.DataFrame:
    """How many stand in each class before and after, and how many come in and go out."""
    was, is_now = pl.col(column), pl.col(f"{column}_after")
    rows = []
    for code in codes:
        parts = {
            "before": was.eq_missing(pl.lit(code)),
            "after": is_now.eq_missing(pl.lit(code)),
            "in": is_now.eq_missing(pl.lit(code)) & was.ne_missing(pl.lit(code)),
            "out": was.eq_missing(pl.lit(code)) & is_now.ne_missing(pl.lit(code)),
        }
        row: dict[str, object] = {"code": code}
        for name, part in parts.items():
            found = both.filter(part)
            row |= {f"households_{name}": found.height, f"people_{name}": int(found["members"].sum())}
        rows.append(row)
    return pl.DataFrame(rows)


def _measured(both: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Who passes, who would, who comes in and who goes out, by measure (and area)."""
    on_register = {
        "dibao": pl.col("tier_registered").is_in(["tekun", "dibao"]),
        "aid": pl.col("tier_registered").is_in(list(TIERS[:4])),
        "monitored": pl.col("is_monitored"),
    }
    frames = []
    for measure in MEASURES:
        was, is_now = pl.col(measure), pl.col(f"{measure}_after")
        gained, lost = was.eq(False) & is_now, was & is_now.eq(False)
        parts = {
            "households_before": was,
            "households_after": is_now,
            "gained": gained,
            "gained_registered": gained & on_register[measure],
            "lost": lost,
            "lost_registered": lost & on_register[measure],
            "settled": was.is_null() & is_now.is_not_null(),
            "unsettled": was.is_not_null() & is_now.is_null(),
            "unknown": is_now.is_null(),
        }
        counts = [part.fill_null(False).sum().cast(pl.Int64).alias(name) for name, part in parts.items()]
        people = {"people_before": was, "people_after": is_now, "gained_people": gained, "lost_people": lost}
        counts += [pl.col("members").filter(part.fill_null(False)).sum().alias(name) for name, part in people.items()]
        found = both.group_by(keys, maintain_order=True).agg(counts) if keys else both.select(counts)
        frames.append(found.with_columns(pl.lit(measure).alias("measure")))
    return pl.concat(frames)


def _is_new(flag: str) -> pl.Expr:
    return (pl.col(f"{flag}_after").fill_null(False) & ~pl.col(flag).fill_null(False)).alias(flag)


def _visits(both: pl.DataFrame) -> pl.DataFrame:
    """The visits it would send: households with a flag that they did not have, by area."""
    new = both.select("area_code", *(_is_new(flag) for flag in FLAGS)).with_columns(any=pl.any_horizontal(*FLAGS))
    return (
        new.group_by("area_code", maintain_order=True)
        .agg(pl.col(*FLAGS, "any").sum().cast(pl.Int64))
        .unpivot(index="area_code", variable_name="flag", value_name="households")
    )


_LINES = {
    "monitoring_line": ("income_per_head", "monitoring_line"),
    "dibao_standard": ("dibao_income_per_head", "dibao_standard_year"),
    "edge_multiple": ("dibao_income_per_head", "edge_line"),
}


def _lines(both: pl.DataFrame) -> pl.DataFrame:
    """Who sits just under and just over each line, now and then."""
    rows: list[dict[str, object]] = []
    for parameter, (income, line) in _LINES.items():
        row: dict[str, object] = {"parameter": parameter}
        for when, suffix in (("before", ""), ("after", "_after")):
            ratio = pl.col(f"{income}{suffix}") / pl.col(f"{line}{suffix}")
            under = both.filter((ratio >= 1 - NEAR) & (ratio < 1))
            over = both.filter((ratio >= 1) & (ratio <= 1 + NEAR))
            row[f"value_{when}"] = both[f"{line}{suffix}"].max()
            for side, found in (("under", under), ("over", over)):
                row |= {
                    f"{side}_{when}": found.height,
                    f"{side}_people_{when}": int(found["members"].sum()),
                }
        rows.append(row)
    return pl.DataFrame(rows, infer_schema_length=None)


def _costs(both: pl.DataFrame) -> pl.DataFrame:
    """What dibao costs by the year at the standard: part (all, new, raised, ended), households, people, before, after.

    Yuan; null where no standard is set. People are those of the income record, whom the standard is held against.
    """
    was, is_now = pl.col("tier_eligible") == "dibao", pl.col("tier_eligible_after") == "dibao"
    parts = {"all": was | is_now, "new": ~was & is_now, "kept": was & is_now, "ended": was & ~is_now}
    is_set, is_set_after = (
        both[name].is_not_null().any() for name in ("dibao_standard_year", "dibao_standard_year_after")
    )
    rows = []
    for part, chosen in parts.items():
        found = both.filter(chosen)
        people = pl.coalesce("household_size_after", "household_size")
        rows.append(
            {
                "part": part,
                "households_before": found.filter(was).height,
                "households_after": found.filter(is_now).height,
                "people": int(found.select(people.sum()).item() or 0),
                "before": float(found["cost"].sum()) if is_set else None,
                "after": float(found["cost_after"].sum()) if is_set_after else None,
            }
        )
    return pl.DataFrame(rows, schema_overrides={"before": pl.Float64, "after": pl.Float64})


def _changed(both: pl.DataFrame) -> pl.DataFrame:
    """The households whose tier, type or flags change, by village."""
    compared = ("tier_eligible", "monitored_type_eligible", "dibao", "aid", "monitored", *FLAGS)
    is_changed = pl.any_horizontal(*(pl.col(name).ne_missing(pl.col(f"{name}_after")) for name in compared))
    columns = ["household_key", "area_code", "members", "tier_registered", "is_monitored", "cost", "cost_after"]
    columns += [f"{name}{suffix}" for name in compared for suffix in ("", "_after")]
    return both.filter(is_changed).select(columns).with_columns(_is_new(flag).alias(f"new_{flag}") for flag in FLAGS)
