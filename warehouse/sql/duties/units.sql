-- Which units are there, and how do their lists stand in a period? One row per department.
select
    dim_department.department_code,
    dim_department.name,
    dim_department.name_en,
    dim_department.unit,
    dim_department.contact_post,
    coalesce(duties.duties, 0) as duties,
    coalesce(lists.lists, 0) as lists,
    came.lists_on_time,
    came.lists_late,
    came.lists_part,
    came.lists_missing,
    came.warnings,
    came.warnings_overdue
from dim_department
left join (select department_code, count(*) as duties from meta_duty group by department_code) as duties
    on dim_department.department_code = duties.department_code
left join (select owner, count(*) as lists from dim_extract where is_expected group by owner) as lists
    on dim_department.department_code = lists.owner
left join (
    select
        department_code,
        sum(lists_on_time)::bigint as lists_on_time,
        sum(lists_late)::bigint as lists_late,
        sum(lists_part)::bigint as lists_part,
        sum(lists_missing)::bigint as lists_missing,
        sum(warnings)::bigint as warnings,
        sum(warnings_overdue)::bigint as warnings_overdue
    from agg_department_month
    where month between $start and $end
    group by department_code
) as came on dim_department.department_code = came.department_code
order by coalesce(duties.duties, 0) = 0, dim_department.department_code
