"""Which village a row speaks of: in its town, by a known code, by what stands around; other names once confirmed."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import polars as pl
import pytest

from warehouse.app_db import app_db, audit
from warehouse.errors import UsageError
from warehouse.intake import (
    aliases_of,
    confirm_alias,
    explained,
    forget_alias,
    import_files,
    loads,
    read_again,
    suggested_aliases,
    to_read_again,
)
from warehouse.intake.places import Places
from warehouse.profiles import load_profile

HEAD = ["户编号", "村", "轮次", "年度"]
RECEIVED = dt.date(2025, 4, 8)


@pytest.fixture(scope="module")
def county():
    return load_profile("yanling")


@pytest.fixture
def survey(settings, county, tmp_path, write):
    """Import rows as a survey ledger of the county; the record, the codes by row, the rules of rejected rows."""

    def taken(rows, name="survey_visits.xlsx", names=()):
        sheets = rows if rows and rows[0] and isinstance(rows[0][0], list) else [rows]
        file = tmp_path / "2025-03" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(write.xlsx(*sheets, names=names))
        (record,) = import_files([file], settings, county, received_on=RECEIVED).loads
        path = settings.landed / "survey_visits" / "2025-03" / f"{record.load_id}.parquet"
        codes = pl.read_parquet(path).sort("sheet", "row_no")["area_code"].to_list() if path.exists() else []
        held = settings.landed / "_quarantine" / f"{record.load_id}.parquet"
        return record, codes, pl.read_parquet(held) if held.exists() else pl.DataFrame({"rule": [], "hint": []})

    return taken


class TestTowns:
    def test_name_in_two_towns_is_refused_with_both(self, survey):
        _, codes, held = survey([HEAD, ["H1", "胡庄村", 1, 2025], ["H2", "陶城镇胡庄村", 1, 2025]])
        assert codes == ["411024106214"]
        assert held["rule"].to_list() == ["village_in_more_towns"]
        assert "more than one town" in explained(held, "en")["reason"][0]
        assert held["hint"][0].count("胡庄村") == 2

    def test_town_column_tells_which(self, survey, county):
        towns = {area.area_code: area.name for area in county.groups}
        rows = [["乡镇", *HEAD]] + [[towns[code], f"H{code}", "胡庄", 1, 2025] for code in ("411024106", "411024111")]
        _, codes, held = survey(rows)
        assert codes == ["411024106214", "411024111219"]
        assert held.is_empty()

    @pytest.mark.parametrize("where", ["title", "file", "sheet"])
    def test_town_of_the_whole_file_tells_which(self, survey, county, where):
        town = next(area.name for area in county.groups if area.area_code == "411024111")
        rows = [*([[f"{town}集中排查入户台账"]] if where == "title" else []), HEAD, ["H1", "胡庄村", 1, 2025]]
        name = f"survey_visits__{town}.xlsx" if where == "file" else "survey_visits.xlsx"
        _, codes, _ = survey([rows], name, names=[town if where == "sheet" else "Sheet1"])
        assert codes == ["411024111219"]

    def test_village_of_another_town_than_the_row_says_is_refused(self, survey, county):
        _, codes, held = survey([["乡镇", *HEAD], ["马栏镇", "H1", "西街居委会", 1, 2025]])
        assert codes == []
        assert held.select("rule", "hint").rows() == [("village_not_in_town", "安陵镇西街居委会")]

    def test_path_through_another_town_is_refused(self, survey):
        _, _, held = survey([HEAD, ["H1", "鄢陵县大马镇胡庄村", 1, 2025]])
        assert held.select("rule", "hint").rows() == [("village_not_in_town", "陶城镇胡庄村、马坊镇胡庄村")]

    def test_town_that_is_not_of_this_place_is_refused(self, survey):
        _, _, held = survey([["乡镇", *HEAD], ["孙疃镇", "H1", "胡庄村", 1, 2025]])
        assert held.select("rule", "hint").rows() == [("village_other_town", "孙疃镇")]


class TestCodes:
    """340621109 is 孙疃镇 in the statistics bureau's system and 刘桥镇 in civil affairs'."""

    @pytest.fixture
    def lines(self, take, write):
        def taken(heading, code, village=""):
            return take(write.xlsx([[heading, *HEAD], [code, "H1", village, 1, 2025]]), "survey_visits.xlsx")

        return taken

    def test_code_of_a_known_system_is_the_village(self, lines):
        taken = lines("统计用区划代码", "340621109204")
        assert taken.column("area_code") == ["340621109204"]
        assert taken.record.repairs["village_from_code"] == 1

    @pytest.mark.parametrize("heading", ["村代码", "行政区划代码", "民政区划代码"])
    def test_code_of_an_unknown_or_other_system_is_none(self, lines, heading):
        assert lines(heading, "340621109204").rules == [(2, "village", "required_blank")]

    def test_name_decides_and_a_code_that_disagrees_is_said(self, lines):
        taken = lines("行政区划代码", "340621108204", "杨柳村")
        assert taken.column("area_code") == ["340621109204"]
        assert taken.record.repairs == {"village_code_conflict": 1}

    def test_code_of_the_other_system_says_nothing(self, lines):
        """It differs by right: 孙疃镇 is 340621108 there."""
        assert lines("民政区划代码", "340621108204", "杨柳村").record.repairs == {}

    def test_code_in_the_place_of_a_name_is_not_guessed(self, take, write):
        taken = take(write.xlsx([HEAD, ["H1", "340621109204", 1, 2025]]), "survey_visits.xlsx")
        assert taken.rules == [(2, "village", "village_code_system")]


class TestAround:
    def test_sheet_per_village_without_a_village_column(self, take, write):
        head = ["户编号", "轮次", "年度"]
        sheets = [[head, ["H1", 1, 2025]], [head, ["H2", 1, 2025], ["H3", 1, 2025]], [["填表说明"]]]
        taken = take(write.xlsx(*sheets, names=["杨柳村", "楼坊", "说明"]), "survey_visits.xlsx")
        assert sorted(taken.rows.select("household_no", "area_code").rows()) == [
            ("H1", "340621109204"),
            ("H2", "340621109209"),
            ("H3", "340621109209"),
        ]
        assert taken.record.repairs == {"village_from_sheet": 3}
        assert taken.record.sheets_skipped == ("说明",)

    def test_sheet_whose_name_says_no_village_is_not_read(self, take, write):
        head = ["户编号", "轮次", "年度"]
        taken = take(
            write.xlsx([head, ["H1", 1, 2025]], [head, ["H2", 1, 2025]], names=["杨柳村", "其他"]), "survey_visits.xlsx"
        )
        assert (taken.column("household_no"), taken.record.sheets_skipped) == (["H1"], ("其他",))

    @pytest.mark.parametrize("where", ["title", "file"])
    def test_title_or_file_name_says_the_village(self, take, write, where):
        rows = [["户编号", "轮次", "年度"], ["H1", 1, 2025]]
        title = [["孙疃镇杨柳村入户台账"]] if where == "title" else []
        name = "survey_visits__杨柳村.xlsx" if where == "file" else "survey_visits.xlsx"
        taken = take(write.xlsx([*title, *rows]), name)
        assert (taken.column("area_code"), taken.record.repairs) == (["340621109204"], {f"village_from_{where}": 1})

    def test_blank_village_in_a_column_that_is_there_is_not_filled(self, take, write):
        taken = take(
            write.xlsx([HEAD, ["H1", "楼坊村", 1, 2025], ["H2", "", 1, 2025]], names=["杨柳村"]), "survey_visits.xlsx"
        )
        assert taken.rules == [(3, "village", "required_blank")]

    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("安徽省淮北市濉溪县孙疃镇杨柳村3组12号", "340621109204"),
            ("孙疃镇杨柳行政村小王庄", "340621109204"),
            ("杨柳村委会东", "340621109204"),
            ("孙疃镇孙疃村", "340621109200"),
            ("安徽省淮北市濉溪县", None),
            ("杨柳路3号", None),
            ("杨柳村与楼坊村之间", None),
        ],
    )
    def test_village_in_an_address(self, profile, address, code):
        assert Places(profile).in_address(address) == code


class TestMerges:
    def book(self, rows, merges):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for merge in merges:
            book.active.merge_cells(merge)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def test_household_merged_over_its_members_is_in_every_row(self, take, make_id):
        rows = [["农户家庭成员信息表"], ["户编号", "村", "户主姓名", "姓名", "身份证号码", "与户主关系", "常住"]]
        for number, (house, relation) in enumerate([("H1", "户主"), ("", "配偶"), ("", "子"), ("H2", "户主")], start=1):
            first = [house, "杨柳村", "王勇"] if house else [None, None, None]
            rows.append([*first, "王勇", make_id(number), relation, "是"])
        rows.append([None] * 7)
        merges = ["A1:G1", "A3:A5", "B3:B5", "C3:C5", "A6:A7", "B6:B7"]
        taken = take(self.book(rows, merges), "household_roster.xlsx")
        assert taken.column("household_no") == ["H1", "H1", "H1", "H2"]
        assert taken.record.repairs["merged_cells"] == 6, "three cells over two rows more; not over the blank row"
        assert taken.record.rows_quarantined == 0

    def test_merged_header_over_two_rows_is_no_data(self, take, make_id):
        rows = [["姓名", "身份证号码", "村", "病情", None], [None, None, None, "病种", "确诊日期"]]
        rows.append(["王勇", make_id(1), "杨柳村", "尿毒症", "2025-03-01"])
        taken = take(self.book(rows, ["A1:A2", "B1:B2", "C1:C2", "D1:E1"]), "major_disease.xlsx")
        assert (taken.record.rows_header, taken.record.rows_accepted, taken.record.repairs) == (2, 1, {})


class TestAliases:
    ROWS = (HEAD, ["H1", "杨树村", 1, 2025], ["H2", "杨柳村", 1, 2025], ["H3", "杨树", 2, 2025])

    @pytest.fixture
    def file(self, tmp_path, write):
        path = tmp_path / "2025-03" / "survey_visits.xlsx"
        path.parent.mkdir()
        path.write_bytes(write.xlsx(self.ROWS))
        return path

    def test_near_name_is_suggested_confirmed_and_kept(self, file, settings, profile):
        (before,) = import_files([file], settings, profile, received_on=RECEIVED).loads
        assert (before.rows_accepted, before.unknown_villages) == (1, 2)
        (told,) = suggested_aliases(settings, profile).to_dicts()
        assert (told["text"], told["rows"], told["villages"], told["is_tied"]) == ("杨树", 2, ["杨柳村"], False)
        assert to_read_again(settings, profile) == ([], []), "nothing is mapped before a person confirms it"

        confirm_alias(settings, profile, "杨树村", "杨柳村", "李四")
        (alias,) = aliases_of(settings, profile)
        assert (alias.area_code, alias.confirmed_by, alias.confirmed_at[:2]) == ("340621109204", "李四", "20")
        assert suggested_aliases(settings, profile).is_empty()
        assert [one.load_id for one in to_read_again(settings, profile)[0]] == [before.load_id]

        (after,) = read_again(settings, profile).loads
        assert (after.rows_accepted, after.repairs) == (3, {"village_alias": 2})
        assert after.received_on == before.received_on, "it came when it came"
        assert loads(settings).filter("is_winning")["load_id"].to_list() == [after.load_id]
        assert read_again(settings, profile).loads == (), "once is enough"

    def test_aliases_of_an_older_version_are_taken_over_once(self, file, settings, profile):
        """They lay in a file; cut off between keeping and setting it aside, it is read again without harm."""
        older = settings.data_dir / "aliases" / f"{profile.name}.csv"
        older.parent.mkdir(parents=True)
        line = "杨树村,340621109204,杨柳村,李四,2025-05-01T08:00:00+00:00\n"
        older.write_text("text,area_code,village,confirmed_by,confirmed_at\n" + line, "utf-8")
        (alias,) = aliases_of(settings, profile)
        assert (alias.text, alias.confirmed_by, alias.confirmed_at) == ("杨树村", "李四", "2025-05-01T08:00:00+00:00")
        assert not older.exists()
        older.with_suffix(".csv.taken_over").rename(older)
        assert aliases_of(settings, profile) == (alias,)
        told = audit.entries(app_db(settings))
        assert told["action"].to_list() == ["alias_confirmed"]
        assert import_files([file], settings, profile, received_on=RECEIVED).loads[0].rows_accepted == 3

    def test_looking_for_aliases_makes_no_database(self, settings, profile):
        assert aliases_of(settings, profile) == ()
        with pytest.raises(UsageError):
            forget_alias(settings, profile, "杨树")
        assert not (settings.data_dir / "app.db").exists()

    def test_forgotten_alias_is_undone_by_reading_again(self, file, settings, profile):
        confirm_alias(settings, profile, "杨树村", "340621109204", "李四")
        assert import_files([file], settings, profile, received_on=RECEIVED).loads[0].rows_accepted == 3
        forget_alias(settings, profile, "杨树")
        assert aliases_of(settings, profile) == ()
        assert read_again(settings, profile).loads[0].rows_accepted == 1

    def test_file_that_no_alias_concerns_is_not_landed_again(self, settings, profile, tmp_path, write):
        path = tmp_path / "2025-03" / "survey_visits.xlsx"
        path.parent.mkdir()
        path.write_bytes(write.xlsx([HEAD, ["H1", "杨柳村", 1, 2025]]))
        import_files([path], settings, profile, received_on=RECEIVED)
        confirm_alias(settings, profile, "杨树村", "杨柳村", "李四")
        assert import_files([path], settings, profile, received_on=RECEIVED).loads[0].unchanged

    def test_equally_near_names_are_all_told(self, settings, county, tmp_path, write):
        path = tmp_path / "2025-03" / "survey_visits.xlsx"
        path.parent.mkdir()
        path.write_bytes(write.xlsx([HEAD, ["H1", "吴庄村", 1, 2025]]))
        import_files([path], settings, county, received_on=RECEIVED)
        (told,) = suggested_aliases(settings, county).to_dicts()
        assert (told["is_tied"], len(told["codes"])) == (True, 3)

    @pytest.mark.parametrize(
        ("text", "village", "why"),
        [
            ("杨柳村", "楼坊村", "the name of a village cannot mean another"),
            ("孙疃镇", "楼坊村", "a larger area is no village"),
            ("杨树村", "别处村", "no such village"),
        ],
    )
    def test_what_cannot_be_confirmed(self, settings, profile, text, village, why):
        with pytest.raises(UsageError):
            confirm_alias(settings, profile, text, village, "李四")
        assert aliases_of(settings, profile) == (), why

    def test_commands(self, file, settings, profile, monkeypatch):
        from typer.testing import CliRunner

        from warehouse.cli import app

        monkeypatch.setenv("KANHU_SAMPLE_IDS", "allow")
        import_files([file], settings, profile, received_on=RECEIVED)
        run = lambda *words: CliRunner().invoke(app, ["--data-dir", str(settings.data_dir), *words])  # noqa: E731
        assert "杨树" in run("aliases", "list").output
        assert run("aliases", "confirm", "杨树村", "杨柳村", "--by", "李四").exit_code == 0
        listed = run("aliases", "list").output
        assert "confirmed: 1" in listed
        assert "李四" in listed
        again = run("import", "--again")
        assert "1 landed" in again.output, again.output
        assert run("aliases", "forget", "杨树村").exit_code == 0
        assert run("import").exit_code != 0, "a path or --again must be given"
