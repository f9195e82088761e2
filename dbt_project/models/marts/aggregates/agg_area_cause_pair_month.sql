with

scopes as ({{ village_and_profile() }}),
active as (select * from {{ ref('int_risk_causes_by_month') }}),
households as (select * from {{ ref('int_households_by_month') }}),

by_village as (
    select
        active.month,
        households.area_code,
        active.cause,
        together.cause as other_cause,
        count(*) as households
    from active
    inner join active as together
        on
            active.month = together.month
            and active.household_key = together.household_key
            and active.cause_order < together.cause_order
    inner join households on active.month = households.month and active.household_key = households.household_key
    group by active.month, households.area_code, active.cause, together.cause
),

by_scope as ({{ with_profile_rows('by_village') }})

select
    cast(by_scope.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(by_scope.cause as string) as cause,
    cast(by_scope.other_cause as string) as other_cause,
    cast(sum(by_scope.households) as bigint) as households
from by_scope
inner join scopes on by_scope.scope_code = scopes.area_code
group by by_scope.month, scopes.scope, scopes.area_code, by_scope.cause, by_scope.other_cause
order by month, scope, area_code, cause, other_cause
