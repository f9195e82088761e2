"""One piece of work at a time: a lock file that falls when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from warehouse.errors import BusyError

# In the data folder, held by each server of it.
SERVING = ".serving.lock"


@contextlib.contextmanager
def only_one(path: Path, what: str) -> Iterator[IO[str]]:
    """Hold a lock file while the block runs, or a child that was given the file; the lock falls with the last of them.

    Raises: BusyError if another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BusyError(f"{what}: got another one running, expected none. Wait for it, then try again.") from None
        yield file


@contextlib.contextmanager
def one_of_many(path: Path) -> Iterator[None]:
    """Hold a lock file beside others of the same work; while one does, `only_one` of it is refused."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield
