-- Who is cared for, with what agreement, and visited in time, in a month? One row per area compared: people.
with areas as (
    select area_code, name
    from dim_area
    where list_contains(string_split($areas, ','), area_code)
)

select
    areas.area_code,
    areas.name,
    coalesce(care.tekun, 0) as tekun,
    coalesce(care.tekun_centralised, 0) as tekun_centralised,
    coalesce(care.tekun_home, 0) as tekun_home,
    coalesce(care.tekun_home_agreed, 0) as tekun_home_agreed,
    coalesce(care.left_behind, 0) as left_behind,
    coalesce(care.to_visit, 0) as to_visit,
    coalesce(care.visited, 0) as visited,
    coalesce(care.visit_overdue, 0) as visit_overdue,
    coalesce(care.visit_never, 0) as visit_never,
    coalesce(care.visit_unknown, 0) as visit_unknown
from areas
left join agg_care_month as care
    on areas.area_code = care.area_code and care.scope = 'area' and care.month = $month
order by areas.area_code
