"""The number passport: every figure has a code such as KH-4T7M-9QXD, and a printed code leads back to its figure.

A code is a hash over what the figure is and the snapshot it was taken from, so that equal figures of a snapshot have
equal codes on every page and paper, and no list of codes need be kept: of a snapshot that is held the figure is found
by hashing all there are. Its last sign checks the others. Source: 05-pages 2 "Number passport".
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from warehouse.errors import ConfigError
from warehouse.metrics import load_metrics
from warehouse.periods import kind_of

# Crockford's base 32: no I, L, O, U; who reads them as 1, 1, 0 is understood all the same.
SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MARK: Final = "KH"
_READ_AS: Final = str.maketrans("OIL", "011")
_DATA, _BITS = 7, 5
Fault = Literal["length", "signs", "check"]


@dataclass(frozen=True)
class Figure:
    """What a figure is, without its value.

    what: a metric of the catalogue, or `mart.column`. scope: profile, area, department or list. scope_code: the code of
    that place, area, department or list.
    period: `2025-12`, `2025Q4` or `2025`. population: `all`, or the part of the households that is counted.
    only: fixed choices such as a cause, as (column, value).
    """

    what: str
    scope: str
    scope_code: str
    period: str
    population: str = "all"
    only: tuple[tuple[str, str], ...] = ()

    @property
    def period_kind(self) -> str:
        return kind_of(self.period)

    @property
    def is_metric(self) -> bool:
        return "." not in self.what

    def written(self) -> str:
        """The figure in one line, the same on every machine."""
        only = ";".join(f"{name}={value}" for name, value in sorted(self.only))
        return "|".join((self.what, self.scope, self.scope_code, self.period, self.population, only))


@dataclass(frozen=True)
class PrintedFigure:
    """A figure as it was printed. value: 0-1 for shares, the number for counts, null unless known. printed_in: the file
    or page it stood in; printed_at: UTC, ISO (null: not recorded, read from the snapshot of then)."""

    code: str
    figure: Figure
    snapshot_id: str
    rules_version: str
    state: str
    value: float | None
    numerator: int | None
    denominator: int | None
    printed_in: str | None = None
    printed_at: str | None = None


def code_of(figure: Figure, snapshot_id: str) -> str:
    """The code of a figure of a snapshot: 35 bits of a hash as seven signs, and one that checks them."""
    digest = hashlib.sha256(f"{figure.written()}|{snapshot_id}".encode()).digest()
    number = int.from_bytes(digest[:8], "big") >> (64 - _DATA * _BITS)
    values = [number >> (_BITS * at) & 31 for at in reversed(range(_DATA))]
    signs = "".join(SIGNS[value] for value in [*values, _check(values)])
    return f"{MARK}-{signs[:4]}-{signs[4:]}"


def _check(values: Iterable[int]) -> int:
    """A weighted sum in the field of 32 elements: any one wrong sign and any two that changed places are found."""
    found = 0
    for value in values:
        found = _doubled(found ^ value)
    return found


def _doubled(value: int) -> int:
    """Times x modulo x^5 + x^2 + 1."""
    return (value << 1) ^ (0b100101 if value & 16 else 0)


def read_code(text: str) -> tuple[str, Fault | None]:
    """What was typed as a code as it is printed, and what is wrong with it (null: nothing).

    Spaces, dashes, small and full-width letters and the leading KH make no difference.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = "".join(sign for sign in plain if sign.isalnum())
    if len(kept) > _DATA + 1 and kept.startswith(MARK):
        kept = kept[len(MARK) :]
    signs = kept.translate(_READ_AS)
    if len(signs) != _DATA + 1:
        return plain.strip(), "length"
    code = f"{MARK}-{signs[:4]}-{signs[4:]}"
    if any(sign not in SIGNS for sign in signs):
        return code, "signs"
    values = [SIGNS.index(sign) for sign in signs]
    return code, None if _check(values[:-1]) == values[-1] else "check"


def metric_figure(row: Mapping[str, Any], profile: str, area: str | None = None) -> Figure:
    """The figure of a row of metric_values: of its own scope where it carries one, else of the area, else the whole."""
    scope = row.get("scope") or ("area" if area else "profile")
    scope_code = row.get("scope_code") or area or profile
    return Figure(row["metric"], scope, scope_code, row["period"])


# -- what is printed --------------------------------------------------------------------------------------------------

_printing: ContextVar[list[PrintedFigure] | None] = ContextVar("kanhu_printing", default=None)


@contextmanager
def printing() -> Iterator[list[PrintedFigure]]:
    """Collects every code that is printed inside, with its value, to be recorded afterwards."""
    printed: list[PrintedFigure] = []
    token = _printing.set(printed)
    try:
        yield printed
    finally:
        _printing.reset(token)


def print_code(figure: Figure, place: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """The code of a figure to print beside it; inside `printing()` it is kept for the record.

    place: the row of shell/snapshot (snapshot_id, rules_version). row: value, numerator, denominator, state.
    """
    code = code_of(figure, place["snapshot_id"])
    if (printed := _printing.get()) is not None:
        held = {name: row.get(name) for name in ("value", "numerator", "denominator")}
        state = row.get("state") or ("known" if held["numerator"] is not None else "list_missing")
        printed.append(PrintedFigure(code, figure, place["snapshot_id"], place["rules_version"], state, **held))
    return code


def payload_of(printed: PrintedFigure) -> dict[str, Any]:
    """What the record of a printed code holds, beside the code, the snapshot and where it was printed."""
    return {
        "figure": asdict(printed.figure) | {"only": [list(pair) for pair in printed.figure.only]},
        "rules_version": printed.rules_version,
        "state": printed.state,
        "value": printed.value,
        "numerator": printed.numerator,
        "denominator": printed.denominator,
    }


def from_payload(
    code: str, snapshot_id: str, payload: Mapping[str, Any], *, printed_in: str | None, printed_at: str | None
) -> PrintedFigure:
    """The figure of a record."""
    figure = dict(payload["figure"])
    figure["only"] = tuple((name, value) for name, value in figure["only"])
    return PrintedFigure(
        code,
        Figure(**figure),
        snapshot_id,
        payload["rules_version"],
        payload["state"],
        payload["value"],
        payload["numerator"],
        payload["denominator"],
        printed_in,
        printed_at,
    )


# -- what can be shown behind a figure --------------------------------------------------------------------------------

CATALOGUE: Final = Path(__file__).parent / "passports.yml"


@dataclass(frozen=True)
class Rows:
    """Where the rows behind a metric are. query: of sql/passport. scopes: in which they add up to the figure."""

    query: str
    scopes: tuple[str, ...]


@cache
def rows_of_metrics() -> dict[str, Rows]:
    """Which metrics are kept row by row. Raises: ConfigError for a metric there is not."""
    held = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["rows"]
    metrics = load_metrics()
    if unknown := sorted(set(held) - set(metrics) - set(counts())):
        raise ConfigError(f"{CATALOGUE.name}: got {', '.join(unknown)}, expected metrics of the catalogue or counts.")
    return {
        metric: Rows(entry["query"], tuple(entry.get("scopes") or metrics[metric].scopes))
        for metric, entry in held.items()
    }


def rows_of(figure: Figure) -> str | None:
    """The query that gives the rows behind a figure; null where it is told by village only."""
    found = rows_of_metrics().get(figure.what)
    return found.query if found and figure.scope in found.scopes else None


@cache
def counts() -> dict[str, str | None]:
    """The counts that are no metric: `mart.column` -> the column whose codes part them (null: none)."""
    held = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))["counts"]
    return {f"{mart}.{column}": entry.get("by") for mart, entry in held.items() for column in entry["columns"]}
