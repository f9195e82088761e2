-- Which figures of the period are others now, for the whole or one area? One row per metric that changed.
select
    metric,
    old_numerator,
    old_denominator,
    old_unknown,
    old_value,
    old_state,
    new_numerator,
    new_denominator,
    new_unknown,
    new_value,
    new_state
from release_figure
where is_changed
    and (($area is null and scope = 'profile') or (scope = 'area' and scope_code = $area))
order by metric
