with

scopes as ({{ village_and_profile() }}),
months as (select month, {{ month_index('month') }} as month_index from {{ source('landed', 'months') }}),
households as (select * from {{ ref('int_households_by_month') }}),

causes as (
    {% for cause in var('causes') %}
    select '{{ cause }}' as cause, {{ loop.index }} as cause_order
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

active as (
    select
        active_causes.month,
        households.area_code,
        active_causes.cause,
        count(*) as households,
        sum(households.members) as members
    from {{ ref('int_risk_causes_by_month') }} as active_causes
    inner join households
        on active_causes.month = households.month and active_causes.household_key = households.household_key
    group by active_causes.month, households.area_code, active_causes.cause
),

pushed as (
    select
        month,
        area_code,
        cause,
        count(*) as new_warnings
    from {{ ref('fct_warning') }}
    group by month, area_code, cause
),

by_village as (
    select
        coalesce(active.month, pushed.month) as month,
        coalesce(active.area_code, pushed.area_code) as area_code,
        coalesce(active.cause, pushed.cause) as cause,
        coalesce(active.households, 0) as households,
        coalesce(active.members, 0) as members,
        coalesce(pushed.new_warnings, 0) as new_warnings
    from active
    full outer join pushed
        on active.month = pushed.month and active.area_code = pushed.area_code and active.cause = pushed.cause
),

all_households as (
    select
        month,
        {{ month_index('month') }} as month_index,
        area_code,
        count(*) as households
    from households
    group by month, area_code
),

bases as (
    select
        month,
        scope_code,
        sum(households) as households
    from ({{ with_profile_rows('all_households') }}) as scoped_households
    group by month, scope_code
),

totals as (
    select
        month,
        month_index,
        sum(households) as households
    from all_households
    group by month, month_index
),

pushed_totals as (
    select
        month,
        cause,
        sum(new_warnings) as new_warnings
    from by_village
    group by month, cause
),

-- New warnings of the cause per household and month in the profile over the year before (03-rules "Large-scale hazard").
rates as (
    select
        months.month,
        causes.cause,
        cast(coalesce(sum(pushed_totals.new_warnings), 0) as double) / nullif(sum(totals.households), 0)
            as warnings_per_household
    from months
    cross join causes
    inner join totals
        on
            totals.month_index < months.month_index
            and months.month_index - totals.month_index <= {{ months_of_a_year() }}
    left join pushed_totals on totals.month = pushed_totals.month and causes.cause = pushed_totals.cause
    group by months.month, causes.cause
),

summed as (
    select
        month,
        scope_code,
        cause,
        sum(households) as households,
        sum(members) as members,
        sum(new_warnings) as new_warnings
    from ({{ with_profile_rows('by_village') }}) as scoped_causes
    group by month, scope_code, cause
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(causes.cause as string) as cause,
    cast(causes.cause_order as bigint) as cause_order,
    cast(coalesce(summed.households, 0) as bigint) as households,
    cast(coalesce(summed.members, 0) as bigint) as members,
    cast(coalesce(summed.new_warnings, 0) as bigint) as new_warnings,
    cast(coalesce(bases.households, 0) * rates.warnings_per_household as double) as expected_warnings
from months
cross join scopes
cross join causes
left join rates on months.month = rates.month and causes.cause = rates.cause
left join bases on months.month = bases.month and scopes.area_code = bases.scope_code
left join summed
    on months.month = summed.month and scopes.area_code = summed.scope_code and causes.cause = summed.cause
order by month, scope, area_code, cause_order
