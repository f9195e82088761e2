"""What the public statistics sheet asks. Its figures pass through `disclosure` before anything is shown of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import polars as pl

from warehouse.disclosure import publishable
from warehouse.exports.publication import CATEGORIES
from warehouse.queries.returns import Ask


@dataclass(frozen=True)
class Published:
    """What may be published of a month. cells: as disclosure.publishable, for every area and class; areas: area_code,
    name, parent_code, is_unit, depth, those above before those below; without_list: classes of which no list ever
    came, so that their noughts say nothing."""

    month: dt.date
    cells: pl.DataFrame
    areas: pl.DataFrame
    without_list: frozenset[str] = frozenset()


def published(ask: Ask, *, month: dt.date) -> Published:
    """The public figures of a month, for who holds the whole place. Source: 07-trust "Small cells"."""
    areas = ask("publication/areas")
    found = ask("publication/cells", month=month)
    units = areas.filter(pl.col("is_unit"))["area_code"]
    months = pl.DataFrame({"month": sorted({*found["month"], month})}, schema={"month": pl.Date})
    every = months.join(pl.DataFrame({"area_code": units}), how="cross").join(
        pl.DataFrame({"category": CATEGORIES}), how="cross"
    )
    keys = ["month", "area_code", "category"]
    cells = every.join(found, on=keys, how="left").with_columns(pl.col("households", "people").fill_null(0))
    parents = {code: above for code, above in areas.select("area_code", "parent_code").iter_rows() if above}
    shown = publishable(cells, parents).filter(pl.col("month") == month)
    lists = ask("publication/lists", month=month)
    return Published(month, shown, areas, frozenset(lists.filter(~pl.col("is_received"))["category"]))
