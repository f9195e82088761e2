{% set faults = ['monitored_too_short', 'publicity_short', 'income_below_line', 'housing', 'water', 'schooling', 'medical',
    'no_labour'] %}
{% set counts = {
    'sound': "elimination_faults = '' and elimination_unknowns = ''",
    'with_fault': "elimination_faults <> ''",
    'unknown': "elimination_faults = '' and elimination_unknowns <> ''",
    'relapsed': 'relapsed_on is not null',
} %}
with

scopes as ({{ village_and_profile() }}),
months as (select month from {{ source('landed', 'months') }}),

eliminations as (
    select
        *,
        {{ month_of('eliminated_on') }} as month
    from {{ ref('fct_identification') }}
    where eliminated_on is not null
),

summed as (
    select
        month,
        scope_code,
        {% for name, condition in counts.items() %}
        count(case when {{ condition }} then 1 end) as {{ name }},
        {% endfor %}
        {% for fault in faults %}
        count(case when {{ is_listed("'" ~ fault ~ "'", 'elimination_faults') }} then 1 end) as fault_{{ fault }},
        {% endfor %}
        count(*) as eliminated
    from ({{ with_profile_rows('eliminations') }}) as scoped
    group by month, scope_code
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    {% for name in counts %}
    cast(coalesce(summed.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    {% for fault in faults %}
    cast(coalesce(summed.fault_{{ fault }}, 0) as bigint) as fault_{{ fault }},
    {% endfor %}
    cast(coalesce(summed.eliminated, 0) as bigint) as eliminated
from months
cross join scopes
left join summed on months.month = summed.month and scopes.area_code = summed.scope_code
order by month, scope, area_code
