-- Did departments push their lists in time, and are their rows good? One row per department, whether it owes any.
-- Lists by the day they were due, rows by the month they speak of (YL-3, YL-6).
with pushes as (
    select
        owner,
        count(*) as due,
        count(*) filter (where state = 'on_time') as on_time,
        count(*) filter (where state = 'late') as late,
        count(*) filter (where state = 'part') as part,
        count(*) filter (where state in ('missing', 'part')) as missing
    from fct_push
    where due_on between $start and $end and state in ('on_time', 'late', 'part', 'missing')
    group by owner
),

rows_of as (
    select
        department_code,
        sum(rows_read)::bigint as rows_read,
        sum(rows_quarantined)::bigint as rows_quarantined,
        sum(warnings)::bigint as warnings,
        sum(warnings_overdue)::bigint as warnings_overdue
    from agg_department_month
    where month between $start and $end
    group by department_code
)

select
    dim_department.department_code,
    dim_department.name,
    dim_department.name_en,
    coalesce(pushes.due, 0) as due,
    coalesce(pushes.on_time, 0) as on_time,
    coalesce(pushes.late, 0) as late,
    coalesce(pushes.part, 0) as part,
    coalesce(pushes.missing, 0) as missing,
    coalesce(rows_of.rows_read, 0) as rows_read,
    coalesce(rows_of.rows_quarantined, 0) as rows_quarantined,
    coalesce(rows_of.warnings, 0) as warnings,
    coalesce(rows_of.warnings_overdue, 0) as warnings_overdue
from dim_department
left join pushes on dim_department.department_code = pushes.owner
left join rows_of on dim_department.department_code = rows_of.department_code
order by dim_department.department_code
