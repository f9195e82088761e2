"""A migration that is killed at any statement leaves the tables as they were, and the next start finishes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.settings import ROOT

FIRST_VERSION = ROOT / "tests" / "data" / "app_db_v1.sql"

# Opens the database again and again, killed at the first statement, then the second, and so on until one run ends by
# itself. Each time: what the file held after the kill, and what it holds after a start without one. Forked, for the
# imports of sixty processes would take a minute.
DRIVER = """
import json, os, signal, sqlite3, sys
from pathlib import Path
from argon2 import PasswordHasher
from sqlalchemy import Engine, event
from warehouse.app_db import audit, open_app_db, users
import warehouse.app_db.migrate

folder, script = Path(sys.argv[1]), Path(sys.argv[2]).read_text() if sys.argv[2] else ""
IS_ONE = sys.argv[3] == "as one"

def opened(path):
    return open_app_db(f"sqlite:///{path}", b"k" * 32, passwords=PasswordHasher(time_cost=1, memory_cost=8))

def content(path):
    connection = sqlite3.connect(path)
    found = [line for line in connection.iterdump()]
    connection.close()
    return found

def killed_at(path, number):
    pid = os.fork()
    if pid == 0:
        seen = [0]
        def count(*_):
            seen[0] += 1
            if seen[0] == number:
                os.kill(os.getpid(), signal.SIGKILL)
        @event.listens_for(Engine, "before_cursor_execute")
        def before(connection, cursor, statement, *_):
            count()
            if not IS_ONE and statement.lstrip().upper().startswith(("CREATE", "ALTER", "UPDATE")):
                raw = connection.connection.dbapi_connection
                raw.commit()
                raw.execute("begin immediate")
        @event.listens_for(Engine, "commit")
        def committing(connection):
            count()
        try:
            opened(path).engine.dispose()
            os._exit(0)
        finally:
            os._exit(1)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, -signal.SIGKILL), code
    return code != 0

runs, number = [], 0
while True:
    number += 1
    path = folder / f"{number}.db"
    if script:
        connection = sqlite3.connect(path)
        connection.executescript(script)
        connection.close()
    before = content(path)
    if not killed_at(path, number):
        break
    is_old = content(path) == before
    try:
        database = opened(path)
        verdict = audit.verify(database)
        runs.append([is_old, verdict.is_whole, verdict.entries, len(users.list_users(database)), len(content(path))])
        database.engine.dispose()
    except Exception as error:
        runs.append([is_old, False, type(error).__name__, 0, 0])
print(json.dumps([runs, len(content(path))]))
"""


def runs(folder: Path, script: Path | None, transactions: str = "as one") -> tuple[list[list[object]], int]:
    command = [sys.executable, "-c", DRIVER, str(folder), str(script or ""), transactions]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found, lines = json.loads(done.stdout)
    return found, lines


@pytest.mark.parametrize(("script", "entries", "accounts"), [(FIRST_VERSION, 9, 5), (None, 0, 0)])
def test_a_killed_migration_leaves_the_old_tables_and_the_next_start_finishes(
    tmp_path: Path, script: Path | None, entries: int, accounts: int
) -> None:
    """From the first version and from nothing, at each statement and at the commit."""
    found, _ = runs(tmp_path, script)
    assert len(found) > (25 if script else 35)
    for number, (is_old, is_whole, verified, users, _) in enumerate(found, start=1):
        # The last kill is at the commit, which has not happened yet then.
        assert is_old, f"killed at statement {number}: the tables are neither old nor new"
        assert (is_whole, verified, users) == (True, entries, accounts), f"after the kill at statement {number}"
    assert len({lines for *_, lines in found}) == 1, "each ends with the same tables"


def test_a_migration_that_commits_in_between_would_be_found(tmp_path: Path) -> None:
    """The test above can fail: with every statement committed by itself, kills leave half of the tables."""
    found, _ = runs(tmp_path, FIRST_VERSION, "statement by statement")
    assert not all(is_old for is_old, *_ in found)
