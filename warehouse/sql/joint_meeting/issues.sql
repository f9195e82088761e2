-- How do the problems of every village stand at the end of a month? One row per village.
with villages as (
    select area_code, name
    from dim_area
    where case when $areas is null then is_unit else list_contains(string_split($areas, ','), area_code) end
)

select
    villages.area_code,
    villages.name,
    coalesce(issues.open_at_end, 0) as open,
    coalesce(issues.overdue_at_end, 0) as overdue,
    coalesce(issues.failed_at_end, 0) as failed,
    coalesce(issues.awaiting_lookback_at_end, 0) as awaiting
from villages
left join agg_area_issue_month as issues
    on villages.area_code = issues.area_code and issues.scope = 'area' and issues.month = $month
order by villages.area_code
