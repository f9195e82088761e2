-- Who is to be visited in one village? One row per household of the month or with a name on an older roster.
with visits as (
    select
        household_key,
        max(visited_on) as last_visited_on
    from fct_survey_visit
    where area_code = $area and is_visited
    group by household_key
)

select
    dim_household.household_key,
    dim_household.household_no,
    dim_household.head_name,
    fct_household_month.members,
    visits.last_visited_on
from dim_household
left join fct_household_month
    on dim_household.household_key = fct_household_month.household_key and fct_household_month.month = $month
left join visits on dim_household.household_key = visits.household_key
where dim_household.area_code = $area
order by dim_household.household_no
