-- How many households are in each state in the period's last month, then and now, for the whole or one area?
select
    totals.state,
    totals.value,
    totals.old_households,
    totals.new_households
from release_total as totals
inner join release_info as info on totals.month = date_trunc('month', info.period_end)
where ($area is null and totals.scope = 'profile') or (totals.scope = 'area' and totals.area_code = $area)
order by totals.state, totals.value
