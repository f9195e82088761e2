"""What the definitions page asks: what does each word mean, and where does each figure come from?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from warehouse import session
from warehouse.i18n import in_language, t
from warehouse.scope import Scope


@dataclass(frozen=True)
class Lineage:
    """How a figure comes about: the models from the metric's own back to the lists.

    models: one row per model, the one nearest to the figure first: model, layer, description, reads, step (1: the
    metric's own model). extracts: the lists read, by code.
    """

    models: pl.DataFrame
    extracts: tuple[str, ...]


def parameters(scope: Scope) -> pl.DataFrame:
    """Which values hold, and which held before?

    Returns: one row per parameter and day from which it holds: parameter, value, number (null: not one), unit,
    valid_from, valid_to (null: open), source, is_local, is_stand_in, is_in_force, clause, note.
    """
    return session.cached("about/parameters", scope)


def stand_ins(scope: Scope) -> list[str]:
    """The parameters in force whose value is another place's."""
    frame = parameters(scope)
    return frame.filter(pl.col("is_stand_in") & pl.col("is_in_force"))["parameter"].to_list()


def models(scope: Scope) -> pl.DataFrame:
    """Which models are there? Returns: one row per model: model, layer, description, reads (names parted by 、)."""
    return session.cached("about/models", scope)


def model_sql(scope: Scope, model: str) -> str:
    """The SQL that a model ran as; empty if there is no such model."""
    frame = session.cached("about/model_sql", scope, model=model)
    return str(frame["compiled_sql"].item()) if frame.height else ""


def extracts(scope: Scope) -> pl.DataFrame:
    """Which lists are due, from whom, by when?

    Returns: one row per extract, by department: extract, title, title_en, kind, owner, is_expected, department,
    department_en, unit, contact_post, due_day (day of the next month; null: no rule), newest_month, newest_received_on
    (null: never came, or a list of a department that the user does not see).
    """
    return session.cached("about/extracts", scope)


def titles(scope: Scope) -> dict[str, str]:
    """The titles of the lists by code, in the reader's language; of one that the place does not ask for, that too."""
    rows = session.cached("about/extracts", scope).select("extract", "title", "title_en", "is_expected")
    return {
        extract: in_language(zh, en) if is_expected else t("about.not_asked", title=in_language(zh, en))
        for extract, zh, en, is_expected in rows.iter_rows()
    }


def unset(scope: Scope, *names: str) -> list[str]:
    """Those of the parameters that the place does not set."""
    set_here = set(parameters(scope).filter(pl.col("is_in_force"))["parameter"])
    return [name for name in names if name not in set_here]


def loads(scope: Scope) -> dict[str, Any]:
    """How many loads is the snapshot made of?

    Returns: in_force, refused, received (counts), first_month, last_month, last_received_on.
    """
    return session.cached("about/loads", scope).row(0, named=True)


def lineage(models: pl.DataFrame, extracts: set[str], model: str) -> Lineage:
    """From `model` back to the lists: each model at the fewest steps from it, the lists that staging reads.

    `models` as of models(); `extracts` the codes that are lists.
    """
    known = {row["model"]: row for row in models.iter_rows(named=True)}
    steps: dict[str, int] = {model: 1} if model in known else {}
    waiting = list(steps)
    lists: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        for read in filter(None, known[name]["reads"].split("、")):
            if read in known and read not in steps:
                steps[read] = steps[name] + 1
                waiting.append(read)
            elif read in extracts:
                lists.add(read)
    rows = [known[name] | {"step": step} for name, step in steps.items()]
    empty = {name: models.schema[name] for name in models.columns} | {"step": pl.Int64()}
    return Lineage(pl.DataFrame(rows, schema=empty), tuple(sorted(lists)))
