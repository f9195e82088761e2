"""How long a scenario of the policy lab takes: all households of a month through the models, then compared."""

from __future__ import annotations

import time
from collections.abc import Callable

from warehouse import lab
from warehouse.bench.pages import office
from warehouse.bench.report import spread
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, read_marts, snapshot_path

# The floor: the same households read once and counted by tier.
_FLOOR = (
    "select tier_eligible, count(*), sum(members) from fct_household_month "
    "where month = (select max(month) from fct_household_month) group by tier_eligible"
)


def measure_lab(settings: Settings, *, runs: int) -> dict[str, object]:
    """Scenarios of the served snapshot, each another, for the whole place.

    Returns: households, runs, first_ms (with what holds now computed and compared with the snapshot), scenario and
    floor (median_ms, p95_ms, cpu_ms), and times_floor (of processor time).

    Raises: LabError if the snapshot cannot be used.
    """
    path, scope = snapshot_path(settings, current_snapshot(settings).snapshot_id), office(settings)
    started = time.perf_counter()
    first = lab.outcome(path, scope, scope.areas, ())
    first_ms = round((time.perf_counter() - started) * 1000, 1)
    # Each scenario is new: what was computed before is remembered.
    scenario = _spread(
        lambda number: lab.outcome(path, scope, scope.areas, (("monitoring_line", f"{8_000 + number}.5"),)), runs
    )
    floor = _spread(lambda number: read_marts(path, {"floor": _FLOOR}), runs)
    return {
        "households": first.households,
        "runs": runs,
        "first_ms": first_ms,
        "scenario": scenario,
        "floor": floor,
        "times_floor": round(scenario["cpu_ms"] / max(floor["cpu_ms"], 0.1), 1),
    }


def _spread(act: Callable[[int], object], runs: int) -> dict[str, float]:
    seconds, processor = [], []
    for number in range(runs):
        started, cpu = time.perf_counter(), time.process_time()
        act(number)
        seconds.append(time.perf_counter() - started)
        processor.append(time.process_time() - cpu)
    return {**spread(seconds), "cpu_ms": spread(processor)["median_ms"]}
