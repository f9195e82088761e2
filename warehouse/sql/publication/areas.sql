-- Which areas are there, and which lies in which? One row per area, those above before those below.
select area_code, name, parent_code, is_unit, depth
from dim_area
order by area_code
