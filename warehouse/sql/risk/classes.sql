-- In which class by the data and on the registers do households of the whole or one area stand at a month's end?
-- One row per pair of classes. kind: tier (DB-1) or type (BX-2).
select
    by_data,
    on_register,
    households,
    members
from agg_class_month
where month = $month
    and kind = $kind
    and (($area is null and scope = 'profile') or (scope = 'area' and area_code = $area))
order by by_data, on_register
