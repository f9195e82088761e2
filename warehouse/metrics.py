"""The metric catalogue `metrics.yml`: what each evaluation metric asks, counts and divides by. Source: 06-metrics."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from warehouse.errors import ConfigError
from warehouse.i18n import Language, UnitWords, filled, unit_words

CATALOGUE = Path(__file__).parent / "metrics.yml"
UNITS = ("share", "count", "villages", "rate")
DIRECTIONS = ("up", "down", "none")
SCOPES = ("profile", "area", "department", "list")
PERIODS = ("month", "quarter", "year")
COUNTINGS = ("stock", "flow")


@dataclass(frozen=True)
class Metric:
    """One metric. Shares are 0-1, rates per 1,000; `target` is null unless a clause states one, `target_source`.

    counting: `stock` is the state at the period's last month, `flow` the sum over the period.
    item: what one of the denominator is (household, person, warning, ...). direction `none`: neither side is better.
    needs: extracts without which the figure is `list_missing`. model: the dbt model that counts it.
    """

    metric: str
    name_zh: str
    name_en: str
    question_zh: str
    question_en: str
    numerator_zh: str
    numerator_en: str
    denominator_zh: str
    denominator_en: str
    unit: str
    item: str
    direction: str
    clause: str
    caveat_zh: str
    caveat_en: str
    scopes: tuple[str, ...]
    counting: str
    model: str
    needs: tuple[str, ...]
    target: float | None = None
    target_source: str | None = None
    periods: tuple[str, ...] = PERIODS


@cache
def load_metrics(path: Path = CATALOGUE) -> dict[str, Metric]:
    """The catalogue by metric, in its order. Raises: ConfigError with every fault found."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    faults: list[str] = []
    metrics: dict[str, Metric] = {}
    for position, entry in enumerate(entries, start=1):
        metric = _metric(f"{path.name} metric {position}", entry, faults)
        if metric and metric.metric in metrics:
            faults.append(f"{path.name}: got {metric.metric} twice, expected each metric once. Remove one of the two.")
        elif metric:
            metrics[metric.metric] = metric
    if faults:
        raise ConfigError(faults)
    return metrics


def _metric(place: str, entry: dict[str, Any], faults: list[str]) -> Metric | None:
    known = {field.name for field in fields(Metric)}
    required = known - {"target", "target_source", "periods"}
    place = f"{place} {entry.get('metric', '')}".rstrip()
    found = [
        *(f"{place}: got key {key}, expected one of {', '.join(sorted(known))}." for key in sorted(set(entry) - known)),
        *(f"{place}: got no {key}, expected one. Add it." for key in sorted(required - set(entry))),
    ]
    if not found:
        lists = {key: tuple(entry[key]) for key in ("scopes", "periods", "needs") if key in entry}
        metric = Metric(**{**entry, **lists})
        found = _faults(place, metric)
    faults += found
    return None if found else metric


def _faults(place: str, metric: Metric) -> list[str]:
    single = (("unit", UNITS), ("direction", DIRECTIONS), ("counting", COUNTINGS))
    several = (("scopes", SCOPES), ("periods", PERIODS))
    faults = [
        f"{place}: got {key} {getattr(metric, key)!r}, expected one of {', '.join(allowed)}."
        for key, allowed in single
        if getattr(metric, key) not in allowed
    ]
    faults += [
        f"{place}: got {key} {', '.join(getattr(metric, key)) or 'empty'}, expected some of {', '.join(allowed)}."
        for key, allowed in several
        if not getattr(metric, key) or set(getattr(metric, key)) - set(allowed)
    ]
    if metric.target is not None and not 0 <= metric.target <= 1:
        faults.append(f"{place}: got target {metric.target}, expected a share from 0 to 1.")
    if (metric.target is None) != (metric.target_source is None):
        faults.append(f"{place}: got a target without its source or the reverse, expected both or neither.")
    return faults


def metrics_frame(lowest: UnitWords | None = None) -> pl.DataFrame:
    """What the models join. Returns: one row per metric; lists as text parted by 、, target as a share (0-1).

    lowest: what a village is called in the place, for the texts that name it.
    """
    rows = [
        {key: "、".join(value) if isinstance(value, tuple) else value for key, value in told(metric, lowest).items()}
        for metric in load_metrics().values()
    ]
    return pl.DataFrame(rows, schema_overrides={"target": pl.Float64, "target_source": pl.String})


def told(metric: Metric, lowest: UnitWords | None = None) -> dict[str, Any]:
    """The metric by its keys, its texts with what a village is called in the place."""
    lowest = lowest or UnitWords()
    languages: dict[str, Language] = {"zh": "zh_CN", "en": "en"}
    words = {ending: unit_words(name, lowest, lowest) for ending, name in languages.items()}
    return {
        key: filled(value, words[key[-2:]]) if key[-3:] in ("_zh", "_en") else value
        for key, value in asdict(metric).items()
    }
