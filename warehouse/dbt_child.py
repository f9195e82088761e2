"""dbt in a process of its own, with what it parsed remembered between builds.

Parsing the models costs dbt more than running them on a small place, and dbt by itself remembers it for one build file
only. What it parsed depends on the files of the project, the versions that read them and the name of the build file:
it is kept under a hash of all these beside the project, whose files it is made of, and is never used for others.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dbt.cli.main import dbtRunner
from dbt.contracts.graph.manifest import Manifest
from dbt.parser.manifest import extended_mashumuro_decoder
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager

from warehouse.build_progress import HEARD, model_counter
from warehouse.settings import ROOT

DBT_PROJECT = ROOT / "dbt_project"
PARSED = DBT_PROJECT / "target" / "parsed"
KEPT = 4
NOT_PARSED = {"target", "logs"}


class FewEvents(EventManager):
    """Tells what is heard and what may be wrong. dbt tells of some twenty steps a model, and making a message of each
    is a tenth of a small build."""

    def fire_event(
        self,
        e: BaseEvent,
        level: EventLevel | None = None,
        node: Any = None,
        force_warn_or_error_handling: bool = False,
    ) -> None:
        is_detail = (level or e.level_tag()) in (EventLevel.DEBUG, EventLevel.TEST)
        if not is_detail or force_warn_or_error_handling or type(e).__name__ in HEARD:
            super().fire_event(e, level, node, force_warn_or_error_handling)


def run(database: Path, target: Path, words: list[str]) -> bool:
    """Run dbt with these words. Returns: whether all it did succeeded; what it did stands in run_results.json."""
    words = [*words, "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target", "duckdb"]
    # Logging every step costs more than many a step; faults stand in its results.
    words += ["--threads", "1", "--target-path", str(target), "--log-level", "none", "--log-level-file", "none"]
    project = project_hash(DBT_PROJECT, database.stem)
    kept = PARSED / f"{project}.msgpack"
    manifest = parsed(kept)
    ctx_set_event_manager(FewEvents())
    # A short process that makes many small objects and ends: looking for garbage costs a tenth of it.
    gc.disable()
    heard = [model_counter(database.parent)] if words[0] == "build" else []
    done = dbtRunner(manifest=manifest, callbacks=heard).invoke(["--quiet", *words])
    if done.exception:
        print(done.exception)
    elif manifest is None and project_hash(DBT_PROJECT, database.stem) == project:  # nobody wrote while it parsed
        keep(target / "partial_parse.msgpack", kept)
    return done.success


def project_hash(project: Path, database: str) -> str:
    """A hash of all that decides what dbt parses: files, versions, where the project lies, the database's name."""
    versions = (platform.python_version(), *(version(name) for name in ("dbt-core", "dbt-adapters", "dbt-duckdb")))
    digest = hashlib.sha256("\0".join([*versions, str(project), database]).encode())
    for path in sorted(path for path in project.rglob("*") if path.is_file()):
        name = path.relative_to(project)
        if name.parts[0] not in NOT_PARSED:
            digest.update(b"\0" + name.as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:24]


def parsed(kept: Path) -> Manifest | None:
    """What dbt parsed before of the same files; null if nothing is kept, or it does not read."""
    try:
        manifest: Manifest = Manifest.from_msgpack(kept.read_bytes(), decoder=extended_mashumuro_decoder)
    except Exception:  # whatever is wrong with what was kept, parsing again sets it right
        return None
    manifest.build_parent_and_child_maps()  # type: ignore[no-untyped-call]
    return manifest


def keep(made: Path, kept: Path) -> None:
    """Keep what dbt just parsed, and what the newest other versions of the project were; a full disk keeps nothing."""
    with contextlib.suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_bytes(made.read_bytes())
        draft.replace(kept)
        newest = sorted(kept.parent.glob("*.msgpack"), key=lambda path: path.stat().st_mtime, reverse=True)
        for outdated in newest[KEPT:]:
            outdated.unlink(missing_ok=True)


if __name__ == "__main__":
    database, target, *words = sys.argv[1:]
    sys.exit(not run(Path(database), Path(target), words))
