"""What the definitions page says: terms, metrics, parameters with their sources, lineage, lists and method."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from warehouse.i18n import (
    LANGUAGES,
    catalogue,
    fmt_date,
    fmt_instant,
    fmt_month,
    fmt_number,
    fmt_share,
    in_language,
    join_words,
    language,
    t,
)
from warehouse.metrics import load_metrics
from warehouse.policy import KNOWN
from warehouse.queries.about import Lineage
from warehouse.session import Column
from warehouse.snapshots import Snapshot
from warehouse.words.metric import name_of
from warehouse.words.parameters import document, note, parameter, unit
from warehouse.words.tables import html_table
from warehouse.words.themes import themes

SECTIONS: Final = ("method", "passport", "terms", "metrics", "parameters", "lineage", "lists", "snapshot")
METHOD: Final = (
    "no_ranking",
    "interval",
    "due",
    "unknown",
    "none_found",
    "missing",
    "errors",
    "change",
    "series",
    "people",
)
_GROUPS: Final = ("people", "cover", "work", "figures")
_TERM: Final = "about.term."


def terms(search: str = "", *, place: str) -> pl.DataFrame:
    """The glossary, the other language's word beside it: group, term, other, meaning. `search` in any of them."""
    own, other = catalogue(language()), catalogue(next(name for name in LANGUAGES if name != language()))
    rows = [
        {
            "group": t(f"about.terms.{group}"),
            "term": own[key],
            "other": other[key],
            # By t(): villages may be called otherwise here, and the name of the place stands for the whole.
            "meaning": t(f"{key.removesuffix('.name')}.meaning", place=place),
        }
        for group in _GROUPS
        for key in own
        if key.startswith(f"{_TERM}{group}.") and key.endswith(".name")
    ]
    found = [row for row in rows if search.casefold() in " ".join(row.values()).casefold()]
    schema = dict.fromkeys(("group", "term", "other", "meaning"), pl.String)
    return pl.DataFrame(found, schema=schema)


def terms_table(found: pl.DataFrame) -> str:
    """The terms as a page of print: each with the other language's word under it; a group is named once."""
    rows, before = [], ""
    for row in found.iter_rows(named=True):
        rows.append((row["group"] if row["group"] != before else "", f"{row['term']}\n{row['other']}", row["meaning"]))
        before = row["group"]
    return html_table([t(f"about.column.{name}") for name in ("group", "term", "meaning")], rows, wrap=(2,))


def metrics_like(search: str) -> pl.DataFrame:
    """The metrics of the catalogue whose name, question or counts hold the words: metric, name, numerator over
    denominator; none without words."""
    found = metrics()
    if not search:
        return found.head(0)
    texts = pl.concat_str(["name", "question", "numerator", "denominator"], separator=" ").str.to_lowercase()
    return found.filter(texts.str.contains(search.casefold(), literal=True))


def metrics_like_table(found: pl.DataFrame) -> str:
    """The metrics that were found, as a page of print."""
    heads = [t(f"about.column.{name}") for name in ("name", "numerator", "denominator", "clause")]
    return html_table(heads, found.select("name", "numerator", "denominator", "clause").iter_rows(), wrap=(1, 2))


def metrics() -> pl.DataFrame:
    """The catalogue in reading order: metric (id), theme, name, question, numerator, denominator, target, clause."""
    rows = []
    for theme, chosen in themes().items():
        for metric in chosen:
            entry = load_metrics()[metric]
            rows.append(
                {
                    "metric": metric,
                    "theme": t(f"evaluation.theme.{theme}"),
                    "name": name_of(metric),
                    "question": in_language(entry.question_zh, entry.question_en),
                    "numerator": in_language(entry.numerator_zh, entry.numerator_en),
                    "denominator": in_language(entry.denominator_zh, entry.denominator_en),
                    "counting": t(f"about.counting.{entry.counting}"),
                    "target": fmt_share(entry.target, 0) if entry.target is not None else "",
                    "clause": entry.clause,
                }
            )
    return pl.DataFrame(rows)


def metrics_columns() -> dict[str, Column]:
    names = ("theme", "name", "question", "numerator", "denominator", "counting", "target", "clause")
    return {name: Column(t(f"about.column.{name}")) for name in names}


# What needs an eye comes first: values of other places, then those set without a document.
_MARKS: Final = ("stand_in", "local", "document")


def parameters(frame: pl.DataFrame) -> pl.DataFrame:
    """The values with their marks, stand-ins first: parameter, is_in_force, kind, name, value, unit, mark, valid_from,
    valid_to, document, clause, note."""
    rows = frame.to_dicts()
    told = frame.with_columns(
        pl.Series("kind", [_kind(row) for row in rows], dtype=pl.String),
        pl.Series("name", [parameter(row["parameter"]) for row in rows], dtype=pl.String),
        pl.Series("unit", [unit(row["unit"]) for row in rows], dtype=pl.String),
        pl.Series("mark", [t(f"about.mark.{_kind(row)}") for row in rows], dtype=pl.String),
        pl.Series("document", [_source(row) for row in rows], dtype=pl.String),
        pl.Series("note", [note(row) for row in rows], dtype=pl.String),
    )
    places = pl.col("kind").replace_strict({kind: i for i, kind in enumerate(_MARKS)}, return_dtype=pl.Int64)
    return told.sort(~pl.col("is_in_force"), places, maintain_order=True)


def _kind(row: dict[str, Any]) -> str:
    if row["is_stand_in"]:
        return "stand_in"
    return "local" if row["is_local"] else "document"


def _source(row: dict[str, Any]) -> str:
    return "" if row["is_stand_in"] or row["is_local"] else document(row["clause"])


def parameters_table(part: pl.DataFrame) -> str:
    """The values as a page of print: value with unit, what it is, since when, and whence with its note under it."""
    heads = [t(f"about.column.{name}") for name in ("name", "value", "mark", "valid_from", "document")]
    rows = [
        (
            row["name"],
            _value(row),
            row["mark"],
            " – ".join(f"{day:%Y-%m-%d}" for day in (row["valid_from"], row["valid_to"]) if day),
            "\n".join(filter(None, (" ".join(filter(None, (row["document"], row["clause"]))), row["note"]))),
        )
        for row in part.iter_rows(named=True)
    ]
    return html_table(heads, rows, wrap=(0, 1, 4))


def _value(row: Mapping[str, Any]) -> str:
    """The value with its unit; a list of kinds is told by its name."""
    if row["number"] is None:
        return str(row["value"])
    digits = len(str(row["value"]).partition(".")[2])
    return f"{fmt_number(row['number'], digits)} {row['unit']}"


def counted(frame: pl.DataFrame) -> str:
    """How many parameters hold, of which stand in for the place's own or are set locally."""
    held = frame.filter("is_in_force")
    return t(
        "about.parameters.counted",
        n=fmt_number(held.height),
        stand_in=fmt_number(int(held["is_stand_in"].sum())),
        local=fmt_number(int(held["is_local"].sum())),
    )


def not_set(frame: pl.DataFrame) -> str:
    """Which parameters the place does not set on the last day of the data; empty if it sets all."""
    absent = sorted(KNOWN.keys() - set(frame.filter("is_in_force")["parameter"]))
    return t("about.parameters.not_set", names=join_words([parameter(name) for name in absent])) if absent else ""


def path(lineage: Lineage) -> pl.DataFrame:
    """The models of a lineage as a table: step, model, layer, description, reads."""
    layers = [t(f"about.layer.{layer}") for layer in lineage.models["layer"]]
    return lineage.models.with_columns(pl.Series("layer", layers, dtype=pl.String)).sort("step", "model")


def path_columns(path: pl.DataFrame) -> dict[str, Column]:
    kinds, wide = {"step": "number"}, {"step": "small", "layer": "small", "description": "large", "reads": "medium"}
    names = ["step", "layer", "model", "description", "reads"]
    if not path["description"].str.len_chars().sum():
        names.remove("description")
    return {
        name: Column(t(f"about.column.{name}"), kinds.get(name, "text"), width=wide.get(name))  # type: ignore[arg-type]
        for name in names
    }


def extracts(frame: pl.DataFrame) -> pl.DataFrame:
    """The lists with owners and due rules: title, kind, department, unit, contact_post, due, newest_month, received."""
    rows = frame.to_dicts()
    return frame.with_columns(
        pl.Series("title", [in_language(row["title"], row["title_en"]) for row in rows], dtype=pl.String),
        pl.Series("kind", [t(f"about.kind.{row['kind']}") for row in rows], dtype=pl.String),
        pl.Series(
            "department", [in_language(row["department"], row["department_en"]) for row in rows], dtype=pl.String
        ),
        pl.Series("due", [_due(row["due_day"]) for row in rows], dtype=pl.String),
    )


def _due(day: str | None) -> str:
    return t("about.due", day=day) if day else t("about.due_none")


def extracts_columns() -> dict[str, Column]:
    kinds = {"newest_month": "month", "newest_received_on": "date"}
    names = ("title", "kind", "department", "unit", "contact_post", "due", "newest_month", "newest_received_on")
    return {name: Column(t(f"about.column.{name}"), kinds.get(name, "text")) for name in names}  # type: ignore[arg-type]


def snapshot_lines(snapshot: Snapshot, loads: dict[str, Any]) -> list[str]:
    """What is served: which snapshot, by which rules, from how many loads."""
    built = dt.datetime.fromisoformat(snapshot.built_at).astimezone()
    first, last = (dt.date.fromisoformat(month) for month in (snapshot.first_month, snapshot.last_month))
    said = [
        t("about.snapshot.id", snapshot=snapshot.snapshot_id, built=fmt_instant(built)),
        t("about.snapshot.months", first=fmt_month(first), last=fmt_month(last)),
        t("about.snapshot.as_of", day=fmt_date(dt.date.fromisoformat(snapshot.as_of))),
        t("about.snapshot.rules", rules=snapshot.rules_version),
    ]
    counts = {name: fmt_number(loads[name]) for name in ("received", "in_force", "refused")}
    return [*said, t("about.snapshot.loads", **counts)] if loads["received"] else said


def needed(metric: str, titles: Mapping[str, str]) -> str:
    """The lists without which the metric cannot be told."""
    names = [titles.get(code, code) for code in load_metrics()[metric].needs]
    return t("about.lineage.needed", names=join_words(names)) if names else t("about.lineage.needed_any")


def whole(frame: pl.DataFrame) -> int:
    """The height in pixels at which a table shows all its rows."""
    return 35 * (frame.height + 1) + 3


def model_of(metric: str) -> str:
    """The model that counts the metric."""
    return load_metrics()[metric].model


def definition(metric: str) -> str:
    """Question, numerator, denominator, clause and caveat of the metric, in Markdown."""
    entry = load_metrics()[metric]
    return t(
        "about.definition",
        question=in_language(entry.question_zh, entry.question_en),
        numerator=in_language(entry.numerator_zh, entry.numerator_en),
        denominator=in_language(entry.denominator_zh, entry.denominator_en),
        clause=entry.clause,
        caveat=in_language(entry.caveat_zh, entry.caveat_en),
        model=entry.model,
    )
