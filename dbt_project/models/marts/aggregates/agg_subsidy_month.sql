{% set counts = {
    'entitled': 'is_entitled',
    'entitled_paid': "is_entitled and state = 'paid'",
    'entitled_short': "is_entitled and state = 'short'",
    'entitled_over': "is_entitled and state = 'over'",
    'entitled_unpaid': "is_entitled and state = 'unpaid'",
    'entitled_unknown': "is_entitled and state = 'unknown'",
    'not_entitled_paid': 'not is_entitled',
    'gaps': 'is_gap',
} %}
with

scopes as ({{ village_and_profile() }}),
months as (select month from {{ source('landed', 'months') }}),
subsidies as (select * from {{ ref('fct_subsidy') }}),

kinds as (
    {% for kind in ['living', 'nursing', 'child'] %}
    select '{{ kind }}' as kind
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

summed as (
    select
        month,
        scope_code,
        kind,
        {% for name, condition in counts.items() %}
        count(case when {{ condition }} then 1 end) as {{ name }},
        {% endfor %}
        sum(paid) as paid
    from ({{ with_profile_rows('subsidies') }}) as scoped
    group by month, scope_code, kind
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(kinds.kind as string) as kind,
    {% for name in counts %}
    cast(coalesce(summed.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    cast(coalesce(summed.paid, 0) as decimal(18, 2)) as paid
from months
cross join scopes
cross join kinds
left join summed
    on months.month = summed.month and scopes.area_code = summed.scope_code and kinds.kind = summed.kind
order by month, scope, area_code, kind
