"""Each verdict sentence, in both languages, from numbers whose verdict is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import polars as pl
import pytest

from warehouse.i18n import set_language
from warehouse.stats import verdicts as v
from warehouse.stats.survival import duration
from warehouse.stats.verdicts import Wording
from warehouse.stats.xmr import xmr
from warehouse.words.evaluation import change_words, with_unasked
from warehouse.words.headline import Headline, headlines, unchanged
from warehouse.words.steps import typical_text

ZH = Wording("疑似漏保", "全镇", "村", better="low")
EN = Wording("suspected missed", "the town", "village", better="low")


@pytest.fixture(autouse=True)
def _language_is_put_back() -> Iterator[None]:
    yield
    set_language("zh_CN")


def villages(numerators: list[int], denominator: int = 41) -> pl.DataFrame:
    names = ["杨柳村", "大田村", "王楼村", "刘圩村", "任李村", "秦口村", "四李村"][: len(numerators)]
    return pl.DataFrame({"name": names, "numerator": numerators, "denominator": [denominator] * len(numerators)})


def both(call: Callable[[Wording], object]) -> tuple[object, object]:
    set_language("zh_CN")
    chinese = call(ZH)
    set_language("en")
    return chinese, call(EN)


def test_one_village_to_check() -> None:
    # P(X >= 9 | 41, 0.062) = 0.0006; three sound villages beside it
    chinese, english = both(lambda words: v.villages_sentences(villages([9, 2, 3, 2]), 0.062, words))
    assert chinese == [
        "4 个村中 1 个村需查：杨柳村 9/41（疑似漏保，全镇 6.2%）。若与全镇相同，偶然出现这样结果的可能性不到千分之一。",
        "按偶然计，4 个村中会落在“留意”线外的不到 0.1 个村。",
    ]
    assert english == [
        "1 of 4 villages needs a check: 杨柳村 9/41 (suspected missed; the town 6.2%). "
        "At the rate of the town, chance alone gives this less than once in a thousand times.",
        'By chance alone fewer than 0.1 village of 4 villages would fall outside the "note" limits.',
    ]


def test_what_chance_does_among_22_villages_is_said() -> None:
    frame = pl.DataFrame({"name": [str(i) for i in range(22)], "numerator": [5] * 22, "denominator": [80] * 22})
    chinese, english = both(lambda words: v.villages_sentences(frame, 0.062, words)[-1])
    assert chinese == "按偶然计，22 个村中约有 0.4 个村会落在“留意”线外。"
    assert english == 'By chance alone about 0.4 of 22 villages would fall outside the "note" limits.'


def test_a_note_is_said_to_be_possibly_chance() -> None:
    # P(X >= 7 | 41, 0.062) = 0.0120
    chinese, english = both(lambda words: v.villages_sentences(villages([7, 2]), 0.062, words)[0])
    assert chinese == "1 个村请留意，也可能只是偶然：杨柳村 7/41（疑似漏保，全镇 6.2%）。"
    assert english == "1 village to note, possibly by chance: 杨柳村 7/41 (suspected missed; the town 6.2%)."


def test_the_good_side_is_not_a_check() -> None:
    # P(X <= 8 | 41, 0.5) < 0.001, and low is good
    chinese, english = both(lambda words: v.villages_sentences(villages([8, 20]), 0.5, words)[0])
    assert chinese == "1 个村好于全镇，超出偶然：杨柳村 8/41（疑似漏保，全镇 50.0%）。"
    assert english == (
        "1 village does better than the town by more than chance: 杨柳村 8/41 (suspected missed; the town 50.0%)."
    )
    set_language("zh_CN")
    neutral = v.villages_sentences(villages([8, 20]), 0.5, Wording("有措施", "全镇", "村"))[0]
    assert neutral.startswith("2 个村中 1 个村需查：杨柳村 8/41")


def test_no_difference_and_nothing_to_count() -> None:
    frame = pl.concat([villages([2, 3]), pl.DataFrame({"name": ["陈楼村"], "numerator": [0], "denominator": [0]})])
    chinese, english = both(lambda words: v.villages_sentences(frame, 0.062, words))
    assert isinstance(chinese, list)
    assert isinstance(english, list)
    assert chinese[0] == "3 个村的疑似漏保与全镇（6.2%）均无明显差异。"
    assert chinese[2] == "1 个村本期无应计对象。"
    assert english[0] == "None of the 3 villages really differs from the town (6.2%) in suspected missed."
    assert english[2] == "1 village has none to count in this period."
    assert both(lambda words: v.villages_sentences(frame, None, words)) == (
        ["全镇本期无应计对象，无法比较。"],
        ["Nothing to compare: none to count in the town in this period."],
    )


def test_many_villages_are_named_up_to_five() -> None:
    chinese, english = both(lambda words: v.villages_sentences(villages([20] * 7), 0.062, words)[0])
    assert "秦口村" not in str(chinese)
    assert "任李村 20/41等 7 个（疑似漏保" in str(chinese)
    assert "任李村 20/41 and others, 7 in all (suspected" in str(english)


@pytest.mark.parametrize(
    ("x", "n", "p0", "chinese", "english"),
    [
        (
            9,
            41,
            0.062,
            "杨柳村疑似漏保 9/41（22.0%，95% 区间 12.0%–36.7%），高于全镇 6.2%，偶然出现的可能性不到千分之一：需查。",
            "杨柳村, suspected missed 9/41 (22.0%, 95% interval 12.0%–36.7%), is above the town at 6.2%; "
            "by chance this happens less than once in a thousand times: check.",
        ),
        (
            7,
            41,
            0.062,
            "杨柳村疑似漏保 7/41（17.1%，95% 区间 8.5%–31.3%），高于全镇 6.2%，偶然出现的可能性约 1.2%：请留意。",
            "杨柳村, suspected missed 7/41 (17.1%, 95% interval 8.5%–31.3%), is above the town at 6.2%; "
            "by chance this happens in about 1.2% of cases: note.",
        ),
        (
            3,
            41,
            0.062,
            "杨柳村疑似漏保 3/41（7.3%，95% 区间 2.5%–19.4%），与全镇 6.2% 无明显差异。",
            "杨柳村, suspected missed 3/41 (7.3%, 95% interval 2.5%–19.4%): no real difference from the town at 6.2%.",
        ),
        (
            0,
            0,
            0.062,
            "杨柳村：疑似漏保本期无应计对象。",
            "杨柳村: suspected missed has none to count in this period.",
        ),
        (
            3,
            41,
            None,
            "杨柳村疑似漏保 3/41（7.3%，95% 区间 2.5%–19.4%）。",
            "杨柳村, suspected missed 3/41 (7.3%, 95% interval 2.5%–19.4%).",
        ),
    ],
)
def test_one_village(x: int, n: int, p0: float | None, chinese: str, english: str) -> None:
    assert both(lambda words: v.village_sentence("杨柳村", x, n, p0, words)) == (chinese, english)


def test_change_is_claimed_only_when_the_interval_leaves_out_zero() -> None:
    up, flat = v.change(90, 100, 70, 100), v.change(90, 100, 85, 100)
    assert (up.kind, flat.kind) == ("up", "none")
    assert v.change(70, 100, 90, 100).kind == "down"
    assert v.change(1, 2, 0, 0).kind == "unknown"  # nothing to compare with is not "no change"
    assert v.change(None, None, 1, 2).kind == "unknown"
    assert both(lambda _: v.change_sentence(up, "上季度")) == (
        "比上季度上升（+20.0 个百分点，95% 区间 +9.0 至 +30.6）",
        "up on 上季度 (+20.0 points, 95% interval +9.0 to +30.6)",
    )
    assert str(both(lambda _: v.change_sentence(flat, "last quarter"))[1]).startswith(
        "no real change from last quarter"
    )
    assert v.change_sentence(v.change(1, 2, 0, 0), "last quarter") == "nothing to compare in last quarter"


def test_targets() -> None:
    assert both(lambda _: v.target_sentence(95, 100, 0.95, "high")) == ("达到目标 95.0%", "target 95.0% met")
    assert both(lambda _: v.target_sentence(93, 100, 0.95, "high")) == (
        "未达目标 95.0%（−2.0 个百分点），差距在偶然范围内",
        "target 95.0% not met (−2.0 points), a gap that chance explains",
    )
    assert both(lambda _: v.target_sentence(50, 100, 0.95, "high"))[0] == "未达目标 95.0%（−45.0 个百分点）"
    assert both(lambda _: v.target_sentence(2, 100, 0.05, "low"))[1] == "target 5.0% met"
    assert v.target_sentence(0, 0, 0.95, "high") is None
    assert v.target_sentence(1, 2, None, "high") is None


def test_none_found_is_not_none() -> None:
    assert both(lambda _: v.none_found_sentence(60, "漏保")) == (
        "查 60 户未发现漏保，最多只能说漏保率低于 4.9%。",
        "60 households checked, no 漏保 found: this only shows that the rate of 漏保 is below 4.9%.",
    )
    assert both(lambda _: v.none_found_sentence(0, "漏保"))[0] == "尚未核查，漏保情况不明。"


def test_unknowns_and_states() -> None:
    assert both(lambda _: v.unknown_sentence(37)) == (
        "另有 37 户情况未知，不计入比率。",
        "37 more households with an unknown state stand outside the rate.",
    )
    assert v.unknown_sentence(0) is None
    assert v.state_sentence("known") is None
    assert both(lambda _: v.state_sentence("none_to_count"))[0] == "本期无应计对象，不计算比率。"
    assert both(lambda _: v.state_sentence("list_missing", "新增大病人员名单"))[0] == "新增大病人员名单未到，无法计算。"
    assert both(lambda _: v.state_sentence("list_missing"))[1] == (
        "A list this needs has not come, so it cannot be counted."
    )


def test_series_sentences() -> None:
    months = [f"{month}月" for month in range(1, 14)]
    calm, jump = xmr([10, 12] * 6 + [10]), xmr([10, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 30])
    assert both(lambda _: v.series_sentence(calm, months)) == (
        "13 期均在正常波动界限内，没有特殊原因的变动。",
        "All 13 periods lie within the limits of normal variation: no special cause.",
    )
    assert both(lambda _: v.series_sentence(jump, months))[0] == "13月高出上限：有特殊原因，应查明。"
    assert both(lambda _: v.series_sentence(xmr([1, 2, 1]), months[:3])) == (
        "3 期均在正常波动界限内，没有特殊原因的变动。（不足 13 期，界限为试用）",
        "All 3 periods lie within the limits of normal variation: no special cause. (under 13 periods: trial limits)",
    )
    assert both(lambda _: v.series_sentence(xmr([1]), months[:1]))[1] == "Too few periods to see a change."


def test_durations_say_what_is_still_open() -> None:
    assert both(lambda _: v.duration_sentence(duration([2, 4, 6], [True] * 3))) == (
        "半数在 4 天内完成，九成在 6 天内完成",
        "half are done within 4 days, nine in ten within 6 days",
    )
    assert both(lambda _: v.duration_sentence(duration([2, 4, 30], [True, True, False]))) == (
        "半数在 4 天内完成，九成所需时间超过 30 天（含未办结 1 件）",
        "half are done within 4 days; nine in ten take more than 30 days (1 still open, counted)",
    )
    assert both(lambda _: v.duration_sentence(duration([30], [False])))[0] == "半数所需时间超过 30 天（含未办结 1 件）"
    assert both(lambda _: v.duration_sentence(duration([], [])))[1] == "none to count"


def test_hazard() -> None:
    chinese, english = both(lambda _: v.hazard_sentence("杨柳村", 11, 3.24))
    assert str(chinese).startswith("杨柳村本月新增预警 11 户，按平常水平应为 3.2 户左右，超出偶然上限（99.8%）")
    assert str(english).startswith("杨柳村: 11 new households warned this month, about 3.2 expected")


@pytest.mark.parametrize(
    ("verdict", "better", "tone"),
    [
        ("check_high", "low", "check"),
        ("check_high", "high", "better"),
        ("note_low", "high", "note"),
        ("check_low", None, "check"),
        ("none", "high", "plain"),
        ("none_to_count", "high", "unknown"),
    ],
)
def test_chips(verdict: str, better: v.Better, tone: str) -> None:
    assert v.chip(verdict, better).tone == tone


def test_the_good_side_comes_from_the_catalogue() -> None:
    assert [v.better_of(direction) for direction in ("up", "down", "none")] == ["high", "low", None]


@pytest.mark.parametrize(
    ("verdict", "better", "chinese", "english"),
    [
        ("note_low", "low", "较好（偏低，超出偶然）", "Better (low, beyond chance)"),
        ("check_high", "high", "较好（偏高，超出偶然）", "Better (high, beyond chance)"),
        ("note_low", "high", "留意（偏低）", "Note (low)"),
        ("check_high", "low", "应查（偏高）", "Check (high)"),
        ("note_low", None, "留意（偏低）", "Note (low)"),
        ("none", "low", "无明显差异", "No real difference"),
    ],
)
def test_the_good_side_is_no_alarm(verdict: str, better: v.Better, chinese: str, english: str) -> None:
    assert both(lambda _: v.verdict_words(verdict, better)) == (chinese, english)
    assert v.chip(verdict, better).text == english


def test_a_list_that_is_never_asked_for_is_not_late() -> None:
    asked = both(lambda _: v.state_sentence("list_missing", "回头看记录"))
    never = both(lambda _: v.state_sentence("not_asked", "回头看记录"))
    assert asked == ("回头看记录未到，无法计算。", "回头看记录 has not come, so this cannot be counted.")
    assert never == (
        "本地不要求报送回头看记录，不作统计。",
        "The place does not ask for 回头看记录; this is not counted.",
    )


@pytest.mark.parametrize(
    ("days", "done", "chinese", "english"),
    [
        ([1], [True], "半数 1 天内办结，九成 1 天内", "half done within 1 day, nine in ten within 1 day"),
        (
            [1, 2, 3, 4],
            [True] * 4,
            "半数 2 天内办结，九成 4 天内",
            "half done within 2 days, nine in ten within 4 days",
        ),
        (
            [1, 2, 3, 203],
            [True, True, True, False],
            "半数 2 天内办结；九成还不能说（已过 203 天）",
            "half done within 2 days; nine in ten cannot be said yet (over 203 days)",
        ),
        (
            [5, 60, 60, 60],
            [True, False, False, False],
            "要多久还不能说：过了 60 天，办结的仍不到半数",
            "cannot be said yet: after 60 days fewer than half are done",
        ),
    ],
)
def test_what_cannot_be_said_of_days_is_said(days: list[int], done: list[bool], chinese: str, english: str) -> None:
    assert both(lambda _: typical_text(duration(days, done))) == (chinese, english)


def metric_row(**given: object) -> dict[str, object]:
    """A row of metric_values with its earlier period: 90/100 against 91/100, no real change."""
    row = {"metric": "rectified_in_time", "state": "known", "numerator": 90, "denominator": 100, "value": 0.9}
    row |= {"low": 0.826, "high": 0.945, "unknown": 0, "target": None, "lists_missing": None, "period": "2025Q4"}
    row |= {"numerator_people": None, "denominator_people": None, "earlier_period": "2025Q3"}
    return row | {"earlier_numerator": 91, "earlier_denominator": 100, "earlier_value": 0.91} | given


def shown_of(*rows: dict[str, object]) -> list[Headline]:
    frame = pl.DataFrame(list(rows), infer_schema_length=None)
    return headlines(frame, [str(row["metric"]) for row in rows], "2025Q3", {"village_inspections": "督查记录"})


def test_a_headline_keeps_its_figures_and_tells_only_a_real_change() -> None:
    still, moved = both(lambda _: shown_of(metric_row())[0]), both(lambda _: shown_of(metric_row(numerator=60))[0])
    assert [one.under for one in still] == [("90/100 个问题",), ("90/100 issues",)]
    assert [one.value for one in still] == ["90.0%", "90.0%"]
    assert still[0].more == (
        "95% 区间 82.6%–94.5%",
        "与2025Q3相比无明显变化（−1.0 个百分点，95% 区间 −9.5 至 +7.5）",
    )
    assert [one.under[1] for one in moved] == ["**下降 31.0 个百分点**", "**down 31.0 points**"]


def test_of_few_there_is_no_percentage_and_of_what_is_not_there_the_reason() -> None:
    few = shown_of(metric_row(numerator=0, denominator=1, value=0.0))[0]
    assert (few.value, few.under[0]) == ("0/1", "个问题，数少不算百分比")
    gone = {"numerator": None, "denominator": None, "value": None, "low": None, "high": None}
    never = metric_row(state="not_asked", lists_missing="village_inspections", **gone)
    lost = shown_of(never)[0]
    assert (lost.value, lost.under) == ("—", ("本地不要求报送镇级督查和“回头看”检查记录，不作统计。",))


def test_no_real_change_is_said_once_for_all() -> None:
    rows = [metric_row(), metric_row(metric="lookback_passed", earlier_denominator=None, earlier_numerator=None)]
    chinese, english = both(lambda _: unchanged(shown_of(*rows), "2025Q3"))
    assert chinese == (
        "以上各项中，1 项与2025Q3相比无明显变化（差异在偶然范围内），不逐项重复；1 项在2025Q3没有可比的数。"
    )
    assert english == (
        "Of these figures, no real change against 2025Q3 (within chance): 1, not repeated under each; "
        "nothing in 2025Q3 to compare with: 1."
    )


def test_a_change_has_a_direction_and_no_change_no_words() -> None:
    assert both(lambda _: change_words(metric_row())) == ("", "")
    assert both(lambda _: change_words(metric_row(numerator=60))) == (
        "变差：下降 31.0 个百分点",
        "worse: down 31.0 points",
    )
    assert both(lambda _: change_words(metric_row(earlier_denominator=None))) == ("无可比数据", "nothing to compare")


def test_only_what_the_place_asks_for_can_be_missing() -> None:
    rows = pl.DataFrame(
        {
            "metric": ["lookback_passed", "link_rate", "coverage_rate"],
            "state": ["list_missing", "list_missing", "known"],
            "lists_missing": ["village_inspections", "household_roster", None],
        }
    )
    told = with_unasked(rows, {"village_inspections"})
    assert told["state"].to_list() == ["not_asked", "list_missing", "known"]
    assert told["lists_missing"].to_list() == ["village_inspections", "household_roster", None]
