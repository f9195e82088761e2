"""A publicity notice (公示) that cannot leak: of a household it has the fields of `NoticeRow` and no others.

Three fences: the query selects no more; `NoticeRow` takes names that are names, classes of a closed set, counts and
amounts; and the finished bytes are read back and refused if anything in them looks like an ID, a phone, an account, a
birth date, an address, an illness or a cause. A minor is never named. The village is the profile's, not a list's.
Source: 05-pages 13; BX 二(四)2, 二(六)2.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import polars as pl
import yaml

from warehouse.errors import PublicationError
from warehouse.exports.cells import Column
from warehouse.exports.document import DataTable, Document, Form, Paragraph
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.xlsx import Meta
from warehouse.gate import DOUBLE_SURNAMES
from warehouse.i18n import code_text, fmt_date, fmt_number, t

REGISTERS: Final = ("dibao", "tekun", "dibao_edge", "rigid_expense")
NOTICES: Final = (
    *(f"proposed_{register}" for register in REGISTERS),
    *(f"admitted_{register}" for register in REGISTERS),
    "monitored",
    "eliminated",
)
NOTICE_FORMS: Final[tuple[FormName, ...]] = ("docx", "pdf")
# The classes a notice may tell. How a household is covered is not one: cover of a single person tells of an illness.
KINDS: Final = frozenset({"脱贫不稳定户", "边缘易致贫户", "突发严重困难户"})
# Chinese names as rosters have them, masked (王*勇) or whole; those of other peoples have dots between their parts.
_NAME: Final = re.compile(r"[㐀-鿿*]{1,8}(·[㐀-鿿*]{1,8}){0,3}")
_CHINESE_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_UNSEEN: Final = re.compile(r"[​-‏⁠﻿­]")
_BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)[ \u00a0\u3000\u2000-\u200a._,‐-―/\\|－-]+(?=\d)")
_DATES: Final = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s*[年\-./]\s*(0?[1-9]|1[0-2])\s*[月\-./]\s*(3[01]|[12]\d|0?[1-9])(?!\d)"
    r"|(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(3[01]|[12]\d|0[1-9])(?!\d)"
)


@dataclass(frozen=True)
class NoticeRow:
    """A household on a notice: all that is told of it. head: its name, masked or whole; of a minor the surname alone.

    Raises: PublicationError for a name that is none, or a class or number that a notice does not have.
    """

    no: int
    village: str
    head: str
    people: int
    kind: str | None
    monthly_amount: Decimal | None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.head):
            raise _refused("name")
        _check(self.head)
        if self.kind is not None and self.kind not in KINDS:
            raise _refused("kind")
        if not 0 <= self.people <= 99 or not 0 <= (self.monthly_amount or 0) < 100_000:
            raise _refused("number")


@dataclass(frozen=True)
class Notice:
    """What one notice says. notice: one of NOTICES. days: how long publicity lasts at least; null: not set.

    own_document: the policy of the place, in words; null where it is not known. publicity: first and last day, where
    all households have the same; null leaves them to be written by hand. unlinked: rows of lists that no household
    could be found for, and that are not on it.
    """

    notice: str
    village: str
    rows: tuple[NoticeRow, ...]
    days: int | None
    own_document: str | None
    publicity: tuple[dt.date, dt.date] | None = None
    unlinked: int = 0


def notice_of(notice: str, village: str, found: pl.DataFrame, *, days: int | None, own_document: str | None) -> Notice:
    """One notice from the rows of notice/rows. Raises: PublicationError as NoticeRow."""
    own = found.filter(pl.col("notice") == notice)
    linked = own.filter(pl.col("head_name").is_not_null())
    rows = tuple(_row(at, row) for at, row in enumerate(linked.iter_rows(named=True), start=1))
    spans = set(linked.select("publicity_from", "publicity_to").drop_nulls().iter_rows())
    is_one = len(spans) == 1 and linked["publicity_to"].null_count() == 0
    return Notice(
        notice, village, rows, days, own_document, spans.pop() if is_one else None, own.height - linked.height
    )


def _row(at: int, row: Mapping[str, Any]) -> NoticeRow:
    name = unicodedata.normalize("NFKC", row["head_name"]).strip()
    head = name if row["is_adult"] else t("notice.minor", surname=surname(name))
    return NoticeRow(at, row["village"], head, row["people"] or 0, row["kind"], row["monthly_amount"])


def surname(name: str) -> str:
    """The surname of a name, whole or masked."""
    return name[:2] if name[:2] in DOUBLE_SURNAMES else name[:1]


def rows_frame(notice: Notice) -> pl.DataFrame:
    """The table of a notice. Returns: one row per household: no, village, head, people, kind (in words), amount."""
    told = [
        (row.no, row.village, row.head, row.people, code_text(row.kind) if row.kind else None, row.monthly_amount)
        for row in notice.rows
    ]
    kinds = {"no": pl.Int64, "village": pl.String, "head": pl.String, "people": pl.Int64, "kind": pl.String}
    return pl.DataFrame(told, schema={**kinds, "amount": pl.Decimal(18, 2)}, orient="row")


def columns(notice: Notice) -> tuple[Column, ...]:
    """The columns that this notice has something to say in."""
    every = (
        Column("no", t("notice.column.no"), "integer"),
        Column("village", t("notice.column.village")),
        Column("head", t("notice.column.head")),
        Column("people", t("notice.column.people"), "integer"),
        Column("kind", t("notice.column.kind")),
        Column("amount", t("notice.column.amount"), "money"),
    )
    empty = {"kind": all(row.kind is None for row in notice.rows)}
    empty["amount"] = all(row.monthly_amount is None for row in notice.rows)
    return tuple(column for column in every if not empty.get(column.name))


def document(notice: Notice, meta: Meta) -> Document:
    """The notice as a paper. Where data say nothing (dates, unit, telephone) there is a line to write on."""
    days = fmt_number(notice.days) if notice.days else None
    basis = t("notice.basis", document=notice.own_document) if notice.own_document else t("notice.basis.general")
    text = t(f"notice.text.{_family(notice.notice)}", n=fmt_number(len(notice.rows)), what=what(notice.notice))
    objection = t("notice.objection", days=days) if days else t("notice.objection.no_days")
    when = (
        t("notice.when", since=fmt_date(notice.publicity[0]), until=fmt_date(notice.publicity[1]))
        if (notice.publicity)
        else None
    )
    return Document(
        title=title(notice.notice),
        subtitle=notice.village,
        meta=meta,
        blocks=(
            Paragraph(f"{basis}{text}{objection}"),
            DataTable(t("notice.table", village=notice.village), columns(notice), rows_frame(notice)),
            Form(
                (
                    (t("notice.form.when"), when),
                    (t("notice.form.phone"), None),
                    (t("notice.form.office"), None),
                    (t("notice.form.unit"), None),
                    (t("notice.form.date"), None),
                ),
                across=1,
            ),
        ),
    )  # fmt: skip


def title(notice: str) -> str:
    return t(f"notice.title.{_family(notice)}", what=what(notice))


def what(notice: str) -> str:
    """What the households are published as, in the official words."""
    return t(f"notice.what.{notice.removeprefix('proposed_').removeprefix('admitted_')}")


def _family(notice: str) -> str:
    return notice.split("_")[0]


def write(notice: Notice, meta: Meta, form: FormName) -> bytes:
    """The finished file, read back and checked. Raises: PublicationError if anything in it may not be published."""
    made = FORMS[form].write(document(notice, meta))
    check_bytes(
        made, form, meta, days=notice.publicity or (), villages={notice.village, *(row.village for row in notice.rows)}
    )
    return made


def check_bytes(
    made: bytes, form: FormName, meta: Meta, *, days: Iterable[dt.date] = (), villages: Iterable[str] = ()
) -> None:
    """Refuse a finished file whose text holds what may not be published. days, villages: those of the notice itself."""
    text = docx_text(made) if form == "docx" else pdf_text(made)
    for own in (meta.snapshot_id, meta.rules_version, *villages):
        text = text.replace(own, "")
    _check(text, {*days, meta.built_at.date(), meta.built_at.astimezone().date()})


def docx_text(made: bytes) -> str:
    """Every letter in a Word file: body, heads, feet, properties; a paragraph a line."""
    with zipfile.ZipFile(BytesIO(made)) as parts:
        names = [
            name
            for name in parts.namelist()
            if re.match(r"(word|docProps)/(?!theme|fontTable|styles|setting|web|num).*xml$", name)
        ]
        texts = [parts.read(name).decode("utf-8") for name in sorted(names)]
    marked = re.sub(
        r"</w:p>|<w:br/>|<w:tab/>",
        "\n",
        "\n".join(re.sub(r"<dcterms:\w+ .*?</dcterms:\w+>", "", text) for text in texts),
    )
    return unescape(re.sub(r"<[^>]+>", "", marked))


def pdf_text(made: bytes) -> str:
    """Every letter on the pages of a PDF file, and its title."""
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(made))
    head = [str(reader.metadata.title or "")] if reader.metadata else []
    return "\n".join([*head, *(page.extract_text() for page in reader.pages)])


def _check(text: str, days: Iterable[dt.date] = ()) -> None:
    """Refuse a text by the rules of never_published.yml, and any date but `days`. Names the rule, never the value."""
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    allowed = set(days)
    for found in _DATES.finditer(plain):
        year, month, day = (int(part) for part in found.groups() if part)
        try:
            if dt.date(year, month, day) in allowed:
                continue
        except ValueError:
            pass
        raise _refused("birth_date")
    lines = [_BETWEEN_DIGITS.sub("", line.translate(_CHINESE_DIGITS)) for line in _DATES.sub("", plain).splitlines()]
    folded = plain.casefold()
    for rule in _rules():
        for line in lines:
            if rule.numbers and rule.numbers.search(line):
                raise _refused(rule.name)
        if any(word in folded for word in rule.words) or any(pattern.search(plain) for pattern in rule.patterns):
            raise _refused(rule.name)


@dataclass(frozen=True)
class _Rule:
    name: str
    numbers: re.Pattern[str] | None
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


@cache
def _rules() -> tuple[_Rule, ...]:
    listed = yaml.safe_load((Path(__file__).parent / "never_published.yml").read_text(encoding="utf-8"))
    return tuple(
        _Rule(
            entry["rule"],
            re.compile(entry["numbers"]) if "numbers" in entry else None,
            tuple(word.casefold() for word in entry.get("words", ())),
            tuple(re.compile(pattern, re.IGNORECASE) for pattern in entry.get("patterns", ())),
        )
        for entry in listed
    )


def _refused(rule: str) -> PublicationError:
    return PublicationError(rule)
