"""Words, numbers and dates read rightly in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from warehouse import i18n
from warehouse.errors import ConfigError
from warehouse.i18n import MissingTextError, code_text, label, language_for, set_language, t


@pytest.fixture(autouse=True)
def _language_is_put_back() -> Iterator[None]:
    yield
    set_language("zh_CN")


@pytest.mark.parametrize(
    ("call", "chinese", "english"),
    [
        (lambda: i18n.fmt_number(1234567), "1,234,567", "1,234,567"),
        (lambda: i18n.fmt_number(None), "—", "—"),  # null is never shown as 0
        (lambda: i18n.fmt_number(-0.2), "0", "0"),  # no minus before a zero
        (lambda: i18n.fmt_share(0.934), "93.4%", "93.4%"),
        (lambda: i18n.fmt_share(0.9998), ">99.9%", ">99.9%"),  # not quite all is not 100.0%
        (lambda: i18n.fmt_share(0.0002), "<0.1%", "<0.1%"),
        (lambda: i18n.fmt_share(0.0), "0.0%", "0.0%"),
        (lambda: i18n.fmt_share(1.0), "100.0%", "100.0%"),
        (lambda: i18n.fmt_share(None), "—", "—"),
        (lambda: i18n.fmt_share(float("nan")), "—", "—"),
        (lambda: i18n.fmt_points(0.012), "+1.2 个百分点", "+1.2 points"),
        (lambda: i18n.fmt_points(-0.0001), "±0.0 个百分点", "±0.0 points"),
        (lambda: i18n.fmt_signed(-3), "−3", "−3"),
        (lambda: i18n.fmt_signed(0), "±0", "±0"),
        (lambda: i18n.fmt_ratio(9, 41), "9/41", "9/41"),
        (lambda: i18n.fmt_interval(0.91, 0.952), "91.0%–95.2%", "91.0%–95.2%"),
        (lambda: i18n.fmt_money(7500), "7,500 元", "¥7,500"),
        (lambda: i18n.fmt_money(-3000), "-3,000 元", "-¥3,000"),
        (lambda: i18n.fmt_money(1234567, short=True), "123.5 万元", "¥1.23 million"),
        (lambda: i18n.fmt_money(20000, short=True), "2.0 万元", "¥20,000"),
        (lambda: i18n.fmt_days(1), "1 天", "1 day"),
        (lambda: i18n.fmt_days(15), "15 天", "15 days"),
        (lambda: i18n.fmt_date(date(2025, 12, 3)), "2025年12月3日", "3 Dec 2025"),
        (lambda: i18n.fmt_instant(datetime(2025, 12, 3, 14, 5)), "2025年12月3日 14:05", "3 Dec 2025, 14:05"),
        (lambda: i18n.fmt_month("2025-12"), "2025年12月", "Dec 2025"),
        (lambda: i18n.fmt_month(date(2025, 3, 1)), "2025年3月", "Mar 2025"),
        (lambda: i18n.fmt_quarter("2025Q4"), "2025年第四季度", "Q4 2025"),
        (lambda: i18n.fmt_period("2025"), "2025年", "2025"),
        (lambda: i18n.fmt_period("2025Q1"), "2025年第一季度", "Q1 2025"),
        (lambda: i18n.fmt_period_short("2025-12"), "25年12月", "Dec 25"),
        (lambda: i18n.fmt_period_short("2025Q4"), "25年Q4", "Q4 25"),
        (lambda: label("tier", "dibao_edge"), "最低生活保障边缘", "Dibao edge"),
        (lambda: label("tier", None), "未知", "unknown"),
        (lambda: code_text("漏保"), "漏保", "Missed cover"),
        (lambda: code_text("因病、因残"), "因病、因残", "Illness, Disability"),
        (lambda: code_text("something typed"), "something typed", "something typed"),  # open text stays as it came
        (lambda: i18n.in_language("民政", "Civil affairs"), "民政", "Civil affairs"),
        (lambda: i18n.in_language("孙疃村", None), "孙疃村", "孙疃村"),  # no English name: the name itself
    ],
)
def test_reads_in_both_languages(call, chinese: str, english: str) -> None:  # type: ignore[no-untyped-def]
    set_language("zh_CN")
    assert call() == chinese
    set_language("en")
    assert call() == english


def test_a_missing_key_or_value_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(MissingTextError, match=r"no\.such\.key.*Add it there in every language"):
        t("no.such.key")
    with pytest.raises(MissingTextError, match="expected also 'value'"):
        t("format.points", wrong=1)


@pytest.mark.parametrize("wrong", ["2025-13", "2025/12", "Q4"])
def test_a_wrong_period_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigError):
        i18n.fmt_period(wrong)


@pytest.mark.parametrize(
    ("asked", "given"),
    [("zh-CN", "zh_CN"), ("zh-Hant-TW", "zh_CN"), ("en-GB", "en"), ("fr", "en"), (None, "zh_CN"), ("", "zh_CN")],
)
def test_the_browser_chooses_the_first_language(asked: str | None, given: str) -> None:
    assert language_for(asked) == given


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected one of zh_CN, en"):
        set_language("de")
