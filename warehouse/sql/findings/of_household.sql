-- What do the data of one household contradict in a month? One row per finding about it or one of its people.
select
    findings.rule,
    findings.severity,
    findings.subject,
    dim_person.name as person_name,
    findings.extract,
    dim_department.name as owner_name,
    dim_department.name_en as owner_name_en,
    findings.first_fact,
    findings.second_fact,
    findings.limit_value,
    findings.first_seen_month,
    findings.first_seen_month = meta_snapshot.first_month as is_older,
    findings.came_back,
    findings.times_seen
from fct_finding as findings
cross join meta_snapshot
left join dim_person on findings.person_key = dim_person.person_key
left join dim_department on findings.owner = dim_department.department_code
where findings.household_key = $household and findings.month = cast($month as date)
order by findings.rule_order, person_name nulls first, findings.extract
