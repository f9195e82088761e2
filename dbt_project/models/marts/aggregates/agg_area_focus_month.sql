{% set groups = ['serious_illness', 'severe_disability', 'incapacitated_tekun', 'unstable_employment',
    'failed_industry', 'disaster', 'no_labour'] %}
{% set first_four = "('tekun', 'dibao', 'dibao_edge', 'rigid_expense')" %}
{% set parts = {
    'households': 'true',
    'eligible': 'tier_eligible in ' ~ first_four,
    'covered': 'tier_eligible in ' ~ first_four ~ ' and not suspected_missed',
    'registered': 'tier_registered in ' ~ first_four,
    'monitored_only': 'is_monitored and tier_registered not in ' ~ first_four,
    'eligible_unknown': "is_cover_unknown",
} %}
with

scopes as ({{ village_and_profile() }}),
months as (select month from {{ source('landed', 'months') }}),
households as (select * from {{ ref('fct_household_month') }}),

by_village as (
    select
        {% for group in groups %}
        {% for part, condition in parts.items() %}
        count(case when focus_{{ group }} and {{ condition }} then 1 end) as {{ group }}_{{ part }},
        {% endfor %}
        {% endfor %}
        month,
        area_code
    from households
    group by month, area_code
),

summed as (
    select
        {% for group in groups %}
        {% for part in parts %}
        sum({{ group }}_{{ part }}) as {{ group }}_{{ part }},
        {% endfor %}
        {% endfor %}
        month,
        scope_code
    from ({{ with_profile_rows('by_village') }}) as by_scope
    group by month, scope_code
),

by_group as (
    {% for group in groups %}
    select
        {% for part in parts %}
        {{ group }}_{{ part }} as {{ part }},
        {% endfor %}
        month,
        scope_code,
        '{{ group }}' as focus
    from summed
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

focus_groups as (
    {% for group in groups %}
    select '{{ group }}' as focus, {{ loop.index }} as focus_order
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(focus_groups.focus as string) as focus,
    cast(focus_groups.focus_order as bigint) as focus_order,
    {% for part in parts %}
    cast(coalesce(by_group.{{ part }}, 0) as bigint) as {{ part }}{% if not loop.last %},{% endif %}
    {% endfor %}
from months
cross join scopes
cross join focus_groups
left join by_group
    on
        months.month = by_group.month
        and scopes.area_code = by_group.scope_code
        and focus_groups.focus = by_group.focus
order by month, scope, area_code, focus_order
