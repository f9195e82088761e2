-- How many risks were marked as eliminated in a period, by which rule they break, and who may be eliminated on the
-- snapshot's day? One row per area, and one for the whole place (BX-6).
with marked as (
    select
        scope,
        area_code,
        sum(eliminated)::bigint as eliminated,
        sum(sound)::bigint as sound,
        sum(with_fault)::bigint as with_fault,
        sum(unknown)::bigint as unjudged,
        sum(relapsed)::bigint as relapsed,
        sum(fault_monitored_too_short)::bigint as monitored_too_short,
        sum(fault_publicity_short)::bigint as publicity_short,
        sum(fault_income_below_line)::bigint as income_below_line,
        sum(fault_housing)::bigint as housing,
        sum(fault_water)::bigint as water,
        sum(fault_schooling)::bigint as schooling,
        sum(fault_medical)::bigint as medical,
        sum(fault_no_labour)::bigint as no_labour
    from agg_elimination_month
    where month between $start and $end
    group by scope, area_code
)

select
    candidates.scope,
    candidates.area_code,
    dim_area.name,
    candidates.active,
    candidates.ready,
    candidates.not_ready,
    candidates.ready_unknown,
    candidates.proposed,
    candidates.proposed_ready,
    candidates.proposed_not_ready,
    candidates.held,
    candidates.should_be_held,
    candidates.should_be_held_not_held,
    coalesce(marked.eliminated, 0) as eliminated,
    coalesce(marked.sound, 0) as sound,
    coalesce(marked.with_fault, 0) as with_fault,
    coalesce(marked.unjudged, 0) as unjudged,
    coalesce(marked.relapsed, 0) as relapsed,
    coalesce(marked.monitored_too_short, 0) as monitored_too_short,
    coalesce(marked.publicity_short, 0) as publicity_short,
    coalesce(marked.income_below_line, 0) as income_below_line,
    coalesce(marked.housing, 0) as housing,
    coalesce(marked.water, 0) as water,
    coalesce(marked.schooling, 0) as schooling,
    coalesce(marked.medical, 0) as medical,
    coalesce(marked.no_labour, 0) as no_labour
from agg_elimination_candidate as candidates
inner join dim_area on candidates.area_code = dim_area.area_code
left join marked on candidates.scope = marked.scope and candidates.area_code = marked.area_code
where candidates.scope = 'profile'
    or candidates.area_code = $area
    or case
        when $areas is null then dim_area.is_unit
        else list_contains(string_split($areas, ','), dim_area.area_code)
    end
order by candidates.scope desc, candidates.area_code
