-- Issues of inspections (ST-6a): put right by their day, passed when looked back on, and come back.
with

today as (select as_of from {{ source('landed', 'build_info') }}),
units as (select * from {{ ref('int_units_matched') }}),

issues as (
    select
        fct_issue.*,
        units.department_code,
        today.as_of
    from {{ ref('fct_issue') }} as fct_issue
    left join units on fct_issue.responsible_unit = units.unit
    cross join today
)

{{ count_metric(
    'rectified_in_time', 'issues', month_of('due_on'),
    "due_state in ('within', 'over', 'overdue') and due_on <= as_of", "due_state = 'within'",
    department='department_code'
) }}
union all
{{ count_metric(
    'lookback_passed', 'issues', month_of('lookback_on'),
    'lookback_result is not null', "lookback_result = '通过'", 'lookback_result is null',
    where='lookback_on is not null'
) }}
union all
{{ count_metric(
    'repeat_issue_rate', 'issues', month_of('closed_on'), 'true', 'came_back_on is not null',
    where='closed_on is not null'
) }}
