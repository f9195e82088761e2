-- How do the problems found up to a day stand on the snapshot's day, by village? One row per village.
select
    dim_area.area_code,
    dim_area.name,
    count(fct_issue.issue_key) as found,
    count(*) filter (where fct_issue.state = 'open') as open,
    count(*) filter (where fct_issue.state = 'overdue') as overdue,
    count(*) filter (where fct_issue.state = 'rectified') as rectified,
    count(*) filter (where fct_issue.state = 'failed') as failed,
    count(*) filter (where fct_issue.state = 'closed') as closed
from dim_area
left join dim_area_scope on dim_area.area_code = dim_area_scope.scope_code
left join fct_issue on dim_area_scope.area_code = fct_issue.area_code and fct_issue.found_on <= $end
where case
    when $areas is null then dim_area.is_unit
    else list_contains(string_split($areas, ','), dim_area.area_code)
end
group by dim_area.area_code, dim_area.name
order by dim_area.area_code
