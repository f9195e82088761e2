with

scopes as ({{ village_and_profile() }}),

-- The newest month of each quarter that there is.
ends as (
    select
        quarter,
        max(month) as month
    from {{ source('landed', 'months') }}
    group by quarter
),

moves as (select * from {{ ref('fct_transition') }}),

by_village as (
    {% for kind in ['tier_eligible', 'tier_registered', 'risk_level'] %}
    select
        ends.quarter,
        moves.area_code,
        '{{ kind }}' as kind,
        moves.{{ kind }}_quarter_before as state_before,
        moves.{{ kind }}_after as state_after,
        count(*) as households,
        sum(moves.members) as members
    from ends
    inner join moves on ends.month = moves.month
    group by ends.quarter, moves.area_code, moves.{{ kind }}_quarter_before, moves.{{ kind }}_after
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

by_scope as ({{ with_profile_rows('by_village') }})

select
    cast(by_scope.quarter as string) as quarter,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(by_scope.kind as string) as kind,
    cast(by_scope.state_before as string) as state_before,
    cast(by_scope.state_after as string) as state_after,
    cast(sum(by_scope.households) as bigint) as households,
    cast(sum(by_scope.members) as bigint) as members
from by_scope
inner join scopes on by_scope.scope_code = scopes.area_code
group by
    by_scope.quarter, scopes.scope, scopes.area_code, by_scope.kind, by_scope.state_before, by_scope.state_after
order by quarter, scope, area_code, kind, state_before nulls first, state_after
