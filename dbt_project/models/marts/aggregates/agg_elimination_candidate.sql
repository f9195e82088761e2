{% set counts = {
    'ready': 'ready_to_eliminate',
    'not_ready': 'not ready_to_eliminate',
    'ready_unknown': 'ready_to_eliminate is null',
    'proposed': 'is_proposed',
    'proposed_ready': 'is_proposed and ready_to_eliminate',
    'proposed_not_ready': 'is_proposed and not ready_to_eliminate',
    'held': 'is_held',
    'should_be_held': 'should_be_held',
    'should_be_held_not_held': 'should_be_held and not is_held',
} %}
with

scopes as ({{ village_and_profile() }}),
spells as (select * from {{ ref('fct_identification') }} where is_active),

summed as (
    select
        scope_code,
        {% for name, condition in counts.items() %}
        count(case when {{ condition }} then 1 end) as {{ name }},
        {% endfor %}
        count(*) as active
    from ({{ with_profile_rows('spells') }}) as scoped
    group by scope_code
)

select
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    {% for name in counts %}
    cast(coalesce(summed.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    cast(coalesce(summed.active, 0) as bigint) as active
from scopes
left join summed on scopes.area_code = summed.scope_code
order by scope, area_code
