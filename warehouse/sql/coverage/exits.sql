-- In how many households does cover run out gradually in a month, or may dibao be paid on after a voluntary exit? One row
-- per area compared.
with areas as (
    select area_code, name
    from dim_area
    where list_contains(string_split($areas, ','), area_code)
)

select
    areas.area_code,
    areas.name,
    coalesce(months.gradual_exit, 0) as gradual_exit,
    coalesce(months.voluntary_exit_bonus, 0) as voluntary_exit_bonus,
    coalesce(months.dropped, 0) as dropped
from areas
left join agg_area_month as months
    on areas.area_code = months.area_code and months.scope = 'area' and months.month = $month
order by areas.area_code
