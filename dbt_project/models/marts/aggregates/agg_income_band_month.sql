{#
Bars of the distribution, not a rule: five from the line to watch_multiple x the line, so that both are edges of a bar,
as many under the line as reach 0, and open at the ends.
#}
{% set bars_to_watch_line = 5 %}{% set lowest = -10 %}{% set highest = 27 %}
with

scopes as ({{ village_and_profile() }}),

measured as (
    select
        month,
        area_code,
        members,
        cast(income_per_head - monitoring_line as double) as over_line,
        cast(watch_line - monitoring_line as double) / {{ bars_to_watch_line }} as width
    from {{ ref('fct_household_month') }}
),

households as (
    select
        month,
        area_code,
        members,
        width,
        case
            when over_line is not null and width > 0
                then greatest(least(floor(over_line / width), {{ highest }}), {{ lowest }})
        end as bar
    from measured
),

by_village as (
    select
        month,
        area_code,
        cast(round(bar * width) as bigint) as band_from,
        cast(round((bar + 1) * width) as bigint) as band_to,
        count(*) as households,
        sum(members) as members
    from households
    group by month, area_code, bar, width
),

by_scope as ({{ with_profile_rows('by_village') }})

select
    cast(by_scope.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(by_scope.band_from as bigint) as band_from,
    cast(by_scope.band_to as bigint) as band_to,
    cast(by_scope.band_from is null as boolean) as is_unknown,
    cast(sum(by_scope.households) as bigint) as households,
    cast(sum(by_scope.members) as bigint) as members
from by_scope
inner join scopes on by_scope.scope_code = scopes.area_code
group by by_scope.month, scopes.scope, scopes.area_code, by_scope.band_from, by_scope.band_to
order by month, scope, area_code, band_from nulls last
