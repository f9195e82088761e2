"""The file of a backup: a line that says what it is, a line with its sealed key, and one stream of age.

Each backup has a key of its own, which encrypts the stream (X25519, ChaCha20-Poly1305 in chunks of 64 KiB, so that
gigabytes pass through little memory and a changed or missing byte is found). That key lies in the second line, sealed
by a passphrase (scrypt) or for recipients. `tail -n +3 FILE | age -d -i KEY` opens it without Kanhu.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import pyrage

from warehouse.errors import BackupError, UsageError

NAME = b"KANHU-BACKUP"
FORMAT_VERSION = 1
LONGEST_LINE = 1 << 20
LEAST_PASSPHRASE = 12


@dataclass(frozen=True)
class Lock:
    """What opens a backup: a passphrase, or one of the keys whose public halves are the recipients."""

    passphrase: str | None = field(default=None, repr=False)
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Key:
    """What a backup is opened with."""

    passphrase: str | None = field(default=None, repr=False)
    identities: tuple[str, ...] = field(default=(), repr=False)


def passphrase_lock(passphrase: str) -> Lock:
    """Raises: UsageError for a passphrase that could be guessed by its length alone."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise UsageError(
            f"passphrase: got {len(passphrase)} characters, expected at least {LEAST_PASSPHRASE}. Who guesses it reads "
            "everything: take some unrelated words."
        )
    return Lock(passphrase=passphrase)


def recipients_lock(file: Path) -> Lock:
    """The public keys in a file, one a line. Raises: UsageError if there is none, or one that is no key."""
    return Lock(recipients=tuple(_lines(file, "--recipients", "age1")))


def identity_key(file: Path) -> Key:
    """The secret keys in a file, one a line. Raises: UsageError if there is none."""
    return Key(identities=tuple(_lines(file, "--identity", "AGE-SECRET-KEY-")))


def _lines(file: Path, option: str, begin: str) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        raise UsageError(f"{option}: got {file}, expected a file of keys that can be read.") from None
    found = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not found or not all(line.startswith(begin) for line in found):
        raise UsageError(f"{option}: got {file.name} with {len(found)} lines, expected lines that begin with {begin}.")
    return found


def new_key(file: Path) -> str:
    """Write a new secret key that only its owner may read. Returns its public half. Raises: UsageError if it exists."""
    identity = pyrage.x25519.Identity.generate()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(
            f"--new-key: got {file}, which is there; expected a new file. A key is never replaced."
        ) from None
    public = str(identity.to_public())
    with os.fdopen(descriptor, "w") as written:
        written.write(f"# public key: {public}\n{identity}\n")
        written.flush()
        os.fsync(written.fileno())
    return public


def header(lock: Lock, facts: dict[str, str]) -> tuple[bytes, Any]:
    """The first two lines of a new backup, and the key that its stream is for.

    Raises: UsageError for a recipient that is no public key.
    """
    identity = pyrage.x25519.Identity.generate()
    secret = str(identity).encode()
    if lock.passphrase is not None:
        sealed = pyrage.passphrase.encrypt(secret, lock.passphrase)
    else:
        try:
            sealed = pyrage.encrypt(secret, [pyrage.x25519.Recipient.from_str(one) for one in lock.recipients])
        except pyrage.RecipientError:
            raise UsageError("--recipients: got a line that is no public key of age, expected age1…") from None
    told = {
        **facts,
        "opened_by": "passphrase" if lock.passphrase is not None else "key",
        "key": base64.b64encode(sealed).decode(),
    }
    return b"%s %d\n%s\n" % (NAME, FORMAT_VERSION, json.dumps(told, sort_keys=True).encode()), identity


class _Chunks:
    """Chunks of bytes as a file to read from. An error of theirs is kept: the library would tell it as its own."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = memoryview(b"")
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._left:
                self._left = memoryview(next(self._chunks))
        except StopIteration:
            return b""
        except BaseException as error:
            self.error = error
            raise
        size = size if size >= 0 else len(self._left)
        piece, self._left = self._left[:size], self._left[size:]
        return bytes(piece)


class _Sink:
    """A file to write to that counts and hashes what it was given, and keeps its error."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: BaseException | None = None

    def write(self, data: bytes) -> int:
        try:
            return self._file.write(data)
        except BaseException as error:
            self.error = error
            raise

    def flush(self) -> None:
        self._file.flush()


def seal(chunks: Iterator[bytes], file: IO[bytes], identity: Any) -> None:
    """Encrypt the chunks into the file. Raises: what the chunks or the file raised."""
    source, sink = _Chunks(chunks), _Sink(file)
    try:
        pyrage.encrypt_io(source, sink, [identity.to_public()])
    except Exception as error:
        raise source.error or sink.error or error from None


@dataclass(frozen=True)
class Sealed:
    """What the first lines of a backup say, and a hash of them: they are in clear, so the manifest answers for them."""

    facts: dict[str, Any]
    sha256: str

    @property
    def opened_by(self) -> str:
        return str(self.facts["opened_by"])


def read_header(file: IO[bytes]) -> Sealed:
    """Raises: BackupError if the file is no backup, damaged, or of a newer format."""
    first = file.readline(64)
    words = first.split()
    if len(words) != 2 or words[0] != NAME or not words[1].isdigit():
        raise BackupError("got a file that is none, or damaged at its beginning, expected one of `kanhu backup`")
    if int(words[1]) != FORMAT_VERSION:
        raise BackupError(
            f"got format {int(words[1])}, expected {FORMAT_VERSION}; restore it with the version of Kanhu that made it"
        )
    second = file.readline(LONGEST_LINE)
    try:
        facts = json.loads(second)
        base64.b64decode(facts["key"], validate=True)
        if facts["opened_by"] not in ("passphrase", "key"):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise damaged() from None
    return Sealed(facts, hashlib.sha256(first + second).hexdigest())


def key_for(file: Path, passphrase: Callable[[], str]) -> Key:
    """What a person who named no key file opens it with: a passphrase, asked for only where one is needed."""
    try:
        with file.open("rb") as source:
            is_asked = read_header(source).opened_by == "passphrase"
    except (OSError, BackupError):
        is_asked = False
    return Key(passphrase=passphrase()) if is_asked else Key()


def damaged() -> BackupError:
    return BackupError("got a damaged or cut file, expected it as it was written; take another copy of it")


def key_of(sealed: Sealed, key: Key) -> Any:
    """The backup's own key. Raises: BackupError if this is not what opens it; UsageError if it is of the other kind."""
    content = base64.b64decode(sealed.facts["key"])
    try:
        if sealed.opened_by == "passphrase":
            if key.passphrase is None:
                raise UsageError("restore: got a key file, expected the passphrase that this backup was made with.")
            secret = pyrage.passphrase.decrypt(content, key.passphrase)
        else:
            if not key.identities:
                raise UsageError("restore: got no key, expected --identity FILE with the key this backup was made for.")
            secret = pyrage.decrypt(content, [pyrage.x25519.Identity.from_str(one) for one in key.identities])
        return pyrage.x25519.Identity.from_str(secret.decode())
    except (pyrage.DecryptError, pyrage.IdentityError, OSError, ValueError):
        raise BackupError(
            f"got a {sealed.opened_by} that does not open it (or its beginning is damaged), expected the one it was "
            "made with"
        ) from None


@contextlib.contextmanager
def opened(file: IO[bytes], identity: Any) -> Iterator[IO[bytes]]:
    """The decrypted stream of a backup, to be read to its end: only then it is known to be whole.

    Raises: BackupError at the end if a byte is changed or missing; what the file raised where it cannot be read.
    """
    read_end, write_end = os.pipe()
    failed: list[Exception] = []

    def pump() -> None:
        try:
            with os.fdopen(write_end, "wb") as sink:
                pyrage.decrypt_io(file, sink, [identity])
        except Exception as error:
            failed.append(error)

    worker = threading.Thread(target=pump, daemon=True)
    worker.start()
    try:
        with os.fdopen(read_end, "rb") as stream:
            yield stream
            while stream.read(1 << 20):
                pass
    finally:
        worker.join()
    if failed:
        raise damaged() from None
