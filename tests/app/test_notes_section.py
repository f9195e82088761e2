"""Notes of villages on the village page: who writes, who reads, what is refused, and how the text is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, audit
from warehouse.app_db.notes import notes
from warehouse.scope import Role

HOSTILE = '<img src=x onerror=alert(1)> **粗** [链接](http://x) "引号" & 汛期'


def written(app: AppTest, area: str, text: str, metric: str = "") -> AppTest:
    (turn,) = {key.rsplit("_", 1)[1] for box in app.text_area if (key := str(box.key)).startswith("notes_text_")}
    app.text_area(key=f"notes_text_{area}_{turn}").set_value(text)
    if metric:
        app.selectbox(key=f"notes_metric_{area}_{turn}").select(metric)
    button = next(one for one in app.button if one.form_id == f"notes_form_{area}_{turn}")
    button.click().run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("language", "kept", "refused"),
    [("zh_CN", "说明已保存", "含有像身份证号、电话或户编号的数字"), ("en", "The note is kept", "a number like an ID")],
)
def test_a_cadre_writes_and_the_office_and_leaders_read(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, kept: str, refused: str
) -> None:
    area = town.profile.villages[4].area_code
    open_ = (town.settings, tmp_path, monkeypatch, "village")
    app = open_page(*open_, Role.CADRE, areas=(area,), language=language)
    assert refused in said(written(app, area, "电话 13812345678"))
    assert app.text_area(key=f"notes_text_{area}_0").value == "电话 13812345678", "it stays, to be put right"
    assert notes(app_db(), [area]).is_empty()
    app = written(app, area, HOSTILE, "coverage_rate")
    assert kept in said(app)
    assert "&lt;img src=x onerror=alert(1)&gt; **粗** [链接](http://x) &quot;引号&quot; &amp; 汛期" in said(app)
    assert "<img" not in said(app)
    (row,) = notes(app_db(), [area]).iter_rows(named=True)
    assert (row["text"], row["role"], row["metric"], row["period"]) == (HOSTILE, "cadre", "coverage_rate", "2025Q4")
    assert row["author"] not in said(app), "the account is for the office alone"

    leader = open_page(*open_, Role.LEADER, language=language, area=area)
    assert "汛期" in said(leader)
    assert row["author"] not in said(leader)
    assert [one.key for one in leader.button if str(one.key).startswith("notes_")] == []
    assert [one.key for one in leader.text_area] == []

    office = open_page(*open_, Role.OFFICE, language=language, area=area)
    assert row["author"] in said(office)
    office.button(key=f"notes_withdraw_{row['note_id']}").click().run()
    assert not office.exception
    assert "汛期" not in said(office)
    told = audit.entries(app_db())["action"].to_list()
    assert (told.count("note_written"), told.count("note_withdrawn")) == (1, 1)


def test_a_cadre_sees_and_writes_no_notes_of_another_village(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The URL names the other village; the page keeps to the own one."""
    own, other = (town.profile.villages[n].area_code for n in (4, 5))
    open_ = (town.settings, tmp_path, monkeypatch, "village")
    written(open_page(*open_, Role.CADRE, areas=(other,)), other, "邻村的说明")
    app = open_page(*open_, Role.CADRE, areas=(own,), area=other)
    assert "邻村的说明" not in said(app)
    assert [one.key for one in app.text_area] == [f"notes_text_{own}_0"]


def test_notes_of_other_periods_are_folded(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area = town.profile.villages[4].area_code
    open_ = (town.settings, tmp_path, monkeypatch, "village")
    written(open_page(*open_, Role.OFFICE, area=area, period="2025-11"), area, "十一月的说明")
    app = open_page(*open_, Role.OFFICE, area=area, period="2025-12")
    assert [one.label for one in app.expander if "说明" in one.label] == ["其他时期的说明（1 条）"]
    quarter = open_page(*open_, Role.OFFICE, area=area, period="2025Q4")
    assert "十一月的说明" in said(quarter)
    assert [one.label for one in quarter.expander if "说明" in one.label] == [], "the quarter holds November"
