"""One tree of errors. A message reads: `<what>: got <fact>, expected <rule>. <what to do>`.

Messages never hold a personal value (a name, an ID, an amount of a household).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# What DuckDB quotes of a row or points at, but names of columns, and any number as long as a phone's or an ID's.
_QUOTED = re.compile(r"""(['"])(?![a-z_][a-z0-9_.]*\1).*?\1""", re.DOTALL)
_POINTED_AT = re.compile(r"\n[^\n]*\n\s*\^")
_LONG = re.compile(r"(?<!\w)\d{11,}[\dXx]?")


class KanhuError(Exception):
    """Anything Kanhu says to its user on purpose. `exit_code` is what the command returns."""

    exit_code = 1


class UsageError(KanhuError):
    """A command was called with words it cannot serve."""

    exit_code = 2


class ConfigError(KanhuError):
    """A profile, policy, contract, metric or setting is wrong. Holds every fault found, not only the first."""

    exit_code = 3

    def __init__(self, faults: str | Iterable[str]) -> None:
        self.faults = [faults] if isinstance(faults, str) else list(faults)
        super().__init__("\n".join(self.faults))


class IntakeError(KanhuError):
    """A file is refused whole; `reason` is one sentence for the person who sent it."""

    exit_code = 4

    def __init__(self, reason: str, *, code: str = "unreadable") -> None:
        self.reason = reason
        self.code = code
        super().__init__(reason)


class BuildError(KanhuError):
    """A build failed or a check refused it; the snapshot that was served stays served."""

    exit_code = 5


class SnapshotError(KanhuError):
    """No snapshot to read, or one that cannot be read."""

    exit_code = 6


class SnapshotFormatError(SnapshotError):
    """A snapshot whose marts another version of Kanhu made: pages would miss columns of it."""


class AccessDeniedError(KanhuError):
    """The scope does not reach what was asked."""

    exit_code = 7


class BusyError(KanhuError):
    """Another build or import holds the lock."""

    exit_code = 8


class BenchError(KanhuError):
    """A measurement could not be taken; half of one is worth nothing."""

    exit_code = 9


class BackupError(KanhuError):
    """A backup that cannot be restored, or that could not be made. Nothing was changed."""

    exit_code = 11


class PublicationError(KanhuError):
    """What was to be published holds something that may not be; `rule` says what kind of thing, never the thing."""

    exit_code = 10

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(
            f"publication: got text that breaks the rule {rule}, expected none. Correct the list it came from, or "
            "leave the household out and publish it by hand."
        )


def without_values(text: str) -> str:
    """What a database or a process said of its failure, without values of rows: fit to be shown on a page."""
    return _LONG.sub("…", _QUOTED.sub(r"\1…\1", _POINTED_AT.sub("\n…\n^", text)))
