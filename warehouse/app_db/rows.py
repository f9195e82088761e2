"""Every row of the application database as lines of JSON, and back into an empty one, of either engine.

Sessions are left out: after a restore everyone signs in anew, and nobody who was signed out is in again.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from warehouse.app_db.database import WRITE_LOCK, AppDb, _on_sqlite_connect
from warehouse.app_db.models import AuditHead, Base, Session
from warehouse.errors import ConfigError

# So many rows are held at once.
PAGE = 5_000
LEFT_OUT = {Session.__tablename__}
OURS = {*Base.metadata.tables, "alembic_version"}
FUNCTION = "kanhu_append_only"


@contextmanager
def frozen(db: AppDb) -> Iterator[sa.Connection]:
    """One transaction that sees the rows of one moment, however long it reads; writers go on."""
    engine = db.engine
    if engine.dialect.name != "sqlite":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # The driver's own BEGIN is off: without this each SELECT would see a moment of its own.
            connection.execute(sa.text("begin"))
        yield connection
        connection.rollback()


def revision(connection: sa.Connection) -> str:
    return str(connection.scalar(sa.text("select version_num from alembic_version")))


def anchor(connection: sa.Connection) -> tuple[int, str]:
    """The newest entry of the audit trail: its number and its code."""
    number, mac = connection.execute(sa.select(AuditHead.entry_no, AuditHead.mac)).one()
    return int(number), str(mac)


def tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables that are kept, those that others refer to first, as they are in the database."""
    found = sa.MetaData()
    names = set(sa.inspect(connection).get_table_names())
    found.reflect(connection, only=sorted(names & set(Base.metadata.tables)))
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def pages(connection: sa.Connection, table: sa.Table) -> Iterator[tuple[bytes, int]]:
    """The rows of a table in the order of its key, as lines of JSON, a page at a time, with how many they are."""
    keys = list(table.primary_key.columns)
    found = connection.execution_options(stream_results=True, yield_per=PAGE).execute(sa.select(table).order_by(*keys))
    for page in found.mappings().partitions(PAGE):
        lines = (json.dumps(dict(row), ensure_ascii=False, default=_written) for row in page)
        yield "".join(f"{line}\n" for line in lines).encode(), len(page)


def _written(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"no form in a backup for {type(value).__name__}")


def fill(connection: sa.Connection, at: str, parts: Mapping[str, Iterable[Path]]) -> dict[str, int]:
    """Make the tables of revision `at` where there are none, and write into each the lines of its files, in that order.

    The connection holds the write lock; who calls commits. Returns: rows written by table.
    Raises: ConfigError if this program does not know that revision; ValueError and KeyError for lines that do not fit.
    """
    from warehouse.app_db.migrate import upgrade

    upgrade(connection, at)
    known = {table.name: table for table in tables(connection)}
    written = {}
    for name, files in parts.items():
        table = known[name]
        # What the revisions themselves wrote: the head of an empty trail, the number of the tables.
        if connection.scalar(sa.select(sa.func.count()).select_from(table)):
            connection.execute(sa.delete(table))
        written[name] = 0
        for file in files:
            rows = [_row(table, line) for line in file.read_text(encoding="utf-8").splitlines()]
            if rows:
                connection.execute(sa.insert(table), rows)
            written[name] += len(rows)
    if connection.dialect.name == "postgresql":
        _count_on(connection, known.values())
    return written


def _row(table: sa.Table, line: str) -> dict[str, Any]:
    row: dict[str, Any] = json.loads(line)
    for name, value in row.items():
        kind = table.columns[name].type
        if isinstance(value, str) and isinstance(kind, sa.DateTime):
            row[name] = dt.datetime.fromisoformat(value)
        elif isinstance(value, str) and isinstance(kind, sa.Date):
            row[name] = dt.date.fromisoformat(value)
    return row


def _count_on(connection: sa.Connection, filled: Iterable[sa.Table]) -> None:
    """Numbers that Postgres gives by itself go on after those that were written."""
    for table in filled:
        for column in table.primary_key.columns:
            names = {"table": f'"{table.name}"', "column": column.name}
            counter = connection.scalar(sa.text("select pg_get_serial_sequence(:table, :column)"), names)
            newest = connection.scalar(sa.select(sa.func.max(column))) if counter else None
            if newest is not None:
                connection.execute(sa.text("select setval(:counter, :newest)"), {"counter": counter, "newest": newest})


def fill_file(path: Path, at: str, parts: Mapping[str, Iterable[Path]]) -> dict[str, int]:
    """The same in a new SQLite file, which only its owner may read."""
    path.touch(mode=0o600)
    engine = sa.create_engine(f"sqlite:///{path}")
    sa.event.listen(engine, "connect", _on_sqlite_connect)
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("begin immediate"))
            written = fill(connection, at, parts)
            connection.commit()
    finally:
        engine.dispose()
    return written


def is_used(url: str) -> bool:
    """Whether a database that is not a file holds tables of ours.

    Raises: ConfigError if it cannot be reached.
    """
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return bool(OURS & set(sa.inspect(connection).get_table_names()))
    except sa.exc.DatabaseError as error:
        raise ConfigError(
            f"application database: got no answer ({str(error.orig).strip().splitlines()[0]}), expected one. See that "
            "its server runs and that the address, user and rights are right."
        ) from None
    finally:
        engine.dispose()


def replace(url: str, at: str, parts: Mapping[str, Iterable[Path]], *, aside: str) -> None:
    """Fill a Postgres database in one transaction; tables of ours that are there move into the schema `aside`, whole.

    The schema is there once it is done: the same call again changes nothing.
    """
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sa.text("select pg_advisory_xact_lock(:one)"), {"one": WRITE_LOCK})
            looked = sa.inspect(connection)
            if aside in looked.get_schema_names():
                return
            connection.execute(sa.text(f'create schema "{aside}"'))
            for name in sorted(OURS & set(looked.get_table_names())):
                connection.execute(sa.text(f'alter table "{name}" set schema "{aside}"'))
            here = sa.text("select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
                           "where p.proname = :name and n.nspname = current_schema()")  # fmt: skip
            if connection.scalar(here, {"name": FUNCTION}):
                connection.execute(sa.text(f'alter function {FUNCTION} set schema "{aside}"'))
            fill(connection, at, parts)
    finally:
        engine.dispose()
