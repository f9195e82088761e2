-- How far did each survey round get in the whole place? One row per round up to the period's end, newest first.
select
    year,
    round,
    starts_on,
    ends_on,
    resident_households,
    visited,
    forms_missing,
    with_findings,
    visited_more_than_once
from agg_area_survey_round
where scope = 'profile' and starts_on <= $end
order by year desc, round desc
