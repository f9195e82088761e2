-- How many warnings up to a month are still unchecked past their limit on the snapshot's day? One row per department.
select
    agg_department_month.department_code,
    dim_department.name,
    dim_department.name_en,
    sum(agg_department_month.warnings_overdue)::bigint as overdue
from agg_department_month
inner join dim_department on agg_department_month.department_code = dim_department.department_code
where agg_department_month.month <= $month
group by all
having sum(agg_department_month.warnings_overdue) > 0
order by agg_department_month.department_code
