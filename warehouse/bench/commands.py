"""The parts of one measuring run, and the tables they print."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.table import Table

from warehouse.bench.report import rows_table
from warehouse.errors import SnapshotError
from warehouse.profiles import load_profile
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot


def measure(
    settings: Settings, *, runs: int, build: bool, months: Path | None, progress: Callable[[str], None]
) -> dict[str, Any]:
    """What was asked for, by name: intake, build, pages and lab (with `runs` of each)."""
    settings = _with_sample_ids(settings)
    parts: dict[str, Any] = {}
    if months:
        from warehouse.bench.intake import measure_intake

        progress("intake")
        parts["intake"] = measure_intake(settings, load_profile(settings.profile), months)
    if build:
        from warehouse.bench.builds import measure_build

        progress("build")
        parts["build"] = measure_build(settings)
    if runs:
        from warehouse.bench.pages import measure_pages

        progress("pages")
        parts["pages"] = measure_pages(settings, runs=runs)
        from warehouse.bench.lab import measure_lab

        progress("policy lab")
        parts["lab"] = measure_lab(settings, runs=runs)
    return parts


def _with_sample_ids(settings: Settings) -> Settings:
    """Made-up IDs are allowed where the served snapshot is made of them."""
    try:
        is_sample = current_snapshot(settings).sample_data
    except SnapshotError:
        is_sample = False
    return replace(settings, sample_ids=settings.sample_ids or is_sample)


def tables(parts: dict[str, Any]) -> Iterator[Table]:
    """One table for each part."""
    if found := parts.get("intake"):
        yield rows_table(f"Intake (peak {found['peak_mb']:,} MB)", found["formats"])
    if found := parts.get("build"):
        facts = {
            "household months": found["household_months"],
            "landed MB": found["landed_mb"],
            "landed read once, s": found["floor"]["seconds"],
            "whole build, s": found["build"]["seconds"],
            "of them processor, s": found["build"]["cpu_seconds"],
            "times read once": found["times_floor"],
            "peak memory MB": found["build"]["peak_mb"],
            "models, s": found["dbt"]["models"]["seconds"],
            "tests, s": found["dbt"]["tests"]["seconds"],
        }
        yield rows_table("Build", [{"what": what, "measured": value} for what, value in facts.items()])
    if found := parts.get("pages"):
        empty = found["empty_page"]
        title = (
            f"Pages, milliseconds ({found['runs']} runs of each; {found['household_months']:,} household months; first "
            f"visit {found['first_visit_ms']}; empty page {empty['cached_median_ms']}, cpu {empty['cached_cpu_ms']})"
        )
        short = {"median_ms": "median", "p95_ms": "p95", "cpu_ms": "cpu", "times_empty": "x empty"}
        yield rows_table(title, [{_short(key, short): value for key, value in row.items()} for row in found["pages"]])
    if found := parts.get("lab"):
        title = (
            f"Policy lab, milliseconds ({found['runs']} scenarios; {found['households']:,} households; first, with the "
            f"comparison, {found['first_ms']}; x floor {found['times_floor']})"
        )
        rows = [{"what": what, **found[what]} for what in ("scenario", "floor")]
        yield rows_table(title, rows)


def _short(key: str, words: dict[str, str]) -> str:
    for kind in ("fresh", "cached"):
        if key.startswith(f"{kind}_"):
            return f"{kind} {words[key.removeprefix(f'{kind}_')]}"
    return key
