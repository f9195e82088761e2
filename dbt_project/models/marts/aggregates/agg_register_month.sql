with

scopes as ({{ village_and_profile() }}),
months as (select month from {{ source('landed', 'months') }}),

registers as (
    {% for register in ['tekun', 'dibao', 'dibao_edge', 'rigid_expense'] %}
    select '{{ register }}' as register
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- A person once per register and month, however often the register writes the person down.
entries as (
    select
        entries.month,
        entries.register,
        households.area_code,
        entries.household_key,
        coalesce(entries.person_key, entries.load_id || '#' || cast(entries.row_no as string)) as holder,
        bool_or(entries.is_active) as is_active,
        bool_or(entries.is_active and {{ month_of('entries.admitted_on') }} = entries.month) as is_admitted,
        -- Who left one entry and stands on another has not left.
        bool_or(coalesce({{ month_of('entries.exited_on') }} = entries.month, false))
        and not bool_or(entries.is_active) as has_left
    from {{ ref('int_register_entries_by_month') }} as entries
    inner join {{ ref('int_households_by_month') }} as households
        on entries.month = households.month and entries.household_key = households.household_key
    group by
        entries.month, entries.register, households.area_code, entries.household_key,
        coalesce(entries.person_key, entries.load_id || '#' || cast(entries.row_no as string))
),

summed as (
    select
        month,
        register,
        scope_code,
        count(distinct case when is_active then household_key end) as households,
        count(case when is_active then 1 end) as people,
        count(distinct case when is_admitted then household_key end) as households_admitted,
        count(case when is_admitted then 1 end) as people_admitted,
        count(distinct case when has_left then household_key end) as households_left,
        count(case when has_left then 1 end) as people_left
    from ({{ with_profile_rows('entries') }}) as by_scope
    group by month, register, scope_code
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(registers.register as string) as register,
    {% for name in ['households', 'people', 'households_admitted', 'people_admitted', 'households_left'] %}
    cast(coalesce(summed.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    cast(coalesce(summed.people_left, 0) as bigint) as people_left
from months
cross join scopes
cross join registers
left join summed
    on
        months.month = summed.month
        and scopes.area_code = summed.scope_code
        and registers.register = summed.register
order by month, scope, area_code, register
