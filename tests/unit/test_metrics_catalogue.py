"""The metric catalogue is whole, and a broken one is refused with every fault at once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from warehouse import i18n
from warehouse.contracts import load_contracts
from warehouse.errors import ConfigError
from warehouse.i18n import UnitWords
from warehouse.metrics import CATALOGUE, load_metrics, metrics_frame
from warehouse.words.metric import name_of


def test_every_metric_needs_extracts_that_exist() -> None:
    known = set(load_contracts())
    assert {need for metric in load_metrics().values() for need in metric.needs} <= known


def test_targets_are_only_those_that_a_clause_states() -> None:
    targets = {metric.metric: metric.target for metric in load_metrics().values() if metric.target is not None}
    assert targets == {"checked_first_rate": 1.0, "inspection_coverage": 1.0, "lookback_coverage": 1.0}


def test_the_frame_parts_lists_by_the_chinese_comma() -> None:
    row = metrics_frame().row(by_predicate=pl.col("metric") == "push_on_time", named=True)
    assert (row["scopes"], row["periods"], row["needs"]) == ("profile、department", "month、quarter、year", "")


def test_all_faults_of_a_broken_catalogue_are_named_at_once(tmp_path: Path) -> None:
    entries = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))[:4]
    entries[0]["unit"] = "percent"  # not a unit
    entries[1]["target"] = 98  # a percentage, and without its source
    del entries[2]["clause"]
    entries[3]["scopes"] = ["village"]  # the scope is called area
    entries.append(dict(entries[0], unit="share"))
    entries.append(dict(entries[0], unit="share"))  # the same metric twice
    broken = tmp_path / "metrics.yml"
    broken.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        load_metrics(broken)
    faults = error.value.faults
    assert len(faults) == 6
    assert [
        part in fault
        for part, fault in zip(
            ("'percent'", "98", "without its source", "no clause", "village", "twice"), faults, strict=True
        )
    ] == [True] * 6


def test_texts_name_villages_as_the_place_calls_them() -> None:
    """A gacha is not a village; of a county it is villages that are inspected, whatever level a page compares."""
    rows = {
        words: metrics_frame(words).row(by_predicate=pl.col("metric") == "inspection_coverage", named=True)
        for words in (None, UnitWords("嘎查", "gacha", "gachas"))
    }
    assert [row["name_zh"] for row in rows.values()] == ["督查覆盖村数", "督查覆盖嘎查数"]
    assert [row["denominator_en"] for row in rows.values()] == ["All villages", "All gachas"]
    for words in (None, UnitWords("嘎查", "gacha", "gachas")):
        texts = [text for column in metrics_frame(words).select(pl.col(pl.String)) for text in column if text]
        assert not [text for text in texts if "{" in text]


def test_a_page_of_towns_still_says_villages_of_what_is_inspected() -> None:
    """The metric counts the lowest areas, also where a page compares towns."""
    town, village = UnitWords("镇", "town", "towns"), UnitWords("嘎查", "gacha", "gachas")
    with i18n.units_of(town, village):
        assert name_of("inspection_coverage") == "督查覆盖嘎查数"
