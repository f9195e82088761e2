-- What the ledgers tell of each entry of the calendar, by the day it happened.
{% set general = ['visited', 'checked', 'warnings_checked', 'admitted', 'approved', 'planned', 'measures_done',
    'eliminated', 'issues_found', 'issues_closed', 'trained'] %}
{% set told = {
    'stage': general,
    'survey': ['visited'],
    'inspection': ['inspected', 'issues_found'],
    'lookback': ['looked_back', 'issues_closed'],
    'training': ['trained'],
    'meeting': ['met', 'actions'],
    'work_meeting': ['worked', 'work_actions'],
} %}
with

calendar as (select * from {{ ref('meta_calendar') }}),
info as (select as_of from {{ source('landed', 'build_info') }}),

-- One row per thing that happened: what, when, and whom it is counted by.
happened as (
    select 'visited' as measure, visited_on as day, household_key as item from {{ ref('fct_survey_visit') }}
    where is_visited
    union all
    select 'checked' as measure, checked_on as day, application_key as item from {{ ref('fct_application') }}
    union all
    select
        'warnings_checked' as measure,
        verified_on as day,
        household_key || '|' || extract || '|' || cast(month as string) as item
    from {{ ref('fct_warning') }}
    union all
    select
        'admitted' as measure,
        admitted_on as day,
        register || '|' || coalesce(person_key, household_key) as item
    from {{ ref('fct_register_entry') }}
    union all
    select 'approved' as measure, approved_on as day, spell_key as item from {{ ref('fct_identification') }}
    union all
    select 'planned' as measure, plan_on as day, spell_key as item from {{ ref('fct_identification') }}
    union all
    select 'eliminated' as measure, eliminated_on as day, spell_key as item from {{ ref('fct_identification') }}
    union all
    select 'measures_done' as measure, done_on as day, measure_key as item from {{ ref('fct_measure') }}
    union all
    select 'issues_found' as measure, found_on as day, issue_key as item from {{ ref('fct_issue') }}
    union all
    select 'issues_closed' as measure, closed_on as day, issue_key as item from {{ ref('fct_issue') }}
    union all
    select
        case when kind = '回头看' then 'looked_back' else 'inspected' end as measure,
        inspected_on as day,
        area_code as item
    from {{ ref('fct_inspection') }}
    union all
    select 'trained' as measure, held_on as day, training_key as item from {{ ref('fct_training') }}
    union all
    select
        case when kind = '联席会议' then 'met' else 'worked' end as measure,
        met_on as day,
        cast(met_on as string) as item
    from {{ ref('fct_meeting_action') }}
    union all
    select
        case when kind = '联席会议' then 'actions' else 'work_actions' end as measure,
        met_on as day,
        action_key as item
    from {{ ref('fct_meeting_action') }}
),

told as (
    {%- for kind, measures in told.items() %}{% set last = loop.last %}
    {%- for measure in measures %}
    select '{{ kind }}' as kind, '{{ measure }}' as measure, {{ loop.index }} as measure_order
    {{- '' if last and loop.last else ' union all' }}
    {%- endfor %}
    {%- endfor %}
),

units as (select count(*) as areas from {{ source('landed', 'areas') }} where is_unit),

rounds as (
    select
        year,
        round,
        visited,
        resident_households
    from {{ ref('agg_area_survey_round') }}
    where scope = 'profile'
)

select
    cast(calendar.kind as string) as kind,
    cast(calendar.year as bigint) as year,
    cast(calendar.number as bigint) as number,
    cast(told.measure as string) as measure,
    cast(told.measure_order as bigint) as measure_order,
    -- A survey is told as the round counts it: visits to resident households, also those after its last day.
    cast(
        case when calendar.kind = 'survey' then max(coalesce(rounds.visited, 0)) else count(distinct happened.item) end
        as bigint
    ) as counted,
    cast(
        max(
            case
                when calendar.kind = 'survey' then rounds.resident_households
                when told.measure in ('inspected', 'looked_back') then units.areas
            end
        ) as bigint
    ) as counted_of
from calendar
inner join told on calendar.kind = told.kind
cross join info
cross join units
left join happened
    on
        told.measure = happened.measure
        and happened.day between calendar.starts_on and least(calendar.ends_on, info.as_of)
left join rounds
    on
        calendar.kind = 'survey'
        and calendar.year = rounds.year
        and calendar.number = rounds.round
group by calendar.kind, calendar.year, calendar.number, told.measure, told.measure_order
order by kind, year, number, measure_order
