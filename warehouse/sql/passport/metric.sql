-- How does one figure of a metric stand? One row.
select
    metric,
    scope,
    scope_code,
    period,
    period_start,
    period_end,
    is_partial,
    numerator,
    denominator,
    unknown,
    numerator_people,
    denominator_people,
    value,
    low,
    high,
    target,
    state,
    lists_missing
from metric_values
where metric = $what and scope = $scope and scope_code = $scope_code and period = $period
