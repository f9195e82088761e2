"""A scenario of the policy lab on paper and as a workbook: what is changed, what it changes, and by which rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse.exports.cells import Column, Kind
from warehouse.exports.document import Block, Bullets, DataTable, Document, Heading, Paragraph
from warehouse.exports.xlsx import Sheet, workbook
from warehouse.i18n import fmt_month, t
from warehouse.lab import Scenario
from warehouse.lab_outcome import Outcome
from warehouse.queries.policy_lab import Setting
from warehouse.words import exports
from warehouse.words import parameters as named
from warehouse.words import policy_lab as words


@dataclass(frozen=True)
class ScenarioPaper:
    """Of which area and month, and what is changed."""

    place: str
    month: dt.date
    settings: list[Setting]
    scenario: Scenario


def document_of(
    paper: ScenarioPaper, found: Outcome, measure: str, by_area: pl.DataFrame, place: Mapping[str, Any]
) -> Document:
    """The scenario as a paper of totals: no household is in it."""
    method = [part.strip() for part in t("policy_lab.how").split("\n\n") if part.strip()]
    blocks: list[Block] = [
        Heading(t("policy_lab.paper.scenario")),
        Paragraph(words.headline(paper.settings, paper.scenario, paper.place)),
        Heading(t("policy_lab.paper.found")),
        Bullets(tuple(words.sentences(found))),
        DataTable(t("policy_lab.paper.tiers"), _columns(words.tier_columns()), words.tier_table(found)),
        DataTable(_area_title(measure), _columns(words.village_columns()), by_area),
        DataTable(t("policy_lab.paper.money"), _columns(words.cost_columns()), words.cost_table(found)),
        Heading(t("policy_lab.paper.lines")),
        Bullets(tuple(words.line_sentences(found))),
        Heading(t("policy_lab.paper.method")),
        *(Paragraph(part) for part in method),
        DataTable(t("policy_lab.paper.parameters"), _columns(_parameter_columns()), _parameters(paper)),
        Paragraph(_same_models(paper, place), is_note=True),
    ]
    return Document(
        t("policy_lab.paper.title"),
        exports.meta(place),
        tuple(blocks),
        period=fmt_month(paper.month),
        subtitle=paper.place,
    )


def workbook_of(
    paper: ScenarioPaper,
    found: Outcome,
    areas: tuple[str, pl.DataFrame] | None,
    households: pl.DataFrame | None,
    place: Mapping[str, Any],
) -> bytes:
    """The same as tables; with `households` also those that change, masked as shown."""
    notes = (words.headline(paper.settings, paper.scenario, paper.place), _same_models(paper, place))
    sheets = [_sheet("policy_lab.paper.parameters", _parameter_columns(), _parameters(paper), notes)]
    if households is not None:
        sheets.insert(0, _sheet("policy_lab.paper.internal", words.listed_columns(), households, notes))
    sheets.append(_sheet("policy_lab.paper.tiers", words.tier_columns(), words.tier_table(found)))
    if areas:
        title = _area_title(areas[0])
        sheets.append(Sheet(t("policy_lab.part.areas"), title, list(_columns(words.village_columns())), areas[1]))
    sheets.append(_sheet("policy_lab.paper.money", words.cost_columns(), words.cost_table(found)))
    sheets.append(_sheet("policy_lab.paper.lines", words.line_columns(), words.line_table(found)))
    return workbook(sheets, exports.meta(place), period=fmt_month(paper.month))


def _sheet(key: str, columns: dict[str, tuple[str, Kind]], frame: pl.DataFrame, notes: tuple[str, ...] = ()) -> Sheet:
    return Sheet(t(key), t(key), list(_columns(columns)), frame, notes=notes)


def _columns(columns: Mapping[str, tuple[str, Kind]]) -> tuple[Column, ...]:
    return tuple(Column(name, title, kind) for name, (title, kind) in columns.items())


def _area_title(measure: str) -> str:
    return t("policy_lab.paper.areas", measure=t(f"policy_lab.measure.{measure}"))


def _same_models(paper: ScenarioPaper, place: Mapping[str, Any]) -> str:
    return t(
        "policy_lab.paper.same_models",
        rules=place["rules_version"],
        snapshot=place["snapshot_id"],
        month=fmt_month(paper.month),
    )


def _parameters(paper: ScenarioPaper) -> pl.DataFrame:
    """Every parameter that could be changed, with its present value, the scenario's (blank: as now), its source."""
    chosen = dict(paper.scenario)
    rows = [
        {
            "parameter": named.parameter(setting.parameter),
            "now": words.value_words(setting, setting.value),
            "then": words.value_words(setting, chosen[setting.parameter]) if setting.parameter in chosen else None,
            "source": words.source_words(setting),
        }
        for setting in paper.settings
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("parameter", "now", "then", "source"), pl.String))


def _parameter_columns() -> dict[str, tuple[str, Kind]]:
    return {name: (t(f"policy_lab.paper.{name}"), "text") for name in ("parameter", "now", "then", "source")}
