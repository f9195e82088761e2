"""Bringing the tables up to the newest revision, under the write lock, in one transaction: all of it or nothing."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from warehouse.errors import ConfigError

FOLDER = Path(__file__).parent / "migrations"
# The revision whose tables are those of databases made before there were revisions, and the number they carry.
BEFORE_REVISIONS, NUMBER_BEFORE = "0001", 1


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run the revisions that are missing, up to that one. The connection holds the write lock; who calls commits.

    Raises: ConfigError if the tables are newer than this program.
    """
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    at = MigrationContext.configure(connection).get_current_revision()
    if at is not None and at not in known:
        raise ConfigError(newer(at, str(script.get_current_head())))
    if at is None and inspect(connection).has_table("schema_version"):
        number = connection.scalar(text("select version from schema_version"))
        if number != NUMBER_BEFORE:
            raise ConfigError(newer(str(number), str(script.get_current_head())))
        command.stamp(config, BEFORE_REVISIONS)
    if to != "head" and to not in known:
        raise ConfigError(newer(to, str(script.get_current_head())))
    command.upgrade(config, to)


def newer(found: str, known: str) -> str:
    """What to say of tables that a newer program wrote."""
    return (
        f"application database: got tables of revision {found}, expected at most {known}. "
        "Use the program version that wrote them, or restore a backup of this version."
    )
