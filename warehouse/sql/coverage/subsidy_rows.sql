-- Who is due a subsidy in a month and not paid at the standard, or paid and not due? One row per person and kind.
with listed as (
    select *
    from fct_subsidy
    where month = $month
        and (state <> 'paid' or not is_entitled)
        and ($area is null or area_code in (select area_code from dim_area_scope where scope_code = $area))
        and ($kind is null or kind = $kind)
)

select
    listed.household_key,
    dim_household.household_no,
    listed.area_code,
    dim_area.path as area_name,
    dim_person.name as person_name,
    listed.kind,
    listed.because,
    listed.is_entitled,
    listed.paid,
    listed.standard,
    listed.state,
    count(*) over () as found
from listed
left join dim_household on listed.household_key = dim_household.household_key
left join dim_area on listed.area_code = dim_area.area_code
left join dim_person on listed.person_key = dim_person.person_key
order by listed.area_code, dim_household.household_no, listed.kind, listed.subsidy_key
limit $limit
