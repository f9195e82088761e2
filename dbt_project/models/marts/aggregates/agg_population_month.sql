-- Groups whose cover is watched: those that a comparison with the registers goes through (DJ-1a), and those that online
-- monitoring covers beyond the registers (DB-3).
{% set first_four = "('tekun', 'dibao', 'dibao_edge', 'rigid_expense')" %}
{% set groups = {
    'not_lifted': 'below_line and not is_lifted',
    'lifted': 'is_lifted',
    'edge': "is_monitored and monitored_type_registered = 'edge_poor'",
    'watch': 'watch_population',
    'watch_monitored': 'watch_monitored',
    'watch_rejected': 'watch_rejected',
    'watch_left_dibao': 'watch_left_dibao',
} %}
{% set parts = {
    'households': 'true',
    'eligible': 'tier_eligible in ' ~ first_four,
    'covered': 'tier_eligible in ' ~ first_four ~ ' and not suspected_missed',
    'registered': 'tier_registered in ' ~ first_four,
    'ineligible': 'suspected_ineligible',
    'unmonitored': 'suspected_unmonitored',
    'eligible_unknown': "is_cover_unknown",
} %}
with

scopes as ({{ village_and_profile() }}),
months as (select month from {{ source('landed', 'months') }}),

in_groups as (
    {% for name, condition in groups.items() %}
    select
        month,
        area_code,
        '{{ name }}' as population,
        {% for part, counted in parts.items() %}
        count(case when {{ counted }} then 1 end) as {{ part }},
        {% endfor %}
        sum(members) as people
    from {{ ref('fct_household_month') }}
    where {{ condition }}
    group by month, area_code
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

scoped as ({{ with_profile_rows('in_groups') }}),

summed as (
    select
        month,
        scope_code,
        population,
        {% for part in parts %}
        sum({{ part }}) as {{ part }},
        {% endfor %}
        sum(people) as people
    from scoped
    group by month, scope_code, population
),

populations as (
    {% for name in groups %}
    select '{{ name }}' as population, {{ loop.index }} as population_order
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(populations.population as string) as population,
    cast(populations.population_order as bigint) as population_order,
    {% for part in parts %}
    cast(coalesce(summed.{{ part }}, 0) as bigint) as {{ part }},
    {% endfor %}
    cast(coalesce(summed.people, 0) as bigint) as people
from months
cross join scopes
cross join populations
left join summed
    on
        months.month = summed.month
        and scopes.area_code = summed.scope_code
        and populations.population = summed.population
order by month, scope, area_code, population_order
