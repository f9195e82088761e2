with

scopes as ({{ village_and_profile() }}),
rounds as (select * from {{ ref('int_survey_rounds') }}),
visits as (select * from {{ ref('fct_survey_visit') }} where is_visited),

items as (
    {% for item in range(1, 11) %}
    select {{ item }} as item
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

scoped as ({{ with_profile_rows('visits') }}),

summed as (
    select
        scoped.year,
        scoped.round,
        scoped.scope_code,
        items.item,
        count(*) as visited,
        count(case when {{ is_listed('cast(items.item as string)', 'scoped.findings') }} then 1 end) as found
    from scoped
    cross join items
    group by scoped.year, scoped.round, scoped.scope_code, items.item
)

select
    cast(rounds.year as bigint) as year,
    cast(rounds.round as bigint) as round,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(items.item as bigint) as item,
    cast(coalesce(summed.visited, 0) as bigint) as visited,
    cast(coalesce(summed.found, 0) as bigint) as found
from rounds
cross join scopes
cross join items
left join summed
    on
        rounds.year = summed.year
        and rounds.round = summed.round
        and scopes.area_code = summed.scope_code
        and items.item = summed.item
order by year, round, scope, area_code, item
