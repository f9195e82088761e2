-- What fell due in one village in the months of a period, and was it done in time? One row per step with anything due.
select
    step,
    sum(due)::bigint as due,
    sum(in_time)::bigint as in_time,
    sum(late)::bigint as late,
    sum(never_done)::bigint as never_done,
    sum(not_due)::bigint as not_due,
    sum(not_counted)::bigint as not_counted
from agg_step_month
where scope = 'area' and area_code = $area and month between $start and $until
group by step
having sum(due + not_due + not_counted) > 0
order by step
