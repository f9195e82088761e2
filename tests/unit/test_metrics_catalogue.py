"""The metric catalogue is whole, and a broken one is refused with every fault at once."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import yaml

from warehouse.contracts import load_contracts
from warehouse.errors import ConfigError
from warehouse.metrics import CATALOGUE, load_metrics, metrics_frame


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
