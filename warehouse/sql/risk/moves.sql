-- From which state to which did households move between the end of the quarter before and the quarter's newest month?
-- One row per pair; a null state before: not there then.
select
    state_before as before,
    state_after as after,
    cast(sum(households) as bigint) as households,
    cast(sum(members) as bigint) as members
from agg_transition_quarter
where scope = 'area' and quarter = $quarter and kind = $kind and area_code in (select area_code from dim_area where coalesce(area_code = $area, is_unit))
group by state_before, state_after
order by state_before nulls first, state_after
