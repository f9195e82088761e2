-- How does every area compared stand in a month: cover, gaps, unknowns, registers, surveys and inspections of the
-- year? One row per area (every village where $areas is null), whether or not anything was received of it.
with villages as (
    select area_code, name, tile_row, tile_col
    from dim_area
    where case when $areas is null then is_unit else list_contains(string_split($areas, ','), area_code) end
),

months as (
    select *
    from agg_area_month
    where scope = 'area' and month = $month
),

rounds as (
    select
        area_code,
        max(resident_households) filter (where round = 1) as residents_1,
        max(visited) filter (where round = 1) as visited_1,
        max(resident_households) filter (where round = 2) as residents_2,
        max(visited) filter (where round = 2) as visited_2
    from agg_area_survey_round
    where scope = 'area' and year = $year and starts_on <= $until
    group by area_code
),

differences as (
    select
        area_code,
        sum(households) filter (where kind = 'monitored_only')::bigint as monitored_only,
        sum(households) filter (where kind = 'civil_only')::bigint as registered_only
    from agg_register_difference_month
    where scope = 'area' and month = $month
    group by area_code
),

visits as (
    select
        dim_area_scope.scope_code as area_code,
        count(distinct dim_area_scope.area_code) as villages,
        count(distinct fct_inspection.area_code) filter (where fct_inspection.kind = '集中督查') as villages_inspected,
        count(distinct fct_inspection.area_code) filter (where fct_inspection.kind = '回头看') as villages_looked_back,
        max(fct_inspection.inspected_on) filter (where fct_inspection.kind = '集中督查') as inspected_on,
        max(fct_inspection.inspected_on) filter (where fct_inspection.kind = '回头看') as looked_back_on
    from dim_area_scope
    left join fct_inspection
        on
            dim_area_scope.area_code = fct_inspection.area_code
            and fct_inspection.year = $year
            and fct_inspection.inspected_on <= $until
    group by dim_area_scope.scope_code
)

select
    villages.area_code,
    villages.name,
    villages.tile_row,
    villages.tile_col,
    coalesce(months.households, 0) as households,
    coalesce(months.members, 0) as members,
    coalesce(months.eligible, 0) as eligible,
    coalesce(months.covered, 0) as covered,
    coalesce(months.missed, 0) as missed,
    coalesce(months.missed_people, 0) as missed_people,
    coalesce(months.registered, 0) as registered,
    coalesce(months.registered_known, 0) as registered_known,
    coalesce(months.ineligible, 0) as ineligible,
    coalesce(months.income_unknown, 0) as income_unknown,
    coalesce(months.eligible_unknown, 0) as eligible_unknown,
    coalesce(months.single_cover_candidates, 0) as single_cover_candidates,
    coalesce(months.single_cover_missed, 0) as single_cover_missed,
    coalesce(months.unmonitored, 0) as suspected_unmonitored,
    coalesce(months.gradual_exit, 0) as gradual_exit,
    coalesce(months.household_missed, 0) as household_missed,
    coalesce(months.dropped, 0) as dropped,
    coalesce(months.dead_or_moved_active, 0) as dead_or_moved_active,
    coalesce(months.double_registered, 0) as double_registered,
    coalesce(months.potential_target, 0) as potential_target,
    coalesce(months.no_check, 0) as no_check,
    coalesce(months.disability_subsidy_gap, 0) as disability_subsidy_gap,
    coalesce(months.monitored_and_registered, 0) as on_both,
    coalesce(differences.monitored_only, 0) as monitored_only,
    coalesce(differences.registered_only, 0) as registered_only,
    rounds.residents_1,
    rounds.visited_1,
    rounds.residents_2,
    rounds.visited_2,
    visits.inspected_on,
    visits.looked_back_on,
    coalesce(visits.villages, 0) as villages,
    coalesce(visits.villages_inspected, 0) as villages_inspected,
    coalesce(visits.villages_looked_back, 0) as villages_looked_back,
    coalesce(visits.villages_inspected = visits.villages, false) as inspected,
    coalesce(visits.villages_looked_back = visits.villages, false) as looked_back
from villages
left join months on villages.area_code = months.area_code
left join rounds on villages.area_code = rounds.area_code
left join differences on villages.area_code = differences.area_code
left join visits on villages.area_code = visits.area_code
order by villages.area_code
