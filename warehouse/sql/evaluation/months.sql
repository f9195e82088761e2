-- How did one metric move, month by month up to a day, for the whole or one village? One row per month.
select
    period,
    numerator,
    denominator,
    value,
    state
from metric_values
where period_kind = 'month'
    and metric = $metric
    and period_start <= $until
    and (($area is null and scope = 'profile') or (scope = 'area' and scope_code = $area))
order by period
