-- Whom has nobody visited in time, and who is cared for at home without an agreement? One row per person.
with listed as (
    select *
    from fct_care_visit
    where month = $month
        and (state in ('overdue', 'never') or (is_home_care and not coalesce(has_agreement, false)))
        and ($area is null or area_code in (select area_code from dim_area_scope where scope_code = $area))
)

select
    listed.household_key,
    dim_household.household_no,
    listed.area_code,
    dim_area.path as area_name,
    dim_person.name as person_name,
    listed.is_tekun,
    listed.is_left_behind,
    listed.self_care,
    listed.is_home_care,
    listed.has_agreement,
    listed.last_visit_on,
    listed.days_since_visit,
    listed.state,
    count(*) over () as found
from listed
left join dim_household on listed.household_key = dim_household.household_key
left join dim_area on listed.area_code = dim_area.area_code
left join dim_person on listed.person_key = dim_person.person_key
order by listed.area_code, listed.last_visit_on nulls first, listed.care_key
limit $limit
