"""Papers in every form: nothing lost, nothing run, equal bytes; Chinese characters and charts really printed."""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import docx as word
import polars as pl
import pypdf
import pypdfium2
import pytest
from docx.oxml.ns import qn
from PIL import Image
from pptx import Presentation

from warehouse import i18n
from warehouse.charts import trend
from warehouse.charts.theme import spec
from warehouse.errors import UsageError
from warehouse.exports.cells import Column
from warehouse.exports.document import (
    Block,
    Bullets,
    Choices,
    DataTable,
    Document,
    Form,
    Heading,
    KeyFigure,
    KeyFigures,
    PageBreak,
    Paragraph,
    Picture,
    Signatures,
)
from warehouse.exports.docx_file import docx
from warehouse.exports.forms import FORMS, MIMES, form_of
from warehouse.exports.paper import cell_text, chinese_number, png, runs
from warehouse.exports.pdf_file import pdf
from warehouse.exports.pptx_file import slides
from warehouse.exports.xlsx import Frozen, Meta

META = Meta(
    unit="专班办公室",
    place="孙疃镇",
    snapshot_id="20260105T083000Z-abc",
    built_at=dt.datetime(2026, 1, 5, 8, 30, tzinfo=dt.UTC),
    data_month=dt.date(2025, 12, 1),
    rules_version="r7",
)
RARE = "浍龑孙疃镇"
HOSTILE = (
    "=1+1", "＝1+1", "@SUM(A1)", "#let x = 1", "#panic()", "[*bold*] $a^2$ `raw` \\ @ref <label> _it_ ~ //c /*d*/",
    "<w:p>&amp;</w:p>", '"quoted" \'single\'', "- list", "{{ x }}", "\\u{41}",
)  # fmt: skip
ROWS = 90
WRITERS: dict[str, Callable[[Document], bytes]] = {"docx": docx, "pdf": pdf, "pptx": slides}


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    i18n.set_language("zh_CN")
    yield
    i18n.set_language("zh_CN")


def table(rows: int = ROWS) -> DataTable:
    frame = pl.DataFrame(
        {
            "key": [f"K{n:04d}" for n in range(rows)],
            "name": [f"{RARE}{n}村" for n in range(rows)],
            "people": [1_000 + n for n in range(rows)],
            "share": [n / 1_000 for n in range(rows)],
            "on": [dt.date(2025, 12, 1) + dt.timedelta(n) for n in range(rows)],
        }
    )
    columns = (
        Column("key", "编号头"), Column("name", "名称头"), Column("people", "人数头", "integer"),
        Column("share", "比率头", "share"), Column("on", "日期头", "date"),
    )  # fmt: skip
    total = ("合计", None, sum(frame["people"]), None, None)
    return DataTable("各村情况（单位：人）", columns, frame, ("按代码排列。",), total)


def document(*blocks: Block, **more: object) -> Document:
    return Document("孙疃镇评估报告", META, blocks, period="2025年第四季度", **more)  # type: ignore[arg-type]


def chart() -> Picture:
    months = pl.DataFrame(
        {"period": [f"2025-{n:02d}" for n in range(1, 13)], "value": [0.9 + n / 200 for n in range(12)]}
    )
    return Picture(spec(trend(months)), "逐月变化", "由 90.0% 升至 95.5%")


def everything() -> Document:
    """One of each kind of block."""
    return document(
        Heading("总体情况"),
        Paragraph("本季度**应保尽保率**有变化。"),
        Bullets(("第一句。", "第二句。")),
        KeyFigures((KeyFigure("应保尽保率", "94.8%", ("91/96 户",), "KH-4T7M-9QXD"),)),
        Heading("分村", 2),
        table(30),
        chart(),
        PageBreak(),
        Heading("附件", is_numbered=False),
        Form((("户主", "王*勇"), ("地址", None), ("电话", None))),
        Choices("是否属实", ("属实", "不属实"), with_line=True),
        Signatures(("核查人", "负责人")),
        is_internal=True,
        code="KH-4T7M-9QXD",
    )


# -- readers: what a form says -----------------------------------------------------------------------------------------


def pdf_pages(made: bytes) -> list[str]:
    """The text of each page without blanks, which PDF does not keep, and without the places where words may break."""
    return [re.sub(r"[\s\u200b]", "", page.extract_text()) for page in pypdf.PdfReader(BytesIO(made)).pages]


def docx_text(made: bytes) -> str:
    found = word.Document(BytesIO(made))
    return "".join(one.text or "" for one in found.element.body.iter(qn("w:t")))


def pptx_text(made: bytes) -> str:
    tag = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
    deck = Presentation(BytesIO(made))
    return "".join(one.text or "" for slide in deck.slides for one in slide.element.iter(tag))


def said(form: str, made: bytes) -> str:
    if form == "pdf":
        return "".join(pdf_pages(made))
    return re.sub(r"\s", "", docx_text(made) if form == "docx" else pptx_text(made))


def ink(image: Image.Image) -> int:
    """How many pixels are dark."""
    return sum(image.convert("L").histogram()[:128])


def page_image(made: bytes, page: int = 0) -> Image.Image:
    image: Image.Image = pypdfium2.PdfDocument(made)[page].render(scale=1).to_pil()
    return image


# -- equal bytes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "language"), [*((form, "zh_CN") for form in WRITERS), ("pdf", "en")])
def test_equal_input_gives_equal_bytes(form: str, language: str) -> None:
    i18n.set_language(language)
    first = WRITERS[form](everything())
    assert first == WRITERS[form](everything())
    assert first != WRITERS[form](replace(everything(), title="另一份")), "the bytes do depend on what is said"


def test_the_dates_inside_are_those_of_the_snapshot() -> None:
    for made in (docx(everything()), slides(everything())):
        with zipfile.ZipFile(BytesIO(made)) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(2026, 1, 5, 8, 30, 0)}
    assert word.Document(BytesIO(docx(everything()))).core_properties.created == dt.datetime(
        2026, 1, 5, 8, 30, tzinfo=dt.UTC
    )
    assert "D:20260105" in str(pypdf.PdfReader(BytesIO(pdf(everything()))).metadata)


# -- every row, its head on every page ---------------------------------------------------------------------------------


def test_word_holds_every_row_with_its_numbers_and_repeats_the_head() -> None:
    made = docx(document(Heading("一"), table()))
    (drawn,) = word.Document(BytesIO(made)).tables
    cells = [[cell.text for cell in row.cells] for row in drawn.rows]
    assert cells[0] == ["编号头", "名称头", "人数头", "比率头", "日期头"]
    assert [row[0] for row in cells[1:-1]] == [f"K{n:04d}" for n in range(ROWS)]
    assert cells[8][2:] == ["1,007", "0.7%", "2025-12-08"]
    assert cells[-1] == ["合计", "", f"{sum(1_000 + n for n in range(ROWS)):,}", "", ""]
    rows = drawn._tbl.tr_lst
    assert rows[0].find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
    assert all(row.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None for row in rows), "no row over two pages"


def test_pdf_holds_every_row_and_repeats_the_head_on_each_page() -> None:
    pages = pdf_pages(pdf(document(Heading("一"), table())))
    assert len(pages) > 2
    text = "".join(pages)
    assert [text.count(f"K{n:04d}") for n in range(ROWS)] == [1] * ROWS
    assert all(page.count("编号头") == 1 for page in pages)
    assert "1,007" in text
    assert "0.7%" in text
    assert "2025-12-08" in text
    assert [f"—{n}—" in page for n, page in enumerate(pages, start=1)] == [True] * len(pages), "page numbers"


def test_slides_hold_every_row_and_repeat_the_head_on_each() -> None:
    deck = Presentation(BytesIO(slides(document(Heading("各村情况"), table()))))
    tables = [shape.table for slide in deck.slides for shape in slide.shapes if shape.has_table]
    assert len(tables) > 3
    assert all(drawn.cell(0, 0).text == "编号头" for drawn in tables)
    keys = [row.cells[0].text for drawn in tables for row in list(drawn.rows)[1:]]
    assert keys == [*(f"K{n:04d}" for n in range(ROWS)), "合计"]
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert titles[1] == "一、各村情况"
    assert set(titles[2:]) == {"一、各村情况（续）"}
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.top + shape.height <= deck.slide_height, "nothing falls off a slide"


def test_a_table_too_wide_is_laid_across_with_its_heading_and_all_its_columns() -> None:
    wide = pl.DataFrame({f"c{n}": [f"{n}列甲乙丙丁戊己庚辛"] for n in range(14)})
    columns = tuple(Column(name, f"头{name}甲乙丙") for name in wide.columns)
    paper = document(
        Heading("窄"), table(3), Heading("宽"), DataTable("宽表", columns, wide), Heading("又窄"), table(3)
    )
    pages = pypdf.PdfReader(BytesIO(pdf(paper))).pages
    across = [page.mediabox.width > page.mediabox.height for page in pages]
    assert across == [False, True, False]
    assert "二、宽" in pdf_pages(pdf(paper))[1], "the heading goes with it"
    sections = word.Document(BytesIO(docx(paper))).sections
    assert [section.page_width > section.page_height for section in sections] == [False, True, False]
    for form, write in WRITERS.items():
        assert all(f"{n}列甲乙丙丁戊己庚辛" in said(form, write(paper)) for n in range(14)), form


def test_an_empty_table_says_so() -> None:
    paper = document(Heading("空"), replace(table(3), frame=table(3).frame.clear(), total=None))
    for form, write in WRITERS.items():
        assert "本期没有符合条件的记录" in said(form, write(paper)), form


def test_a_column_that_the_frame_lacks_is_an_error() -> None:
    lost = replace(table(3), columns=(Column("nowhere", "无"),))
    for write in WRITERS.values():
        with pytest.raises((UsageError, pl.exceptions.ColumnNotFoundError), match="nowhere"):
            write(document(lost))


# -- characters and ink ------------------------------------------------------------------------------------------------


def test_rare_characters_are_in_the_pdf_and_printed_with_typefaces_of_its_own() -> None:
    made = pdf(document(Paragraph("浍河边，龑。"), Paragraph("**浍龑**")))
    assert "浍河边，龑。" in pdf_pages(made)[0]
    assert "浍龑" in pdf_pages(made)[0]
    fonts = pypdf.PdfReader(BytesIO(made)).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    names = {str(font.get_object()["/BaseFont"]).split("+")[-1] for font in fonts.values()}
    assert names
    assert all(name.startswith(("NotoSerifSC", "NotoSansSC")) for name in names)
    for font in fonts.values():
        descendant = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert any(key.startswith("/FontFile") for key in descendant), "embedded"


@pytest.mark.parametrize("character", RARE)
def test_a_character_leaves_ink_of_its_own(character: str) -> None:
    def printed(text: str) -> Image.Image:
        return page_image(pdf(Document("甲", META, (Paragraph(text * 40),))))

    blank, missing = printed("　"), printed("\U0010fffd")
    found = printed(character)
    assert ink(found) > ink(blank) + 1_000
    assert found.tobytes() != missing.tobytes(), "not the box of a character the typeface lacks"


def test_the_whole_text_comes_out_of_every_form() -> None:
    paper = everything()
    words = [
        "总体情况",
        "本季度应保尽保率有变化。",
        "第二句。",
        "91/96户",
        "KH-4T7M-9QXD",
        "按代码排列。",
        "逐月变化",
        "王*勇",
        "□属实",
        "核查人",
    ]
    for form, write in WRITERS.items():
        text = said(form, write(paper)).replace("□", "") if form == "pdf" else said(form, write(paper))
        for one in words:
            assert one.replace("□", "") in text.replace("□", ""), (form, one)


def test_a_chart_is_printed_with_its_words() -> None:
    drawn = {"mark": {"type": "text", "fontSize": 60, "font": "Noto Sans SC"}, "width": 300, "height": 100}
    words = {"data": {"values": [{"t": "浍龑"}]}, "encoding": {"text": {"field": "t", "type": "nominal"}}}
    none = {"data": {"values": [{"t": ""}]}, "encoding": words["encoding"]}
    with_words, without = (ink(Image.open(BytesIO(png(Picture(drawn | one, "题", "述"))))) for one in (words, none))
    assert with_words > without + 500, "an unknown typeface would drop all text in silence"
    page = page_image(pdf(document(chart())))
    assert ink(page) > ink(page_image(pdf(document(Paragraph("逐月变化"))))) + 500
    assert "95.5%" in pdf_pages(pdf(document(chart())))[0], "words of a chart stay words"
    (shape,) = word.Document(BytesIO(docx(document(chart())))).inline_shapes
    assert shape._inline.docPr.get("descr") == "由 90.0% 升至 95.5%"


def test_strong_words_are_told_apart() -> None:
    assert runs("甲**乙**丙**") == (("甲", False), ("乙", True), ("丙**", False))
    paper = document(Paragraph("甲**乙**丙"))
    bold = {run.text: bool(run.bold) for one in word.Document(BytesIO(docx(paper))).paragraphs for run in one.runs}
    assert (bold["甲"], bold["乙"], bold["丙"]) == (False, True, False)


# -- what warns, on every page -----------------------------------------------------------------------------------------


def test_marks_and_source_are_on_every_page() -> None:
    frozen = Frozen("2025Q4-2", dt.datetime(2026, 1, 6, 9, 0))
    meta = replace(META, sample_data=True, stand_ins=("监测线",), frozen=frozen)
    paper = replace(document(Heading("一"), table(), is_internal=True, code="KH-4T7M-9QXD"), meta=meta)
    pages = pdf_pages(pdf(paper))
    for page in pages:
        for one in ("内部资料注意保存", "样例数据", "KH-4T7M-9QXD", "2025年12月", META.snapshot_id, "r7", "2025Q4-2"):
            assert one in page
    assert "监测线" in pages[0]
    heads = [one.text for one in word.Document(BytesIO(docx(paper))).sections[0].header.paragraphs]
    for one in ("内部资料　注意保存", "样例数据", "KH-4T7M-9QXD", META.snapshot_id, "2025Q4-2"):
        assert any(one in head for head in heads), one
    for slide in Presentation(BytesIO(slides(paper))).slides:
        text = "".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        for one in ("内部资料", "样例数据", "KH-4T7M-9QXD", META.snapshot_id):
            assert one in text


def test_layout_of_an_official_document() -> None:
    made = word.Document(
        BytesIO(docx(document(Heading("总体情况"), Heading("甲", 2), Heading("附件", is_numbered=False))))
    )
    section = made.sections[0]
    sides = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    margins = [round(one.mm) for one in sides]
    assert margins == [37, 35, 28, 26]
    body = made.styles["Normal"]
    assert body.font.size.pt == 16
    assert body.paragraph_format.line_spacing.pt == 28
    assert body.element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"
    headings = [(one.style.name, one.text) for one in made.paragraphs if one.style.name.startswith("Heading")]
    assert headings == [("Heading 1", "一、总体情况"), ("Heading 2", "（一）甲"), ("Heading 1", "附件")]
    assert "PAGE" in section.footer._element.xml
    i18n.set_language("en")
    english = word.Document(BytesIO(docx(document(Heading("How we stand"), Heading("A", 2)))))
    told = [one.text for one in english.paragraphs if one.style.name.startswith("Heading")]
    assert told == ["1. How we stand", "(1) A"]


def test_numbers_of_headings() -> None:
    assert [chinese_number(n) for n in (1, 9, 10, 11, 20, 35)] == ["一", "九", "十", "十一", "二十", "三十五"]


# -- texts that would be something else --------------------------------------------------------------------------------


@pytest.mark.parametrize("form", WRITERS)
def test_hostile_texts_are_printed_as_they_are(form: str) -> None:
    frame = pl.DataFrame({"text": HOSTILE})
    paper = document(
        Heading("#let y = 2"),
        *(Paragraph(one) for one in HOSTILE),
        DataTable("[*t*]", (Column("text", "#head"),), frame),
        Form(tuple((one, one) for one in HOSTILE)),
        Bullets(HOSTILE),
    )
    text = said(form, WRITERS[form](replace(paper, title="#title[x]", meta=replace(META, unit="<b>&$x$"))))
    for one in HOSTILE:
        assert text.count(re.sub(r"\s", "", one)) >= 3, one
    assert ("#let" + "y=2" in text and "#title[x]" in text and "<b>&$x$" in text) or form == "docx"


@pytest.mark.parametrize("form", WRITERS)
def test_control_characters_and_halves_of_pairs_break_nothing(form: str) -> None:
    bad = "甲\x00乙\x0b丙\x1f丁\x7f戊\x85己\ufffe庚"
    frame = pl.DataFrame({"text": [bad]})
    drawn = DataTable(bad, (Column("text", bad),), frame)
    paper = document(Heading(bad), Paragraph(bad), drawn, KeyFigures((KeyFigure(bad, bad, (bad,)),)))
    text = said(form, WRITERS[form](replace(paper, title=bad, code=bad)))
    assert text.count("甲乙丙丁戊己庚") >= 6
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)


def test_a_very_long_word_stays_in_its_column() -> None:
    long = "x" * 400
    frame = pl.DataFrame({"text": [long], "n": [7]})
    paper = document(DataTable("长词", (Column("text", "文字"), Column("n", "数", "integer")), frame))
    made = pdf(paper)
    assert long in "".join(pdf_pages(made))
    image = page_image(made)
    right = image.crop((image.width - 60, 0, image.width, image.height))
    assert ink(right) == 0, "nothing runs into the margin"


def test_cells_are_printed_by_their_kind() -> None:
    assert cell_text(None, "integer") == "—"
    assert cell_text(None, "text") == ""
    assert cell_text(float("nan"), "share") == "—"
    assert cell_text(1_234, "integer") == "1,234"
    assert cell_text(0.9999, "share") == ">99.9%"
    assert cell_text(1_234.5, "money") == "1,234.50"
    assert cell_text(dt.date(2025, 12, 1), "month") == "2025-12"


# -- which form --------------------------------------------------------------------------------------------------------


def test_the_form_is_that_of_the_name_unless_asked_for() -> None:
    assert form_of(Path("a.PDF"), None, tuple(MIMES)) == "pdf"
    assert form_of(Path("paper"), "docx", tuple(MIMES)) == "docx"
    for name, asked in (("a.txt", None), ("a", None), ("a.pdf", "docx"), ("a.pdf", "odt")):
        with pytest.raises(UsageError):
            form_of(Path(name), asked, tuple(MIMES))
    assert set(FORMS) == set(WRITERS)
    assert all(MIMES[name] == form.mime for name, form in FORMS.items())
