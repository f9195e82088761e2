"""The work ledgers: what town and departments did about the warnings, the monitored and the applications."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from warehouse.profiles import Stage
from warehouse.sample import names
from warehouse.sample.clock import Window, stream
from warehouse.sample.deliveries import Delivery
from warehouse.sample.events import EXTRACTS
from warehouse.sample.people import LOST_LABOUR, NO_LABOUR
from warehouse.sample.registers import Registers
from warehouse.sample.units import DEPARTMENT_OF_MEASURE, unit_of
from warehouse.sample.world import MonthFacts, World

Day = np.datetime64

TYPE_TITLES = {"unstable_lifted": "脱贫不稳定户", "edge_poor": "边缘易致贫户", "sudden_hardship": "突发严重困难户"}
CAUSE_TITLES = {
    "major_disease": "因病",
    "high_medical_bills": "因病",
    "new_severe_disability": "因残",
    "school_dropouts": "因学",
    "lost_public_posts": "因就业",
    "failed_industry": "因产业",
    "disaster_affected": "因灾",
    "accident_injuries": "因意外",
    "unsafe_housing": "住房",
    "unsafe_water": "饮水",
}
MEASURES = {
    "因病": ("医疗", "协助办理大病保险和医疗救助"),
    "因学": ("教育", "送教上门、落实教育资助"),
    "因残": ("兜底保障", "落实残疾人两项补贴"),
    "因灾": ("临时救助", "发放受灾救助金"),
    "因产业": ("产业", "发展小规模种养，落实产业奖补"),
    "因就业": ("就业", "推荐公益性岗位"),
    "因意外": ("临时救助", "给予急难型临时救助"),
    "住房": ("住房", "纳入危房改造"),
    "饮水": ("饮水", "改造入户管网"),
    "缺劳力": ("兜底保障", "评估后纳入兜底保障"),
    "其他": ("社会帮扶", "安排干部结对帮扶"),
}


@dataclass(frozen=True)
class Spell:
    """One household's time under monitoring, with the day of each step; None where it was not taken."""

    household: int
    monitored_type: str
    channel: str
    causes: tuple[str, ...]
    green_channel: bool
    discovered_on: Day
    verified_on: Day | None
    reviewed_on: Day | None
    publicity_from: Day | None
    publicity_to: Day | None
    town_audited_on: Day | None
    approved_on: Day | None
    entered_on: Day | None
    contact_name: str | None
    plan_on: Day | None
    held: bool | None
    exit_publicity_from: Day | None = None
    exit_publicity_to: Day | None = None
    eliminated_on: Day | None = None
    elimination_kind: str | None = None

    def is_active(self, end: Day) -> bool:
        """Approved and not eliminated on the day."""
        approved = self.approved_on is not None and self.approved_on <= end
        return bool(approved and (self.eliminated_on is None or self.eliminated_on > end))


def draw_spells(world: World, facts: list[MonthFacts], registers: Registers) -> list[Spell]:
    """Monitoring spells: most households in need that no register holds, and some that one holds."""
    rng = stream(world.seed, "spells")
    needy = np.stack([month.type_eligible != None for month in facts], axis=1)  # noqa: E711 (elementwise)
    covered = np.zeros_like(needy)
    for entry in registers.entries:
        for month in range(world.window.months):
            covered[entry.household, month] |= entry.is_active(month, world.window.ends[month])
    spells = []
    for household in np.flatnonzero(needy.any(axis=1)).tolist():
        month = int(np.argmax(needy[household]))
        is_covered = bool(covered[household, month])
        if rng.random() > (0.17 if is_covered else 0.87):
            continue
        if month == 0:
            discovered = world.window.first_day - int(rng.integers(10, 600))
        else:
            discovered = world.window.starts[month] + int(rng.integers(1, 50))
        if discovered > world.window.last_day:
            continue
        spell = _identify(world, facts[month], household, month, discovered, rng)
        spells.append(_eliminate(world, spell, needy[household], rng))
    return spells + _old_spells(world, facts, rng)


def _identify(
    world: World, facts: MonthFacts, household: int, month: int, discovered: Day, rng: np.random.Generator
) -> Spell:
    """Steps from discovery to plan: most within their limits, some slow, a few left out, a few impossible."""
    causes, warned = _causes(world, facts, household, month, rng)
    channel = (
        "部门预警"
        if warned and rng.random() < 0.8
        else str(rng.choice(["自主申报", "干部排查", "社会监督"], p=[0.36, 0.52, 0.12]))
    )
    late = world.effects.late[world.people.household_village[household]]
    check = 0 if channel == "干部排查" and rng.random() < 0.8 else int(rng.integers(0, 3))
    verified = discovered + (int(rng.integers(3, 12)) if rng.random() < late else check)
    reviewed = verified + (int(rng.integers(4, 9)) if rng.random() < 0.09 else int(rng.integers(0, 4)))
    publicity = reviewed + int(rng.integers(0, 3))
    ended = publicity + (int(rng.integers(2, 5)) if rng.random() < 0.07 else int(rng.integers(5, 8)))
    audited = ended + int(rng.integers(0, 2))
    approved = audited + (int(rng.integers(4, 15)) if rng.random() < 0.14 else int(rng.integers(0, 3)))
    plan = (
        None
        if rng.random() < 0.05
        else approved + (int(rng.integers(11, 30)) if rng.random() < 0.12 else int(rng.integers(1, 10)))
    )
    green = rng.random() < 0.05
    if rng.random() < 0.01:
        verified = discovered - int(rng.integers(1, 6))
    head = int(world.people.head[household])
    idle = not np.isin(world.people.labour[list(world.people.members(household))], ["普通劳动力", "弱劳动力"]).any()
    return Spell(
        household=household,
        monitored_type=TYPE_TITLES[facts.type_eligible[household] or "edge_poor"],
        channel=channel,
        causes=causes,
        green_channel=green,
        discovered_on=discovered,
        verified_on=verified,
        reviewed_on=None if rng.random() < 0.02 else reviewed + (9 if green else 0),
        publicity_from=publicity + (9 if green else 0),
        publicity_to=ended + (9 if green else 0),
        town_audited_on=audited + (9 if green else 0),
        approved_on=approved + (9 if green else 0),
        entered_on=approved + (9 if green else 0) + int(rng.integers(0, 4)),
        contact_name=None if rng.random() < 0.04 else _visitor(head, rng),
        plan_on=plan if plan is None or not green else plan + 9,
        held=bool(rng.random() < 0.75) if idle else False,
    )


def _causes(
    world: World, facts: MonthFacts, household: int, month: int, rng: np.random.Generator
) -> tuple[tuple[str, ...], bool]:
    """Risk causes in the ledger's words, and whether a department warned of one."""
    found = list(dict.fromkeys(CAUSE_TITLES[e] for e in world.causes(household, month) if e in CAUSE_TITLES))
    if found:
        return tuple(found[:3]), True
    members = list(world.people.members(household))
    if (world.people.disability_grade[members] > 0).any():
        found.append("因残")
    if np.isin(world.people.labour[members], [NO_LABOUR, LOST_LABOUR]).all():
        found.append("缺劳力")
    if facts.tests.rigid_spend[household]:
        found.append("因病")
    return tuple(found) or (str(rng.choice(["因病", "因就业", "其他", "缺劳力"])),), False


def _visitor(place: int, rng: np.random.Generator) -> str:
    """A cadre's name: not anybody's in the sample, since cadres are no households of it."""
    surname = names.SURNAMES[(place * 7 + 3) % 40]
    return surname + str(rng.choice(["卫国", "立新", "海燕", "志远", "晓梅", "建军"]))


def _eliminate(world: World, spell: Spell, needy: np.ndarray, rng: np.random.Generator) -> Spell:
    """The end of a spell: mostly once the need is over; one in ten breaks a rule."""
    approved = spell.approved_on
    if approved is None or approved > world.window.last_day:
        return spell
    earliest = approved + 200
    over = int(np.argmin(needy)) if not needy.all() else -1
    faulty = rng.random() < 0.09
    if faulty:
        day = approved + int(rng.integers(70, 320))
        publicity = int(rng.integers(2, 6))
    elif over >= 0 and rng.random() < 0.75:
        day = max(earliest, world.window.starts[over] + 20) + int(rng.integers(0, 60))
        publicity = int(rng.integers(5, 8))
    else:
        return spell
    if day > world.window.last_day or day < world.window.first_day or (spell.held and not faulty):
        return spell
    return replace(
        spell,
        exit_publicity_from=day - publicity - 3,
        exit_publicity_to=day - 3,
        eliminated_on=day,
        elimination_kind="稳定消除",
        held=False if spell.held is not None else None,
    )


def _old_spells(world: World, facts: list[MonthFacts], rng: np.random.Generator) -> list[Spell]:
    """Spells that ended in the years before: about one household in 300, part of the watch population."""
    people = world.people
    calm = np.flatnonzero((facts[0].type_eligible == None) & (facts[0].members > 0))  # noqa: E711 (elementwise)
    chosen = rng.permutation(calm)[: max(1, people.households // 300)]
    spells = []
    for household in sorted(chosen.tolist()):
        ended = world.window.first_day - int(rng.integers(20, 700))
        spell = _identify(world, facts[0], household, 0, ended - int(rng.integers(215, 600)), rng)
        wholly = "自然消除" if rng.random() < 0.08 else "稳定消除"
        spells.append(
            replace(
                spell, exit_publicity_from=ended - 9, exit_publicity_to=ended - 3, eliminated_on=ended,
                elimination_kind=wholly, held=False,
            )
        )  # fmt: skip
    return spells


@dataclass(frozen=True)
class Check:
    """One warning handed to the town: a household, a list, a month."""

    household: int
    extract: str
    month: int
    pushed_on: Day
    verified_on: Day | None
    result: str | None
    shows: str


def draw_checks(world: World, spells: list[Spell], deliveries: dict[tuple[str, int], Delivery]) -> list[Check]:
    """One row per household, list and month, from the day the list was passed on; some late, some never checked."""
    rng = stream(world.seed, "checks")
    people, events = world.people, world.events
    spell_of = {spell.household: spell for spell in spells}
    keys = sorted(
        set(zip(events.kind.tolist(), events.month.tolist(), people.household[events.person].tolist(), strict=True))
    )
    checks = []
    for kind, month, household in keys:
        extract = EXTRACTS[kind]
        received = deliveries[extract, month].received_on
        if received is None or rng.random() < 0.02:
            continue
        pushed = received + int(rng.integers(0, 2))
        late = world.effects.late[people.household_village[household]]
        chance = rng.random()
        delay = None if chance < 0.04 else int(rng.integers(3, 25)) if chance < 0.04 + late else int(rng.integers(0, 3))
        result = _check_result(extract, spell_of.get(household), pushed, rng)
        shows = str(rng.choice(["both", "number", "id"], p=[0.7, 0.15, 0.15]))
        checks.append(
            Check(household, extract, month, pushed, None if delay is None else pushed + delay, result, shows)
        )
    return checks


def _check_result(extract: str, spell: Spell | None, pushed: Day, rng: np.random.Generator) -> str:
    if spell is not None and spell.is_active(pushed):
        return "已在监测"
    if spell is not None and spell.eliminated_on is None and spell.discovered_on > pushed - 45:
        return "纳入监测"
    helped = 0.55 if extract == "temporary_assistance" else 0.22
    return str(rng.choice(["落实救助", "查无此人", "无风险"], p=[helped, 0.012, 1 - helped - 0.012]))


@dataclass(frozen=True)
class Application:
    household: int
    kind: str
    applied_on: Day
    checked_on: Day | None
    result: str
    reject_reason: str | None
    decided_on: Day | None


APPLIED_FOR = {"dibao": "低保", "tekun": "特困", "dibao_edge": "低保边缘", "rigid_expense": "刚性支出"}


def draw_applications(world: World, facts: list[MonthFacts], registers: Registers) -> list[Application]:
    """Applications behind the admissions of two years, rejected ones of three, and a few in progress."""
    rng = stream(world.seed, "applications")
    first, last = world.window.first_day, world.window.last_day
    found = []
    seen = set()
    for entry in registers.entries:
        key = (entry.household, entry.register, entry.admitted_on)
        if key in seen or entry.admitted_on < first - 700 or rng.random() > 0.85:
            continue
        seen.add(key)
        applied = entry.admitted_on - int(rng.integers(8, 45))
        checked = None if entry.checked_on is None else max(entry.checked_on, applied)
        kind = APPLIED_FOR[entry.register]
        found.append(Application(entry.household, kind, applied, checked, "通过", None, entry.admitted_on))
    return found + _rejected(world, facts, rng) + _pending(world, last, rng)


def _rejected(world: World, facts: list[MonthFacts], rng: np.random.Generator) -> list[Application]:
    """About one household in 140, mostly not far over the line."""
    people = world.people
    income = np.where(facts[0].tests.known, facts[0].tests.dibao_income_per_head, 15_000)
    weights = np.exp(-np.abs(income - 13_000) / 6_000) + 0.01
    eligible_tiers = ("tekun", "dibao", "dibao_edge", "rigid_expense")
    weights = np.where(np.isin(facts[0].tier_eligible, eligible_tiers), weights * 0.05, weights)
    count = max(2, people.households // 140)
    chosen = rng.choice(people.households, size=count, replace=False, p=weights / weights.sum())
    span = int((world.window.last_day - world.window.first_day).astype(int)) + 1
    found = []
    for household in sorted(chosen.tolist()):
        applied = world.window.first_day + int(rng.integers(-900, span))
        checked = applied + int(rng.integers(2, 18))
        reason = "收入超标" if facts[0].assets_ok[household] else "财产超标"
        kind = str(rng.choice(["低保", "低保边缘", "刚性支出", "特困", "临时救助"], p=[0.62, 0.18, 0.08, 0.05, 0.07]))
        decided = checked + int(rng.integers(1, 14))
        found.append(Application(household, kind, applied, checked, "不通过", reason, decided))
    return found


def _pending(world: World, last: Day, rng: np.random.Generator) -> list[Application]:
    count = max(1, world.people.households // 1_600)
    chosen = rng.choice(world.people.households, size=count, replace=False)
    return [
        Application(household, "低保", last - int(rng.integers(0, 25)), None, "办理中", None, None)
        for household in sorted(chosen.tolist())
    ]


@dataclass(frozen=True)
class Measure:
    household: int
    category: str
    content: str
    responsible_unit: str
    entered_on: Day
    due_on: Day
    done_on: Day | None
    amount: float | None
    shows: str


def draw_measures(world: World, spells: list[Spell], checks: list[Check]) -> list[Measure]:
    """Measures of monitored households (one in sixteen has none) and help after a check."""
    rng = stream(world.seed, "measures")
    found = []
    for spell in spells:
        if spell.approved_on is None or rng.random() < 0.06:
            continue
        begun = spell.plan_on or spell.approved_on + 5
        titles = list(spell.causes) + ([str(rng.choice(["其他", "因就业"]))] if rng.random() < 0.4 else [])
        for title in dict.fromkeys(titles):
            found.append(measure(world, spell.household, title, begun, rng))
    for check in checks:
        if check.result == "落实救助" and check.verified_on is not None and rng.random() < 0.85:
            title = CAUSE_TITLES.get(check.extract, "因意外")
            found.append(measure(world, check.household, title, check.verified_on, rng))
    return found


def measure(world: World, household: int, title: str, begun: Day, rng: np.random.Generator) -> Measure:
    category, content = MEASURES[title]
    due = begun + int(rng.integers(15, 120))
    chance = rng.random()
    done = (
        None if chance < 0.08 else due + int(rng.integers(1, 70)) if chance < 0.22 else due - int(rng.integers(0, 15))
    )
    paid = category in ("医疗", "临时救助", "产业", "教育", "住房", "兜底保障")
    amount = round(float(rng.lognormal(7.2, 0.7)), 2) if paid and rng.random() < 0.7 else None
    shows = str(rng.choice(["both", "number", "id"], p=[0.75, 0.17, 0.08]))
    return Measure(
        household, category, content, unit_of(world.profile, DEPARTMENT_OF_MEASURE[category]), begun, due,
        None if done is None else max(done, begun), amount, shows,
    )  # fmt: skip


@dataclass(frozen=True)
class Visit:
    household: int
    year: int
    round: int
    visited_on: Day
    visitor: str
    form_done: bool
    findings: str


def survey_rounds(calendar: tuple[Stage, ...], window: Window) -> list[tuple[int, int, Day, Day]]:
    """(year, round, first day, last day) of each survey round in the window's years; the profile's where it has them.

    A year without rounds of its own takes the days of the profile's rounds of another year, else spring and autumn.
    """
    surveys = [stage for stage in calendar if stage.kind == "survey"]
    usual = {stage.number: (stage.starts_on, stage.ends_on) for stage in surveys}
    rounds = []
    for year in window.years:
        own = {stage.number: (stage.starts_on, stage.ends_on) for stage in surveys if stage.year == year}
        for number, (starts_on, ends_on) in sorted((own or usual).items()):
            shift = year - starts_on.year if not own else 0
            first, last = (day.replace(year=day.year + shift) for day in (starts_on, ends_on))
            rounds.append((year, number, Day(first), Day(last)))
        if not surveys:
            rounds += [
                (year, 1, Day(f"{year}-04-01"), Day(f"{year}-06-30")),
                (year, 2, Day(f"{year}-09-01"), Day(f"{year}-11-30")),
            ]
    return [item for item in rounds if item[2] <= window.last_day and item[3] >= window.first_day]


def draw_visits(world: World, facts: list[MonthFacts]) -> list[Visit]:
    """Survey visits: villages differ in how far they came; some households are visited twice."""
    rng = stream(world.seed, "visits")
    people = world.people
    resident = people.per_household(people.resident & facts[0].present) > 0
    found = []
    for year, number, first, last in survey_rounds(world.profile.calendar, world.window):
        share = world.effects.survey - (0.03 if number == 2 else 0.0) + rng.normal(0, 0.012, len(world.effects.survey))
        reached = resident & (rng.random(people.households) < share.clip(0, 1)[people.household_village])
        span = int((last - first).astype(int))
        days = first + (span * rng.beta(2.0, 1.6, people.households)).astype(np.int64)
        twice = reached & (rng.random(people.households) < 0.035)
        doubtful = rng.random(people.households) < 0.055
        for household in np.flatnonzero(reached).tolist():
            findings = "、".join(
                str(n) for n in sorted(rng.choice(10, size=int(rng.integers(1, 3)), replace=False) + 1)
            )
            visitor = _visitor(int(people.household_village[household]) + number, rng)
            is_done = bool(rng.random() < 0.965)
            noted = findings if doubtful[household] else ""
            visit = Visit(household, year, number, days[household], visitor, is_done, noted)
            found.append(visit)
            if twice[household]:
                again = min(days[household] + int(rng.integers(2, 25)), last)
                found.append(replace(visit, visited_on=again, visitor=_visitor(household, rng)))
    return found


@dataclass(frozen=True)
class Inspection:
    village: int
    year: int
    kind: str
    inspected_on: Day
    team: str


@dataclass(frozen=True)
class Issue:
    issue_no: str
    village: int
    inspection_kind: str
    found_on: Day
    category: str
    description: str
    household: int | None
    responsible_unit: str
    due_on: Day
    rectified_on: Day | None
    lookback_on: Day | None
    lookback_result: str | None


CATEGORIES = {
    "识别不准": "家庭收入核算依据不足，识别结果与实际不符",
    "漏保": "符合条件家庭未纳入保障",
    "错保": "家庭条件好转后未及时退出",
    "档案不全": "一户一档资料缺少核对授权书",
    "措施未落实": "帮扶计划中的措施未按期落实",
    "资金": "救助资金发放不及时",
    "数据质量": "台账与系统信息不一致",
    "政策宣传": "群众对政策不了解",
    "其他": "会议记录不完整",
}
CATEGORY_SHARES = (0.13, 0.14, 0.1, 0.2, 0.15, 0.04, 0.14, 0.07, 0.03)


def draw_inspections(world: World) -> list[Inspection]:
    """Each year: an inspection and later a look-back per village; two or three villages are not reached yet."""
    rng = stream(world.seed, "inspections")
    villages = len(world.people.village_names)
    found = []
    for year in world.window.years:
        order = rng.permutation(villages)
        left_out = min(int(rng.integers(2, 4)), villages - 1) if villages > 4 else 0
        for village in sorted(order[left_out:].tolist()):
            day = Day(f"{year}-03-01") + int(rng.integers(0, 200))
            found.append(Inspection(village, year, "集中督查", day, f"第{village % 4 + 1}检查组"))
            lookback = day + int(rng.integers(45, 110))
            if rng.random() < 0.86 and int(str(lookback)[:4]) == year:
                found.append(Inspection(village, year, "回头看", lookback, f"第{(village + 1) % 4 + 1}检查组"))
    window = world.window
    return [item for item in found if window.first_day <= item.inspected_on <= window.last_day]


def draw_issues(world: World, inspections: list[Inspection]) -> list[Issue]:
    """Problems found at inspections and look-backs: rectified in time, late or not; some fail, some come back."""
    rng = stream(world.seed, "issues")
    lookbacks = {(item.village, item.year): item.inspected_on for item in inspections if item.kind == "回头看"}
    closed: dict[int, list[str]] = {}
    found: list[Issue] = []
    for inspection in sorted(inspections, key=lambda item: (item.inspected_on, item.village)):
        again = closed.get(inspection.village, [])
        first = inspection.kind == "集中督查"
        for _ in range(int(rng.integers(3, 9)) if first else int(rng.integers(0, 3))):
            category = str(rng.choice(list(CATEGORIES), p=CATEGORY_SHARES))
            seen = inspection
            if not first and again and rng.random() < 0.4:
                # What came back shows some weeks after the look-back that had closed it.
                category = str(rng.choice(again))
                seen = replace(inspection, inspected_on=inspection.inspected_on + int(rng.integers(3, 40)))
            if seen.inspected_on > world.window.last_day:
                continue
            issue = _issue(world, seen, category, len(found) + 1, lookbacks, rng)
            if issue.lookback_result == "通过":
                closed.setdefault(inspection.village, []).append(category)
            found.append(issue)
    return found


def _issue(
    world: World,
    inspection: Inspection,
    category: str,
    number: int,
    lookbacks: dict[tuple[int, int], Day],
    rng: np.random.Generator,
) -> Issue:
    due = inspection.inspected_on + int(rng.choice([15, 30, 30, 60]))
    chance = rng.random()
    days = int((due - inspection.inspected_on).astype(int))
    rectified: Day | None = (
        None
        if chance < 0.12
        else due + int(rng.integers(1, 40))
        if chance < 0.28
        else (inspection.inspected_on + int(rng.integers(2, days + 1)))
    )
    lookback = lookbacks.get((inspection.village, inspection.year)) if inspection.kind == "集中督查" else None
    looked = lookback is not None and rectified is not None and rectified <= lookback and rng.random() < 0.9
    about = category in ("识别不准", "漏保", "错保", "措施未落实", "档案不全") and rng.random() < 0.8
    local = np.flatnonzero(world.people.household_village == inspection.village)
    return Issue(
        issue_no=f"{inspection.year}-{number:04d}",
        village=inspection.village,
        inspection_kind=inspection.kind,
        found_on=inspection.inspected_on,
        category=category,
        description=CATEGORIES[category],
        household=int(rng.choice(local)) if about and len(local) else None,
        responsible_unit=str(rng.choice(_rectifying_units(world), p=[0.55, 0.3, 0.15])),
        due_on=due,
        rectified_on=rectified,
        lookback_on=lookback if looked else None,
        lookback_result=("未通过" if rng.random() < 0.14 else "通过") if looked else None,
    )


def _rectifying_units(world: World) -> list[str]:
    """The village's committee, and the units of civil affairs and of revitalisation."""
    committee = "村委会" if world.profile.unit_word == "村" else f"{world.profile.unit_word}委员会"
    return [committee, *(unit_of(world.profile, code) for code in ("civil_affairs", "rural_revitalisation"))]
