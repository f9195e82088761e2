-- Which admissions of a period had no department's warning in the months before? One row per case, newest first.
select
    dim_area.path as area_name,
    fct_identification.area_code,
    fct_identification.household_key,
    dim_household.household_no,
    dim_household.head_name,
    fct_identification.channel,
    fct_identification.causes,
    fct_identification.approved_on,
    count(*) over ()::bigint as total
from fct_identification
inner join dim_household on fct_identification.household_key = dim_household.household_key
left join dim_area on fct_identification.area_code = dim_area.area_code
where not fct_identification.is_foreseen
    and fct_identification.approved_on between $start and $end
    and ($area is null or fct_identification.area_code in (select area_code from dim_area_scope where scope_code = $area))
order by fct_identification.approved_on desc, fct_identification.area_code, dim_household.household_no
limit $limit
