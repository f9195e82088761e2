-- How large is each focus group in a month and in an earlier one, and how many of it are covered? One row per group.
select
    focus,
    cast(sum(households) filter (where month = $month) as bigint) as households,
    cast(sum(households) filter (where month = $earlier) as bigint) as earlier,
    cast(sum(eligible) filter (where month = $month) as bigint) as eligible,
    cast(sum(covered) filter (where month = $month) as bigint) as covered,
    cast(sum(registered) filter (where month = $month) as bigint) as registered,
    cast(sum(monitored_only) filter (where month = $month) as bigint) as monitored_only,
    cast(sum(eligible_unknown) filter (where month = $month) as bigint) as eligible_unknown
from agg_area_focus_month
where scope = 'area' and month in ($month, $earlier) and area_code in (select area_code from dim_area where coalesce(area_code = $area, is_unit))
group by focus
order by min(focus_order)
