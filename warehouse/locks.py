"""One piece of work at a time: a lock file that falls when its holder ends, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from warehouse.errors import BusyError


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
