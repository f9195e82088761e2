-- When was each village inspected and looked back on in a year? One row per village by code.
select
    dim_area.area_code,
    dim_area.name,
    min(fct_inspection.inspected_on) filter (where fct_inspection.kind = '集中督查') as inspected_on,
    min(fct_inspection.inspected_on) filter (where fct_inspection.kind = '回头看') as looked_back_on,
    count(fct_inspection.inspected_on)::bigint as visits
from dim_area
left join dim_area_scope on dim_area.area_code = dim_area_scope.scope_code
left join fct_inspection
    on dim_area_scope.area_code = fct_inspection.area_code
    and fct_inspection.year = $year
    and fct_inspection.inspected_on <= $end
where case
    when $areas is null then dim_area.is_unit
    else list_contains(string_split($areas, ','), dim_area.area_code)
end
group by dim_area.area_code, dim_area.name
order by dim_area.area_code
