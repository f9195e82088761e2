"""A backup asked for on a page: a process of its own, so that pages do not wait for it and it can be watched.

The passphrase reaches it by its standard input. What it says goes to a log: how far it is, then how it ended.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from warehouse.build_child import build_state
from warehouse.errors import KanhuError
from warehouse.locks import only_one
from warehouse.settings import ROOT, Settings, load_settings

WORK = "page_backup"
MADE, FAILED = "made", "failed"
OFTEN_ENOUGH = 0.01


@dataclass(frozen=True)
class PageBackup:
    """How the newest backup of a page stands. share: from 0 to 1. fault: why it failed; null if it did not."""

    is_running: bool
    is_made: bool
    share: float
    fault: str | None


def offered(settings: Settings) -> Path:
    """Where the file waits for its one download."""
    return settings.builds / "offered"


def start_backup(settings: Settings, passphrase: str, by: str) -> Path:
    """Start it and return at once. Returns: the file that will be there. Raises: BusyError while another one runs."""
    with only_one(settings.builds / f"{WORK}.lock", "backup") as held:
        folder = offered(settings)
        folder.mkdir(exist_ok=True, mode=0o700)
        for older in folder.iterdir():
            older.unlink(missing_ok=True)
        to = folder / f"kanhu_{dt.datetime.now():%Y%m%d_%H%M%S}_{os.urandom(2).hex()}.kanhu"
        with (settings.builds / f"{WORK}.log").open("w", encoding="utf-8") as told:
            child = subprocess.Popen(
                [sys.executable, "-m", "warehouse.backup.child", str(to), by],
                cwd=ROOT,
                env=settings.environment(),
                stdin=subprocess.PIPE,
                stdout=told,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(held.fileno(),),
            )
        if child.stdin is not None:
            with contextlib.suppress(BrokenPipeError), child.stdin as given:
                given.write(f"{passphrase}\n".encode())
    return to


def page_backup(settings: Settings) -> PageBackup:
    """How far the newest one is, or how it ended."""
    state = build_state(settings, WORK)
    last = state.lines[-1] if state.lines else ""
    word, _, rest = last.partition(" ")
    share = 0.0
    with contextlib.suppress(ValueError):
        share = min(1.0, float(word))
    if state.is_running or not last:
        return PageBackup(state.is_running, False, share, None)
    return PageBackup(False, word == MADE, 1.0, None if word == MADE else rest if word == FAILED else last)


def main(to: str, by: str) -> None:
    """What the process does."""
    from warehouse.backup import sealing
    from warehouse.backup.making import make_backup

    told = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal told
        share = done / total if total else 0.0
        if share - told >= OFTEN_ENOUGH:
            told = share
            print(f"{share:.2f}", flush=True)

    try:
        lock = sealing.passphrase_lock(sys.stdin.readline().rstrip("\r\n"))
        made = make_backup(load_settings(), Path(to), lock, by=by, progress=tell)
    except (KanhuError, OSError) as error:
        print(f"{FAILED} {error}", flush=True)
        sys.exit(1)
    print(f"{MADE} {made.bytes}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
