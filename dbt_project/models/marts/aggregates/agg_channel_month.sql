with

scopes as ({{ village_and_profile() }}),

by_village as (
    select
        {{ month_of('discovered_on') }} as month,
        area_code,
        channel,
        count(*) as discovered,
        count(approved_on) as approved
    from {{ ref('fct_identification') }}
    where discovered_on is not null and channel is not null
    group by {{ month_of('discovered_on') }}, area_code, channel
),

summed as (
    select
        month,
        channel,
        scope_code,
        sum(discovered) as discovered,
        sum(approved) as approved
    from ({{ with_profile_rows('by_village') }}) as by_scope
    group by month, channel, scope_code
)

select
    cast(summed.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(summed.channel as string) as channel,
    cast(summed.discovered as bigint) as discovered,
    cast(summed.approved as bigint) as approved
from summed
inner join scopes on summed.scope_code = scopes.area_code
order by month, scope, area_code, channel
