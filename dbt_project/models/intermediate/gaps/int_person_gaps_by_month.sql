-- The gaps that are about one person (03-rules "Gaps").
with people as (
    select
        conditions.*,
        tiers.tier_eligible,
        coalesce(tiers.on_dibao, false) as is_in_dibao_household,
        parameters.nursing_subsidy_standard,
        parameters.living_subsidy_standard
    from {{ ref('int_person_conditions_by_month') }} as conditions
    inner join {{ ref('int_parameters_by_month') }} as parameters on conditions.month = parameters.month
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
    ) as single_cover_missed,
    -- DJ-5: nothing paid where something is due, or paid off the standard
    coalesce(
        is_member
        and disability_grade is not null
        and (
            (is_severely_disabled and coalesce(nursing_subsidy, 0) <= 0)
            or (is_in_dibao_household and coalesce(living_subsidy, 0) <= 0)
            or (nursing_subsidy > 0 and coalesce(nursing_subsidy <> nursing_subsidy_standard, false))
            or (living_subsidy > 0 and coalesce(living_subsidy <> living_subsidy_standard, false))
        ),
        false
    ) as disability_subsidy_gap
from people
