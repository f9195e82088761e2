-- How did each department answer for its lists in a month? One row per department with lists.
with findings as (
    select
        owner,
        sum(open_findings) as open_findings,
        sum(new_findings) as new_findings,
        sum(cleared_findings) as cleared_findings,
        sum(came_back) as came_back
    from agg_finding_department_month
    where month = cast($month as date)
    group by owner
)

select
    agg_department_month.department_code,
    dim_department.name as owner_name,
    dim_department.name_en as owner_name_en,
    agg_department_month.lists,
    agg_department_month.lists_on_time,
    agg_department_month.lists_late,
    agg_department_month.lists_part,
    agg_department_month.lists_missing,
    agg_department_month.lists_not_due,
    agg_department_month.zero_reports,
    agg_department_month.rows_read,
    agg_department_month.rows_accepted,
    agg_department_month.rows_repaired,
    agg_department_month.rows_quarantined,
    agg_department_month.rows_linkable,
    agg_department_month.rows_linked,
    coalesce(findings.open_findings, 0)::bigint as open_findings,
    coalesce(findings.new_findings, 0)::bigint as new_findings,
    coalesce(findings.cleared_findings, 0)::bigint as cleared_findings,
    coalesce(findings.came_back, 0)::bigint as came_back
from agg_department_month
inner join dim_department on agg_department_month.department_code = dim_department.department_code
left join findings on agg_department_month.department_code = findings.owner
where agg_department_month.month = cast($month as date)
    and (agg_department_month.lists > 0 or findings.owner is not null)
order by agg_department_month.department_code
