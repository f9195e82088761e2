-- How many households came into a state or left it, by reason, in the period's last month, for the whole or one area?
select
    counted.state,
    counted.value,
    counted.reason,
    counted.gained,
    counted.lost
from release_count as counted
inner join release_info as info on counted.month = date_trunc('month', info.period_end)
where ($area is null and counted.scope = 'profile') or (counted.scope = 'area' and counted.area_code = $area)
order by counted.state, counted.value, counted.reason
