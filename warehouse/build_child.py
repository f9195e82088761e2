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
from pathlib import Path

from warehouse.build_progress import FILE
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
        if work == BUILD:  # what the build before told is not how far this one is
            (settings.builds / FILE).unlink(missing_ok=True)
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
    """How the newest build (or other work) started from a page stands; a build started elsewhere is seen, too."""
    is_running, text = _held(settings.builds / f"{work}.lock")
    if work == BUILD and not is_running:
        is_running, _ = _held(settings.builds / "lock")
    started_at = None
    with contextlib.suppress(ValueError):
        started_at = dt.datetime.fromisoformat(text)
    return BuildState(is_running, started_at, _tail(settings, work))


def _held(lock: Path) -> tuple[bool, str]:
    """Whether somebody holds the lock, and what its holder wrote into it."""
    try:
        with lock.open() as held:
            text = held.read()
            try:
                fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True, text
            return False, text
    except FileNotFoundError:
        return False, ""


def _tail(settings: Settings, work: str) -> tuple[str, ...]:
    try:
        text = (settings.builds / f"{work}.log").read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ()
    return tuple(line for line in text.splitlines() if line.strip())[-TAIL:]
