"""What people type or put into a link is shown as it stands, and numbers of any length are no error."""

from __future__ import annotations

import re

import polars as pl
import pytest

from warehouse.words.markup import literal
from warehouse.words.sample_plan import plan_of, results_of

MARKS = ("![", "](", "<img", "`", "**", "$", "://", ":red[", ":material/", "www.", "~~")


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://a.b/c)",
        "[x](javascript:alert(1))",
        "<img src=x>",
        "**强** ~~删~~ `码` $x$",
        "见 https://a.b 或 www.a.b",
        ":red[红] :material/home:",
        "一\n\n# 二\n- 三",
    ],
)
def test_markdown_in_a_text_is_not_run(text: str) -> None:
    told = literal(text)
    bare = re.sub(r"\\.", "", told)
    assert not any(mark in bare for mark in MARKS)
    assert "\n" not in told, "no heading and no list begins inside a sentence"
    assert told.replace("\\", "") == " ".join(text.split()), "and nothing of it is lost"


def test_results_in_a_link_are_numbers_that_can_be() -> None:
    sizes = pl.DataFrame({"area_code": ["a", "b"], "name": ["甲", "乙"], "resident": [40, 9]})
    plan = plan_of(sizes, "resident", "1", claim=None, capacity=10)
    assert results_of("a:12:1,b:9:0", plan) == {"a": (12, 1), "b": (9, 0)}
    for wrong in ("a:1e3:0", "a:-1:0", "a:41:0", "a:3:4", "c:1:0", "a:²:0", f"a:{'9' * 5000}:0", "a:1", "::,", "a:١:0"):
        assert results_of(wrong, plan) == {}, wrong
