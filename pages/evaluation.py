"""How well does the work do, against targets and the period before? The verdict, the headline figures and the reports
first; then every metric by theme, the steps, one metric in detail, and what was reported otherwise."""

import streamlit as st

from warehouse.i18n import fmt_period, join_words, t
from warehouse.queries import about
from warehouse.queries.metrics import metrics as period_metrics
from warehouse.queries.served import place
from warehouse.queries.warnings import not_expected
from warehouse.sections.evaluation import PARTS, Shown, exports, part_asked
from warehouse.sections.headline import headline_figures
from warehouse.session import (
    area_name,
    empty_state,
    filters_bar,
    findings_box,
    freshness_line,
    header,
    is_village,
    require_scope,
)
from warehouse.words import evaluation as words
from warehouse.words.headline import headlines
from warehouse.words.parameters import parameter
from warehouse.words.themes import FIRST

scope = require_scope("evaluation")
header(t("evaluation.title"), t("evaluation.question"))
filters = filters_bar(scope, kinds=("quarter", "month", "year"))
freshness_line(scope, filters)
metrics = period_metrics(scope, period=filters.period, area=filters.area)
if metrics.is_empty():
    empty_state("no_rows")
    st.stop()
town = area_name(scope, filters.within) if filters.within else place(scope)
shown = Shown(
    scope=scope,
    filters=filters,
    where=area_name(scope, filters.area) if filters.area else town,
    whole=town,
    is_village=is_village(scope, filters.area),
    metrics=words.with_unasked(metrics, set(not_expected(scope)["extract"])),
    earlier=fmt_period(filters.before().period),
    titles=about.titles(scope),
)
stand_ins = [parameter(name) for name in about.stand_ins(scope)]
findings_box(
    words.overview(shown.metrics, shown.earlier, shown.titles),
    caution=t("evaluation.stand_in", names=join_words(stand_ins)) if stand_ins else None,
)
headline_figures(scope, headlines(shown.metrics, FIRST, shown.earlier, shown.titles), shown.earlier, area=filters.area)
exports(shown)
PARTS[part_asked()](shown)
