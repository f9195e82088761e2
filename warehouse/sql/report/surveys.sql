-- How far did each survey round of a year come in every village? One row per village and round.
select
    dim_area.area_code,
    dim_area.name,
    rounds.round,
    rounds.resident_households,
    rounds.visited,
    rounds.forms_done,
    rounds.with_findings
from dim_area
inner join agg_area_survey_round as rounds on dim_area.area_code = rounds.area_code
where case
    when $areas is null then dim_area.is_unit
    else list_contains(string_split($areas, ','), dim_area.area_code)
end
    and rounds.year = $year and rounds.starts_on <= $end
order by dim_area.area_code, rounds.round
