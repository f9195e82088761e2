-- Which households does a metric of the state at a month's end count? One row per household of the part asked for.
with held as (
    select household_key
    from fct_identification
    where discovered_on <= last_day($to_month) and (eliminated_on is null or eliminated_on > last_day($to_month))
    group by household_key
    having bool_or(is_held)
),

differing as (select distinct household_key from fct_register_difference where month = $to_month),

rounds as (
    select distinct year, round, starts_on
    from agg_area_survey_round
    where year = extract(year from $to_month::date) and starts_on <= last_day($to_month)
    qualify row_number() over (order by starts_on desc, round desc) = 1
),

visited as (
    select distinct visits.household_key
    from fct_survey_visit as visits
    inner join rounds on visits.year = rounds.year and visits.round = rounds.round
    where visits.is_visited and visits.visited_on <= last_day($to_month)
),

households as (
    select
        facts.*,
        facts.tier_eligible in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense') as is_eligible,
        facts.tier_registered in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense') as is_registered,
        facts.below_line is null as is_type_unknown,
        case
            when facts.tier_registered = 'tekun' then facts.all_dependent is not null and facts.dibao_income is not null
            when facts.tier_registered = 'rigid_expense'
                then facts.rigid_income is not null and facts.rigid_spend is not null
            else facts.edge_income is not null and facts.dibao_income is not null
        end and facts.assets_ok is not null as is_registered_tier_known,
        held.household_key is not null as is_held,
        differing.household_key is not null as differs,
        visited.household_key is not null as is_visited,
        exists (select 1 from rounds) as is_round
    from fct_household_month as facts
    left join held on facts.household_key = held.household_key
    left join differing on facts.household_key = differing.household_key
    left join visited on facts.household_key = visited.household_key
    where facts.month = $to_month
),

judged as (
    select
        *,
        case $metric
            when 'coverage_rate' then is_eligible
            when 'missed_rate' then is_eligible
            when 'exclusion_error' then is_eligible
            when 'inclusion_error' then is_registered and tier_eligible <> 'unknown'
            when 'official_missed_rate' then not is_registered and tier_eligible <> 'unknown'
            when 'ineligible_rate' then is_registered and is_registered_tier_known
            when 'monitored_rate' then monitored_type_eligible is not null
            when 'register_agreement' then is_monitored or is_registered
            when 'merged_monitored' then is_monitored and (is_registered or tier_eligible <> 'unknown')
            when 'income_known' then true
            when 'finding_rate' then true
            when 'five_numbers_all' then true
            when 'five_numbers_lifted' then true
            when 'five_numbers_monitored' then true
            when 'five_numbers_not_eliminated' then true
            when 'five_numbers_not_held' then true
            when 'survey_coverage' then is_resident and is_round
            when 'agg_area_month.households' then true
            when 'agg_area_month.resident_households' then is_resident
            when 'agg_area_month.eligible' then is_eligible
            when 'agg_area_month.covered' then is_eligible and not suspected_missed
            when 'agg_area_month.missed' then suspected_missed
            when 'agg_area_month.registered' then is_registered
            when 'agg_area_month.ineligible' then suspected_ineligible
            when 'agg_area_month.at_risk' then monitored_type_eligible is not null
            when 'agg_area_month.unmonitored' then suspected_unmonitored
            when 'agg_area_month.lifted' then is_lifted
            when 'agg_area_month.ever_monitored' then watch_monitored
            when 'agg_area_month.monitored' then is_monitored
            when 'agg_area_month.gradual_exit' then gradual_exit
            when 'agg_area_month.watch_population' then watch_population
            when 'agg_area_month.risk_urgent' then risk_level = 'urgent'
            when 'agg_area_month.risk_high' then risk_level = 'high'
            when 'agg_area_month.risk_watch' then risk_level = 'watch'
            when 'agg_area_month.risk_none' then risk_level = 'none'
            when 'agg_area_month.risk_unknown' then risk_level = 'unknown'
        end as is_counted,
        case $metric
            when 'coverage_rate' then not suspected_missed
            when 'missed_rate' then suspected_missed
            when 'exclusion_error' then not is_registered
            when 'inclusion_error' then not is_eligible
            when 'official_missed_rate' then is_eligible
            when 'ineligible_rate' then suspected_ineligible
            when 'monitored_rate' then not suspected_unmonitored
            when 'register_agreement' then not differs
            when 'merged_monitored' then is_registered or not is_eligible
            when 'income_known' then income_known
            when 'finding_rate' then findings > 0
            when 'five_numbers_all' then true
            when 'five_numbers_lifted' then is_lifted
            when 'five_numbers_monitored' then watch_monitored
            when 'five_numbers_not_eliminated' then is_monitored
            when 'five_numbers_not_held' then is_monitored and not is_held
            when 'survey_coverage' then is_visited
            else true
        end as is_met,
        case $metric
            when 'coverage_rate' then is_cover_unknown
            when 'missed_rate' then is_cover_unknown
            when 'exclusion_error' then is_cover_unknown
            when 'inclusion_error' then is_registered and is_cover_unknown
            when 'official_missed_rate' then not is_registered and is_cover_unknown
            when 'ineligible_rate' then is_registered and not is_registered_tier_known
            when 'monitored_rate' then is_type_unknown
            when 'register_agreement' then false
            when 'merged_monitored' then is_monitored and not is_registered and is_cover_unknown
            when 'income_known' then false
            when 'finding_rate' then false
            when 'five_numbers_all' then false
            when 'five_numbers_lifted' then false
            when 'five_numbers_monitored' then false
            when 'five_numbers_not_eliminated' then false
            when 'five_numbers_not_held' then false
            when 'survey_coverage' then false
            else false
        end as is_unknown
    from households
),

counted as (
    select
        month as month,
        area_code as area_code,
        household_key as household_key,
        null::varchar as subject,
        null::varchar as subject_kind,
        null::date as noted_on,
        case when is_counted and is_met then case when $metric = 'merged_monitored' then members else 1 end else 0 end as numerator,
        case when is_counted then case when $metric = 'merged_monitored' then members else 1 end else 0 end as denominator,
        case when is_unknown then case when $metric = 'merged_monitored' then members else 1 end else 0 end as unknown
    from judged
    where ($scope = 'profile' or ($scope = 'area' and area_code in (
            select area_code from dim_area_scope where scope = 'area' and scope_code = $scope_code
        )))
)

-- ends with: passport/rows
