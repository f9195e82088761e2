-- Households that two lines of work went to on different days within a few weeks (DB-7), by the month of the later visit.
-- A household visited in a month counts once in it; on one day, several lines of work make one visit.
with

parameters as (select month, repeat_visit_days from {{ ref('int_parameters_by_month') }}),

visited as (
    select
        visits.month,
        visits.household_key,
        visits.area_code,
        repeated.household_key is not null as is_repeated,
        parameters.repeat_visit_days is not null as is_judged
    from (select distinct month, household_key, area_code from {{ ref('int_visits') }}) as visits
    inner join parameters on visits.month = parameters.month
    left join {{ ref('int_visits_repeated') }} as repeated
        on visits.month = repeated.month and visits.household_key = repeated.household_key
)

{{ count_metric('repeat_visits', 'visited', 'month', 'is_judged', 'is_repeated', 'not is_judged') }}
