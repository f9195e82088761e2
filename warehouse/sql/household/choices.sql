-- Which households answer a search by number or the first characters of the (masked) head's name? One row per household,
-- those with gaps first, the first $limit; `found` counts them all.
with households as (
    select
        fct_household_month.household_key,
        fct_household_month.household_no,
        dim_area.path as area_name,
        dim_household.head_name,
        fct_household_month.members,
        fct_household_month.tier_eligible,
        fct_household_month.tier_registered,
        fct_household_month.risk_level,
        cast(fct_household_month.suspected_missed as integer)
        + cast(fct_household_month.suspected_unmonitored as integer)
        + cast(fct_household_month.suspected_ineligible as integer)
        + cast(fct_household_month.single_cover_missed as integer)
        + cast(fct_household_month.household_missed as integer)
        + cast(fct_household_month.dropped as integer)
        + cast(fct_household_month.dead_or_moved_active as integer)
        + cast(fct_household_month.double_registered as integer)
        + cast(coalesce(fct_household_month.potential_target, false) as integer)
        + cast(coalesce(fct_household_month.no_check, false) as integer)
        + cast(fct_household_month.disability_subsidy_gap as integer) as gaps
    from fct_household_month
    inner join dim_household on fct_household_month.household_key = dim_household.household_key
    inner join dim_area on fct_household_month.area_code = dim_area.area_code
    where fct_household_month.month = $month
        and (
            $area is null
            or fct_household_month.area_code in (select area_code from dim_area_scope where scope_code = $area)
        )
        and (
            $search is null
            or contains(fct_household_month.household_no, $search)
            or starts_with(dim_household.head_name, $search)
        )
)

select
    *,
    count(*) over () as found
from households
order by gaps desc, household_no
limit $limit
