"""The 39 extracts as a careful clerk would send them: clean, typed rows of each list and month.

A list is made once with every day in it; the list of a month shows the rows and days known at its end.
Columns that begin with `_` are the truth of a row, never written: _person, _household, _area (of the village; places,
-1 for none).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from warehouse.contracts import Contract
from warehouse.policy import Parameter
from warehouse.sample.care import Children, Elders
from warehouse.sample.clock import stream
from warehouse.sample.columns import days, frame_of, series, texts
from warehouse.sample.economy import GUARANTEES, MONEY_FIELDS
from warehouse.sample.events import EXTRACTS
from warehouse.sample.faults import Faults
from warehouse.sample.ledgers import Application, Check, Inspection, Issue, Measure, Spell, Visit
from warehouse.sample.people import Bools, Ints
from warehouse.sample.registers import Entry, Registers
from warehouse.sample.services import Rows
from warehouse.sample.world import MonthFacts, World

# A column that only means something once a day has come.
FOLLOWS = {
    "warning_checks": {"result": "verified_on"},
    "applications": {"result": "decided_on", "reject_reason": "decided_on"},
    "monitored_households": {"elimination_kind": "eliminated_on"},
    "inspection_issues": {"lookback_result": "lookback_on"},
    "dibao_recipients": {"exit_reason": "exited_on"},
    "tekun_recipients": {"exit_reason": "exited_on"},
    "dibao_edge_members": {"exit_reason": "exited_on"},
    "rigid_expense_members": {"exit_reason": "exited_on"},
    "referrals": {"result": "completed_on", "forwarded_to": "forwarded_on"},
}
# Days that may lie in the future: they are plans, not events.
PLANS = {"due_on"}
DISEASES = ("恶性肿瘤", "急性心肌梗死", "脑卒中", "终末期肾病", "肝硬化失代偿期", "重性精神病", "白血病", "尿毒症")
REASONS = ("突发疾病", "意外事故", "火灾", "家庭成员就学", "基本生活暂时困难")
INDUSTRIES = ("生猪养殖", "肉鸡养殖", "大棚蔬菜", "肉牛养殖", "果树种植", "食用菌")
CONTENTS = ("反映低保评定不公", "反映看病负担重", "反映住房漏雨", "反映孩子上学困难", "请求临时救助")


@dataclass(frozen=True)
class Work:
    """Everything the lists are made from."""

    world: World
    facts: list[MonthFacts]
    registers: Registers
    spells: list[Spell]
    checks: list[Check]
    applications: list[Application]
    measures: list[Measure]
    visits: list[Visit]
    inspections: list[Inspection]
    issues: list[Issue]
    children: Children
    elders: Elders
    referrals: Rows
    service_needs: Rows
    meetings: Rows
    trainings: Rows
    faults: Faults


class CleanLists:
    """The clean rows of each extract and month, by `rows(extract, month)`."""

    def __init__(self, work: Work, contracts: dict[str, Contract]) -> None:
        self.work = work
        self.contracts = contracts
        self._whole: dict[str, pl.DataFrame] = {}

    def rows(self, extract: str, month: int) -> pl.DataFrame:
        """Rows of one list and month: the contract's columns in its order, then _person, _household and _area."""
        made = {
            "household_roster": self._roster,
            "household_income": self._income,
            "disabled_persons": self._disabled,
            "children_in_need": self._children,
            "left_behind_elderly": self._elders,
        }
        if extract in made:
            frame = made[extract](month)
        elif extract in EXTRACTS:
            frame = self._whole_of(extract).filter(pl.col("_month") == month)
        else:
            frame = self._as_known(extract, self._whole_of(extract), month)
        columns = [column.name for column in self.contracts[extract].columns]
        return self._as_said(extract, frame.select(*columns, "_person", "_household", "_area"))

    def _as_said(self, extract: str, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows with what the list says instead of the truth."""
        for (of, column), said in self.work.faults.overlays.items():
            if of != extract:
                continue
            kind = frame.schema[column]
            values = pl.Series("said", list(said.values()), dtype=kind)
            told = pl.DataFrame({"_person": pl.Series(list(said), dtype=frame.schema["_person"]), "said": values})
            joined = frame.join(told.with_columns(is_said=True), on="_person", how="left", maintain_order="left")
            chosen = pl.when(pl.col("is_said")).then("said").otherwise(column).alias(column)
            frame = joined.with_columns(chosen).drop("said", "is_said")
        return frame

    def _whole_of(self, extract: str) -> pl.DataFrame:
        if extract not in self._whole:
            self._whole[extract] = self._make(extract)
        return self._whole[extract]

    def _make(self, extract: str) -> pl.DataFrame:
        makers: dict[str, Callable[[], pl.DataFrame]] = {
            "lifted_households": self._lifted,
            "monitored_households": self._monitored,
            "warning_checks": self._checks,
            "applications": self._applied,
            "assistance_measures": self._measures,
            "survey_visits": self._visits,
            "village_inspections": self._inspections,
            "inspection_issues": self._issues,
            "tekun_recipients": self._tekun,
            "referrals": lambda: _show(self._drawn(self.work.referrals, self._of_households)),
            "service_needs": lambda: self._drawn(self.work.service_needs, self._of_persons),
            "meeting_actions": lambda: self._of_nobody(self.work.meetings),
            "trainings": lambda: self._of_nobody(self.work.trainings),
        }
        if extract in makers:
            return makers[extract]()
        if extract in EXTRACTS:
            return self._warnings(extract)
        if extract in self.work.world.assets.rows:
            return self._assets(extract)
        return self._register(extract)

    def _as_known(self, extract: str, whole: pl.DataFrame, month: int) -> pl.DataFrame:
        """The rows whose first day has come by the month's end, without the days that have not."""
        end = self.work.world.window.ends[month].astype(object)
        frame = whole.filter(pl.col("_from") <= end)
        if "_hidden" in frame.columns:
            frame = frame.filter(~pl.col("_hidden").str.contains(f",{month},", literal=True))
        if "last_visit_on" in frame.columns:
            frame = frame.with_columns(last_visit_on=pl.lit(end) - pl.duration(days=pl.col("_visited_before")))
        dated = [
            column.name
            for column in self.contracts[extract].columns
            if column.type == "date" and column.name not in PLANS
        ]
        follows = [
            pl.when(pl.col(day) <= end).then(pl.col(name)).alias(name) for name, day in FOLLOWS.get(extract, {}).items()
        ]
        if extract == "applications":
            follows[0] = pl.when(pl.col("decided_on") <= end).then("result").otherwise(pl.lit("办理中")).alias("result")
        known = [pl.when(pl.col(day) <= end).then(pl.col(day)).alias(day) for day in dated]
        return frame.with_columns(follows).with_columns(known)

    @cached_property
    def _persons(self) -> pl.DataFrame:
        """Name, ID, village, household and head of each person, by place."""
        people = self.work.world.people
        head = people.head[people.household]
        return frame_of(
            {
                "household_no": people.household_no[people.household],
                "village": people.village_names[people.village],
                "head_name": people.name[head],
                "head_id_no": people.id_no[head],
                "name": people.name,
                "id_no": people.id_no,
                "_person": np.arange(people.persons),
                "_household": people.household,
                "_area": people.village,
            }
        )

    def _of_persons(self, persons: Ints | Sequence[int], **columns: Any) -> pl.DataFrame:
        return self._persons[np.asarray(persons, dtype=np.int64)].with_columns(**series(columns))

    def _of_households(self, households: Ints | Sequence[int], **columns: Any) -> pl.DataFrame:
        """Rows of household heads; name and ID are the head's."""
        heads = self.work.world.people.head[np.asarray(households, dtype=np.int64)]
        return self._of_persons(heads, **columns)

    def _village(self, villages: Sequence[int], **columns: Any) -> pl.DataFrame:
        area = np.asarray(villages, dtype=np.int64)
        nothing = np.full(len(area), -1)
        truth = {"_person": nothing, "_household": nothing, "_area": area}
        return frame_of({"village": self.work.world.people.village_names[area], **truth, **columns})

    def _drawn(self, rows: Rows, of: Callable[..., pl.DataFrame]) -> pl.DataFrame:
        return of(rows.who, **rows.columns, _from=rows.since)

    def _of_nobody(self, rows: Rows) -> pl.DataFrame:
        nobody = {"_person": rows.who, "_household": rows.who, "_area": rows.who}
        return frame_of({**rows.columns, **nobody, "_from": rows.since})

    # Registers that change by the month.

    @cached_property
    def _roster_base(self) -> pl.DataFrame:
        people = self.work.world.people
        return self._persons.with_columns(
            **series(
                {
                    "sex": people.sex,
                    "relation": people.relation,
                    "resident": people.resident,
                    "labour_capacity": people.labour,
                    "employment_status": people.employment,
                    "schooling": people.schooling,
                    "_joined": people.joined_on,
                    "_died": people.died_on,
                    "_moved": people.moved_on,
                }
            )
        )

    @cached_property
    def _roster_with_second_homes(self) -> pl.DataFrame:
        """The roster with persons who stand in a second household too, at its end: married in, not struck at home."""
        base, people = self._roster_base, self.work.world.people
        if not self.work.faults.second_homes:
            return base
        persons, homes = (list(column) for column in zip(*self.work.faults.second_homes, strict=True))
        head = people.head[np.array(homes)]
        place = {
            "household_no": people.household_no[homes],
            "village": people.village_names[people.household_village[homes]],
            "head_name": people.name[head],
            "relation": texts(["儿媳"] * len(homes)),
            "_household": np.array(homes, dtype=np.int64),
            "_area": people.household_village[homes],
        }
        return pl.concat([base, base[persons].with_columns(**series(place))])

    def _roster(self, month: int) -> pl.DataFrame:
        end = self.work.world.window.ends[month].astype(object)
        status = (
            pl.when(pl.col("_died") <= end)
            .then(pl.lit("死亡"))
            .when(pl.col("_moved") <= end)
            .then(pl.lit("迁出"))
            .otherwise(pl.lit("在册"))
        )
        gone = pl.col("hukou_status") != "在册"
        return (
            self._roster_with_second_homes.filter(pl.col("_joined").is_null() | (pl.col("_joined") <= end))
            .with_columns(hukou_status=status)
            .with_columns(resident=pl.col("resident") & ~gone)
        )

    @cached_property
    def _income_base(self) -> pl.DataFrame:
        records, people = self.work.world.records, self.work.world.people
        start = (records.period_end.astype("datetime64[M]") - 11).astype("datetime64[D]")
        return self._of_households(
            records.household,
            period_start=start,
            period_end=records.period_end,
            **{name: records.money[name] for name in MONEY_FIELDS},
            employed_members=records.employed_members,
            household_size=records.household_size,
            **{name: records.guarantees[name] for name in GUARANTEES},
        ).with_columns(_person=pl.Series(people.head[records.household]))

    def _income(self, month: int) -> pl.DataFrame:
        """The newest record of each household with a member; one household in a hundred shows the one before too."""
        world, end = self.work.world, self.work.world.window.ends[month]
        newest = world.records.listed(world.people.households, end)
        there = (newest >= 0) & (self.work.facts[month].members > 0)
        both = stream(world.seed, "old records").random(world.people.households) < 0.01
        earlier = world.records.listed(world.people.households, end - 366)
        also = there & both & (earlier >= 0) & (earlier != newest)
        places = np.sort(np.r_[newest[there], earlier[also]])
        order = np.argsort(world.records.household[places], kind="stable")
        return self._income_base[places[order]]

    def _disabled(self, month: int) -> pl.DataFrame:
        """Living holders of a certificate; subsidies as paid, which is not always as due (DJ-5)."""
        world, end = self.work.world, self.work.world.window.ends[month]
        people = world.people
        chance = stream(world.seed, "subsidies").random((people.persons, 2))
        on_dibao = np.zeros(people.households, dtype=bool)
        for entry in self.work.registers.of("dibao"):
            if entry.is_active(month, end):
                on_dibao[entry.household] = True
        holders = np.flatnonzero((people.disability_grade > 0) & (people.certified_on <= end) & people.present(end))
        grade = people.disability_grade[holders]
        nursing = _subsidy(grade <= 2, chance[holders, 0], _standard(world.profile.policy, "nursing_subsidy_standard"))
        living = _subsidy(
            on_dibao[people.household[holders]],
            chance[holders, 1],
            _standard(world.profile.policy, "living_subsidy_standard"),
        )
        return self._of_persons(
            holders,
            disability_kind=people.disability_kind[holders],
            disability_grade=grade.astype(str).astype(object),
            certified_on=people.certified_on[holders],
            living_subsidy=living,
            nursing_subsidy=nursing,
        )

    def _children(self, month: int) -> pl.DataFrame:
        children, people = self.work.children, self.work.world.people
        there = children.listed(self.work.world, month)
        return self._of_persons(
            children.person[there],
            kind=children.kind[there],
            guardian_name=people.name[children.guardian[there]],
            monthly_amount=children.amount[there],
            admitted_on=children.admitted_on[there],
        )

    def _elders(self, month: int) -> pl.DataFrame:
        elders = self.work.elders
        there = elders.listed(self.work.world, month)
        return self._of_persons(elders.person[there], last_visit_on=elders.last_visit(month)[there])

    # Whole lists, cut to the month afterwards.

    def _lifted(self) -> pl.DataFrame:
        world = self.work.world
        households = np.flatnonzero(world.lifted & (self.work.facts[0].members > 0))
        first = np.repeat(world.window.first_day, len(households))
        return self._of_households(households, lifted_year=world.lifted_year[households], _from=first)

    def _register(self, extract: str) -> pl.DataFrame:
        register = {
            "dibao_recipients": "dibao",
            "dibao_edge_members": "dibao_edge",
            "rigid_expense_members": "rigid_expense",
        }
        entries = sorted(self.work.registers.of(register[extract]), key=lambda entry: (entry.person, entry.admitted_on))
        return self._entries(entries).with_columns(
            **series(
                {
                    "cover_mode": texts(entry.cover_mode for entry in entries),
                    "monthly_amount": np.array([entry.amount for entry in entries], dtype=float),
                    "gradual_exit_from": days(entry.gradual_exit_from for entry in entries),
                }
            )
        )

    def _entries(self, entries: list[Entry]) -> pl.DataFrame:
        return self._of_persons(
            [entry.person for entry in entries],
            checked_on=days(entry.checked_on for entry in entries),
            admitted_on=days(entry.admitted_on for entry in entries),
            exited_on=days(entry.exited_on for entry in entries),
            exit_reason=texts(entry.exit_reason for entry in entries),
            _from=days(entry.admitted_on for entry in entries),
            _hidden=texts("," + "".join(f"{month}," for month in sorted(entry.hidden)) for entry in entries),
        )

    def _tekun(self) -> pl.DataFrame:
        world = self.work.world
        entries = sorted(self.work.registers.of("tekun"), key=lambda entry: (entry.person, entry.admitted_on))
        chance = stream(world.seed, "tekun care").random((world.people.persons, 4))[[entry.person for entry in entries]]
        age = world.people.age(world.window.last_day)[[entry.person for entry in entries]]
        at_home = chance[:, 0] >= 0.24
        care = np.where((age > 78) & (chance[:, 1] < 0.5), "全护理", np.where(chance[:, 1] < 0.45, "半护理", "全自理"))
        agreed = at_home & (chance[:, 2] < 0.9)
        admitted = days(entry.admitted_on for entry in entries)
        return self._entries(entries).with_columns(
            **series(
                {
                    "care_mode": np.where(at_home, "分散", "集中").astype(object),
                    "self_care": care.astype(object),
                    "monthly_amount": np.array([entry.amount for entry in entries], dtype=float),
                    "care_agreement_on": np.where(agreed, admitted + 12, np.datetime64("NaT", "D")),
                    "last_visit_on": admitted,
                    "_visited_before": np.where(chance[:, 3] < 0.86, chance[:, 3] * 32, 30 + chance[:, 3] * 60).astype(
                        np.int64
                    ),
                }
            )
        )  # fmt: skip

    def _monitored(self) -> pl.DataFrame:
        spells = sorted(self.work.spells, key=lambda spell: (spell.discovered_on, spell.household))
        steps = (
            "discovered_on", "verified_on", "reviewed_on", "publicity_from", "publicity_to", "town_audited_on",
            "approved_on", "entered_on", "plan_on", "exit_publicity_from", "exit_publicity_to", "eliminated_on",
        )  # fmt: skip
        return self._of_households(
            [spell.household for spell in spells],
            **{name: days(getattr(spell, name) for spell in spells) for name in steps},
            monitored_type=texts(spell.monitored_type for spell in spells),
            channel=texts(spell.channel for spell in spells),
            risk_cause=texts("、".join(spell.causes) for spell in spells),
            green_channel=[spell.green_channel for spell in spells],
            contact_name=texts(spell.contact_name for spell in spells),
            elimination_kind=texts(spell.elimination_kind for spell in spells),
            held=[spell.held for spell in spells],
            _from=days(spell.discovered_on for spell in spells),
        )

    def _checks(self) -> pl.DataFrame:
        checks = sorted(self.work.checks, key=lambda check: (check.pushed_on, check.household, check.extract))
        starts = self.work.world.window.starts
        frame = self._of_households(
            [check.household for check in checks],
            source_extract_title=texts(self.contracts[check.extract].title for check in checks),
            warning_month=starts[[check.month for check in checks]],
            pushed_on=days(check.pushed_on for check in checks),
            verified_on=days(check.verified_on for check in checks),
            result=texts(check.result for check in checks),
            _from=days(check.pushed_on for check in checks),
            _shows=texts(check.shows for check in checks),
        )
        return _show(frame)

    def _applied(self) -> pl.DataFrame:
        found = sorted(self.work.applications, key=lambda item: (item.applied_on, item.household))
        return self._of_households(
            [item.household for item in found],
            kind=texts(item.kind for item in found),
            applied_on=days(item.applied_on for item in found),
            checked_on=days(item.checked_on for item in found),
            result=texts(item.result for item in found),
            reject_reason=texts(item.reject_reason for item in found),
            decided_on=days(item.decided_on for item in found),
            _from=days(item.applied_on for item in found),
        )

    def _measures(self) -> pl.DataFrame:
        found = sorted(self.work.measures, key=lambda item: (item.entered_on, item.household, item.category))
        frame = self._of_households(
            [item.household for item in found],
            category=texts(item.category for item in found),
            content=texts(item.content for item in found),
            responsible_unit=texts(item.responsible_unit for item in found),
            due_on=days(item.due_on for item in found),
            done_on=days(item.done_on for item in found),
            amount=np.array([np.nan if item.amount is None else item.amount for item in found], dtype=float),
            _from=days(item.entered_on for item in found),
            _shows=texts(item.shows for item in found),
        )
        return _show(frame)

    def _visits(self) -> pl.DataFrame:
        found = sorted(self.work.visits, key=lambda item: (item.visited_on, item.household))
        return self._of_households(
            [item.household for item in found],
            round=np.array([item.round for item in found], dtype=np.int64),
            year=np.array([item.year for item in found], dtype=np.int64),
            visited_on=days(item.visited_on for item in found),
            visitor=texts(item.visitor for item in found),
            form_done=[item.form_done for item in found],
            findings=texts(item.findings or None for item in found),
            _from=days(item.visited_on for item in found),
        )

    def _inspections(self) -> pl.DataFrame:
        found = sorted(self.work.inspections, key=lambda item: (item.inspected_on, item.village))
        return self._village(
            [item.village for item in found],
            year=np.array([item.year for item in found], dtype=np.int64),
            kind=texts(item.kind for item in found),
            inspected_on=days(item.inspected_on for item in found),
            team=texts(item.team for item in found),
            _from=days(item.inspected_on for item in found),
        )

    def _issues(self) -> pl.DataFrame:
        found = self.work.issues
        people = self.work.world.people
        numbers = [None if item.household is None else people.household_no[item.household] for item in found]
        return self._village(
            [item.village for item in found],
            issue_no=texts(item.issue_no for item in found),
            inspection_kind=texts(item.inspection_kind for item in found),
            found_on=days(item.found_on for item in found),
            category=texts(item.category for item in found),
            description=texts(item.description for item in found),
            household_no=texts(numbers),
            responsible_unit=texts(item.responsible_unit for item in found),
            due_on=days(item.due_on for item in found),
            rectified_on=days(item.rectified_on for item in found),
            lookback_on=days(item.lookback_on for item in found),
            lookback_result=texts(item.lookback_result for item in found),
            _from=days(item.found_on for item in found),
        )

    def _warnings(self, extract: str) -> pl.DataFrame:
        """All rows of a warning list; _month is the list's month."""
        world = self.work.world
        events, rng = world.events, stream(world.seed, "warning columns", extract)
        chosen = np.flatnonzero(events.of(extract))
        day, severity, person = events.day[chosen], events.severity[chosen], events.person[chosen]
        frame = self._of_persons(person, _month=events.month[chosen], _day=day)
        frame = frame.with_columns(**series(_warning_columns(world, extract, person, day, severity, rng)))
        planted = [row for row in self.work.faults.warnings if row[0] == extract]
        if planted:
            frame = pl.concat([frame, self._planted_warnings(extract, planted).select(frame.columns)])
        return frame.sort("_month", "_day", "_person")

    def _planted_warnings(self, extract: str, planted: list[tuple[str, int, int, np.datetime64]]) -> pl.DataFrame:
        """Rows of a list beside those of the events."""
        rng = stream(self.work.world.seed, "warning columns", extract, "planted")
        person = np.array([row[1] for row in planted], dtype=np.int64)
        day = days(row[3] for row in planted)
        frame = self._of_persons(person, _month=np.array([row[2] for row in planted], dtype=np.int64), _day=day)
        columns = _warning_columns(self.work.world, extract, person, day, rng.random(len(person)), rng)
        return frame.with_columns(**series(columns))

    def _assets(self, extract: str) -> pl.DataFrame:
        """All rows of an asset list; a row is listed from its day on."""
        rows = self.work.world.assets.rows[extract]
        since, person = rows["since"], rows["person"]
        kind = rows.get("kind", np.array([], dtype=object))
        columns: dict[str, dict[str, Any]] = {
            "vehicles": {"vehicle_kind": kind, "registered_on": since, "price": rows.get("amount")},
            "real_estate": {"kind": kind, "area_m2": rows.get("area"), "registered_on": since},
            "businesses": {"kind": kind, "established_on": since, "status": rows.get("status")},
            "public_payroll": {"employer": rows.get("employer")},
            "enterprise_pension": {"kind": kind, "monthly_amount": rows.get("amount")},
            "financial_assets": {"kind": kind, "amount": rows.get("amount")},
        }
        frame = self._of_persons(person, **columns[extract], _from=since)
        if extract == "businesses":
            frame = frame.with_columns(
                business_name=pl.col("village") + pl.col("name").str.slice(0, 1) + "氏" + pl.col("kind")
            )
        return frame


def _warning_columns(
    world: World, extract: str, person: Ints, day: np.ndarray, severity: np.ndarray, rng: np.random.Generator
) -> dict[str, Any]:
    """The columns a warning list has beside name, ID and village."""
    people, count = world.people, len(person)

    def words(choices: tuple[str, ...]) -> np.ndarray:
        return rng.choice(np.array(choices, dtype=object), count)

    limit = _standard(world.profile.policy, "medical_bill_limit", 10_000)
    age = people.age(world.window.first_day)[person]
    grade_year = np.clip(age - 6, 1, 9)
    schools = np.where(grade_year <= 6, "中心小学", "初级中学").astype(object)
    loss = np.round(3_000 + severity * 40_000, 2)
    month_end = (day.astype("datetime64[M]") + 1).astype("datetime64[D]") - 1
    columns: dict[str, dict[str, Any]] = {
        "temporary_assistance": {
            "reason": words(REASONS), "amount": np.round(500 + severity**2 * 5_000, 0),
            "accepted_on": day - rng.integers(2, 12, count), "paid_on": day,
        },
        "new_severe_disability": {
            "disability_kind": people.disability_kind[person],
            "disability_grade": people.disability_grade[person].astype(str).astype(object), "certified_on": day,
        },
        "school_dropouts": {"school": schools, "grade": texts(f"{year}年级" for year in grade_year), "dropped_on": day},
        "lost_public_posts": {
            "change": np.where(people.employment[person] == "公益岗位", "公益岗位取消", "失业").astype(object),
            "changed_on": day,
        },
        "high_medical_bills": {"self_paid_total": np.round(limit + severity**2 * 60_000, 2), "as_at": month_end},
        "unsafe_housing": {
            "grade": np.where(severity < 0.6, "C", "D").astype(object), "assessed_on": day,
            "repair_status": words(("未改造", "改造中", "已完成")),
        },
        "major_disease": {"disease": words(DISEASES), "diagnosed_on": day},
        "failed_industry": {"industry": words(INDUSTRIES), "loss": loss, "happened_on": day},
        "disaster_affected": {
            "disaster": words(("水旱", "水旱", "气象", "气象", "火灾", "生物", "地质")), "loss": loss,
            "happened_on": day,
        },
        "unsafe_water": {"problem": words(("水量", "水质", "取水方便程度", "供水保证率")), "found_on": day},
        "accident_injuries": {
            "event": words(("交通事故", "交通事故", "交通事故", "刑事案件", "森林火灾")), "happened_on": day,
        },
        "petitions": {"content": words(CONTENTS), "registered_on": day},
    }  # fmt: skip
    return columns[extract]


def _subsidy(due: Bools, chance: np.ndarray, standard: float) -> np.ndarray:
    """The standard where due: one in fourteen is not paid, one in forty is paid off-standard; few others are paid."""
    paid = np.where(due, chance > 0.07, chance > 0.997)
    amount = np.where(chance > 0.975, standard - 10, standard)
    return np.where(paid, np.where(due, amount, standard), np.nan)


def _standard(policy: tuple[Parameter, ...], name: str, otherwise: float = 70) -> float:
    found = [item for item in policy if item.parameter == name and item.number is not None]
    return float(max(found, key=lambda item: item.valid_from).number or otherwise) if found else otherwise


def _show(frame: pl.DataFrame) -> pl.DataFrame:
    """Ledgers of the town name the household by its number, by its head's ID, or by both."""
    return frame.with_columns(
        household_no=pl.when(pl.col("_shows") != "id").then("household_no"),
        head_id_no=pl.when(pl.col("_shows") != "number").then("head_id_no"),
    )
