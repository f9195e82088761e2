-- Who is watched beyond the registers, at the end of a month and of an earlier one? One row per month (DB-3).
select
    month,
    households,
    members,
    watch_population,
    watch_population_people,
    lifted,
    lifted_people,
    ever_monitored,
    ever_monitored_people,
    watch_rejected,
    watch_rejected_people,
    watch_left_dibao,
    watch_left_dibao_people
from agg_area_month
where month in ($month, $earlier)
    and (($area is null and scope = 'profile') or (scope = 'area' and area_code = $area))
order by month
