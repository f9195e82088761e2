"""Exports of the civil-affairs platform: a file of persons and one of households, joined by the head's ID.

The heading stands on the third row, every cell is text, months are YYYYMM; who has left is not in it, and neither is
the day of the economic check. Counties draw their lists of the two newer registers from it; towns keep their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from warehouse.contracts import Contract
from warehouse.sample.clerk import Draft
from warehouse.sample.forms import Sheet
from warehouse.sample.habits import Habit
from warehouse.sample.places import BY_PATH, Places
from warehouse.sample.world import World

# Register -> what the platform calls it.
REGISTERS = {"dibao_edge_members": "低保边缘", "rigid_expense_members": "刚性支出"}
MARRIED = {"配偶": "已婚", "父": "已婚", "母": "已婚", "儿媳": "已婚"}
KINDS = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")


@dataclass(frozen=True)
class Export:
    """One file of the platform: its title, its columns by heading, the rows they are of."""

    title: str
    texts: pl.DataFrame
    rows: pl.DataFrame


def is_exported(extract: str, places: Places) -> bool:
    """Whether the place takes this register from the platform: a county does, a town keeps its own list."""
    return extract in REGISTERS and bool(places.towns)


def exports_of(extract: str, rows: pl.DataFrame, world: World, places: Places) -> list[Export]:
    """The export of persons and that of households; only who is on the register at the month's end."""
    rows = rows.filter(pl.col("exited_on").is_null())
    name = REGISTERS[extract]
    households = rows.unique("_household", keep="first", maintain_order=True)
    return [
        Export(f"{name}人员查询", _persons(rows, world, places, extract), rows),
        Export(f"{name}家庭查询", _households(households, rows, world, places), households),
    ]


def _persons(rows: pl.DataFrame, world: World, places: Places, extract: str) -> pl.DataFrame:
    people = world.people
    who = rows["_person"].to_numpy()
    grade, relation = people.disability_grade[who], people.relation[who]
    certificate = [
        f"{people.id_no[person]}{KINDS.index(people.disability_kind[person]) + 1}{people.disability_grade[person]}"
        if people.disability_grade[person] > 0
        else None
        for person in who.tolist()
    ]
    income = "月收入" if extract == "dibao_edge_members" else "月收入（元）"
    columns: dict[str, Any] = {
        "所属区划": _paths(rows, places),
        "家庭地址": _paths(rows, places),
        "姓名": rows["name"],
        "身份证号": rows["id_no"],
        "与户主关系": ["本人" if text == "户主" else text for text in relation],
        "户主身份证号": rows["head_id_no"],
        "性别": people.sex[who].tolist(),
        "民族": ["汉族"] * rows.height,
        "婚姻状况": [MARRIED.get(text, "未说明的婚姻状况") for text in relation],
        "文化程度": people.schooling[who].tolist(),
        "政治面貌": ["群众"] * rows.height,
        "就业状况": people.employment[who].tolist(),
        income: ["0"] * rows.height,
        "是否残疾人": ["是" if held else "否" for held in grade > 0],
        "残疾证号": certificate,
        "残疾类别": people.disability_kind[who].tolist(),
        "残疾等级": [f"{'一二三四'[held - 1]}级" if held else None for held in grade.tolist()],
        "劳动能力": people.labour[who].tolist(),
        "健康状况": ["健康或良好"] * rows.height,
        "户籍类型": ["农业家庭户口"] * rows.height,
        "是否属脱贫享受政策人口": ["是" if lifted else "否" for lifted in world.lifted[rows["_household"].to_numpy()]],
        "纳入月份": rows["admitted_on"].dt.strftime("%Y%m"),
    }
    return _as_text(columns)


def _households(heads: pl.DataFrame, rows: pl.DataFrame, world: World, places: Places) -> pl.DataFrame:
    counts = dict(rows.group_by("_household").len().iter_rows())
    paths = _paths(heads, places)
    towns = places.town_names[heads["_area"].to_numpy()]
    columns: dict[str, Any] = {
        "户主姓名": heads["head_name"],
        "户主身份证号": heads["head_id_no"],
        "保障人口数": [str(counts[household]) for household in heads["_household"].to_list()],
        "申请原因": ["其他"] * heads.height,
        "户籍类型": ["农业家庭户口"] * heads.height,
        "联系电话": [None] * heads.height,
        "家庭住址": paths,
        "所属区县": [world.profile.title] * heads.height,
        "所属街道": towns.tolist(),
        "所属社区": heads["village"],
        "纳入月份": heads["admitted_on"].dt.strftime("%Y%m"),
    }
    return _as_text(columns)


def _paths(rows: pl.DataFrame, places: Places) -> list[str]:
    """河南省许昌市鄢陵县马栏镇某某村 where that is understood, else the town and the village."""
    before = places.profile.meta.get("place", "")
    found = []
    for area in rows["_area"].to_list():
        short = places.texts(BY_PATH)[area][0]
        found.append(before + short if places.is_known(before + short, area, BY_PATH) else short)
    return found


def _as_text(columns: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame({name: pl.Series(name, list(values), dtype=pl.String) for name, values in columns.items()})


def as_file(export: Export, contract: Contract, habit: Habit, label: str) -> tuple[Sheet, Draft, Habit]:
    """The sheet, its cells and the plain ways of a machine: title, time of export, headings, rows."""
    names: tuple[str | None, ...] = tuple(export.texts.columns)
    blank = [None] * (len(names) - 1)
    sheet = Sheet(
        title=contract.title,
        columns=names,
        above=[[export.title, *blank], [f"导出月份：{label.replace('-', '')}", *blank], list(names)],
        header_rows=1,
        between={},
        below=[],
        merged=[(0, 0, 0, len(names) - 1)],
        rows=export.texts.height,
    )
    plain = replace(
        habit, kind="xlsx", title_row=True, unit_row=False, two_row_header=False, blank_column=False, blank_rows=False,
        number_column=False, extra_columns=(), total_row=False, subtotals=False, notes=False, hidden_sheet=False,
        note_sheet="", shuffled=False, messy_headings=False, date_style="compact", month_style="compact",
        money_style="plain", village_style="村", spaced_names=False, apostrophe=False, lower_x=False,
        number_cells=False,
    )  # fmt: skip
    untouched: dict[str, np.ndarray] = {}
    return sheet, Draft(export.texts, export.rows, untouched, {}, {}, {}), plain
