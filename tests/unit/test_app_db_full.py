"""The disk is full while something is written into the application database."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from warehouse.app_db import audit, open_app_db, users
from warehouse.app_db.decisions import decisions, open_meeting, record_decision
from warehouse.scope import Role
from warehouse.server.asgi import is_of_full_disk

MET = dt.date(2026, 1, 12)


def test_a_full_disk_keeps_all_or_nothing_and_is_told_as_such(tmp_path: Path) -> None:
    """SQLite itself refuses pages beyond those there are: what was written stays whole, and goes on with room."""
    db = open_app_db(f"sqlite:///{tmp_path / 'app.db'}", b"k" * 32)
    users.add_user(db, "office", Role.OFFICE, "wheat-field-42", areas=["*"])
    room: dict[str, int] = {}

    def limited(connection, _record) -> None:  # type: ignore[no-untyped-def]
        connection.execute(f"pragma max_page_count = {room['pages']}")

    with db.engine.connect() as connection:
        room["pages"] = connection.scalar(text("pragma page_count"))
    event.listen(db.engine, "checkout", lambda connection, record, _proxy: limited(connection, record))
    meeting = open_meeting(db, "office", "联席会议", MET, "2025Q4")
    kept: list[int] = []

    def decide(day: int) -> int:
        due = MET + dt.timedelta(days=day)
        said = {"matter": "漏保", "matter_key": "gap", "decision": "核" * 400, "owner": "town"}
        return record_decision(db, "office", meeting, **said, due_on=due)

    with pytest.raises(OperationalError) as refused:
        kept.extend(decide(day) for day in range(1, 400))
    assert is_of_full_disk(refused.value)
    assert not is_of_full_disk(ValueError("disk is full"))
    assert decisions(db, MET)["decision_id"].to_list() == kept
    assert audit.verify(db).is_whole
    room["pages"] = 100_000
    record_decision(db, "office", meeting, matter="漏保", matter_key="gap", decision="核", owner="town", due_on=MET)
    assert decisions(db, MET).height == len(kept) + 1
    assert audit.verify(db).entries == len(kept) + 3
