"""How a department's clerk writes a list: file kind, header, dates, amounts. A clerk keeps the same ways each month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from warehouse.contracts import Contract
from warehouse.sample.clock import stream

LARGE_LIST = 8_000
SMALL_ENOUGH_FOR_XLS = 2_500
# Large lists that come as a workbook now and then: extract -> every how many months.
LARGE_WORKBOOKS = {"household_income": 6, "survey_visits": 9}

ENCODINGS = {"gb18030": 0.42, "utf-8-sig": 0.28, "utf-8": 0.18, "utf-16": 0.12}
DELIMITERS = {",": 0.72, "\t": 0.15, ";": 0.13}
DATE_STYLES = {"iso": 0.30, "slash": 0.20, "dot": 0.12, "compact": 0.12, "chinese": 0.10, "cell": 0.11, "serial": 0.05}
MONTH_STYLES = {"chinese": 0.4, "dash": 0.3, "compact": 0.15, "slash": 0.15}
MONEY_STYLES = {"plain": 0.55, "two_decimals": 0.25, "thousands": 0.20}
VILLAGE_STYLES = {"村": 0.55, "": 0.17, "村委会": 0.15, "村民委员会": 0.06, "行政村": 0.07}
YES_NO_STYLES = {("是", "否"): 0.5, ("有", "无"): 0.15, ("1", "0"): 0.13, ("Y", "N"): 0.11, ("√", "否"): 0.11}
GRADE_STYLES = {"digit": 0.4, "一级": 0.35, "1级": 0.25}
LIST_SIGNS = {"、": 0.6, ",": 0.2, "，": 0.2}

# Other headings for the same thing, as departments write them.
HEADINGS = {
    "户编号": ("户号", "家庭编号", "农户编号"),
    "村": ("所属村", "行政村", "村名", "所在村"),
    "户主姓名": ("户主",),
    "姓名": ("人员姓名",),
    "身份证号码": ("身份证号", "公民身份号码", "证件号码"),
    "户主身份证号码": ("户主身份证号", "户主公民身份号码"),
    "与户主关系": ("与户主的关系",),
    "常住": ("是否常住",),
    "务工状态": ("务工情况",),
    "家庭人口": ("家庭人口数",),
    "保障方式": ("低保类型",),
    "月保障金额": ("低保金额",),
    "核对日期": ("经济核对日期",),
    "纳入日期": ("纳入时间",),
    "退出日期": ("停保日期",),
    "残疾类别": ("残疾类型",),
    "残疾等级": ("残疾级别",),
    "车辆类型": ("车型",),
    "面积": ("建筑面积",),
    "病种": ("疾病名称",),
    "确诊日期": ("确诊时间",),
    "入户日期": ("走访日期",),
    "整改日期": ("整改完成日期",),
}


@dataclass(frozen=True)
class Habit:
    """The ways of one clerk with one list."""

    kind: str
    encoding: str
    delimiter: str
    title_row: bool
    unit_row: bool
    two_row_header: bool
    blank_column: bool
    blank_rows: bool
    number_column: bool
    extra_columns: tuple[str, ...]
    total_row: bool
    subtotals: bool
    notes: bool
    hidden_sheet: bool
    note_sheet: str
    headings: dict[str, str]
    shuffled: bool
    messy_headings: bool
    date_style: str
    month_style: str
    money_style: str
    village_style: str
    yes_no: tuple[str, str]
    grade_style: str
    list_sign: str
    spaced_names: bool
    apostrophe: bool
    lower_x: bool
    number_cells: bool


def habit_of(contract: Contract, month: int, rows: int, seed: int) -> Habit:
    """The usual clerk's ways; one month in eight somebody else writes the list.

    rows: how long the list is; long lists are exported as text, short ones typed into a workbook.
    """
    stands_in = stream(seed, "stand-in", contract.extract, month).random() < 0.125
    rng = stream(seed, "habit", contract.extract, *([month] if stands_in else []))
    kind = _pick({"csv": 0.36, "xlsx": 0.42, "xls": 0.22}, rng)
    two_row_header = rng.random() < 0.14
    drawn = Habit(
        kind=kind,
        encoding=_pick(ENCODINGS, rng),
        delimiter=_pick(DELIMITERS, rng),
        title_row=bool(rng.random() < 0.5),
        unit_row=bool(rng.random() < 0.3),
        two_row_header=bool(two_row_header),
        blank_column=bool(rng.random() < 0.12),
        blank_rows=bool(rng.random() < 0.18),
        number_column=bool(rng.random() < 0.4),
        extra_columns=tuple(name for name in ("备注", "填报单位", "民族") if rng.random() < 0.15),
        total_row=bool(rng.random() < 0.3),
        subtotals=bool(rng.random() < 0.45),
        notes=bool(rng.random() < 0.3),
        hidden_sheet=bool(rng.random() < 0.2),
        note_sheet=_pick({"": 0.75, "before": 0.08, "after": 0.17}, rng),
        headings=_draw_headings(contract, rng),
        shuffled=bool(rng.random() < 0.2),
        messy_headings=bool(rng.random() < 0.3),
        date_style=_pick(DATE_STYLES, rng),
        month_style=_pick(MONTH_STYLES, rng),
        money_style=_pick(MONEY_STYLES, rng),
        village_style=_pick(VILLAGE_STYLES, rng),
        yes_no=_pick(YES_NO_STYLES, rng),
        grade_style=_pick(GRADE_STYLES, rng),
        list_sign=_pick(LIST_SIGNS, rng),
        spaced_names=bool(rng.random() < 0.15),
        apostrophe=bool(rng.random() < 0.15),
        lower_x=bool(rng.random() < 0.2),
        number_cells=bool(rng.random() < 0.7),
    )
    return _fitted(drawn, contract.extract, month, rows)


def _draw_headings(contract: Contract, rng: np.random.Generator) -> dict[str, str]:
    headings = {}
    for column in contract.columns:
        others = HEADINGS.get(column.title, ())
        chosen = str(rng.choice(others)) if others and rng.random() < 0.3 else column.title
        headings[column.name] = chosen
    return headings


def _fitted(habit: Habit, extract: str, month: int, rows: int) -> Habit:
    """The same ways as far as the length of the list lets them."""
    changes: dict[str, Any] = {}
    if rows > LARGE_LIST:
        every = LARGE_WORKBOOKS.get(extract)
        changes["kind"] = "xlsx" if every and month % every == every // 2 else "csv"
        changes["subtotals"] = False
    elif habit.kind == "xls" and rows > SMALL_ENOUGH_FOR_XLS:
        changes["kind"] = "xlsx"
    if changes.get("kind", habit.kind) == "csv":
        changes["date_style"] = "slash" if habit.date_style == "cell" else habit.date_style
    return replace(habit, **changes)


Choice = TypeVar("Choice")


def _pick(weights: dict[Choice, float], rng: np.random.Generator) -> Choice:
    shares = np.cumsum(list(weights.values()))
    return list(weights)[int(np.searchsorted(shares, rng.random() * shares[-1], side="right"))]
