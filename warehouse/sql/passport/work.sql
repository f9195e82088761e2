-- Which measures or referrals does a metric count in a period? One row per measure or referral of the part asked for.
with work as (
    select
        area_code,
        household_key,
        null::varchar as department_code,
        category as subject,
        due_on,
        due_on as noted_on,
        done_on,
        state
    from fct_measure
    where $metric = 'measures_done'
    union all
    select
        area_code,
        household_key,
        department_code,
        need as subject,
        due_on,
        coalesce(due_on, accepted_on) as noted_on,
        completed_on as done_on,
        time_state as state
    from fct_referral
    where $metric = 'referral_done'
),

dated as (
    select
        work.*,
        info.as_of
    from work
    cross join meta_snapshot as info
),

judged as (
    select
        *,
        case $metric
            when 'measures_done' then state in ('within', 'over', 'overdue') and due_on <= as_of
            when 'referral_done' then state in ('within', 'over', 'overdue') and due_on <= as_of
        end as is_counted,
        case $metric
            when 'measures_done' then state = 'within'
            when 'referral_done' then done_on is not null
        end as is_met,
        case $metric
            when 'measures_done' then false
            when 'referral_done' then state in ('impossible', 'unknown')
        end as is_unknown
    from dated
),

counted as (
    select
        date_trunc('month', noted_on)::date as month,
        area_code as area_code,
        household_key as household_key,
        subject as subject,
        'code' as subject_kind,
        noted_on as noted_on,
        case when is_counted and is_met then 1 else 0 end as numerator,
        case when is_counted then 1 else 0 end as denominator,
        case when is_unknown then 1 else 0 end as unknown
    from judged
    where date_trunc('month', noted_on) between $from_month and $to_month
        and ($scope = 'profile' or ($scope = 'area' and area_code in (
            select area_code from dim_area_scope where scope = 'area' and scope_code = $scope_code
        ))
        or ($scope = 'department' and department_code = $scope_code))
)

-- ends with: passport/rows
