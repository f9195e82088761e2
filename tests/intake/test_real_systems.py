"""Exports of the real systems are taken as they come: every spelling of every heading, both files of a register."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import yaml

from warehouse.contracts import load_contracts
from warehouse.intake import import_files, list_rows, loads
from warehouse.intake.places import bare_form

DATA = Path(__file__).parents[1] / "data"
EXPORTS = yaml.safe_load((DATA / "civil_affairs_exports.yml").read_text("utf-8"))
FORMS = yaml.safe_load((DATA / "monitoring_forms.yml").read_text("utf-8"))
LISTS = {
    "农村低保": "dibao_recipients",
    "特困人员": "tekun_recipients",
    "低保边缘": "dibao_edge_members",
    "刚性支出": "rigid_expense_members",
}
MONTH = dt.date(2025, 12, 1)
# What the platform writes under a heading; every cell is text, months are YYYYMM.
WRITTEN = {
    "户主姓名": "王勇",
    "姓名": "李秀芳",
    "与户主关系": "配偶",
    "性别": "女",
    "所属省": "安徽省",
    "所属市": "淮北市",
    "所属区": "濉溪县",
    "所属街": "孙疃镇",
    "所属社": "杨柳村",
    "最初享受月": "202301",
    "最初享受月份": "202301",
    "纳入月份": "202301",
    "家庭住址": "安徽省淮北市濉溪县孙疃镇杨柳村3组12号",
    "家庭地址": "安徽省淮北市濉溪县孙疃镇杨柳村3组12号",
    "救助类型": "农村低保",
    "供养方式": "分散供养",
    "生活自理能力": "完全丧失生活自理能力",
    "户月保障金额（元）": "1,260.00",
    "合计（元）": "950",
    "家庭成员姓名": "李秀芳",
    "残疾等级": "二级",
}


def spellings(heading: str) -> list[str]:
    return heading.split(" | ")


@pytest.fixture
def export(write, make_id):
    """One export as the platform writes it: a title, a blank row, the heading on row 3; four households or persons."""

    def written(register: str, kind: str, spelling: int = 0, own: dict[str, str] | None = None) -> bytes:
        headings = [spellings(heading) for heading in EXPORTS[register][kind]]
        rows: list[list[str]] = [[f"{register}{'家庭' if kind == 'household' else '人员'}查询"], []]
        rows.append([names[min(spelling, len(names) - 1)] for names in headings])
        for number in range(1, 5):
            person = make_id(number if register == "特困人员" else number + 20)
            ids = {"户主身份证号": make_id(number), "身份证号": person, "残疾证号": f"{person}42"}
            ids["家庭成员身份证号"] = person
            cells = {**WRITTEN, **ids, **(own or {})}
            rows.append([cells.get(names[0], "0" if "元" in names[0] else "") for names in headings])
        return write.xlsx(rows)

    return written


@pytest.fixture
def bring(settings, profile, tmp_path):
    """Put files into the month folder, import it, and read the list as the models read it."""

    def brought(extract: str, received_on: dt.date = dt.date(2026, 1, 5), **files: bytes) -> pl.DataFrame:
        folder = tmp_path / f"in{received_on:%d}" / "2025-12"
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / f"{name}_20251201.xlsx").write_bytes(content)
        report = import_files([folder], settings, profile, received_on=received_on)
        assert not report.refused, report.refused[0].refusal_text
        assert {load.extract for load in report.loads} == {extract}
        winning = loads(settings).filter("is_winning")
        return list_rows(load_contracts()[extract], winning, settings).sort("row_no")

    return brought


@pytest.mark.parametrize("spelling", [0, 1])
@pytest.mark.parametrize("register", EXPORTS)
def test_both_files_of_a_register_make_the_list(bring, export, register, spelling):
    extract = LISTS[register]
    files = {
        f"{register}{word}查询": export(register, kind, spelling)
        for word, kind in (("家庭", "household"), ("人员", "person"))
    }
    rows = bring(extract, **files)
    assert rows.height == 4, "the households' file adds no person"
    assert rows["row_no"].to_list() == [4, 5, 6, 7]
    assert rows["name"].to_list() == ["李秀芳"] * 4
    assert rows["id_kind"].to_list() == ["valid"] * 4
    assert rows["area_code"].to_list() == ["340621109204"] * 4
    assert rows["admitted_on"].to_list() == [dt.date(2023, 1, 1)] * 4
    if "head_name" in rows.columns:
        assert rows["head_name"].to_list() == ["王勇"] * 4, "only the households' file names the head"
        assert rows["head_id_key"].n_unique() == 4


def test_single_cover_is_told_by_the_kind_of_aid(bring, export):
    dibao = bring("dibao_recipients", 农村低保人员查询=export("农村低保", "person", own={"救助类型": "农村低保单人"}))
    assert dibao.select("cover_mode", "monthly_amount").unique().rows() == [("单人保", Decimal("1260.00"))]
    assert dibao["head_name"].null_count() == 4, "no file names the head"


def test_tekun_says_mode_care_and_amount(bring, export):
    rows = bring("tekun_recipients", 特困人员人员查询=export("特困人员", "person"))
    assert rows.select("care_mode", "self_care", "monthly_amount").unique().rows() == [
        ("分散", "全护理", Decimal("950.00"))
    ]


def test_urban_register_is_the_same_list(bring, export):
    own = {"救助类型": "城市低保"}
    rows = bring("dibao_recipients", 城市低保人员查询=export("农村低保", "person", own=own))
    assert rows["cover_mode"].to_list() == ["整户保"] * 4


@pytest.mark.parametrize("first", ["household", "person"])
def test_the_order_of_the_two_files_does_not_matter(bring, export, settings, profile, first):
    names = {"household": "低保边缘家庭查询", "person": "低保边缘人员查询"}
    second = "person" if first == "household" else "household"
    bring("dibao_edge_members", **{names[first]: export("低保边缘", first)})
    rows = bring("dibao_edge_members", dt.date(2026, 1, 9), **{names[second]: export("低保边缘", second)})
    assert rows["head_name"].to_list() == ["王勇"] * 4


def test_as_of_a_day_before_the_second_file_came_the_list_stands_without_it(bring, export, settings):
    bring("dibao_edge_members", 低保边缘人员查询=export("低保边缘", "person"))
    bring("dibao_edge_members", dt.date(2026, 1, 9), 低保边缘家庭查询=export("低保边缘", "household"))
    then = loads(settings, dt.date(2026, 1, 8)).filter("is_winning")
    assert list_rows(load_contracts()["dibao_edge_members"], then, settings)["head_name"].null_count() == 4


def test_a_corrected_file_of_households_takes_the_place_of_the_first(bring, export):
    bring(
        "dibao_edge_members",
        低保边缘人员查询=export("低保边缘", "person"),
        低保边缘家庭查询=export("低保边缘", "household"),
    )
    corrected = export("低保边缘", "household", own={"户主姓名": "王永"})
    rows = bring("dibao_edge_members", dt.date(2026, 1, 9), 低保边缘家庭查询=corrected)
    assert rows["head_name"].to_list() == ["王永"] * 4


def test_households_alone_are_no_list(bring, export, settings, profile):
    """Read as the list, everybody on it would have left the register."""
    rows = bring("rigid_expense_members", 刚性支出家庭查询=export("刚性支出", "household"))
    assert rows.is_empty()
    (part,) = loads(settings).filter("is_winning")["part"].to_list()
    assert part == "households"


def test_place_stands_in_the_address_where_the_export_says_no_more_than_the_county(bring, export, settings):
    bring("dibao_edge_members", 低保边缘人员查询=export("低保边缘", "person"))
    assert '"village_from_address": 4' in loads(settings)["repairs"][0]


def test_place_comes_from_the_households_where_the_persons_have_none(bring, export):
    rows = bring(
        "dibao_edge_members",
        低保边缘人员查询=export("低保边缘", "person", own={"家庭地址": "濉溪县"}),
        低保边缘家庭查询=export("低保边缘", "household"),
    )
    assert rows["area_code"].to_list() == ["340621109204"] * 4


@pytest.mark.parametrize("register", EXPORTS)
@pytest.mark.parametrize("kind", ["household", "person"])
def test_file_of_any_name_is_known_by_its_title_and_headings(take, export, register, kind):
    taken = take(export(register, kind), "导出数据(3).xlsx", "2025-12")
    assert (taken.record.extract, taken.record.part) == (LISTS[register], "households" if kind == "household" else "")


def test_file_that_fits_two_lists_alike_is_not_guessed(take, write, make_rows):
    """Members of edge households and of households with rigid expenses have the same columns."""
    taken = take(write.xlsx(make_rows(load_contracts()["dibao_edge_members"])), "名单.xlsx")
    assert taken.refusal == "unknown_extract"


def test_list_with_columns_of_its_own_is_known_without_a_title(take, write, make_rows):
    taken = take(write.xlsx(make_rows(load_contracts()["survey_visits"])), "八月上报.xlsx")
    assert (taken.record.extract, taken.record.rows_accepted) == ("survey_visits", 3)


class TestMonitoring:
    """The monitoring side's sheets: persons with their household's columns, forms of a household, a year's amounts."""

    @pytest.fixture
    def sheet(self, write, make_id):
        def row(number, household, relation, kind, watched, risks):
            risks = [*risks, "", "", "", "", ""][:5]
            who = ["王勇" if relation == "户主" else "李秀芳", make_id(number), relation]
            end = ["是", "202511", "自然减少", "否"] if watched == "边缘易致贫户" else ["否", "", "", "是"]
            return [
                household,
                "孙疃镇",
                "杨柳村",
                *who,
                kind,
                watched,
                "普通劳动力",
                "",
                "202403",
                *end,
                *risks,
                "张三",
            ]

        rows = [
            row(2, "H1", "配偶", "脱贫户", "脱贫不稳定户", ["因病", "因残", "因务工就业不稳"]),
            row(1, "H1", "户主", "脱贫户", "脱贫不稳定户", ["因病", "因残", "因务工就业不稳"]),
            row(3, "H2", "户主", "一般农户", "边缘易致贫户", ["因自然灾害", "", "", "", "因安全饮水"]),
            row(4, "H3", "户主", "脱贫户", "", []),
        ]
        return write.xlsx([["防返贫监测信息系统基础信息"], FORMS["persons"], *rows])

    def test_monitored_households_are_those_with_a_class_once_each(self, take, sheet):
        taken = take(sheet, "监测对象基础信息_20250401.xlsx")
        rows = taken.rows.sort("household_no")
        assert (taken.record.extract, taken.record.layout) == ("monitored_households", "monitoring_system")
        assert rows["household_no"].to_list() == ["H1", "H2"]
        assert rows["head_name"].to_list() == ["王勇", "王勇"], "the head's row stands for the household"
        assert rows["risk_cause"].to_list() == ["因病、因残、因就业", "因灾、饮水"], "all five causes are read"
        assert rows["discovered_on"].to_list() == [dt.date(2024, 3, 1)] * 2
        assert rows.select("eliminated_on", "elimination_kind", "held").rows() == [
            (None, None, True),
            (dt.date(2025, 11, 1), "自然消除", False),
        ]
        assert rows["channel"].null_count() == 2, "the export does not say how a household was found"
        assert taken.record.rows_note == 2, "a member beside the head, and a household that is not monitored"

    def test_lifted_households_are_told_by_their_kind(self, take, sheet):
        taken = take(sheet, "脱贫户名册.xlsx")
        assert sorted(taken.column("household_no")) == ["H1", "H3"]
        assert taken.rows["head_id_kind"].to_list() == ["valid", "valid"]

    def test_roster_of_members(self, take, sheet):
        taken = take(sheet, "农户家庭成员信息表.xlsx")
        assert (taken.record.rows_accepted, taken.record.layout) == (4, "monitoring_system")
        assert taken.rows["resident"].null_count() == 4

    def test_table_of_household_numbers(self, take, write, make_id):
        rows = [
            ["H1", "2025", "王勇", "男", "居民身份证", "", make_id(1), "汉族", "脱贫户", "脱贫不稳定户", "3", "杨柳村"],
            ["H2", "2025", "李明", "男", "居民身份证", "", make_id(3), "汉族", "一般户", "", "4", "小王庄"],
        ]
        book = write.xlsx([FORMS["household_numbers"], *rows])
        lifted = take(book, "脱贫户户码表.xlsx")
        assert lifted.rows.select("household_no", "head_name", "area_code").rows() == [("H1", "王勇", "340621109204")]
        monitored = take(book, "监测对象户码表.xlsx")
        assert monitored.rows.select("household_no", "monitored_type").rows() == [("H1", "脱贫不稳定户")]

    def test_form_of_a_household_joins_by_its_number(self, take, write):
        rows = [["H1", "孙疃镇杨柳村3组", "边缘易致贫户", "否", "是", "因学", "缺劳动力", "2025"]]
        taken = take(write.xlsx([FORMS["household_form"], *rows]), "监测户_基本信息.xlsx")
        assert taken.rows.select("household_no", "area_code", "risk_cause", "held").rows() == [
            ("H1", "340621109204", "因学、缺劳力", True)
        ]

    def test_form_without_any_household_is_refused(self, take, write):
        head = ["家庭住址", "监测对象类别[dm_jcdxlb]", "致贫/返贫风险1[100A27]", "年度"]
        taken = take(write.xlsx([head, ["孙疃镇杨柳村", "边缘易致贫户", "因学", "2025"]]), "监测户_基本信息.xlsx")
        assert taken.refusal == "missing_column"

    def test_income_of_a_year_with_opposite_questions(self, take, write):
        cells = [
            "H1",
            "2024",
            "12000",
            "8000",
            "0",
            "1500",
            "3000",
            "18500",
            "6166.67",
            "200",
            "900",
            "是",
            "否",
            "否",
            "是",
        ]
        taken = take(write.xlsx([FORMS["income"], cells]), "监测户_收支情况.xlsx")
        (row,) = taken.rows.to_dicts()
        assert (row["period_start"], row["period_end"]) == (dt.date(2024, 1, 1), dt.date(2024, 12, 31))
        assert row["business_net_income"] == Decimal("5000.00"), "income less its costs"
        assert (row["wage_income"], row["insurance_claims"]) == (Decimal("12000.00"), Decimal("200.00"))
        assert row["household_size"] == 3
        assert [row[name] for name in ("housing_safe", "schooling_secured", "water_safe", "medical_insured")] == [
            False, True, True, False,
        ]  # fmt: skip
        assert {
            "yes_no_inverted": 4,
            "amount_summed": 1,
            "heads_from_income": 1,
        }.items() <= taken.record.repairs.items()

    def test_a_year_that_is_not_over_ends_with_the_month(self, take, write):
        """Else the record would lie in the future, and the household's income would be unknown until January."""
        cells = ["H1", "2025", "12000", "0", "0", "0", "0", "12000", "4000", "0", "0", "否", "否", "否", "否"]
        taken = take(write.xlsx([FORMS["income"], cells]), "监测户_收支情况.xlsx", "2025-03")
        assert taken.rows.select("period_start", "period_end").row(0) == (dt.date(2024, 4, 1), dt.date(2025, 3, 31))

    def test_each_kind_of_income_in_a_column_of_its_own(self, take, write):
        cells = ["H1", "2024", "20000", "10000", "12000", "6000", "3000", "1000", "1500", "500", "4000", "1300", ""]
        taken = take(write.xlsx([FORMS["lifted_income"], cells]), "脱贫户_收入情况.xlsx")
        (row,) = taken.rows.to_dicts()
        told = ("wage_income", "business_net_income", "transfer_net_income", "household_size")
        assert [row[name] for name in told] == [Decimal("18000.00"), Decimal("2000.00"), Decimal("5300.00"), 2]

    def test_gross_business_income_without_its_costs_is_not_net_income(self, take, write):
        head = ["户编号", "年度", "工资性收入", "生产经营性收入", "家庭人口", "家庭理赔收入", "合规自付支出"]
        taken = take(write.xlsx([head, ["H1", "2024", "1000", "8000", "3", "0", "0"]]), "household_income.xlsx")
        assert taken.column("business_net_income") == [None]


def test_bare_form_drops_what_takes_no_place():
    assert bare_form(" 杨\u200b 柳\u3000村’") == "杨柳村"
