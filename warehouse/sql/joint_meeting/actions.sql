-- What became of what meetings decided, as it stood on a day? One row per action that was decided by then and not done
-- before the period began, those carried over first (YL-5a, YL-5b).
with info as (
    select least(as_of, cast($end as date)) as day from meta_snapshot
),

carried as (
    select meta_parameter.number as meetings
    from meta_parameter
    cross join info
    where meta_parameter.parameter = 'carried_meetings'
        and meta_parameter.valid_from <= info.day
        and (meta_parameter.valid_to is null or meta_parameter.valid_to >= info.day)
    qualify row_number() over (order by meta_parameter.valid_from desc) = 1
),

actions as (
    select
        fct_meeting_action.*,
        info.day,
        coalesce(fct_meeting_action.done_on <= info.day, false) as is_done,
        (
            select count(distinct later.met_on)
            from fct_meeting_action as later
            where later.kind = fct_meeting_action.kind
                and later.met_on > fct_meeting_action.met_on
                and later.met_on <= info.day
        ) as meetings_since
    from fct_meeting_action
    cross join info
    where fct_meeting_action.met_on <= info.day
        and coalesce(fct_meeting_action.done_on >= $start, true)
)

select
    actions.met_on,
    actions.kind,
    actions.action,
    actions.responsible_unit,
    dim_department.name as department,
    dim_department.name_en as department_en,
    actions.due_on,
    case when actions.is_done then actions.done_on end as done_on,
    case
        when actions.is_done and actions.done_on <= actions.due_on then 'within'
        when actions.is_done then 'over'
        when actions.day > actions.due_on then 'overdue'
        else 'open'
    end as state,
    case
        when actions.is_done and actions.done_on > actions.due_on then actions.done_on - actions.due_on
        when not actions.is_done and actions.day > actions.due_on then actions.day - actions.due_on
    end as days_late,
    actions.meetings_since,
    case when actions.is_done then false else actions.meetings_since >= carried.meetings end as is_carried,
    actions.met_on >= $start as is_new
from actions
left join carried on true
left join dim_department on actions.department_code = dim_department.department_code
order by
    coalesce(not actions.is_done and actions.meetings_since >= carried.meetings, false) desc,
    actions.is_done,
    actions.due_on,
    actions.met_on,
    actions.kind,
    actions.action,
    actions.responsible_unit
