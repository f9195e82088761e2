"""A paper as Word document in the layout of official documents: real headings, heads repeated, a page number field.

The typefaces are named and not carried: 方正小标宋, 仿宋_GB2312, 楷体_GB2312 and 黑体 are on the machines of offices.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any, Final

import docx as word
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph as WordParagraph

from warehouse.exports.document import (
    Block,
    Bullets,
    Choices,
    DataTable,
    Document,
    Form,
    Heading,
    KeyFigures,
    PageBreak,
    Paragraph,
    Picture,
    Signatures,
)
from warehouse.exports.paper import (
    A4_MM,
    CARD_MARGINS_MM,
    CARD_TABLE_SIZES,
    MARGINS_MM,
    Cells,
    Numbers,
    beside,
    cells_of,
    first_page_lines,
    fixed_zip,
    page_lines,
    page_marks,
    parts,
    plain,
    png,
    printable,
    runs,
    table_sizes,
    text_width,
    under_title,
)
from warehouse.i18n import language, t

_TITLE, _BODY, _HEADING_1, _HEADING_2 = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
_TABLE, _LATIN = "宋体", "Times New Roman"
_GREY: Final = RGBColor(0x57, 0x57, 0x57)
_RULE, _HEAD_FILL, _TOTAL_FILL = "9A9A9A", "EDEDED", "F5F5F5"
_FIGURES_ACROSS: Final = 3
_CARD_BODY: Final = 9.5
_TWIPS: Final = 20
_Words = tuple[str, float, bool]


def docx(document: Document) -> bytes:
    """The document as .docx, equal bytes for equal input. Source: GB/T 9704 (layout)."""
    made = word.Document()
    _properties(made, document)
    _styles(made, is_card=document.is_card)
    numbers, laid = Numbers(), parts(document)
    for at, part in enumerate(laid):
        section = made.sections[0] if at == 0 else made.add_section(WD_SECTION.NEW_PAGE)
        width = text_width(is_landscape=part.is_landscape, is_card=document.is_card)
        _page(section, is_landscape=part.is_landscape, is_card=document.is_card)
        _running(section, document, width)
        if at == 0:
            _front(made, document)
        for block in part.blocks:
            _block(made, block, width, numbers)
    out = BytesIO()
    made.save(out)
    return fixed_zip(out.getvalue(), document.meta.built_at)


def _properties(made: WordDocument, document: Document) -> None:
    core, built = made.core_properties, document.meta.built_at.replace(tzinfo=None)
    core.title, core.author = plain(document.title), printable(document.meta.unit)
    core.subject, core.language = printable(document.period or ""), language().replace("_", "-")
    core.created = core.modified = built
    core.last_modified_by, core.comments, core.revision = core.author, "", 1


def _styles(made: WordDocument, *, is_card: bool) -> None:
    """Body, title, two levels of headings with outline levels, texts of tables, notes and running lines."""
    zh = language() == "zh_CN"
    body = made.styles["Normal"]
    _font(body, _TABLE if is_card else _BODY, _CARD_BODY if is_card else 16 if zh else 11)
    _line(body.paragraph_format, 13 if is_card else 28 if zh else 17)
    body.paragraph_format.space_after = body.paragraph_format.space_before = Pt(0)
    _language(made)
    for name, face, size in (
        ("Title", _TITLE, 16 if is_card else 22 if zh else 18),
        ("Heading 1", _HEADING_1, 11 if is_card else 16 if zh else 14),
        ("Heading 2", _HEADING_2, 10.5 if is_card else 16 if zh else 12),
    ):
        style = made.styles[name]
        _font(style, face, size)
        style.font.bold, style.font.italic = (not zh), False
        _line(style.paragraph_format, 18 if is_card else 36 if name == "Title" else 28 if zh else 20)
        style.paragraph_format.space_before = Pt(0 if zh else 8)
        style.paragraph_format.space_after = Pt(6 if name == "Title" else 0)
        style.paragraph_format.keep_with_next = True
        if name == "Title":
            style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
            for edge in style.element.pPr.findall(qn("w:pBdr")):
                style.element.pPr.remove(edge)
        elif zh and not is_card:
            style.paragraph_format.first_line_indent = Pt(32)
    for name, points in (
        ("Kanhu Table", CARD_TABLE_SIZES[0] if is_card else 10.5),
        ("Kanhu Note", 9.0),
        ("Kanhu Running", 8.0),
    ):
        style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = body
        _font(style, _TABLE, points)
        style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    title = made.styles.add_style("Kanhu Table Title", WD_STYLE_TYPE.PARAGRAPH)
    title.base_style = body
    _font(title, _HEADING_1, _CARD_BODY if is_card else 12 if zh else 10.5)
    title.font.bold = not zh
    title.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.keep_with_next = True
    title.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(4 if is_card else 10), Pt(4)


def _font(style: Any, face: str, size: float) -> None:
    style.font.name, style.font.size, style.font.color.rgb = _LATIN, Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name, font in (("ascii", _LATIN), ("hAnsi", _LATIN), ("cs", _LATIN), ("eastAsia", face)):
        fonts.set(qn(f"w:{name}"), font)


def _line(paragraph: Any, points: float) -> None:
    paragraph.line_spacing_rule, paragraph.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(points)


def _language(made: WordDocument) -> None:
    """The language of proofing and of screen readers, for the whole document."""
    defaults = made.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for old in defaults.findall(qn("w:lang")):
        defaults.remove(old)
    latin = "en-US" if language() == "zh_CN" else "en-GB"
    defaults.append(_element("w:lang", {"w:val": latin, "w:eastAsia": "zh-CN", "w:bidi": "ar-SA"}))


def _page(section: Any, *, is_landscape: bool, is_card: bool) -> None:
    short, long = Mm(A4_MM[0]), Mm(A4_MM[1])
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if is_landscape else (short, long)
    margins = CARD_MARGINS_MM if is_card else MARGINS_MM
    section.left_margin, section.right_margin = Mm(margins["left"]), Mm(margins["right"])
    section.top_margin = Mm(31 if is_landscape and not is_card else margins["top"])
    section.bottom_margin = Mm(26 if is_landscape and not is_card else margins["bottom"])
    section.header_distance = Mm(9 if is_card else 15)
    section.footer_distance = Mm(7 if is_card else 20 if is_landscape else 26)


def _running(section: Any, document: Document, width: float) -> None:
    """Head: whence the figures come, and what warns. Foot: — 1 —, a field that Word counts."""
    head, foot = section.header, section.footer
    head.is_linked_to_previous = foot.is_linked_to_previous = False
    lines, marks = page_lines(document), page_marks(document)
    for at in range(max(len(lines), len(marks))):
        one = head.paragraphs[0] if at == 0 else head.add_paragraph()
        one.style = "Kanhu Running"
        one.paragraph_format.tab_stops.clear_all()
        mark = marks[at] if at < len(marks) else ""
        one.paragraph_format.tab_stops.add_tab_stop(Pt(width), WD_TAB_ALIGNMENT.RIGHT)
        one.add_run(lines[at] if at < len(lines) else "").font.color.rgb = _GREY
        one.add_run(f"\t{mark}").bold = True
    _edge(one, "bottom")
    number = foot.paragraphs[0]
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _line(number.paragraph_format, 18)
    number.add_run("— ").font.size = Pt(14)
    _field(number, "PAGE")
    number.add_run(" —").font.size = Pt(14)


def _field(paragraph: WordParagraph, code: str) -> None:
    """A field that the program counts, each of its parts in a run of its own."""
    instruction, shown = _element("w:instrText", {"xml:space": "preserve"}), _element("w:t")
    instruction.text, shown.text = f" {code} ", "1"
    begin, separate, end = (_element("w:fldChar", {"w:fldCharType": kind}) for kind in ("begin", "separate", "end"))
    for part in (begin, instruction, separate, shown, end):
        run = paragraph.add_run()
        run.font.size = Pt(14)
        run._r.append(part)


def _edge(paragraph: WordParagraph, side: str) -> None:
    border = _element("w:pBdr")
    border.append(_element(f"w:{side}", {"w:val": "single", "w:sz": "4", "w:space": "2", "w:color": _RULE}))
    paragraph._p.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _front(made: WordDocument, document: Document) -> None:
    made.add_paragraph(plain(document.title), style="Title")
    for words in under_title(document):
        under = made.add_paragraph(words)
        under.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in first_page_lines(document):
        one = made.add_paragraph(line, style="Kanhu Note")
        one.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph(style="Kanhu Note")


def _block(made: WordDocument, block: Block, width: float, numbers: Numbers) -> None:
    match block:
        case Heading():
            made.add_heading(level=block.level).add_run(f"{numbers.next(block)}{plain(block.text)}")
        case Paragraph():
            _text(made, block.text, "Kanhu Note" if block.is_note else None)
        case Bullets():
            for item in block.items:
                _bullet(made, item)
        case KeyFigures():
            _figures(made, block, width)
        case DataTable():
            _table(made, block, width)
        case Form():
            _form(made, block, width)
        case Choices():
            _choices(made, block, width)
        case Picture():
            _picture(made, block, width)
        case Signatures():
            _signatures(made, block, width)
        case PageBreak():
            made.add_page_break()  # type: ignore[no-untyped-call]


def _is_card(made: WordDocument) -> bool:
    """Whether the styles are those of a card: no other body text is as small."""
    return bool(made.styles["Normal"].font.size == Pt(_CARD_BODY))


def _text(made: WordDocument, text: str, style: str | None = None) -> WordParagraph:
    """A paragraph with its strong parts; body text of Chinese papers is indented by two characters."""
    one = made.add_paragraph(style=style)
    if style is None and language() == "zh_CN":
        one.paragraph_format.first_line_indent = made.styles["Normal"].font.size * 2
        one.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    elif style is None:
        one.paragraph_format.space_after = Pt(5)
    for part, is_strong in runs(text):
        run = one.add_run(part)
        if is_strong:
            run.bold = True
    return one


def _bullet(made: WordDocument, item: str) -> None:
    """In Chinese papers sentences stand as paragraphs; in English ones with a bullet."""
    if language() == "zh_CN":
        _text(made, item)
        return
    one = made.add_paragraph(style="List Bullet")
    one.paragraph_format.space_after = Pt(3)
    for part, is_strong in runs(item):
        one.add_run(part).bold = is_strong or None


def _figures(made: WordDocument, block: KeyFigures, width: float) -> None:
    """Headline figures three beside each other, without lines between."""
    cells = []
    for one in block.figures:
        told: list[_Words] = [(printable(one.name), 10.0, False), (printable(one.value), 20, True)]
        told += [(printable(words), 9, False) for words in one.words]
        told += [(one.code, 8, False)] if one.code else []
        cells.append(told)
    table = _new_table(made, [1 / _FIGURES_ACROSS] * _FIGURES_ACROSS, width, has_lines=False)
    for at in range(0, len(cells), _FIGURES_ACROSS):
        row = cells[at : at + _FIGURES_ACROSS]
        _add_row(table, [_figure_cell(told) for told in [*row, *[[]] * (_FIGURES_ACROSS - len(row))]])
    _after_table(made)


def _figure_cell(told: list[_Words]) -> Any:
    cell = _element("w:tc")
    cell.append(_element("w:tcPr"))
    for words, size, is_strong in told or [("", 9, False)]:
        cell.append(_paragraph(words, size=size, is_strong=is_strong, face=_HEADING_1 if is_strong else _TABLE))
    return cell


def _table(made: WordDocument, block: DataTable, width: float) -> None:
    cells = cells_of(block, width, CARD_TABLE_SIZES if _is_card(made) else table_sizes())
    if block.title:
        made.add_paragraph(plain(block.title), style="Kanhu Table Title")
    if not cells.rows:
        made.add_paragraph(t("export.no_rows"), style="Kanhu Note").alignment = WD_ALIGN_PARAGRAPH.CENTER
    else:
        _rows(_new_table(made, cells.widths, width), cells, block.strong)
    for note in block.notes:
        _text(made, note, "Kanhu Note").paragraph_format.space_before = Pt(3)
    _after_table(made)


def _rows(table: Any, cells: Cells, strong: frozenset[int]) -> None:
    heads = [_cell(head, size=cells.size, align="center", is_strong=True, fill=_HEAD_FILL) for head in cells.heads]
    _add_row(table, heads, is_head=True)
    aligns = ["right" if is_right else "left" for is_right in cells.is_right]
    for at, row in enumerate(cells.rows):
        _add_row(
            table,
            [
                _cell(plain(one), size=cells.size, align=align, is_strong=at in strong)
                for one, align in zip(row, aligns, strict=True)
            ],
        )
    if cells.total:
        told = zip(cells.total, aligns, strict=True)
        _add_row(table, [_cell(one, size=cells.size, align=a, is_strong=True, fill=_TOTAL_FILL) for one, a in told])


def _new_table(made: WordDocument, shares: Iterable[float], width: float, *, has_lines: bool = True) -> Any:
    """An empty table of fixed widths at the end of the document; rows are put in as XML, which is many times faster."""
    table = _element("w:tbl")
    facts = _element("w:tblPr")
    facts.append(_element("w:tblW", {"w:w": str(round(width * _TWIPS)), "w:type": "dxa"}))
    facts.append(_element("w:jc", {"w:val": "center"}))
    if has_lines:
        edges = _element("w:tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            size = "8" if side in ("top", "bottom") else "4"
            edges.append(_element(f"w:{side}", {"w:val": "single", "w:sz": size, "w:space": "0", "w:color": _RULE}))
        facts.append(edges)
    facts.append(_element("w:tblLayout", {"w:type": "fixed"}))
    margins = _element("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(f"w:{side}", {"w:w": "70", "w:type": "dxa"}))
    facts.append(margins)
    table.append(facts)
    grid = _element("w:tblGrid")
    for share in shares:
        grid.append(_element("w:gridCol", {"w:w": str(round(share * width * _TWIPS))}))
    table.append(grid)
    made.element.body.insert_element_before(table, "w:sectPr")
    return table


def _add_row(table: Any, cells: list[Any], *, is_head: bool = False) -> None:
    """A row that is not split over pages, its cells as wide as their columns; a head comes again on each page."""
    row = _element("w:tr")
    facts = _element("w:trPr")
    facts.append(_element("w:cantSplit"))
    if is_head:
        facts.append(_element("w:tblHeader"))
    row.append(facts)
    columns = table.find(qn("w:tblGrid")).findall(qn("w:gridCol"))
    for cell, column in zip(cells, columns, strict=True):
        wide = _element("w:tcW", {"w:w": column.get(qn("w:w")), "w:type": "dxa"})
        cell.find(qn("w:tcPr")).insert(0, wide)
        row.append(cell)
    table.append(row)


def _cell(text: str, *, size: float, align: str = "left", is_strong: bool = False, fill: str | None = None) -> Any:
    cell, facts = _element("w:tc"), _element("w:tcPr")
    if fill:
        facts.append(_element("w:shd", {"w:val": "clear", "w:color": "auto", "w:fill": fill}))
    facts.append(_element("w:vAlign", {"w:val": "center"}))
    cell.append(facts)
    cell.append(_paragraph(text, size=size, align=align, is_strong=is_strong))
    return cell


def _paragraph(text: str, *, size: float, align: str = "left", is_strong: bool = False, face: str | None = None) -> Any:
    one, facts = _element("w:p"), _element("w:pPr")
    facts.append(_element("w:pStyle", {"w:val": "KanhuTable"}))
    gap = "16" if size <= CARD_TABLE_SIZES[0] else "30"
    facts.append(_element("w:spacing", {"w:before": gap, "w:after": gap}))
    facts.append(_element("w:jc", {"w:val": align}))
    one.append(facts)
    run, look = _element("w:r"), _element("w:rPr")
    if face:
        look.append(_element("w:rFonts", {"w:eastAsia": face}))
    if is_strong:
        look.append(_element("w:b"))
    look.append(_element("w:sz", {"w:val": str(round(size * 2))}))
    run.append(look)
    for at, line in enumerate(text.split("\n")):
        if at:
            run.append(_element("w:br"))
        words = _element("w:t", {"xml:space": "preserve"})
        words.text = line
        run.append(words)
    one.append(run)
    return one


def _after_table(made: WordDocument) -> None:
    """Two tables that touch would become one."""
    one = made.add_paragraph(style="Kanhu Note")
    _line(one.paragraph_format, 4 if _is_card(made) else 8)


def _form(made: WordDocument, block: Form, width: float) -> None:
    size = _CARD_BODY if _is_card(made) else 12 if language() == "zh_CN" else 10
    label = {1: 0.22, 2: 0.17, 3: 0.13}[block.across]
    shares = [label, 1 / block.across - label] * block.across
    table = _new_table(made, shares, width)
    for row in beside(block.rows, block.across):
        cells = []
        for name, value in row:
            cells.append(_cell(printable(name), size=size, fill=_TOTAL_FILL))
            cells.append(_cell("\n" if value is None else printable(value), size=size))
        _add_row(table, cells)
    _after_table(made)


def _choices(made: WordDocument, block: Choices, width: float) -> None:
    size = Pt(11 if _is_card(made) else 12 if language() == "zh_CN" else 10)
    options = "　".join(f"□ {printable(option)}" for option in block.options)
    one = made.add_paragraph()
    for part, is_strong in (*runs(block.question), (f"　{options}", False)):
        run = one.add_run(part)
        run.font.size, run.bold = size, is_strong or None
    _line(one.paragraph_format, 20 if _is_card(made) else 24)
    if block.with_line:
        _write_on(made, t("paper.write_on"), width)


def _write_on(made: WordDocument, words: str, width: float, after: str = "") -> None:
    """Words, then a line to write on up to the margin, or up to the words after it."""
    one = made.add_paragraph()
    end = width - (90 if after else 0)
    one.paragraph_format.tab_stops.add_tab_stop(Pt(end), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
    _line(one.paragraph_format, 28)
    one.add_run(f"{words}\t{after}").font.size = Pt(12 if language() == "zh_CN" else 10)


def _picture(made: WordDocument, block: Picture, width: float) -> None:
    one = made.add_paragraph()
    one.alignment = WD_ALIGN_PARAGRAPH.CENTER
    one.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    one.paragraph_format.keep_with_next = True
    shape = one.add_run().add_picture(BytesIO(png(block)), width=Pt(width))
    shape._inline.docPr.set("descr", printable(block.alt))
    caption = made.add_paragraph(printable(block.caption), style="Kanhu Table Title")
    caption.paragraph_format.keep_with_next = False
    caption.paragraph_format.space_before, caption.paragraph_format.space_after = Pt(2), Pt(10)


def _signatures(made: WordDocument, block: Signatures, width: float) -> None:
    made.add_paragraph(style="Kanhu Note")
    if _is_card(made):
        beside = _new_table(made, [1 / len(block.roles)] * len(block.roles), width, has_lines=False)
        _add_row(beside, [_signed(role) for role in block.roles])
        _after_table(made)
        return
    for role in block.roles:
        _write_on(made, t("paper.signed", role=printable(role)), width, t("paper.date_line"))


def _signed(role: str) -> Any:
    """A cell to sign in: who signs, room, and the date."""
    cell = _element("w:tc")
    cell.append(_element("w:tcPr"))
    for words, align in (
        (t("paper.signed", role=printable(role)), "left"),
        ("", "left"),
        (t("paper.date_line"), "right"),
    ):
        cell.append(_paragraph(words, size=_CARD_BODY, align=align))
    return cell


def _element(tag: str, attributes: dict[str, str] | None = None) -> Any:
    """An element of WordprocessingML; a tag as `w:tbl`, attributes as `w:val`."""
    made = OxmlElement(tag)
    for name, value in (attributes or {}).items():
        made.set("{http://www.w3.org/XML/1998/namespace}space" if name == "xml:space" else qn(name), value)
    return made
