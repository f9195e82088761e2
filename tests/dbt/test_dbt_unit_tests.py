"""The dbt unit tests (rules at their limits, on rows written by hand) run on a build of two months of a small place."""

from __future__ import annotations

import contextlib
import datetime as dt
import json

import pytest
import yaml

from warehouse.build import plan_build, register, run_dbt
from warehouse.errors import BuildError
from warehouse.inputs import DBT_PROJECT
from warehouse.intake import import_files
from warehouse.profiles import Profile
from warehouse.sample import write_sample
from warehouse.settings import Settings
from warehouse.snapshots import Snapshot


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, profile: Profile) -> dict[str, str]:
    """What became of each unit test, by name."""
    folder = tmp_path_factory.mktemp("unit_tests")
    settings = Settings(data_dir=folder / "data", sample_ids=True)
    write_sample(folder / "sample", profile, households=60, months=2, until=dt.date(2025, 12, 1), seed=3)
    import_files([folder / "sample"], settings, profile)
    plan = plan_build(settings, profile, None)
    snapshot = Snapshot(
        snapshot_id="unit-tests",
        built_at="2026-01-01T00:00:00+00:00",
        profile=profile.name,
        as_of=plan.as_of.isoformat(),
        first_month=plan.months[0].isoformat(),
        last_month=plan.months[-1].isoformat(),
        rules_version="unit-tests",
        sample_data=True,
        tables={},
    )
    database = folder / "build.duckdb"
    register(database, settings, plan, snapshot)
    # Unit tests ask the tables of the models that they read for their columns.
    run_dbt(database, folder, "run", "--select", "+test_type:unit")
    with contextlib.suppress(BuildError):  # what failed is told one by one below
        run_dbt(database, folder, "test", "--select", "test_type:unit")
    outcome = json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))
    return {
        result["unique_id"].rsplit(".", 1)[-1]: result["status"]
        for result in outcome["results"]
        if result["unique_id"].startswith("unit_test.")
    }


@pytest.mark.parametrize(
    "name",
    [
        "steps_against_their_limits",  # worked example 8
        "eliminations_break_rules",  # worked example 9
        "limits_end_where_the_next_begins",
        "issues_by_state",
        "warnings_by_state",
        "lists_by_state",
        "items_count_when_their_limit_falls",
        "spells_count_when_their_limit_falls",
        "households_in_and_beside_the_ratio",
        "lists_that_a_figure_lacks",
        "one_model_of_all_metrics",
    ],
)
def test_rules_of_ledgers_and_metrics_hold_at_their_limits(results: dict[str, str], name: str) -> None:
    assert results[name] == "pass"


def test_every_unit_test_of_the_project_ran_and_passed(results: dict[str, str]) -> None:
    written = sum(
        len(content.get("unit_tests", []))
        for path in (DBT_PROJECT / "models").rglob("*.yml")
        if (content := yaml.safe_load(path.read_text(encoding="utf-8")))
    )
    assert written >= 11
    assert (len(results), set(results.values())) == (written, {"pass"})
