"""Who answers for what, and which stage are we in? The calendar with what was done, duties with live counts, needs."""

import datetime as dt

from warehouse.i18n import fmt_date, t
from warehouse.queries import duties as asks
from warehouse.sections.decide import my_decisions
from warehouse.sections.duties import PARTS, part_asked
from warehouse.session import filters_bar, findings_box, freshness_line, header, require_scope, snapshot
from warehouse.words import duties as words

scope = require_scope("duties")
header(t("duties.title"), t("duties.question"))
filters = filters_bar(scope, kinds=("quarter", "month", "year"), area="none")
freshness_line(scope, filters)
as_of = dt.date.fromisoformat(snapshot().as_of)
findings_box(
    words.where_we_stand(asks.calendar(scope), as_of) or [t("duties.say.no_stages")],
    t("duties.say.as_of", day=fmt_date(as_of)),
)
my_decisions(scope)
PARTS[part_asked(scope)](scope, filters)
