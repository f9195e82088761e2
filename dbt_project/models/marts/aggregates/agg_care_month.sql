{% set counts = {
    'tekun': 'is_tekun',
    'tekun_centralised': "is_tekun and care_mode = '集中'",
    'tekun_home': 'is_home_care',
    'tekun_home_agreed': 'is_home_care and has_agreement',
    'left_behind': 'is_left_behind',
    'to_visit': 'state is not null',
    'visited': "state = 'visited'",
    'visit_overdue': "state = 'overdue'",
    'visit_never': "state = 'never'",
    'visit_unknown': "state = 'unknown'",
} %}
with

scopes as ({{ village_and_profile() }}),
months as (select month from {{ source('landed', 'months') }}),
people as (select * from {{ ref('fct_care_visit') }}),

summed as (
    select
        month,
        scope_code,
        {% for name, condition in counts.items() %}
        count(case when {{ condition }} then 1 end) as {{ name }},
        {% endfor %}
        count(*) as people
    from ({{ with_profile_rows('people') }}) as scoped
    group by month, scope_code
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    {% for name in counts %}
    cast(coalesce(summed.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    cast(coalesce(summed.people, 0) as bigint) as people
from months
cross join scopes
left join summed on months.month = summed.month and scopes.area_code = summed.scope_code
order by month, scope, area_code
