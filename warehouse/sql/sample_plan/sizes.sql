-- How many resident households are there in each of the lowest areas, in all and of each group? One row per area.
select
    dim_area.area_code,
    dim_area.name,
    count(fact.household_key) as all_households,
    count(*) filter (where fact.tier_registered in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense')) as covered,
    count(*) filter (where fact.suspected_missed) as missed,
    count(*) filter (where fact.is_monitored) as monitored,
    count(*) filter (
        where fact.tier_registered in ('other', 'none') and not fact.suspected_missed and not fact.is_monitored
    ) as other
from dim_area
left join fct_household_month as fact
    on dim_area.area_code = fact.area_code and fact.month = cast($month as date) and fact.is_resident
where dim_area.is_unit
group by dim_area.area_code, dim_area.name
order by dim_area.area_code
