"""The bench runs on a small town and writes its fields. How fast it was is no matter of a test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Town
from warehouse.bench.builds import measure_build
from warehouse.bench.commands import tables
from warehouse.bench.intake import measure_intake
from warehouse.bench.lab import measure_lab
from warehouse.bench.pages import measure_pages
from warehouse.bench.report import quantile, this_machine, write_report
from warehouse.scope import Role, build_scope, pages_for


def test_p95_of_twenty_is_the_nineteenth() -> None:
    """The nearest rank: of few values the p95 is one that was measured, not one between."""
    assert quantile(list(range(1, 21)), 0.95) == 19
    assert quantile([3.0], 0.95) == 3.0
    assert quantile([2.0, 1.0], 0.5) == 1.0


def test_pages_are_measured_as_served(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server of its own on the town's snapshot: every page of the office answers, and one household's file."""
    for name in ("KANHU_DATA_DIR", "KANHU_PROFILE", "KANHU_SAMPLE_IDS", "KANHU_APP_DB"):
        monkeypatch.setenv(name, "")
    found = measure_pages(town.settings, runs=1, languages=["en"])
    office = build_scope(
        user_id=0,
        user_name="",
        role=Role.OFFICE,
        granted_areas=["*"],
        granted_departments=[],
        granted_households=True,
        villages=["v"],
        departments=[],
    )
    rows = found["pages"]
    assert [row["page"] for row in rows] == [*(page.name for page in pages_for(office)), "household file"]
    assert all(row[f"{kind}_{part}_ms"] > 0 for row in rows for kind in ("fresh", "cached") for part in ("p95", "cpu"))
    assert all(row["kilobytes"] > 5 for row in rows), "a page that failed sends next to nothing"
    assert found["empty_page"]["cached_median_ms"] > 0


def test_scenarios_of_the_policy_lab_are_measured(town: Town) -> None:
    """Each run is a new scenario: what is remembered of one before would tell nothing."""
    found = measure_lab(town.settings, runs=2)
    assert found["households"] > 1_000
    assert found["first_ms"] > 0
    assert found["floor"]["median_ms"] > 0
    assert found["scenario"]["cpu_ms"] > found["floor"]["cpu_ms"]
    assert "policy lab" in next(tables({"lab": found})).title.lower()


def test_a_build_is_measured_aside(hamlet: Town) -> None:
    """It reads the hamlet's landed files and writes nothing into the hamlet."""
    before = sorted(path.name for path in hamlet.settings.snapshots.iterdir())
    found = measure_build(hamlet.settings)
    assert found["household_months"] > 240 * 3
    assert found["floor"]["rows"] > found["household_months"]
    assert found["build"]["seconds"] > found["floor"]["seconds"] > 0
    assert found["build"]["peak_mb"] > 100
    assert found["dbt"]["models"]["number"] > 50
    assert sorted(path.name for path in hamlet.settings.snapshots.iterdir()) == before


def test_intake_is_measured_and_all_is_written(town: Town, tmp_path: Path) -> None:
    """One month of files, each format by itself; the report names the machine and holds what was printed."""
    (tmp_path / "2025-12").symlink_to(town.sample / "2025-12")
    parts = {"intake": measure_intake(town.settings, town.profile, tmp_path)}
    rows = parts["intake"]["formats"]
    assert [row["format"] for row in rows] == ["csv", "xlsx", "xls"]
    assert all(0 < row["rows_accepted"] <= row["rows"] for row in rows)
    write_report(tmp_path / "bench.json", this_machine(), parts)
    written = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert written["intake"]["formats"] == rows
    assert written["machine"]["cores"] >= 1
    assert [table.row_count for table in tables(parts)] == [3]
