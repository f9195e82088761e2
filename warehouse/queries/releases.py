"""What the releases' part of a page asks: what was frozen, and what changed since."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from warehouse import session
from warehouse.differences import kept_difference
from warehouse.releases import Release, release_path, releases
from warehouse.scope import Scope
from warehouse.settings import load_settings

# Rows on a page, and in a file: the file holds all of them.
LISTED = 200


def frozen() -> list[Release]:
    """Every release that can be read, the newest frozen first."""
    return releases(load_settings())[::-1]


def compared(release: Release) -> Path | None:
    """The file of what changed between the release and the served snapshot; null until it was worked out."""
    return kept_difference(load_settings(), release, session.snapshot().snapshot_id)


def info(scope: Scope, path: Path) -> dict[str, Any]:
    """What is compared: release, period, old_as_of, new_as_of, proof (single, rows, rebuild), households."""
    return session.cached_in(path, "releases/info", scope).row(0, named=True)


def figures(scope: Scope, path: Path, area: str | None) -> pl.DataFrame:
    """The figures that changed. One row per metric: metric, old_ and new_numerator, _denominator, _value, _state."""
    return session.cached_in(path, "releases/figures", scope, area=area)


def totals(scope: Scope, path: Path, area: str | None) -> pl.DataFrame:
    """Households by state in the period's last month: state, value, old_households, new_households."""
    return session.cached_in(path, "releases/totals", scope, area=area)


def counts(scope: Scope, path: Path, area: str | None) -> pl.DataFrame:
    """Households that came into a state or left it in the period's last month: state, value, reason, gained, lost."""
    return session.cached_in(path, "releases/counts", scope, area=area)


def rows(scope: Scope, path: Path, area: str | None) -> pl.DataFrame:
    """The households that changed: month, area_name, household_no, head_name (masked), state, old_value, new_value,
    reason, reasons. None for a role without households."""
    return session.cached_in(path, "releases/rows", scope, area=area, state=None, reason=None)


def lists(scope: Scope, path: Path) -> pl.DataFrame:
    """The lists that differ: title, title_en, month, file_name, kind, received_on, loaded_at, is_backdated."""
    return session.cached_in(path, "releases/lists", scope)


def settings(scope: Scope, path: Path) -> pl.DataFrame:
    """The rules, profile files and policy values that differ: kind, name, valid_from, old_value, new_value."""
    return session.cached_in(path, "releases/settings", scope)


def frozen_query(release: Release, scope: Scope, name: str, /, **params: object) -> pl.DataFrame:
    """A question to the frozen snapshot itself."""
    return session.cached_in(release_path(load_settings(), release), name, scope, **params)
