-- What do the lists of the departments contradict in a month? One row per list and rule.
select
    found.owner,
    dim_department.name as owner_name,
    dim_department.name_en as owner_name_en,
    found.extract,
    found.rule,
    found.severity,
    found.open_findings,
    found.new_findings,
    found.cleared_findings,
    found.came_back,
    found.households
from agg_finding_department_month as found
left join dim_department on found.owner = dim_department.department_code
where
    found.month = cast($month as date)
    and ($department is null or found.owner = $department)
    and ($extract is null or found.extract = $extract)
order by found.owner, found.extract, found.rule_order
