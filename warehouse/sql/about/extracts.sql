-- Which lists are due, from whom and by when, and when did the newest come? One row per extract.
select
    dim_extract.extract,
    dim_extract.title,
    dim_extract.title_en,
    dim_extract.kind,
    dim_extract.owner,
    dim_extract.is_expected,
    dim_department.name as department,
    dim_department.name_en as department_en,
    dim_department.unit,
    dim_department.contact_post,
    due.value as due_day,
    max(fct_push.month) filter (where fct_push.received_on is not null) as newest_month,
    max(fct_push.received_on) as newest_received_on
from dim_extract
left join dim_department on dim_extract.owner = dim_department.department_code
left join meta_parameter as due on dim_extract.due_day_parameter = due.parameter and due.is_in_force
left join fct_push on dim_extract.extract = fct_push.extract
group by all
order by dim_extract.owner, dim_extract.extract
