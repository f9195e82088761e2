-- How did each list come in a period? One row per list of the reader's departments.
select
    fct_push.extract,
    count(fct_push.due_on) as due,
    count(*) filter (where fct_push.state = 'on_time') as on_time,
    count(*) filter (where fct_push.state = 'late') as late,
    count(*) filter (where fct_push.state = 'part') as part,
    count(*) filter (where fct_push.state = 'missing') as missing,
    count(fct_push.received_on) as came,
    sum(fct_push.rows_accepted)::bigint as rows_accepted
from fct_push
where fct_push.month between $start and $end
group by fct_push.extract
order by fct_push.extract
