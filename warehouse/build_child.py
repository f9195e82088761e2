"""A build started from a page: a child process that goes on when the page is left, and that every session can watch.

The child holds a lock file; when it ends, however it ends, the lock falls. What it says goes to a log beside it.
Source: 05-pages "Long work shows progress and can be left".
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import subprocess
import sys
from dataclasses import dataclass

from warehouse.locks import only_one
from warehouse.settings import ROOT, Settings

TAIL = 12


@dataclass(frozen=True)
class BuildState:
    """Whether a build of the pages runs, since when (null: none ever did), and its last lines."""

    is_running: bool
    started_at: dt.datetime | None
    lines: tuple[str, ...]


def start_build(settings: Settings) -> None:
    """Start `build` as a child process of its own group and return at once. Raises: BusyError if one runs."""
    log = settings.builds / "page_build.log"
    with only_one(settings.builds / "page_build.lock", "build") as held:
        held.truncate(0)
        held.write(dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
        held.flush()
        command = [sys.executable, "-m", "warehouse", "--data-dir", str(settings.data_dir), "build"]
        with log.open("w", encoding="utf-8") as told:
            subprocess.Popen(
                [*command, "--profile", settings.profile],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(held.fileno(),),
            )


def build_state(settings: Settings) -> BuildState:
    """How the newest build started from a page stands."""
    lock = settings.builds / "page_build.lock"
    try:
        with lock.open() as held:
            text = held.read()
            try:
                fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
                is_running = False
            except BlockingIOError:
                is_running = True
    except FileNotFoundError:
        return BuildState(False, None, ())
    started_at = None
    with contextlib.suppress(ValueError):
        started_at = dt.datetime.fromisoformat(text)
    return BuildState(is_running, started_at, _tail(settings))


def _tail(settings: Settings) -> tuple[str, ...]:
    try:
        text = (settings.builds / "page_build.log").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ()
    return tuple(line for line in text.splitlines() if line.strip())[-TAIL:]
