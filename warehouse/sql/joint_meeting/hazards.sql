-- How many new warnings came in each month, by village and by cause, and how many were to be expected?
-- One row per month and village, and per month and cause.
select
    'village' as kind,
    agg_area_month.month,
    agg_area_month.area_code as code,
    dim_area.name,
    agg_area_month.new_warnings,
    agg_area_month.expected_warnings
from agg_area_month
inner join dim_area on agg_area_month.area_code = dim_area.area_code
where agg_area_month.month between $start and $end
    and case
        when $areas is null then dim_area.is_unit
        else list_contains(string_split($areas, ','), dim_area.area_code)
    end
union all
select
    'cause' as kind,
    month,
    cause as code,
    null as name,
    new_warnings,
    expected_warnings
from agg_area_cause_month
where scope = 'profile' and month between $start and $end
order by kind desc, month, code
