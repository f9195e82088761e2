-- Which lists of a period, or due in it, came late, from some towns only or not at all? One row per list and month.
select
    fct_push.extract,
    fct_push.month,
    fct_push.owner,
    fct_push.kind,
    fct_push.due_on,
    fct_push.received_on,
    case when fct_push.days_late > 0 then fct_push.days_late end as days_late,
    fct_push.state,
    fct_push.towns_missing,
    fct_push.due_on between $start and $end as is_due_in_period,
    fct_push.month between $start and $end as is_of_period,
    dim_extract.title,
    dim_extract.title_en,
    dim_department.name as department,
    dim_department.name_en as department_en
from fct_push
inner join dim_extract on fct_push.extract = dim_extract.extract
left join dim_department on fct_push.owner = dim_department.department_code
where fct_push.state in ('late', 'part', 'missing')
    and (fct_push.due_on between $start and $end or fct_push.month between $start and $end)
order by fct_push.owner, fct_push.extract, fct_push.month
