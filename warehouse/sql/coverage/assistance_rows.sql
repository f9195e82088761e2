-- Who was paid temporary assistance in a period, and what followed? One row per payment.
with listed as (
    select *
    from fct_temporary_assistance
    where month between $start and $until
        and ($area is null or area_code in (select area_code from dim_area_scope where scope_code = $area))
        and ($state is null or state = $state)
)

select
    listed.household_key,
    dim_household.household_no,
    dim_household.head_name,
    listed.area_code,
    dim_area.path as area_name,
    listed.reason,
    listed.amount,
    listed.paid_on,
    listed.state,
    coalesce(listed.admitted_on, listed.monitored_on) as followed_on,
    coalesce(listed.admitted_to, listed.already_on) as followed_by,
    count(*) over () as found
from listed
left join dim_household on listed.household_key = dim_household.household_key
left join dim_area on listed.area_code = dim_area.area_code
order by listed.paid_on desc nulls last, listed.area_code, listed.payment_key
limit $limit
