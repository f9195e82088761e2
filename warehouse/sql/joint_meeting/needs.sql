-- Which needs of monitored households are met, planned or without a measure at the end of a month? One row per cause.
select
    cause,
    needs,
    met,
    planned,
    without_measure
from agg_area_need_month
where scope = 'profile' and month = $month
order by cause
