"""What a backup holds, as its last entry: the checksum of every part, counts, and the head of the audit trail."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field

from warehouse.backup.sealing import FORMAT_VERSION, damaged
from warehouse.errors import BackupError

MANIFEST = "manifest.json"
APP_DB = "app_db"
KEYS = "keys"
PROFILE = "profile"
# What lies in a data folder and is kept, by the name of its folder; the profile in use is kept beside.
FOLDERS = ("keys", "raw", "landed", "releases", "snapshots", "profile")


@dataclass(frozen=True)
class Manifest:
    """made_at: UTC, ISO. header: hash of the lines in clear. snapshot_id: the served one; null before the first build.

    parts: bytes and sha256 by path. revision: of the tables. rows: by table. anchor: number and code of the newest
    audit entry. broken_at, missing, damaged_releases: what was not whole already when the backup was made.
    """

    made_at: str
    program: str
    profile: str
    sample_data: bool
    header: str
    snapshot_id: str | None
    revision: str
    rows: dict[str, int]
    anchor: tuple[int, str]
    parts: dict[str, tuple[int, str]] = field(repr=False)
    broken_at: int | None = None
    missing: tuple[str, ...] = ()
    damaged_releases: tuple[str, ...] = ()
    format_version: int = FORMAT_VERSION

    def to_json(self) -> bytes:
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1).encode()

    def files(self, folder: str) -> list[str]:
        """The parts in that folder, in the order in which they were written."""
        return [path for path in self.parts if path.startswith(f"{folder}/")]


def read_manifest(content: bytes) -> Manifest:
    """Raises: BackupError for one of another format, or one that is not whole."""
    try:
        told = json.loads(content)
        version = told["format_version"]
        if version == FORMAT_VERSION:
            number, mac = told["anchor"]
            told |= {
                "anchor": (int(number), str(mac)),
                "parts": {path: (int(size), str(code)) for path, (size, code) in told["parts"].items()},
                "missing": tuple(told["missing"]),
                "damaged_releases": tuple(told["damaged_releases"]),
            }
            return Manifest(**told)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise damaged() from None
    raise BackupError(f"got contents of format {version!r}, expected {FORMAT_VERSION}; restore it with the version of "
                      "Kanhu that made it")  # fmt: skip
