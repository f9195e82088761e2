-- The departments that owe lists, in the order of their codes.
select distinct
    dim_department.department_code,
    dim_department.name,
    dim_department.name_en
from dim_department
inner join dim_extract on dim_department.department_code = dim_extract.owner
order by dim_department.department_code
