-- Which villages were inspected, and which looked back at, in the year up to a day? One row per village.
with villages as (
    select area_code, name, tile_row, tile_col
    from dim_area
    where parent_code is not null
        and area_code not in (select parent_code from dim_area where parent_code is not null)
),

visits as (
    select
        area_code,
        max(inspected_on) filter (where kind = '集中督查') as inspected_on,
        max(inspected_on) filter (where kind = '回头看') as looked_back_on
    from fct_inspection
    where year = $year and inspected_on <= $until
    group by area_code
)

select
    villages.area_code,
    villages.name,
    villages.tile_row,
    villages.tile_col,
    visits.inspected_on,
    visits.looked_back_on,
    visits.inspected_on is not null as inspected,
    visits.looked_back_on is not null as looked_back
from villages
left join visits on villages.area_code = visits.area_code
order by villages.area_code
