"""The evaluation page: all metrics with counts, one in detail with exact verdicts, files with the same numbers."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import docx
import openpyxl
import pytest
from scipy.stats import binom
from typer.testing import CliRunner

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.app_db import app_db, audit, users
from warehouse.cli import app as command
from warehouse.errors import UsageError
from warehouse.exports.periodic_report import quarterly_report, write_report
from warehouse.i18n import catalogue, t
from warehouse.metrics import load_metrics, told
from warehouse.scope import Role
from warehouse.server.downloads import Download, downloads
from warehouse.settings import load_settings
from warehouse.stats.intervals import difference
from warehouse.words.evaluation import CUMULATIVE
from warehouse.words.themes import FIRST, THEMES, themes


def taken(token: str) -> bytes:
    """The file behind a link, taken as the one user of the test."""
    (user,) = users.list_users(app_db(load_settings()))
    found = downloads().take(token, user.user_id)
    assert isinstance(found, Download)
    return found.data


def table_of(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("<table"))


def test_every_metric_of_the_catalogue_is_in_the_table_once() -> None:
    placed = [metric for chosen in themes().values() for metric in chosen]
    assert sorted(placed) == sorted(load_metrics())
    assert set(THEMES["coverage"]) <= set(placed), "headings name metrics that exist"


@pytest.mark.parametrize(("language", "role"), [("zh_CN", Role.LEADER), ("en", Role.OFFICE)])
def test_the_table_shows_counts_recounted_from_the_facts(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, role: Role
) -> None:
    page = open_page(town.settings, tmp_path, monkeypatch, "evaluation", role, language=language, theme="all")
    text = table_of(said(page))
    for metric, entry in load_metrics().items():
        words = told(entry)
        assert words["name_zh" if language == "zh_CN" else "name_en"] in text, metric
    known, households = ask(
        town,
        "select count(*) filter (where income_known), count(*) from fct_household_month where month = '2025-12-01'",
    ).row(0)
    checked, due = ask(
        town,
        "select count(*) filter (where state = 'within'), count(*) from fct_warning "
        "where due_on between '2025-10-01' and '2025-12-31' and state in ('within', 'over', 'overdue')",
    ).row(0)
    done, owed = ask(
        town,
        "select count(*) filter (where state = 'within'), count(*) from fct_measure "
        "where due_on between '2025-10-01' and '2025-12-31'",
    ).row(0)
    for numerator, denominator in ((known, households), (checked, due), (done, owed)):
        assert denominator > 0
        assert f">{numerator:,}/{denominator:,}<" in text


def test_a_village_in_the_link_has_its_own_counts_and_no_limits(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = town.profile.villages[3]
    known, households = ask(
        town,
        "select count(*) filter (where income_known), count(*) from fct_household_month "
        "where month = '2025-12-01' and area_code = ?",
        village.area_code,
    ).row(0)
    query = {"area": village.area_code, "theme": "data"}
    table = table_of(said(open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.OFFICE, **query)))
    assert f">{known}/{households}<" in table
    query = {"area": village.area_code, "metric": "income_known"}
    text = said(open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.OFFICE, **query))
    assert f"（{known}/{households}，" in text
    assert t("evaluation.village_trend") in text, "a village's months carry no process limits"
    assert "各村的" not in text, "one village is not compared with itself"


def test_a_year_sums_what_fell_due_in_it(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    on_time, due = ask(
        town,
        "select count(*) filter (where state = 'on_time'), count(*) from fct_push "
        "where due_on between '2025-01-01' and '2025-12-31' and state <> 'not_due'",
    ).row(0)
    query = {"period": "2025", "theme": "data"}
    text = said(open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER, **query))
    assert f">{on_time}/{due}<" in table_of(text)
    assert "2024年没有数据，无法比较变化" in text


def names_in(table: str) -> set[str]:
    """The metrics of the table, by their names."""
    known = {told(entry)["name_zh"]: metric for metric, entry in load_metrics().items()}
    return {known[name] for name in re.findall(r"<summary[^>]*>([^<]+)</summary>", table)}


def test_what_stands_out_comes_first_and_the_rest_by_theme(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First only real changes, missed targets and lists that did not come, judged here anew; a theme holds its own."""
    rows = ask(
        town,
        "select n.metric, n.numerator x1, n.denominator n1, e.numerator x0, e.denominator n0, n.value, n.target, "
        "n.state from metric_values n left join metric_values e on e.metric = n.metric and e.scope = 'profile' "
        "and e.period = '2025Q3' and e.state = 'known' where n.scope = 'profile' and n.period = '2025Q4'",
    ).to_dicts()
    expected = {row["metric"] for row in rows if row["state"] == "list_missing"}
    for row in rows:
        entry = load_metrics()[row["metric"]]
        if row["state"] != "known" or entry.direction == "none":
            continue
        if row["target"] is not None and row["value"] < row["target"]:
            expected.add(row["metric"])
        if row["metric"] in CUMULATIVE or not row["n0"] or not row["n1"]:
            continue
        gap, low, high = difference(row["x1"], row["n1"], row["x0"], row["n0"])
        if (low > 0 or high < 0) and abs(gap) >= 0.0005:
            expected.add(row["metric"])
    text = said(open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER))
    assert (names_in(table_of(text)) if "<table" in text else set()) == expected
    text = said(open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER, theme="help"))
    assert names_in(table_of(text)) == set(THEMES["help"])


def test_a_headline_says_counts_a_percentage_only_of_enough_and_no_change_once(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER)
    shown = {metric.label: metric.value for metric in app.metric}
    names = {metric: told(load_metrics()[metric])["name_zh"] for metric in FIRST}
    assert list(shown) == list(names.values())
    for metric in FIRST:
        x, n = ask(
            town,
            "select numerator, denominator from metric_values where metric = ? and scope = 'profile' "
            "and period = '2025Q4'",
            metric,
        ).row(0)
        value = shown[names[metric]]
        assert value == (f"{x / n:.1%}" if n >= 10 else f"{x}/{n}" if n else "—"), metric
    captions = [caption.value for caption in app.caption]
    assert sum("无明显变化（差异在偶然范围内）" in caption for caption in captions) <= 1
    assert not [caption for caption in captions if "95% 区间" in caption and "个百分点" in caption]


def test_the_yield_of_all_lists_is_told_once(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = table_of(said(open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER, theme="warnings")))
    x, n = ask(
        town,
        "select numerator, denominator from metric_values where metric = 'warning_yield' and scope = 'profile' "
        "and period = '2025Q4'",
    ).row(0)
    assert table.count(f">{x}/{n}<") == 1
    assert "与“预警命中率”是同一个数" in table


def test_villages_of_the_chosen_metric_get_exact_verdicts_in_the_order_of_codes(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = ask(
        town,
        "select a.name, count(*) filter (where h.income_known) as x, count(*) as n from fct_household_month h "
        "join dim_area a using (area_code) where month = '2025-12-01' group by a.area_code, a.name order by 1",
    ).to_dicts()
    p0 = sum(row["x"] for row in rows) / sum(row["n"] for row in rows)
    low = {row["name"]: binom.cdf(row["x"], row["n"], p0) for row in rows}
    text = said(open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER, metric="income_known"))
    named = [line for line in text.splitlines() if line.startswith("- ") and "收入信息完整率" in line]
    for name, tail in low.items():
        worse = any(name in line and ("查" in line or "留意" in line) for line in named)
        assert worse == (tail <= 0.025), name
    assert "偶然" in text, "how many would stand out by chance alone"


def test_departments_are_compared_where_a_metric_has_them(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(
        open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER, language="en", metric="push_on_time")
    )
    assert "Do departments really differ" in text
    assert "Do villages really differ" not in text, "lists come from departments, not from villages"


def test_stand_ins_and_unmet_targets_are_said(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = said(open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER))
    assert "参数暂代：低保标准、上年人均可支配收入、监测线" in text
    inspected = ask(town, "select count(distinct area_code) from fct_inspection where kind = '集中督查'").item()
    if inspected < 22:
        assert f"督查覆盖村数 {inspected}/22" in text


def test_the_files_of_the_page_hold_the_numbers_shown(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER)
    known, households = ask(
        town,
        "select count(*) filter (where income_known), count(*) from fct_household_month where month = '2025-12-01'",
    ).row(0)
    files = {}
    for key in ("evaluation_xlsx", "evaluation_csv", "evaluation_quarterly_xlsx", "evaluation_quarterly_docx"):
        app.button(key=key).click().run()
        assert not app.exception
        link = next(line for line in said(app).splitlines() if "/export/" in line)
        token = link.split("/export/")[1].split('"')[0]
        files[key] = taken(token)
    sheet = openpyxl.load_workbook(io.BytesIO(files["evaluation_xlsx"]))
    rows = {row[1]: row for row in sheet.worksheets[0].iter_rows(values_only=True) if row[1]}
    assert rows["收入信息完整率"][2:4] == (known, households)
    assert len(sheet.worksheets) == 2, "the definitions go with the table"
    lines = list(csv.reader(io.StringIO(files["evaluation_csv"].decode("utf-8-sig"))))
    assert len(lines) == 1 + len(load_metrics())
    assert [line[2:4] for line in lines if line[1] == "收入信息完整率"] == [[str(known), str(households)]]
    summary = openpyxl.load_workbook(io.BytesIO(files["evaluation_quarterly_xlsx"]))
    assert [sheet.title for sheet in summary.worksheets] == [
        "摘要",
        "各村",
        "整改",
        "数据质量",
        "口径",
        "数字护照",
        "参数",
    ]
    (paper,) = [
        drawn
        for drawn in docx.Document(io.BytesIO(files["evaluation_quarterly_docx"])).tables
        if drawn.cell(0, 0).text == "指标" and drawn.cell(0, 2).text == "分子/分母"
    ]
    counts = {row.cells[0].text: row.cells[2].text for row in paper.rows}
    assert counts["收入信息完整率"] == f"{known:,}/{households:,}"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_quarterly_summary_from_the_command_line(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    to = tmp_path / "q.xlsx"
    words = ["--data-dir", str(town.settings.data_dir), "export", "quarterly", "--period", "2025Q4", "--to", str(to)]
    outcome = CliRunner().invoke(command, [*words, "--language", language])
    assert outcome.exit_code == 0, outcome.output
    book = openpyxl.load_workbook(to)
    name = load_metrics()["coverage_rate"].name_zh if language == "zh_CN" else load_metrics()["coverage_rate"].name_en
    row = next(row for row in book.worksheets[0].iter_rows(values_only=True) if row[0] == name)
    numerator, denominator = ask(
        town,
        "select count(*) filter (where not suspected_missed), count(*) from fct_household_month "
        "where month = '2025-12-01' and tier_eligible in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense')",
    ).row(0)
    assert row[1:3] == (numerator, denominator)
    assert row[7] == pytest.approx(numerator / denominator)
    villages = [row[0] for row in book.worksheets[1].iter_rows(values_only=True) if str(row[0]).startswith("34062")]
    assert villages == [area.area_code for area in town.profile.villages]
    found = sum(
        row[1]
        for row in book.worksheets[2].iter_rows(values_only=True)
        if row[0] in {area.name for area in town.profile.villages}
    )
    assert found == ask(town, "select count(*) from fct_issue where found_on <= '2025-12-31'").item()
    assert audit.entries(app_db(load_settings()), action=audit.Action.EXPORTED)["target"].to_list() == ["q.xlsx"]


def test_steps_and_channels_are_told_from_aggregates_alone(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A leader who sees no household reads how long steps take: the table's counts are those of the facts."""
    app = open_page(
        town.settings, tmp_path, monkeypatch, "evaluation", Role.LEADER, period="2025", step="check_warning"
    )
    (steps,) = (frame for frame in frames(app) if "never_done" in frame.columns)
    row = next(row for row in steps.iter_rows(named=True) if row["step"] == "预警核实")
    counted = ask(
        town,
        "select count(*), count(*) filter (where state = 'within'), count(*) filter (where state = 'over') "
        "from fct_warning where year(due_on) = 2025 and state in ('within', 'over', 'overdue')",
    ).row(0)
    assert (row["due"], row["in_time"], row["late"]) == counted
    discovered = ask(town, "select count(*) from fct_identification where year(discovered_on) = 2025").item()
    assert f"/{discovered}**" in said(app)


@pytest.mark.parametrize(
    ("kind", "period", "tabs"),
    [
        (
            "monthly",
            "2025-12",
            ["概况", "救助对象进出", "各村情况", "疑点处置", "整改", "数据质量", "摘要", "口径", "数字护照", "参数"],
        ),
        (
            "annual",
            "2025",
            [
                "摘要",
                "分季度",
                "各村",
                "督查全覆盖",
                "集中排查",
                "整改",
                "环节时限",
                "数据质量",
                "问题数据",
                "口径",
                "数字护照",
                "参数",
            ],
        ),
    ],
)
def test_the_monthly_and_annual_reports_from_the_command_line(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, period: str, tabs: list[str]
) -> None:
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    to = tmp_path / "report.xlsx"
    words = ["--data-dir", str(town.settings.data_dir), "export", kind, "--period", period, "--to", str(to)]
    outcome = CliRunner().invoke(command, words)
    assert outcome.exit_code == 0, outcome.output
    book = openpyxl.load_workbook(to)
    assert book.sheetnames == tabs
    if kind == "monthly":
        admitted = {row[0]: row[4] for row in book["救助对象进出"].iter_rows(values_only=True)}
        counted = ask(
            town,
            "select count(distinct person_key) from fct_register_entry where register = 'dibao' and is_active "
            "and month = '2025-12-01' and admitted_on >= '2025-12-01' and household_key is not null",
        ).item()
        assert admitted["最低生活保障"] == counted
        lines = {row[0]: row[1] for row in book["概况"].iter_rows(values_only=True)}
        held = ask(town, "select count(*), sum(members) from fct_household_month where month = '2025-12-01'").row(0)
        assert (lines["在册户"], lines["在册人口"]) == held
    else:
        visits = {row[0]: row[1] for row in book["督查全覆盖"].iter_rows(values_only=True)}
        inspected = ask(
            town, "select count(distinct area_code) from fct_inspection where kind = '集中督查' and year = 2025"
        ).item()
        assert sum(visits.get(area.name) is not None for area in town.profile.villages) == inspected


def test_a_quarter_that_is_not_there_is_refused(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    for period, words in (
        ("2031Q1", "2025-01 to 2025-12"),
        ("2025-12", "such as 2025Q4"),
        ("2025Q5", "such as 2025Q4"),
    ):
        with pytest.raises(UsageError, match=words):
            write_report(town.settings, quarterly_report, period, tmp_path / "q.xlsx", "zh_CN")
    assert not (tmp_path / "q.xlsx").exists()


def test_a_cadre_is_refused(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    area = town.profile.villages[0].area_code
    text = said(open_page(town.settings, tmp_path, monkeypatch, "evaluation", Role.CADRE, areas=(area,)))
    assert catalogue("zh_CN")["shell.empty.refused"] in text
    assert "<table" not in text
