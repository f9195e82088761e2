-- Who is on each register and who is monitored, by the lowest areas? One row per month, area and class; from the first
-- month on, since what a month may show hangs on what the months before have shown. Noughts are left out.
with counted as (
    select month, area_code, register as category, households, people
    from agg_register_month
    where month <= cast($month as date)
    union all
    select month, area_code, on_register as category, sum(households) as households, sum(members) as people
    from agg_class_month
    where kind = 'type' and on_register in ('unstable_lifted', 'edge_poor', 'sudden_hardship')
        and month <= cast($month as date)
    group by month, area_code, on_register
)

select
    counted.month,
    counted.area_code,
    counted.category,
    cast(counted.households as bigint) as households,
    cast(counted.people as bigint) as people
from counted
inner join dim_area on counted.area_code = dim_area.area_code
where dim_area.is_unit
order by counted.month, counted.area_code, counted.category
