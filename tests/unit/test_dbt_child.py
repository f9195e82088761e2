"""What dbt parsed is used again for the very same project, and for no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from dbt.adapters.events.types import ConnectionUsed
from dbt.events.types import NodeFinished
from dbt_common.events.base_types import EventLevel
from dbt_common.events.types import Note

from warehouse.build_progress import ENDED
from warehouse.dbt_child import FewEvents, keep, parsed, project_hash


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "one.sql").write_text("select 1", encoding="utf-8")
    (tmp_path / "profiles.yml").write_text("kanhu: {}", encoding="utf-8")
    return tmp_path


def test_an_unchanged_project_is_known_again(project: Path) -> None:
    before = project_hash(project, "build")
    (project / "target").mkdir()  # what dbt writes is no part of what it reads
    (project / "target" / "manifest.json").write_text("{}", encoding="utf-8")
    assert project_hash(project, "build") == before


@pytest.mark.parametrize("file", ["models/one.sql", "models/two.sql", "macros/new.sql", "profiles.yml"])
def test_one_letter_more_in_any_file_is_another_project(project: Path, file: str) -> None:
    before = project_hash(project, "build")
    (project / file).parent.mkdir(exist_ok=True)
    with (project / file).open("a", encoding="utf-8") as text:
        text.write(" ")
    assert project_hash(project, "build") != before


def test_names_that_relations_carry_are_part_of_it(project: Path) -> None:
    """Parsed relations hold the database's name, which is the stem of the build file."""
    assert project_hash(project, "build") != project_hash(project, "other")


def test_what_does_not_read_is_parsed_again(tmp_path: Path) -> None:
    assert parsed(tmp_path / "missing.msgpack") is None
    (tmp_path / "torn.msgpack").write_bytes(b"\x93half")
    assert parsed(tmp_path / "torn.msgpack") is None


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    made = tmp_path / "partial_parse.msgpack"
    made.write_bytes(b"parsed")
    for number in range(6):
        keep(made, tmp_path / "parsed" / f"{number}.msgpack")
    assert len(list((tmp_path / "parsed").iterdir())) == 4
    keep(tmp_path / "never_made.msgpack", tmp_path / "parsed" / "none.msgpack")  # nothing to keep is no fault
    assert not (tmp_path / "parsed" / "none.msgpack").exists()


def test_details_that_nobody_hears_make_no_message_and_what_may_be_wrong_does() -> None:
    """A build counts the models that ended; a warning or an error of dbt is told, whatever it is called."""
    told: list[tuple[str, str]] = []
    events = FewEvents()
    events.add_callback(lambda message: told.append((message.info.name, message.info.level)))
    events.fire_event(Note(msg="one of twenty steps of a model"), level=EventLevel.DEBUG)
    events.fire_event(ConnectionUsed(conn_type="duckdb", conn_name="model"))
    assert told == []
    events.fire_event(NodeFinished())
    for level in (EventLevel.INFO, EventLevel.WARN, EventLevel.ERROR):
        events.fire_event(Note(msg="something else"), level=level)
    assert told == [(ENDED, "debug"), ("Note", "info"), ("Note", "warn"), ("Note", "error")]
