-- In which areas are warnings pushed up to a month unchecked past their limit? One row per area.
with areas as (
    select area_code, name
    from dim_area
    where case when $areas is null then is_unit else list_contains(string_split($areas, ','), area_code) end
)

select
    areas.area_code,
    areas.name,
    coalesce(sum(agg_list_month.warnings), 0)::bigint as warnings,
    coalesce(sum(agg_list_month.checked), 0)::bigint as checked,
    coalesce(sum(agg_list_month.overdue), 0)::bigint as overdue
from areas
left join agg_list_month
    on areas.area_code = agg_list_month.area_code
    and agg_list_month.scope = 'area'
    and agg_list_month.month <= $month
group by all
order by areas.area_code
