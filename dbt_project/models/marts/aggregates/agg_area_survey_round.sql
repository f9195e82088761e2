with

scopes as ({{ village_and_profile() }}),
months as (select * from {{ source('landed', 'months') }}),
visits as (select * from {{ ref('fct_survey_visit') }}),

-- Who lives there is asked in the newest month up to the round's last day.
rounds as (
    select
        rounds.year,
        rounds.round,
        rounds.starts_on,
        rounds.ends_on,
        max(months.month) as month
    from {{ ref('int_survey_rounds') }} as rounds
    inner join months on months.month <= rounds.ends_on
    group by rounds.year, rounds.round, rounds.starts_on, rounds.ends_on
),

residents as (
    select
        rounds.year,
        rounds.round,
        households.area_code,
        visits.is_visited,
        visits.form_done,
        visits.findings,
        visits.visits
    from rounds
    inner join {{ ref('int_households_by_month') }} as households
        on rounds.month = households.month and households.is_resident
    left join visits
        on
            households.household_key = visits.household_key
            and rounds.year = visits.year
            and rounds.round = visits.round
),

by_village as (
    select
        year,
        round,
        area_code,
        count(*) as resident_households,
        count(case when is_visited then 1 end) as visited,
        count(case when is_visited and form_done then 1 end) as forms_done,
        count(case when is_visited and not form_done then 1 end) as forms_missing,
        count(case when is_visited and form_done is null then 1 end) as forms_unknown,
        count(case when is_visited and findings is not null then 1 end) as with_findings,
        count(case when visits > 1 then 1 end) as visited_more_than_once
    from residents
    group by year, round, area_code
),

summed as (
    select
        year,
        round,
        scope_code,
        {% for name in ['resident_households', 'visited', 'forms_done', 'forms_missing', 'forms_unknown',
            'with_findings'] %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        sum(visited_more_than_once) as visited_more_than_once
    from ({{ with_profile_rows('by_village') }}) as by_scope
    group by year, round, scope_code
)

select
    cast(rounds.year as bigint) as year,
    cast(rounds.round as bigint) as round,
    cast(rounds.starts_on as date) as starts_on,
    cast(rounds.ends_on as date) as ends_on,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(coalesce(summed.resident_households, 0) as bigint) as resident_households,
    cast(coalesce(summed.visited, 0) as bigint) as visited,
    cast(coalesce(summed.forms_done, 0) as bigint) as forms_done,
    cast(coalesce(summed.forms_missing, 0) as bigint) as forms_missing,
    cast(coalesce(summed.forms_unknown, 0) as bigint) as forms_unknown,
    cast(coalesce(summed.with_findings, 0) as bigint) as with_findings,
    cast(coalesce(summed.visited_more_than_once, 0) as bigint) as visited_more_than_once
from rounds
cross join scopes
left join summed
    on rounds.year = summed.year and rounds.round = summed.round and scopes.area_code = summed.scope_code
order by year, round, scope, area_code
