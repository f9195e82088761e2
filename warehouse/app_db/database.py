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
from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.orm import Session as OrmSession

from warehouse.app_db.models import REVISION
from warehouse.errors import ConfigError
from warehouse.settings import Settings, load_settings

# The number under which writers of one Postgres database take turns, as those of a SQLite file do.
WRITE_LOCK = 0x6B616E68


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
            else:
                orm.execute(text("select pg_advisory_xact_lock(:one)"), {"one": WRITE_LOCK})
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
    """Open or make the database at `url`, its tables of the newest revision.

    Raises: ConfigError if it cannot be reached, is damaged, or its tables are newer than this program.
    """
    try:
        parsed = make_url(url)
        is_file = parsed.get_backend_name() == "sqlite" and parsed.database
        if is_file:
            path = Path(str(parsed.database))
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # Before SQLite opens it: the files it puts beside take over who may read this one.
            path.touch(mode=0o600)
            path.chmod(0o600)
        engine = create_engine(url, pool_pre_ping=not is_file)
    except (ArgumentError, ModuleNotFoundError):
        raise ConfigError(
            "KANHU_APP_DB: got an address of no database that is known here, expected sqlite:///FILE or "
            "postgresql://USER@HOST/DATABASE. Correct it."
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _on_sqlite_connect)
    database = AppDb(engine, audit_key, now, passwords or argon2id())
    try:
        _upgrade(database)
    except DatabaseError as error:
        engine.dispose()
        reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
        raise ConfigError(
            f"application database: got one that does not open ({reason}), expected users and audit trail. "
            + (
                "Restore a backup of it, or move it away and make the accounts anew with `kanhu users add`."
                if is_file
                else "See that its server runs and that the address, user and rights are right."
            )
        ) from None
    return database


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    """WAL lets pages read while a sign-in writes; the driver's own BEGIN is off, `writing` begins by itself."""
    connection.isolation_level = None
    for pragma in ("busy_timeout = 5000", "journal_mode = wal", "synchronous = full", "foreign_keys = on"):
        connection.execute(f"pragma {pragma}")


def _upgrade(database: AppDb) -> None:
    """The missing revisions, by one process at a time. One that waited for another finds nothing left to do."""
    if _revision(database) == REVISION:
        return
    # Only here: other starts need not wait for it to be read in.
    from warehouse.app_db.migrate import upgrade

    with database.writing() as orm:
        upgrade(orm.connection())


def _revision(database: AppDb) -> str | None:
    """The revision of the tables; null for none, or tables from before there were revisions."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("select version_num from alembic_version"))
        return found
