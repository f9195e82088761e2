-- Of each step whose limit fell in a period, how much was done in time, for the whole or one area? One row per step.
select
    step,
    sum(due)::bigint as due,
    sum(in_time)::bigint as in_time,
    sum(late)::bigint as late,
    sum(never_done)::bigint as never_done,
    sum(not_due)::bigint as not_due,
    sum(not_counted)::bigint as not_counted
from agg_step_month
where month between $start and $end
    and (($area is null and scope = 'profile') or (scope = 'area' and area_code = $area))
group by step
order by step
