-- Which cases of monitoring does a metric count in a period? One row per case of the part asked for.
with spells as (
    select
        cases.*,
        info.as_of,
        case $metric
            when 'identified_in_time' then coalesce(identify_due_on, discovered_on)
            when 'plan_in_time' then coalesce(plan_due_on, approved_on, plan_on)
            when 'publicity_met' then publicity_to
            when 'elimination_sound' then eliminated_on
            when 'unforeseen_admissions' then approved_on
        end as noted_on
    from fct_identification as cases
    cross join meta_snapshot as info
),

judged as (
    select
        *,
        case $metric
            when 'identified_in_time' then identify_state in ('within', 'over', 'overdue', 'skipped') and identify_due_on <= as_of
            when 'plan_in_time' then plan_state in ('within', 'over', 'overdue', 'skipped') and plan_due_on <= as_of
            when 'publicity_met' then publicity_state in ('within', 'short')
            when 'elimination_sound' then elimination_faults <> '' or elimination_unknowns = ''
            when 'unforeseen_admissions' then is_foreseen is not null
        end as is_counted,
        case $metric
            when 'identified_in_time' then identify_state = 'within'
            when 'plan_in_time' then plan_state = 'within'
            when 'publicity_met' then publicity_state = 'within'
            when 'elimination_sound' then elimination_faults = ''
            when 'unforeseen_admissions' then not is_foreseen
        end as is_met,
        case $metric
            when 'identified_in_time' then identify_state in ('green', 'impossible', 'unknown')
            when 'plan_in_time' then plan_state in ('green', 'impossible', 'unknown')
            when 'publicity_met' then publicity_state in ('green', 'impossible', 'unknown')
            when 'elimination_sound' then elimination_faults = '' and elimination_unknowns <> ''
            when 'unforeseen_admissions' then is_foreseen is null
        end as is_unknown
    from spells
),

counted as (
    select
        date_trunc('month', noted_on)::date as month,
        area_code as area_code,
        household_key as household_key,
        causes as subject,
        'causes' as subject_kind,
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
