-- Which of the ten items did a round of the survey find, and at how many households? One row per item, of all the areas.
select
    item,
    sum(visited)::bigint as visited,
    sum(found)::bigint as found
from agg_survey_item
where
    scope = 'area'
    and year = $year
    and round = $round
    and list_contains(string_split($areas, ','), area_code)
group by item
order by item
