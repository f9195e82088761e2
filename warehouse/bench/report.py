"""What a measurement is written as: one JSON with the machine, and one table for the eye."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import resource
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.table import Table

from warehouse import __version__

FORMAT_VERSION = 1


@dataclass(frozen=True)
class Machine:
    """Where it was measured. load: runnable processes in the last minute, before the first measurement."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    kanhu: str
    load: float


def this_machine() -> Machine:
    """The machine as its kernel tells it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Machine(
        processor=_processor(),
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(memory / 2**30, 1),
        system=platform.platform(),
        python=platform.python_version(),
        kanhu=__version__,
        load=round(os.getloadavg()[0], 2),
    )


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text(encoding="utf-8").splitlines() if facts.exists() else []
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of the values do not exceed: of 20 values, p95 is the 19th."""
    ordered = sorted(values)
    rank = max(1, -int(-share * len(ordered) // 1))
    return ordered[rank - 1]


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median and p95 of a series, in milliseconds."""
    return {
        "median_ms": round(statistics.median(seconds) * 1000, 1),
        "p95_ms": round(quantile(seconds, 0.95) * 1000, 1),
    }


def peak_memory_mb() -> float:
    """The most memory this process ever held."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def write_report(path: Path, machine: Machine, parts: dict[str, object]) -> None:
    """One JSON file: format_version, measured_at (UTC), machine, and one entry for each part that was measured."""
    report = {
        "format_version": FORMAT_VERSION,
        "measured_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "machine": asdict(machine),
        **parts,
    }
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def rows_table(title: str, rows: Sequence[dict[str, object]]) -> Table:
    """The rows as a table; every row has the keys of the first."""
    table = Table(title=title, title_justify="left", box=None)
    for name in rows[0]:
        table.add_column(name, justify="left" if isinstance(rows[0][name], str) else "right")
    for row in rows:
        table.add_row(*(f"{value:,}" if isinstance(value, int | float) else str(value) for value in row.values()))
    return table
