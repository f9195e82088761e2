-- How did every metric move, period by period up to one, for the whole or one village? One row per metric and period.
select
    metric,
    period,
    value
from metric_values
where period_kind = $period_kind
    and period <= $period
    and (($area is null and scope = 'profile') or (scope = 'area' and scope_code = $area))
order by metric, period
