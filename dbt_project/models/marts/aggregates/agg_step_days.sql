-- Publicity must last, not be quick, and a measure has no first day: neither has a typical duration. Cases passed over,
-- of the green channel or impossible say nothing of how long the step takes.
with

scopes as ({{ village_and_profile() }}),

by_village as (
    select
        step,
        area_code,
        extract(year from started_on) as year,
        {{ days_between('started_on', 'coalesce(ended_on, as_of)') }} as days,
        count(ended_on) as done,
        count(*) - count(ended_on) as still_open
    from {{ ref('int_steps_timed') }}
    where
        started_on is not null
        and step not in ('publicity', 'exit_publicity', 'measure')
        and state in ('within', 'over', 'open', 'overdue')
        and coalesce(ended_on, as_of) >= started_on
    group by step, area_code, extract(year from started_on), {{ days_between('started_on', 'coalesce(ended_on, as_of)') }}
),

summed as (
    select
        step,
        year,
        days,
        scope_code,
        sum(done) as done,
        sum(still_open) as still_open
    from ({{ with_profile_rows('by_village') }}) as by_scope
    group by step, year, days, scope_code
)

select
    cast(summed.step as string) as step,
    cast(summed.year as bigint) as year,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(summed.days as bigint) as days,
    cast(summed.done as bigint) as done,
    cast(summed.still_open as bigint) as still_open
from summed
inner join scopes on summed.scope_code = scopes.area_code
order by step, year, scope, area_code, days
