-- How many households stood at each level of risk at the end of each month, in one village or all? One row per month.
select
    month,
    cast(sum(households) as bigint) as households,
    cast(sum(risk_urgent) as bigint) as urgent,
    cast(sum(risk_high) as bigint) as high,
    cast(sum(risk_watch) as bigint) as watch,
    cast(sum(risk_none) as bigint) as none,
    cast(sum(risk_unknown) as bigint) as unknown,
    cast(sum(risk_urgent_people) as bigint) as urgent_people,
    cast(sum(risk_high_people) as bigint) as high_people,
    cast(sum(new_warnings) as bigint) as new_warnings
from agg_area_month
where scope = 'area' and month <= $month and area_code in (select area_code from dim_area where coalesce(area_code = $area, is_unit))
group by month
order by month
