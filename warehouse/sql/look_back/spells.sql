-- Which households of monitoring are proposed for elimination, ready, not ready, held, were eliminated against a rule in a
-- period, or came back? One row per spell of the list asked for (BX-6).
select
    fct_identification.household_key,
    dim_area.path as area_name,
    dim_household.household_no,
    dim_household.head_name,
    fct_identification.monitored_type,
    fct_identification.approved_on,
    fct_identification.exit_publicity_from,
    fct_identification.eliminated_on,
    fct_identification.relapsed_on,
    fct_identification.ready_to_eliminate,
    coalesce(fct_identification.elimination_faults, fct_identification.not_ready_reasons) as reasons,
    coalesce(fct_identification.elimination_unknowns, fct_identification.not_ready_unknowns) as unknowns
from fct_identification
inner join dim_area on fct_identification.area_code = dim_area.area_code
left join dim_household on fct_identification.household_key = dim_household.household_key
where ($area is null or fct_identification.area_code in (select area_code from dim_area_scope where scope_code = $area))
    and case $part
        when 'proposed' then fct_identification.is_proposed
        when 'ready' then fct_identification.is_active and fct_identification.ready_to_eliminate
        when 'not_ready' then fct_identification.is_active and not fct_identification.ready_to_eliminate
        when 'unknown' then fct_identification.is_active and fct_identification.ready_to_eliminate is null
        when 'held' then fct_identification.is_active and fct_identification.is_held
        when 'to_hold' then fct_identification.should_be_held and not fct_identification.is_held
        when 'faulty'
            then fct_identification.eliminated_on between $start and $end and fct_identification.elimination_faults <> ''
        when 'relapsed'
            then fct_identification.eliminated_on between $start and $end and fct_identification.relapsed_on is not null
    end
order by fct_identification.area_code, fct_identification.approved_on, fct_identification.spell_key
