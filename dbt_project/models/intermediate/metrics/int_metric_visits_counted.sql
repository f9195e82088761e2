-- Households that two lines of work went to on different days within a few weeks (DB-7), by the month of the later visit.
-- A household visited in a month counts once in it; on one day, several lines of work make one visit.
with

homes as (
    select household_key, area_code
    from {{ ref('int_households_by_month') }}
    qualify row_number() over (partition by household_key order by month desc) = 1
),

visits as (
    select household_key, 'survey' as line, visited_on from {{ ref('fct_survey_visit') }}
    union
    select household_key, 'check' as line, verified_on as visited_on from {{ ref('fct_warning') }}
    union
    select household_key, 'check' as line, verified_on as visited_on from {{ ref('fct_identification') }}
    union
    select household_key, 'look_back' as line, lookback_on as visited_on from {{ ref('fct_issue') }}
    union
    select household_key, 'care' as line, last_visit_on as visited_on from {{ ref('fct_care_visit') }}
),

dated as (
    select
        visits.household_key,
        homes.area_code,
        visits.line,
        visits.visited_on,
        {{ month_of('visits.visited_on') }} as month,
        parameters.repeat_visit_days
    from visits
    inner join homes on visits.household_key = homes.household_key
    inner join {{ ref('int_parameters_by_month') }} as parameters on {{ month_of('visits.visited_on') }} = parameters.month
    where visits.visited_on is not null
),

repeated as (
    select distinct
        later.household_key,
        later.month
    from dated as later
    inner join dated as earlier
        on
            later.household_key = earlier.household_key
            and later.line <> earlier.line
            and later.visited_on > earlier.visited_on
            and {{ days_between('earlier.visited_on', 'later.visited_on') }} <= later.repeat_visit_days
),

visited as (
    select
        dated.month,
        dated.household_key,
        dated.area_code,
        repeated.household_key is not null as is_repeated,
        dated.repeat_visit_days is not null as is_judged
    from (select distinct month, household_key, area_code, repeat_visit_days from dated) as dated
    left join repeated on dated.month = repeated.month and dated.household_key = repeated.household_key
)

{{ count_metric('repeat_visits', 'visited', 'month', 'is_judged', 'is_repeated', 'not is_judged') }}
