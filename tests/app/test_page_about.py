"""The definitions page: words in both languages, parameters with their marks, and a figure followed to its lists."""

from __future__ import annotations

import csv
import re
from html import unescape
from pathlib import Path

import pytest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.i18n import LANGUAGES, catalogue
from warehouse.metrics import load_metrics
from warehouse.scope import Role
from warehouse.settings import ROOT
from warehouse.words.about import SECTIONS


def cells(table: str) -> list[list[str]]:
    """The rows of an HTML table, its head left out, as texts."""
    rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1])
    return [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in rows
    ]


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.CADRE])
def test_every_section_opens_for_everyone(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, role: Role
) -> None:
    areas = (town.profile.villages[0].area_code,)
    app = open_page(town.settings, tmp_path, monkeypatch, "about", role, areas=areas, language="en", section=section)
    assert catalogue("en")["about.title"] in said(app)
    assert len(said(app)) > 300 or frames(app), "it says something"


def test_every_parameter_of_every_profile_has_a_name_and_unit_in_every_language() -> None:
    rows = [
        row
        for path in sorted((ROOT / "data" / "profiles").glob("*/policy.csv"))
        for row in csv.DictReader(path.open(encoding="utf-8"))
    ]
    assert rows
    for language in LANGUAGES:
        known = catalogue(language)
        for row in rows:
            assert f"about.parameter.{row['parameter']}" in known
            assert f"about.unit.{row['unit'].replace(' ', '_')}" in known


def test_parameters_show_values_in_force_and_what_stands_in(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "about", Role.LEADER, section="parameters")
    held = ask(town, "select * from meta_parameter where is_in_force")
    assert f"生效的参数 {held.height} 个，其中**暂代值 {held['is_stand_in'].sum()} 个**" in said(app)
    in_force, earlier = (cells(element.proto.body) for element in app.get("html")[-2:])
    assert len(in_force) == held.height
    values = {row[0]: row for row in in_force}
    assert values["低保标准"][1:3] == ["716 元/人·月", "暂代值"]
    assert "鄢陵县联席会议制度（2022）" in values["清单报送日"][4]
    assert [row[2] for row in in_force] == sorted(
        (row[2] for row in in_force), key=["暂代值", "本地设定", "文件规定"].index
    )
    assert [row[1] for row in earlier] == ["642 元/人·月", "717 元/人·月"], "earlier standards are there, apart"


@pytest.mark.parametrize("metric", ["coverage_rate", "push_on_time", "rectified_in_time"])
def test_a_figure_is_followed_to_its_lists_and_its_sql(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, metric: str
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "about", Role.OFFICE, section="lineage", metric=metric)
    entry, path, text = load_metrics()[metric], frames(app)[0], said(app)
    assert path["model"][0] == entry.model
    reads = dict(ask(town, "select model, reads from meta_model").iter_rows())
    reached, waiting = {entry.model}, [entry.model]
    while waiting:
        for name in filter(None, reads[waiting.pop()].split("、")):
            if name in reads and name not in reached:
                reached.add(name)
                waiting.append(name)
    assert set(path["model"]) == reached
    titles = dict(ask(town, "select extract, title from dim_extract").iter_rows())
    for extract in entry.needs:
        assert titles[extract] in text
        assert extract in {name for model in reached for name in reads[model].split("、")}
    sql = ask(town, "select compiled_sql from meta_model where model = ?", entry.model).item()
    assert [block.value.strip() for block in app.code] == [sql.strip()]


def test_terms_are_found_by_a_word_of_either_language(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "about", Role.LEADER, section="terms")
    assert len(cells(app.get("html")[-1].proto.body)) > 60
    app.text_input(key="about_search").set_value("gradual EXIT").run()
    assert [row[1] for row in cells(app.get("html")[-1].proto.body)] == ["渐退期Gradual exit"]
    app.text_input(key="about_search").set_value("漏评率").run()
    terms, metrics = (cells(element.proto.body) for element in app.get("html")[-2:])
    assert "漏评率Official missed rate" in [row[1] for row in terms]
    assert [row[0] for row in metrics] == [
        entry.name_zh
        for entry in load_metrics().values()
        if "漏评率" in f"{entry.name_zh} {entry.question_zh} {entry.numerator_zh} {entry.denominator_zh}"
    ]
    app.text_input(key="about_search").set_value("没有这个词").run()
    assert "共 0 条" in said(app)
    assert not [element for element in app.get("html") if "<table" in element.proto.body]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_calls_the_place_and_its_areas_by_their_names(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    for section in ("terms", "method"):
        app = open_page(town.settings, tmp_path, monkeypatch, "about", Role.LEADER, section=section, language=language)
        assert not re.search(r"\{[a-zA-Z]+\}", said(app)), "a placeholder that nobody filled in"
        assert ("孙疃镇" if language == "zh_CN" else "Suntuan") in said(app)


def test_lists_have_owners_and_due_days(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "about", Role.OFFICE, section="lists")
    shown = frames(app)[0]
    assert shown.height == ask(town, "select count(*) from dim_extract").item()
    assert set(shown["due"]) == {"次月 10 日前"}
    assert shown["newest_month"].null_count() == 0


def test_the_snapshot_is_told(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(open_page(town.settings, tmp_path, monkeypatch, "about", Role.OFFICE, section="snapshot"))
    snapshot_id, rules = ask(town, "select snapshot_id, rules_version from meta_snapshot").row(0)
    loads, winning = ask(town, "select count(*), count(*) filter (where is_winning) from meta_load").row(0)
    assert f"`{snapshot_id}`" in text
    assert f"`{rules}`" in text
    assert f"收到的文件 {loads} 份，其中采用 {winning} 份" in text
