-- Which problems does a metric count in a period? One row per problem of the part asked for.
with issues as (
    select
        issues.*,
        info.as_of,
        case $metric
            when 'rectified_in_time' then issues.due_on
            when 'lookback_passed' then issues.lookback_on
            when 'repeat_issue_rate' then issues.closed_on
        end as noted_on
    from fct_issue as issues
    cross join meta_snapshot as info
),

judged as (
    select
        *,
        case $metric
            when 'rectified_in_time' then due_state in ('within', 'over', 'overdue') and due_on <= as_of
            when 'lookback_passed' then lookback_result is not null
            when 'repeat_issue_rate' then true
        end as is_counted,
        case $metric
            when 'rectified_in_time' then due_state = 'within'
            when 'lookback_passed' then lookback_result = '通过'
            when 'repeat_issue_rate' then came_back_on is not null
        end as is_met,
        case $metric
            when 'rectified_in_time' then false
            when 'lookback_passed' then lookback_result is null
            when 'repeat_issue_rate' then false
        end as is_unknown
    from issues
),

counted as (
    select
        date_trunc('month', noted_on)::date as month,
        area_code as area_code,
        household_key as household_key,
        category as subject,
        'code' as subject_kind,
        noted_on as noted_on,
        case when is_counted and is_met then 1 else 0 end as numerator,
        case when is_counted then 1 else 0 end as denominator,
        case when is_unknown then 1 else 0 end as unknown
    from judged
    where date_trunc('month', noted_on) between $from_month and $to_month
        and ($scope = 'profile' or ($scope = 'area' and area_code in (
            select area_code from dim_area_scope where scope = 'area' and scope_code = $scope_code
        )))
)

-- ends with: passport/rows
