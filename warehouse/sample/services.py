"""Referrals to departments and needs for services: from acceptance to the end, some late, some never (DB-5, DB-6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from warehouse.sample.care import Children, Elders
from warehouse.sample.clock import NO_DAY, Days, stream
from warehouse.sample.events import EXTRACTS
from warehouse.sample.people import Ints
from warehouse.sample.registers import Registers
from warehouse.sample.units import DEPARTMENT_OF_NEED, unit_of
from warehouse.sample.world import World

NEED_OF_WARNING = {
    "major_disease": "医疗", "high_medical_bills": "医疗", "new_severe_disability": "服务", "school_dropouts": "教育",
    "lost_public_posts": "就业", "unsafe_housing": "住房", "failed_industry": "就业", "disaster_affected": "受灾",
    "temporary_assistance": "慈善", "petitions": "慈善",
}  # fmt: skip
REFERRED_SHARE = 0.5
RESULTS = {
    "医疗": ("已落实医疗救助", "已纳入大病保险报销", "不符合救助条件，已说明"),
    "教育": ("已落实教育资助", "已复学", "已说明政策"),
    "住房": ("已列入改造计划", "已完成改造", "经鉴定不属危房，已说明"),
    "就业": ("已安排公益性岗位", "已推荐就业", "本人暂无就业意愿"),
    "受灾": ("已发放救助金", "已落实过渡安置", "已说明政策"),
    "慈善": ("已对接慈善项目", "已发放慈善帮扶金", "暂无匹配项目"),
    "服务": ("已安排上门服务", "已对接养老机构", "本人暂不需要"),
}
CHARITY, SOCIAL_WORK = "慈善协会", "社会工作服务站"
PROVIDERS = {
    "访视": ("社会工作服务站", "志愿服务队"), "照料": ("敬老院", "居家养老服务中心"),
    "陪护": ("居家养老服务中心", "志愿服务队"), "助餐": ("幸福食堂", "居家养老服务中心"),
    "心理": ("社会工作服务站", "心理咨询服务中心"), "其他": ("志愿服务队", "慈善协会"),
}  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Rows of a list drawn whole: place of the person or household (-1: of neither), columns, day it is known from."""

    who: Ints
    columns: dict[str, Any]
    since: Days


def draw_referrals(world: World) -> Rows:
    """Half of the households with a warning are referred; some wait, some are never forwarded or completed."""
    rng = stream(world.seed, "referrals")
    people, events, window = world.people, world.events, world.window
    chosen = np.flatnonzero(
        (rng.random(len(events.kind)) < REFERRED_SHARE)
        & np.isin(events.kind, [EXTRACTS.index(extract) for extract in NEED_OF_WARNING])
    )
    count = len(chosen)
    need = np.array([NEED_OF_WARNING.get(extract, "服务") for extract in EXTRACTS], dtype=object)[events.kind[chosen]]
    accepted: Days = (events.day[chosen] + rng.integers(3, 40, count)).astype("datetime64[D]")
    waits = np.where(rng.random(count) < 0.13, rng.integers(4, 15, count), rng.integers(0, 3, count))
    forwarded = np.where(rng.random(count) < 0.94, accepted + waits, NO_DAY)
    chance = rng.random(count)
    takes = np.select([chance < 0.72, chance < 0.9], [rng.integers(4, 28, count), rng.integers(31, 75, count)], -1)
    completed = np.where((takes >= 0) & ~np.isnat(forwarded), forwarded + takes, NO_DAY)
    # What the office settles itself is never forwarded, and mostly soon done.
    own = np.isnat(forwarded) & (rng.random(count) < 0.6)
    completed = np.where(own, accepted + rng.integers(1, 12, count), completed)
    units = {name: unit_of(world.profile, code) for name, code in DEPARTMENT_OF_NEED.items()}
    units |= {"慈善": CHARITY, "服务": SOCIAL_WORK}
    place = np.minimum((rng.random(count) * 3.4).astype(np.int64), 2) if count else np.zeros(0, dtype=np.int64)
    order = np.lexsort((people.household[events.person[chosen]], accepted))
    order = order[(accepted <= window.last_day)[order]]
    kept = _once(order, people.household[events.person[chosen]], need)
    return Rows(
        who=people.household[events.person[chosen]][kept],
        columns={
            "need": need[kept],
            "accepted_on": accepted[kept],
            "forwarded_on": forwarded[kept],
            "forwarded_to": np.array([units[name] for name in need], dtype=object)[kept],
            "completed_on": completed[kept],
            "result": np.array([RESULTS[name][at] for name, at in zip(need, place, strict=True)], dtype=object)[kept],
            "_shows": rng.choice(np.array(["both", "number", "id"], dtype=object), count, p=[0.7, 0.2, 0.1])[kept],
        },
        since=accepted[kept],
    )


def draw_service_needs(world: World, registers: Registers, children: Children, elders: Elders) -> Rows:
    """Needs of old people, tekun, severely disabled and children; three in four are met, some late (DB-6)."""
    rng = stream(world.seed, "service needs")
    people, window = world.people, world.window
    groups = (
        (np.unique([entry.person for entry in registers.of("tekun")]).astype(np.int64), 0.55, ("照料", "陪护", "访视")),
        (elders.person, 0.10, ("访视", "助餐", "陪护", "照料")),
        (
            np.flatnonzero((people.disability_grade > 0) & (people.disability_grade <= 2)),
            0.12,
            ("照料", "陪护", "其他"),
        ),
        (children.person, 0.10, ("心理", "访视", "其他")),
    )
    who, need = [], []
    for persons, share, needs in groups:
        drawn = persons[rng.random(len(persons)) < share]
        who.append(drawn)
        need.append(rng.choice(np.array(needs, dtype=object), len(drawn)))
    person, needed = np.concatenate(who), np.concatenate(need)
    count = len(person)
    registered = window.last_day - rng.integers(0, 31 * window.months + 120, count)
    chance = rng.random(count)
    takes = np.select([chance < 0.62, chance < 0.78], [rng.integers(1, 25, count), rng.integers(31, 90, count)], -1)
    met = np.where(takes >= 0, registered + takes, NO_DAY)
    at = rng.integers(0, 2, count)
    provider = np.array([PROVIDERS[name][place] for name, place in zip(needed, at, strict=True)], dtype=object)
    provider[(takes < 0) & (rng.random(count) < 0.6)] = None
    there = people.present(window.last_day)[person]
    order = np.lexsort((person, registered))
    kept = _once(order[there[order]], person, needed)
    columns = {"need": needed, "registered_on": registered, "provider": provider, "met_on": met}
    return Rows(person[kept], {name: values[kept] for name, values in columns.items()}, registered[kept])


def _once(order: Ints, who: Ints, need: Any) -> Ints:
    """The first row of each household or person and need, in the order given."""
    keys = np.char.add(who[order].astype(str), need[order].astype(str))
    _, first = np.unique(keys, return_index=True)
    return np.asarray(order[np.sort(first)])
