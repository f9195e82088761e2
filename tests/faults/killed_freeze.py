"""A freeze that kills itself on the way. In a module of its own: a process that has loaded it is forked for each case,
so that loading the product, which takes longer than a freeze, is paid for once."""

from __future__ import annotations

import os
import pathlib
import signal
from pathlib import Path
from typing import Any

from warehouse import releases
from warehouse.settings import Settings

OWNERS = {"releases": releases, "releases.audit": releases.audit, "pathlib.Path": pathlib.Path, "os": os}


def freeze_until(point: str, nth: int, folder: str) -> None:
    """Freeze 2025Q4 of the data folder, and be killed before the n-th call of the function."""
    owner, _, name = point.rpartition(".")
    function, calls = getattr(OWNERS[owner], name), 0

    def counted(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*given, **named)

    setattr(OWNERS[owner], name, counted)
    releases.freeze(Settings(data_dir=Path(folder), sample_ids=True), "2025Q4", by="test")
