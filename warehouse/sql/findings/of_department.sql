-- Which rows must a department put right? One row per finding in force in the month, no names.
select
    rule,
    severity,
    extract,
    file_name,
    row_no,
    household_no,
    area_name,
    first_fact,
    second_fact,
    limit_value,
    first_seen_month,
    came_back
from fct_finding_row
where
    month = cast($month as date)
    and ($department is null or owner = $department)
    and ($extract is null or extract = $extract)
order by extract, rule_order, file_name nulls last, row_no nulls last, finding_key
limit $limit
