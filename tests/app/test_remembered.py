"""What sessions share: a chart is never that of other figures, a query never that of another reach."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.app.conftest import VILLAGES, Tiny
from warehouse.charts import heat_month
from warehouse.scope import Role
from warehouse.session import _cached, spec


def months(state_in_the_middle: str) -> pl.DataFrame:
    """Forty rows; only the twentieth differs from one call to the next."""
    states = ["on_time"] * 40
    states[19] = state_in_the_middle
    return pl.DataFrame(
        {
            "row": [f"list {n}" for n in range(40)],
            "key": [f"list_{n}" for n in range(40)],
            "month": ["2025-12-01"] * 40,
            "state": states,
        }
    ).with_columns(pl.col("month").str.to_date())


def tables(drawn: dict[str, Any]) -> bytes:
    return b"".join(drawn["datasets"].values())


def test_a_row_in_the_middle_makes_another_chart() -> None:
    """Streamlit's own hash of a polars frame takes the first and last rows only: the old chart would be shown."""
    before, after = (tables(spec(heat_month, months(state))) for state in ("on_time", "missing"))
    assert before != after
    assert tables(spec(heat_month, months("on_time"))) == before


def test_equal_figures_share_a_chart() -> None:
    """Of equal rows made twice the chart is made once: the second asks for the very same object."""
    assert spec(heat_month, months("late")) is spec(heat_month, months("late"))


@pytest.mark.parametrize("role", [Role.OFFICE, Role.LEADER])
def test_users_of_equal_reach_share_what_is_remembered(tiny: Tiny, role: Role) -> None:
    """A person is no part of a reach; everything else of a scope is."""
    everyone, one = tiny.scope(role), tiny.scope(role, areas=VILLAGES[:1])
    assert everyone.reach == tiny.scope(role).reach
    assert (everyone.reach.user_id, everyone.reach.user_name) == (0, "")
    assert everyone.reach != one.reach
    assert everyone.reach != tiny.scope(Role.LEADER, households=role is Role.LEADER).reach


def test_another_reach_gets_other_rows(tiny: Tiny) -> None:
    """The same query of the same snapshot by an office, then by the cadre of one village."""
    everyone, one = tiny.scope(Role.OFFICE).reach, tiny.scope(Role.CADRE, areas=VILLAGES[:1]).reach
    assert _cached("shell/areas", everyone, tiny.snapshot, ()).height == 3
    assert _cached("shell/areas", one, tiny.snapshot, ())["area_code"].to_list() == [VILLAGES[0]]
