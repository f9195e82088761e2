-- The villages of the scope, in the order of their codes.
select
    area_code,
    name,
    parent_code
from dim_area
where is_unit
order by area_code
