-- How far did each round of the concentrated survey of a year get? One row per area compared and round begun by a day; an
-- area without any has one row of nulls.
with areas as (
    select area_code, name
    from dim_area
    where list_contains(string_split($areas, ','), area_code)
)

select
    areas.area_code,
    areas.name,
    rounds.round,
    rounds.starts_on,
    rounds.ends_on,
    rounds.resident_households,
    rounds.visited,
    rounds.forms_done,
    rounds.forms_missing,
    rounds.forms_unknown,
    rounds.with_findings,
    rounds.visited_more_than_once
from areas
left join agg_area_survey_round as rounds
    on
        areas.area_code = rounds.area_code
        and rounds.scope = 'area'
        and rounds.year = $year
        and rounds.starts_on <= $until
order by areas.area_code, rounds.round
