-- Which cases are past a limit on the snapshot's day and not done? One row per household and step, longest first.
with info as (
    select as_of from meta_snapshot
),

cases as (
    select 'check_warning' as step, household_key, area_code, extract as list, cause as words, pushed_on as since, due_on
    from fct_warning
    where state = 'overdue' and month <= $month
    union all
    select 'check', household_key, area_code, null, channel, discovered_on, check_due_on
    from fct_identification
    where check_state = 'overdue'
    union all
    select 'review', household_key, area_code, null, channel, verified_on, review_due_on
    from fct_identification
    where review_state = 'overdue'
    union all
    select 'identify', household_key, area_code, null, channel, discovered_on, identify_due_on
    from fct_identification
    where identify_state = 'overdue'
    union all
    select 'plan', household_key, area_code, null, channel, approved_on, plan_due_on
    from fct_identification
    where plan_state = 'overdue' and eliminated_on is null
)

select
    cases.step,
    cases.area_code,
    dim_area.path as area_name,
    cases.household_key,
    dim_household.household_no,
    dim_household.head_name,
    cases.list,
    cases.since,
    cases.due_on,
    date_diff('day', cases.due_on, info.as_of)::bigint as days_late,
    count(*) over ()::bigint as total
from cases
cross join info
inner join dim_household on cases.household_key = dim_household.household_key
left join dim_area on cases.area_code = dim_area.area_code
where ($area is null or cases.area_code in (select area_code from dim_area_scope where scope_code = $area))
    and ($step is null or cases.step = $step)
order by days_late desc, cases.area_code, dim_household.household_no, cases.step, cases.list
limit $limit
