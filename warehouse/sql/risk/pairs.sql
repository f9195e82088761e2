-- Which causes come together in the same households? One row per pair; a cause with itself is all its households.
select
    cause as cause_a,
    other_cause as cause_b,
    cast(sum(households) as bigint) as households
from agg_area_cause_pair_month
where scope = 'area' and month = $month and area_code in (select area_code from dim_area where coalesce(area_code = $area, is_unit))
group by cause, other_cause
union all
select
    cause,
    cause,
    cast(sum(households) as bigint)
from agg_area_cause_month
where scope = 'area' and month = $month and households > 0 and area_code in (select area_code from dim_area where coalesce(area_code = $area, is_unit))
group by cause
order by cause_a, cause_b
