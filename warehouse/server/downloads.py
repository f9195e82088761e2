"""Files a user asked for, each behind a link that works once, for that user, for ten minutes.

They wait in memory: nothing of an export stays on disk. Only a backup, which is encrypted and may be gigabytes, waits
as a file, and that falls with its link.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path

KEPT_SECONDS = 600
KEPT_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True)
class Download:
    """A file for one user. offered_at: seconds of the store's clock. path: of a large one, in place of data."""

    user_id: int
    data: bytes = field(repr=False)
    file_name: str
    mime: str
    offered_at: float
    path: Path | None = None

    @property
    def bytes(self) -> int:
        return self.path.stat().st_size if self.path else len(self.data)


class Missing(Enum):
    """Why a link gives nothing: it never was (or is another user's), or it was used or is too old."""

    UNKNOWN = 404
    GONE = 410


class Downloads:
    """The offers of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._offers: dict[str, Download] = {}
        self._gone: dict[str, tuple[int, float]] = {}

    def offer(self, user_id: int, data: bytes, file_name: str, mime: str) -> str:
        """Keep a file for the user and give the token of its link. The oldest offers fall when there are too many."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._forget()
            self._offers[token] = Download(user_id, data, file_name, mime, self._clock())
            while len(self._offers) > 1 and sum(len(offer.data) for offer in self._offers.values()) > KEPT_BYTES:
                self._drop(next(iter(self._offers)))
        return token

    def offer_file(self, user_id: int, path: Path, file_name: str, mime: str) -> str:
        """The same of a large file, which is deleted once it was given, or when its link is too old."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._forget()
            self._offers[token] = Download(user_id, b"", file_name, mime, self._clock(), path)
        return token

    def take(self, token: str, user_id: int) -> Download | Missing:
        """The file, once. Another user's link is unknown to this one, and stays good for its own."""
        with self._lock:
            self._forget()
            if token in self._gone:
                return Missing.GONE if self._gone[token][0] == user_id else Missing.UNKNOWN
            found = self._offers.get(token)
            if found is None or found.user_id != user_id:
                return Missing.UNKNOWN
            self._drop(token)
            return found

    def _drop(self, token: str) -> None:
        self._gone[token] = (self._offers.pop(token).user_id, self._clock())

    def _forget(self) -> None:
        now = self._clock()
        for token in [token for token, offer in self._offers.items() if now - offer.offered_at > KEPT_SECONDS]:
            if (path := self._offers[token].path) is not None:
                path.unlink(missing_ok=True)
            self._drop(token)
        self._gone = {token: gone for token, gone in self._gone.items() if now - gone[1] < 24 * 3600}


@cache
def downloads() -> Downloads:
    """The one store of this process: pages put in, the export route takes out."""
    return Downloads()
