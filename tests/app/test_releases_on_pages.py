"""Frozen releases on the pages: freezing one, what changed since by role and language, and the files."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import docx
import openpyxl
import polars as pl
import pytest

from tests.app.town_pages import frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, audit, users
from warehouse.differences import difference
from warehouse.i18n import catalogue, fmt_number
from warehouse.releases import freeze, names, releases
from warehouse.scope import Role
from warehouse.server.downloads import Download, downloads
from warehouse.settings import Settings, load_settings
from warehouse.snapshots import current_snapshot, read_marts, snapshot_path, write_marts, write_whole


@pytest.fixture
def own(town: Town, tmp_path: Path) -> Settings:
    """The served snapshot of the sample town in a data folder of the test's own."""
    settings = Settings(data_dir=tmp_path / "data", sample_ids=True)
    shutil.copytree(town.settings.snapshots, settings.snapshots)
    return settings


@dataclass(frozen=True)
class Moved:
    """A town frozen for 2025Q4 that serves another snapshot since: in it one list is new and two households differ."""

    settings: Settings
    missed_before: int
    number: str
    area: str


@pytest.fixture
def moved(own: Settings) -> Moved:
    """By hand, not by a build: two households of December are missed that were not, and a list came late."""
    freeze(own, "2025Q4", by="office")
    before = current_snapshot(own)
    path = snapshot_path(own, before.snapshot_id)
    tables = [name for name in before.tables if name not in ("fct_household_month", "meta_load")]
    marts = read_marts(path, {name: f"select * from {name}" for name in ("fct_household_month", "meta_load")})
    facts = marts["fct_household_month"]
    december = (pl.col("month") == pl.date(2025, 12, 1)) & (pl.col("suspected_missed") == False)  # noqa: E712
    two = facts.filter(december).head(2)
    is_moved = (pl.col("month") == pl.date(2025, 12, 1)) & pl.col("household_key").is_in(two["household_key"].to_list())
    marts["fct_household_month"] = facts.with_columns(suspected_missed=pl.col("suspected_missed") | is_moved)
    load = marts["meta_load"].filter((pl.col("extract") == "major_disease") & pl.col("is_winning")).tail(1)
    late = load.with_columns(load_id=pl.lit("late"), file_name=pl.lit("major_disease__late.xlsx"))
    marts["meta_load"] = pl.concat([marts["meta_load"], late])
    after = replace(before, snapshot_id=f"{before.snapshot_id}b")
    write_marts(snapshot_path(own, after.snapshot_id), marts, like=path, also=tables)
    write_whole(own.snapshots / f"{after.snapshot_id}.json", json.dumps(asdict(after)))
    write_whole(own.snapshots / "current", after.snapshot_id + "\n")
    missed = facts.filter(pl.col("month") == pl.date(2025, 12, 1), "suspected_missed").height
    return Moved(own, missed, two["household_no"][0], two["area_code"][0])


def taken(token: str) -> bytes:
    (user,) = users.list_users(app_db(load_settings()))
    found = downloads().take(token, user.user_id)
    assert isinstance(found, Download)
    return found.data


def test_the_office_freezes_a_quarter(own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(own, tmp_path, monkeypatch, "evaluation", Role.OFFICE, part="since")
    assert catalogue("zh_CN")["releases.none"] in said(app)
    app.button(key="releases_freeze").click().run()
    assert not app.exception
    assert names(own) == ["2025Q4"]
    assert "已冻结为版本 2025Q4" in said(app)
    assert audit.entries(app_db(load_settings()), action=audit.Action.FROZEN)["target"].to_list() == ["2025Q4"]
    app.button(key="releases_freeze").click().run()
    assert "已经冻结过" in said(app)
    assert names(own) == ["2025Q4"]


@pytest.mark.parametrize(("page", "role"), [("evaluation", Role.LEADER), ("about", Role.CADRE)])
def test_others_see_releases_and_freeze_none(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str, role: Role
) -> None:
    freeze(own, "2025Q4", by="office")
    app = open_page(own, tmp_path, monkeypatch, page, role, section="snapshot", part="since")
    assert any("snapshot_id" in frame.columns and frame["name"].to_list() == ["2025Q4"] for frame in frames(app))
    assert [button.key for button in app.button if button.key == "releases_freeze"] == []


def test_an_administrator_freezes_on_the_page_of_definitions(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(own, tmp_path, monkeypatch, "about", Role.ADMINISTRATOR, section="snapshot")
    app.button(key="releases_freeze").click().run()
    assert not app.exception
    assert [release.period for release in releases(own)] == ["2025Q4"]


def test_the_frozen_snapshot_itself_has_not_changed(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(own, "2025Q4", by="office")
    text = said(open_page(own, tmp_path, monkeypatch, "evaluation", Role.LEADER, release="2025Q4"))
    assert "没有变化" in text


@pytest.mark.parametrize(("language", "role"), [("zh_CN", Role.OFFICE), ("en", Role.LEADER)])
def test_what_changed_is_said_with_its_reason(
    moved: Moved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, role: Role
) -> None:
    query = {"release": "2025Q4", "language": language}
    app = open_page(moved.settings, tmp_path, monkeypatch, "evaluation", role, **query)
    app.button(key="releases_compare").click().run()
    assert not app.exception
    text = said(app)
    old, new = fmt_number(moved.missed_before), fmt_number(moved.missed_before + 2)
    if language == "zh_CN":
        assert f"疑似漏保：冻结时 {old} 户，现在 {new} 户（+2），其中迟到的清单 +2 户。" in text
        assert "1 份清单在冻结后才到：新增大病人员名单" in text
    else:
        assert f"Suspected missed: {old} households when frozen, {new} now (+2), of which late list +2." in text
    rows = [frame for frame in frames(app) if "household_no" in frame.columns]
    if role is Role.LEADER:
        assert rows == [], "a leader sees counts, no household"
    else:
        (shown,) = rows
        assert shown.height == 2
        assert moved.number in shown["household_no"].to_list()
        assert all("*" in name for name in shown["head_name"])


def test_one_area_has_its_own_counts(moved: Moved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    difference(moved.settings, "2025Q4")
    query = {"release": "2025Q4", "area": moved.area}
    app = open_page(moved.settings, tmp_path, monkeypatch, "evaluation", Role.OFFICE, **query)
    (shown,) = [frame for frame in frames(app) if "household_no" in frame.columns]
    assert moved.number in shown["household_no"].to_list()
    assert f"（+{shown.height}）" in said(app)


def test_the_files_hold_what_is_shown(moved: Moved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    difference(moved.settings, "2025Q4")
    app = open_page(moved.settings, tmp_path, monkeypatch, "evaluation", Role.OFFICE, release="2025Q4")
    files = {}
    for key in ("releases_xlsx_2025Q4", "releases_report_2025Q4_xlsx", "releases_report_2025Q4_docx"):
        app.button(key=key).click().run()
        assert not app.exception
        link = next(line for line in said(app).splitlines() if "/export/" in line)
        files[key] = taken(link.split("/export/")[1].split('"')[0])
    book = openpyxl.load_workbook(io.BytesIO(files["releases_xlsx_2025Q4"]))
    cells = {str(cell) for row in book.worksheets[-1].iter_rows(values_only=True) for cell in row}
    assert {moved.number, "迟到的清单：新增大病人员名单"} <= cells
    kept = moved.settings.data_dir / "releases" / "2025Q4" / "reports" / "quarterly_2025Q4_zh_CN.xlsx"
    assert files["releases_report_2025Q4_xlsx"] == kept.read_bytes(), "made again from the release, equal to the byte"
    paper = docx.Document(io.BytesIO(files["releases_report_2025Q4_docx"]))
    head = "".join(one.text for one in paper.sections[0].header.paragraphs)
    assert "冻结版本 2025Q4" in head, "the paper says on every page which release it is of"
