"""How far a build is, told on the disk: by the build and the models' own process, for every page that watches it.

It is news, never a record: what cannot be written or read is left out, and no build fails for it.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from warehouse.snapshots import write_whole

FILE: Final = "progress.json"
# What each step takes of the whole, in the order they come; nearly all of it is the models.
STEPS: Final = {"loads": 0.03, "models": 0.92, "reconcile": 0.02, "publish": 0.03}
DONE: Final = "done"
OFTEN_ENOUGH: Final = 0.4


@dataclass(frozen=True)
class BuildProgress:
    """step: of STEPS, or done. models, all_models: how many models and checks are through, of how many (0: not known
    yet). served: the snapshot that was served when it began. snapshot: the one it published."""

    step: str
    models: int = 0
    all_models: int = 0
    served: str | None = None
    snapshot: str | None = None

    @property
    def share(self) -> float:
        """From 0 to 1."""
        if self.step == DONE:
            return 1.0
        before = sum(list(STEPS.values())[: list(STEPS).index(self.step)])
        within = min(1.0, self.models / self.all_models) if self.step == "models" and self.all_models else 0.0
        return before + STEPS[self.step] * within


def begin(folder: Path, served: str | None) -> None:
    """A build begins, while that snapshot is served."""
    _write(folder, {"step": "loads", "served": served})


def tell(folder: Path, step: str, **facts: object) -> None:
    """The build came to a step. What was told before of it stays."""
    _write(folder, {**_read(folder), "step": step, **facts})


def told(folder: Path) -> BuildProgress | None:
    """What the newest build told last; null if none ever did."""
    found = _read(folder)
    if found.get("step") not in (*STEPS, DONE):
        return None
    known = BuildProgress.__dataclass_fields__
    return BuildProgress(**{name: value for name, value in found.items() if name in known})


# What dbt calls the events that are counted: all there is to do, and one that ended.
BEGUN, ENDED = HEARD = ("LogStartLine", "NodeFinished")


def model_counter(folder: Path) -> Callable[[Any], None]:
    """What dbt calls with everything it does: each model or check that ends is counted, and told now and then."""
    counted = {"models": 0, "all_models": 0}
    last = 0.0

    def hear(event: Any) -> None:
        nonlocal last
        if event.info.name == BEGUN:
            counted["all_models"] = event.data.total
        elif event.info.name == ENDED:
            counted["models"] += 1
        else:
            return
        if time.monotonic() - last >= OFTEN_ENOUGH:
            last = time.monotonic()
            tell(folder, "models", **counted)

    return hear


def _read(folder: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return found if isinstance(found, dict) else {}
    return {}


def _write(folder: Path, facts: dict[str, object]) -> None:
    with contextlib.suppress(OSError):
        write_whole(folder / FILE, json.dumps(facts))
