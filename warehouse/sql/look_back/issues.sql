-- Which problems were found, and how does each stand on the snapshot's day? One row per issue.
select
    fct_issue.issue_no,
    fct_issue.area_code,
    dim_area.path as area_name,
    fct_issue.household_key,
    fct_issue.inspection_kind,
    fct_issue.category,
    fct_issue.description,
    fct_issue.responsible_unit,
    fct_issue.found_on,
    fct_issue.due_on,
    fct_issue.rectified_on,
    fct_issue.lookback_on,
    fct_issue.lookback_result,
    fct_issue.closed_on,
    fct_issue.state,
    fct_issue.age_days,
    fct_issue.days_overdue,
    fct_issue.is_repeat,
    fct_issue.came_back_on
from fct_issue
left join dim_area on fct_issue.area_code = dim_area.area_code
where $area is null or fct_issue.area_code in (select area_code from dim_area_scope where scope_code = $area)
order by fct_issue.area_code, fct_issue.found_on, fct_issue.issue_no
