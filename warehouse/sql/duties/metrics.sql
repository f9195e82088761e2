-- How do the metrics stand in a period for the whole place, and for each department? One row per metric and scope.
select
    metric,
    scope,
    scope_code,
    numerator,
    denominator,
    value,
    state
from metric_values
where scope in ('profile', 'department')
    and period_kind = $period_kind
    and period = $period
order by metric, scope, scope_code
