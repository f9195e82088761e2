-- Which lists of a department came when, in a month, and which of earlier months are still missing? One row per list and month.
select
    fct_push.month,
    fct_push.extract,
    dim_extract.title,
    dim_extract.title_en,
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
    fct_push.rows_read,
    fct_push.rows_accepted,
    fct_push.rows_quarantined,
    fct_push.rows_repaired,
    fct_push.rows_linkable,
    fct_push.rows_linked
from fct_push
inner join dim_extract on fct_push.extract = dim_extract.extract
where fct_push.owner = $department
    and (
        fct_push.month = cast($month as date)
        or (fct_push.month < cast($month as date) and fct_push.state in ('missing', 'part'))
    )
order by fct_push.month desc, fct_push.extract
