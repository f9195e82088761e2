"""docs/metrics.md: every evaluation metric, what it asks, counts and divides by."""

from __future__ import annotations

from warehouse.metrics import Metric, load_metrics, told
from warehouse.reference.markdown import code, page, table

UNITS = {"share": "share, 0–1", "count": "count", "villages": "of all areas compared", "rate": "per 1,000"}
BETTER = {"up": "higher is better", "down": "lower is better", "none": "neither side is better"}
COUNTINGS = {"stock": "state at the period’s last month", "flow": "sum over the period"}
INTRO = (
    "What each figure asks, and what is divided by what. What an input leaves unknown is outside the ratio and counted "
    "beside it; a denominator of 0 is “none to count”, and a list that did not come makes the figure “list missing”."
)


def metrics_page() -> str:
    """The catalogue: an index by name, then one section a metric."""
    metrics = [Metric(**told(metric)) for metric in load_metrics().values()]
    index = table(
        ("metric", "名称", "name", "clause"),
        ([f"[`{m.metric}`](#{m.metric})", m.name_zh, m.name_en, m.clause] for m in metrics),
    )
    return page("指标 Metrics", "`warehouse/metrics.yml`", INTRO, index, *(_section(metric) for metric in metrics))


def _section(metric: Metric) -> str:
    target = f"target {metric.target:g} ({metric.target_source}), " if metric.target is not None else ""
    lines = [
        f"## {metric.metric}",
        f"**{metric.name_zh}** {metric.question_zh}  ",
        f"{metric.numerator_zh} ÷ {metric.denominator_zh}。{metric.caveat_zh}。",
        "",
        f"**{metric.name_en}** {metric.question_en}  ",
        f"{metric.numerator_en} ÷ {metric.denominator_en}. {metric.caveat_en}.",
        "",
        f"- {UNITS[metric.unit]}, {BETTER[metric.direction]}, {target}{COUNTINGS[metric.counting]}",
        f"- clause {metric.clause}",
        f"- for {', '.join(metric.scopes)} by {', '.join(metric.periods)}; counted in `{metric.model}`",
        f"- needs {code(metric.needs)}",
    ]
    return "\n".join(lines)
