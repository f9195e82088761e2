-- Which departments can a decision be given to? One row per department.
select
    department_code,
    name,
    name_en,
    unit
from dim_department
order by department_code
