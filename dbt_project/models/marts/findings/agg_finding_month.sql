-- Only cells with something to count have a row. What names no household counts for the whole place alone.
with

scopes as ({{ village_and_profile() }}),
findings as (select * from {{ ref('fct_finding') }}),

-- A finding counts as open in each of its months, and as cleared in the month after the last.
counted as (
    select
        month,
        rule,
        rule_order,
        severity,
        extract,
        owner,
        area_code,
        household_key,
        1 as is_open,
        case when is_new then 1 else 0 end as is_new,
        case when is_new and came_back then 1 else 0 end as is_back,
        0 as is_cleared
    from findings
    union all
    select
        cleared_month as month,
        rule,
        rule_order,
        severity,
        extract,
        owner,
        area_code,
        cast(null as string) as household_key,
        0 as is_open,
        0 as is_new,
        0 as is_back,
        1 as is_cleared
    from findings
    where
        month = last_seen_month
        and cleared_month is not null
),

by_scope as (
    select * from ({{ with_profile_rows('counted') }}) as in_areas
    union all
    select
        counted.*,
        scopes.area_code as scope_code
    from counted
    inner join scopes on scopes.scope = 'profile'
    where counted.area_code is null
)

select
    cast(by_scope.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(by_scope.rule as string) as rule,
    cast(by_scope.rule_order as bigint) as rule_order,
    cast(by_scope.severity as string) as severity,
    cast(by_scope.extract as string) as extract,
    cast(by_scope.owner as string) as owner,
    cast(sum(by_scope.is_open) as bigint) as open_findings,
    cast(sum(by_scope.is_new) as bigint) as new_findings,
    cast(sum(by_scope.is_cleared) as bigint) as cleared_findings,
    cast(sum(by_scope.is_back) as bigint) as came_back,
    cast(count(distinct by_scope.household_key) as bigint) as households
from by_scope
inner join scopes on by_scope.scope_code = scopes.area_code
group by
    by_scope.month, scopes.scope, scopes.area_code, by_scope.rule, by_scope.rule_order, by_scope.severity,
    by_scope.extract, by_scope.owner
order by month, scope, area_code, rule_order, extract
