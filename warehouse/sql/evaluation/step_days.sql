-- After how many days was each step done, or how long was it open, of the cases begun in a year? One row per step and days.
select
    step,
    days,
    done,
    still_open
from agg_step_days
where year = $year
    and (($area is null and scope = 'profile') or (scope = 'area' and area_code = $area))
order by step, days
