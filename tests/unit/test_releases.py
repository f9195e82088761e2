"""A month is frozen, then lists come late, are sent again and the policy changes: what changed, household by household,
and why. The town is that of the rules (18 households), whose every line is known."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest

from warehouse.build import build
from warehouse.differences import difference, kept_difference
from warehouse.errors import SnapshotError, UsageError
from warehouse.gate import open_gate
from warehouse.health import health
from warehouse.intake import import_files
from warehouse.policy import read_policy
from warehouse.profiles import Profile, load_profile
from warehouse.releases import (
    freeze,
    names,
    open_release,
    read_release,
    release_path,
    releases,
    releases_folder,
)
from warehouse.scope import ALL, Role, Scope, build_scope
from warehouse.settings import Settings
from warehouse.snapshots import Snapshot, content_hash, snapshot_path, write_whole

TOWN = Path(__file__).resolve().parents[1] / "dbt" / "rules_town"
LATE, CORRECTED, BACKDATED = "dibao_recipients.csv", "household_income.csv", "high_medical_bills__late.csv"
NOVEMBER = "select * from fct_household_month where month = '2024-11-01'"


@dataclass(frozen=True)
class Frozen:
    """A data folder whose November was frozen from `before`; `after` is served now. `between` is of the new policy and
    the lists of the freeze."""

    settings: Settings
    before: Snapshot
    between: Snapshot
    after: Snapshot


def month_folder(to: Path, day: str, **files: str) -> Path:
    """A month folder of 2024-11 with these files, all received on that day."""
    folder = to / "2024-11"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    lines = [f"{name},{day}" for name in files]
    (folder / "manifest.csv").write_text("\n".join(["file,received_on", *lines]) + "\n", encoding="utf-8")
    return folder


def earning(household: str, wage: int) -> str:
    """The income list of November with another wage of one household."""
    rows = list(csv.reader((TOWN / "raw/2024-11" / CORRECTED).open(encoding="utf-8")))
    at = rows[0].index("工资性收入")
    for row in rows[1:]:
        row[at] = str(wage) if row[0] == household else row[at]
    return "\n".join(",".join(row) for row in rows) + "\n"


def old_policy() -> Profile:
    return load_profile("suntuan", policy=TOWN / "policy.csv")


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Frozen:
    folder = tmp_path_factory.mktemp("frozen")
    settings = Settings(data_dir=folder / "data", sample_ids=True)
    raw = Path(shutil.copytree(TOWN / "raw", folder / "raw"))
    (raw / "2024-11" / LATE).unlink()
    import_files([raw], settings, old_policy())
    before = build(settings, old_policy())
    freeze(settings, "2024-11", by="office")
    text = (TOWN / "policy.csv").read_text(encoding="utf-8").replace("dibao_standard,700", "dibao_standard,600")
    (folder / "policy.csv").write_text(text, encoding="utf-8")
    between = build(settings, load_profile("suntuan", policy=folder / "policy.csv"))

    late = (TOWN / "raw/2024-11" / LATE).read_text(encoding="utf-8")
    import_files([month_folder(folder / "late", "2024-12-20", **{LATE: late})], settings, old_policy())
    corrected = {CORRECTED: earning("T01", 90_000)}
    import_files([month_folder(folder / "corrected", "2024-12-22", **corrected)], settings, old_policy())
    bills = "姓名,身份证号码,村,累计自费金额,统计截止日期\n徐明,990100197005010117,燕头村,30000,2024-11-20\n"
    import_files([month_folder(folder / "backdated", "2024-12-07", **{BACKDATED: bills})], settings, old_policy())
    after = build(settings, load_profile("suntuan", policy=folder / "policy.csv"))
    return Frozen(settings, before, between, after)


def ask(path: Path, sql: str) -> pl.DataFrame:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.cursor().sql(sql).pl()


def test_a_release_says_what_made_it(frozen: Frozen) -> None:
    release = read_release(frozen.settings, "2024-11")
    assert (release.period, release.by, release.snapshot_id) == ("2024-11", "office", frozen.before.snapshot_id)
    assert (release.rules_version, release.as_of) == (frozen.before.rules_version, "2024-12-08")
    assert {load["file_name"] for load in release.loads if load["month"] == "2024-11-01"} == {
        path.name for path in (TOWN / "raw/2024-11").glob("*.csv") if path.name not in (LATE, "manifest.csv")
    }
    assert all(len(str(load["sha256"])) == 64 and load["is_winning"] for load in release.loads)
    folder = releases_folder(frozen.settings) / "2024-11"
    faults: list[str] = []
    kept = read_policy(folder / "made_by" / "policy.csv", faults)
    assert (kept, faults) == (load_profile("suntuan", policy=TOWN / "policy.csv").policy, [])
    assert (folder / "made_by" / "areas.csv").read_text() == (load_profile("suntuan").folder / "areas.csv").read_text()
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o600}


def test_a_release_opens_like_any_snapshot_and_is_not_pruned(frozen: Frozen) -> None:
    """Its file is a copy of its own with the content it had: the served one has moved on and may be gone."""
    release, gate = open_release(frozen.settings, "2024-11")
    assert gate.snapshot_id == frozen.before.snapshot_id
    assert gate.query("shell/snapshot", scope(Role.LEADER, gate.villages), {})["rules_version"].item() == (
        frozen.before.rules_version
    )
    assert content_hash(release_path(frozen.settings, release)) == release.content
    served = snapshot_path(frozen.settings, frozen.before.snapshot_id)
    if served.exists():
        assert served.stat().st_ino != release_path(frozen.settings, release).stat().st_ino


def scope(role: Role, villages: tuple[str, ...], areas: tuple[str, ...] = (ALL,), *, households: bool = False) -> Scope:
    return build_scope(
        user_id=1, user_name="test", role=role, granted_areas=areas, granted_departments=(ALL,),
        granted_households=households, villages=villages, departments=("civil_affairs",),
    )  # fmt: skip


@pytest.fixture(scope="module")
def explained(frozen: Frozen) -> Path:
    return difference(frozen.settings, "2024-11", explain=True)


def rows(path: Path, household: str) -> dict[str, tuple[str, str, str]]:
    """State -> old value, new value, reasons, of a household in November."""
    found = ask(path, f"select * from release_difference where household_no = '{household}' order by state")
    return {row["state"]: (row["old_value"], row["new_value"], row["reasons"]) for row in found.to_dicts()}


def test_what_differs_is_named(explained: Path) -> None:
    lists = {row["file_name"]: row for row in ask(explained, "select * from release_list").to_dicts()}
    assert {name: (row["kind"], row["is_backdated"]) for name, row in lists.items()} == {
        LATE: ("late", False),
        CORRECTED: ("correction", False),
        BACKDATED: ("late", True),
    }
    assert lists[CORRECTED]["replaced_load_id"] is not None
    setting = ask(explained, "select * from release_setting").row(0, named=True)
    assert (setting["kind"], setting["name"]) == ("policy", "dibao_standard")
    assert (setting["old_value"], setting["new_value"]) == ("700", "600")
    assert ask(explained, "select proof from release_info").item() == "rebuild"


def test_every_household_has_its_reason(explained: Path) -> None:
    # T02 and T03 earn 7,500 and 8,000 a head: under 12 x 700, not under 12 x 600.
    assert rows(explained, "T02")["tier_eligible"] == ("dibao", "dibao_edge", "policy")
    # T15's exit stands in the late register only.
    assert rows(explained, "T15")["tier_registered"][2] == "late:dibao_recipients"
    # T01 earned 8,000 a head, and earns 30,000 by the corrected list: each of the two alone would take dibao away.
    assert rows(explained, "T01")["tier_eligible"] == ("dibao", "none", "policy、correction:household_income")
    several = "select distinct household_no, state from release_difference where reason = 'several'"
    assert ("T01", "tier_eligible") in ask(explained, several).rows()
    # The line is not the standard: only the list moved T01 over it.
    assert rows(explained, "T01")["monitored_type_eligible"][2] == "correction:household_income"
    # T05's medical bill came by a list that says it was there before the freeze.
    assert rows(explained, "T05")["risk_level"][2] == "late:high_medical_bills"
    assert rows(explained, "T05")["tier_eligible"] == ("dibao_edge", "none", "policy")


def test_the_rows_are_all_the_rows_that_differ(frozen: Frozen, explained: Path) -> None:
    """Compared without the product's own code, column by column."""
    columns = ["tier_eligible", "tier_registered", "risk_level", "suspected_missed", "suspected_ineligible", "no_check"]
    release = read_release(frozen.settings, "2024-11")
    sides = [
        ask(path, f"select household_no, {', '.join(columns)} from fct_household_month where month = '2024-11-01'")
        for path in (release_path(frozen.settings, release), snapshot_path(frozen.settings, frozen.after.snapshot_id))
    ]
    old, new = ({row.pop("household_no"): row for row in side.to_dicts()} for side in sides)
    assert old.keys() == new.keys()
    expected = {(number, name) for number in old for name in columns if old[number][name] != new[number][name]}
    found = ask(explained, "select household_no, state from release_difference").rows()
    assert {(number, state) for number, state in found if state in columns} == expected
    assert len(expected) > 5


def test_figures_old_and_new_and_the_steps_between_add_up(frozen: Frozen, explained: Path) -> None:
    release = read_release(frozen.settings, "2024-11")
    flag = "scope = 'profile' and state = 'suspected_missed'"
    missed = ask(explained, f"select * from release_total where {flag} and value = 'true'").row(0, named=True)
    for side, path in (
        ("old", release_path(frozen.settings, release)),
        ("new", snapshot_path(frozen.settings, frozen.after.snapshot_id)),
    ):
        counted = "select count(*) from fct_household_month where month = '2024-11-01' and suspected_missed"
        assert missed[f"{side}_households"] == ask(path, counted).item()
    moved = ask(explained, f"select sum(gained) - sum(lost) from release_count where {flag}").item()
    assert moved == missed["new_households"] - missed["old_households"] != 0
    figures = ask(explained, "select * from release_figure where scope = 'profile' and is_changed").to_dicts()
    assert figures
    for figure in figures:
        question = (
            f"select * from release_step where metric = '{figure['metric']}' and scope = 'profile' order by step_no"
        )
        steps = ask(explained, question)
        assert steps["step"].to_list()[0] == "frozen"
        for at, side in ((0, "old"), (-1, "new")):
            assert steps["numerator"].to_list()[at] == figure[f"{side}_numerator"], figure["metric"]


def test_a_difference_goes_through_the_gate(explained: Path) -> None:
    """The office sees rows, a leader counts, a cadre the rows of the own village; heads are masked."""
    gate = open_gate(explained)
    office, leader = scope(Role.OFFICE, gate.villages), scope(Role.LEADER, gate.villages)
    asked = {"area": None, "state": None, "reason": None}
    held = gate.query("releases/rows", office, asked)
    assert held.height > 5
    assert all("*" in name for name in held["head_name"])
    assert gate.query("releases/rows", leader, asked).is_empty()
    assert gate.query("releases/counts", leader, {"area": None}).height > 0
    village = held["area_code"][0]
    own = gate.query("releases/rows", scope(Role.CADRE, gate.villages, (village,)), asked)
    assert set(own["area_code"]) == {village}


def test_it_is_worked_out_once(frozen: Frozen, explained: Path) -> None:
    """Pages find it at once, and asking again without proof gives the one with it."""
    release = read_release(frozen.settings, "2024-11")
    assert kept_difference(frozen.settings, release, frozen.after.snapshot_id) == explained
    made = explained.stat().st_mtime_ns
    assert difference(frozen.settings, "2024-11") == explained
    assert explained.stat().st_mtime_ns == made


def test_without_builds_what_cannot_be_told_is_several(frozen: Frozen, explained: Path) -> None:
    explained.rename(explained.with_suffix(".aside"))
    try:
        quick = difference(frozen.settings, "2024-11")
        assert ask(quick, "select distinct reason from release_difference")["reason"].to_list() == ["several"]
        columns = "household_no, month, state, old_value, new_value"
        question = f"select {columns} from release_difference order by all"
        assert ask(quick, question).equals(ask(explained.with_suffix(".aside"), question))
        quick.unlink()
    finally:
        explained.with_suffix(".aside").rename(explained)


def test_lists_alone_are_told_by_their_rows(frozen: Frozen, explained: Path, tmp_path: Path) -> None:
    """Frozen under the new policy: only lists differ. Rows that one list alone speaks of have it as their reason. The
    builds of `explained` after its first step, the policy, are those that prove it, and say the same."""
    settings = Settings(data_dir=Path(shutil.copytree(frozen.settings.data_dir, tmp_path / "data")), sample_ids=True)
    shutil.rmtree(releases_folder(settings))
    write_whole(settings.snapshots / "current", frozen.between.snapshot_id + "\n")
    freeze(settings, "2024-11")
    write_whole(settings.snapshots / "current", frozen.after.snapshot_id + "\n")
    quick = difference(settings, "2024-11")
    lists = ask(quick, "select steps from release_info").item()
    assert f"policy → {lists}" == ask(explained, "select steps from release_info").item()
    assert ask(quick, "select proof from release_info").item() == "rows"
    told = ask(quick, "select * from release_difference where reason <> 'several'")
    assert {"T01", "T15", "T05"} <= set(told["household_no"])
    key = ["household_no", "month", "state"]
    proved = ask(explained, "select * from release_difference where reasons <> 'policy'").with_columns(
        pl.col("reasons").str.strip_prefix("policy、")
    )
    both = told.join(proved, on=key, how="left", suffix="_proved")
    # What the policy took and a list gave back is no difference of the whole way.
    unproved = both.filter(pl.col("reasons_proved").is_null())
    was = ask(release_path(frozen.settings, read_release(frozen.settings, "2024-11")), NOVEMBER)
    for row in unproved.to_dicts():
        (before,) = was.filter(pl.col("household_no") == row["household_no"])[row["state"]].to_list()
        assert str(before).lower() == row["new_value"], row
    assert unproved.height < both.height / 4
    both = both.filter(pl.col("reasons_proved").is_not_null())
    assert both["reasons"].to_list() == both["reasons_proved"].to_list()


def test_a_backdated_list_would_change_the_past_and_is_said(frozen: Frozen) -> None:
    """As of the day of the freeze what came late does not count; what the manifest says was there does."""
    build(frozen.settings, old_policy(), as_of=dt.date(2024, 12, 8))
    path = difference(frozen.settings, "2024-11")
    lists = ask(path, "select file_name, kind, is_backdated from release_list").to_dicts()
    assert lists == [{"file_name": BACKDATED, "kind": "late", "is_backdated": True}]
    assert ask(path, "select distinct reason from release_difference")["reason"].to_list() == ["late"]
    assert set(ask(path, "select household_no from release_difference")["household_no"]) == {"T05"}


@pytest.mark.parametrize(
    ("period", "name", "words"),
    [
        ("2024-13", None, "such as 2025Q4"),
        ("2024Q4", None, "whose last month is 2024-12"),
        ("2030", None, "expected one that ends from 2024-10"),
        ("2024-10", "../x", "letters, digits"),
        ("2024-10", "2024-11", "a release already"),
    ],
)
def test_what_cannot_be_frozen_is_refused(frozen: Frozen, period: str, name: str | None, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        freeze(frozen.settings, period, name=name)
    assert names(frozen.settings) == ["2024-11"]


@pytest.fixture
def copied(frozen: Frozen, tmp_path: Path) -> Settings:
    """A copy of the releases, to be damaged."""
    settings = Settings(data_dir=tmp_path / "data", sample_ids=True)
    shutil.copytree(releases_folder(frozen.settings), releases_folder(settings))
    return settings


@pytest.mark.parametrize("what", ["database", "policy.csv", "release.json", "lost", "added", "empty"])
def test_a_damaged_release_is_refused_and_told(copied: Settings, what: str) -> None:
    folder = releases_folder(copied) / "2024-11"
    database = next(folder.glob("*.duckdb"))
    if what == "database":
        content = bytearray(database.read_bytes())
        content[len(content) // 2] ^= 1
        database.write_bytes(content)
    elif what == "policy.csv":
        (folder / "made_by" / what).write_text("parameter\n")
    elif what == "release.json":
        (folder / what).write_text("{")
    elif what == "lost":
        database.unlink()
    elif what == "added":
        (folder / "note.txt").write_text("x")
    else:
        shutil.rmtree(folder)
        folder.mkdir()
    with pytest.raises(SnapshotError, match=r"release 2024-11: got .* Put its folder back from a backup"):
        open_release(copied, "2024-11")
    wrong = [finding.fact for finding in health(copied) if (finding.state, finding.what) == ("wrong", "release")]
    assert len(wrong) == 1


def test_a_release_of_another_format_is_refused(copied: Settings) -> None:
    record = releases_folder(copied) / "2024-11" / "release.json"
    record.write_text(json.dumps(json.loads(record.read_text()) | {"format_version": 9, "code_version": "7.0"}))
    with pytest.raises(SnapshotError, match=r"got format 9, expected 1. Read it with the version of Kanhu .*7\.0"):
        read_release(copied, "2024-11")
    assert releases(copied) == []


def test_a_release_that_is_not_there(copied: Settings) -> None:
    with pytest.raises(UsageError, match="expected one of: 2024-11"):
        read_release(copied, "2025Q4")
