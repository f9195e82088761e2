-- Every day on which a line of work went to a household (DB-7): the survey, checks of warnings, checks before monitoring,
-- look-backs, visits of care (of these a list tells the last before it). Of one line and day one visit.
with

homes as (
    select
        household_key,
        area_code
    from {{ ref('int_households_by_month') }}
    qualify row_number() over (partition by household_key order by month desc) = 1
),

visits as (
    select household_key, 'survey' as line, visited_on from {{ ref('fct_survey_visit') }}
    union
    select household_key, 'warning_check' as line, verified_on as visited_on from {{ ref('fct_warning') }}
    union
    select household_key, 'identification' as line, verified_on as visited_on from {{ ref('fct_identification') }}
    union
    select household_key, 'look_back' as line, lookback_on as visited_on from {{ ref('fct_issue') }}
    union
    select household_key, 'care' as line, last_visit_on as visited_on from {{ ref('fct_care_visit') }}
)

select
    visits.household_key,
    homes.area_code,
    visits.line,
    -- A check of a warning and the check before monitoring are one errand: they do not repeat each other.
    case when visits.line in ('warning_check', 'identification') then 'check' else visits.line end as errand,
    visits.visited_on,
    {{ month_of('visits.visited_on') }} as month
from visits
inner join homes on visits.household_key = homes.household_key
where visits.visited_on is not null
