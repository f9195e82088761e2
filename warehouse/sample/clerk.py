"""Clean rows -> what a clerk makes of them: text in the clerk's ways, and the defects that slip in.

A defect that sits in a register stays there from month to month until somebody corrects it. Every one is recorded, so
that links and quarantine can be measured against it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from warehouse.contracts import Column, Contract
from warehouse.sample import ids
from warehouse.sample.clock import stream
from warehouse.sample.habits import DATE_STYLES, Habit
from warehouse.sample.people import People
from warehouse.sample.places import BY_COLUMN, STYLES, Places

# Defects of an identity number -> share of the rows of a list. A roster, cared for by the police, has a third of them.
ID_DEFECTS = {
    "bad_check_digit": 0.0020,
    "id_blank": 0.0010,
    "lossy_id": 0.0020,
    "id_wrong_length": 0.0005,
    "id_none_999999": 0.0005,
    "id_spaces": 0.0030,
    "id_fullwidth": 0.0015,
    "id_apostrophe": 0.0010,
    "id_lower_x": 0.0200,
}
ROSTER_FACTOR = 0.35
FIFTEEN_SHARE = 0.010
CERTIFICATE_SHARE = 0.008
NAME_DEFECTS = {"name_spaces": 0.006, "name_trailing_space": 0.006, "name_typo": 0.0008}
VILLAGE_DEFECTS = {"village_typo": 0.0020, "village_alias": 0.03}
MONEY_DEFECTS = {"amount_thousands": 0.020, "amount_yuan_sign": 0.012, "amount_wan": 0.012, "amount_fullwidth": 0.001}
NOTHING_DEFECTS = {"amount_none_word": 0.015, "amount_dash": 0.015, "amount_blank": 0.010}
OTHER_STYLE_SHARE = 0.05
BAD_DATE_SHARE, CODE_OUTSIDE_SHARE = 0.0008, 0.0008
DUPLICATE_SHARE, CONFLICT_SHARE = 0.0020, 0.0015
# Amounts that may differ where a person stands twice, without changing what a household is entitled to.
CONFLICTING = {
    "dibao_recipients": "monthly_amount",
    "disabled_persons": "living_subsidy",
    "temporary_assistance": "amount",
    "vehicles": "price",
    "high_medical_bills": "self_paid_total",
}
LOOKALIKES = dict(zip("伟芳英军玲丽明华云林", "炜方瑛君铃莉铭桦芸琳", strict=True))
VILLAGE_LOOKALIKES = dict(
    zip("疃炮燕杨圩沟庙楼坊里寨田桥集陈王刘徐郭", "町泡雁扬墟勾苗娄方李塞由侨隻阵玉浏余廓", strict=True)
)
# For names of other places, tried where the usual ones do not fit.
MORE_LOOKALIKES = dict(
    zip(
        "马岗店屯营白图塔东西河家张李赵店坡湖山水前后上下新南北力艾",
        "吗岚点囤莹百土搭冬酉何稼帐季肖点波胡出永剪厚土卞亲楠比刀文",
        strict=True,
    )
)
CHINESE_GRADES = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}
TOWN_COLUMN = "乡镇"
NOBODY_REASON = "见附件"
UNREADABLE_DAYS = ("不详", "2025-02-30", "待定", "2024年13月5日")
QUARANTINED_WHERE_REQUIRED = {
    "bad_check_digit",
    "id_blank",
    "id_wrong_length",
    "village_typo",
    "bad_date",
    "required_blank",
}
QUARANTINED_ALWAYS = {"code_outside", "duplicate_row"}


@dataclass(frozen=True)
class Draft:
    """The written rows of a list, repeats included.

    texts: what stands in the cells. values: the true values of the same rows. real: which cells of a column stay true
    numbers or days in a workbook. numbers: cells that a workbook turned into a number. defects: row -> `column:defect`
    words. outcome: row -> `quarantined` where the row must be.
    """

    texts: pl.DataFrame
    values: pl.DataFrame
    real: dict[str, np.ndarray]
    numbers: dict[tuple[str, int], float]
    defects: dict[int, list[str]]
    outcome: dict[int, str]


@dataclass
class _Desk:
    """A list on the clerk's desk while it is being written."""

    contract: Contract
    habit: Habit
    places: Places
    telling: str
    people: People
    month: int
    months: int
    seed: int
    frame: pl.DataFrame
    rng: np.random.Generator
    texts: dict[str, np.ndarray] = field(default_factory=dict)
    numbers: dict[tuple[str, int], float] = field(default_factory=dict)
    edited: dict[str, set[int]] = field(default_factory=dict)
    defects: dict[int, list[str]] = field(default_factory=dict)
    outcome: dict[int, str] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return self.frame.height

    @property
    def care(self) -> float:
        """How often this clerk errs against the usual."""
        return ROSTER_FACTOR if self.contract.extract == "household_roster" else 1.0

    def lasting(self, name: str, of_head: bool = False) -> np.ndarray:
        """Numbers 0-1 a row that are a person's own for this list, the same each month; 1 once it is corrected."""
        person = self.frame["_person"].to_numpy()
        if of_head:
            household = self.frame["_household"].to_numpy()
            person = np.where(household >= 0, self.people.head[household], -1)
        rng = stream(self.seed, "lasting", self.contract.extract, name)
        own = rng.random(self.people.persons)
        corrected = rng.integers(1, 2 * self.months + 1, self.people.persons) <= self.month
        own = np.where(corrected, 1.0, own)
        return np.where(person >= 0, own[person], self.rng.random(self.rows))

    def mark(self, column: Column, row: int, defect: str) -> None:
        self.defects.setdefault(row, []).append(f"{column.name}:{defect}")
        self.edited.setdefault(column.name, set()).add(row)
        if defect in QUARANTINED_ALWAYS or (defect in QUARANTINED_WHERE_REQUIRED and column.required):
            self.outcome[row] = "quarantined"


def write_rows(
    frame: pl.DataFrame, contract: Contract, habit: Habit, places: Places, people: People, when: tuple[int, int, int]
) -> Draft:
    """The rows as the clerk writes them; `when` is (month, months of the window, seed)."""
    month, months, seed = when
    rng = stream(seed, "clerk", contract.extract, month)
    frame, conflicts = _with_conflicts(frame, contract, rng)
    telling = places.telling(contract.extract, seed)
    desk = _Desk(contract, habit, places, telling, people, month, months, seed, frame, rng)
    for row in conflicts:
        desk.defects.setdefault(row, []).append("row:conflicting_row")
    for column in contract.required:
        for row in np.flatnonzero(frame[column.name].is_null().to_numpy()).tolist():
            desk.mark(column, row, "required_blank")
    for column in contract.columns:
        desk.texts[column.name] = _WRITERS[column.type](desk, column)
    if desk.telling == BY_COLUMN and "village" in desk.texts:
        desk.texts[TOWN_COLUMN] = desk.places.town_names[desk.frame["_area"].to_numpy()]
    return _with_duplicates(desk)


def _with_conflicts(
    frame: pl.DataFrame, contract: Contract, rng: np.random.Generator
) -> tuple[pl.DataFrame, list[int]]:
    """The same person a second time with another amount, at the end of the list."""
    column = CONFLICTING.get(contract.extract)
    if column is None or frame.is_empty():
        return frame, []
    filled = np.flatnonzero(frame[column].is_not_null().to_numpy())
    again = filled[rng.random(len(filled)) < CONFLICT_SHARE]
    if not len(again) and len(filled) > 40:
        again = rng.choice(filled, 1)
    second = frame[again].with_columns((pl.col(column) + 10).alias(column))
    return pl.concat([frame, second]), list(range(frame.height, frame.height + len(again)))


def _with_duplicates(desk: _Desk) -> Draft:
    """Exact repeats of rows somewhere below the first."""
    repeated = np.flatnonzero(desk.rng.random(desk.rows) < DUPLICATE_SHARE)
    if not len(repeated) and desk.rows > 60:
        repeated = desk.rng.integers(0, desk.rows, 1)
    below = np.minimum(repeated + desk.rng.integers(1, 40, len(repeated)), desk.rows)
    order = np.insert(np.arange(desk.rows), below, repeated)
    is_repeat = np.insert(np.zeros(desk.rows, dtype=bool), below, True)
    texts = pl.DataFrame([pl.Series(name, values.tolist(), dtype=pl.String) for name, values in desk.texts.items()])
    now_at: dict[int, list[int]] = {}
    touched = set(desk.defects) | {row for _, row in desk.numbers}
    for place in np.flatnonzero(np.isin(order, list(touched))).tolist():
        now_at.setdefault(int(order[place]), []).append(place)
    defects = {place: list(words) for row, words in desk.defects.items() for place in now_at[row]}
    outcome = {place: found for row, found in desk.outcome.items() for place in now_at[row]}
    for place in np.flatnonzero(is_repeat).tolist():
        defects.setdefault(place, []).append("row:duplicate_row")
        outcome[place] = "quarantined"
    return Draft(
        texts=texts[order],
        values=desk.frame[order],
        real={name: _untouched(desk, name)[order] for name in _real_columns(desk)},
        numbers={(name, place): value for (name, row), value in desk.numbers.items() for place in now_at[row]},
        defects=defects,
        outcome=outcome,
    )


def _real_columns(desk: _Desk) -> list[str]:
    """Columns that the clerk leaves as true numbers or days in a workbook."""
    if desk.habit.kind == "csv":
        return []
    kinds = {"money", "number", "integer"} if desk.habit.number_cells else set()
    kinds |= {"date"} if desk.habit.date_style in ("cell", "serial") else set()
    return [column.name for column in desk.contract.columns if column.type in kinds]


def _untouched(desk: _Desk, name: str) -> np.ndarray:
    untouched = np.ones(desk.rows, dtype=bool)
    untouched[sorted(desk.edited.get(name, set()))] = False
    return untouched


# Writers of one column each: text per row, None for an empty cell.


def _write_text(desk: _Desk, column: Column) -> np.ndarray:
    return _objects(desk.frame[column.name])


def _write_code(desk: _Desk, column: Column) -> np.ndarray:
    written = _write_text(desk, column)
    for row in _chosen(desk.lasting(column.name), 0.0, CODE_OUTSIDE_SHARE * desk.care, sure=False):
        if written[row] is not None:
            written[row] = NOBODY_REASON
            desk.mark(column, row, "code_outside")
    return written


def _write_codes(desk: _Desk, column: Column) -> np.ndarray:
    return _objects(desk.frame[column.name].str.replace_all("、", desk.habit.list_sign))


def _write_grade(desk: _Desk, column: Column) -> np.ndarray:
    grades = desk.frame[column.name]
    if desk.habit.grade_style == "一级":
        grades = grades.replace(CHINESE_GRADES)
    elif desk.habit.grade_style == "1级":
        grades = grades + "级"
    return _objects(grades)


def _write_yes_no(desk: _Desk, column: Column) -> np.ndarray:
    yes, no = desk.habit.yes_no
    said = pl.when(pl.col(column.name)).then(pl.lit(yes)).when(~pl.col(column.name)).then(pl.lit(no))
    return _objects(desk.frame.select(said.alias("said"))["said"])


def _write_household_no(desk: _Desk, column: Column) -> np.ndarray:
    written = _write_text(desk, column)
    for row in np.flatnonzero(desk.rng.random(desk.rows) < 0.002).tolist():
        if written[row] is not None:
            written[row] = f" {written[row]} "
            desk.mark(column, row, "number_spaces")
    return written


def _write_id(desk: _Desk, column: Column) -> np.ndarray:
    of_head = column.name == "head_id_no"
    written = _objects(desk.frame[column.name])
    own, old = desk.lasting("id", of_head), desk.lasting("fifteen", of_head)
    is_roster = desk.contract.extract == "household_roster"
    low = 0.0
    for defect, share in ID_DEFECTS.items():
        high = low + share * desk.care
        for row in _chosen(own, low, high, sure=is_roster):
            _damage_id(desk, column, written, row, defect)
        low = high
    for row in _chosen(old, 0.0, FIFTEEN_SHARE * desk.care, sure=False):
        text = written[row]
        if text is not None and row not in desk.edited.get(column.name, ()) and int(text[6:10]) < 1985:
            written[row] = ids.fifteen(text)
            desk.mark(column, row, "id15")
    if desk.contract.extract == "disabled_persons":
        _write_certificates(desk, column, written, old)
    if desk.habit.apostrophe and desk.habit.kind == "csv":
        written = np.array([None if text is None else f"'{text}" for text in written], dtype=object)
    if desk.habit.lower_x:
        written = np.array([None if text is None else text.replace("X", "x") for text in written], dtype=object)
    return written


def _chosen(own: np.ndarray, low: float, high: float, *, sure: bool) -> list[int]:
    """Rows whose number lies in the band; where one is sure, the row nearest to it if none does."""
    rows = np.flatnonzero((own >= low) & (own < high))
    if sure and not len(rows) and len(own) > 100:
        rows = np.array([np.argmin(np.abs(own - low))])
    return [int(row) for row in rows]


def _damage_id(desk: _Desk, column: Column, written: np.ndarray, row: int, defect: str) -> None:
    """One defect in one identity number; those that do not fit the number leave it alone."""
    text = written[row]
    if text is None or row in desk.edited.get(column.name, ()):
        return
    if defect == "lossy_id":
        if text.endswith("X"):
            return
        if desk.habit.kind == "csv":
            cut = int(text[:15]) * 1000
            written[row] = f"{cut:.14E}" if row % 2 else str(cut)
        else:
            desk.numbers[column.name, row] = float(int(text[:15]) * 1000)
            written[row] = str(int(text[:15]) * 1000)
    elif defect == "id_lower_x":
        if not text.endswith("X"):
            return
        written[row] = text.replace("X", "x")
    else:
        written[row] = {
            "bad_check_digit": ids.broken(text),
            "id_blank": None,
            "id_wrong_length": text[:9] + text[10:],
            "id_none_999999": "999999" + text[6:],
            "id_spaces": f" {text[:6]} {text[6:14]} {text[14:]}",
            "id_fullwidth": _fullwidth(text),
            "id_apostrophe": f"'{text}",
        }[defect]
    desk.mark(column, row, defect)


def _write_certificates(desk: _Desk, column: Column, written: np.ndarray, own: np.ndarray) -> None:
    """The number of the disability certificate in place of the ID: ID, kind, grade, and B1 where issued again."""
    for place, row in enumerate(_chosen(own, 0.5, 0.5 + CERTIFICATE_SHARE, sure=True)):
        if written[row] is not None and row not in desk.edited.get(column.name, ()):
            kind, again = 1 + row % 7, "B1" if place % 2 else ""
            written[row] = f"{written[row]}{kind}{desk.frame['disability_grade'][row]}{again}"
            desk.mark(column, row, "id22" if again else "id20")


def _write_name(desk: _Desk, column: Column) -> np.ndarray:
    written = _objects(desk.frame[column.name])
    if desk.habit.spaced_names:
        written = np.array([_spaced(text) for text in written], dtype=object)
    own, low = desk.rng.random(desk.rows), 0.0
    typed = desk.lasting("name", column.name == "head_name")
    for defect, share in NAME_DEFECTS.items():
        chance = typed if defect == "name_typo" else own
        for row in _chosen(chance, low, low + share, sure=False):
            _damage_name(desk, column, written, row, defect)
        low += share
    for row in np.flatnonzero(desk.frame[column.name].str.contains("·").fill_null(False).to_numpy()).tolist():
        dot = "·•．"[int(desk.rng.integers(0, 3))]
        if dot != "·":
            written[row] = written[row].replace("·", dot)
            desk.mark(column, row, "name_dot")
    return written


def _spaced(text: str | None) -> str | None:
    """Two characters set apart, to line up with three."""
    return f"{text[0]}  {text[1]}" if text is not None and len(text) == 2 else text


def _damage_name(desk: _Desk, column: Column, written: np.ndarray, row: int, defect: str) -> None:
    text = written[row]
    if text is None or " " in text:
        return
    if defect == "name_spaces":
        written[row] = f"{text[0]} {text[1:]}"
    elif defect == "name_trailing_space":
        written[row] = f"{text}\u3000"
    else:
        changed = "".join(LOOKALIKES.get(character, character) for character in text[1:])
        if changed == text[1:]:
            return
        written[row] = text[0] + changed
    desk.mark(column, row, defect)


def _write_village(desk: _Desk, column: Column) -> np.ndarray:
    """The village in the clerk's style, one row in ten in another; a few typing errors and old names."""
    usual = STYLES.index(desk.habit.village_style)
    other = desk.rng.integers(0, len(STYLES), desk.rows)
    style = np.where(desk.rng.random(desk.rows) < 0.9, usual, other)
    area = desk.frame["_area"].to_numpy()
    forms = np.array(desk.places.texts(desk.telling), dtype=object).reshape(-1, len(STYLES))
    written: np.ndarray = forms[area, style]
    villages = desk.places.profile.villages
    own, is_roster = desk.lasting("village"), desk.contract.extract == "household_roster"
    for row in _chosen(own, 0.0, VILLAGE_DEFECTS["village_typo"] * desk.care, sure=is_roster):
        wrong = desk.places.mistyped(int(area[row]), (VILLAGE_LOOKALIKES, MORE_LOOKALIKES))
        if wrong is not None:
            written[row] = wrong
            desk.mark(column, row, "village_typo")
    for row in _chosen(own, 0.5, 0.5 + VILLAGE_DEFECTS["village_alias"], sure=False):
        aliases = villages[area[row]].aliases
        if aliases and desk.places.is_known(aliases[0], int(area[row]), desk.telling):
            written[row] = aliases[0]
            desk.mark(column, row, "village_alias")
    return written


def _write_date(desk: _Desk, column: Column) -> np.ndarray:
    """Days in the clerk's style, one in twenty in another."""
    others = [style for style in DATE_STYLES if style not in ("cell", "serial", desk.habit.date_style)]
    other = others[int(desk.rng.integers(0, len(others)))]
    differs = pl.Series(desk.rng.random(desk.rows) < OTHER_STYLE_SHARE)
    usual = _dated(desk.frame[column.name], desk.habit.date_style)
    written = _objects(usual.zip_with(~differs, _dated(desk.frame[column.name], other)))
    for row in np.flatnonzero(differs.to_numpy()).tolist():
        desk.edited.setdefault(column.name, set()).add(row)
    for row in np.flatnonzero(desk.rng.random(desk.rows) < BAD_DATE_SHARE / 2).tolist():
        if written[row] is not None:
            written[row] = UNREADABLE_DAYS[row % len(UNREADABLE_DAYS)]
            desk.mark(column, row, "bad_date")
    return written


def _dated(days: pl.Series, style: str) -> pl.Series:
    if style == "serial":
        return (days.cast(pl.Int32) + 25_569).cast(pl.String)
    formats = {"slash": "%Y/%-m/%-d", "dot": "%Y.%-m.%-d", "compact": "%Y%m%d", "chinese": "%Y年%-m月%-d日"}
    return days.dt.strftime(formats.get(style, "%Y-%m-%d"))


def _write_month(desk: _Desk, column: Column) -> np.ndarray:
    formats = {"chinese": "%Y年%-m月", "dash": "%Y-%m", "compact": "%Y%m", "slash": "%Y/%-m"}
    return _objects(desk.frame[column.name].dt.strftime(formats[desk.habit.month_style]))


def _write_number(desk: _Desk, column: Column) -> np.ndarray:
    return _objects(_plain(desk.frame[column.name].cast(pl.Float64)))


def _write_money(desk: _Desk, column: Column) -> np.ndarray:
    amounts = desk.frame[column.name].cast(pl.Float64)
    if desk.habit.money_style == "two_decimals":
        written = _objects(amounts.cast(pl.Decimal(18, 2)).cast(pl.String))
    else:
        written = _objects(_plain(amounts))
    if desk.habit.money_style == "thousands" and desk.habit.kind == "csv":
        large = np.flatnonzero((amounts.abs() >= 1000).fill_null(False).to_numpy())
        for row in large.tolist():
            written[row] = f"{amounts[row]:,.2f}"
    own, low = desk.lasting("money " + column.name), 0.0
    for defect, share in MONEY_DEFECTS.items():
        for row in _chosen(own, low, low + share, sure=False):
            _write_amount(desk, column, written, row, amounts[row], defect)
        low += share
    if column.required:
        return written
    for defect, share in NOTHING_DEFECTS.items():
        for row in _chosen(own, low, low + share, sure=False):
            if amounts[row] == 0:
                written[row] = {"amount_none_word": "无", "amount_dash": "-", "amount_blank": None}[defect]
                desk.mark(column, row, defect)
        low += share
    return written


def _plain(amounts: pl.Series) -> pl.Series:
    text = amounts.cast(pl.Decimal(18, 2)).cast(pl.String)
    return text.str.strip_suffix(".00")


def _write_amount(
    desk: _Desk, column: Column, written: np.ndarray, row: int, amount: float | None, defect: str
) -> None:
    """The same amount in another dress, exact to the fen."""
    if amount is None or (defect == "amount_wan" and abs(amount) < 1_000):
        return
    exact = Decimal(f"{amount:.2f}")
    written[row] = {
        "amount_thousands": f"{exact:,.2f}",
        "amount_yuan_sign": f"￥{exact}",
        "amount_wan": f"{(exact / 10_000).normalize():f}万元",
        "amount_fullwidth": _fullwidth(f"{exact}"),
    }[defect]
    desk.mark(column, row, defect)


def _fullwidth(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) if "!" <= character <= "~" else character for character in text)


def _objects(values: pl.Series) -> np.ndarray:
    return np.array(values.to_list(), dtype=object)


_WRITERS: dict[str, Any] = {
    "text": _write_text,
    "name": _write_name,
    "id": _write_id,
    "household_no": _write_household_no,
    "village": _write_village,
    "date": _write_date,
    "month": _write_month,
    "money": _write_money,
    "number": _write_number,
    "integer": _write_number,
    "yes_no": _write_yes_no,
    "code": _write_code,
    "codes": _write_codes,
    "grade": _write_grade,
}
