-- Which warnings does a metric count in a period? One row per warning of the part asked for.
with warnings as (
    select
        warnings.*,
        info.as_of,
        case $metric
            when 'warning_checked_in_time' then coalesce(warnings.due_on, warnings.pushed_on)
            when 'warning_yield' then warnings.verified_on
            when 'lead_yield' then warnings.verified_on
        end as noted_on
    from fct_warning as warnings
    cross join meta_snapshot as info
),

judged as (
    select
        *,
        case $metric
            when 'warning_checked_in_time' then state in ('within', 'over', 'overdue') and due_on <= as_of
            when 'warning_yield' then result is not null
            when 'lead_yield' then result is not null
        end as is_counted,
        case $metric
            when 'warning_checked_in_time' then state = 'within'
            when 'warning_yield' then result in ('纳入监测', '落实救助')
            when 'lead_yield' then result in ('纳入监测', '落实救助')
        end as is_met,
        case $metric
            when 'warning_checked_in_time' then state in ('impossible', 'unknown')
            when 'warning_yield' then result is null
            when 'lead_yield' then result is null
        end as is_unknown
    from warnings
),

counted as (
    select
        date_trunc('month', noted_on)::date as month,
        area_code as area_code,
        household_key as household_key,
        extract as subject,
        'list' as subject_kind,
        noted_on as noted_on,
        case when is_counted and is_met then 1 else 0 end as numerator,
        case when is_counted then 1 else 0 end as denominator,
        case when is_unknown then 1 else 0 end as unknown
    from judged
    where date_trunc('month', noted_on) between $from_month and $to_month
        and ($scope = 'profile' or ($scope = 'area' and area_code in (
            select area_code from dim_area_scope where scope = 'area' and scope_code = $scope_code
        ))
        or ($scope = 'department' and owner = $scope_code)
        or ($scope = 'list' and extract = $scope_code))
)

-- ends with: passport/rows
