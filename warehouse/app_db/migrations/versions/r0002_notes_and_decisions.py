"""Notes of villages, decisions of meetings, printed figures, aliases; first passwords that must be changed. What is
append-only is so on Postgres too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = {"audit": "the audit trail", "decisions": "decisions", "decision_events": "progress of decisions"}


def upgrade() -> None:
    op.add_column("users", sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "notes",
        sa.Column("note_id", sa.Integer(), primary_key=True),
        sa.Column("area_code", sa.String(32), nullable=False, index=True),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("metric", sa.String(64)),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime()),
        sa.Column("withdrawn_by", sa.String(64)),
    )
    op.create_table(
        "meetings",
        sa.Column("meeting_id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("period", sa.String(10), nullable=False),
        sa.Column("opened_by", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("kind", "held_on", name="one_meeting_of_a_kind_a_day"),
    )
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.Integer(), primary_key=True),
        sa.Column("meeting_id", sa.Integer(), sa.ForeignKey("meetings.meeting_id"), nullable=False, index=True),
        sa.Column("matter", sa.String(500), nullable=False),
        sa.Column("matter_key", sa.String(128), nullable=False, index=True),
        sa.Column("decision", sa.String(500), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("households", sa.Integer()),
        sa.Column("recorded_by", sa.String(64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "decision_events",
        sa.Column("event_id", sa.Integer(), primary_key=True),
        sa.Column("decision_id", sa.Integer(), sa.ForeignKey("decisions.decision_id"), nullable=False, index=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "passports",
        sa.Column("code", sa.String(32), primary_key=True),
        sa.Column("figure", sa.String(255), nullable=False, index=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("printed_value", sa.String(255), nullable=False),
        sa.Column("snapshot_id", sa.String(64), nullable=False),
        sa.Column("printed_at", sa.DateTime(), nullable=False),
        sa.Column("printed_in", sa.String(255), nullable=False),
    )
    op.create_table(
        "aliases",
        sa.Column("profile", sa.String(64), primary_key=True),
        sa.Column("form", sa.String(128), primary_key=True),
        sa.Column("text", sa.String(128), nullable=False),
        sa.Column("area_code", sa.String(32), nullable=False),
        sa.Column("village", sa.String(64), nullable=False),
        sa.Column("confirmed_by", sa.String(64), nullable=False),
        sa.Column("confirmed_at", sa.String(32), nullable=False),
    )
    _append_only()
    # Programs from before the revisions look at this number, and must not take the tables for theirs.
    op.execute("update schema_version set version = 2")


def _append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in ("decisions", "decision_events"):
            for change in ("update", "delete"):
                op.execute(
                    f"create trigger {table}_no_{change} before {change} on {table} "
                    f"begin select raise(abort, '{APPEND_ONLY[table]}: rows are added and never changed'); end"
                )
        return
    op.execute(
        "create function kanhu_append_only() returns trigger language plpgsql as "
        "$$ begin raise exception '%: rows are added and never changed', tg_table_name; end $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function kanhu_append_only()"
        )
