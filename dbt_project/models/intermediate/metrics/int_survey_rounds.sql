-- Survey rounds: those of the profile's calendar, and those that only the ledger knows (from their first visit).
with

calendar as (
    select
        year,
        number as round,
        min(starts_on) as starts_on,
        max(ends_on) as ends_on
    from {{ source('landed', 'calendar') }}
    where kind = 'survey'
    group by year, number
),

visits as (
    select
        year,
        round,
        min(visited_on) as starts_on,
        max(visited_on) as ends_on
    from {{ ref('fct_survey_visit') }}
    where is_visited
    group by year, round
)

select
    cast(coalesce(calendar.year, visits.year) as bigint) as year,
    cast(coalesce(calendar.round, visits.round) as bigint) as round,
    cast(coalesce(calendar.starts_on, visits.starts_on) as date) as starts_on,
    cast(coalesce(calendar.ends_on, visits.ends_on) as date) as ends_on
from calendar
full outer join visits on calendar.year = visits.year and calendar.round = visits.round
