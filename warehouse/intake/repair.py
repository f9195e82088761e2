"""Read one distinct text as a type of the contract: canonical value, what was repaired, or why it cannot be read.

Pure functions over single texts. `columns.py` calls them for the odd values only; plain ones it reads by the column.
Nothing is guessed: a near village is suggested, never taken; an ID that lost digits never becomes an ID.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from warehouse.contracts import Column
from warehouse.headings import squeeze
from warehouse.intake.places import Places
from warehouse.profiles import Profile

# Mark a number cell of over 15 digits. CUT: the spreadsheet kept the first 15 and filled up with zeros, as Excel does.
# BINARY: some other program wrote all digits, and the nearest binary number, up to 64 away, is what is left.
CUT, BINARY = "\x01", "\x02"
BINARY_ERROR = 64
SAMPLE_REGION = "990100"
NO_ID_REGION = "999999"
OLDEST_YEARS = 120
BLANK_WORDS = {
    "-",
    "--",
    "—",
    "——",
    "–",
    "/",
    "\\",
    "无",
    "空",
    "暂无",
    "N/A",
    "NA",
    "NULL",
    "NONE",
    "#N/A",
    "未填",
    ".",
}
# Signs that take no place: zero-width ones, marks of the writing direction, the soft hyphen.
UNSEEN = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
EDGE = f" \t\r\n\u3000\u00a0{UNSEEN}"
# What exporters put around digits so that a spreadsheet keeps them as text: '990100… and ="990100…".
TEXT_MARKS = "'‘’`\"="
DOTS = re.compile(r"\s*[·•‧∙⋅●.・\u0387]\s*")
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"


@dataclass(frozen=True)
class Reading:
    """value: canonical text, null if blank or unreadable. fault: rule that it breaks. hint: what it may mean."""

    value: str | None
    repairs: tuple[str, ...] = ()
    fault: str | None = None
    hint: str | None = None


@dataclass(frozen=True)
class Context:
    """What reading depends on beside the text itself.

    places: the villages; null where no village is to be read. month_end: the last day of the month the list speaks of.
    file_name: as the file came, which may name a town or a village.
    """

    received_on: dt.date
    sample_ids: bool
    places: Places | None = None
    month_end: dt.date | None = None
    file_name: str = ""


def context_for(
    profile: Profile,
    received_on: dt.date,
    sample_ids: bool,
    *,
    aliases: Mapping[str, str] | None = None,
    month: dt.date | None = None,
    file_name: str = "",
) -> Context:
    """The reading context of a profile's villages and of the day a file came."""
    month_end = (month.replace(day=28) + dt.timedelta(4)).replace(day=1) - dt.timedelta(1) if month else None
    return Context(received_on, sample_ids, Places(profile, aliases or {}), month_end, file_name)


def read_text(text: str, column: Column, context: Context, *, ten_thousands: bool = False) -> Reading:
    """One stripped, non-empty text as the column's type."""
    if text.strip(f"'‘’`{EDGE}") == "":
        return Reading(None)
    if column.type == "money":
        return _money(text, ten_thousands)
    return READERS[column.type](text, column, context)


def _half_width(text: str) -> tuple[str, tuple[str, ...]]:
    """Half-width forms; the digits of every script as 0-9."""
    half = unicodedata.normalize("NFKC", text)
    if not half.isascii():
        half = "".join(str(unicodedata.decimal(letter, letter)) for letter in half)
    return half, ("width",) if half != text else ()


def _plain_text(text: str, column: Column, context: Context) -> Reading:
    """Letters and digits half-width, runs of space as one; Chinese punctuation stays."""
    if text in BLANK_WORDS - {"无", "空", "暂无"}:
        return Reading(None, ("blank_word",))
    half = re.sub("[０-９Ａ-Ｚａ-ｚ]", lambda found: chr(ord(found[0]) - 0xFEE0), text).lstrip("'")
    value = re.sub(r"[\s\u3000]+", " ", half).strip()
    repairs = (*(("width",) if half != text else ()), *(("spaces",) if value != half else ()))
    return Reading(value or None, repairs)


def _name(text: str, column: Column, context: Context) -> Reading:
    """王  勇 -> 王勇; the dots of a long name as ·."""
    if text in BLANK_WORDS:
        return Reading(None, ("blank_word",))
    half, repairs = _half_width(text)
    value = half.strip(f"'‘’`{EDGE}")
    if re.search(f"[{HAN}]", value):
        closed = re.sub(rf"[\s{UNSEEN}]+", "", value)
        dotted = DOTS.sub("·", closed).strip("·")
        repairs += ("name_spaces",) * (closed != value) + ("name_dots",) * (dotted != closed)
        value = dotted
    else:
        value = re.sub(r"\s+", " ", value)
    if not re.search(f"[{HAN}A-Za-z]", value) or re.search(r"\d{5,}", value) or len(value) > 60:
        return Reading(None, fault="name_unreadable")
    return Reading(value, repairs)


def _household_no(text: str, column: Column, context: Context) -> Reading:
    if text in BLANK_WORDS:
        return Reading(None, ("blank_word",))
    if text.startswith((CUT, BINARY)) or re.fullmatch(r"\d(\.\d+)?[Ee]\+?\d+", text):
        return Reading(None, fault="number_lost_digits")
    half, repairs = _half_width(text)
    value = re.sub(rf"[\s{TEXT_MARKS}{UNSEEN}]+", "", half).upper()
    repairs += ("spaces",) * (value != half)
    if re.fullmatch(r"\d{1,15}\.0+", value):  # written by a program that held the column as numbers
        value, repairs = value.split(".")[0], (*repairs, "number_format")
    if not re.search(r"\w", value) or len(value) > 40:
        return Reading(None, fault="household_no_unreadable")
    return Reading(value, repairs)


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"


def check_digit(digits: str) -> str:
    """The 18th place of an ID from its first 17 (ISO 7064 mod 11-2)."""
    return CHECK_DIGITS[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]


def _identity(text: str, column: Column, context: Context) -> Reading:
    """`<kind>:<digits>`: valid and upgraded15 with 18 places, lossy with the first 15 (or none), none without.

    Source: 02-extracts, ID fields of the real system.
    """
    if text in BLANK_WORDS:
        return Reading(None, ("blank_word",))
    lost = text.startswith((CUT, BINARY))
    half, repairs = _half_width(text.lstrip(CUT + BINARY))
    bare = re.sub(f"[{TEXT_MARKS}]", "", half)
    closed = re.sub(rf"[\s{UNSEEN}-]+", "", bare)
    value = closed.upper()
    repairs += ("id_apostrophe",) * (bare != half) + ("spaces",) * (closed != bare)
    repairs += ("id_lower_x",) * (value != closed and "E" not in value)
    if value.startswith(NO_ID_REGION) and re.fullmatch(r"[\dX.E+]+", value):
        return Reading("none:", repairs)
    if lost or re.fullmatch(r"\d(\.\d+)?E\+?1[47]", value) or re.fullmatch(r"\d{15}000", value):
        return _lossy(value, text.startswith(BINARY), context)
    if re.fullmatch(r"\d{17}[\dX][\dA-Z]{2}(?:[\dA-Z]{2})?", value):
        value, repairs = value[:18], (*repairs, "id_certificate")
    if re.fullmatch(r"\d{15}(\.0)?", value):
        value = value[:6] + "19" + value[6:15]
        value, repairs, kind = value + check_digit(value), (*repairs, "id_15_upgraded"), "upgraded15"
    else:
        kind = "valid"
    fault = _identity_fault(value, context)
    return Reading(None, fault=fault) if fault else Reading(f"{kind}:{value}", repairs)


def _identity_fault(value: str, context: Context) -> str | None:
    if not re.fullmatch(r"\d{17}[\dX]", value):
        return "id_characters" if len(value) == 18 else "id_length"
    return _region_and_date_fault(value, context) or (check_digit(value[:17]) != value[17] and "id_check_digit") or None


def _region_and_date_fault(value: str, context: Context) -> str | None:
    """Of the first 14 places: a sample's region where samples are not allowed, or no real, past birth date."""
    if value.startswith(SAMPLE_REGION) and not context.sample_ids:
        return "id_sample"
    born = _day(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    if born is None or born > context.received_on or context.received_on.year - born.year > OLDEST_YEARS:
        return "id_date"
    return None


def _lossy(value: str, is_binary: bool, context: Context) -> Reading:
    """An ID that a spreadsheet cut to 15 places. Places that the cut made unsure are left out."""
    if found := re.fullmatch(r"(\d)(?:\.(\d+))?E\+?(\d+)", value):
        digits = found[1] + (found[2] or "")
        sure = digits[:15].ljust(15, "0") if len(digits) >= 10 else ""
    elif not re.fullmatch(r"\d{16,22}", value):
        return Reading(None, fault="id_characters")
    else:
        sure = _sure_places(int(value), is_binary) if len(value) == 18 else ""
    if sure and (fault := _region_and_date_fault(sure, context)):
        return Reading(None, fault=fault)
    return Reading(f"lossy:{sure}", ("id_lossy",))


def _sure_places(number: int, is_binary: bool) -> str:
    """The first 15 places. Zeros at the end come back from the binary number as up to 64 more or less than zeros."""
    thousand, rest = divmod(number + BINARY_ERROR, 1000)
    if rest > 2 * BINARY_ERROR:
        return str(number // 1000)
    return "" if is_binary else str(thousand)


def _village(text: str, column: Column, context: Context) -> Reading:
    """A village by its exact name or a confirmed alias; a near name is only suggested."""
    if text in BLANK_WORDS or context.places is None:
        return Reading(None, ("blank_word",))
    place = context.places.read(text)
    return Reading(place.area_code, place.said, place.fault, place.hint)


DAY = re.compile(r"(\d{4})\s*[-/.年\\]\s*(\d{1,2})\s*[-/.月\\]\s*(\d{1,2})\s*[日号]?(?:[ T]+\d{1,2}[:时].*)?")
MONTH = re.compile(r"(\d{4})\s*[-/.年\\]\s*(\d{1,2})\s*月?(?:份)?")


def _date(text: str, column: Column, context: Context) -> Reading:
    """2023-05-01, 2023/5/1, 2023.5.1, 20230501, 2023年5月1日, Excel's serial; a month alone is its first day."""
    if text.upper() in BLANK_WORDS:
        return Reading(None, ("blank_word",))
    half, repairs = _half_width(text)
    value = half.strip(f"'‘’`{EDGE}.")
    if found := DAY.fullmatch(value) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:\.0)?", value):
        day = _day(*(int(part) for part in found.groups()))
        return _day_reading(day, (*repairs, "date_format"))
    if found := MONTH.fullmatch(value) or re.fullmatch(r"((?:19|20)\d{2})(\d{2})", value):
        return _day_reading(_day(int(found[1]), int(found[2]), 1), (*repairs, "date_without_day"))
    if re.fullmatch(r"[1-6]\d{4}(\.\d+)?", value):
        return _day_reading(dt.date(1899, 12, 30) + dt.timedelta(int(float(value))), (*repairs, "date_serial"))
    return Reading(None, fault="date_unreadable")


def _day_reading(day: dt.date | None, repairs: tuple[str, ...]) -> Reading:
    if day is None or not 1900 <= day.year <= 2100:
        return Reading(None, fault="date_unreadable")
    return Reading(day.isoformat(), repairs)


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _month(text: str, column: Column, context: Context) -> Reading:
    """2023年5月, 2023-05, 202305, or a day in the month; its first day."""
    reading = _date(text, column, context)
    if reading.value is None:
        return Reading(None, reading.repairs, "month_unreadable" if reading.fault else None)
    repairs = tuple("month_format" if rule.startswith("date_") else rule for rule in reading.repairs)
    return Reading(reading.value[:8] + "01", repairs)


def _money(text: str, ten_thousands: bool) -> Reading:
    """Yuan with two places: 1,234.50, ￥1234, 1.2万元, 300元/月; 无 and - say that no amount is given."""
    if text.upper() in BLANK_WORDS:
        return Reading(None, ("blank_word",))
    half, repairs = _half_width(text)
    value = re.sub(r"[\s'‘’`]+", "", half)
    value = re.sub(r"^(?:人民币|RMB|CNY|¥)+", "", value, flags=re.I)
    found = re.fullmatch(
        r"(?P<open>\()?(?P<number>[-+]?¥?(?:\d{1,3}(?:,\d{3})+|\d+|\d{1,4}(?:,\d{4})+)(?:\.\d*)?|[-+]?\.\d+)"
        r"(?P<unit>万元?|千元|元整?)?(?P<close>\))?(?:/(?:月|年|人))?",
        value,
    )
    if not found or bool(found["open"]) != bool(found["close"]):
        return Reading(None, fault="amount_unreadable")
    try:
        amount = Decimal(found["number"].replace(",", "").replace("¥", ""))
    except InvalidOperation:
        return Reading(None, fault="amount_unreadable")
    unit = found["unit"] or ("万元" if ten_thousands else "")
    times = 10_000 if unit.startswith("万") else 1_000 if unit.startswith("千") else 1
    exact = amount * times * (-1 if found["open"] else 1)
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if abs(rounded) >= 10**15:
        return Reading(None, fault="amount_unreadable")
    repairs += ("amount_unit",) * (times != 1)
    repairs += ("amount_rounded",) * (abs(rounded - exact) > Decimal("0.0005"))
    repairs += ("amount_format",) * (times == 1 and str(amount) != text)
    return Reading(f"{rounded:f}", repairs)


NUMERALS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def _number(text: str, column: Column, context: Context) -> Reading:
    if text.upper() in BLANK_WORDS:
        return Reading(None, ("blank_word",))
    half, repairs = _half_width(text)
    found = re.fullmatch(r"([-+]?[\d,]*\d(?:\.\d*)?)(平方米|平米|㎡|m2|亩|个|人|元)?", re.sub(r"[\s'‘’`]+", "", half))
    if not found:
        return Reading(None, fault="number_unreadable")
    number = found[1].replace(",", "")
    repairs += ("number_format",) * (found[0] != number)
    return _in_range(number, float(number), column, repairs)


def _integer(text: str, column: Column, context: Context) -> Reading:
    """3, 3人, 第一轮, 2018年."""
    if text.upper() in BLANK_WORDS:
        return Reading(None, ("blank_word",))
    half, repairs = _half_width(text)
    bare = re.sub(r"[\s'‘’`]+", "", half)
    found = re.fullmatch(r"第?([-+]?\d{1,9}|[零一二两三四五六七八九十])(?:\.0*)?(轮|次|批|人|口|户|年度?|个|名)?", bare)
    if not found:
        return Reading(None, fault="number_unreadable")
    number = NUMERALS.get(found[1])
    value = int(found[1]) if number is None else number
    repairs += ("number_format",) * (bare != str(value))
    return _in_range(str(value), value, column, repairs)


def _in_range(text: str, value: float, column: Column, repairs: tuple[str, ...]) -> Reading:
    if column.range and not column.range[0] <= value <= column.range[1]:
        low, high = (f"{limit:g}" for limit in column.range)
        return Reading(None, fault="out_of_range", hint=f"{low}-{high}")
    return Reading(text, repairs)


YES_WORDS = (
    "是 有 √ ✓ ✔ ☑ ✅ 1 Y YES TRUE T R 对 已 安全 达标 常住 在家 保障 参加 有保障 完成 "
    "已解决 已参加 已保障 已完成 已参保"
)
NO_WORDS = (
    "否 无 × ✗ ✘ ✖ ☒ ❌ 0 N NO FALSE F X 错 未 不是 没有 不安全 不达标 未达标 非常住 不常住 不在家 "
    "无保障 没保障 未解决 未参加 未保障 未完成 未参保"
)
YES, NO = frozenset(YES_WORDS.split()), frozenset(NO_WORDS.split())


def _yes_no(text: str, column: Column, context: Context) -> Reading:
    word = squeeze(text).removesuffix(".0")
    if word in YES or word in NO:
        value = "true" if word in YES else "false"
        return Reading(value, () if text in ("是", "否") else ("yes_no_word",))
    if text.upper() in BLANK_WORDS:
        return Reading(None, ("blank_word",))
    return Reading(None, fault="yes_no_unreadable")


def _code(text: str, column: Column, context: Context) -> Reading:
    """One code of the column's set, by itself or a known variant. A blank word that is no code is blank."""
    if text in column.codes:
        return Reading(text)
    code = column.values.get(squeeze(text).removesuffix(".0"))
    if code is not None:
        return Reading(code, ("code_variant",))
    if text.upper() in BLANK_WORDS:
        return Reading(None, ("blank_word",))
    return Reading(None, fault="code_unknown", hint="、".join(column.codes))


def _codes(text: str, column: Column, context: Context) -> Reading:
    """Several codes parted by 、 , ; / or space, each once, in the order given."""
    whole = _code(text, column, context)
    if whole.fault is None:
        return whole
    parts = [part for part in re.split(r"[、,，;；/|＋+\s\u3000]+", text.strip("'")) if part]
    readings = [_code(part, column, context) for part in parts]
    if not parts or any(reading.value is None for reading in readings):
        return Reading(None, fault="code_unknown", hint="、".join(column.codes))
    value = "、".join(dict.fromkeys(reading.value for reading in readings if reading.value))
    repairs = ("code_variant",) if any(reading.repairs for reading in readings) else ()
    return Reading(value, repairs + ("code_separator",) * (not repairs and value != text))


READERS = {
    "text": _plain_text,
    "name": _name,
    "household_no": _household_no,
    "id": _identity,
    "village": _village,
    "date": _date,
    "month": _month,
    "number": _number,
    "integer": _integer,
    "yes_no": _yes_no,
    "code": _code,
    "grade": _code,
    "codes": _codes,
}
