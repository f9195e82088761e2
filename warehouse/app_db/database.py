"""The application database as one object: engine, clock and audit key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session as OrmSession

from warehouse.app_db.models import SCHEMA_VERSION, AuditHead, Base, SchemaVersion
from warehouse.errors import ConfigError
from warehouse.settings import Settings, load_settings


def argon2id() -> PasswordHasher:
    """Argon2id as RFC 9106 gives it for little memory: 64 MiB, three passes. A check takes a third of a second."""
    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=1)


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class AppDb:
    """Users, sessions and audit. now: the clock; passwords: how they are hashed. Given, so that tests can choose."""

    engine: Engine
    audit_key: bytes = field(repr=False)
    now: Callable[[], dt.datetime] = utc_now
    passwords: PasswordHasher = field(default_factory=argon2id)

    @contextmanager
    def writing(self) -> Iterator[OrmSession]:
        """A transaction that holds the write lock from its start, so that what it read is still so when it writes."""
        with OrmSession(self.engine) as orm, orm.begin():
            if self.engine.dialect.name == "sqlite":
                orm.execute(text("begin immediate"))
            yield orm

    @contextmanager
    def reading(self) -> Iterator[OrmSession]:
        with OrmSession(self.engine) as orm:
            yield orm


def app_db(settings: Settings | None = None) -> AppDb:
    """The application database of these settings, made on first use. One engine per URL and process.

    Raises: ConfigError if its tables are of a version this program does not know.
    """
    settings = settings or load_settings()
    return _open(settings.app_db_url, settings)


@cache
def _open(url: str, settings: Settings) -> AppDb:
    return open_app_db(url, settings.secret("audit"))


def open_app_db(
    url: str,
    audit_key: bytes,
    now: Callable[[], dt.datetime] = utc_now,
    passwords: PasswordHasher | None = None,
) -> AppDb:
    """Open or make the database at `url`. Raises: ConfigError if it is damaged or its tables are of another version."""
    parsed = make_url(url)
    is_file = parsed.get_backend_name() == "sqlite" and parsed.database
    if is_file:
        path = Path(str(parsed.database))
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Before SQLite opens it: the files it puts beside take over who may read this one.
        path.touch(mode=0o600)
        path.chmod(0o600)
    engine = create_engine(url, pool_pre_ping=not is_file)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
    database = AppDb(engine, audit_key, now, passwords or argon2id())
    try:
        _make_tables(database)
    except DatabaseError as error:
        raise ConfigError(
            f"application database: got one that does not open ({error.orig}), expected users and audit trail. "
            "Restore a backup of it, or move it away and make the accounts anew with `kanhu users add`."
        ) from None
    return database


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    """WAL lets pages read while a sign-in writes; the driver's own BEGIN is off, `writing` begins by itself."""
    connection.isolation_level = None
    for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on", "busy_timeout = 5000"):
        connection.execute(f"pragma {pragma}")


def _make_tables(database: AppDb) -> None:
    with database.writing() as orm:
        Base.metadata.create_all(orm.connection())
        version = orm.scalar(select(SchemaVersion.version))
        if version is None:
            orm.add(SchemaVersion(version=SCHEMA_VERSION))
            orm.add(AuditHead(one=1, entry_no=0, mac=""))
        elif version != SCHEMA_VERSION:
            raise ConfigError(
                f"application database: got tables of version {version}, expected {SCHEMA_VERSION}. "
                "Use the program version that wrote it, or restore a backup of this version."
            )
