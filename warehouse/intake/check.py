"""Sheets of text -> accepted rows and quarantined rows; every row of the file ends in exactly one place.

rows_total = titles and header + blank + notes and totals + accepted + quarantined.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from warehouse.contracts import CODED, Column, Contract
from warehouse.headings import squeeze
from warehouse.intake.body import Body, bodies_of, is_kept, read_over
from warehouse.intake.columns import IdBook, read_column, repair_counts, typed
from warehouse.intake.headers import Header
from warehouse.intake.marks import Marks, marks_of
from warehouse.intake.messages import RefusedError
from warehouse.intake.reader import Sheet
from warehouse.intake.repair import Context

# A coded value outside its set quarantines the row even in an optional column; other unreadable values become null.
STRICT = (*CODED, "yes_no")
SWAP_ROWS = 3


@dataclass(frozen=True)
class Checked:
    """What a file holds.

    accepted: columns of landed_schema without lineage, then sheet and row_no. quarantined: sheet, row_no, column,
    column_title, rule, shown, hint, also. nulled: optional column -> unreadable values that became null.
    marks: what became of every row and cell, for a copy of the file that says it; null unless it was asked for.
    """

    layout: str
    sheets: tuple[str, ...]
    skipped: tuple[str, ...]
    header_row: int
    columns_missing: tuple[str, ...]
    columns_unknown: tuple[str, ...]
    accepted: pl.DataFrame
    quarantined: pl.DataFrame
    rows_total: int
    rows_header: int
    rows_blank: int
    rows_note: int
    rows_repaired: int
    repairs: dict[str, int]
    nulled: dict[str, int]
    fixes: pl.DataFrame
    marks: Marks | None = None

    @property
    def rows_read(self) -> int:
        return self.accepted.height + self.quarantined.height


def check_sheets(
    sheets: Sequence[Sheet],
    contract: Contract,
    month: dt.date,
    context: Context,
    book: IdBook,
    *,
    is_marked: bool = False,
) -> Checked:
    """Raises: RefusedError: no header, a required column lacks, columns are swapped, another month."""
    bodies, skipped = bodies_of(sheets, contract, context)
    _check_title_month(bodies, month)
    readings = {column.name: read_over(bodies, column, context) for column in contract.columns}
    lines = _lines(bodies)
    cells = pl.concat([body.cells for body in bodies], how="diagonal")
    faults = _faults(bodies, contract, readings)
    is_faulty = faults.select(pl.any_horizontal(pl.all().is_not_null())).to_series()
    is_ours = pl.concat(is_kept(body) for body in bodies)
    kinds = _kinds(bodies, contract, cells, is_faulty)
    kinds = pl.select(pl.when((kinds == "data") & ~is_ours).then(pl.lit("note")).otherwise(kinds)).to_series()
    is_data = kinds == "data"
    _check_swapped(contract, bodies, readings, is_data, context)
    _check_order(contract, readings, is_data)
    _check_event_month(contract, readings, is_data, month)
    # In a second file of a list a household may come once for each member: repeats are no fault.
    among = is_data & ~is_faulty & (not contract.part)
    first = _first_of_equals(contract, readings, among)
    kept = is_data & ~is_faulty & first.is_null()
    repaired = _any([frame["repairs"].is_not_null() for frame in readings.values()]) & kept
    blank_above = sum(body.blank_above for body in bodies)
    above = sum(body.header.last_row for body in bodies)
    header = bodies[0].header
    return Checked(
        layout=header.layout,
        sheets=tuple(body.sheet.name for body in bodies),
        skipped=skipped,
        header_row=header.last_row,
        columns_missing=header.lacking,
        columns_unknown=header.unknown,
        accepted=_landed(contract, readings, lines, kept, book),
        quarantined=_quarantined(contract, readings, lines, faults, is_data & is_faulty, first),
        rows_total=above + lines.height,
        rows_header=above - blank_above + int((kinds == "header").sum()),
        rows_blank=blank_above + int((kinds == "blank").sum()),
        rows_note=int((kinds == "note").sum()),
        rows_repaired=int(repaired.sum()),
        repairs=repair_counts(readings, kept),
        nulled=_nulled(readings, kept),
        fixes=_fixes(contract, readings, lines, kept),
        marks=marks_of(bodies, contract, readings, lines, faults, kinds, kept, first) if is_marked else None,
    )


def _lines(bodies: Sequence[Body]) -> pl.DataFrame:
    """Sheet and row number of every row under a header."""
    return pl.concat(
        pl.DataFrame(
            {"row_no": range(body.header.last_row + 1, body.sheet.texts.height + 1)}, schema={"row_no": pl.Int32}
        ).select(pl.lit(body.sheet.name).alias("sheet"), "row_no")
        for body in bodies
    )


def _faults(bodies: Sequence[Body], contract: Contract, readings: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Per column the rule that keeps the row out, or null. An optional value that cannot be read keeps no row out."""
    found = {}
    for column in contract.columns:
        frame = readings[column.name]
        if column.required:
            carried = pl.concat(
                pl.repeat(body.needs(column), body.cells.height, dtype=pl.Boolean, eager=True) for body in bodies
            )
            blank = frame["value"].is_null() & frame["fault"].is_null() & carried
            rule = pl.when(blank).then(pl.lit("required_blank")).otherwise(frame["fault"])
        else:
            rule = (
                pl.lit(frame["fault"])
                if column.type in STRICT
                else pl.lit(pl.Series([None] * frame.height, dtype=pl.String))
            )
        found[column.name] = pl.select(rule.cast(pl.String)).to_series()
    for group in contract.require_one_of:
        none = ~_any([readings[name]["value"].is_not_null() for name in group])
        own = pl.coalesce(*(readings[name]["fault"] for name in group), pl.lit("one_of_blank"))
        found[group[0]] = pl.select(pl.coalesce(found[group[0]], pl.when(none).then(own))).to_series()
    return pl.DataFrame(found)


def _any(masks: Sequence[pl.Series]) -> pl.Series:
    return pl.select(pl.any_horizontal(*masks)).to_series()


TOTAL = re.compile(
    r"(本页|本村|本镇|全村|全镇|全县|分村|村)?(合计|小计|总计|共计|累计|汇总|总和)(数|人数|户数|金额)?\d*[人户元]?"
)
NOTE = re.compile(
    r"\(?(备注|附注|注\d?$|注[0-9(、.]|说明|填表说明|填报说明|制表|填表|填报|审核|审批|复核|经办|负责人|分管|主要负责|单位负责|主管"
    r"|联系人|联系电话|电话|日期|打印|盖章|签字|签章|统计人|统计时间|资料来源|数据来源|第\d+页|共\d+页|以下空白|以下无正文)"
)
# Alone in its row: a sentence, or the word that there is nothing.
SENTENCE = re.compile(
    r"[，。；：:]|^\d+[、.]|^[-—*]*(本月|本期|当月)?(无|零)(新增|数据|变化|报告)?.*$|^注|^[-—*]+.*[-—*]+$"
)
LONG_NUMBER = re.compile(r"\d{14,}")


def _kinds(bodies: Sequence[Body], contract: Contract, cells: pl.DataFrame, is_faulty: pl.Series) -> pl.Series:
    """data, blank, note (totals, signatures, remarks) or header (repeated) for each row under a header.

    Only a row that would be rejected anyway is looked at, so that no person's row is ever taken for a note.
    """
    kinds = ["data"] * cells.height
    start = 0
    for body in bodies:
        places = sorted(body.header.places.values())
        headings = {
            place: frozenset(map(squeeze, contract.column(name).headings)) for name, place in body.header.places.items()
        }
        rows = cells.slice(start, body.cells.height)
        suspects = is_faulty.slice(start, body.cells.height).arg_true()
        for place, row in zip(suspects, rows[suspects].rows(), strict=True):
            kinds[start + place] = _kind(row, places, body.header, contract, headings)
        start += body.cells.height
    return pl.Series("kind", kinds, dtype=pl.String)


def _kind(
    row: tuple[str | None, ...],
    places: Sequence[int],
    header: Header,
    contract: Contract,
    headings: Mapping[int, frozenset[str]],
) -> str:
    filled = [cell for cell in row if cell]
    mapped = [row[place] for place in places if row[place]]
    strangers = [cell for cell in filled if not re.fullmatch(r"[\d.,]+", cell)]
    if not mapped and not strangers:
        return "blank"
    if any(LONG_NUMBER.search(squeeze(cell)) for cell in filled):
        return "data"
    if not mapped:
        return "note"
    repeated = sum(squeeze(row[place] or "") in known for place, known in headings.items())
    if repeated >= max(2, len(mapped) * 2 / 3):
        return "header"
    first = squeeze(filled[0])
    if any(TOTAL.fullmatch(squeeze(cell)) for cell in filled[:4]) and _is_total(row, header, contract):
        return "note"
    if NOTE.match(first) and (len(filled) <= 3 or any(mark in filled[0] for mark in ":：")):
        return "note"
    return "note" if len(filled) == 1 and SENTENCE.search(filled[0]) else "data"


def _is_total(row: tuple[str | None, ...], header: Header, contract: Contract) -> bool:
    """No cell of a name, number or date column says who or when; counts, amounts and the village may stand."""
    for name, place in header.places.items():
        kind, cell = contract.column(name).type, squeeze(row[place] or "")
        is_word = TOTAL.fullmatch(cell) or re.fullmatch(r"共?[\d.,]*(人次|[人户个条笔项件名])?", cell)
        if kind in ("name", "household_no", "id", "date", "month") and cell and not is_word:
            return False
    return True


TITLE_MONTH = re.compile(r"(?P<year>20\d\d)年(?P<month>\d{1,2})月(?!\d)")
# Before a month in a title: it says when the list was written or up to when it counts, not what month it speaks of.
WRITTEN = re.compile(r"(截至|截止|填报|填表|制表|打印|上报|报送|导出|更新)\D{0,6}$")


def _check_title_month(bodies: Sequence[Body], month: dt.date) -> None:
    """The title may say the month the list speaks of; a list of another month is not taken."""
    told = {
        (int(found["year"]), int(found["month"]))
        for body in bodies
        for title in (re.sub(r"\s+", "", title) for title in body.header.titles)
        for found in TITLE_MONTH.finditer(title)
        if not WRITTEN.search(title[: found.start()])
    }
    if len(told) == 1 and (month.year, month.month) not in told:
        ((year, number),) = told
        raise RefusedError("wrong_month", told=f"{year}-{number:02d}", month=f"{month:%Y-%m}")


def _check_event_month(
    contract: Contract, readings: Mapping[str, pl.DataFrame], is_data: pl.Series, month: dt.date
) -> None:
    """A list of what is new in a month whose events all lie in one later month is that month's list."""
    dates = [column for column in contract.required if column.type == "date"]
    if contract.kind != "warning" or not dates:
        return
    months = readings[dates[-1].name].filter(is_data)["value"].drop_nulls().str.slice(0, 7)
    if months.len() >= SWAP_ROWS and months.n_unique() == 1 and months[0] > f"{month:%Y-%m}":
        raise RefusedError("wrong_month", told=months[0], month=f"{month:%Y-%m}")


def _check_swapped(
    contract: Contract,
    bodies: Sequence[Body],
    readings: Mapping[str, pl.DataFrame],
    is_data: pl.Series,
    context: Context,
) -> None:
    """A required column that reads as nothing of its type, while another column reads as just that."""
    present = [column for column in contract.columns if any(column.name in body.header.places for body in bodies)]
    present = [column for column in present if not any(column.name in body.header.fallbacks for body in bodies)]
    for column in present:
        if not column.required or _readable(readings[column.name].filter(is_data)) > 0.2:
            continue
        for other in present:
            texts = readings[other.name].filter(is_data)["text"].drop_nulls().head(200)
            if other is not column and texts.len() >= SWAP_ROWS and column.type not in ("text", other.type):
                reading = read_column(texts, None, column, context).with_columns(text=texts)
                if _readable(reading) >= 0.8 and _readable(readings[other.name].filter(is_data)) <= 0.2:
                    raise RefusedError("swapped_columns", first=column.title, second=other.title)


def _readable(reading: pl.DataFrame) -> float:
    """Share of the filled cells that could be read; 1 where there are too few to tell."""
    filled = reading.filter(pl.col("text").is_not_null() & (pl.col("text") != ""))
    return 1.0 if filled.height < SWAP_ROWS else filled["value"].is_not_null().mean() or 0.0  # type: ignore[return-value]


def _check_order(contract: Contract, readings: Mapping[str, pl.DataFrame], is_data: pl.Series) -> None:
    """A start that mostly lies after its end: the two columns are swapped."""
    for start, end in contract.ordered:
        pair = pl.DataFrame({"start": readings[start]["value"], "end": readings[end]["value"]})
        pair = pair.filter(is_data).drop_nulls()
        if pair.height >= SWAP_ROWS and pair.select((pl.col("start") > pl.col("end")).mean()).item() > 0.5:
            raise RefusedError("swapped_columns", first=contract.column(start).title, second=contract.column(end).title)


def _first_of_equals(contract: Contract, readings: Mapping[str, pl.DataFrame], among: pl.Series) -> pl.Series:
    """For a row that repeats an earlier one in every column of the contract: the place of that first row; else null.

    Rows are compared as they were read, so that spacing does not hide a repeat; what could not be read, as written.
    """
    keys = {}
    for column in contract.columns:
        frame = readings[column.name]
        value = typed(column, frame["value"]).cast(pl.String)
        written = frame["fault"].is_not_null() | frame["value"].str.starts_with("lossy:").fill_null(False)
        keys[column.name] = pl.select(
            pl.concat_str(pl.lit(value), pl.when(written).then(frame["text"]), separator="\x00", ignore_nulls=True)
        ).to_series()
    place = pl.int_range(pl.len())
    frame = pl.DataFrame(keys).with_columns(place.alias("place")).filter(among)
    firsts = frame.with_columns(first=pl.col("place").min().over(list(keys)))
    repeats = firsts.filter(pl.col("first") != pl.col("place")).select("place", "first")
    return pl.DataFrame({"place": pl.int_range(among.len(), eager=True)}).join(
        repeats, on="place", how="left", maintain_order="left"
    )["first"]


def _nulled(readings: Mapping[str, pl.DataFrame], kept: pl.Series) -> dict[str, int]:
    counts = {name: int((frame["fault"].is_not_null() & kept).sum()) for name, frame in readings.items()}
    return {name: count for name, count in counts.items() if count}


FIXES = {
    "rule": pl.String,
    "column_title": pl.String,
    "cells": pl.Int64,
    "row_no": pl.Int32,
    "before": pl.String,
    "after": pl.String,
}


def _fixes(
    contract: Contract, readings: Mapping[str, pl.DataFrame], lines: pl.DataFrame, kept: pl.Series
) -> pl.DataFrame:
    """What was repaired, by column and rule, with one example each; a personal value is not shown."""
    found = [pl.DataFrame(schema=FIXES)]
    for column in contract.columns:
        frame = readings[column.name].with_columns(lines["row_no"]).filter(kept & pl.col("repairs").is_not_null())
        if frame.is_empty():
            continue
        shown = pl.lit(None, dtype=pl.String) if column.is_personal else None
        found.append(
            frame.group_by("repairs", maintain_order=True)
            .agg(
                cells=pl.len(),
                row_no=pl.first("row_no"),
                before=shown if shown is not None else pl.first("text"),
                after=shown if shown is not None else pl.first("value"),
            )
            .with_columns(rule=pl.col("repairs").str.split(" "), column_title=pl.lit(column.title))
            .explode("rule")
            .select(pl.col(name).cast(kind) for name, kind in FIXES.items())
        )
    return pl.concat(found)


def _landed(
    contract: Contract, readings: Mapping[str, pl.DataFrame], lines: pl.DataFrame, kept: pl.Series, book: IdBook
) -> pl.DataFrame:
    parts = []
    for column in contract.columns:
        value = readings[column.name]["value"].filter(kept)
        if column.type == "id":
            parts += book.columns(column, value).get_columns()
        else:
            name = "area_code" if column.type == "village" else column.name
            parts.append(typed(column, value).alias(name))
    return pl.DataFrame([*parts, *lines.filter(kept).get_columns()])


QUARANTINED = {
    "sheet": pl.String,
    "row_no": pl.Int32,
    "column": pl.String,
    "column_title": pl.String,
    "rule": pl.String,
    "shown": pl.String,
    "hint": pl.String,
    "also": pl.String,
}


def _quarantined(
    contract: Contract,
    readings: Mapping[str, pl.DataFrame],
    lines: pl.DataFrame,
    faults: pl.DataFrame,
    rejected: pl.Series,
    first: pl.Series,
) -> pl.DataFrame:
    """One row per rejected row: the first fault in column order; the others in `also` as column:rule."""
    place = lines.with_columns(place=pl.int_range(pl.len()))
    found = [_repeats(place, first)]
    for order, column in enumerate(contract.columns):
        broken = rejected & faults[column.name].is_not_null()
        if not broken.any():
            continue
        reading = readings[column.name].filter(broken)
        found.append(
            place.filter(broken).with_columns(
                order=pl.lit(order),
                column=pl.lit(column.name),
                column_title=pl.lit(column.title),
                rule=faults[column.name].filter(broken),
                shown=pl.Series([mask(text, column) for text in reading["text"]], dtype=pl.String),
                hint=reading["hint"],
            )
        )
    whole = pl.concat(found, how="vertical_relaxed").sort("place", "order")
    others = pl.concat_str("column", "rule", separator=":").slice(1)
    picked = [pl.first(name) for name in ("sheet", "row_no", "column", "column_title", "rule", "shown", "hint")]
    grouped = whole.group_by("place", maintain_order=True).agg(*picked, also=others.str.join("、"))
    return grouped.select(
        pl.col(name).replace("", None).cast(kind) if name == "also" else pl.col(name).cast(kind)
        for name, kind in QUARANTINED.items()
    )


def _repeats(place: pl.DataFrame, first: pl.Series) -> pl.DataFrame:
    """Rejected repeats; the hint is the number of the row that was accepted."""
    first_row = place.select(first=pl.col("place"), hint=pl.col("row_no").cast(pl.String))
    return (
        place.with_columns(first=first.cast(pl.Int64))
        .filter(pl.col("first").is_not_null())
        .join(first_row.with_columns(pl.col("first").cast(pl.Int64)), on="first", how="left", maintain_order="left")
        .select(
            "sheet",
            "row_no",
            "place",
            order=pl.lit(0),
            column=pl.lit(""),
            column_title=pl.lit(""),
            rule=pl.lit("duplicate_row"),
            shown=pl.lit(""),
            hint=pl.col("hint"),
        )
    )


def mask(text: str | None, column: Column) -> str:
    """A rejected value as the quarantine may show it: nothing of a person but the region of an ID or one letter."""
    text = (text or "")[:40]
    if column.type == "id" or LONG_NUMBER.search(text):
        digits = re.sub(r"\D", "", text)
        return f"{digits[:6]}{'*' * 12}" if len(digits) >= 15 else "*" * min(len(text), 18)
    if column.is_personal:
        return text[:1] + "*" * min(len(text) - 1, 8) if len(text) > 1 else "*" * len(text)
    return text
