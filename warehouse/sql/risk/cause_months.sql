-- How many households did each cause touch at the end of each month? One row per cause and month.
select
    cause,
    month,
    cast(sum(households) as bigint) as households
from agg_area_cause_month
where scope = 'area' and month <= $month and area_code in (select area_code from dim_area where coalesce(area_code = $area, is_unit))
group by cause, month
order by min(cause_order), month
