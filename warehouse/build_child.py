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
BUILD = "page_build"


@dataclass(frozen=True)
class BuildState:
    """Whether a build of the pages runs, since when (null: none ever did), and its last lines."""

    is_running: bool
    started_at: dt.datetime | None
    lines: tuple[str, ...]


def start_build(settings: Settings, work: str = BUILD, *words: str) -> None:
    """Start `build` (or the command of those words, as a work of that name) as a child process of its own group and
    return at once. Raises: BusyError if one of that name runs."""
    log = settings.builds / f"{work}.log"
    words = words or ("build", "--profile", settings.profile)
    with only_one(settings.builds / f"{work}.lock", "build") as held:
        held.truncate(0)
        held.write(dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
        held.flush()
        command = [sys.executable, "-m", "warehouse", "--data-dir", str(settings.data_dir), *words]
        with log.open("w", encoding="utf-8") as told:
            subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(held.fileno(),),
            )


def build_state(settings: Settings, work: str = BUILD) -> BuildState:
    """How the newest build (or other work) started from a page stands."""
    lock = settings.builds / f"{work}.lock"
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
    return BuildState(is_running, started_at, _tail(settings, work))


def _tail(settings: Settings, work: str) -> tuple[str, ...]:
    try:
        text = (settings.builds / f"{work}.log").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ()
    return tuple(line for line in text.splitlines() if line.strip())[-TAIL:]
