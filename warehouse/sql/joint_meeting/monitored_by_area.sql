-- How many households does each area monitor at the end of a month, how many more than at an earlier one, and how many
-- are at risk by the data and nowhere? One row per area (YL-2a, task one).
select
    dim_area.area_code,
    dim_area.name,
    coalesce(now.households, 0) as households,
    now.ever_monitored - before.ever_monitored as newly_monitored,
    coalesce(now.monitored, 0) as monitored,
    coalesce(now.monitored_people, 0) as monitored_people,
    coalesce(now.unmonitored, 0) as unmonitored,
    coalesce(now.unmonitored_people, 0) as unmonitored_people,
    coalesce(now.at_risk_unknown, 0) as at_risk_unknown
from dim_area
left join agg_area_month as now
    on dim_area.area_code = now.area_code and now.scope = 'area' and now.month = $month
left join agg_area_month as before
    on dim_area.area_code = before.area_code and before.scope = 'area' and before.month = $earlier
where case
    when $areas is null then dim_area.is_unit
    else list_contains(string_split($areas, ','), dim_area.area_code)
end
order by dim_area.area_code
