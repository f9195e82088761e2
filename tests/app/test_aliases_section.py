"""Names that wait for a person on the intake page: suggested, confirmed with a name, and the rows read again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from warehouse.app_db import app_db, audit
from warehouse.intake import aliases_of, import_files, loads
from warehouse.profiles import Profile
from warehouse.settings import Settings

ROWS = "户编号,村,轮次,年度\nH1,杨树村,1,2025\nH2,楼坊村,1,2025\n"


def section() -> None:
    from warehouse.scope import Role, Scope
    from warehouse.sections.aliases import aliases_section

    aliases_section(Scope(1, "office1", Role.OFFICE))


@pytest.fixture
def settings(tmp_path: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> Settings:
    made = Settings(data_dir=tmp_path / "data", sample_ids=True)
    monkeypatch.setenv("KANHU_DATA_DIR", str(made.data_dir))
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    monkeypatch.setenv("KANHU_APP_DB", made.app_db_url)
    file = tmp_path / "2025-03" / "survey_visits.csv"
    file.parent.mkdir()
    file.write_text(ROWS, "utf-8")
    import_files([file], made, profile, received_on=dt.date(2025, 4, 8))
    return made


def test_name_is_confirmed_by_a_person_and_its_rows_are_read_again(settings: Settings, profile: Profile) -> None:
    app = AppTest.from_function(section, default_timeout=30).run()
    assert not app.exception
    assert "杨树" in app.dataframe[0].value.to_string()
    assert [button.key for button in app.button if button.key == "aliases_again"] == []

    app.selectbox(key="aliases_village").select("340621109204")
    app.button[0].click().run()
    assert not app.exception
    (alias,) = aliases_of(settings, profile)
    assert (alias.area_code, alias.confirmed_by) == ("340621109204", "office1")
    told = audit.entries(app_db(settings))
    assert told["action"].to_list()[:1] == ["alias_confirmed"]

    app.button(key="aliases_again").click().run()
    assert not app.exception
    assert loads(settings).filter("is_winning")["rows_accepted"].to_list() == [2]


def test_nothing_is_kept_unless_a_village_is_chosen(settings: Settings, profile: Profile) -> None:
    app = AppTest.from_function(section, default_timeout=30).run()
    app.button[0].click().run()
    assert aliases_of(settings, profile) == ()
