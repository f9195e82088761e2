-- Which departments answer for lists? One row per department.
select
    dim_department.department_code,
    dim_department.name,
    dim_department.name_en
from dim_department
where dim_department.department_code in (select owner from fct_push)
order by dim_department.department_code
