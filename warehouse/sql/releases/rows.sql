-- Which households changed since the release, in what, and why? One row per household, month and state.
select
    changed.month,
    changed.area_code,
    areas.name as area_name,
    changed.household_no,
    changed.household_key,
    changed.head_name,
    changed.state,
    changed.old_value,
    changed.new_value,
    changed.reason,
    changed.reasons
from release_difference as changed
left join dim_area as areas on changed.area_code = areas.area_code
where ($area is null or changed.area_code = $area)
    and ($state is null or changed.state = $state)
    and ($reason is null or changed.reason = $reason)
order by changed.area_code, changed.household_no, changed.month, changed.state
