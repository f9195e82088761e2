"""What may be published of small counts: 1 to 7 are hidden, the rest is rounded to 5, and nothing gives a hidden count
back. Pure functions on one fixed cube (areas x classes x months); free combinations of filters are never published.

Hidden is null with a flag, never 0. A count and the people in it are hidden together. What is hidden besides the small
counts (complementary suppression) is not told apart from them. The reader we guard against knows the method, sees every
published table at once, those of the month before too, and knows in which cells nothing changed in between; to him
every small count must stay open among at least OPEN_VALUES values, as many as a rounded figure stands for.
Source: 07-trust "Small cells"; 05-pages 13.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import UsageError

HIDDEN_TO: Final = 7
ROUNDED_TO: Final = 5
# A rounded figure stands for 5 counts; a hidden one says no more than that of counts 1 to 7.
OPEN_VALUES: Final = 5
# What two months and both counts say only all together is not followed to its end: one value more is kept for that.
_KEPT_OPEN: Final = OPEN_VALUES + 1
COUNTS: Final = ("households", "people")
_ANY: Final = 10**9

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def rounded(counts: Ints) -> Ints:
    """To the nearest multiple of ROUNDED_TO."""
    return (counts + ROUNDED_TO // 2) // ROUNDED_TO * ROUNDED_TO


def is_small(counts: Ints) -> Flags:
    return (counts >= 1) & (counts <= HIDDEN_TO)


def publishable(cells: pl.DataFrame, parents: Mapping[str, str]) -> pl.DataFrame:
    """The cube as it may leave the office.

    cells: one row per month, lowest area and class: month, area_code, category, households, people; a cell without a
    row is 0. parents: area -> the area above it.
    Returns: one row per month, area of any level and class: month, area_code, category, is_hidden, households, people
    (rounded; null: hidden). An area above others is rounded from its own count, not summed.
    Raises: UsageError if an area of the cells is also above others.
    """
    leaves = sorted(set(cells["area_code"]))
    if nested := sorted(set(leaves) & set(parents.values())):
        raise UsageError(f"cells: got {', '.join(nested)}, which have areas below them, expected the lowest areas.")
    tree = _tree(leaves, parents)
    months = sorted(set(cells["month"]))
    found: list[dict[str, Any]] = []
    for category in sorted(set(cells["category"])):
        earlier: _Month | None = None
        for month in months:
            rows = cells.filter(pl.col("category") == category, pl.col("month") == month)
            earlier = _published(tree, _counts(tree, rows), earlier)
            found += [
                {
                    "month": month,
                    "area_code": code,
                    "category": category,
                    "is_hidden": bool(earlier.hidden[at]),
                    **{
                        name: None if earlier.hidden[at] else int(rounded(earlier.counts[measure])[at])
                        for measure, name in enumerate(COUNTS)
                    },
                }
                for at, code in enumerate(tree.codes)
            ]
    schema = {"month": pl.Date, "area_code": pl.String, "category": pl.String, "is_hidden": pl.Boolean}
    return pl.DataFrame(found, schema={**schema, **dict.fromkeys(COUNTS, pl.Int64)}, orient="row")


def with_total(published: pl.DataFrame, parts: Sequence[str], name: str) -> pl.DataFrame:
    """The class `name` added: the sum of what is shown of the classes `parts`. Where one of them is hidden so is the
    sum, since a sum of some would be read as one of all."""
    keys = ["month", "area_code"]
    sums = (
        published.filter(pl.col("category").is_in(list(parts)))
        .group_by(keys, maintain_order=True)
        .agg(pl.col("is_hidden").any(), *(pl.col(count).sum() for count in COUNTS))
        .with_columns(
            pl.lit(name).alias("category"),
            *(pl.when("is_hidden").then(None).otherwise(pl.col(count)).alias(count) for count in COUNTS),
        )
    )
    return pl.concat([published, sums.select(published.columns)])


@dataclass(frozen=True)
class _Tree:
    """Areas from the lowest up. parent: place of the area above; -1 for the top. depth: below the top."""

    codes: tuple[str, ...]
    parent: Ints
    depth: Ints

    def siblings(self, at: int) -> Ints:
        found: Ints = np.flatnonzero((self.parent == self.parent[at]) & (np.arange(len(self.parent)) != at))
        return found if self.parent[at] >= 0 else found[:0]


@dataclass
class _Month:
    """One class in one month. counts: households and people by area. hidden: not published. small: 1 to 7 households.
    untold: below a small count, hidden whatever it is: nought or small, nobody can say which."""

    counts: Ints
    hidden: Flags
    small: Flags
    untold: Flags
    low: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    high: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def known(self) -> None:
        """What the figures themselves say: the counts that round to one shown, 1 to 7 for a small one, 0 to 7 for one
        that is untold, more than 7 for one hidden besides. People are at least as many as households."""
        figures = rounded(self.counts)
        self.low = np.where(figures == 0, 0, np.maximum(figures - ROUNDED_TO // 2, 1))
        self.high = np.where(figures == 0, 0, figures + ROUNDED_TO // 2)
        least = np.where(self.untold, 0, np.where(self.small, 1, HIDDEN_TO + 1))
        self.low[:, self.hidden] = least[self.hidden]
        self.high[:, self.hidden] = _ANY
        self.high[0, self.small | self.untold] = HIDDEN_TO
        self.low[0] = np.where(~self.hidden & (figures[0] > 0), np.maximum(self.low[0], HIDDEN_TO + 1), self.low[0])

    def exposed(self) -> list[int]:
        """The small counts of which fewer than OPEN_VALUES values are left."""
        width = (self.high - self.low + 1).min(axis=0)
        return [int(at) for at in np.flatnonzero(self.small & (width < _KEPT_OPEN))]


def _tree(leaves: Sequence[str], parents: Mapping[str, str]) -> _Tree:
    codes = list(leaves)
    for code in codes:
        if (above := parents.get(code)) and above not in codes:
            codes.append(above)
    at = {code: place for place, code in enumerate(codes)}
    parent = np.array([at.get(parents.get(code, ""), -1) for code in codes], dtype=np.int64)
    depth = np.zeros(len(codes), dtype=np.int64)
    for place in range(len(codes)):
        above = parent[place]
        while above >= 0:
            depth[place] += 1
            above = parent[above]
    return _Tree(tuple(codes), parent, depth)


def _counts(tree: _Tree, rows: pl.DataFrame) -> Ints:
    """Households and people of every area, those above as sums."""
    counts = np.zeros((len(COUNTS), len(tree.codes)), dtype=np.int64)
    at = {code: place for place, code in enumerate(tree.codes)}
    for row in rows.iter_rows(named=True):
        counts[:, at[row["area_code"]]] += [row[name] for name in COUNTS]
    for place in np.argsort(-tree.depth, kind="stable"):
        if tree.parent[place] >= 0:
            counts[:, tree.parent[place]] += counts[:, place]
    return counts


def _published(tree: _Tree, counts: Ints, earlier: _Month | None) -> _Month:
    """Hide the small counts, what was hidden last month and has not changed, and as much more as it takes."""
    small = is_small(counts[0])
    # All below a small count: the noughts among them shown, those left would be counted by it.
    untold = np.zeros(len(small), dtype=bool)
    for at in np.argsort(tree.depth, kind="stable"):
        above = tree.parent[at]
        untold[at] = above >= 0 and bool(small[above] or untold[above])
    hidden = small | untold
    if earlier is not None:
        same = counts[0] == earlier.counts[0]
        hidden |= earlier.hidden & same
        untold |= earlier.untold & same
    now = _Month(counts, hidden, small, untold)
    while (more := _next_to_hide(tree, now, earlier)) is not None:
        now.hidden[more] = True
    return now


def _next_to_hide(tree: _Tree, now: _Month, earlier: _Month | None) -> int | None:
    _close_in(tree, now, earlier)
    exposed = [*now.exposed(), *(earlier.exposed() if earlier else [])]
    for at in exposed:
        if (more := _cover(tree, now, earlier, at)) is not None:
            return more
    return None


def _cover(tree: _Tree, now: _Month, earlier: _Month | None, at: int) -> int | None:
    """What to hide for the area `at`: the smallest shown count beside it, first of those hidden last month; else the
    count above it; else the same one level up."""
    node = at
    while True:
        beside = [int(place) for place in tree.siblings(node) if not now.hidden[place] and now.counts[0, place] > 0]
        if beside:
            was = earlier.hidden if earlier is not None else np.zeros(len(tree.codes), dtype=bool)
            return min(beside, key=lambda place: (not was[place], now.counts[0, place], place))
        node = int(tree.parent[node])
        if node < 0:
            return None
        if not now.hidden[node] and now.counts[0, node] > 0:
            return node


def _close_in(tree: _Tree, now: _Month, earlier: _Month | None) -> None:
    """What can be told of every count from all that is published: sums up and down, people against households, and one
    month against the other where nothing changed. Bounds are passed along until none moves."""
    months = [now] if earlier is None else [now, earlier]
    for month in months:
        month.known()
    households, people = (_Bounds.of(tree, months, measure) for measure in range(len(COUNTS)))
    moved = True
    while moved:
        moved = households.close_in() + people.close_in() > 0
        for at in range(len(months)):
            low = np.maximum(people.low[at], households.low[at])
            high = np.minimum(households.high[at], people.high[at])
            moved = moved or bool((low != people.low[at]).any() or (high != households.high[at]).any())
            people.low[at], households.high[at] = low, high
    for at, month in enumerate(months):
        month.low = np.stack([households.low[at], people.low[at]])
        month.high = np.stack([households.high[at], people.high[at]])


@dataclass
class _Bounds:
    """Bounds of one count by area, in rows: the whole count of each month; then, of each month, the part of it in the
    lowest areas that changed; last the part in those that did not, which is the same in every month."""

    tree: _Tree
    months: int
    low: Ints
    high: Ints

    @classmethod
    def of(cls, tree: _Tree, months: Sequence[_Month], measure: int) -> _Bounds:
        lowest = ~np.isin(np.arange(len(tree.codes)), tree.parent)
        counts = [month.counts[measure] for month in months]
        same = lowest & (counts[0] == counts[1]) if len(counts) > 1 else np.zeros_like(lowest)
        most = [np.where(same, 0, _ANY)] * len(months) + [np.where(lowest & ~same, 0, _ANY)]
        low = [month.low[measure] for month in months] + [np.zeros_like(part) for part in most]
        return cls(tree, len(months), np.stack(low), np.stack([month.high[measure] for month in months] + most))

    def close_in(self) -> bool:
        """One pass. Returns whether a bound moved."""
        low, high = self.low.copy(), self.high.copy()
        below = np.flatnonzero(self.tree.parent >= 0)
        above = self.tree.parent[below]
        summed = np.unique(above)
        least, most = np.zeros_like(low), np.zeros_like(high)
        np.add.at(least.T, above, low[:, below].T)
        np.add.at(most.T, above, high[:, below].T)
        self.low[:, summed] = np.maximum(low, least)[:, summed]
        self.high[:, summed] = np.minimum(high, most)[:, summed]
        others_most, others_least = most[:, above] - high[:, below], least[:, above] - low[:, below]
        self.low[:, below] = np.maximum(self.low[:, below], self.low[:, above] - others_most)
        self.high[:, below] = np.minimum(self.high[:, below], self.high[:, above] - others_least)
        for month in range(self.months):
            self._part(month, self.months + month, 2 * self.months)
        return not (np.array_equal(low, self.low) and np.array_equal(high, self.high))

    def _part(self, whole: int, one: int, other: int) -> None:
        """The whole is one part and the other."""
        low, high = self.low, self.high
        low[whole] = np.maximum(low[whole], low[one] + low[other])
        high[whole] = np.minimum(high[whole], high[one] + high[other])
        for part, rest in ((one, other), (other, one)):
            low[part] = np.maximum(low[part], low[whole] - high[rest])
            high[part] = np.minimum(high[part], high[whole] - low[rest])
