"""Do warnings get handled in time? Which lists came, how far their warnings got, what is late, what lists tell."""

import datetime as dt

import polars as pl

from warehouse.i18n import t
from warehouse.queries import warnings as asks
from warehouse.queries.intake import pushes as all_pushes
from warehouse.sections import warnings as sections
from warehouse.session import choice_in_url, filters_bar, findings_box, freshness_line, header, require_scope
from warehouse.words import warnings as words

scope = require_scope("warnings")
header(t("warnings.title"), t("warnings.question"))
filters = filters_bar(scope, kinds=("quarter", "month", "year"), area="any" if scope.areas else "none")
freshness_line(scope, filters)
pushes = all_pushes(scope).filter(pl.col("month") <= filters.month)
lists = asks.lists(scope, start=filters.start, end=filters.end, area=filters.area)

told = words.sent(pushes.filter(pl.col("month") >= filters.start), filters.label)
findings_box([*told, *words.handled(lists, filters.label)])
sections.headlines(scope, filters)

PARTS = {
    "push": lambda: sections.push(
        scope, filters, pushes.filter(pl.col("month") > filters.month - dt.timedelta(days=360))
    ),
    "work": lambda: sections.work(scope, filters, lists),
    "late": lambda: sections.late(scope, filters),
    "yield": lambda: sections.yields(scope, filters, lists),
    "found": lambda: sections.found(scope, filters),
}
# What is counted by area is not for who sees none.
parts = list(PARTS) if scope.areas else ["push", "work", "yield"]
PARTS[choice_in_url("part", parts, t("warnings.parts"), lambda part: t(f"warnings.part.{part}"))]()
