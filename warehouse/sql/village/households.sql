-- Which households fit all of these filters (a null one lets all pass), and with what numbers? One row per household by
-- village and number, and how many there are in all.
with chosen as (
    select *
    from fct_household_month
    where month = $month
        and ($area is null or area_code in (select area_code from dim_area_scope where scope_code = $area))
        and ($tier is null or tier_registered = $tier)
        and ($tier_by_data is null or tier_eligible = $tier_by_data)
        and ($risk is null or risk_level = $risk)
        and ($cause is null or '、' || risk_causes || '、' like '%、' || $cause || '、%')
        and (
            $focus is null
            or case $focus
                when 'serious_illness' then focus_serious_illness
                when 'severe_disability' then focus_severe_disability
                when 'incapacitated_tekun' then focus_incapacitated_tekun
                when 'unstable_employment' then focus_unstable_employment
                when 'failed_industry' then focus_failed_industry
                when 'disaster' then focus_disaster
                when 'no_labour' then focus_no_labour
            end
        )
        and (
            $population is null
            or case $population
                when 'not_lifted' then below_line and not is_lifted
                when 'lifted' then is_lifted
                when 'edge' then is_monitored and monitored_type_registered = 'edge_poor'
                when 'watch' then watch_population
                when 'watch_monitored' then watch_monitored
                when 'watch_rejected' then watch_rejected
                when 'watch_left_dibao' then watch_left_dibao
            end
        )
        and (
            $gap is null
            or case $gap
                when 'suspected_missed' then suspected_missed
                when 'suspected_unmonitored' then suspected_unmonitored
                when 'suspected_ineligible' then suspected_ineligible
                when 'gradual_exit' then gradual_exit
                when 'single_cover_missed' then single_cover_missed
                when 'household_missed' then household_missed
                when 'dropped' then dropped
                when 'dead_or_moved_active' then dead_or_moved_active
                when 'double_registered' then double_registered
                when 'potential_target' then potential_target
                when 'no_check' then no_check
                when 'disability_subsidy_gap' then disability_subsidy_gap
                when 'income_unknown' then not income_known
            end
        )
),

-- Whom a gap is about, for the gaps that are about one person of the household.
people as (
    select
        persons.household_key,
        string_agg(dim_person.name, '、' order by persons.person_key) as people
    from fct_person_month as persons
    inner join dim_person on persons.person_key = dim_person.person_key
    where persons.month = $month
        and case $gap
            when 'single_cover_missed' then persons.single_cover_missed
            when 'dead_or_moved_active' then persons.dead_or_moved_active
            when 'double_registered' then persons.double_registered
            when 'dropped' then persons.dropped
            when 'no_check' then persons.no_check
            when 'disability_subsidy_gap' then persons.disability_subsidy_gap
            when 'household_missed' then persons.is_covered_singly
            when 'gradual_exit' then persons.gradual_exit_months_left is not null
            else false
        end
    group by persons.household_key
)

select
    chosen.household_key,
    chosen.household_no,
    chosen.area_code,
    dim_area.path as area_name,
    dim_household.head_name,
    chosen.members,
    chosen.tier_eligible,
    chosen.tier_registered,
    chosen.monitored_type_eligible,
    chosen.risk_level,
    chosen.risk_causes,
    chosen.income_known,
    chosen.income_per_head,
    chosen.dibao_income_per_head,
    chosen.monitoring_line,
    chosen.dibao_standard_year,
    chosen.edge_line,
    chosen.disposable_income_per_head,
    chosen.rigid_expense,
    chosen.net_income,
    chosen.rigid_ratio,
    chosen.rigid_ratio_min,
    chosen.dibao_income,
    chosen.edge_income,
    chosen.rigid_income,
    chosen.rigid_spend,
    chosen.assets_ok,
    chosen.asset_conflicts,
    chosen.all_dependent,
    chosen.gradual_exit_months_left,
    people.people,
    count(*) over () as found
from chosen
left join dim_household on chosen.household_key = dim_household.household_key
left join dim_area on chosen.area_code = dim_area.area_code
left join people on chosen.household_key = people.household_key
order by chosen.area_code, chosen.household_no
limit $limit
