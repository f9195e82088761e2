-- Which list came in which month, and what became of its rows? One row per list and month.
select
    fct_push.month,
    fct_push.extract,
    dim_extract.title,
    dim_extract.title_en,
    fct_push.owner,
    dim_department.name as owner_name,
    dim_department.name_en as owner_name_en,
    fct_push.due_on,
    fct_push.received_on,
    fct_push.days_late,
    case
        when fct_push.is_zero_report then 'zero_report'
        when fct_push.due_on is null then case when fct_push.received_on is null then 'no_day' else 'received' end
        else fct_push.state
    end as state,
    fct_push.state as push_state,
    fct_push.towns_missing,
    fct_push.files,
    fct_push.rows_read,
    fct_push.rows_accepted,
    fct_push.rows_quarantined,
    fct_push.rows_repaired,
    fct_push.rows_linkable,
    fct_push.rows_linked
from fct_push
inner join dim_extract on fct_push.extract = dim_extract.extract
inner join dim_department on fct_push.owner = dim_department.department_code
order by fct_push.owner, fct_push.extract, fct_push.month
