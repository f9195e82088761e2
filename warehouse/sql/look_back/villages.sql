-- Which villages were inspected, and which looked back at, in the year up to a day? One row per village.
with villages as (
    select area_code, name, tile_row, tile_col
    from dim_area
    where case when $areas is null then is_unit else list_contains(string_split($areas, ','), area_code) end
),

visits as (
    select
        dim_area_scope.scope_code as area_code,
        count(distinct dim_area_scope.area_code) as villages,
        count(distinct fct_inspection.area_code) filter (where fct_inspection.kind = '集中督查') as villages_inspected,
        count(distinct fct_inspection.area_code) filter (where fct_inspection.kind = '回头看') as villages_looked_back,
        max(fct_inspection.inspected_on) filter (where fct_inspection.kind = '集中督查') as inspected_on,
        max(fct_inspection.inspected_on) filter (where fct_inspection.kind = '回头看') as looked_back_on
    from dim_area_scope
    left join fct_inspection
        on
            dim_area_scope.area_code = fct_inspection.area_code
            and fct_inspection.year = $year
            and fct_inspection.inspected_on <= $until
    group by dim_area_scope.scope_code
)

select
    villages.area_code,
    villages.name,
    villages.tile_row,
    villages.tile_col,
    visits.inspected_on,
    visits.looked_back_on,
    coalesce(visits.villages, 0) as villages,
    coalesce(visits.villages_inspected, 0) as villages_inspected,
    coalesce(visits.villages_looked_back, 0) as villages_looked_back,
    coalesce(visits.villages_inspected = visits.villages, false) as inspected,
    coalesce(visits.villages_looked_back = visits.villages, false) as looked_back
from villages
left join visits on villages.area_code = visits.area_code
order by villages.area_code
