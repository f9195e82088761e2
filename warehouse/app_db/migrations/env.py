"""What Alembic runs: the revisions on the connection it was handed, inside the transaction of who handed it."""

from __future__ import annotations

from alembic import context

from warehouse.app_db.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=False,
)
context.run_migrations()
