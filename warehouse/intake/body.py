"""The rows under a sheet's header, and what each column of the contract reads there.

A value may stand in its own cell, in a merged one above, in several cells together, or be said by what stands around.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import polars as pl

from warehouse.contracts import Column, Contract
from warehouse.headings import squeeze
from warehouse.intake.columns import READING, read_column
from warehouse.intake.headers import Header, find_header, missing_column_refusal
from warehouse.intake.messages import RefusedError
from warehouse.intake.places import CODE, Place, Places, bare_form
from warehouse.intake.reader import Sheet
from warehouse.intake.repair import BLANK_WORDS, EDGE, Context
from warehouse.profiles import village_stem

TEXTS = {**READING, "text": pl.String}
NOTHING = pl.lit(None, dtype=pl.String)


@dataclass(frozen=True)
class Body:
    """The rows under a sheet's header. cells: every column of the sheet, stripped, null where blank.

    carried: column of the sheet -> which of its cells were filled from a merged cell above.
    village: the one village that the sheet's name, its title or the file's name says, and which of them said it.
    town: the one town that they say.
    """

    sheet: Sheet
    header: Header
    cells: pl.DataFrame
    blank_above: int
    carried: Mapping[int, pl.Series]
    village: tuple[str, str] | None = None
    town: str | None = None

    def has(self, column: Column) -> bool:
        """Whether the file says something of the column, so that a blank is a blank."""
        if column.type == "village" and (self.village or self.header.place_of.keys() & {"address", "code"}):
            return True
        return column.name in self.header.served

    def needs(self, column: Column) -> bool:
        return column.required and self.has(column) and column.name not in self.header.without


def bodies_of(
    sheets: Sequence[Sheet], contract: Contract, context: Context
) -> tuple[tuple[Body, ...], tuple[str, ...]]:
    """The visible sheets whose header is whole; and the names of the others.

    Raises: RefusedError if none is whole, by what the nearest lacks.
    """
    found, skipped = [], []
    nearest: Header | None = None
    for sheet in sheets:
        header = find_header(sheet, contract) if sheet.visible and sheet.texts.height else None
        body = _body(sheet, header, context) if header else None
        missing = _missing(body, contract) if body else ()
        if body is None or missing:
            skipped.append(sheet.name)
            if header and (nearest is None or len(missing) < len(nearest.missing)):
                nearest = replace(header, missing=missing)
            continue
        found.append(body)
    if not found:
        raise (
            missing_column_refusal(contract, nearest) if nearest else RefusedError("no_header", extract=contract.title)
        )
    # A sheet that explains the columns may look like a header; it is no list where another sheet is.
    notes = [body for body in found if len(found) > 1 and "说明" in body.sheet.name]
    skipped += [body.sheet.name for body in notes]
    return tuple(body for body in found if body not in notes), tuple(skipped)


def _missing(body: Body, contract: Contract) -> tuple[Column, ...]:
    return tuple(column for column in body.header.missing if not (column.type == "village" and body.village))


def _body(sheet: Sheet, header: Header, context: Context) -> Body:
    stripped = sheet.texts.with_columns(pl.all().str.strip_chars(EDGE).replace("", None))
    blank = stripped.head(header.last_row).select(pl.all_horizontal(pl.all().is_null()).sum()).item()
    texts, numbers, carried = _with_merges(sheet, stripped, header)
    cells = texts.with_columns(pl.all().str.strip_chars(EDGE).replace("", None)).slice(header.last_row)
    said = _said_around(sheet, header, context)
    return Body(replace(sheet, texts=texts, numbers=numbers), header, cells, blank, carried, *said)


def _with_merges(
    sheet: Sheet, stripped: pl.DataFrame, header: Header
) -> tuple[pl.DataFrame, dict[int, pl.Series], dict[int, pl.Series]]:
    """The texts and number marks with the value of a cell merged over several rows in each row that holds more.

    Returns also which cells were filled, per column, of the rows under the header.
    """
    places = sorted(set(header.places.values()))
    rows = [merge for merge in sheet.merges if header.last_row <= merge[0] < merge[1]]
    if not rows or not places:
        return sheet.texts, dict(sheet.numbers), {}
    holds = stripped.select(pl.any_horizontal(pl.nth(places).is_not_null())).to_series().to_list()
    columns: dict[int, list[str | None]] = {}
    marks = {index: series.to_list() for index, series in sheet.numbers.items()}
    filled: dict[int, list[bool]] = {}
    for first, last, index in rows:
        if index >= sheet.texts.width or first >= stripped.height or not stripped[first, index]:
            continue
        cells = columns.setdefault(index, sheet.texts[:, index].to_list())
        done = filled.setdefault(index, [False] * stripped.height)
        for row in range(first + 1, min(last + 1, stripped.height)):
            if holds[row] and not stripped[row, index]:
                cells[row], done[row] = cells[first], True
                if index in marks:
                    marks[index][row] = marks[index][first]
    names = sheet.texts.columns
    texts = sheet.texts.with_columns(
        pl.Series(names[index], cells, dtype=pl.String) for index, cells in columns.items()
    )
    numbers = {index: pl.Series(values, dtype=pl.Boolean) for index, values in marks.items()}
    carried = {index: pl.Series(done, dtype=pl.Boolean).slice(header.last_row) for index, done in filled.items()}
    return texts, numbers, carried


def _said_around(sheet: Sheet, header: Header, context: Context) -> tuple[tuple[str, str] | None, str | None]:
    """The village, with what said it, and the town of the whole sheet."""
    if context.places is None:
        return None, None
    stem = re.sub(r"\.[A-Za-z]{2,4}$", "", context.file_name)
    texts = [("sheet", sheet.name), *(("title", title) for title in header.titles), ("file", stem)]
    village = next(((code, where) for where, text in texts if text and (code := context.places.named_by(text))), None)
    town = next((code for _, text in texts if text and (code := context.places.town_named_by(text))), None)
    return village, town


def read_over(bodies: Sequence[Body], column: Column, context: Context) -> pl.DataFrame:
    """Readings of one column over all bodies, with the stripped text beside; null where a sheet lacks the column."""
    return pl.concat(_read(body, column, context) for body in bodies)


def _read(body: Body, column: Column, context: Context) -> pl.DataFrame:
    header = body.header
    if column.type == "village":
        return _villages(body, column, context)
    if column.name in header.composed:
        return _sum(body, column, context)
    if header.year and column.name in header.year[1]:
        return _year(body, column, context)
    if column.name in header.ratio:
        return _quotient(body, column)
    texts, numbers = _texts(body, header.places.get(column.name))
    said = _repaired(body, header.places.get(column.name))
    if column.name in header.joined:
        texts, said = _joined(body, header.joined[column.name]), _no_texts(body)
    elif column.name in header.fallbacks:
        texts, numbers, said = _with_fallbacks(body, texts, numbers, said, header.fallbacks[column.name])
    reading = read_column(texts, numbers, column, context, ten_thousands=column.name in header.ten_thousands)
    if column.name in header.inverted:
        reading = _turned(reading)
    repairs = pl.when(pl.col("value").is_not_null()).then(
        pl.concat_str("repairs", pl.lit(said), separator=" ", ignore_nulls=True).replace("", None)
    )
    return reading.with_columns(repairs=repairs.otherwise("repairs"), text=texts.str.strip_chars(EDGE)).select(*TEXTS)


def _no_texts(body: Body) -> pl.Series:
    return pl.Series([None] * body.cells.height, dtype=pl.String)


def _texts(body: Body, place: int | None) -> tuple[pl.Series, pl.Series | None]:
    """A column of the sheet under the header as it stands, and which of its cells were numbers."""
    if place is None:
        return _no_texts(body), None
    marks = body.sheet.numbers.get(place)
    texts = body.sheet.texts[:, place].slice(body.header.last_row)
    return texts, None if marks is None else marks.slice(body.header.last_row)


def _repaired(body: Body, place: int | None) -> pl.Series:
    """`merged_cells` where the cell was filled from a merged one."""
    marks = body.carried.get(-1 if place is None else place)
    if marks is None:
        return _no_texts(body)
    return pl.select(pl.when(marks).then(pl.lit("merged_cells"))).to_series()


def _joined(body: Body, places: Sequence[int]) -> pl.Series:
    """The filled cells of a row together: 因病、因残."""
    parts = [pl.nth(place).replace(list(BLANK_WORDS), None) for place in places]
    return body.cells.select(pl.concat_str(parts, separator="、", ignore_nulls=True).replace("", None)).to_series()


def _with_fallbacks(
    body: Body, texts: pl.Series, numbers: pl.Series | None, said: pl.Series, places: Sequence[int]
) -> tuple[pl.Series, pl.Series | None, pl.Series]:
    own = texts.str.strip_chars(EDGE).replace("", None).replace(list(BLANK_WORDS), None)
    for place in places:
        other, marks = _texts(body, place)
        blank = own.is_null()
        texts = pl.select(pl.when(blank).then(pl.lit(other)).otherwise(pl.lit(texts))).to_series()
        told = blank & body.cells[:, place].is_not_null()
        said = pl.select(pl.when(told).then(pl.lit("from_other_column")).otherwise(pl.lit(said))).to_series()
        if numbers is not None or marks is not None:
            none = pl.repeat(False, texts.len(), dtype=pl.Boolean, eager=True)
            left, right = (none if series is None else series for series in (numbers, marks))
            numbers = pl.select(pl.when(blank).then(pl.lit(right)).otherwise(pl.lit(left))).to_series()
        own = texts.str.strip_chars(EDGE).replace("", None)
    return texts, numbers, said


def _turned(reading: pl.DataFrame) -> pl.DataFrame:
    """是否出现安全问题 -> 是否安全."""
    repairs = pl.concat_str("repairs", pl.lit("yes_no_inverted"), separator=" ", ignore_nulls=True)
    return reading.with_columns(
        value=pl.col("value").replace({"true": "false", "false": "true"}),
        repairs=pl.when(pl.col("value").is_not_null()).then(repairs).otherwise("repairs"),
    )


def _sum(body: Body, column: Column, context: Context) -> pl.DataFrame:
    """An amount given in pieces. Blank pieces are none, all blank is blank; one that cannot be read spoils the sum."""
    plus, minus = body.header.composed[column.name]
    readings = [(read_column(_texts(body, place)[0], None, column, context), 1) for place in plus]
    readings += [(read_column(_texts(body, place)[0], None, column, context), -1) for place in minus]
    amounts = [reading["value"].cast(pl.Decimal(18, 2)) * sign for reading, sign in readings]
    total = pl.select(pl.sum_horizontal(amounts).cast(pl.Decimal(18, 2)).cast(pl.String)).to_series()
    fault = pl.select(pl.coalesce(*(reading["fault"] for reading, _ in readings))).to_series()
    given = pl.select(pl.any_horizontal(amount.is_not_null() for amount in amounts)).to_series() & fault.is_null()
    return pl.select(
        value=pl.when(given).then(total),
        fault=fault,
        repairs=pl.when(given).then(pl.lit("amount_summed")),
        hint=NOTHING,
        text=pl.coalesce(*(reading["value"] for reading, _ in readings), NOTHING),
    ).cast(TEXTS)  # type: ignore[arg-type]


def _quotient(body: Body, column: Column) -> pl.DataFrame:
    """How many heads share an amount: the household's income by that per head, where that is a whole number."""
    whole, each = (pl.nth(place).str.replace_all("[,，元]", "") for place in body.header.ratio[column.name])
    heads = whole.cast(pl.Float64, strict=False) / each.cast(pl.Float64, strict=False)
    is_whole = (heads.is_finite() & (heads >= 0.5) & ((heads - heads.round()).abs() < 0.02 * heads)).fill_null(False)
    low, high = column.range or (0, float("inf"))
    told = is_whole & heads.round().is_between(low, high)
    return body.cells.select(
        value=pl.when(told).then(heads.round().cast(pl.Int64, strict=False).cast(pl.String)),
        fault=NOTHING,
        repairs=pl.when(told).then(pl.lit("heads_from_income")),
        hint=NOTHING,
        text=pl.nth(body.header.ratio[column.name][0]),
    ).cast(TEXTS)  # type: ignore[arg-type]


def _year(body: Body, column: Column, context: Context) -> pl.DataFrame:
    """The start or the end of the year that a row names. Of a year that is not over: the twelve months to the month.

    A list that only names the year of its amounts would otherwise speak of days that have not come.
    """
    place, names = body.header.year or (0, ())
    texts, _ = _texts(body, place)
    end = pl.col("year").str.extract(r"((?:19|20)\d{2})").cast(pl.Int32, strict=False)
    last = pl.date(end, 12, 31)
    until = pl.lit(context.month_end or dt.date.max, dtype=pl.Date)
    over = pl.when(last > until).then(until).otherwise(last)
    day = over if column.name == names[-1] else over.dt.offset_by("1d").dt.offset_by("-1y")
    frame = pl.DataFrame({"year": texts.str.strip_chars(EDGE).replace("", None)})
    return frame.select(
        value=day.cast(pl.String),
        fault=pl.when(end.is_null() & pl.col("year").is_not_null()).then(pl.lit("date_unreadable")),
        repairs=pl.when(end.is_not_null()).then(pl.lit("period_from_year")),
        hint=NOTHING,
        text=pl.col("year"),
    ).cast(TEXTS)  # type: ignore[arg-type]


def _villages(body: Body, column: Column, context: Context) -> pl.DataFrame:
    """The village of each row: by its cell, its town and a code, then by an address, then by what stands around."""
    place = body.header.places.get(column.name)
    beside = {name: body.cells[:, index] for name, index in body.header.place_of.items()}
    frame = pl.DataFrame(
        {
            "raw": _texts(body, place)[0].str.strip_chars(EDGE).replace("", None),
            **{name: beside.get(name, _no_texts(body)) for name in ("town", "code", "address")},
        },
        schema=dict.fromkeys(("raw", "town", "code", "address"), pl.String),
    )
    frame = frame.with_columns(said=_repaired(body, place))
    if context.places is None:
        return frame.select(value=NOTHING, fault=NOTHING, repairs=NOTHING, hint=NOTHING, text="raw")
    frame = _told(frame, ("raw", "town", "code"), partial(_by_name, context.places, body))
    if "address" in beside:
        open_ = frame.filter(pl.col("value").is_null() & pl.col("fault").is_null()).select("address").drop_nulls()
        known = {text: code for text in open_["address"].unique() if (code := context.places.in_address(text))}
        frame = _filled(frame, pl.col("address").replace_strict(known, default=None, return_dtype=pl.String), "address")
    if body.village and (place is None or frame["raw"].is_null().all()):
        frame = _filled(frame, pl.lit(body.village[0]), body.village[1])
    repairs = pl.concat_str(
        "repairs", pl.when(pl.col("value").is_not_null()).then("said"), separator=" ", ignore_nulls=True
    )
    return frame.select("value", "fault", "hint", repairs=repairs.replace("", None), text="raw").select(*TEXTS)


def _told(frame: pl.DataFrame, names: Sequence[str], tell: Callable[..., Place]) -> pl.DataFrame:
    """Each distinct set of texts told once."""
    distinct = frame.select(names).unique(maintain_order=True)
    found = [tell(*texts) for texts in distinct.rows()]
    told = distinct.with_columns(
        value=pl.Series([one.area_code for one in found], dtype=pl.String),
        fault=pl.Series([one.fault for one in found], dtype=pl.String),
        repairs=pl.Series([" ".join(one.said) or None for one in found], dtype=pl.String),
        hint=pl.Series([one.hint for one in found], dtype=pl.String),
    )
    return frame.join(told, on=names, how="left", nulls_equal=True, maintain_order="left")


def _filled(frame: pl.DataFrame, code: pl.Expr, where: str) -> pl.DataFrame:
    """Rows that no cell gave a village to, with the one that something else says."""
    open_ = pl.col("value").is_null() & pl.col("fault").is_null() & code.is_not_null()
    return frame.with_columns(
        value=pl.when(open_).then(code).otherwise("value"),
        repairs=pl.when(open_).then(pl.lit(f"village_from_{where}")).otherwise("repairs"),
    )


OTHER_TOWN = re.compile(r"(镇|乡|街道|苏木|管委会)$")


def _by_name(places: Places, body: Body, raw: str | None, town_text: str | None, code_text: str | None) -> Place:
    """The name decides, inside the town its row says; a code only where its system is known."""
    town = places.town_of(town_text) if town_text else None
    if town_text and town is None and OTHER_TOWN.search(bare_form(town_text)):
        return Place(fault="village_other_town", hint=bare_form(town_text)[:20])
    coded = places.by_code(code_text, body.header.code_system) if code_text else None
    if coded and not places.is_village(coded):
        town, coded = town or coded, None
    if raw is None or raw in BLANK_WORDS:
        place = Place(said=() if raw is None else ("blank_word",))
    else:
        place = places.read(raw, town, body.town)
    if place.area_code is None:
        names_it = coded and raw and village_stem(places.names[coded]) == village_stem(bare_form(raw))
        if coded and (place.fault is None or (place.fault == "village_in_more_towns" and names_it)):
            return Place(coded, ("village_from_code",))
        return place
    if code_text and _disagrees(places, body, place.area_code, code_text, coded):
        return replace(place, said=(*place.said, "village_code_conflict"))
    return place


def _disagrees(places: Places, body: Body, area_code: str, code_text: str, coded: str | None) -> bool:
    """Whether the code is another place's. One of a system that we know and do not use says nothing here."""
    area = next(area for area in places.profile.villages if area.area_code == area_code)
    system = body.header.code_system
    digits = CODE.fullmatch(bare_form(code_text))
    if digits is None or (system and not area.code_system.startswith(system)):
        return False
    if coded:
        return coded != area_code
    written = digits[1].ljust(12, "0")
    return written not in (area.division_code, area.division_code[:9] + "000")


def is_kept(body: Body) -> pl.Series:
    """The rows of this list: not those of another list in the same sheet, nor members beside their head."""
    kept = pl.repeat(True, body.cells.height, dtype=pl.Boolean, eager=True)
    for place, words in body.header.keep:
        texts = body.cells[:, place]
        if "*" in words or not words - {""}:
            kept &= texts.is_not_null() & ~texts.is_in(list(BLANK_WORDS))
        else:
            kept &= pl.Series([squeeze(text or "") in words for text in texts], dtype=pl.Boolean)
    number = body.header.places.get("household_no")
    if body.header.head is None or number is None:
        return kept
    place, words = body.header.head
    frame = pl.DataFrame(
        {
            "row": range(body.cells.height),
            "kept": kept,
            "household": body.cells[:, number],
            "is_head": pl.Series([squeeze(text or "") in words for text in body.cells[:, place]], dtype=pl.Boolean),
        }
    ).filter("kept", pl.col("household").is_not_null())
    first = frame.sort("is_head", "row", descending=[True, False]).unique("household", keep="first")["row"]
    beside = frame.filter(~pl.col("row").is_in(first.to_list()))["row"].to_list()
    return kept.scatter(beside, False) if beside else kept
