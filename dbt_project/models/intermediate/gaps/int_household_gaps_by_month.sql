-- The gaps, the watch population and the focus groups of a household (03-rules). A gap is true only where it is known.
{% set first_four = "('tekun', 'dibao', 'dibao_edge', 'rigid_expense')" %}
with person_gaps as (
    select
        month,
        household_key,
        bool_or(single_cover_candidate) as has_single_cover_candidate,
        bool_or(single_cover_missed) as single_cover_missed,
        bool_or(disability_subsidy_gap) as disability_subsidy_gap
    from {{ ref('int_person_gaps_by_month') }}
    group by month, household_key
),

facts as (
    select
        tiers.*,
        {{ tier_order('tiers.tier_eligible') }} as eligible_order,
        {{ tier_order('tiers.tier_registered') }} as registered_order,
        -- Of the tier on the registers: are its tests known, and do all pass? Single cover asks for the edge test.
        case
            when tiers.tier_registered = 'tekun'
                then tiers.all_dependent is not null and tiers.dibao_income is not null and tiers.assets_ok is not null
            when tiers.tier_registered = 'rigid_expense'
                then tiers.rigid_income is not null and tiers.rigid_spend is not null and tiers.assets_ok is not null
            else tiers.edge_income is not null and tiers.dibao_income is not null and tiers.assets_ok is not null
        end as is_registered_tier_known,
        case
            when tiers.tier_registered = 'tekun' then tiers.passes_tekun
            when tiers.tier_registered = 'dibao' and tiers.is_covered_only_singly then tiers.passes_dibao_edge
            when tiers.tier_registered = 'dibao' then tiers.passes_dibao
            when tiers.tier_registered = 'dibao_edge' then tiers.passes_dibao_edge
            when tiers.tier_registered = 'rigid_expense' then tiers.passes_rigid_expense
        end as passes_registered_tier,
        registers.dead_or_moved_active,
        registers.double_registered,
        registers.no_check,
        registers.dropped,
        registers.voluntary_exit_bonus_until,
        coalesce(registers.is_gradual_exit_unknown, false) as is_gradual_exit_unknown,
        registers.has_incapacitated_tekun_elder,
        coalesce(person_gaps.has_single_cover_candidate, false) as has_single_cover_candidate,
        coalesce(person_gaps.single_cover_missed, false) as single_cover_missed,
        coalesce(person_gaps.disability_subsidy_gap, false) as disability_subsidy_gap,
        coalesce(standing.is_ever_monitored, false) as is_ever_monitored,
        -- Null: an application was refused, or dibao left, and the place sets no window for it.
        case when standing.household_key is not null then standing.is_refused else false end as is_refused,
        case when standing.household_key is not null then standing.has_left_dibao else false end as has_left_dibao,
        people.is_without_labour,
        people.has_severe_disability,
        people.has_unemployed,
        coalesce(warnings.has_serious_illness, false) as has_serious_illness,
        coalesce(warnings.has_lost_post, false) as has_lost_post,
        coalesce(warnings.has_failed_industry, false) as has_failed_industry,
        coalesce(warnings.has_disaster, false) as has_disaster
    from {{ ref('int_household_tiers_by_month') }} as tiers
    inner join {{ ref('int_household_registers_by_month') }} as registers
        on
            tiers.month = registers.month
            and tiers.household_key = registers.household_key
    inner join {{ ref('int_household_people_by_month') }} as people
        on
            tiers.month = people.month
            and tiers.household_key = people.household_key
    left join person_gaps
        on
            tiers.month = person_gaps.month
            and tiers.household_key = person_gaps.household_key
    left join {{ ref('int_household_standing_by_month') }} as standing
        on
            tiers.month = standing.month
            and tiers.household_key = standing.household_key
    left join {{ ref('int_household_warnings_by_month') }} as warnings
        on
            tiers.month = warnings.month
            and tiers.household_key = warnings.household_key
)

select
    *,
    tier_eligible in {{ first_four }} and eligible_order < registered_order as suspected_missed,
    monitored_type_eligible is not null
    and not is_monitored
    and tier_registered not in {{ first_four }} as suspected_unmonitored,
    case when is_gradual_exit_unknown then null else gradual_exit_months_left is not null end as gradual_exit,
    coalesce(
        tier_registered in {{ first_four }}
        and is_registered_tier_known
        and not passes_registered_tier
        and gradual_exit_months_left is null
        and not is_gradual_exit_unknown,
        false
    ) as suspected_ineligible,
    -- 保人不保户
    coalesce(is_covered_singly and passes_dibao, false) as household_missed,
    -- DJ-1b, DB-3
    is_refused and tier_registered = 'none' as potential_target,
    -- DB-3
    is_lifted or is_ever_monitored or is_refused or has_left_dibao as watch_population,
    -- ST-1d: the seven focus groups
    has_serious_illness as focus_serious_illness,
    has_severe_disability as focus_severe_disability,
    has_incapacitated_tekun_elder as focus_incapacitated_tekun,
    has_lost_post or has_unemployed as focus_unstable_employment,
    has_failed_industry as focus_failed_industry,
    has_disaster as focus_disaster,
    is_without_labour as focus_no_labour
from facts
