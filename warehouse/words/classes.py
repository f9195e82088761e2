"""What is said of classes: the six kinds of the one population (DB-1), the types of monitored households (BX-2), and
the groups watched beyond the registers (DB-3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from warehouse.i18n import fmt_interval, fmt_month, fmt_number, fmt_ratio, fmt_share, fmt_signed, label, t
from warehouse.session import Column
from warehouse.stats.intervals import wilson

# Kind of class -> its classes in the order of the clause, and the labels they have.
CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    "tier": ("tekun", "dibao", "dibao_edge", "rigid_expense", "other", "none", "unknown"),
    "type": ("unstable_lifted", "edge_poor", "sudden_hardship", "none", "unknown"),
}
LABELS: Final[Mapping[str, str]] = {"tier": "tier", "type": "monitored_class"}
SHORT: Final[Mapping[str, str]] = {"tier": "tier_short", "type": "monitored_class"}
WATCHED: Final = ("watch_population", "lifted", "ever_monitored", "watch_rejected", "watch_left_dibao")
_OUTSIDE: Final = ("none", "unknown")


@dataclass(frozen=True)
class Classes:
    """One kind of class: the sentences, the table of classes, and the pairs of the classes that are there.

    table: code, name, registered, registered_people, by_data, by_data_people, both. codes: of the chart, in order.
    """

    sentences: tuple[str, ...]
    table: pl.DataFrame
    columns: Mapping[str, Column]
    pairs: pl.DataFrame
    codes: tuple[str, ...]


def classes(frame: pl.DataFrame, kind: str) -> Classes:
    """The classes by the data and on the registers (queries.risk.classes), and where they differ."""
    rows = [_class(frame, code, LABELS[kind]) for code in CLASSES[kind]]
    schema = {"code": pl.String, "name": pl.String} | dict.fromkeys(_COUNTED, pl.Int64)
    present = set(frame["by_data"]) | set(frame["on_register"])
    columns = {"name": Column(t(f"risk.class.{kind}"))}
    columns |= {name: Column(t(f"risk.class.{name}"), "number") for name in _COUNTED}
    return Classes(
        tuple(_sentences(frame, kind)),
        pl.DataFrame(rows, schema=schema, orient="row"),
        columns,
        frame,
        tuple(code for code in CLASSES[kind] if code in present),
    )


_COUNTED: Final = ("registered", "registered_people", "by_data", "by_data_people", "both")


def _class(frame: pl.DataFrame, code: str, kind: str) -> dict[str, Any]:
    on_register, by_data = (frame.filter(pl.col(side) == code) for side in ("on_register", "by_data"))
    both = on_register.filter(pl.col("by_data") == code)
    return {
        "code": code,
        "name": label(kind, code),
        "registered": _total(on_register, "households"),
        "registered_people": _total(on_register, "members"),
        "by_data": _total(by_data, "households"),
        "by_data_people": _total(by_data, "members"),
        "both": _total(both, "households"),
    }


def _sentences(frame: pl.DataFrame, kind: str) -> list[str]:
    """Who belongs to the population on each side; of those in it on either side, how many stand in the same class."""
    on_register = frame.filter(~pl.col("on_register").is_in(_OUTSIDE))
    by_data = frame.filter(~pl.col("by_data").is_in(_OUTSIDE))
    said = {
        "total": fmt_number(_total(frame, "households")),
        "registered": fmt_number(_total(on_register, "households")),
        "registered_people": fmt_number(_total(on_register, "members")),
        "by_data": fmt_number(_total(by_data, "households")),
        "by_data_people": fmt_number(_total(by_data, "members")),
    }
    either = frame.filter(
        ~(pl.col("on_register").is_in(_OUTSIDE) & pl.col("by_data").is_in(_OUTSIDE)),
        pl.col("by_data") != "unknown",
        pl.col("on_register") != "unknown",
    )
    unknown = frame.filter((pl.col("by_data") == "unknown") | (pl.col("on_register") == "unknown"))
    of = _total(either, "households")
    same = _total(either.filter(pl.col("by_data") == pl.col("on_register")), "households")
    words = [t(f"risk.class.say.{kind}", **said)]
    if of:
        low, high = (float(bound) for bound in wilson(same, of))
        agreed = {"ratio": fmt_ratio(same, of), "share": fmt_share(same / of), "interval": fmt_interval(low, high)}
        only = {
            "only_data": fmt_number(_total(either.filter(pl.col("on_register") == "none"), "households")),
            "only_register": fmt_number(_total(either.filter(pl.col("by_data") == "none"), "households")),
        }
        unsure = fmt_number(_total(unknown, "households"))
        words.append(t("risk.class.say.agree", differ=fmt_number(of - same), unknown=unsure, **agreed, **only))
    else:
        words.append(t("risk.class.say.nobody", unknown=fmt_number(_total(unknown, "households"))))
    return words


def _total(frame: pl.DataFrame, column: str) -> int:
    return int(frame[column].sum())


@dataclass(frozen=True)
class Watched:
    """The watch population: what is said of it, and its groups as a table shows them."""

    sentence: str
    table: pl.DataFrame
    columns: Mapping[str, Column]


def watched(frame: pl.DataFrame) -> Watched:
    """The watch population and its four groups at the newest month of queries.risk.watch, with the change."""
    now = frame.row(-1, named=True)
    then = frame.row(0, named=True) if frame.height > 1 else None
    rows = [
        {
            "name": t(f"risk.watch.{group}"),
            "households": now[group],
            "people": now[f"{group}_people"],
            "share": _share(now[group], now["households"]),
            "change": fmt_signed(now[group] - then[group]) if then else t("risk.level.no_earlier"),
        }
        for group in WATCHED
    ]
    named = {name: fmt_number(now[name]) for name in (*WATCHED, "households", "watch_population_people")}
    kinds = {"households": "number", "people": "number"}
    columns = {
        name: Column(t(f"risk.watch.column.{name}"), kinds.get(name, "text"))  # type: ignore[arg-type]
        for name in ("name", "households", "people", "share", "change")
    }
    schema = {"name": pl.String, "households": pl.Int64, "people": pl.Int64, "share": pl.String, "change": pl.String}
    return Watched(t("risk.watch.say", month=fmt_month(now["month"]), **named), pl.DataFrame(rows, schema), columns)


def _share(part: int, whole: int) -> str:
    return f"{fmt_ratio(part, whole)}  {fmt_share(part / whole)}" if whole else t("format.none_to_count")
