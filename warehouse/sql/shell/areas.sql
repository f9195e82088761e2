-- The villages of the scope, in the order of their codes.
select
    area_code,
    name,
    parent_code
from dim_area as area
where
    parent_code is not null
    and not exists (select 1 from dim_area as below where below.parent_code = area.area_code)
order by area_code
