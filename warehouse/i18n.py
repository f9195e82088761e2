"""Words, numbers, dates and money in the language of the reader. Texts live in `locale/<language>/*.yml`, flat keys.

A key that does not exist is an error, never an empty place on a page: tests/house/test_translations.py keeps the
catalogues complete. The language is a context variable, so that two sessions never see each other's.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast, get_args

import yaml

from warehouse.errors import ConfigError, KanhuError

Language = Literal["zh_CN", "en"]
Number = int | float | Decimal
LANGUAGES: tuple[Language, ...] = get_args(Language)
DEFAULT_LANGUAGE: Language = "zh_CN"
LOCALE_DIR = Path(__file__).parent / "locale"
_MISSING = "—"
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_language: ContextVar[Language] = ContextVar("kanhu_language", default=DEFAULT_LANGUAGE)


@dataclass(frozen=True)
class UnitWords:
    """What areas of a level are called: 村, 嘎查, 镇; one and several in English."""

    zh: str = "村"
    en: str = "village"
    en_several: str = "villages"


_units: ContextVar[tuple[UnitWords, UnitWords]] = ContextVar("kanhu_units", default=(UnitWords(), UnitWords()))


class MissingTextError(KanhuError):
    """A text was asked for that no catalogue of the language holds."""


def set_language(name: str) -> Language:
    """Make `name` the language of this context. Raises: ConfigError if it is none of LANGUAGES."""
    if name not in LANGUAGES:
        raise ConfigError(f"language: got {name!r}, expected one of {', '.join(LANGUAGES)}. Choose one of these.")
    _language.set(cast(Language, name))
    return cast(Language, name)


def language() -> Language:
    """The language of this context."""
    return _language.get()


def language_for(browser_locale: str | None) -> Language:
    """The language nearest to what a browser asks for: any form of Chinese is zh_CN, anything else en."""
    if not browser_locale:
        return DEFAULT_LANGUAGE
    return "zh_CN" if browser_locale.strip().lower().startswith("zh") else "en"


@cache
def catalogue(name: Language) -> MappingProxyType[str, str]:
    """Every text of a language by key.

    Raises: ConfigError with every key that stands in two files and every text that is not text.
    """
    texts: dict[str, str] = {}
    faults = []
    for path in sorted((LOCALE_DIR / name).glob("*.yml")):
        for key, text in (yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}).items():
            if key in texts:
                faults.append(f"{path.name}, {key}: got a key of another file, expected it once. Remove one.")
            if not isinstance(key, str) or not isinstance(text, str):
                faults.append(f"{path.name}, {key}: got {type(text).__name__}, expected text. Put it in quotes.")
                continue
            texts[key] = text
    if faults:
        raise ConfigError(faults)
    return MappingProxyType(texts)


def has_text(key: str) -> bool:
    """Whether the language of this context has a text for `key`."""
    return key in catalogue(language())


def t(key: str, /, **values: object) -> str:
    """The text of `key` in the language of this context, its {placeholders} filled from `values`.

    Those of unit_words need no value: {unit} is what the areas compared are called on this page, {lowest} a village.

    Raises: MissingTextError if there is no such key, or a placeholder gets no value.
    """
    try:
        text = catalogue(language())[key]
    except KeyError:
        raise MissingTextError(
            f"text: got key {key!r}, expected one of locale/{language()}/*.yml. Add it there in every language."
        ) from None
    if "{" not in text:
        return text
    try:
        return text.format(**{**unit_words(language(), *_units.get()), **values})
    except (KeyError, IndexError) as error:
        raise MissingTextError(
            f"text {key!r}: got values {sorted(values)}, expected also {error}. Pass it to t()."
        ) from None


def set_units(compared: UnitWords, lowest: UnitWords) -> None:
    """What the areas that are compared, and villages, are called in this context."""
    _units.set((compared, lowest))


@contextmanager
def units_of(compared: UnitWords, lowest: UnitWords) -> Iterator[None]:
    """The same for a while: what is written of the whole place while a page shows a part of it."""
    before = _units.set((compared, lowest))
    try:
        yield
    finally:
        _units.reset(before)


def compared_words() -> UnitWords:
    """What the areas that are compared are called in this context."""
    return _units.get()[0]


@cache
def unit_words(name: Language, compared: UnitWords, lowest: UnitWords) -> dict[str, str]:
    """The placeholders every text may use: unit, units (several), Unit, Units (at a sentence's start); lowest, ... ."""
    found: dict[str, str] = {}
    for key, words in (("unit", compared), ("lowest", lowest)):
        one, several = (words.zh, words.zh) if name == "zh_CN" else (words.en, words.en_several)
        found |= {key: one, f"{key}s": several}
        found |= {
            key.capitalize(): one[:1].upper() + one[1:],
            f"{key}s".capitalize(): several[:1].upper() + several[1:],
        }
    return found


def t_n(key: str, n: int, /, **values: object) -> str:
    """The text of `key.one` or `key.other`, whichever suits `n`; `{n}` is the formatted number."""
    return t(f"{key}.{'one' if n == 1 else 'other'}", n=fmt_number(n), **values)


def label(kind: str, code: str | None, /) -> str:
    """The words for a code: `label("tier", "dibao_edge")`. None reads as unknown. Raises: MissingTextError."""
    return t("format.unknown") if code is None else t(f"label.{kind}.{code}")


def code_text(value: str | None, /) -> str:
    """A value of a contract's code set in the reader's language: 漏保 -> missed. Other text stays as it is.

    Several values joined by 、 are translated one by one.
    """
    if value is None:
        return t("format.unknown")
    texts = catalogue(language())
    words = [texts.get(f"label.code.{word}", word) for word in value.split("、")]
    return t("format.list_separator").join(words)


def in_language(name: str, name_en: str | None) -> str:
    """Of two names that data carry (areas, departments, metrics), the one for this language, its units filled."""
    return with_units(name_en if language() == "en" and name_en else name)


def with_units(text: str, name: Language | None = None) -> str:
    """The text with its {unit} and {lowest} filled with what areas are called here; other braces stay as they are.

    name: of the language of the text, that of this context if none is given.
    """
    return filled(text, unit_words(name or language(), *_units.get())) if "{" in text else text


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with those {words} that are given; other braces stay as they are."""
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], found[0]), text)


def join_words(words: list[str]) -> str:
    """Words as a list inside a sentence: 甲、乙 / A, B."""
    return t("format.list_separator").join(words)


def t_counts(key: str, counts: Mapping[str, int], /, **values: object) -> str:
    """What there is, one `key.<name>` with {n} each, as a list inside a sentence: 按时 3、迟到 1. Of what is none no
    word is said; empty if there is nothing at all."""
    return join_words([t(f"{key}.{name}", n=fmt_number(n), **values) for name, n in counts.items() if n])


def fmt_number(value: Number | None, digits: int = 0) -> str:
    """1234.5 -> 1,234 (halves to even). None and nan read as a dash."""
    if value is None or math.isnan(value):
        return _MISSING
    text = f"{value:,.{digits}f}"
    return text.lstrip("-") if float(text.replace(",", "")) == 0 else text


def fmt_share(value: float | None, digits: int = 1) -> str:
    """0.934 -> 93.4%. A share that is not quite none or all is never rounded to it: <0.1%, >99.9%."""
    if value is None or math.isnan(value):
        return _MISSING
    step = 10.0 ** -(digits + 2)
    if 0 < value < step / 2:
        return f"<{step:.{digits}%}"
    if 1 - step / 2 < value < 1:
        return f">{1 - step:.{digits}%}"
    return f"{value:.{digits}%}"


def fmt_points(value: float | None, digits: int = 1) -> str:
    """A difference of two shares: 0.012 -> +1.2 个百分点 / +1.2 points."""
    if value is None or math.isnan(value):
        return _MISSING
    return t("format.points", value=fmt_signed(value * 100, digits))


def fmt_signed(value: Number | None, digits: int = 0) -> str:
    """A difference of two counts: 12 -> +12, -3 -> −3, 0 -> ±0."""
    if value is None or math.isnan(value):
        return _MISSING
    if round(value, digits) == 0:
        return f"±{0:.{digits}f}"
    return f"{value:+,.{digits}f}".replace("-", "−")


def fmt_ratio(numerator: int | None, denominator: int | None) -> str:
    """9, 41 -> 9/41."""
    return f"{fmt_number(numerator)}/{fmt_number(denominator)}"


def fmt_interval(low: float | None, high: float | None, digits: int = 1) -> str:
    """0.91, 0.952 -> 91.0%–95.2%."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return _MISSING
    return f"{low:.{digits}%}–{high:.{digits}%}"


def fmt_money(value: Number | None, digits: int = 0, *, short: bool = False) -> str:
    """7500 -> 7,500 元 / ¥7,500; `short`: 1,234,567 -> 123.5 万元 / ¥1.23 million."""
    if value is None or math.isnan(value):
        return _MISSING
    sign, amount = ("-" if value < 0 else ""), abs(float(value))
    if short and language() == "zh_CN" and amount >= 10_000:
        return t("format.money_short", sign=sign, amount=fmt_number(amount / 10_000, 1))
    if short and language() == "en" and amount >= 1_000_000:
        return t("format.money_short", sign=sign, amount=fmt_number(amount / 1_000_000, 2))
    return t("format.money", sign=sign, amount=fmt_number(amount, digits))


def fmt_days(value: Number | None) -> str:
    """5 -> 5 天 / 5 days."""
    return _MISSING if value is None or math.isnan(value) else t_n("format.days", int(value))


def fmt_date(value: date | None) -> str:
    """2025-12-03 -> 2025年12月3日 / 3 Dec 2025."""
    if value is None:
        return _MISSING
    return t("format.date", year=value.year, month=_month_word(value.month), day=value.day)


def fmt_instant(value: datetime | None) -> str:
    """A moment with its minute: 2025年12月3日 14:05 / 3 Dec 2025, 14:05."""
    return _MISSING if value is None else t("format.instant", date=fmt_date(value), time=f"{value:%H:%M}")


def fmt_month(value: date | str | None) -> str:
    """2025-12 (or a date in it) -> 2025年12月 / Dec 2025."""
    if value is None:
        return _MISSING
    year, month = (value.year, value.month) if isinstance(value, date) else _year_month(value)
    return t("format.month", year=year, month=_month_word(month))


def fmt_quarter(value: str | None) -> str:
    """2025Q4 -> 2025年第四季度 / Q4 2025."""
    if value is None:
        return _MISSING
    found = re.fullmatch(r"(\d{4})-?Q([1-4])", value)
    if not found:
        raise ConfigError(f"quarter: got {value!r}, expected a form like 2025Q4. Write it so.")
    return t(f"format.quarter_{found[2]}", year=found[1])


def fmt_period(value: str | None) -> str:
    """A month, quarter or year as metric_values names it: 2025-12, 2025Q4, 2025."""
    if value is None:
        return _MISSING
    if re.fullmatch(r"\d{4}", value):
        return t("format.year", year=value)
    return fmt_quarter(value) if "Q" in value else fmt_month(value)


def fmt_period_short(value: str | date) -> str:
    """A period for an axis: 2025-12 -> 25年12月 / Dec 25; 2025Q4 -> 25年Q4 / Q4 25; 2025 -> 2025."""
    if isinstance(value, date):
        value = f"{value:%Y-%m}"
    if re.fullmatch(r"\d{4}", value):
        return value
    if "Q" in value:
        return t("format.quarter_short", year=value[2:4], quarter=value[-2:])
    year, month = _year_month(value)
    return t("format.month_short", year=f"{year % 100:02d}", month=_month_word(month))


def _year_month(value: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{4})-(\d{2})(-\d{2})?", value)
    if not found or not 1 <= int(found[2]) <= 12:
        raise ConfigError(f"month: got {value!r}, expected a form like 2025-12. Write it so.")
    return int(found[1]), int(found[2])


def _month_word(month: int) -> str:
    return _MONTHS_EN[month - 1] if language() == "en" else str(month)
