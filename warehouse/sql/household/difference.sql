-- What do the two registers say differently of the household in a month, why, and who must act? At most one row.
select
    differences.kind,
    differences.reason,
    differences.since_month,
    differences.is_to_resolve,
    dim_department.unit as office,
    dim_department.name_en as office_en
from fct_register_difference as differences
left join dim_department on differences.department_code = dim_department.department_code
where differences.month = $month and differences.household_key = $household
