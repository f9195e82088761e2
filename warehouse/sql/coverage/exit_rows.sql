-- Whose cover runs out gradually, and when, or may be paid on after a voluntary exit, until when? One row per household.
with listed as (
    select
        household_key,
        household_no,
        area_code,
        tier_eligible,
        tier_registered,
        gradual_exit_months_left,
        case
            when gradual_exit
                then last_day(cast($month as date) + to_months(cast(gradual_exit_months_left - 1 as integer)))
        end as gradual_until,
        voluntary_exit_bonus_until
    from fct_household_month
    where month = $month
        and (gradual_exit or voluntary_exit_bonus_until is not null)
        and ($area is null or area_code in (select area_code from dim_area_scope where scope_code = $area))
)

select
    listed.*,
    dim_household.head_name,
    dim_area.path as area_name,
    count(*) over () as found
from listed
left join dim_household on listed.household_key = dim_household.household_key
left join dim_area on listed.area_code = dim_area.area_code
order by coalesce(listed.gradual_until, listed.voluntary_exit_bonus_until), listed.area_code, listed.household_no
limit $limit
