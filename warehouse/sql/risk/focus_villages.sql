-- How large is a focus group in every village, and how many of it are covered? One row per village.
select
    dim_area.area_code,
    dim_area.name,
    coalesce(groups.households, 0) as households,
    coalesce(groups.eligible, 0) as eligible,
    coalesce(groups.covered, 0) as covered,
    coalesce(groups.registered, 0) as registered,
    coalesce(groups.monitored_only, 0) as monitored_only,
    coalesce(groups.eligible_unknown, 0) as eligible_unknown
from dim_area
left join agg_area_focus_month as groups
    on
        dim_area.area_code = groups.area_code
        and groups.scope = 'area'
        and groups.month = $month
        and groups.focus = $focus
where case
    when $areas is null then dim_area.is_unit
    else list_contains(string_split($areas, ','), dim_area.area_code)
end
order by dim_area.area_code
