-- How does each group whose cover is watched stand in a month? One row per area compared and group.
with areas as (
    select area_code, name
    from dim_area
    where list_contains(string_split($areas, ','), area_code)
)

select
    areas.area_code,
    areas.name,
    groups.population,
    groups.population_order,
    groups.households,
    groups.people,
    groups.eligible,
    groups.covered,
    groups.registered,
    groups.ineligible,
    groups.unmonitored,
    groups.eligible_unknown
from areas
inner join agg_population_month as groups
    on areas.area_code = groups.area_code and groups.scope = 'area' and groups.month = $month
order by areas.area_code, groups.population_order
