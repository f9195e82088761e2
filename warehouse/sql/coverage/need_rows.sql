-- Which needs of households under monitoring does no measure answer, or only a planned one? One row per household and cause.
with listed as (
    select *
    from fct_need_month
    where month = $month
        and state <> 'met'
        and ($area is null or area_code in (select area_code from dim_area_scope where scope_code = $area))
        and ($cause is null or cause = $cause)
)

select
    listed.household_key,
    dim_household.household_no,
    dim_household.head_name,
    listed.area_code,
    dim_area.path as area_name,
    listed.cause,
    listed.state,
    listed.measures,
    listed.measures_done,
    count(*) over () as found
from listed
left join dim_household on listed.household_key = dim_household.household_key
left join dim_area on listed.area_code = dim_area.area_code
order by listed.state, listed.area_code, dim_household.household_no, listed.cause
limit $limit
