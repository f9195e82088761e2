"""The sample of an inspection on paper: what it can show, then a sheet per village with the households to visit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from warehouse.exports.cells import Column
from warehouse.exports.document import Block, Bullets, DataTable, Document, Heading, PageBreak, Paragraph, Signatures
from warehouse.exports.forms import FORMS, FormName
from warehouse.exports.xlsx import Meta, Sheet, workbook
from warehouse.i18n import fmt_number, t
from warehouse.words.sample_plan import Plan

SAMPLE_FORMS: Final[tuple[FormName, ...]] = ("pdf", "docx", "xlsx")


def write(plan: Plan, drawn: pl.DataFrame, said: Sequence[str], meta: Meta, period: str, form: FormName) -> bytes:
    """The plan in one of SAMPLE_FORMS. said: its sentences, and those of what was found. drawn: rows of the draw."""
    if form != "xlsx":
        return FORMS[form].write(document(plan, drawn, said, meta, period))
    title = t("sample_plan.title", place=meta.place)
    households = [*_household_columns(), *_draw_columns()]
    sheets = [
        Sheet(t("sample_plan.tab.plan"), title, list(plan_columns()), plan.frame, (*said, how(plan))),
        Sheet(t("sample_plan.tab.drawn"), title, households, _numbered(drawn), (how(plan),)),
    ]
    return workbook(sheets, meta, period=period)


def document(plan: Plan, drawn: pl.DataFrame, said: Sequence[str], meta: Meta, period: str) -> Document:
    """The plan as a paper. Each village begins on a page of its own, so that it can be given to who goes there."""
    blocks: list[Block] = [
        Heading(t("sample_plan.part.plan")),
        Bullets(tuple(said)),
        DataTable(
            t("sample_plan.table.plan"), plan_columns(), plan.frame, notes=(how(plan), t("sample_plan.note.order"))
        ),
    ]
    for (_, name), rows in drawn.group_by("area_code", "area_name", maintain_order=True):
        blocks += [
            PageBreak(),
            Heading(str(name)),
            DataTable(
                t("sample_plan.table.village", name=name, n=fmt_number(rows.height)),
                (*_household_columns(with_area=False), *_blank_columns()),
                _numbered(rows).with_columns(pl.lit(None, pl.String).alias(name) for name in ("found", "remark")),
                widths=(0.07, 0.19, 0.13, 0.09, 0.3, 0.22),
            ),
            Signatures((t("sample_plan.sign.visitor"), t("sample_plan.sign.village"))),
        ]
    blocks.insert(3, Paragraph(t("sample_plan.note.after"), is_note=True))
    return Document(t("sample_plan.title", place=meta.place), meta, tuple(blocks), period=period, is_internal=True)


def how(plan: Plan) -> str:
    """How the draw was made, so that it can be made again."""
    return t("sample_plan.how", seed=plan.seed, who=t(f"sample_plan.who.{plan.who}"))


def plan_columns() -> tuple[Column, ...]:
    kinds = {"name": "text", "households": "integer", "visits": "integer", "most": "integer", "upper": "share"}
    return tuple(Column(name, t(f"sample_plan.column.{name}"), kind) for name, kind in kinds.items())  # type: ignore[arg-type]


def _numbered(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_row_index("no", offset=1)


def _household_columns(*, with_area: bool = True) -> list[Column]:
    kinds = {"no": "integer", "area_name": "text", "household_no": "text", "head_name": "text", "members": "integer"}
    names = [name for name in kinds if with_area or name != "area_name"]
    return [Column(name, t(f"sample_plan.column.{name}"), kinds[name]) for name in names]  # type: ignore[arg-type]


def _draw_columns() -> list[Column]:
    return [
        Column("place", t("sample_plan.column.place"), "integer"),
        Column("drawn_by", t("sample_plan.column.drawn_by")),
    ]


def _blank_columns() -> list[Column]:
    return [Column("found", t("sample_plan.column.found")), Column("remark", t("sample_plan.column.remark"))]
