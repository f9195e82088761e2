-- Which of these households are they? One row per household of the keys (parted by a comma), by village and number.
select
    households.household_key,
    areas.name as area_name,
    households.household_no,
    dim_household.head_name,
    households.household_size,
    households.income_per_head,
    households.dibao_income_per_head
from fct_household_month as households
inner join dim_area as areas on households.area_code = areas.area_code
left join dim_household on households.household_key = dim_household.household_key
where
    households.month = $month
    and households.household_key in (select unnest(string_split($keys, ',')))
order by households.area_code, households.household_no, households.household_key
