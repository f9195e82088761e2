with

scopes as ({{ village_and_profile() }}),
differences as (select * from {{ ref('int_register_differences_by_month') }}),

summed as (
    select
        month,
        scope_code,
        kind,
        reason,
        max(department_code) as department_code,
        bool_or(is_to_resolve) as is_to_resolve,
        count(*) as households,
        sum(members) as members
    from ({{ with_profile_rows('differences') }}) as scoped
    group by month, scope_code, kind, reason
)

select
    cast(summed.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(summed.kind as string) as kind,
    cast(summed.reason as string) as reason,
    cast(summed.department_code as string) as department_code,
    cast(summed.is_to_resolve as boolean) as is_to_resolve,
    cast(summed.households as bigint) as households,
    cast(summed.members as bigint) as members
from summed
inner join scopes on summed.scope_code = scopes.area_code
order by month, scope, area_code, kind, reason
