-- Which parts of the place are counted by an older roster than the month's? One row per part (a town of a county).
select
    dim_area.area_code,
    dim_area.name,
    agg_area_month.roster_month
from agg_area_month
inner join dim_area on agg_area_month.area_code = dim_area.area_code
where agg_area_month.month = $month
    and dim_area.depth = 1
    and not dim_area.is_unit
    and agg_area_month.roster_month < agg_area_month.month
order by dim_area.area_code
