-- Where do the registers of civil affairs and of revitalisation differ in a month, why, and who must act? One row per
-- area compared, kind and reason; an area without any has one row of nulls.
with areas as (
    select area_code, name
    from dim_area
    where list_contains(string_split($areas, ','), area_code)
)

select
    areas.area_code,
    areas.name,
    differences.kind,
    differences.reason,
    dim_department.unit as office,
    dim_department.name_en as office_en,
    differences.is_to_resolve,
    coalesce(differences.households, 0) as households,
    coalesce(differences.members, 0) as members
from areas
left join agg_register_difference_month as differences
    on areas.area_code = differences.area_code and differences.scope = 'area' and differences.month = $month
left join dim_department on differences.department_code = dim_department.department_code
order by areas.area_code, differences.kind, differences.reason
