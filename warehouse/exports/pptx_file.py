"""A paper as slides for a projector: one matter a slide, its conclusion as the message, big type, real tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, Final

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Pt

from warehouse.exports.document import (
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
from warehouse.exports.paper import (
    Cells,
    Numbers,
    Run,
    cells_of,
    first_page_lines,
    fixed_zip,
    page_marks,
    plain,
    png,
    printable,
    runs,
    source_line,
    wide,
)
from warehouse.i18n import language, t

# Points of a slide of 16:9 and of the parts on it.
_WIDTH, _HEIGHT = 960.0, 540.0
_LEFT, _TOP, _BOTTOM = 48.0, 104.0, 496.0
_ROOM: Final = _WIDTH - 2 * _LEFT
_TITLE_SIZE, _NOTE_SIZE, _FOOT_SIZE = 28.0, 12.0, 10.0
_TEXT_SIZES: Final = (20.0, 18.0, 16.0)
_TABLE_SIZES: Final = (16.0, 14.0, 12.0, 10.5)
_INK, _MUTED, _ACCENT = "1C252C", "57636D", "0B6670"
_HEAD_FILL, _TOTAL_FILL, _RULE = "EDF0F2", "F5F6F7", "C7CFD5"
_FACE, _LATIN = "微软雅黑", "Segoe UI"
_FIGURES_ACROSS: Final = 3
_FIGURE_HEIGHT: Final = 118.0
_BLANK_LAYOUT: Final = 5  # Title only.
_NO_STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"

Content = Bullets | Paragraph | KeyFigures | DataTable | Picture


@dataclass(frozen=True)
class _Part:
    """A heading with what stands under it: its section and title in words, and its contents."""

    section: str
    title: str
    contents: tuple[Content, ...]


def slides(document: Document) -> bytes:
    """The document as .pptx, equal bytes for equal input: a title slide, then a slide or more for each heading."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(_WIDTH), Pt(_HEIGHT)
    _properties(deck, document)
    writer = _Slides(deck, document)
    writer.front()
    for part in _parts(document):
        writer.part(part)
    out = BytesIO()
    deck.save(out)
    return fixed_zip(out.getvalue(), document.meta.built_at)


def _properties(deck: Any, document: Document) -> None:
    core = deck.core_properties
    core.title, core.author = plain(document.title), printable(document.meta.unit)
    core.created = core.modified = document.meta.built_at.replace(tzinfo=None)
    core.last_modified_by, core.language, core.revision = core.author, language().replace("_", "-"), 1


def _parts(document: Document) -> Iterator[_Part]:
    """The blocks by heading; what stands before the first one has the title of the paper."""
    numbers, section, title = Numbers(), "", plain(document.title)
    contents: list[Content] = []
    for block in document.blocks:
        if isinstance(block, Heading):
            if contents:
                yield _Part(section, title, tuple(contents))
            contents = []
            words = f"{numbers.next(block)}{plain(block.text)}"
            section, title = ("", words) if block.level == 1 else (section or title, words)
        elif isinstance(block, PageBreak):
            continue
        else:
            contents.append(_content(block))
    if contents:
        yield _Part(section, title, tuple(contents))


def _content(block: Any) -> Content:
    """Cards and boxes to tick are for paper: on a slide they are sentences."""
    if isinstance(block, Form):
        return Bullets(tuple(f"{name}：{value or ''}" for name, value in block.rows))
    if isinstance(block, Choices):
        return Bullets((f"{block.question}　{'　'.join(f'□ {option}' for option in block.options)}",))
    if isinstance(block, Signatures):
        return Bullets(tuple(t("paper.signed", role=role) for role in block.roles))
    content: Content = block
    return content


class _Slides:
    """Writes slides one after the other: a new one where the next thing has no room."""

    def __init__(self, deck: Any, document: Document) -> None:
        self._deck, self._document = deck, document
        self._slide: Any = None
        self._at = _TOP
        self._part = _Part("", "", ())
        self._number = 0

    def front(self) -> None:
        """The title, the period, and what must be known before any figure is read."""
        document = self._document
        self._new_slide("")
        self._title(plain(document.title), top=150, size=40)
        under = [printable(words) for words in (document.subtitle, document.period) if words]
        self._text([[(words, False)] for words in under], top=250, height=70, size=24, colour=_MUTED)
        lines = [*first_page_lines(document)]
        self._text([[(line, False)] for line in lines], top=400, height=80, size=_NOTE_SIZE, colour=_MUTED)

    def part(self, part: _Part) -> None:
        self._part = part
        self._next(is_first=True)
        for content in part.contents:
            match content:
                case Paragraph():
                    self._sentences((content.text,), size=_NOTE_SIZE if content.is_note else _TEXT_SIZES[0])
                case Bullets():
                    room = _BOTTOM - self._at
                    fits = (
                        size for size in _TEXT_SIZES if sum(_sentence_height(i, size) for i in content.items) <= room
                    )
                    self._sentences(content.items, size=next(fits, _TEXT_SIZES[0]))
                case KeyFigures():
                    self._figures(content.figures)
                case DataTable():
                    self._table(content)
                case Picture():
                    self._picture(content)

    def _next(self, *, is_first: bool = False) -> None:
        """A slide of the part that is written; from the second on its title says so."""
        title = self._part.title if is_first else t("paper.continued", title=self._part.title)
        self._new_slide(self._part.section)
        self._title(title, top=46 if self._part.section else 34, size=_TITLE_SIZE)
        self._at = _TOP

    def _room(self, height: float) -> None:
        """Goes to the next slide unless there is room for so many points."""
        if self._at + height > _BOTTOM and self._at > _TOP:
            self._next()

    def _sentences(self, items: tuple[str, ...], *, size: float) -> None:
        """Sentences in one box as long as they fit, so that none covers another where a typeface is wider."""
        is_note = size == _NOTE_SIZE
        box: list[list[Run]] = []
        used = 0.0
        for item in items:
            shown = list(runs(item))
            height = _sentence_height(item, size)
            if used and self._at + used + height > _BOTTOM:
                self._box(box, used, size, is_note=is_note)
                self._next()
                box, used = [], 0.0
            elif not used:
                self._room(height)
            box.append(shown)
            used += height
        if box:
            self._box(box, used, size, is_note=is_note)

    def _box(self, lines: list[list[Run]], height: float, size: float, *, is_note: bool) -> None:
        colour = _MUTED if is_note else _INK
        box = self._text(lines, top=self._at, height=height, size=size, colour=colour)
        for paragraph in box.text_frame.paragraphs:
            paragraph.space_after = Pt(size * 0.4)
            if not is_note:
                _bullet(paragraph, size)
        self._at += height + 8

    def _figures(self, figures: tuple[KeyFigure, ...]) -> None:
        width = (_ROOM - 24 * (_FIGURES_ACROSS - 1)) / _FIGURES_ACROSS
        for at in range(0, len(figures), _FIGURES_ACROSS):
            self._room(_FIGURE_HEIGHT)
            for to, one in enumerate(figures[at : at + _FIGURES_ACROSS]):
                self._figure(one, _LEFT + to * (width + 24), width)
            self._at += _FIGURE_HEIGHT

    def _figure(self, one: KeyFigure, left: float, width: float) -> None:
        self._line(left, self._at, width)
        told = [[(printable(one.name), False)]]
        self._text(told, top=self._at + 2, height=20, size=14, colour=_MUTED, left=left, width=width)
        self._text([[(printable(one.value), True)]], top=self._at + 20, height=40, size=32, left=left, width=width)
        below = [" · ".join(one.words[:2]), *one.words[2:], *((one.code,) if one.code else ())]
        words = [[(printable(line), False)] for line in below if line]
        self._text(words, top=self._at + 62, height=52, size=11, colour=_MUTED, left=left, width=width)

    def _table(self, table: DataTable) -> None:
        """All rows, as many slides as they need, the head on each."""
        cells = cells_of(table, _ROOM, _TABLE_SIZES)
        heights = [_row_height(row, cells) for row in cells.rows]
        head, total = _row_height(cells.heads, cells), 0.0
        if cells.total:
            total = _row_height(cells.total, cells)
        self._room(24 + head + sum(heights[:3]) + 8)
        self._text([[(plain(table.title), True)]], top=self._at, height=22, size=14)
        self._at += 26
        if not cells.rows:
            self._sentences((t("export.no_rows"),), size=_NOTE_SIZE)
        at = 0
        while at < len(cells.rows):
            until = _fitting(heights, at, _BOTTOM - self._at - head - total)
            if until < len(cells.rows) and sum(heights[until:]) < _BOTTOM - _TOP - head - total:
                until = _halved(heights, at, until)
            is_last = until == len(cells.rows)
            picked = replace(cells, rows=cells.rows[at:until], total=cells.total if is_last else None)
            strong = frozenset(row - at for row in table.strong if at <= row < until)
            self._draw(picked, [head, *heights[at:until], *([total] if picked.total else [])], strong, table.title)
            at = until
            if not is_last:
                self._next()
        self._sentences(table.notes, size=_NOTE_SIZE)

    def _draw(self, cells: Cells, heights: list[float], strong: frozenset[int], title: str) -> None:
        rows = [cells.heads, *cells.rows, *([cells.total] if cells.total else [])]
        box = (Pt(_LEFT), Pt(self._at), Pt(_ROOM), Pt(sum(heights)))
        frame = self._slide.shapes.add_table(len(rows), len(cells.heads), *box)
        frame.name = plain(title)
        drawn = frame.table
        drawn._tbl.tblPr.find(qn("a:tableStyleId")).text = _NO_STYLE
        drawn.horz_banding = False
        for at, share in enumerate(cells.widths):
            drawn.columns[at].width = Emu(round(Pt(_ROOM) * share))
        for down, (row, height) in enumerate(zip(rows, heights, strict=True)):
            drawn.rows[down].height = Pt(height)
            is_total = bool(cells.total) and down == len(rows) - 1
            fill = _HEAD_FILL if down == 0 else _TOTAL_FILL if is_total else None
            is_strong = fill is not None or down - 1 in strong
            for tc, words, is_right in zip(drawn._tbl.tr_lst[down].tc_lst, row, cells.is_right, strict=True):
                align = "ctr" if down == 0 else "r" if is_right else "l"
                _fill_cell(tc, plain(words), cells.size, align=align, is_strong=is_strong, fill=fill)
        self._at += sum(heights) + 6

    def _picture(self, picture: Picture) -> None:
        self._room(300)
        self._text([[(printable(picture.caption), True)]], top=self._at, height=22, size=14)
        self._at += 26
        height = _BOTTOM - self._at
        shape = self._slide.shapes.add_picture(BytesIO(png(picture)), Pt(_LEFT), Pt(self._at), height=Pt(height))
        if shape.width > Pt(_ROOM):
            shape.height, shape.width = round(shape.height * Pt(_ROOM) / shape.width), Pt(_ROOM)
        shape.left = round((Pt(_WIDTH) - shape.width) / 2)
        shape._element.nvPicPr.cNvPr.set("descr", printable(picture.alt))
        self._at += shape.height / Pt(1) + 6

    def _new_slide(self, section: str) -> None:
        """An empty slide with its section above and, at its foot, whence the figures come and its number."""
        self._slide = self._deck.slides.add_slide(self._deck.slide_layouts[_BLANK_LAYOUT])
        self._number += 1
        if section:
            self._text([[(section, False)]], top=22, height=22, size=14, colour=_ACCENT)
        self._line(_LEFT, 508, _ROOM)
        marks = page_marks(self._document)
        foot = [[(source_line(self._document.meta), False)]]
        if frozen := self._document.meta.frozen:
            foot[0].append(("　" + t("paper.release", name=frozen.name), False))
        self._text(foot, top=511, height=18, size=_FOOT_SIZE, colour=_MUTED, width=_ROOM - 330)
        right = _LEFT + _ROOM - 330
        told = [("　".join(marks) + ("　" if marks else ""), True)]
        box = self._text([told], top=511, height=18, size=_FOOT_SIZE, left=right, width=330, align=PP_ALIGN.RIGHT)
        _slide_number(box.text_frame.paragraphs[0], self._number)

    def _title(self, words: str, *, top: float, size: float) -> None:
        box = self._slide.shapes.title
        fitted = size if _lines(words, size, _ROOM) <= 1 else max(20.0, size - 6)
        box.left, box.top, box.width, box.height = Pt(_LEFT), Pt(top), Pt(_ROOM), Pt(size * 2)
        _write(box.text_frame, [[(words, True)]], fitted, _INK, PP_ALIGN.LEFT)
        box.text_frame.vertical_anchor = MSO_ANCHOR.TOP

    def _text(
        self,
        lines: list[list[tuple[str, bool]]],
        *,
        top: float,
        height: float,
        size: float,
        colour: str = _INK,
        left: float = _LEFT,
        width: float = _ROOM,
        align: Any = PP_ALIGN.LEFT,
    ) -> Any:
        box = self._slide.shapes.add_textbox(Pt(left), Pt(top), Pt(width), Pt(height))
        _write(box.text_frame, lines, size, colour, align)
        return box

    def _line(self, left: float, top: float, width: float) -> None:
        line = self._slide.shapes.add_connector(1, Pt(left), Pt(top), Pt(left + width), Pt(top))
        line.line.color.rgb, line.line.width = _colour(_RULE), Pt(1)


def _write(frame: Any, lines: list[list[tuple[str, bool]]], size: float, colour: str, align: Any) -> None:
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for at, line in enumerate(lines):
        one = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
        one.alignment = align
        for words, is_strong in line:
            run = one.add_run()
            run.text = words.replace("\n", "\v")
            run.font.size, run.font.bold, run.font.color.rgb = Pt(size), is_strong, _colour(colour)
            _face(run._r.get_or_add_rPr())


def _bullet(paragraph: Any, size: float) -> None:
    """A mark before the paragraph, its further lines under the first."""
    look = paragraph._p.get_or_add_pPr()
    look.set("marL", str(Pt(size)))
    look.set("indent", str(-Pt(size)))
    look.append(parse_xml(f'<a:buFont {nsdecls("a")} typeface="Arial"/>'))
    look.append(parse_xml(f'<a:buChar {nsdecls("a")} char="•"/>'))


def _colour(code: str) -> Any:
    return RGBColor.from_string(code)  # type: ignore[no-untyped-call]


def _face(look: Any) -> None:
    """Language and typefaces of a run: the Chinese one of offices, a plain one for letters and figures."""
    look.set("lang", "zh-CN" if language() == "zh_CN" else "en-GB")
    for tag, face in (("a:latin", _LATIN), ("a:ea", _FACE)):
        look.append(parse_xml(f'<{tag} {nsdecls("a")} typeface="{face}"/>'))


def _slide_number(paragraph: Any, number: int) -> None:
    """A field that the program counts."""
    field = parse_xml(
        f'<a:fld {nsdecls("a")} id="{{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}}" type="slidenum">'
        f'<a:rPr lang="en-GB" sz="{round(_FOOT_SIZE * 100)}"/><a:t>{number}</a:t></a:fld>'
    )
    paragraph._p.append(field)


def _fill_cell(tc: Any, words: str, size: float, *, align: str, is_strong: bool, fill: str | None) -> None:
    """A cell by XML: the library's own way takes some hundred times as long."""
    body = tc.get_or_add_txBody()
    for old in body.findall(qn("a:p")):
        body.remove(old)
    for line in words.split("\n"):
        one = parse_xml(
            f'<a:p {nsdecls("a")}><a:pPr algn="{align}"/><a:r><a:rPr sz="{round(size * 100)}" b="{int(is_strong)}">'
            f'<a:solidFill><a:srgbClr val="{_INK}"/></a:solidFill></a:rPr><a:t/></a:r></a:p>'
        )
        _face(one.find(qn("a:r")).find(qn("a:rPr")))
        one.find(qn("a:r")).find(qn("a:t")).text = line
        body.append(one)
    edges = "".join(
        f'<a:{side} w="6350"><a:solidFill><a:srgbClr val="{_RULE}"/></a:solidFill></a:{side}>'
        for side in ("lnT", "lnB")
    )
    paint = f'<a:solidFill><a:srgbClr val="{fill}"/></a:solidFill>' if fill else "<a:noFill/>"
    old = tc.find(qn("a:tcPr"))
    if old is not None:
        tc.remove(old)
    pad = 'marL="57150" marR="57150" marT="38100" marB="38100" anchor="ctr"'
    tc.append(parse_xml(f"<a:tcPr {nsdecls('a')} {pad}>{edges}{paint}</a:tcPr>"))


def _sentence_height(item: str, size: float) -> float:
    """The height of a sentence with the room after it."""
    return _lines(plain(item), size, _ROOM - size) * size * 1.3 + size * 0.4


def _lines(words: str, size: float, width: float) -> int:
    """How many lines a text takes in that width."""
    return sum(max(1, math.ceil(wide(line) * size * 1.04 / width)) for line in words.split("\n"))


def _row_height(row: tuple[str, ...], cells: Cells) -> float:
    rooms = [max(10.0, share * _ROOM - 9) for share in cells.widths]
    most = max(_lines(plain(words), cells.size, room) for words, room in zip(row, rooms, strict=True))
    return most * cells.size * 1.22 + 7


def _halved(heights: list[float], at: int, until: int) -> int:
    """Where the rest is to be parted so that two slides hold about as much; no later than `until`."""
    half, used = sum(heights[at:]) / 2, 0.0
    for row in range(at, until):
        used += heights[row]
        if used >= half:
            return row + 1
    return until


def _fitting(heights: list[float], at: int, room: float) -> int:
    """The first row that has no room any more; one row at least is set."""
    until, used = at, 0.0
    while until < len(heights) and (until == at or used + heights[until] <= room):
        used += heights[until]
        until += 1
    return until
