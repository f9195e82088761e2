"""The planted truth beside the extracts: what a warehouse that reads them rightly must find. It never reads this."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from warehouse.sample import rules
from warehouse.sample.clock import month_index
from warehouse.sample.columns import frame_of, texts
from warehouse.sample.faults import Planted
from warehouse.sample.ledgers import Application, Spell
from warehouse.sample.people import Bools, Texts
from warehouse.sample.registers import REGISTERS, SINGLE, Entry, Registers
from warehouse.sample.world import MonthFacts, World

TYPE_CODES = {"脱贫不稳定户": "unstable_lifted", "边缘易致贫户": "edge_poor", "突发严重困难户": "sudden_hardship"}
GAP_FLAGS = (
    "suspected_missed",
    "suspected_unmonitored",
    "suspected_ineligible",
    "gradual_exit",
    "single_cover_missed",
    "household_missed",
    "dropped",
    "dead_or_moved_active",
    "double_registered",
    "potential_target",
    "no_check",
)


@dataclass(frozen=True)
class Standing:
    """How households stand on the registers in a month; `active` is per person and register."""

    active: dict[str, Bools]
    entries: tuple[Entry, ...]
    tier: Texts
    monitored: Texts


def standing(world: World, registers: Registers, spells: list[Spell], month: int) -> Standing:
    """Tier on the registers: the first register with an active member, else `other` if monitored (03-rules)."""
    people, end = world.people, world.window.ends[month]
    active = {name: np.zeros(people.persons, dtype=bool) for name in REGISTERS}
    listed = tuple(entry for entry in registers.entries if entry.is_active(month, end))
    for entry in listed:
        active[entry.register][entry.person] = True
    monitored = np.full(people.households, None, dtype=object)
    for spell in spells:
        if spell.is_active(end):
            monitored[spell.household] = TYPE_CODES[spell.monitored_type]
    tier = np.where(monitored != None, "other", "none").astype(object)  # noqa: E711 (elementwise)
    for name in reversed(REGISTERS):
        tier[people.per_household(active[name]) > 0] = name
    return Standing(active, listed, tier, monitored)


def truth_frame(
    world: World,
    facts: list[MonthFacts],
    registers: Registers,
    spells: list[Spell],
    applications: list[Application],
) -> pl.DataFrame:
    """The clean household months.

    Returns: one row per household and month that has a member, in the order month, household_no. Money in yuan; income
    columns and the tests that need them are null where no income record is in force.
    """
    frames = []
    before: Standing | None = None
    for month, drawn in enumerate(facts):
        of_month, unknown = as_judged(world, drawn, month)
        now = standing(world, registers, spells, month)
        gaps = _gaps(world, of_month, now, before, applications, month)
        frames.append(_month_frame(world, of_month, now, gaps, month, unknown))
        before = now
    return pl.concat(frames)


def _gaps(
    world: World,
    facts: MonthFacts,
    now: Standing,
    before: Standing | None,
    applications: list[Application],
    month: int,
) -> dict[str, Bools]:
    """The gap flags of 03-rules, one place a household."""
    people, end = world.people, world.window.ends[month]
    place = {tier: number for number, tier in enumerate(rules.TIERS)}
    eligible_place = np.array([place.get(tier, 9) for tier in facts.tier_eligible])
    registered_place = np.array([place[tier] for tier in now.tier])
    in_first_four, on_first_four = eligible_place < 4, registered_place < 4
    marked = _entry_marks(people.households, now.entries, end, facts.policy.gradual_exit_months)
    only_single = marked["dibao_single"] & ~marked["dibao_whole"]
    fails = rules.tier_tests_fail(now.tier, facts.tests, facts.assets_ok, facts.all_dependent, only_single)
    on_any = np.logical_or.reduce([now.active[name] for name in REGISTERS])
    gone = (people.died_on <= end) | (people.moved_on <= end)
    uncovered = facts.single_candidate & ~now.active["dibao"]
    return {
        "suspected_missed": in_first_four & (registered_place > eligible_place),
        "suspected_unmonitored": (facts.type_eligible != None) & (now.monitored == None) & ~on_first_four,  # noqa: E711
        "suspected_ineligible": on_first_four & fails & ~marked["gradual"],
        "gradual_exit": marked["gradual"],
        "single_cover_missed": people.per_household(uncovered) > 0,
        "household_missed": marked["dibao_single"] & facts.tests.dibao_income & facts.assets_ok,
        "dropped": _dropped(people.households, now, before, end),
        "dead_or_moved_active": people.per_household(on_any & gone) > 0,
        "double_registered": people.per_household(now.active["tekun"] & now.active["dibao"]) > 0,
        "potential_target": _rejected_lately(world, applications, end, facts.policy.rejected_window_months)
        & (now.tier == "none"),
        "no_check": marked["no_check"],
    }


def _entry_marks(
    households: int, entries: tuple[Entry, ...], end: np.datetime64, gradual_months: int
) -> dict[str, Bools]:
    marks = {name: np.zeros(households, dtype=bool) for name in ("gradual", "dibao_single", "dibao_whole", "no_check")}
    this_month = month_index(np.array([end]))[0]
    for entry in entries:
        since = entry.gradual_exit_from
        if since is not None and since <= end and this_month - month_index(np.array([since]))[0] < gradual_months:
            marks["gradual"][entry.household] = True
        if entry.register == "dibao":
            marks["dibao_single" if entry.cover_mode == SINGLE else "dibao_whole"][entry.household] = True
        if entry.checked_on is None or entry.checked_on > entry.admitted_on:
            marks["no_check"][entry.household] = True
    return marks


def _dropped(households: int, now: Standing, before: Standing | None, end: np.datetime64) -> Bools:
    """On dibao or tekun the month before, on neither now, and no reason given on any of the entries that ended."""
    dropped = np.zeros(households, dtype=bool)
    if before is None:
        return dropped
    for entry in before.entries:
        if entry.register in ("tekun", "dibao"):
            dropped[entry.household] = True
    for entry in now.entries:
        if entry.register in ("tekun", "dibao"):
            dropped[entry.household] = False
    for entry in before.entries:
        ended = entry.exited_on is not None and entry.exited_on <= end
        if entry.register in ("tekun", "dibao") and ended and entry.exit_reason is not None:
            dropped[entry.household] = False
    return dropped


def _rejected_lately(world: World, applications: list[Application], end: np.datetime64, span: int) -> Bools:
    lately = np.zeros(world.people.households, dtype=bool)
    this_month = month_index(np.array([end]))[0]
    for application in applications:
        decided = application.decided_on
        if application.result != "不通过" or decided is None or decided > end:
            continue
        if this_month - month_index(np.array([decided]))[0] < span:
            lately[application.household] = True
    return lately


def as_judged(world: World, facts: MonthFacts, month: int) -> tuple[MonthFacts, set[str]]:
    """The facts of a place that lacks parameters: what hangs on them is unknown. And the tests that are unknown.

    The offices of the sample act on what is usual; the truth says no more than the place's policy allows.
    """
    unknown = rules.unknown_tests(world.profile.policy, world.window.ends[month].astype(object))
    if not unknown:
        return facts, unknown
    tests = {name: pl.Series(name, getattr(facts.tests, name)) for name in rules.NEEDS if name != "assets_ok"}
    frame = pl.DataFrame({**tests, "assets_ok": facts.assets_ok, "dependent": facts.all_dependent})
    blank = [pl.lit(None, dtype=pl.Boolean).alias(name) for name in unknown if name != "assets_ok"]
    if "assets_ok" in unknown:
        blank.append(pl.when(~pl.col("assets_ok")).then(pl.lit(False)).alias("assets_ok"))
    frame = frame.with_columns(blank).with_columns(
        known=pl.Series(facts.tests.known),
        type=pl.Series(facts.type_eligible.tolist(), dtype=pl.String),
        tekun=pl.col("dependent") & pl.col("dibao_income") & pl.col("assets_ok"),
        dibao=pl.col("dibao_income") & pl.col("assets_ok"),
        dibao_edge=pl.col("edge_income") & pl.col("assets_ok"),
        rigid_expense=pl.col("rigid_income") & pl.col("rigid_spend") & pl.col("assets_ok"),
    )
    no_type = "below_line" in unknown or "rigid_spend" in unknown
    kind = pl.lit(None, dtype=pl.String) if "below_line" in unknown else pl.col("type")
    tier: Any = pl.when(~pl.col("known")).then(pl.lit("unknown"))
    for name in REGISTERS:
        tier = tier.when(name).then(pl.lit(name)).when(pl.col(name).is_null()).then(pl.lit("unknown"))
    last = pl.lit("unknown" if no_type else "none")
    frame = frame.with_columns(type=kind).with_columns(
        tier=tier.when(pl.col("type").is_not_null()).then(pl.lit("other")).otherwise(last)
    )
    tiers = texts(frame["tier"].to_list())
    edge = (tiers == "dibao_edge")[world.people.household]
    judged = replace(
        facts,
        type_eligible=texts(frame["type"].to_list()),
        tier_eligible=tiers,
        single_candidate=facts.single_candidate & edge,
    )
    return judged, unknown


def _month_frame(
    world: World, facts: MonthFacts, now: Standing, gaps: dict[str, Bools], month: int, unknown: set[str]
) -> pl.DataFrame:
    people, records, tests = world.people, world.records, facts.tests
    record = facts.record
    money = {name: values[record] for name, values in records.money.items()}
    known_only = {
        "household_size": records.household_size[record],
        "employed_members": records.employed_members[record],
        "period_end": records.period_end[record],
        **money,
        "net_income": records.net_income[record],
        "income_per_head": tests.income_per_head,
        "dibao_income_per_head": tests.dibao_income_per_head,
        "rigid_expense": tests.rigid_expense,
        "rigid_ratio": tests.rigid_ratio,
        "below_line": tests.below_line,
        "dibao_income": tests.dibao_income,
        "edge_income": tests.edge_income,
        "rigid_income": tests.rigid_income,
        "rigid_spend": tests.rigid_spend,
    }
    frame = frame_of(
        {
            "month": np.repeat(world.window.starts[month], people.households),
            "household_no": people.household_no,
            "area_code": people.village_codes[people.household_village],
            "head_id_no": people.id_no[people.head],
            "members": facts.members,
            "is_resident": people.per_household(people.resident & facts.present) > 0,
            "is_lifted": world.lifted,
            "income_known": tests.known,
            **known_only,
            "assets_ok": facts.assets_ok,
            "all_dependent": facts.all_dependent,
            "tier_eligible": facts.tier_eligible,
            "tier_registered": now.tier,
            "monitored_type_eligible": facts.type_eligible,
            "monitored_type_registered": now.monitored,
            **gaps,
        }
    )
    nulled = [pl.when("income_known").then(pl.col(name)).alias(name) for name in known_only if name not in unknown]
    nulled += [pl.when(~pl.col(name) & (name == "assets_ok")).then(pl.lit(False)).alias(name) for name in unknown]
    return frame.with_columns(nulled).with_columns(pl.col("rigid_ratio").fill_nan(None)).filter(pl.col("members") > 0)


def villages_frame(world: World) -> pl.DataFrame:
    """Planted differences. Returns: one row per village; shares 0-1."""
    people, effects = world.people, world.effects
    struck = {cluster.extract: cluster for cluster in world.events.clusters}
    villages = np.arange(len(people.village_names))
    clusters = [
        "|".join(f"{name}@{world.window.label(c.month)}" for name, c in struck.items() if village in c.villages)
        for village in villages.tolist()
    ]
    return frame_of(
        {
            "area_code": people.village_codes,
            "name": people.village_names,
            "households": np.bincount(people.household_village, minlength=len(villages)),
            "planted": effects.planted,
            "missed_share": effects.missed,
            "late_share": effects.late,
            "survey_share": effects.survey,
            "clusters": texts(clusters),
        }
    )


def persons_frame(world: World) -> pl.DataFrame:
    """Every true person. Returns: one row per person; days null where nothing happened."""
    people = world.people
    return frame_of(
        {
            "person_id": people.id_no,
            "household_no": people.household_no[people.household],
            "area_code": people.village_codes[people.village],
            "name": people.name,
            "sex": people.sex,
            "birth_on": people.birth,
            "relation": people.relation,
            "joined_on": people.joined_on,
            "died_on": people.died_on,
            "moved_on": people.moved_on,
            "disability_grade": people.disability_grade,
        }
    )


HIGH_INCOME, LOW_WAGE, JUMP = 20_000, 100, 0.5


def findings_frame(world: World, planted: list[Planted], spells: list[Spell], households: pl.DataFrame) -> pl.DataFrame:
    """Contradictions that a list shows: those planted one by one, and those that follow from the household months.

    Returns: one row per rule of warehouse/findings.yml, household or person, and run of months: rule, household_no,
    person_id (null for households), first_month, last_month (days of the first of the month).
    """
    people, starts = world.people, world.window.starts
    whole = frame_of(
        {
            "rule": texts(item.rule for item in planted),
            "household_no": texts(
                people.household_no[item.household] if item.household >= 0 else None for item in planted
            ),
            "person_id": texts(people.id_no[item.person] if item.person >= 0 else None for item in planted),
            "first_month": starts[[item.first for item in planted]],
            "last_month": starts[[item.last for item in planted]],
        }
    )
    on_line = pl.col("monitored_type_registered").is_in(["unstable_lifted", "edge_poor"])
    seen = {
        "size_mismatch": pl.col("household_size") != pl.col("members"),
        "wage_implausible": (pl.col("wage_income") > 0) & (pl.col("wage_income") < LOW_WAGE),
        "monitored_no_income": pl.col("monitored_type_registered").is_not_null() & ~pl.col("income_known"),
        "income_high_monitored": on_line & (pl.col("income_per_head") > HIGH_INCOME),
    }
    runs = [_runs(households.filter(condition), rule) for rule, condition in seen.items()]
    spelled = [*_without(world, spells, "contact_name", "monitored_no_contact", 0)]
    spelled += _without(world, spells, "plan_on", "monitored_no_plan", 31)
    found = pl.concat([whole, *runs, _jumps(world), *spelled])
    return found.sort("rule", "first_month", "household_no", "person_id", nulls_last=True)


def _runs(months: pl.DataFrame, rule: str) -> pl.DataFrame:
    """One row per household and unbroken run of months."""
    number = pl.col("month").dt.year().cast(pl.Int32) * 12 + pl.col("month").dt.month().cast(pl.Int32)
    ordered = months.sort("household_no", "month").with_columns(_number=number)
    run = pl.col("_number") - pl.int_range(pl.len(), dtype=pl.Int32).over("household_no")
    return (
        ordered.with_columns(_run=run)
        .group_by("household_no", "_run", maintain_order=True)
        .agg(first_month=pl.col("month").min(), last_month=pl.col("month").max())
        .select(
            pl.lit(rule).alias("rule"),
            "household_no",
            pl.lit(None, dtype=pl.String).alias("person_id"),
            "first_month",
            "last_month",
        )
    )


def _without(world: World, spells: list[Spell], what: str, rule: str, after: int) -> list[pl.DataFrame]:
    """Open spells that lack a thing so many days after approval."""
    starts, ends = world.window.starts, world.window.ends
    rows = []
    for spell in spells:
        if getattr(spell, what) is not None or spell.approved_on is None:
            continue
        lacking = [at for at, end in enumerate(ends) if spell.is_active(end) and end > spell.approved_on + after]
        if lacking:
            rows.append((rule, world.people.household_no[spell.household], starts[lacking[0]], starts[lacking[-1]]))
    if not rows:
        return []
    columns = {
        "rule": texts(row[0] for row in rows),
        "household_no": texts(row[1] for row in rows),
        "person_id": texts(None for _ in rows),
        "first_month": np.array([row[2] for row in rows]),
        "last_month": np.array([row[3] for row in rows]),
    }
    return [frame_of(columns)]


def _jumps(world: World) -> pl.DataFrame:
    """Income per head that changed by more than half from one record to the next, in the months of the newer one."""
    records, starts = world.records, world.window.starts
    money = records.money
    total = records.net_income + money["insurance_claims"] - money["compliant_self_paid"]
    order = np.lexsort((records.period_end, records.household))
    household, per_head = records.household[order], (total / np.maximum(records.household_size, 1))[order]
    before, after = per_head[:-1], per_head[1:]
    jumped = (household[1:] == household[:-1]) & (np.abs(after - before) > JUMP * np.abs(before)) & (before != 0)
    newer = order[1:][jumped]
    first = np.searchsorted(world.window.ends, records.period_end[newer])
    within = first < len(starts)
    numbers = world.people.household_no[records.household[newer]][within]
    last = np.minimum(first[within] + 11, len(starts) - 1)
    return frame_of(
        {
            "rule": np.full(len(numbers), "income_jump", dtype=object),
            "household_no": numbers,
            "person_id": np.full(len(numbers), None, dtype=object),
            "first_month": starts[first[within]],
            "last_month": starts[last],
        }
    )
