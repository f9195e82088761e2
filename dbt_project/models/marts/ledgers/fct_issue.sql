with

issues as (select * from {{ ref('int_issues_deduplicated') }}),
links as (select * from {{ ref('int_rows_linked') }} where extract = 'inspection_issues'),
limits as (select * from {{ ref('int_limits_dated') }} where parameter = 'repeat_window_months'),
today as (select as_of from {{ source('landed', 'build_info') }}),

-- An issue closed, and one of its kind found again in the same village within the window (06 repeat_issue_rate).
repeats as (
    select
        closed.issue_key as closed_key,
        again.issue_key as again_key,
        again.found_on
    from issues as closed
    inner join issues as again
        on
            closed.area_code = again.area_code
            and closed.category = again.category
            and closed.issue_key <> again.issue_key
            and again.found_on > closed.closed_on
    inner join limits on closed.closed_on >= limits.valid_from and closed.closed_on < limits.valid_before
    where not {{ is_over_months('closed.closed_on', 'again.found_on', 'limits.limit_value') }}
),

came_back as (select closed_key, min(found_on) as came_back_on from repeats group by closed_key),
repeated as (select distinct again_key from repeats)

select
    cast(issues.issue_key as string) as issue_key,
    cast(issues.issue_no as string) as issue_no,
    cast(issues.area_code as string) as area_code,
    cast(links.household_key as string) as household_key,
    cast(issues.inspection_kind as string) as inspection_kind,
    cast(issues.category as string) as category,
    cast(issues.description as string) as description,
    cast(issues.responsible_unit as string) as responsible_unit,
    cast(issues.found_on as date) as found_on,
    cast(issues.due_on as date) as due_on,
    cast(issues.rectified_on as date) as rectified_on,
    cast(issues.lookback_on as date) as lookback_on,
    cast(issues.lookback_result as string) as lookback_result,
    cast(issues.closed_on as date) as closed_on,
    cast(
        {{ issue_state(
            'issues.rectified_on', 'issues.due_on', 'issues.lookback_on', 'issues.lookback_result', 'today.as_of'
        ) }} as string
    ) as state,
    cast({{ due_state('issues.rectified_on', 'issues.due_on', 'today.as_of') }} as string) as due_state,
    cast({{ days_between('issues.found_on', 'issues.rectified_on') }} as bigint) as days_to_rectify,
    cast(
        case when issues.closed_on is null then {{ days_between('issues.found_on', 'today.as_of') }} end as bigint
    ) as age_days,
    cast(
        case
            when issues.rectified_on is null and today.as_of > issues.due_on
                then {{ days_between('issues.due_on', 'today.as_of') }}
        end as bigint
    ) as days_overdue,
    cast(repeated.again_key is not null as boolean) as is_repeat,
    cast(came_back.came_back_on as date) as came_back_on,
    cast(issues.list_month as date) as list_month
from issues
left join links on issues.load_id = links.load_id and issues.row_no = links.row_no
left join came_back on issues.issue_key = came_back.closed_key
left join repeated on issues.issue_key = repeated.again_key
cross join today
order by area_code, found_on, issue_key
