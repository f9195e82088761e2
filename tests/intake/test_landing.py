"""What landed: append-only, in any order the same, never half a load, the newest version wins, earlier ones stay."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from warehouse.contracts import load_contracts
from warehouse.errors import BusyError, ConfigError, UsageError
from warehouse.intake import dry_run, import_files, loads, quarantine_rows
from warehouse.intake.land import import_lock
from warehouse.settings import Settings

CONTRACT = load_contracts()["major_disease"]


@pytest.fixture
def folder(tmp_path, write, make_rows):
    """Two months of two lists each, with a manifest."""
    for month, day in (("2025-02", "2025-03-07"), ("2025-03", "2025-04-09")):
        place = tmp_path / "raw" / month
        place.mkdir(parents=True)
        for extract in ("major_disease", "petitions"):
            rows = make_rows(load_contracts()[extract], 4)
            rows[-1][0] = ""
            (place / f"{extract}.xlsx").write_bytes(write.xlsx(rows))
        (place / "manifest.csv").write_text(f"文件,收到日期\nmajor_disease.xlsx,{day}\npetitions.xlsx,{day}\n", "utf-8")
    return tmp_path / "raw"


def landed_tree(settings: Settings) -> dict[str, str]:
    """Every landed Parquet and its hash; records without their clock and batch."""
    return {
        str(path.relative_to(settings.landed)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(settings.landed.rglob("*.parquet"))
    }


def test_same_files_twice_change_nothing(folder, settings, profile):
    first = import_files([folder], settings, profile)
    tree = {path: path.stat().st_mtime_ns for path in settings.data_dir.rglob("*") if path.is_file()}
    again = import_files([folder], settings, profile)
    assert [load.outcome for load in first.loads] == ["landed"] * 4
    assert [load.outcome for load in again.loads] == ["unchanged"] * 4
    after = {path: path.stat().st_mtime_ns for path in settings.data_dir.rglob("*") if path.is_file()}
    assert after == tree
    assert import_files([settings.raw], settings, profile).summary.startswith("4 files: 0 landed, 4 unchanged")


def test_files_in_another_order_land_the_same(folder, settings, profile, tmp_path):
    import_files([folder], settings, profile)
    other = Settings(data_dir=tmp_path / "other", sample_ids=True)
    other.keys.mkdir(parents=True)
    (other.keys / "person.key").write_bytes((settings.keys / "person.key").read_bytes())
    for file in sorted(folder.glob("*/*.xlsx"), reverse=True):
        import_files([file], other, profile)
    assert landed_tree(other) == landed_tree(settings)
    assert (loads(other)["is_winning"]).all()


def test_newer_version_wins_and_the_earlier_stays_readable_as_of_then(folder, settings, profile, write, make_rows):
    import_files([folder], settings, profile)
    file = folder / "2025-03" / "petitions.xlsx"
    file.write_bytes(write.xlsx(make_rows(load_contracts()["petitions"], 5)))
    import_files([file], settings, profile, received_on=dt.date(2025, 5, 2))
    versions = loads(settings).filter(pl.col("extract") == "petitions", pl.col("month") == dt.date(2025, 3, 1))
    assert versions.select("rows_accepted", "is_winning").rows() == [(3, False), (5, True)]
    then = loads(settings, dt.date(2025, 5, 1)).filter(
        pl.col("extract") == "petitions", pl.col("month") == dt.date(2025, 3, 1)
    )
    assert then.select("rows_accepted", "is_winning").rows() == [(3, True)]
    kept = [path.name for path in (settings.raw / "2025-03" / "_superseded").iterdir()]
    assert kept == [f"{versions['load_id'][0]}__petitions.xlsx"]
    assert (settings.raw / "2025-03" / "petitions.xlsx").read_bytes() == file.read_bytes()


def test_older_version_that_comes_late_does_not_win(folder, settings, profile, write, make_rows):
    import_files([folder], settings, profile)
    newest = (settings.raw / "2025-03" / "petitions.xlsx").read_bytes()
    file = folder / "2025-03" / "petitions.xlsx"
    file.write_bytes(write.xlsx(make_rows(load_contracts()["petitions"], 5)))
    import_files([file], settings, profile, received_on=dt.date(2025, 4, 1))
    winning = loads(settings).filter("is_winning", pl.col("extract") == "petitions", pl.col("month").dt.month() == 3)
    assert winning["rows_accepted"].to_list() == [3]
    assert (settings.raw / "2025-03" / "petitions.xlsx").read_bytes() == newest


def test_parquet_without_its_record_is_no_load_and_is_cleaned(folder, settings, profile):
    import_files([folder], settings, profile)
    whole = landed_tree(settings)
    for path in (settings.landed / "_loads").iterdir():
        path.unlink()  # what a kill between the Parquet and the record leaves
    (settings.landed / "petitions" / "2025-03" / ".draft-x.parquet").write_bytes(b"half")
    assert loads(settings).is_empty()
    (record,) = import_files([folder / "2025-02" / "petitions.xlsx"], settings, profile).loads
    assert set(landed_tree(settings)) == {
        f"petitions/2025-02/{record.load_id}.parquet",
        f"_quarantine/{record.load_id}.parquet",
    }
    assert not list(settings.landed.rglob(".draft-*"))
    import_files([folder], settings, profile)
    assert landed_tree(settings) == whole


RUN = """
import sys, pathlib
from warehouse.intake import import_files
from warehouse.profiles import load_profile
from warehouse.settings import Settings
print("ready", flush=True)
import_files([pathlib.Path(sys.argv[1])], Settings(pathlib.Path(sys.argv[2]), sample_ids=True), load_profile("suntuan"))
"""


def test_kill_at_any_moment_leaves_whole_loads_and_the_next_import_finishes(folder, settings, profile):
    settings.secret("person")
    for delay in (0.12, 0.2, 0.28, 0.36):
        child = subprocess.Popen(
            [sys.executable, "-c", RUN, folder, settings.data_dir],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        child.stdout.readline()
        time.sleep(delay)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        for load_id, path, rows in loads(settings).select("load_id", "path", "rows_accepted").rows():
            assert pl.read_parquet(settings.landed / path).height == rows, load_id
    report = import_files([folder], settings, profile)
    assert {load.status for load in report.loads} == {"landed"}
    assert loads(settings)["rows_read"].to_list() == [4, 4, 4, 4]


def test_two_imports_at_once_do_not_clash(folder, settings, profile):
    with import_lock(settings), pytest.raises(BusyError):
        import_files([folder], settings, profile)
    assert len(import_files([folder], settings, profile).loads) == 4


def test_received_on_comes_from_the_manifest_else_from_the_file(folder, settings, profile):
    (folder / "2025-03" / "manifest.csv").unlink()
    os.utime(folder / "2025-03" / "petitions.xlsx", (1_743_000_000, 1_743_000_000))
    import_files([folder], settings, profile)
    found = loads(settings).filter(pl.col("extract") == "petitions").sort("month")["received_on"].to_list()
    assert found == [dt.date(2025, 3, 7), dt.date.fromtimestamp(1_743_000_000)]
    kept = (settings.raw / "2025-02" / "manifest.csv").read_text()
    assert kept.splitlines()[0] == "file,received_on"
    assert "petitions.xlsx,2025-03-07" in kept


def test_refused_file_is_on_record_with_its_reason(settings, profile, tmp_path):
    (tmp_path / "2025-03").mkdir()
    (tmp_path / "2025-03" / "petitions.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    report = import_files([tmp_path / "2025-03"], settings, profile)
    (row,) = loads(settings).select("status", "refusal_code", "path", "is_winning").rows()
    assert row == ("refused", "damaged", None, False)
    assert report.refused[0].refusal_text.startswith("file: got one that is damaged")
    assert not (settings.raw / "2025-03").exists()


def test_unknown_names_and_stray_folders_are_refused_with_a_reason(settings, profile, tmp_path, write):
    month = tmp_path / "2025-03"
    (month / "附件").mkdir(parents=True)
    for name in ("随便.xlsx", ".DS_Store", "~$petitions.xlsx", "petitions.xlsm"):
        (month / name).write_bytes(b"x")
    (tmp_path / "petitions.xlsx").write_bytes(b"x")
    codes = {load.file_name: load.refusal["code"] for load in import_files([tmp_path], settings, profile).loads}
    assert codes == {
        "随便.xlsx": "unknown_extract",
        "附件": "not_a_month_folder",
        "petitions.xlsm": "macros",
        "petitions.xlsx": "no_month",
    }
    with pytest.raises(UsageError):
        import_files([tmp_path / "nowhere"], settings, profile)


@pytest.mark.parametrize(
    ("name", "extract"),
    [
        ("household_roster__杨柳村.xlsx", "household_roster"),
        ("household_roster(1).xlsx", "household_roster"),
        ("最低生活保障对象名册.xlsx", "dibao_recipients"),
        ("2025年3月最低生活保障边缘家庭成员名册（孙疃镇）.xls", "dibao_edge_members"),
        ("镇级督查和回头看检查记录.csv", "village_inspections"),
        ("防止返贫监测对象台账-导出.et", "monitored_households"),
    ],
)
def test_extract_is_told_by_the_file_name(name, extract):
    from warehouse.intake.locate import extract_of

    assert extract_of(name, load_contracts()) == extract


def test_dry_run_tells_the_same_and_lands_nothing(folder, settings, profile):
    content = (folder / "2025-03" / "petitions.xlsx").read_bytes()
    run = dry_run(content, "petitions.xlsx", dt.date(2025, 3, 1), settings, profile, received_on=dt.date(2025, 4, 9))
    assert not settings.landed.exists()
    (record,) = import_files([folder / "2025-03" / "petitions.xlsx"], settings, profile).loads
    assert run.record.load_id == record.load_id
    assert (run.record.rows_accepted, run.record.rows_quarantined) == (record.rows_accepted, record.rows_quarantined)
    assert run.quarantined.equals(quarantine_rows(settings, [record.load_id]))
    again = dry_run(content, "petitions.xlsx", dt.date(2025, 3, 1), settings, profile, received_on=dt.date(2025, 4, 9))
    assert again.record.unchanged


def test_dry_run_shows_what_it_repaired_without_a_persons_values(settings, profile, write, make_id):
    rows = [["姓名", "身份证号码", "村", "病种", "确诊日期"], ["王 勇", make_id(1), "杨柳", "尿毒症", "2025/3/5"]]
    run = dry_run(write.csv(rows), "major_disease.csv", dt.date(2025, 3, 1), settings, profile)
    assert sorted(run.fixes.select("rule", "before", "after").rows()) == [
        ("date_format", None, None),
        ("name_spaces", None, None),
        ("village_variant", "杨柳", "340621109204"),
    ]


def test_file_read_under_other_rules_lands_anew(folder, settings, profile):
    strict = Settings(data_dir=settings.data_dir, sample_ids=False)
    file = folder / "2025-03" / "petitions.xlsx"
    (before,) = import_files([file], strict, profile).loads
    (after,) = import_files([file], settings, profile).loads
    assert (before.rows_accepted, after.rows_accepted) == (0, 3)
    assert loads(settings).filter("is_winning")["load_id"].to_list() == [after.load_id]


def test_record_of_an_unknown_format_is_refused_with_the_way_out(folder, settings, profile):
    (record,) = import_files([folder / "2025-03" / "petitions.xlsx"], settings, profile).loads
    path = settings.landed / "_loads" / f"{record.load_id}.json"
    path.write_text(path.read_text().replace('"format_version": 1', '"format_version": 99'))
    with pytest.raises(ConfigError, match="expected 1"):
        loads(settings)
