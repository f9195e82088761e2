-- How did every metric stand in each quarter of a year? One row per metric and quarter.
select
    metric,
    period,
    numerator,
    denominator,
    value,
    state
from metric_values
where scope = 'profile' and period_kind = 'quarter' and left(period, 4) = $year
order by metric, period
