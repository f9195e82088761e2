"""Every kind of mess that departments really send is read rightly, or rejected row by row with a reason."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

HEAD = ["姓名", "身份证号码", "村", "病种", "确诊日期"]
MARCH = dt.date(2025, 3, 5)


def sick(make_id, *numbers, day="2025-03-05", village="杨柳村"):
    names = ["赵敏", "王勇", "李秀芳", "欧阳明", "张伟"]
    return [[names[number % 5], make_id(number), village, "恶性肿瘤", day] for number in numbers]


@pytest.fixture
def take_disease(take, write):
    """Import rows as major_disease.xlsx."""
    return lambda rows, **options: take(write.xlsx(rows, **options), "major_disease.xlsx")


class TestRows:
    def test_title_rows_stand_over_the_header(self, take_disease, make_id):
        title = [["孙疃镇新增大病人员名单（2025年3月）"], ["填报单位：卫生院", "", "", "单位：人"], []]
        taken = take_disease([*title, HEAD, *sick(make_id, 1, 2)])
        assert (taken.record.rows_header, taken.record.rows_blank, taken.record.rows_accepted) == (3, 1, 2)
        assert taken.column("row_no") == [5, 6]

    def test_header_of_two_rows(self, take, write, make_id):
        upper = ["序号", "户主", "", "村", "申请", "", "结果"]
        lower = ["", "姓名", "身份证号码", "", "申请类别", "申请日期", ""]
        rows = [upper, lower, [1, "王勇", make_id(1), "杨柳", "低保", "2025.3.1", "通过"]]
        taken = take(write.xlsx(rows), "applications.xlsx")
        assert taken.rows.select("head_name", "kind", "applied_on", "result").row(0) == (
            "王勇", "低保", dt.date(2025, 3, 1), "通过",
        )  # fmt: skip
        assert taken.record.header_row == 2

    def test_row_that_numbers_the_columns_belongs_to_the_header(self, take_disease, make_id):
        taken = take_disease([HEAD, ["甲", "1", "2", "3", "4"], *sick(make_id, 1)])
        assert (taken.record.rows_header, taken.record.rows_read) == (2, 1)

    def test_blank_rows_and_columns(self, take_disease, make_id):
        first, second = sick(make_id, 1, 2)
        rows = [["", *HEAD], ["", *first], [], ["", "　", "  "], ["", *second]]
        taken = take_disease(rows)
        assert (taken.record.rows_blank, taken.record.rows_accepted) == (2, 2)

    def test_rows_that_only_carry_a_number_are_blank(self, take_disease, make_id):
        taken = take_disease([["序号", *HEAD], [1, *sick(make_id, 1)[0]], [2], [3]])
        assert (taken.record.rows_blank, taken.record.rows_accepted) == (2, 1)

    @pytest.mark.parametrize("word", ["合计", "小计", "总计", "合 计", "共计"])
    def test_totals_are_no_persons(self, take_disease, make_id, word):
        taken = take_disease([HEAD, *sick(make_id, 1, 2), [word, "共2人"], ["", word, "", "", 2]])
        assert (taken.record.rows_note, taken.record.rows_accepted, taken.record.rows_quarantined) == (2, 2, 0)

    def test_notes_and_signatures_at_the_bottom(self, take_disease, make_id):
        foot = [
            ["注：本表数据截至月底。"],
            ["备注", "如有疑问请与卫生院联系"],
            ["填表人：张三", "", "审核人：李四", "", "2025年4月1日"],
            ["1、本表一式两份。"],
        ]
        taken = take_disease([HEAD, *sick(make_id, 1), *foot])
        assert (taken.record.rows_note, taken.record.rows_accepted, taken.record.rows_quarantined) == (4, 1, 0)

    def test_nothing_new_this_month_is_a_zero_report(self, take_disease):
        taken = take_disease([HEAD, ["本月无新增"]])
        assert (taken.record.status, taken.record.rows_note, taken.record.rows_read) == ("landed", 1, 0)

    @pytest.mark.parametrize(
        ("row", "why"),
        [
            (["阿卜杜热合曼·阿卜杜拉·买买提"], "a long name alone in its row"),
            (["单位", "", "杨柳村", "尿毒症", "2025-03-01"], "a name that is the first word of a signature"),
            (["小计", "{id}", "杨柳村", "尿毒症", ""], "a total's word beside an ID"),
            (["合计", "", "杨柳村", "尿毒症", "2025-03-01"], "a total's word beside a date"),
        ],
    )
    def test_person_row_is_never_taken_for_a_note(self, take_disease, make_id, row, why):
        filled = [make_id(9) if cell == "{id}" else cell for cell in row]
        taken = take_disease([HEAD, *sick(make_id, 1), filled])
        assert taken.record.rows_note == 0, why
        assert taken.record.rows_quarantined == 1, why

    def test_header_repeated_between_villages(self, take_disease, make_id):
        taken = take_disease([HEAD, *sick(make_id, 1), HEAD, *sick(make_id, 2)])
        assert (taken.record.rows_header, taken.record.rows_accepted, taken.record.rows_quarantined) == (2, 2, 0)

    def test_exact_repeats_are_rejected_however_they_are_spaced(self, take_disease, make_id):
        (row,) = sick(make_id, 1)
        spaced = ["王 勇", f" {row[1]}", "杨柳", "恶性肿瘤", "2025/3/5"]
        taken = take_disease([HEAD, row, *sick(make_id, 2), spaced, row])
        assert taken.rules == [(4, "", "duplicate_row"), (5, "", "duplicate_row")]
        assert taken.rejected["hint"].to_list() == ["2", "2"]

    def test_same_person_twice_with_differing_values_is_kept_twice(self, take_disease, make_id):
        taken = take_disease([HEAD, *sick(make_id, 1), *sick(make_id, 1, day="2025-03-06")])
        assert taken.record.rows_accepted == 2


class TestColumns:
    def test_other_order_and_unknown_columns(self, take_disease, make_id):
        (row,) = sick(make_id, 1)
        shuffled = [["民族", *HEAD[::-1], "联系电话"], ["汉族", *row[::-1], "13800000000"]]
        taken = take_disease(shuffled)
        assert taken.rows.select("name", "disease", "diagnosed_on").row(0) == ("王勇", "恶性肿瘤", MARCH)
        assert taken.record.columns_unknown == ("民族", "联系电话")

    @pytest.mark.parametrize(
        "heading",
        ["身份证号", "公民身份号码", "证件号码", "身 份 证\n号 码", " *身份证号码*：", "居民身份证号码（必填）"],
    )
    def test_heading_in_other_words(self, take_disease, make_id, heading):
        taken = take_disease([["姓名", heading, "所属村", "疾病名称", "确诊时间"], *sick(make_id, 1)])
        assert taken.column("id_kind") == ["valid"]

    def test_same_heading_twice_over_different_cells_is_refused(self, take_disease, make_id):
        (row,) = sick(make_id, 1)
        assert take_disease([[*HEAD, "姓名"], [*row, "别人"]]).refusal == "duplicate_column"

    def test_same_heading_twice_over_equal_cells_is_read(self, take_disease, make_id):
        (row,) = sick(make_id, 1)
        assert take_disease([[*HEAD, "姓名"], [*row, row[0]]]).record.rows_accepted == 1

    def test_swapped_columns_are_said_before_anything_lands(self, take_disease, make_id):
        rows = [[row[1], row[0], *row[2:]] for row in sick(make_id, 1, 2, 3)]
        taken = take_disease([HEAD, *rows])
        assert taken.refusal == "swapped_columns"
        assert taken.rows.is_empty()

    def test_start_after_end_throughout_means_the_columns_are_swapped(self, take, write):
        head = ["户编号", "测算起始日期", "测算截止日期", "家庭人口"]
        rows = [[f"HH{number}", "2025-02-28", "2024-03-01", 3] for number in range(4)]
        assert take(write.xlsx([head, *rows]), "household_income.xlsx").refusal == "swapped_columns"


class TestSheets:
    def test_hidden_sheets_are_not_read(self, take_disease, make_id):
        old = [HEAD, *sick(make_id, 5, 6)]
        taken = take_disease([HEAD, *sick(make_id, 1)], old, names=["名单", "旧"], hidden=["旧"])
        assert (taken.record.rows_accepted, taken.record.sheets_skipped) == (1, ("旧",))

    def test_several_sheets_are_read_together(self, take_disease, make_id):
        notes = [["填表说明"], ["一、按月填报"]]
        east, west = [HEAD, *sick(make_id, 1, 2)], [["西片"], HEAD, *sick(make_id, 3)]
        taken = take_disease(east, notes, west, names=["东", "说明", "西"])
        assert sorted(taken.rows.select("sheet", "row_no").rows()) == [("东", 2), ("东", 3), ("西", 3)]
        assert taken.record.sheets_skipped == ("说明",)

    @pytest.fixture
    def take_disease(self, take, write):
        return lambda *sheets, **options: take(write.xlsx(*sheets, **options), "major_disease.xlsx")


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
    def test_encodings_give_the_same_rows(self, take, write, make_id, encoding):
        taken = take(write.csv([HEAD, *sick(make_id, 1, 2)], encoding=encoding), "major_disease.csv")
        assert taken.column("name") == ["王勇", "李秀芳"]

    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    def test_delimiters(self, take, write, make_id, delimiter):
        rows = [HEAD, *sick(make_id, 1)]
        rows[1][3] = "肿瘤,恶性;晚期"
        taken = take(write.csv(rows, delimiter=delimiter), "major_disease.csv")
        assert taken.column("disease") == ["肿瘤,恶性;晚期"]

    def test_text_in_another_encoding_is_refused_not_guessed(self, take, write):
        head = ["姓名", "身分證號碼", "村", "病種", "確診日期"]  # Big5 decodes as GB18030 too, into other words
        assert take(write.csv([head], encoding="big5"), "major_disease.csv").refusal == "no_header"

    def test_csv_named_xlsx_is_read_by_what_it_is(self, take, write, make_id):
        assert take(write.csv([HEAD, *sick(make_id, 1)]), "major_disease.xlsx").record.rows_accepted == 1

    def test_xls_named_et_is_read(self, take, write, make_id):
        assert take(write.xls([HEAD, *sick(make_id, 1)]), "major_disease.et").record.rows_accepted == 1


class TestNames:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("王  勇", "王勇"),
            ("　王勇 ", "王勇"),
            ("王\n勇", "王勇"),
            ("阿依古丽•买买提", "阿依古丽·买买提"),
            ("阿依古丽．买买提", "阿依古丽·买买提"),
            ("阿依古丽 · 买买提", "阿依古丽·买买提"),
            ("John Smith", "John Smith"),
        ],
    )
    def test_spaces_and_dots(self, take_disease, make_id, written, read):
        (row,) = sick(make_id, 1)
        assert take_disease([HEAD, [written, *row[1:]]]).column("name") == [read]


class TestDates:
    @pytest.mark.parametrize(
        "written",
        ["2025-03-05", "2025/3/5", "2025.3.5", "20250305", "2025年3月5日", 20250305, MARCH, "45721", 45721,
         dt.datetime(2025, 3, 5, 8, 30), "2025-03-05 00:00:00", "２０２５－０３－０５", "'2025-03-05"],
    )  # fmt: skip
    def test_every_way_to_write_a_day(self, take_disease, make_id, written):
        assert take_disease([HEAD, *sick(make_id, 1, day=written)]).column("diagnosed_on") == [MARCH]

    @pytest.mark.parametrize("written", ["2025年3月", "2025-03", "202503", "2025.3"])
    def test_a_month_for_a_day_is_its_first_and_is_counted(self, take_disease, make_id, written):
        taken = take_disease([HEAD, *sick(make_id, 1, day=written)])
        assert taken.column("diagnosed_on") == [dt.date(2025, 3, 1)]
        assert taken.record.repairs == {"date_without_day": 1}

    @pytest.mark.parametrize("written", ["2025-02-30", "待定", "3/5/2025", "2025年13月1日", "1850-01-01"])
    def test_no_day_in_a_required_column_rejects_the_row(self, take_disease, make_id, written):
        assert take_disease([HEAD, *sick(make_id, 1, day=written)]).rules == [(2, "diagnosed_on", "date_unreadable")]

    @pytest.mark.parametrize("written", ["2025年2月", "2025-02", "202502", "2025/2", dt.date(2025, 2, 1), "2025-02-17"])
    def test_months(self, take, write, written):
        head = ["户编号", "村", "预警来源", "预警月份", "推送日期"]
        taken = take(write.xlsx([head, ["HH1", "杨柳村", "新增大病人员名单", written, MARCH]]), "warning_checks.xlsx")
        assert taken.column("warning_month") == [dt.date(2025, 2, 1)]


class TestValues:
    @pytest.mark.parametrize(
        ("written", "read", "rule"),
        [
            ("1,234.50", "1234.50", "amount_format"),
            ("￥1234", "1234.00", "width"),
            ("1.2万元", "12000.00", "amount_unit"),
            ("1.07773万元", "10777.30", "amount_unit"),
            ("３００元", "300.00", "width"),
            ("300元/月", "300.00", "amount_format"),
            (1234.5, "1234.50", None),
            (0.1 + 0.2, "0.30", None),
            ("-50", "-50.00", None),
            ("１２３４", "1234.00", "width"),
            ("无", None, "blank_word"),
            ("-", None, "blank_word"),
            ("", None, None),
        ],
    )
    def test_amounts(self, take, write, written, read, rule):
        rows = [["户编号", "测算起始日期", "测算截止日期", "工资性收入", "家庭人口"]]
        rows += [["HH1", "2024-03-01", "2025-02-28", written, 3]]
        taken = take(write.xlsx(rows), "household_income.xlsx")
        assert taken.column("wage_income") == [Decimal(read) if read else None]
        assert (rule in taken.record.repairs) if rule else taken.record.repairs == {}

    @pytest.mark.parametrize("written", ["34062110914.0", "34062110914", ' ="34062110914"', "３４０６２１１０９１４"])
    def test_household_numbers_kept_as_numbers_or_as_text_are_one_household(self, take, write, written):
        rows = [["户编号", "测算起始日期", "测算截止日期", "家庭人口"], [written, "2024-03-01", "2025-02-28", 3]]
        taken = take(write.xlsx(rows), "household_income.xlsx")
        assert taken.column("household_no") == ["34062110914"]

    @pytest.mark.parametrize("where", ["heading", "title"])
    def test_amounts_of_a_table_in_ten_thousands(self, take, write, where):
        heading = "工资性收入（万元）" if where == "heading" else "工资性收入"
        title = [["单位：万元"]] if where == "title" else []
        rows = [*title, ["户编号", "测算起始日期", "测算截止日期", heading, "家庭人口"]]
        taken = take(write.xlsx([*rows, ["HH1", "2024-03-01", "2025-02-28", 1.5, 3]]), "household_income.xlsx")
        assert taken.column("wage_income") == [Decimal("15000.00")]

    def test_unreadable_amount_in_an_optional_column_becomes_null_and_is_counted(self, take, write):
        rows = [["户编号", "测算起始日期", "测算截止日期", "工资性收入", "家庭人口"]]
        rows += [["HH1", "2024-03-01", "2025-02-28", "三千左右", 3]]
        taken = take(write.csv(rows), "household_income.csv")
        assert (taken.column("wage_income"), taken.record.nulled) == ([None], {"wage_income": 1})

    @pytest.mark.parametrize(
        ("written", "read"),
        [*((word, True) for word in ("是", "有", "√", "1", 1, "Y", "y", True, "TRUE", "１")),
         *((word, False) for word in ("否", "无", "×", "0", 0, "N", "n", False))],
    )  # fmt: skip
    def test_yes_and_no(self, take, write, written, read):
        rows = [["户编号", "测算起始日期", "测算截止日期", "家庭人口", "住房安全"]]
        taken = take(write.xlsx([*rows, ["HH1", "2024-03-01", "2025-02-28", 3, written]]), "household_income.xlsx")
        assert taken.column("housing_safe") == [read]

    @pytest.mark.parametrize("written", ["1", 1, "1级", "一级", "壹级", "Ⅰ级", "一级残疾"])
    def test_grades(self, take, write, make_id, written):
        rows = [["姓名", "身份证号码", "残疾类别", "残疾等级", "发证日期"]]
        taken = take(
            write.xlsx([*rows, ["王勇", make_id(1), "肢体残疾", written, "2019-3-4"]]), "disabled_persons.xlsx"
        )
        assert taken.rows.select("disability_kind", "disability_grade").row(0) == ("肢体", "1")

    @pytest.mark.parametrize("written", ["1、3、10", "1,3,10", "1;3;10", "1/3/10", "1 3 10", "３、1、10、3"])
    def test_lists_of_codes(self, take, write, written):
        rows = [["户编号", "村", "轮次", "年度", "发现问题"], ["HH1", "杨柳村", "第一轮", "2025年", written]]
        taken = take(write.csv(rows), "survey_visits.csv")
        assert sorted(str(taken.column("findings")[0]).split("、")) == ["1", "10", "3"]
        assert taken.rows.select("round", "year").row(0) == (1, 2025)

    def test_optional_code_outside_its_set_rejects_the_row(self, take, write):
        rows = [["户编号", "村", "预警来源", "预警月份", "推送日期", "核实结果"]]
        rows += [
            ["HH1", "杨柳村", "名单", "2025-02", "2025-03-05", "见附件"],
            ["HH2", "杨柳村", "名单", "2025-02", MARCH, "-"],
        ]
        taken = take(write.xlsx(rows), "warning_checks.xlsx")
        assert taken.rules == [(2, "result", "code_unknown")]
        assert taken.column("result") == [None]

    def test_number_outside_its_range_rejects_the_row(self, take, write):
        rows = [["户编号", "村", "轮次", "年度"], ["HH1", "杨柳村", 3, 2025], ["HH2", "杨柳村", 2, 2025]]
        assert take(write.xlsx(rows), "survey_visits.xlsx").rules == [(2, "round", "out_of_range")]

    def test_one_of_two_ways_to_a_household_must_be_given(self, take, write, make_id):
        rows = [["户编号", "户主身份证号码", "村", "预警来源", "预警月份", "推送日期"]]
        rows += [["", "", "杨柳村", "名单", "2025-02", MARCH], ["", make_id(3), "杨柳村", "名单", "2025-02", MARCH]]
        assert take(write.xlsx(rows), "warning_checks.xlsx").rules == [(2, "household_no", "one_of_blank")]


class TestVillages:
    @pytest.mark.parametrize(
        "written",
        ["杨柳", "杨柳村", "杨柳村委会", "杨柳行政村", "杨柳村村民委员会", " 杨 柳 村 ", "孙疃镇杨柳村",
         "濉溪县孙疃镇杨柳村", "孙町镇杨柳村", "杨柳村3组"],
    )  # fmt: skip
    def test_forms_of_a_name(self, take_disease, make_id, written):
        assert take_disease([HEAD, *sick(make_id, 1, village=written)]).column("area_code") == ["340621109204"]

    def test_known_alias(self, take_disease, make_id):
        assert take_disease([HEAD, *sick(make_id, 1, village="孙町村")]).column("area_code") == ["340621109200"]

    def test_near_name_is_suggested_never_taken(self, take, write):
        rows = [["户编号", "村", "轮次", "年度"], ["HH1", "杨树村", 1, 2025], ["HH2", "娄坊村", 1, 2025]]
        taken = take(write.xlsx(rows), "survey_visits.xlsx")
        assert taken.rejected.select("rule", "hint").rows() == [
            ("village_unknown", "杨柳村"),
            ("village_unknown", "楼坊村"),
        ]

    def test_unknown_village_in_an_optional_column_is_null_and_counted(self, take_disease, make_id):
        taken = take_disease([HEAD, *sick(make_id, 1, village="别处村")])
        assert (taken.column("area_code"), taken.record.nulled) == ([None], {"village": 1})


class TestMonths:
    def test_title_of_another_month_is_refused(self, take_disease, make_id):
        taken = take_disease([["新增大病人员名单（2025年2月）"], HEAD, *sick(make_id, 1)])
        assert taken.refusal == "wrong_month"
        assert "2025-02" in taken.record.refusal_text

    @pytest.mark.parametrize("title", ["填报日期：2025年4月8日", "数据截至2025年4月", "2025年3月名单（制表2025年4月）"])
    def test_the_day_of_writing_is_not_the_month_of_the_list(self, take_disease, make_id, title):
        assert take_disease([[title], HEAD, *sick(make_id, 1)]).record.status == "landed"

    def test_file_name_of_another_month_is_refused(self, take, write, make_id):
        taken = take(write.xlsx([HEAD, *sick(make_id, 1)]), "新增大病人员名单2025年2月.xlsx")
        assert taken.refusal == "wrong_month"

    def test_new_cases_all_of_a_later_month_are_refused(self, take_disease, make_id):
        assert take_disease([HEAD, *sick(make_id, 1, 2, 3, day="2025-04-03")]).refusal == "wrong_month"


class TestRealSystems:
    def test_person_export_of_the_civil_affairs_platform(self, take, write, make_id):
        head = [
            "姓名",
            "身份证号",
            "户主身份证号",
            "与户主关系",
            "性别",
            "残疾证号",
            "最初享受月份",
            "救助类型",
            "户月保障金额（元）",
            "所属社区",
        ]
        rows = [["农村低保人员查询"], ["导出时间：2025-04-01"], head]
        rows += [["王勇", make_id(1), make_id(1), "本人", "男", "", "201906", "农村低保", "1260", "杨柳村"]]
        rows += [
            [
                "李秀芳",
                make_id(2),
                make_id(1),
                "配偶",
                "女",
                f"{make_id(2)}42",
                "202111",
                "农村低保单人",
                "630",
                "杨柳村",
            ]
        ]
        taken = take(write.xlsx(rows), "农村低保人员查询_2025.xlsx")
        assert (taken.record.extract, taken.record.layout) == ("dibao_recipients", "civil_affairs_person")
        assert taken.column("cover_mode") == ["整户保", "单人保"]
        assert taken.column("admitted_on") == [dt.date(2019, 6, 1), dt.date(2021, 11, 1)]

    def test_edge_export_names_its_heads_by_id_only(self, take, write, make_id):
        head = ["所属区划", "家庭地址", "姓名", "身份证号", "与户主关系", "户主身份证号", "纳入月份"]
        rows = [head, ["安徽省濉溪县孙疃镇杨柳村", "杨柳村3组", "王勇", make_id(1), "本人", make_id(1), "202401"]]
        taken = take(write.xlsx(rows), "低保边缘人员查询.xlsx")
        assert (taken.record.extract, taken.record.rows_accepted) == ("dibao_edge_members", 1)
        assert taken.rows.select("head_name", "area_code").row(0) == (None, "340621109204")
