-- What reached the villages (ST-2a, ST-6a): inspections and look-backs of the year so far, and the newest survey
-- round.
with

months as (select * from {{ source('landed', 'months') }}),
areas as (select area_code from {{ source('landed', 'areas') }} where is_unit),
inspections as (select * from {{ ref('fct_inspection') }}),
rounds as (select * from {{ ref('int_survey_rounds') }}),
visits as (select * from {{ ref('fct_survey_visit') }} where is_visited),
households as (select * from {{ ref('int_households_by_month') }} where is_resident),

villages as (
    select
        months.month,
        areas.area_code,
        bool_or(coalesce(inspections.kind = '集中督查', false)) as is_inspected,
        bool_or(coalesce(inspections.kind = '回头看', false)) as is_looked_back
    from months
    cross join areas
    left join inspections
        on
            areas.area_code = inspections.area_code
            and months.year = inspections.year
            and inspections.inspected_on <= months.month_end
    group by months.month, areas.area_code
),

current_rounds as (
    select
        months.month,
        months.month_end,
        rounds.year,
        rounds.round
    from months
    inner join rounds on months.year = rounds.year and rounds.starts_on <= months.month_end
    qualify row_number() over (partition by months.month order by rounds.starts_on desc, rounds.round desc) = 1
),

residents as (
    select
        households.month,
        households.area_code,
        households.members,
        visits.visit_key is not null as is_visited
    from households
    inner join current_rounds on households.month = current_rounds.month
    left join visits
        on
            households.household_key = visits.household_key
            and current_rounds.year = visits.year
            and current_rounds.round = visits.round
            and visits.visited_on <= current_rounds.month_end
)

{{ count_metric('inspection_coverage', 'villages', 'month', 'true', 'is_inspected') }}
union all
{{ count_metric('lookback_coverage', 'villages', 'month', 'true', 'is_looked_back') }}
union all
{{ count_metric('survey_coverage', 'residents', 'month', 'true', 'is_visited', members='members') }}
