"""Joint meetings, work meetings with what they settled, and trainings (YL-5, DB-8)."""

from __future__ import annotations

import datetime as dt

import numpy as np

from warehouse.profiles import Stage
from warehouse.sample.clock import NO_DAY, Days, Window, month_index, stream
from warehouse.sample.services import Rows
from warehouse.sample.units import unit_of
from warehouse.sample.world import World

JOINT, WORK = "联席会议", "工作例会"
HISTORY_MONTHS = 6
# What is settled -> the department that answers for it.
ACTIONS: tuple[tuple[str, str], ...] = (
    ("核实上月推送的预警名单并反馈结果", "town"),
    ("补报上季度缺报的预警数据", "education"),
    ("核对低保与监测对象不一致人员名单", "civil_affairs"),
    ("对渐退期满家庭逐户复核", "civil_affairs"),
    ("对风险未消除户逐户落实帮扶措施", "rural_revitalisation"),
    ("完善监测对象一户一档资料", "rural_revitalisation"),
    ("排查汛期受灾农户并落实救助", "emergency"),
    ("推进危房改造扫尾", "housing"),
    ("解决季节性缺水问题", "water"),
    ("提高大病保险报销信息推送时效", "medical_insurance"),
    ("开展公益性岗位动态调整", "human_resources"),
    ("核查残疾人两项补贴漏发情况", "disabled_federation"),
    ("复核机动车和不动产比对疑点", "public_security"),
    ("对产业失败风险户开展技术指导", "agriculture"),
)
TOPICS = (
    "低收入人口动态监测与常态化帮扶政策",
    "社会救助核对与档案规范",
    "防返贫监测识别程序与系统操作",
    "入户排查方法与信息采集",
)
ON_TIME_SHARE, LATE_SHARE = 0.62, 0.2


def draw_meetings(world: World) -> Rows:
    """A joint meeting a quarter and a work meeting a month; of what is settled a fifth is late, a fifth stays open."""
    rng = stream(world.seed, "meetings")
    met, kind, action = [], [], []
    for day, name in _meeting_days(world.window, rng):
        settled = int(rng.integers(3, 7)) if name == JOINT else int(rng.integers(1, 4))
        for place in rng.choice(len(ACTIONS), size=settled, replace=False).tolist():
            met.append(day)
            kind.append(name)
            action.append(place)
    held, count = np.array(met, dtype="datetime64[D]"), len(met)
    due = held + rng.choice(np.array([15, 20, 30, 30, 45, 60]), count)
    chance = rng.random(count)
    done = np.where(
        chance < ON_TIME_SHARE,
        held + np.maximum(1, ((due - held).astype(np.int64) * rng.uniform(0.4, 1.0, count)).astype(np.int64)),
        np.where(chance < ON_TIME_SHARE + LATE_SHARE, due + rng.integers(1, 120, count), NO_DAY),
    )
    units = np.array([unit_of(world.profile, department) for _, department in ACTIONS], dtype=object)
    return Rows(
        who=np.full(count, -1),
        columns={
            "met_on": held,
            "kind": np.array(kind, dtype=object),
            "action": np.array([ACTIONS[place][0] for place in action], dtype=object),
            "responsible_unit": units[action],
            "due_on": due,
            "done_on": done,
        },
        since=held,
    )


def _meeting_days(window: Window, rng: np.random.Generator) -> list[tuple[np.datetime64, str]]:
    """Work meetings early in each month, joint meetings late in each quarter; some months before the window too."""
    first = window.starts[0].astype("datetime64[M]") - HISTORY_MONTHS
    days = []
    for start in np.arange(first, window.starts[-1].astype("datetime64[M]") + 1):
        opens = start.astype("datetime64[D]")
        days.append((_weekday(opens + int(rng.integers(4, 12))), WORK))
        late = int(rng.integers(17, 25))
        if int(month_index(opens[None])[0] % 12) % 3 == 2:
            days.append((_weekday(opens + late), JOINT))
    return days


def _weekday(day: np.datetime64) -> np.datetime64:
    """The day itself or the Monday after."""
    return day + {5: 2, 6: 1}.get(day.astype(dt.date).weekday(), 0)


def draw_trainings(world: World) -> Rows:
    """One training a half-year, on the calendar's days where it has them; one half-year of the window is left out."""
    rng = stream(world.seed, "trainings")
    days = _training_days(world.profile.calendar, world.window, rng)
    within = [place for place, day in enumerate(days) if day >= world.window.first_day]
    missed = int(rng.choice(within)) if len(within) > 1 else -1
    held: Days = np.array([day for place, day in enumerate(days) if place != missed], dtype="datetime64[D]")
    count = len(held)
    return Rows(
        who=np.full(count, -1),
        columns={
            "held_on": held,
            "topic": rng.choice(np.array(TOPICS, dtype=object), count),
            "attendees": (len(world.people.village_names) * rng.uniform(1.5, 3.5, count)).astype(np.int64) + 8,
        },
        since=held,
    )


def _training_days(calendar: tuple[Stage, ...], window: Window, rng: np.random.Generator) -> list[np.datetime64]:
    stages = {(stage.year, stage.number): stage for stage in calendar if stage.kind == "training"}
    days = []
    for year in range(window.years[0] - 1, window.years[-1] + 1):
        for half, months in ((1, (4, 6)), (2, (9, 11))):
            stage = stages.get((year, half))
            if stage is None:
                day = np.datetime64(f"{year}-{int(rng.integers(months[0], months[1] + 1)):02d}-10") + int(
                    rng.integers(0, 15)
                )
            else:
                span = (stage.ends_on - stage.starts_on).days
                day = np.datetime64(stage.starts_on, "D") + int(rng.integers(0, span + 1))
            days.append(_weekday(day))
    return [day for day in days if day <= window.last_day]
