-- Which households do the two registers speak of differently in a month, and who must act? One row per household, those
-- that somebody must act on first, and how many there are in all.
with listed as (
    select *
    from fct_register_difference
    where month = $month
        and ($area is null or area_code in (select area_code from dim_area_scope where scope_code = $area))
        and ($reason is null or reason = $reason)
        and ($kind is null or kind = $kind)
)

select
    listed.household_key,
    dim_household.household_no,
    dim_household.head_name,
    listed.area_code,
    dim_area.path as area_name,
    listed.kind,
    listed.reason,
    dim_department.unit as office,
    dim_department.name_en as office_en,
    listed.since_month,
    listed.tier_eligible,
    listed.tier_registered,
    listed.monitored_type_eligible,
    listed.monitored_type_registered,
    count(*) over () as found
from listed
left join dim_household on listed.household_key = dim_household.household_key
left join dim_area on listed.area_code = dim_area.area_code
left join dim_department on listed.department_code = dim_department.department_code
order by listed.is_to_resolve desc, listed.area_code, dim_household.household_no, listed.household_key
limit $limit
