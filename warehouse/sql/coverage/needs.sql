-- What do households under monitoring need in a month, by the cause of their risk, and is it answered? One row per area
-- compared and cause; an area without any has one row of nulls.
with areas as (
    select area_code, name
    from dim_area
    where list_contains(string_split($areas, ','), area_code)
)

select
    areas.area_code,
    areas.name,
    needs.cause,
    needs.needs,
    needs.met,
    needs.planned,
    needs.without_measure
from areas
left join agg_area_need_month as needs
    on areas.area_code = needs.area_code and needs.scope = 'area' and needs.month = $month
order by areas.area_code, needs.cause
