-- How did every list come, of those due in a period, and what became of the rows of its months? One row per list.
select
    dim_extract.extract,
    dim_extract.title,
    dim_extract.title_en,
    dim_department.name as department,
    dim_department.name_en as department_en,
    count(*) filter (where push.due_on between $start and $end and push.state <> 'not_due') as due,
    count(*) filter (where push.due_on between $start and $end and push.state = 'on_time') as on_time,
    count(*) filter (where push.due_on between $start and $end and push.state = 'late') as late,
    count(*) filter (where push.due_on between $start and $end and push.state in ('missing', 'part')) as missing,
    coalesce(sum(push.rows_read) filter (where push.month between $start and $end), 0)::bigint as rows_read,
    coalesce(sum(push.rows_accepted) filter (where push.month between $start and $end), 0)::bigint as rows_accepted,
    coalesce(sum(push.rows_quarantined) filter (where push.month between $start and $end), 0)::bigint
        as rows_quarantined,
    coalesce(sum(push.rows_linked) filter (where push.month between $start and $end), 0)::bigint as rows_linked
from dim_extract
left join dim_department on dim_extract.owner = dim_department.department_code
left join fct_push as push on dim_extract.extract = push.extract
group by all
order by min(dim_extract.owner), dim_extract.extract
