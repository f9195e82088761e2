"""Chart builders: a pure frame in, a finished chart out. Each answers one question; the page writes it as the title."""

from warehouse.charts.amounts import (
    ageing_bars,
    cause_bars,
    cause_matrix,
    class_matrix,
    income_histogram,
    stacked_share,
    transition_matrix,
)
from warehouse.charts.areas import funnel, interval_dots, tile_map, tracker
from warehouse.charts.series import done_curve, heat_month, timeline, trend

__all__ = [
    "ageing_bars",
    "cause_bars",
    "cause_matrix",
    "class_matrix",
    "done_curve",
    "funnel",
    "heat_month",
    "income_histogram",
    "interval_dots",
    "stacked_share",
    "tile_map",
    "timeline",
    "tracker",
    "transition_matrix",
    "trend",
]
