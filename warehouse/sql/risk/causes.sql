-- How many households does each cause touch in a month and in an earlier one, and how many new warnings of it came
-- against how many to expect? One row per cause, whether or not there is a household.
select
    cause,
    cast(sum(households) filter (where month = $month) as bigint) as households,
    cast(sum(members) filter (where month = $month) as bigint) as members,
    cast(sum(households) filter (where month = $earlier) as bigint) as earlier,
    cast(sum(new_warnings) filter (where month = $month) as bigint) as new_warnings,
    sum(expected_warnings) filter (where month = $month) as expected_warnings
from agg_area_cause_month
where scope = 'area' and month in ($month, $earlier) and area_code in (select area_code from dim_area where coalesce(area_code = $area, is_unit))
group by cause
order by min(cause_order)
