{% set kinds = {
    'tier': ['tier_eligible', 'tier_registered'],
    'type': [
        "case when is_type_unknown then 'unknown' else coalesce(monitored_type_eligible, 'none') end",
        "case when is_monitored then coalesce(monitored_type_registered, 'unknown') else 'none' end",
    ],
} %}
with

scopes as ({{ village_and_profile() }}),
households as (select * from {{ ref('int_household_gaps_by_month') }}),

classed as (
    {% for kind, (by_data, on_register) in kinds.items() %}
    select
        month,
        area_code,
        members,
        '{{ kind }}' as kind,
        {{ by_data }} as by_data,
        {{ on_register }} as on_register
    from households
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

by_village as (
    select
        month,
        area_code,
        kind,
        by_data,
        on_register,
        count(*) as households,
        sum(members) as members
    from classed
    group by month, area_code, kind, by_data, on_register
),

by_scope as ({{ with_profile_rows('by_village') }})

select
    cast(by_scope.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(by_scope.kind as string) as kind,
    cast(by_scope.by_data as string) as by_data,
    cast(by_scope.on_register as string) as on_register,
    cast(sum(by_scope.households) as bigint) as households,
    cast(sum(by_scope.members) as bigint) as members
from by_scope
inner join scopes on by_scope.scope_code = scopes.area_code
group by by_scope.month, scopes.scope, scopes.area_code, by_scope.kind, by_scope.by_data, by_scope.on_register
order by month, scope, area_code, kind, by_data, on_register
