"""A list that comes in two files: the platform's export of persons, and that of households beside it.

Each lands by itself, in any order and as often as it is sent; they are put together when the list is read.
"""

from __future__ import annotations

import polars as pl

from warehouse.contracts import Contract
from warehouse.intake.records import LINEAGE, landed_schema
from warehouse.settings import Settings

HEAD = "head_id_key"


def list_rows(contract: Contract, winning: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """The rows of a list from its loads in force, completed from its second files of the same month.

    winning: rows of `loads` that win. Returns: columns of `landed_schema`.
    """
    own = winning.filter(pl.col("extract") == contract.extract).sort("month", "load_id")
    rows = _read(own.filter(pl.col("part") == "")["path"].to_list(), contract, settings)
    for part in contract.parts:
        beside = _read(own.filter(pl.col("part") == part.part)["path"].to_list(), part, settings)
        rows = completed(rows, beside)
    return rows


def _read(paths: list[str], contract: Contract, settings: Settings) -> pl.DataFrame:
    frames = [pl.read_parquet(settings.landed / path) for path in paths]
    return pl.concat([pl.DataFrame(schema=landed_schema(contract)), *frames])


def completed(persons: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """What is blank in a person's row, from the row of the household with the same head in the same month.

    A list without heads joins by the person: it is of people who live alone. Of several rows of one household the one
    received last counts, then the last of its file.
    """
    key = HEAD if HEAD in persons.columns else "id_key"
    shared = [
        name
        for name in households.columns
        if name in persons.columns and name not in LINEAGE and not name.startswith(("head_id_", "id_"))
    ]
    if not shared or households.is_empty():
        return persons
    newest = (
        households.filter(pl.col(HEAD).is_not_null())
        .sort("received_on", "load_id", "row_no", descending=[True, False, True])
        .unique(["month", HEAD], keep="first", maintain_order=True)
        .select("month", pl.col(HEAD).alias(key), *(pl.col(name).alias(f"{name}_beside") for name in shared))
    )
    joined = persons.join(newest, on=["month", key], how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce(name, f"{name}_beside").alias(name) for name in shared).select(
        persons.columns
    )
