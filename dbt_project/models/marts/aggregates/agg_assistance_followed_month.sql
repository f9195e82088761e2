{% set states = ['already_covered', 'admitted', 'monitored', 'waiting', 'nothing'] %}
with

scopes as ({{ village_and_profile() }}),
months as (select month from {{ source('landed', 'months') }}),
payments as (select * from {{ ref('fct_temporary_assistance') }}),

summed as (
    select
        month,
        scope_code,
        count(*) as payments,
        count(distinct household_key) as households,
        {% for state in states %}
        count(case when state = '{{ state }}' then 1 end) as {{ state }},
        {% endfor %}
        count(case when state = 'unknown' then 1 end) as unknown
    from ({{ with_profile_rows('payments') }}) as scoped
    group by month, scope_code
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(coalesce(summed.payments, 0) as bigint) as payments,
    cast(coalesce(summed.households, 0) as bigint) as households,
    {% for state in states %}
    cast(coalesce(summed.{{ state }}, 0) as bigint) as {{ state }},
    {% endfor %}
    cast(coalesce(summed.unknown, 0) as bigint) as unknown
from months
cross join scopes
left join summed on months.month = summed.month and scopes.area_code = summed.scope_code
order by month, scope, area_code
