-- How does one metric stand in every department in a period? One row per department.
select
    dim_department.department_code,
    dim_department.name,
    dim_department.name_en,
    coalesce(metric_values.numerator, 0) as numerator,
    coalesce(metric_values.denominator, 0) as denominator,
    metric_values.value,
    metric_values.low,
    metric_values.high
from dim_department
inner join metric_values on dim_department.department_code = metric_values.scope_code
where metric_values.scope = 'department'
    and metric_values.metric = $metric
    and metric_values.period_kind = $period_kind
    and metric_values.period = $period
order by dim_department.department_code
