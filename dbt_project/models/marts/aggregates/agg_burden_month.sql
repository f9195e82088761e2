{% set visits = ['survey', 'warning_check', 'identification', 'look_back', 'care'] %}
{% set forms = {
    'survey_forms': ("fct_survey_visit", "visited_on", "form_done"),
    'check_reports': ("fct_warning", "verified_on", "is_in_ledger"),
    'plans': ("fct_identification", "plan_on", "true"),
    'measure_reports': ("fct_measure", "done_on", "true"),
} %}
{% set counts = ['households_visited', 'household_days'] + visits + ['inspections'] + forms.keys() | list %}
with

scopes as ({{ village_and_profile() }}),
visits as (select * from {{ ref('int_visits') }}),

parameters as (select month, repeat_visit_days from {{ ref('int_parameters_by_month') }}),

counted as (
    select
        month,
        area_code,
        count(distinct household_key) as households_visited,
        count(distinct household_key || '|' || cast(visited_on as string)) as household_days,
        {% for line in visits %}
        count(case when line = '{{ line }}' then 1 end) as {{ line }},
        {% endfor %}
        0 as inspections,
        {% for name in forms %}
        0 as {{ name }},
        {% endfor %}
        0 as households_repeated
    from visits
    group by month, area_code
    union all
    select
        {{ month_of('inspected_on') }} as month,
        area_code,
        0 as households_visited,
        0 as household_days,
        {% for line in visits %}
        0 as {{ line }},
        {% endfor %}
        count(*) as inspections,
        {% for name in forms %}
        0 as {{ name }},
        {% endfor %}
        0 as households_repeated
    from {{ ref('fct_inspection') }}
    group by {{ month_of('inspected_on') }}, area_code
    {% for form, (mart, day, condition) in forms.items() %}
    union all
    select
        {{ month_of(day) }} as month,
        area_code,
        0 as households_visited,
        0 as household_days,
        {% for line in visits %}
        0 as {{ line }},
        {% endfor %}
        0 as inspections,
        {% for name in forms %}
        {{ 'count(*)' if name == form else '0' }} as {{ name }},
        {% endfor %}
        0 as households_repeated
    from {{ ref(mart) }}
    where {{ condition }} and {{ day }} is not null
    group by {{ month_of(day) }}, area_code
    {% endfor %}
    union all
    select
        month,
        area_code,
        0 as households_visited,
        0 as household_days,
        {% for line in visits %}
        0 as {{ line }},
        {% endfor %}
        0 as inspections,
        {% for name in forms %}
        0 as {{ name }},
        {% endfor %}
        count(*) as households_repeated
    from {{ ref('int_visits_repeated') }}
    group by month, area_code
),

summed as (
    select
        month,
        scope_code,
        {% for name in counts %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        sum(households_repeated) as households_repeated
    from ({{ with_profile_rows('counted') }}) as scoped
    group by month, scope_code
)

select
    cast(parameters.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    {% for name in counts %}
    cast(coalesce(summed.{{ name }}, 0) as bigint) as {{ name }},
    {% endfor %}
    cast(
        case when parameters.repeat_visit_days is not null then coalesce(summed.households_repeated, 0) end as bigint
    ) as households_repeated
from parameters
cross join scopes
left join summed on parameters.month = summed.month and scopes.area_code = summed.scope_code
order by month, scope, area_code
