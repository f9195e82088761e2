-- What do the figures of one household say in a month? One row, or none if it is not in the scope or the month.
with warnings as (
    select
        household_key,
        count(*) as warnings
    from fct_warning
    where household_key = $household
        and month <= $month
        and date_diff('month', month, $month) < (
            select max_by(number, valid_from) from meta_parameter
            where parameter = 'warning_active_months' and valid_from <= last_day($month)
        )
    group by household_key
)

select
    fct_household_month.*,
    dim_area.name as area_name,
    dim_household.head_name,
    coalesce(warnings.warnings, 0) as warnings,
    coalesce(warnings.warnings, 0) > 0 as has_warning
from fct_household_month
inner join dim_household on fct_household_month.household_key = dim_household.household_key
inner join dim_area on fct_household_month.area_code = dim_area.area_code
left join warnings on fct_household_month.household_key = warnings.household_key
where fct_household_month.month = $month and fct_household_month.household_key = $household
