{# Bars of the distribution, not a rule: 500 yuan wide, from 10,000 under the line to 20,000 over it, open at the ends. #}
{% set width = 500 %}{% set lowest = -10000 %}{% set highest = 20000 %}
with

scopes as ({{ village_and_profile() }}),

households as (
    select
        month,
        area_code,
        members,
        case
            when income_per_head is not null and monitoring_line is not null
                then
                    greatest(
                        least(floor((income_per_head - monitoring_line) / {{ width }}) * {{ width }}, {{ highest }}),
                        {{ lowest }}
                    )
        end as band_from
    from {{ ref('int_household_tests_by_month') }}
),

by_village as (
    select
        month,
        area_code,
        band_from,
        count(*) as households,
        sum(members) as members
    from households
    group by month, area_code, band_from
),

by_scope as ({{ with_profile_rows('by_village') }})

select
    cast(by_scope.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(by_scope.band_from as bigint) as band_from,
    cast(by_scope.band_from + {{ width }} as bigint) as band_to,
    cast(by_scope.band_from is null as boolean) as is_unknown,
    cast(sum(by_scope.households) as bigint) as households,
    cast(sum(by_scope.members) as bigint) as members
from by_scope
inner join scopes on by_scope.scope_code = scopes.area_code
group by by_scope.month, scopes.scope, scopes.area_code, by_scope.band_from
order by month, scope, area_code, band_from nulls last
