-- The gaps that are about one person (03-rules "Gaps").
with subsidy_gaps as (
    select
        month,
        person_key
    from {{ ref('int_subsidies_by_month') }}
    where is_gap and kind in ('living', 'nursing')
    group by month, person_key
),

people as (
    select
        conditions.*,
        tiers.tier_eligible,
        -- DJ-5: nothing paid where something is due, or paid off the standard
        subsidy_gaps.person_key is not null as disability_subsidy_gap
    from {{ ref('int_person_conditions_by_month') }} as conditions
    left join subsidy_gaps
        on
            conditions.month = subsidy_gaps.month
            and conditions.person_key = subsidy_gaps.person_key
    left join {{ ref('int_household_tiers_by_month') }} as tiers
        on
            conditions.month = tiers.month
            and conditions.household_key = tiers.household_key
)

select
    *,
    -- ST-1b, DJ-2a
    coalesce(
        is_member and tier_eligible = 'dibao_edge' and (is_severely_disabled or has_major_disease),
        false
    ) as single_cover_candidate,
    coalesce(
        is_member and tier_eligible = 'dibao_edge' and (is_severely_disabled or has_major_disease) and not on_dibao,
        false
    ) as single_cover_missed
from people
