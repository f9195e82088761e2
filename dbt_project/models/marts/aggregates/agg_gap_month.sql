{% set gaps = [
    'suspected_missed', 'suspected_unmonitored', 'suspected_ineligible', 'single_cover_missed', 'household_missed',
    'dropped', 'dead_or_moved_active', 'double_registered', 'no_check', 'disability_subsidy_gap',
] %}
with

scopes as ({{ village_and_profile() }}),
months as (select month from {{ source('landed', 'months') }}),

kinds as (
    {% for gap in gaps %}
    select '{{ gap }}' as gap
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

states as (
    {% for gap in gaps %}
    select
        '{{ gap }}' as gap,
        month,
        household_key,
        area_code,
        members
    from {{ ref('int_household_gaps_by_month') }}
    where {{ gap }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A gap of this month, beside that of the month before; one that is gone stands in the month in which it went.
movements as (
    select
        states.gap,
        states.month,
        states.area_code,
        states.members,
        1 as held,
        case when before.household_key is null then 1 else 0 end as found,
        0 as cleared
    from states
    left join states as before
        on
            states.gap = before.gap
            and states.household_key = before.household_key
            and {{ month_index('states.month') }} = {{ month_index('before.month') }} + 1
    union all
    select
        before.gap,
        months.month,
        before.area_code,
        0 as members,
        0 as held,
        0 as found,
        1 as cleared
    from states as before
    inner join months on {{ month_index('months.month') }} = {{ month_index('before.month') }} + 1
    left join states
        on
            before.gap = states.gap
            and before.household_key = states.household_key
            and months.month = states.month
    where states.household_key is null
),

summed as (
    select
        month,
        gap,
        scope_code,
        sum(held) as households,
        sum(members) as people,
        sum(found) as found,
        sum(cleared) as cleared
    from ({{ with_profile_rows('movements') }}) as by_scope
    group by month, gap, scope_code
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(kinds.gap as string) as gap,
    cast(coalesce(summed.households, 0) as bigint) as households,
    cast(coalesce(summed.people, 0) as bigint) as people,
    cast(case when {{ month_index('months.month') }} > first_months.month_index then coalesce(summed.found, 0) end as bigint)
        as found,
    cast(case when {{ month_index('months.month') }} > first_months.month_index then coalesce(summed.cleared, 0) end as bigint)
        as cleared
from months
cross join (select min(month_index) as month_index from {{ source('landed', 'months') }}) as first_months
cross join scopes
cross join kinds
left join summed
    on months.month = summed.month and scopes.area_code = summed.scope_code and kinds.gap = summed.gap
order by month, scope, area_code, gap
