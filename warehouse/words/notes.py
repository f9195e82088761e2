"""Notes of villages in words: who says it, for which period, of which figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import polars as pl

from warehouse.i18n import fmt_instant, fmt_period, t
from warehouse.metrics import load_metrics
from warehouse.scope import Role, Scope
from warehouse.words.metric import name_of


def note_html(row: Mapping[str, Any], place: str, scope: Scope) -> str:
    """One note: its text as it was written, and below it village and role, period, figure, day. The account that wrote
    it is told to the office alone."""
    role = row["role"]
    said = [f"{place} · {t(f'shell.role.{role}')}", fmt_period(row["period"])]
    if row["metric"]:
        said.append(t("notes.of_metric", metric=_metric_name(row["metric"])))
    said.append(fmt_instant(row["written_at"].astimezone()))
    if scope.role is Role.OFFICE:
        said.append(t("notes.account", name=row["author"]))
    return (
        '<div class="kanhu-note" style="border-left:3px solid var(--kanhu-accent);padding:0.1rem 0 0.1rem 0.75rem">'
        f'<div style="white-space:pre-wrap;overflow-wrap:anywhere">{escape(row["text"])}</div>'
        f'<div style="color:var(--kanhu-muted);font-size:0.875rem">{escape(" · ".join(said))}</div></div>'
    )


def _metric_name(metric: str) -> str:
    return name_of(metric) if metric in load_metrics() else metric


def metrics_of_villages() -> list[str]:
    """The metrics that a village has a figure of, in the order of the catalogue."""
    return [code for code, metric in load_metrics().items() if "area" in metric.scopes]


def metric_label(code: str) -> str:
    return _metric_name(code) if code else t("notes.whole_village")


def about(notes: pl.DataFrame, metrics: Iterable[str] | None) -> pl.DataFrame:
    """The notes about one of the metrics or about the village as a whole; all of them where none is asked for."""
    if metrics is None:
        return notes
    return notes.filter(pl.col("metric").is_null() | pl.col("metric").is_in(list(metrics)))
