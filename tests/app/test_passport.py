"""The number passport: a printed code leads back to its figure, its rows add up, and nobody sees more than theirs."""

from __future__ import annotations

import io
import json
import shutil
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.town_pages import ask, frames, open_page, said
from tests.conftest import Town
from warehouse.exports.periodic_report import monthly_report, write_report
from warehouse.exports.quarterly_report import office_ask, quarterly_report
from warehouse.gate import Gate, open_gate
from warehouse.i18n import catalogue, fmt_number, fmt_ratio
from warehouse.metrics import load_metrics
from warehouse.passports import Figure, code_of, counts, rows_of, rows_of_metrics
from warehouse.queries.passport import figures_of
from warehouse.releases import freeze
from warehouse.scope import ALL, Role, Scope, build_scope
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, read_marts, snapshot_path, write_marts, write_whole

PROFILE = "suntuan"
COVERAGE = Figure("coverage_rate", "profile", PROFILE, "2025Q4")


def scope_of(
    gate: Gate, role: Role, *, areas: tuple[str, ...] = (ALL,), departments: tuple[str, ...] = (ALL,)
) -> Scope:
    return build_scope(
        user_id=0,
        user_name="test",
        role=role,
        granted_areas=areas,
        granted_departments=departments,
        granted_households=False,
        villages=gate.villages,
        departments=gate.departments,
        groups=gate.groups,
    )


@pytest.fixture
def own(town: Town, tmp_path: Path) -> Settings:
    """The served snapshot of the sample town in a data folder of the test's own."""
    settings = Settings(data_dir=tmp_path / "data", sample_ids=True)
    shutil.copytree(town.settings.snapshots, settings.snapshots)
    return settings


def code(settings: Settings, figure: Figure) -> str:
    return code_of(figure, current_snapshot(settings).snapshot_id)


def passport(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, role: Role, **how: object
) -> AppTest:
    return open_page(settings, tmp_path, monkeypatch, "about", role, section="passport", code=typed, **how)  # type: ignore[arg-type]


# -- codes ------------------------------------------------------------------------------------------------------------


def test_every_figure_of_the_snapshot_is_found_by_its_code(town: Town) -> None:
    """Metrics in every scope and period, and every count: none is lost, whatever else has its code."""
    gate = open_gate(town.database)
    by_code, told = figures_of(scope_of(gate, Role.OFFICE), town.database)
    metrics = ask(town, "select metric, scope, scope_code, period from metric_values")
    everything = [Figure(*row) for row in metrics.iter_rows()] + list(told)
    assert len(everything) > 30_000
    assert {figure.what for figure in everything} == set(load_metrics()) | set(counts())
    lost = [figure for figure in everything if figure not in by_code[code_of(figure, gate.snapshot_id)]]
    assert lost == []


@pytest.mark.parametrize("metric", sorted(rows_of_metrics()))
def test_the_rows_behind_a_figure_add_up_to_it(town: Town, metric: str) -> None:
    """Numerator, denominator, unknowns: of the whole, a village, a department, a list, in three kinds of period."""
    gate = open_gate(town.database)
    scope = scope_of(gate, Role.OFFICE)
    village = town.profile.villages[4].area_code
    codes = (PROFILE, village, "civil_affairs", "medical_insurance", "high_medical_bills")
    if metric in counts():
        column = metric.split(".")[1]
        rows = ask(
            town,
            f"select scope, case scope when 'profile' then '{PROFILE}' else area_code end as scope_code, "
            f"strftime(month, '%Y-%m') as period, month as period_start, month as period_end, {column} as numerator "
            f"from agg_area_month where (scope = 'profile' or area_code = '{village}') and month >= '2025-09-01'",
        ).with_columns(denominator=pl.col("numerator"), unknown=pl.lit(0))
    else:
        listed = ", ".join(f"'{name}'" for name in codes)
        rows = ask(
            town,
            "select scope, scope_code, period, period_start, period_end, numerator, denominator, unknown "
            f"from metric_values where metric = '{metric}' and scope_code in ({listed}) and state <> 'list_missing' "
            "and period in ('2025', '2025Q2', '2025Q4', '2025-07', '2025-12')",
        )
    checked = 0
    for row in rows.iter_rows(named=True):
        figure = Figure(metric, row["scope"], row["scope_code"], row["period"])
        query = rows_of(figure)
        if query is None:
            continue
        last = row["period_end"].replace(day=1)
        asked = {"metric": metric, "scope": figure.scope, "scope_code": figure.scope_code, "to_month": last}
        if metric in load_metrics() and load_metrics()[metric].counting == "flow":
            asked["from_month"] = row["period_start"].replace(day=1)
        found = gate.query(f"passport/{query}", scope, asked | {"part": "all", "most": 1_000_000})
        sums = tuple(int(found[name].sum() or 0) for name in ("numerator", "denominator", "unknown"))
        assert sums == (row["numerator"], row["denominator"], row["unknown"]), figure
        checked += 1
    assert checked >= 5


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_code_printed_in_a_file_is_found_on_the_page_with_its_value(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    write_report(own, quarterly_report, "2025Q4", tmp_path / "summary.xlsx", language)
    book = openpyxl.load_workbook(tmp_path / "summary.xlsx")
    tab = catalogue(language)["passport.sheet.tab"]
    printed = {row[0]: row for row in book[tab].iter_rows(values_only=True) if row[4] and str(row[4]).startswith("KH-")}
    name = load_metrics()["coverage_rate"].name_zh if language == "zh_CN" else load_metrics()["coverage_rate"].name_en
    rows = [row for row in book[tab].iter_rows(values_only=True) if row[0] == name]
    assert len(rows) == 23, "the whole and every village"
    assert len(printed) > 50
    numerator, denominator, typed = rows[0][2:5]
    app = passport(own, tmp_path, monkeypatch, str(typed), Role.LEADER, language=language)
    assert f"{fmt_ratio(numerator, denominator)}" in said(app)
    assert f"{name} {numerator / denominator:.1%}" in said(app)
    assert "summary.xlsx" in said(app)


def test_the_office_sees_the_households_and_a_leader_does_not(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, town: Town
) -> None:
    typed = code(own, COVERAGE)
    numbers = ask(
        town,
        "select household_no from fct_household_month where month = date '2025-12-01' and not suspected_missed "
        "and tier_eligible in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense')",
    )["household_no"].to_list()
    listed = frames(passport(own, tmp_path, monkeypatch, typed, Role.OFFICE))[0]
    assert sorted(listed["household_no"]) == sorted(numbers)
    assert all("*" in name for name in listed["head_name"])
    leader = passport(own, tmp_path, monkeypatch, typed, Role.LEADER)
    assert catalogue("zh_CN")["passport.rows.no_households"] in said(leader)
    assert not any("household_no" in frame.columns for frame in frames(leader))
    assert "name" in frames(leader)[0].columns
    assert frames(leader)[0].height == 22


def test_a_cadre_sees_the_rows_of_the_own_village_alone(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, town: Town
) -> None:
    village, other = town.profile.villages[4].area_code, town.profile.villages[5].area_code
    mine = code(own, Figure("income_known", "area", village, "2025Q4"))
    shown = frames(passport(own, tmp_path, monkeypatch, mine, Role.CADRE, areas=(village,)))[0]
    assert shown["area_name"].unique().to_list() == [town.profile.villages[4].name]
    theirs = code(own, Figure("income_known", "area", other, "2025Q4"))
    app = passport(own, tmp_path, monkeypatch, theirs, Role.CADRE, areas=(village,))
    assert len(app.warning) == 1
    assert not app.metric


def test_a_recorded_code_does_not_open_what_is_not_for_the_reader(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, town: Town
) -> None:
    """The office has looked it up, so it is in the record: the record opens nothing that the gate does not."""
    other = code(own, Figure("income_known", "area", town.profile.villages[5].area_code, "2025Q4"))
    assert passport(own, tmp_path, monkeypatch, other, Role.OFFICE).metric
    app = passport(own, tmp_path, monkeypatch, other, Role.CADRE, areas=(town.profile.villages[4].area_code,))
    assert [element.value for element in app.warning] == [catalogue("zh_CN")["passport.hidden"].format(code=other)]
    assert not app.metric


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_mistyped_code_is_told_as_such(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    right = code(own, COVERAGE)
    wrong = right[:-1] + ("7" if right[-1] != "7" else "8")
    words = catalogue(language)
    for typed, key in ((wrong, "fault.check"), (right[:-1], "fault.length"), ("KH-0000-0000", "not_found")):
        app = passport(own, tmp_path, monkeypatch, typed, Role.OFFICE, language=language)
        assert [element.value for element in app.warning] == [words[f"passport.{key}"].format(code=typed)]


def test_a_count_has_its_passport_too(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, town: Town
) -> None:
    number = ask(
        town, "select count(*) as n from fct_household_month where month = '2025-12-01' and risk_level = 'watch'"
    )["n"].item()
    assert number > 0, "or this shows nothing"
    typed = code(own, Figure("agg_area_month.risk_watch", "profile", PROFILE, "2025-12"))
    app = passport(own, tmp_path, monkeypatch, typed, Role.OFFICE)
    assert [metric.value for metric in app.metric] == [fmt_number(number)]
    assert frames(app)[0].height == min(number, 200)


# -- what changed since -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    """A town that reported 2025Q4 and serves another snapshot since. typed: the code as it was printed; number: of the
    household that is covered no more."""

    settings: Settings
    typed: str
    before: tuple[int, int]
    number: str


@pytest.fixture
def moved(own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, town: Town) -> Moved:
    """By hand, not by a build: one household of December is missed that was covered, and a list came late."""
    monkeypatch.setenv("KANHU_DATA_DIR", str(own.data_dir))
    monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
    monkeypatch.setenv("KANHU_APP_DB", f"sqlite:///{tmp_path / 'app.db'}")
    write_report(own, quarterly_report, "2025Q4", tmp_path / "reported.xlsx", "zh_CN")
    typed = code(own, COVERAGE)
    before = current_snapshot(own)
    path = snapshot_path(own, before.snapshot_id)
    names = ("fct_household_month", "meta_load", "metric_values", "meta_snapshot")
    marts = read_marts(path, {name: f"select * from {name}" for name in names})
    facts = marts["fct_household_month"]
    eligible = pl.col("tier_eligible").is_in(["tekun", "dibao", "dibao_edge", "rigid_expense"])
    of_month = pl.col("month") == pl.date(2025, 12, 1)
    one = facts.filter(of_month & eligible & ~pl.col("suspected_missed")).head(1)
    is_moved = of_month & (pl.col("household_key") == one["household_key"].item())
    marts["fct_household_month"] = facts.with_columns(suspected_missed=pl.col("suspected_missed") | is_moved)
    load = marts["meta_load"].filter((pl.col("extract") == "dibao_recipients") & pl.col("is_winning")).tail(1)
    late = load.with_columns(load_id=pl.lit("late"), file_name=pl.lit("dibao_recipients__late.xlsx"))
    marts["meta_load"] = pl.concat([marts["meta_load"], late])
    figures = marts["metric_values"]
    coverage = (pl.col("metric") == "coverage_rate") & (pl.col("scope") == "profile") & (pl.col("period") == "2025Q4")
    was = figures.filter(coverage).row(0, named=True)
    numerator = pl.when(coverage).then(pl.col("numerator") - 1).otherwise(pl.col("numerator"))
    value = pl.when(coverage).then((pl.col("numerator") - 1) / pl.col("denominator")).otherwise(pl.col("value"))
    marts["metric_values"] = figures.with_columns(numerator=numerator, value=value)
    after = replace(before, snapshot_id=f"{before.snapshot_id}b")
    marts["meta_snapshot"] = marts["meta_snapshot"].with_columns(snapshot_id=pl.lit(after.snapshot_id))
    tables = [name for name in before.tables if name not in names]
    write_marts(snapshot_path(own, after.snapshot_id), marts, like=path, also=tables)
    write_whole(own.snapshots / f"{after.snapshot_id}.json", json.dumps(asdict(after)))
    write_whole(own.snapshots / "current", after.snapshot_id + "\n")
    return Moved(own, typed, (was["numerator"], was["denominator"]), one["household_no"].item())


def test_a_code_of_an_older_snapshot_shows_then_now_and_why(
    moved: Moved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, n = moved.before
    app = passport(moved.settings, tmp_path, monkeypatch, moved.typed, Role.OFFICE)
    text = said(app)
    assert (
        f"印出时为 **{x / n:.1%}（{fmt_ratio(x, n)}）**，现在为 **{(x - 1) / n:.1%}（{fmt_ratio(x - 1, n)}）**" in text
    )
    assert "reported.xlsx" in text
    assert "最低生活保障对象名册" in text, "the list that came since"
    assert "在分子中" not in text
    assert "分子中新增 0，减少 1。" in text
    assert frames(app)[0]["household_no"].to_list() == [moved.number]
    leader = passport(moved.settings, tmp_path, monkeypatch, moved.typed, Role.LEADER)
    assert "现在为" in said(leader)
    assert not any("household_no" in frame.columns for frame in frames(leader))


def test_a_snapshot_that_is_gone_leaves_what_was_recorded(
    moved: Moved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot_path(moved.settings, current_snapshot(moved.settings).snapshot_id.removesuffix("b")).unlink()
    x, n = moved.before
    text = said(passport(moved.settings, tmp_path, monkeypatch, moved.typed, Role.OFFICE))
    assert f"印出时为 **{x / n:.1%}（{fmt_ratio(x, n)}）**" in text
    assert catalogue("zh_CN")["passport.why.gone"] in text


def test_without_a_record_an_older_snapshot_is_searched(
    moved: Moved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The paper was printed on another machine: the code is found by hashing what the older snapshot holds."""
    (tmp_path / "other").mkdir()
    text = said(passport(moved.settings, tmp_path / "other", monkeypatch, moved.typed, Role.OFFICE))
    assert f"{fmt_ratio(*moved.before)}" in text
    assert "现在为" in text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "zh_CN",
            "应保尽保率：上次上报 {then}（{was}），现为 {now}（{is_now}）；分子 −1，原因：迟到的清单：最低生活保障",
        ),
        (
            "en",
            "Coverage rate: last reported {then} ({was}), now {now} ({is_now}); numerator −1, because of: late list",
        ),
    ],
)
def test_the_evaluation_page_says_what_was_reported_otherwise(
    moved: Moved, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
) -> None:
    x, n = moved.before
    told = sentence.format(
        then=f"{x / n:.1%}", was=fmt_ratio(x, n), now=f"{(x - 1) / n:.1%}", is_now=fmt_ratio(x - 1, n)
    )
    page = open_page(
        moved.settings,
        tmp_path,
        monkeypatch,
        "evaluation",
        Role.LEADER,
        language=language,
        period="2025Q4",
        part="since",
    )
    assert told in said(page)
    other = open_page(
        moved.settings,
        tmp_path,
        monkeypatch,
        "evaluation",
        Role.LEADER,
        language=language,
        period="2025Q3",
        part="since",
    )
    assert catalogue(language)["passport.reported.never"].split("{period}")[1] in said(other)


def test_the_next_report_says_it_too_and_is_written_the_same_again(moved: Moved, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("first.xlsx", "again.xlsx")]
    for file in files:
        write_report(moved.settings, quarterly_report, "2025Q4", file, "zh_CN")
    assert files[0].read_bytes() == files[1].read_bytes()
    sheet = openpyxl.load_workbook(files[0])[catalogue("zh_CN")["passport.reported.tab"]]
    (row,) = [row for row in sheet.iter_rows(values_only=True) if row[0] == "应保尽保率"]
    assert fmt_ratio(*moved.before) in str(row[1])
    assert "reported.xlsx" in str(row[4])


def test_a_release_is_what_was_reported_where_no_file_was_written(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze(own, "2025Q4", by="office")
    text = said(open_page(own, tmp_path, monkeypatch, "evaluation", Role.LEADER, period="2025Q4", part="since"))
    assert catalogue("zh_CN")["passport.reported.never"].split("{period}")[1] in text, (
        "it is the served snapshot itself"
    )


def test_the_months_overview_has_its_codes(own: Settings) -> None:
    gate = open_gate(snapshot_path(own, current_snapshot(own).snapshot_id))
    made = monthly_report(office_ask(gate), "2025-12")
    assert made == monthly_report(office_ask(gate), "2025-12"), "equal bytes"
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]
    rows = [row for row in sheet.iter_rows(values_only=True) if len(row) > 4 and str(row[4]).startswith("KH-")]
    by_code, told = figures_of(scope_of(gate, Role.OFFICE), snapshot_path(own, current_snapshot(own).snapshot_id))
    assert len(rows) == 17
    for name, now, *_, printed in rows:
        (figure,) = [one for one in by_code[str(printed)] if one in told and one.period == "2025-12"]
        assert told[figure] == now, name


def test_a_department_finds_its_own_figures_and_no_others(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A department sees no area, so the figures of the whole are not its own either."""
    gate = open_gate(snapshot_path(own, current_snapshot(own).snapshot_id))
    scope = scope_of(gate, Role.DEPARTMENT, areas=(), departments=("health",))
    by_code, told = figures_of(scope, snapshot_path(own, current_snapshot(own).snapshot_id))
    found = {(figure.scope, figure.scope_code) for figures in by_code.values() for figure in figures}
    assert ("department", "health") in found
    assert {kind for kind, _ in found} <= {"department", "list"}
    assert {where for kind, where in found if kind == "department"} == {"health"}
    assert told == {}
