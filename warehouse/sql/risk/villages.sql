-- How many households of each village stand at each level of risk in a month, and how many new warnings came against how
-- many to expect? One row per village.
select
    dim_area.area_code,
    dim_area.name,
    coalesce(months.households, 0) as households,
    coalesce(months.members, 0) as members,
    coalesce(months.risk_urgent, 0) as urgent,
    coalesce(months.risk_high, 0) as high,
    coalesce(months.risk_watch, 0) as watch,
    coalesce(months.risk_none, 0) as none,
    coalesce(months.risk_unknown, 0) as unknown,
    coalesce(months.new_warnings, 0) as new_warnings,
    months.expected_warnings,
    months.months_before
from dim_area
left join agg_area_month as months
    on dim_area.area_code = months.area_code and months.scope = 'area' and months.month = $month
where case
    when $areas is null then dim_area.is_unit
    else list_contains(string_split($areas, ','), dim_area.area_code)
end
order by dim_area.area_code
