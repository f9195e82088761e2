with

differences as (
    select
        *,
        {{ month_index('month') }} as month_index
    from {{ ref('int_register_differences_by_month') }}
),

-- Months without a break in which the same reason stood.
runs as (
    select
        *,
        month_index - row_number() over (partition by household_key, reason order by month_index) as run_no
    from differences
)

select
    cast(month as date) as month,
    cast(household_key as string) as household_key,
    cast(area_code as string) as area_code,
    cast(kind as string) as kind,
    cast(reason as string) as reason,
    cast(department_code as string) as department_code,
    cast(is_to_resolve as boolean) as is_to_resolve,
    cast(min(month) over (partition by household_key, reason, run_no) as date) as since_month,
    cast(tier_eligible as string) as tier_eligible,
    cast(tier_registered as string) as tier_registered,
    cast(monitored_type_eligible as string) as monitored_type_eligible,
    cast(monitored_type_registered as string) as monitored_type_registered,
    cast(is_monitored as boolean) as is_monitored,
    cast(is_held as boolean) as is_held
from runs
order by month, area_code, household_key
