-- What did each department send in each month of a period, and what came of it? One row per department and month.
select
    agg_department_month.department_code,
    dim_department.name as owner_name,
    dim_department.name_en as owner_name_en,
    agg_department_month.month,
    agg_department_month.lists,
    agg_department_month.lists_on_time,
    agg_department_month.lists_late,
    agg_department_month.lists_part,
    agg_department_month.lists_missing,
    agg_department_month.lists_not_due,
    agg_department_month.zero_reports,
    agg_department_month.rows_read,
    agg_department_month.rows_accepted,
    agg_department_month.rows_quarantined,
    agg_department_month.rows_repaired,
    agg_department_month.rows_linkable,
    agg_department_month.rows_linked,
    agg_department_month.warnings,
    agg_department_month.warnings_checked,
    agg_department_month.warnings_within,
    agg_department_month.warnings_over,
    agg_department_month.warnings_open,
    agg_department_month.warnings_overdue,
    agg_department_month.warnings_hit
from agg_department_month
inner join dim_department on agg_department_month.department_code = dim_department.department_code
where agg_department_month.month between $start and $end
    and agg_department_month.lists > 0
order by agg_department_month.department_code, agg_department_month.month
