"""What became of every row and every cell of a file, so that a copy of it can say so where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from warehouse.contracts import Contract
from warehouse.intake.body import Body

ROWS = {"sheet": pl.String, "row_no": pl.Int32, "kind": pl.String}
CELLS = {
    "sheet": pl.String,
    "row_no": pl.Int32,
    "place": pl.Int32,
    "column_title": pl.String,
    "state": pl.String,
    "rule": pl.String,
    "hint": pl.String,
}


@dataclass(frozen=True)
class Marks:
    """rows: one per row under a header: sheet, row_no, kind (accepted, quarantined, header, blank, note).

    cells: one per mark, by sheet, row and column: sheet, row_no, place (from 0; null where the value stands in no one
    cell), column_title, state (fault: keeps the row out; emptied: an optional value that could not be read; repair),
    rule, hint. A repeat of a whole row has one mark without column, whose hint is the number of the first row.
    headings: sheet -> last row of its header.
    """

    rows: pl.DataFrame
    cells: pl.DataFrame
    headings: Mapping[str, int]


def marks_of(
    bodies: Sequence[Body],
    contract: Contract,
    readings: Mapping[str, pl.DataFrame],
    lines: pl.DataFrame,
    faults: pl.DataFrame,
    kinds: pl.Series,
    kept: pl.Series,
    first: pl.Series,
) -> Marks:
    """All of it from what the check found; all frames have one row per row under a header, in the same order."""
    ended = pl.when(pl.lit(kept)).then(pl.lit("accepted")).otherwise(pl.lit("quarantined"))
    kind = pl.when(pl.lit(kinds) == "data").then(ended).otherwise(pl.lit(kinds)).alias("kind")
    rows = lines.with_columns(kind).select(pl.col(name).cast(dtype) for name, dtype in ROWS.items())
    found = [pl.DataFrame(schema={"order": pl.Int64, **CELLS}), _repeats(lines, first)]
    rejected = rows["kind"] == "quarantined"
    is_row = kept | rejected
    for order, column in enumerate(contract.columns):
        reading = readings[column.name]
        frame = lines.with_columns(
            place=_places(bodies, column.name),
            column_title=pl.lit(column.title),
            order=pl.lit(order, dtype=pl.Int64),
            hint=reading["hint"],
        )
        for state, mask, rule in (
            ("fault", rejected & faults[column.name].is_not_null(), faults[column.name]),
            ("emptied", is_row & faults[column.name].is_null() & reading["fault"].is_not_null(), reading["fault"]),
            ("repair", kept & reading["repairs"].is_not_null(), reading["repairs"]),
        ):
            if mask.any():
                marked = frame.with_columns(rule=rule, state=pl.lit(state)).filter(mask)
                marked = marked.with_columns(pl.col("rule").str.split(" ")).explode("rule")
                found.append(marked.select("order", *(pl.col(name).cast(dtype) for name, dtype in CELLS.items())))
    at = {body.sheet.name: number for number, body in enumerate(bodies)}
    cells = pl.concat(found).with_columns(pl.col("sheet").replace_strict(at, return_dtype=pl.Int64).alias("at"))
    cells = cells.sort("at", "row_no", "order", "state", "rule", maintain_order=True).select(list(CELLS))
    return Marks(rows, cells, {body.sheet.name: body.header.last_row for body in bodies})


def _places(bodies: Sequence[Body], column: str) -> pl.Series:
    """Where the column stands in the sheet of each row; null where it has no cell of its own."""
    return pl.concat(
        pl.repeat(body.header.places.get(column), body.cells.height, dtype=pl.Int32, eager=True) for body in bodies
    )


def _repeats(lines: pl.DataFrame, first: pl.Series) -> pl.DataFrame:
    numbered = lines.with_columns(first=first.cast(pl.Int64), at=pl.int_range(pl.len(), dtype=pl.Int64))
    firsts = numbered.select(pl.col("at").alias("first"), pl.col("row_no").cast(pl.String).alias("hint"))
    return (
        numbered.filter(pl.col("first").is_not_null())
        .join(firsts, on="first", how="left", maintain_order="left")
        .with_columns(
            place=pl.lit(None, dtype=pl.Int32),
            column_title=pl.lit(""),
            state=pl.lit("fault"),
            rule=pl.lit("duplicate_row"),
            order=pl.lit(-1, dtype=pl.Int64),
        )
        .select("order", *(pl.col(name).cast(dtype) for name, dtype in CELLS.items()))
    )
