"""What a build costs: the whole command, beside merely reading what has landed once with the same engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.errors import BenchError
from warehouse.settings import ROOT, Settings
from warehouse.snapshots import current_snapshot, quoted

THREADS = 2


@dataclass(frozen=True)
class Command:
    """What a command took, with the processes it started: seconds, of them processor seconds, and peak memory."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def measure_build(settings: Settings) -> dict[str, object]:
    """One build from the landed loads into a folder that is thrown away.

    Returns: household_months, landed_mb, floor (seconds, rows), build (seconds, cpu_seconds, peak_mb), snapshot_mb,
    dbt (number and seconds of models and of tests). Raises: BenchError if nothing has landed or the build fails.
    """
    files = sorted(settings.landed.glob("[!_]*/*/*.parquet"))
    if not files:
        raise BenchError(f"build: got no landed loads in {settings.landed}, expected some. Import files first.")
    with tempfile.TemporaryDirectory(prefix="kanhu-bench-") as folder:
        aside = settings.with_(data_dir=Path(folder))
        for shared in (settings.landed, settings.keys):
            (aside.data_dir / shared.name).symlink_to(shared)
        floor = _floor(files)
        took = run_command("build", "--profile", settings.profile, data_dir=aside.data_dir)
        snapshot = current_snapshot(aside)
        size = sum(path.stat().st_size for path in aside.snapshots.glob("*.duckdb"))
        dbt = _dbt(aside)
    seconds = floor["seconds"]
    return {
        "household_months": snapshot.tables.get("fct_household_month", 0),
        "landed_mb": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "snapshot_mb": round(size / 1e6, 1),
        "floor": floor,
        "build": {"seconds": took.seconds, "cpu_seconds": took.cpu_seconds, "peak_mb": took.peak_mb},
        "times_floor": round(took.seconds / seconds, 1) if seconds else None,
        "dbt": dbt,
    }


def _floor(files: list[Path]) -> dict[str, float]:
    """Every landed file read once, list by list, every column of every row. Returns: seconds, rows."""
    rows, started = 0, time.perf_counter()
    with duckdb.connect(":memory:", config={"threads": THREADS}) as con:
        for extract in sorted({path.parts[-3] for path in files}):
            paths = ", ".join(f"'{quoted(path)}'" for path in files if path.parts[-3] == extract)
            con.execute(
                f"create or replace table landed as select * from read_parquet([{paths}], union_by_name = true)"
            )
            rows += con.execute("select count(*) from landed").fetchall()[0][0]
    return {"seconds": round(time.perf_counter() - started, 2), "rows": rows}


def _dbt(settings: Settings) -> dict[str, dict[str, float]]:
    """How many models and tests dbt ran and the seconds it says they took; the rest of a build is around them."""
    found = json.loads((settings.builds / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    kinds = {"models": "model.", "tests": "test."}
    return {
        kind: {
            "number": sum(result["unique_id"].startswith(begin) for result in found),
            "seconds": round(sum(r["execution_time"] for r in found if r["unique_id"].startswith(begin)), 2),
        }
        for kind, begin in kinds.items()
    }


def run_command(*words: str, data_dir: Path) -> Command:
    """Run a `kanhu` command to its end. Raises: BenchError if it fails."""
    command = [sys.executable, "-m", "warehouse", "--data-dir", str(data_dir), *words]
    with tempfile.TemporaryFile() as told:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            told.seek(0)
            raise BenchError(
                f"{words[0]}: got exit code {process.returncode}, expected 0. {told.read()[-400:].decode()}"
            )
    return Command(round(seconds, 1), round(usage.ru_utime + usage.ru_stime, 1), round(usage.ru_maxrss / 1024, 1))
